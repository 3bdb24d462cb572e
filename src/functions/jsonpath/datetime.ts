/** The method .datetime() and comparison of what it makes (PostgreSQL 15, manual 9.16.2.2). */
import { unsupported } from '../../errors.ts';
import { MICROS_PER_DAY } from '../../types/calendar.ts';
import { TimeTz } from '../../types/datum.ts';
import {
  parseDate,
  parseTime,
  parseTimestamp,
  parseTimestampTz,
  parseTimeTz,
} from '../../types/datetime-parse.ts';
import { localToUtc, parseOffset, type TimeZone } from '../../types/time-zone.ts';
import { readTemplate } from '../from-char-datetime.ts';
import { Moment, PathError, suppressible, type PathDateTime } from './values.ts';

const FORMATS =
  /^(?:(\d{4}-\d{1,2}-\d{1,2})(?:[ T](\d{1,2}:\d{1,2}:\d{1,2})([+-]\d{1,2}(?::\d{2})?)?)?|(\d{1,2}:\d{1,2}:\d{1,2})([+-]\d{1,2}(?::\d{2})?)?)$/;

/** A string by one of the ISO formats, or by a template of to_timestamp(). Throws PathError for what does not fit. */
export function readMoment(text: string, template: string | null): Moment {
  return suppressible(() => new Moment(template === null ? readIso(text) : readByTemplate(text, template)));
}

function readIso(text: string): PathDateTime {
  const match = FORMATS.exec(text);
  if (match === null) {
    throw new PathError(`datetime format is not recognized: "${text}"`, {
      hint: 'Use a datetime template argument to specify the input data format.',
    });
  }
  const [, date, clock, offset, time, timeOffset] = match;
  if (date !== undefined && clock === undefined) return { type: 'date', days: parseDate(date) };
  if (date !== undefined) {
    const whole = `${date} ${clock ?? ''}`;
    if (offset === undefined) return { type: 'timestamp without time zone', micros: parseTimestamp(whole) };
    const micros = parseTimestampTz(`${whole}${offset}`);
    return { type: 'timestamp with time zone', micros, offset: parseOffset(offset) ?? 0 };
  }
  if (timeOffset === undefined) return { type: 'time without time zone', micros: parseTime(time ?? '') };
  return { type: 'time with time zone', time: parseTimeTz(`${time ?? ''}${timeOffset}`) };
}

function readByTemplate(text: string, template: string): PathDateTime {
  const { days, micros, offset, hasDate, hasTime } = readTemplate(text, template);
  if (!hasDate && !hasTime) throw new PathError('datetime format is not dated and not timed');
  if (!hasTime) {
    if (offset !== undefined) throw new PathError('datetime format is zoned but not timed');
    return { type: 'date', days };
  }
  const local = BigInt(days) * MICROS_PER_DAY + micros;
  if (offset === undefined) {
    return hasDate
      ? { type: 'timestamp without time zone', micros: local }
      : { type: 'time without time zone', micros };
  }
  return hasDate
    ? { type: 'timestamp with time zone', micros: local - BigInt(offset) * 1_000_000n, offset }
    : { type: 'time with time zone', time: new TimeTz(micros, -offset) };
}

/** The session's zone where the function may use it; undefined where values without a zone do not meet those with one. */
export type ZoneUse = TimeZone | undefined;

function needZone(zone: ZoneUse, from: string, to: string): TimeZone {
  if (zone !== undefined) return zone;
  throw unsupported(`converting value from ${from} to ${to} without time zone usage`).with({
    hint: 'Use *_tz() function for time zone support.',
  });
}

/** Microseconds on the line of timestamps; those without a zone are taken in the session's when the other has one. */
function onLine(moment: PathDateTime, zoned: boolean, zone: ZoneUse): bigint | undefined {
  switch (moment.type) {
    case 'date':
    case 'timestamp without time zone': {
      const local = moment.type === 'date' ? BigInt(moment.days) * MICROS_PER_DAY : moment.micros;
      const name = moment.type === 'date' ? 'date' : 'timestamp';
      return zoned ? localToUtc(needZone(zone, name, 'timestamptz'), local) : local;
    }
    case 'timestamp with time zone':
      return moment.micros;
    default:
      return undefined;
  }
}

/** Order of two dates or times; undefined where they do not compare (a date with a time of day). */
export function compareMoments(a: PathDateTime, b: PathDateTime, zone: ZoneUse): number | undefined {
  const isZoned = (moment: PathDateTime): boolean => moment.type === 'timestamp with time zone';
  const zoned = isZoned(a) || isZoned(b);
  const isTime = (moment: PathDateTime): boolean => moment.type.startsWith('time ');
  if (isTime(a) !== isTime(b)) return undefined;
  if (isTime(a)) return compareTimes(a, b, zone);
  const [left = 0n, right = 0n] = [onLine(a, zoned, zone), onLine(b, zoned, zone)];
  return left < right ? -1 : Number(left > right);
}

function compareTimes(a: PathDateTime, b: PathDateTime, zone: ZoneUse): number {
  const zoned = a.type === 'time with time zone' || b.type === 'time with time zone';
  const inUtc = (moment: PathDateTime): bigint => {
    if (moment.type === 'time with time zone')
      return moment.time.micros + BigInt(moment.time.zone) * 1_000_000n;
    const micros = moment.type === 'time without time zone' ? moment.micros : 0n;
    if (!zoned) return micros;
    const east = needZone(zone, 'time', 'timetz').offsetAt(0n);
    return micros - BigInt(east) * 1_000_000n;
  };
  const [left, right] = [inUtc(a), inUtc(b)];
  return left < right ? -1 : Number(left > right);
}
