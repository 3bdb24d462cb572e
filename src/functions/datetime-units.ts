/** Names of the fields of dates and times, as date_trunc, date_part and extract take them. */
import { planError, type SqlError } from '../errors.ts';

export type Unit =
  | 'microseconds'
  | 'milliseconds'
  | 'second'
  | 'minute'
  | 'hour'
  | 'day'
  | 'week'
  | 'month'
  | 'quarter'
  | 'year'
  | 'decade'
  | 'century'
  | 'millennium'
  | 'dow'
  | 'isodow'
  | 'doy'
  | 'isoyear'
  | 'epoch'
  | 'julian'
  | 'timezone'
  | 'timezone_hour'
  | 'timezone_minute';

/** Spellings of units, from PostgreSQL's datetime tables. */
const SPELLINGS: Readonly<Record<Unit, string>> = {
  microseconds: 'microsecond microseconds microsecon us usec usecond useconds usecs',
  milliseconds: 'millisecond milliseconds millisecon ms msec msecond mseconds msecs',
  second: 'second seconds s sec secs',
  minute: 'minute minutes m min mins',
  hour: 'hour hours h hr hrs',
  day: 'day days d',
  week: 'week weeks w',
  month: 'month months mon mons',
  quarter: 'quarter qtr',
  year: 'year years y yr yrs',
  decade: 'decade decades dec decs',
  century: 'century centuries c cent',
  millennium: 'millennium millennia mil mils',
  dow: 'dow',
  isodow: 'isodow',
  doy: 'doy',
  isoyear: 'isoyear',
  epoch: 'epoch',
  julian: 'julian jd j',
  timezone: 'timezone',
  timezone_hour: 'timezone_hour timezone_h',
  timezone_minute: 'timezone_minute timezone_m',
};

const UNITS = new Map(
  Object.entries(SPELLINGS).flatMap(([unit, names]) =>
    names.split(' ').map((name) => [name, unit as Unit] as const),
  ),
);

/** The unit of a name. Throws `unit '<u>' not recognized`. */
export function unitOf(name: string): Unit {
  const unit = UNITS.get(name.trim().toLowerCase());
  if (unit === undefined) throw planError(`unit '${name}' not recognized`);
  return unit;
}

/** A unit that exists, but not for this type. */
export function unitNotSupported(unit: string, typeName: string): SqlError {
  return planError(`unit '${unit}' not supported for type ${typeName}`);
}
