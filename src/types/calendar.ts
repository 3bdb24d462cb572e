/**
 * Gregorian calendar arithmetic on day numbers counted from 2000-01-01, PostgreSQL's epoch, valid over its whole range
 * (4713 BC to 294276 AD for timestamps, 5874897 AD for dates). Years are astronomical: 0 is 1 BC.
 */
import { planError, type SqlError } from '../errors.ts';

export const MICROS_PER_SECOND = 1_000_000n;
export const MICROS_PER_MINUTE = 60_000_000n;
export const MICROS_PER_HOUR = 3_600_000_000n;
export const MICROS_PER_DAY = 86_400_000_000n;
/** Days from 1970-01-01 to 2000-01-01. */
export const UNIX_EPOCH_DAYS = 10957;
/** Microseconds from 1970-01-01 to 2000-01-01. */
export const UNIX_EPOCH_MICROS = 946_684_800_000_000n;

/** First and past-the-last instants of timestamps, in microseconds since 2000-01-01. */
export const MIN_TIMESTAMP = -211_813_488_000_000_000n;
export const END_TIMESTAMP = 9_223_371_331_200_000_000n;
/** First and past-the-last dates, in days since 2000-01-01. */
export const MIN_DATE = -2_451_545;
export const END_DATE = 2_145_031_949;

export interface CalendarDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** A time of day broken into parts. */
export interface ClockTime {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micros: number;
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (MONTH_DAYS[month - 1] ?? 31);
}

/** Days since 2000-01-01 of a proleptic Gregorian date; months beyond 1..12 must be normalised by the caller. */
export function daysFromDate(year: number, month: number, day: number): number {
  // Counts from 0000-03-01, so that the leap day ends the year.
  const y = month > 2 ? year : year - 1;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 730425;
}

/** The inverse of {@link daysFromDate}. */
export function dateFromDays(days: number): CalendarDate {
  const shifted = days + 730425;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** Day number and microseconds within the day; the rest is never negative. */
export function splitTimestamp(micros: bigint): readonly [days: number, rest: bigint] {
  let days = micros / MICROS_PER_DAY;
  let rest = micros % MICROS_PER_DAY;
  if (rest < 0n) {
    rest += MICROS_PER_DAY;
    days -= 1n;
  }
  return [Number(days), rest];
}

/** Parts of a time of day; 24:00:00 keeps hour 24. */
export function clockFromMicros(rest: bigint): ClockTime {
  const value = Number(rest);
  const micros = value % 1_000_000;
  const seconds = (value - micros) / 1_000_000;
  return {
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    micros,
  };
}

/** 0 Sunday to 6 Saturday. */
export function dayOfWeek(days: number): number {
  return (((days + 6) % 7) + 7) % 7;
}

/** Refuses instants outside PostgreSQL's range. */
export function checkTimestamp(micros: bigint): bigint {
  if (micros < MIN_TIMESTAMP || micros >= END_TIMESTAMP) throw timestampOutOfRange();
  return micros;
}

export function checkDate(days: number): number {
  if (days < MIN_DATE || days >= END_DATE) throw dateOutOfRange();
  return days;
}

export function timestampOutOfRange(): SqlError {
  return planError('timestamp out of range');
}

export function dateOutOfRange(): SqlError {
  return planError('date out of range');
}

/** Rounds microseconds half away from zero to `precision` (0 to 6) digits of a second. */
export function roundMicros(micros: bigint, precision: number): bigint {
  if (precision >= 6 || precision < 0) return micros;
  const unit = 10n ** BigInt(6 - precision);
  const half = unit / 2n;
  return micros >= 0n ? ((micros + half) / unit) * unit : -(((-micros + half) / unit) * unit);
}
