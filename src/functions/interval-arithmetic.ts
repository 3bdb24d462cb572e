/** Sums, products and justification of intervals. Months, days and microseconds are kept apart, as in PostgreSQL. */
import { planError, type SqlError } from '../errors.ts';
import { MICROS_PER_DAY } from '../types/calendar.ts';
import { Interval } from '../types/datum.ts';
import { divisionByZero } from '../types/numeric.ts';
import { roundHalfEven } from './float-arithmetic.ts';

const MAX_INT32 = 2147483647;
const MIN_INT32 = -2147483648;
const MAX_INT64 = 9223372036854775807n;

export function intervalOutOfRange(): SqlError {
  return planError('interval out of range');
}

/** An interval whose parts fit their widths, or `interval out of range`. */
export function checkedInterval(months: number, days: number, micros: bigint): Interval {
  const fits = (value: number): boolean => value >= MIN_INT32 && value <= MAX_INT32;
  if (!fits(months) || !fits(days) || micros > MAX_INT64 || micros < -MAX_INT64 - 1n)
    throw intervalOutOfRange();
  // -0 would print as a negative part.
  return new Interval(months === 0 ? 0 : months, days === 0 ? 0 : days, micros);
}

export function addIntervals(a: Interval, b: Interval): Interval {
  return checkedInterval(a.months + b.months, a.days + b.days, a.micros + b.micros);
}

export function negateInterval(a: Interval): Interval {
  return checkedInterval(-a.months, -a.days, -a.micros);
}

export function subtractIntervals(a: Interval, b: Interval): Interval {
  return checkedInterval(a.months - b.months, a.days - b.days, a.micros - b.micros);
}

/** Rounds a fraction of a day to whole microseconds, as PostgreSQL's TSROUND does. */
const roundMicro = (value: number): number => roundHalfEven(value * 1e6) / 1e6;

/**
 * Scales by a double. Fractions of months flow into days at 30 a month, fractions of days into time at 24 hours, never
 * back up (interval_mul and interval_div of utils/adt/timestamp.c).
 */
function scale(value: Interval, times: (part: number) => number): Interval {
  const months = times(value.months);
  const days = times(value.days);
  if (!Number.isFinite(months) || !Number.isFinite(days)) throw intervalOutOfRange();
  const wholeMonths = Math.trunc(months);
  let wholeDays = Math.trunc(days);
  const monthDays = roundMicro((months - wholeMonths) * 30);
  let seconds = roundMicro((days - wholeDays + monthDays - Math.trunc(monthDays)) * 86400);
  if (Math.abs(seconds) >= 86400) {
    const carried = Math.trunc(seconds / 86400);
    wholeDays += carried;
    seconds -= carried * 86400;
  }
  const micros = roundHalfEven(times(Number(value.micros)) + seconds * 1e6);
  if (!Number.isFinite(micros)) throw intervalOutOfRange();
  return checkedInterval(wholeMonths, wholeDays + Math.trunc(monthDays), BigInt(micros));
}

export function multiplyInterval(value: Interval, factor: number): Interval {
  return scale(value, (part) => part * factor);
}

export function divideInterval(value: Interval, divisor: number): Interval {
  if (divisor === 0) throw divisionByZero();
  return scale(value, (part) => part / divisor);
}

/** Moves whole days of 24 hours from the time to the days. */
export function justifyHours(value: Interval): Interval {
  const carried = value.micros / MICROS_PER_DAY;
  let micros = value.micros - carried * MICROS_PER_DAY;
  let days = value.days + Number(carried);
  if (days > 0 && micros < 0n) {
    micros += MICROS_PER_DAY;
    days--;
  } else if (days < 0 && micros > 0n) {
    micros -= MICROS_PER_DAY;
    days++;
  }
  return checkedInterval(value.months, days, micros);
}

/** Moves whole months of 30 days from the days to the months. */
export function justifyDays(value: Interval): Interval {
  const carried = Math.trunc(value.days / 30);
  let days = value.days - carried * 30;
  let months = value.months + carried;
  if (months > 0 && days < 0) {
    days += 30;
    months--;
  } else if (months < 0 && days > 0) {
    days -= 30;
    months++;
  }
  return checkedInterval(months, days, value.micros);
}

/** Both, with all parts of one sign. */
export function justifyInterval(value: Interval): Interval {
  let { months, days, micros } = value;
  const carriedDays = micros / MICROS_PER_DAY;
  micros -= carriedDays * MICROS_PER_DAY;
  days += Number(carriedDays);
  const carriedMonths = Math.trunc(days / 30);
  days -= carriedMonths * 30;
  months += carriedMonths;
  if (months > 0 && (days < 0 || (days === 0 && micros < 0n))) {
    days += 30;
    months--;
  } else if (months < 0 && (days > 0 || (days === 0 && micros > 0n))) {
    days -= 30;
    months++;
  }
  if (days > 0 && micros < 0n) {
    micros += MICROS_PER_DAY;
    days--;
  } else if (days < 0 && micros > 0n) {
    micros -= MICROS_PER_DAY;
    days++;
  }
  return checkedInterval(months, days, micros);
}
