/** Test data of functions.test.ts: to_date and to_timestamp. */
import type { Case } from './case.ts';

export const TO_TIMESTAMP_CASES: readonly Case[] = [
  ['to_date(text,text)', '05 Dec 2000', 'DD Mon YYYY'],
  ['to_date(text,text)', '2000-12-05', 'YYYY-MM-DD'],
  ['to_date(text,text)', '20001205', 'YYYYMMDD'],
  ['to_date(text,text)', '5/12/99', 'DD/MM/YY'],
  ['to_date(text,text)', '2000-13-05', 'YYYY-MM-DD'],
  ['to_date(text,text)', 'January 8, 1999', 'Month DD, YYYY'],
  ['to_date(text,text)', '1999 123', 'YYYY DDD'],
  ['to_date(text,text)', '2451187', 'J'],
  ['to_date(text,text)', '2006-42', 'IYYY-IW'],
  ['to_date(text,text)', '44-02-01 BC', 'YYYY-MM-DD BC'],
  ['to_date(text,text)', '2000 xx', 'YYYY MM'],
  ['to_date(text,text)', '2000-02-30', 'YYYY-MM-DD'],
  ['to_date(text,text)', '12 IX 2020', 'DD RM YYYY'],
  ['to_timestamp(text,text)', '05 Dec 2000 10:20:30', 'DD Mon YYYY HH24:MI:SS'],
  ['to_timestamp(text,text)', '2000-12-05 3:04 PM', 'YYYY-MM-DD HH:MI AM'],
  ['to_timestamp(text,text)', '2000-12-05 13:04 PM', 'YYYY-MM-DD HH:MI AM'],
  ['to_timestamp(text,text)', '20001205102030', 'YYYYMMDDHH24MISS'],
  ['to_timestamp(text,text)', '2000-12-05 10:20:30.5', 'YYYY-MM-DD HH24:MI:SS.MS'],
  ['to_timestamp(text,text)', '2000-12-05 10:20 -03', 'YYYY-MM-DD HH24:MI TZH'],
  ['to_timestamp(text,text)', '2000-12-05 25:20', 'YYYY-MM-DD HH24:MI'],
];
