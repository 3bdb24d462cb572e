/**
 * Text of dates, times and intervals: DateStyle ISO and IntervalStyle postgres, the only ones Materialize has.
 */
import { clockFromMicros, dateFromDays, MICROS_PER_SECOND, splitTimestamp } from './calendar.ts';
import { type Interval, TIMESTAMP_INFINITY, type TimeTz } from './datum.ts';
import { formatOffset, type TimeZone } from './time-zone.ts';

function two(n: number): string {
  return n < 10 ? `0${String(n)}` : String(n);
}

function yearText(year: number): string {
  return String(year > 0 ? year : 1 - year).padStart(4, '0');
}

/** `.123` without zeros at the end; empty for 0. */
function fraction(micros: number): string {
  return micros === 0 ? '' : `.${String(micros).padStart(6, '0').replace(/0+$/, '')}`;
}

/** `2024-02-29`, `0044-03-15 BC`, `infinity`. */
export function formatDate(days: number): string {
  if (!Number.isFinite(days)) return days > 0 ? 'infinity' : '-infinity';
  const { year, month, day } = dateFromDays(days);
  return `${yearText(year)}-${two(month)}-${two(day)}${year > 0 ? '' : ' BC'}`;
}

/** `13:45:00.25`. */
export function formatTime(micros: bigint): string {
  const { hour, minute, second, micros: rest } = clockFromMicros(micros);
  return `${two(hour)}:${two(minute)}:${two(second)}${fraction(rest)}`;
}

/** `13:45:00+02`. */
export function formatTimeTz(value: TimeTz): string {
  return formatTime(value.micros) + formatOffset(-value.zone);
}

/** `2024-02-29 13:45:00.25`. */
export function formatTimestamp(micros: bigint): string {
  return infinityText(micros) ?? timestampText(micros, '');
}

/** The instant on a clock in `zone`, with its offset: `2024-02-29 15:45:00+02`. */
export function formatTimestampTz(micros: bigint, zone: TimeZone): string {
  const infinity = infinityText(micros);
  if (infinity !== undefined) return infinity;
  const offset = zone.offsetAt(micros);
  return timestampText(micros + BigInt(offset) * MICROS_PER_SECOND, formatOffset(offset));
}

function infinityText(micros: bigint): string | undefined {
  if (micros === TIMESTAMP_INFINITY) return 'infinity';
  // The wire has INT64_MIN, memory has the negation; both mean the same.
  return micros <= -TIMESTAMP_INFINITY ? '-infinity' : undefined;
}

function timestampText(micros: bigint, offset: string): string {
  const [days, rest] = splitTimestamp(micros);
  const { year, month, day } = dateFromDays(days);
  return `${yearText(year)}-${two(month)}-${two(day)} ${formatTime(rest)}${offset}${year > 0 ? '' : ' BC'}`;
}

/** `1 year 2 mons -3 days +04:05:06.7`, PostgreSQL's `postgres` style. */
export function formatInterval(value: Interval): string {
  const parts: string[] = [];
  let previousNegative = false;
  const add = (amount: number, unit: string): void => {
    if (amount === 0) return;
    parts.push(
      `${previousNegative && amount > 0 ? '+' : ''}${String(amount)} ${unit}${amount === 1 ? '' : 's'}`,
    );
    previousNegative = amount < 0;
  };
  add(Math.trunc(value.months / 12), 'year');
  add(value.months % 12, 'mon');
  add(value.days, 'day');
  if (value.micros !== 0n || parts.length === 0) {
    const negative = value.micros < 0n;
    const magnitude = negative ? -value.micros : value.micros;
    const seconds = magnitude / MICROS_PER_SECOND;
    const hours = String(seconds / 3600n).padStart(2, '0');
    const minutes = two(Number((seconds / 60n) % 60n));
    const sign = negative ? '-' : previousNegative ? '+' : '';
    parts.push(
      `${sign}${hours}:${minutes}:${two(Number(seconds % 60n))}${fraction(Number(magnitude % MICROS_PER_SECOND))}`,
    );
  }
  return parts.join(' ');
}
