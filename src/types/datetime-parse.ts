/** Reading dates, times and timestamps in PostgreSQL's forms (DateStyle ISO, MDY). */
import {
  checkDate,
  checkTimestamp,
  dateOutOfRange,
  daysFromDate,
  daysInMonth,
  MICROS_PER_DAY,
  MICROS_PER_SECOND,
  splitTimestamp,
  UNIX_EPOCH_DAYS,
  UNIX_EPOCH_MICROS,
} from './calendar.ts';
import { NO_SESSION, type CastSession } from './cast-session.ts';
import { readFields, type DateTimeFields } from './datetime-fields.ts';
import { TIMESTAMP_INFINITY, TimeTz } from './datum.ts';
import { invalidInput } from './input-error.ts';
import { localToUtc, timeZone, type TimeZone } from './time-zone.ts';

/** Largest year worth computing with: past it every type is out of range. */
const MAX_YEAR = 5_874_897;

/** Days since 2000-01-01; a time of day in the text is ignored, as date_in does. */
export function parseDate(text: string, session: CastSession = NO_SESSION): number {
  const fields = readFields(text, 'date');
  switch (fields.special) {
    case 'infinity':
      return Infinity;
    case '-infinity':
      return -Infinity;
    case 'epoch':
      return -UNIX_EPOCH_DAYS;
    case 'now':
    case 'today':
    case 'tomorrow':
    case 'yesterday':
      return today(session) + dayShift(fields.special);
    case undefined:
      if (fields.time !== undefined) timeOfDay(fields.time, text, 'date');
      return checkDate(dayNumber(fields, text, 'date'));
  }
}

/** Microseconds since midnight; up to 24:00:00. */
export function parseTime(text: string, session: CastSession = NO_SESSION): bigint {
  const fields = readFields(text, 'time');
  if (fields.special === 'now') return localNow(session)[1];
  if (fields.time === undefined || fields.special !== undefined) {
    throw invalidInput('time', text, 'no time of day');
  }
  return timeOfDay(fields.time, text, 'time');
}

/** A time with its own offset; without one, the session zone's offset today. */
export function parseTimeTz(text: string, session: CastSession = NO_SESSION): TimeTz {
  const fields = readFields(text, 'time with time zone');
  const local = localNow(session);
  if (fields.special === 'now')
    return new TimeTz(local[1], 0 - timeZone(session.timeZone).offsetAt(session.now));
  if (fields.time === undefined || fields.special !== undefined) {
    throw invalidInput('time with time zone', text, 'no time of day');
  }
  const time = timeOfDay(fields.time, text, 'time with time zone');
  const zone = fields.zone ?? timeZone(session.timeZone);
  const days = fields.month === undefined ? local[0] : dayNumber(fields, text, 'time with time zone');
  const instant = localToUtc(zone, BigInt(days) * MICROS_PER_DAY + time);
  return new TimeTz(time, 0 - zone.offsetAt(instant));
}

/** Microseconds since 2000-01-01 00:00; an offset in the text is ignored, as timestamp_in does. */
export function parseTimestamp(text: string, session: CastSession = NO_SESSION): bigint {
  const fields = readFields(text, 'timestamp');
  switch (fields.special) {
    case undefined:
      return checkTimestamp(localMicros(fields, text, 'timestamp'));
    case 'epoch':
      return -UNIX_EPOCH_MICROS;
    case 'now': {
      const [days, rest] = localNow(session);
      return BigInt(days) * MICROS_PER_DAY + rest;
    }
    case 'infinity':
      return TIMESTAMP_INFINITY;
    case '-infinity':
      return -TIMESTAMP_INFINITY;
    default: {
      const days = today(session) + dayShift(fields.special);
      return BigInt(days) * MICROS_PER_DAY + (fields.time ?? 0n);
    }
  }
}

/** Microseconds since 2000-01-01 00:00 UTC; without an offset in the text the session's zone counts. */
export function parseTimestampTz(text: string, session: CastSession = NO_SESSION): bigint {
  const name = 'timestamp with time zone';
  const fields = readFields(text, name);
  const zone = (): TimeZone => fields.zone ?? timeZone(session.timeZone);
  switch (fields.special) {
    case undefined:
      return checkTimestamp(localToUtc(zone(), localMicros(fields, text, name)));
    case 'epoch':
      return -UNIX_EPOCH_MICROS;
    case 'now':
      return session.now;
    case 'infinity':
      return TIMESTAMP_INFINITY;
    case '-infinity':
      return -TIMESTAMP_INFINITY;
    default: {
      const days = today(session) + dayShift(fields.special);
      return localToUtc(zone(), BigInt(days) * MICROS_PER_DAY + (fields.time ?? 0n));
    }
  }
}

function dayShift(word: string): number {
  return word === 'tomorrow' ? 1 : word === 'yesterday' ? -1 : 0;
}

/** The session's clock: day number and time of day. */
function localNow(session: CastSession): readonly [number, bigint] {
  const { now } = session;
  return splitTimestamp(now + BigInt(timeZone(session.timeZone).offsetAt(now)) * MICROS_PER_SECOND);
}

function today(session: CastSession): number {
  return localNow(session)[0];
}

function timeOfDay(time: bigint, text: string, typeName: string): bigint {
  if (time > MICROS_PER_DAY) throw invalidInput(typeName, text, 'time of day out of range');
  return time;
}

function localMicros(fields: DateTimeFields, text: string, typeName: string): bigint {
  const days = dayNumber(fields, text, typeName);
  return BigInt(days) * MICROS_PER_DAY + timeOfDay(fields.time ?? 0n, text, typeName);
}

/** Checks the calendar fields and counts the day. */
function dayNumber(fields: DateTimeFields, text: string, typeName: string): number {
  if (fields.julianDay !== undefined) return fields.julianDay - 2_451_545;
  const { year, month, day, dayOfYear } = fields;
  if (year === undefined) throw invalidInput(typeName, text, 'no date');
  if (Math.abs(year) > MAX_YEAR)
    throw typeName === 'date' ? dateOutOfRange() : invalidInput(typeName, text, 'year out of range');
  if (dayOfYear !== undefined) {
    if (dayOfYear < 1 || dayOfYear > 366) throw invalidInput(typeName, text, 'day of year out of range');
    return daysFromDate(year, 1, 1) + dayOfYear - 1;
  }
  if (month === undefined || day === undefined) throw invalidInput(typeName, text, 'incomplete date');
  if (month < 1 || month > 12) throw invalidInput(typeName, text, `month ${String(month)} out of range`);
  if (day < 1 || day > daysInMonth(year, month))
    throw invalidInput(typeName, text, `day ${String(day)} out of range`);
  return daysFromDate(year, month, day);
}
