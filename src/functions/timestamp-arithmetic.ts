/** Timestamps and dates plus and minus intervals, and what lies between two of them. */
import {
  checkTimestamp,
  dateFromDays,
  dateOutOfRange,
  daysFromDate,
  daysInMonth,
  MICROS_PER_DAY,
  MICROS_PER_SECOND,
  splitTimestamp,
} from '../types/calendar.ts';
import { planError } from '../errors.ts';
import { Interval, TIMESTAMP_INFINITY } from '../types/datum.ts';
import { localToUtc, type TimeZone } from '../types/time-zone.ts';
import { checkedInterval, justifyHours } from './interval-arithmetic.ts';

export function isInfinite(micros: bigint): boolean {
  return micros >= TIMESTAMP_INFINITY || micros <= -TIMESTAMP_INFINITY;
}

/** A day number some months on; the day of the month is cut to what the month has. */
export function addMonths(days: number, months: number): number {
  if (months === 0) return days;
  const { year, month, day } = dateFromDays(days);
  const index = year * 12 + (month - 1) + months;
  const newYear = Math.floor(index / 12);
  const newMonth = index - newYear * 12 + 1;
  return daysFromDate(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth)));
}

/** Months first, then days, then time. */
export function addToTimestamp(micros: bigint, interval: Interval): bigint {
  if (isInfinite(micros)) return micros;
  let result = micros;
  if (interval.months !== 0 || interval.days !== 0) {
    const [days, rest] = splitTimestamp(micros);
    result = checkTimestamp(BigInt(addMonths(days, interval.months) + interval.days) * MICROS_PER_DAY + rest);
  }
  return checkTimestamp(result + interval.micros);
}

/** The same on the clocks of a zone: a day is from noon to noon, also over a change of the clocks. */
export function addToTimestampTz(micros: bigint, interval: Interval, zone: TimeZone): bigint {
  if (isInfinite(micros)) return micros;
  let result = micros;
  if (interval.months !== 0 || interval.days !== 0) {
    const local = toLocal(micros, zone);
    result = localToUtc(zone, addToTimestamp(local, new Interval(interval.months, interval.days, 0n)));
  }
  return checkTimestamp(result + interval.micros);
}

/** What clocks in the zone show at an instant. */
export function toLocal(micros: bigint, zone: TimeZone): bigint {
  return isInfinite(micros) ? micros : micros + BigInt(zone.offsetAt(micros)) * MICROS_PER_SECOND;
}

/** Difference in days and time. */
export function subtractTimestamps(a: bigint, b: bigint): Interval {
  if (isInfinite(a) || isInfinite(b)) throw planError('cannot subtract infinite timestamps');
  return justifyHours(checkedInterval(0, 0, a - b));
}

/** age(): the difference in years, months, days and time, as a person would count it. */
export function age(later: bigint, earlier: bigint): Interval {
  if (isInfinite(later) || isInfinite(earlier)) throw planError('cannot subtract infinite timestamps');
  const sign = later < earlier ? -1 : 1;
  const [end, start] = sign < 0 ? [earlier, later] : [later, earlier];
  const [endDays, endRest] = splitTimestamp(end);
  const [startDays, startRest] = splitTimestamp(start);
  const a = dateFromDays(endDays);
  const b = dateFromDays(startDays);
  let months = (a.year - b.year) * 12 + a.month - b.month;
  let days = a.day - b.day;
  let micros = endRest - startRest;
  if (micros < 0n) {
    micros += MICROS_PER_DAY;
    days--;
  }
  if (days < 0) {
    // The month borrowed from is the earlier date's.
    days += daysInMonth(b.year, b.month);
    months--;
  }
  return sign < 0 ? checkedInterval(-months, -days, -micros) : checkedInterval(months, days, micros);
}

/** Days between dates; infinite ones cannot be subtracted. */
export function subtractDates(a: number, b: number): number {
  if (!Number.isFinite(a) || !Number.isFinite(b)) throw planError('cannot subtract infinite dates');
  return a - b;
}

/** A date some days on; infinities stay. */
export function addDays(date: number, days: number): number {
  if (!Number.isFinite(date)) return date;
  const result = date + days;
  if (result < -2_451_545 || result >= 2_145_031_949) throw dateOutOfRange();
  return result;
}
