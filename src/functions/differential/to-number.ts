/** Test data of functions.test.ts: to_number. */
import type { Case } from './case.ts';

export const TO_NUMBER_CASES: readonly Case[] = [
  ['to_number(text,text)', '12,454.8-', '99G999D9S'],
  ['to_number(text,text)', '-12,454.8', 'S99G999D9'],
  ['to_number(text,text)', '1234', '9999'],
  ['to_number(text,text)', '0.5', '9.9'],
  ['to_number(text,text)', 'abc', '999'],
  ['to_number(text,text)', '$1,234.56', 'L9,999.99'],
  ['to_number(text,text)', '12.4', '99'],
];
