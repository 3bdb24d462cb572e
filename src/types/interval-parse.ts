/**
 * Reading intervals: PostgreSQL's traditional forms (`1 year 2 mons -3 days 04:05:06`, `@ 1 hour ago`), the SQL standard's
 * (`1-2 3 4:05:06`) and ISO 8601's (`P1Y2M3DT4H5M6S`, `P0001-02-03T04:05:06`).
 */
import { Interval } from './datum.ts';
import { fractionMicros } from './datetime-fields.ts';
import { invalidInput, outOfRange } from './input-error.ts';
import { INTERVAL_FIELDS, INTERVAL_FULL_RANGE } from './typmod.ts';

type Unit =
  | 'microsecond'
  | 'millisecond'
  | 'second'
  | 'minute'
  | 'hour'
  | 'day'
  | 'week'
  | 'month'
  | 'year'
  | 'decade'
  | 'century'
  | 'millennium';

const UNITS: Readonly<Record<string, Unit>> = {};
const SPELLINGS: readonly (readonly [Unit, string])[] = [
  ['microsecond', 'us usec usecs useconds usecond microsecon microsecond microseconds'],
  ['millisecond', 'ms msec msecs mseconds msecond millisecon millisecond milliseconds'],
  ['second', 's sec secs second seconds'],
  ['minute', 'm min mins minute minutes'],
  ['hour', 'h hr hrs hour hours'],
  ['day', 'd day days'],
  ['week', 'w week weeks'],
  ['month', 'mon mons month months'],
  ['year', 'y yr yrs year years'],
  ['decade', 'dec decs decade decades'],
  ['century', 'c cent century centuries'],
  ['millennium', 'mil mils millennia millennium'],
];
for (const [unit, words] of SPELLINGS) {
  for (const word of words.split(' ')) (UNITS as Record<string, Unit>)[word] = unit;
}

/** Microseconds, days or months of one unit. */
const SIZES = {
  microsecond: { micros: 1 },
  millisecond: { micros: 1000 },
  second: { micros: 1_000_000 },
  minute: { micros: 60_000_000 },
  hour: { micros: 3_600_000_000 },
  day: { days: 1 },
  week: { days: 7 },
  month: { months: 1 },
  year: { months: 12 },
  decade: { months: 120 },
  century: { months: 1200 },
  millennium: { months: 12000 },
} as const satisfies Record<Unit, { micros: number } | { days: number } | { months: number }>;

/** Sums of what was read; doubles never hold more than the fraction of a field. */
interface Sum {
  months: bigint;
  days: bigint;
  micros: bigint;
}

/** No interval needs more; PostgreSQL stops at MAXDATELEN fields. */
const MAX_LENGTH = 256;
const MICROS_PER_DAY = 86_400_000_000;

/**
 * Reads an interval. `range` is the field mask of `interval hour to minute` and its kind: it says which unit a bare number
 * has, and that `2:03` is minutes and seconds in `minute to second`.
 */
export function parseInterval(text: string, range: number = INTERVAL_FULL_RANGE): Interval {
  const trimmed = text.trim();
  const fail = (cause: string): Error => invalidInput('interval', text, cause);
  if (trimmed === '') throw fail('empty');
  if (trimmed.length > MAX_LENGTH) throw fail('too long');
  const sum: Sum = { months: 0n, days: 0n, micros: 0n };
  if (/^-?p/i.test(trimmed)) readIso(trimmed, sum, fail);
  else readTraditional(trimmed, range, sum, fail);
  return finish(sum, text);
}

function finish(sum: Sum, text: string): Interval {
  const fits = (value: bigint, bits: number): boolean => BigInt.asIntN(bits, value) === value;
  if (!fits(sum.months, 32) || !fits(sum.days, 32) || !fits(sum.micros, 64))
    throw outOfRange(text, 'interval');
  return new Interval(Number(sum.months), Number(sum.days), sum.micros);
}

type Fail = (cause: string) => Error;

/** Adds `whole.fraction` of a unit; fractions spill to the next smaller units as PostgreSQL 15 does. */
function addUnit(sum: Sum, unit: Unit, whole: bigint, fraction: number): void {
  const size: { readonly micros?: number; readonly days?: number; readonly months?: number } = SIZES[unit];
  if (size.months !== undefined) {
    sum.months += whole * BigInt(size.months);
    if (size.months === 1) addDays(sum, fraction * 30);
    else sum.months += BigInt(roundHalfEven(fraction * size.months));
  } else if (size.days !== undefined) {
    sum.days += whole * BigInt(size.days);
    addDays(sum, fraction * size.days);
  } else if (size.micros !== undefined) {
    sum.micros += whole * BigInt(size.micros) + BigInt(roundHalfDown(fraction * size.micros));
  }
}

function addDays(sum: Sum, days: number): void {
  const whole = Math.trunc(days);
  sum.days += BigInt(whole);
  sum.micros += BigInt(roundHalfDown((days - whole) * MICROS_PER_DAY));
}

/** C's rint(), without a negative zero. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value) + 0;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Halves of a microsecond go towards zero. */
function roundHalfDown(value: number): number {
  const whole = Math.trunc(value);
  const rest = Math.abs(value - whole);
  return rest > 0.5 ? whole + Math.sign(value) : whole + 0;
}

interface Amount {
  readonly whole: bigint;
  readonly fraction: number;
}

/** `-12.5`: the sign goes to both parts. */
function readNumber(text: string): Amount | undefined {
  const match = /^([+-]?)(\d{0,25})(?:\.(\d*))?$/.exec(text);
  if (match === null || !/\d/.test(text)) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const value = BigInt(whole === '' ? '0' : whole);
  const part = fraction === '' ? 0 : Number(`0.${fraction}`);
  return sign === '-' ? { whole: -value, fraction: -part } : { whole: value, fraction: part };
}

/** Signed clock `[-]h:mm[:ss[.f]]`; in `minute to second` two parts are minutes and seconds. */
function readClock(text: string, range: number): bigint | undefined {
  const match = /^([+-]?)(\d{1,18}):(\d{1,2})(?::(\d{1,2}))?(?:\.(\d*))?$/.exec(text);
  if (match === null) return undefined;
  let [, , hours = '0', minutes = '0', seconds] = match;
  const fraction = match[5];
  const minuteToSecond = range === (INTERVAL_FIELDS.minute | INTERVAL_FIELDS.second);
  if (seconds === undefined && (minuteToSecond || fraction !== undefined))
    [hours, minutes, seconds] = ['0', hours, minutes];
  if (Number(minutes) > 59 || Number(seconds ?? 0) > 60) return undefined;
  const total = (BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds ?? 0);
  const micros = total * 1_000_000n + BigInt(fractionMicros(fraction ?? ''));
  return match[1] === '-' ? -micros : micros;
}

/** Unit of a number without one. */
function bareUnit(range: number): Unit {
  const F = INTERVAL_FIELDS;
  if (range === INTERVAL_FULL_RANGE) return 'second';
  if ((range & F.second) !== 0) return 'second';
  if ((range & F.minute) !== 0) return 'minute';
  if ((range & F.hour) !== 0) return 'hour';
  if ((range & F.day) !== 0) return 'day';
  return (range & F.month) !== 0 ? 'month' : 'year';
}

function readTraditional(text: string, range: number, sum: Sum, fail: Fail): void {
  const tokens = text.replaceAll(',', ' ').match(/[+-]?\s*[\d.][\d.:]*(?:-\d+)?|[a-z]+|@|\S/gi) ?? [];
  const seen = new Set<Unit>();
  const note = (unit: Unit): void => {
    if (seen.has(unit)) throw fail(`more than one ${unit}`);
    seen.add(unit);
  };
  let ago = false;
  // From the right, so that a number knows its unit, as PostgreSQL reads it.
  let unit: Unit | undefined;
  let pending = false;
  for (let i = tokens.length - 1; i >= 0; i--) {
    const token = (tokens[i] ?? '').replace(/\s/g, '').toLowerCase();
    if (token === 'ago' && i === tokens.length - 1) {
      ago = true;
      continue;
    }
    if (token === '@' && i === 0) continue;
    const named = Object.hasOwn(UNITS, token) ? UNITS[token] : undefined;
    if (named !== undefined) {
      if (pending) throw fail('unit without a number');
      unit = named;
      pending = true;
      continue;
    }
    const clock = pending ? undefined : readClock(token, range);
    if (clock !== undefined) {
      note('hour');
      note('minute');
      note('second');
      sum.micros += clock;
      unit = 'day';
      continue;
    }
    const yearMonth = /^([+-]?)(\d{1,9})-(\d{1,2})$/.exec(token);
    if (yearMonth !== null && !pending) {
      if (Number(yearMonth[3]) > 11) throw fail('month out of range');
      note('year');
      note('month');
      const months = BigInt(yearMonth[2] ?? 0) * 12n + BigInt(yearMonth[3] ?? 0);
      sum.months += yearMonth[1] === '-' ? -months : months;
      unit = 'year';
      continue;
    }
    const number = readNumber(token);
    if (number === undefined) throw fail('unexpected token');
    const actual: Unit = unit ?? bareUnit(range);
    note(actual);
    addUnit(sum, actual, number.whole, number.fraction);
    pending = false;
    // The number left of hours has days for its unit: `1 2` day to hour.
    unit = actual === 'hour' ? 'day' : actual;
  }
  if (pending || seen.size === 0) throw fail('unit without a number');
  if (ago) {
    sum.months = -sum.months;
    sum.days = -sum.days;
    sum.micros = -sum.micros;
  }
}

const ISO_DATE: Readonly<Record<string, Unit>> = { Y: 'year', M: 'month', W: 'week', D: 'day' };
const ISO_TIME: Readonly<Record<string, Unit>> = { H: 'hour', M: 'minute', S: 'second' };

function readIso(text: string, sum: Sum, fail: Fail): void {
  const negative = text.startsWith('-');
  const body = text.slice(negative ? 2 : 1).toUpperCase();
  const alternative = /^(-?\d+)-(\d+)(?:-(\d+))?(?:T(.+))?$/.exec(body);
  if (alternative !== null) {
    const [, years = '0', months = '0', days = '0', clock] = alternative;
    const sign = years.startsWith('-') ? -1n : 1n;
    sum.months += BigInt(years) * 12n + sign * BigInt(months);
    sum.days += sign * BigInt(days);
    const micros = clock === undefined ? 0n : readClock(clock, INTERVAL_FULL_RANGE);
    if (micros === undefined) throw fail('invalid time of day');
    sum.micros += micros;
  } else {
    readDesignators(body, sum, fail);
  }
  if (!negative) return;
  sum.months = -sum.months;
  sum.days = -sum.days;
  sum.micros = -sum.micros;
}

function readDesignators(body: string, sum: Sum, fail: Fail): void {
  if (body === '' || (body !== 'T' && body.endsWith('T'))) throw fail('incomplete ISO 8601 interval');
  const [datePart = '', timePart, ...rest] = body.split('T');
  if (rest.length > 0) throw fail('invalid ISO 8601 interval');
  const read = (part: string, units: Readonly<Record<string, Unit>>): void => {
    if (!/^(?:[+-]?[\d.]+[A-Z])*$/.test(part)) throw fail('invalid ISO 8601 interval');
    for (const [, amount = '', letter = ''] of part.matchAll(/([+-]?[\d.]+)([A-Z])/g)) {
      const unit = units[letter];
      const number = readNumber(amount);
      if (unit === undefined || number === undefined) throw fail('invalid ISO 8601 interval');
      addUnit(sum, unit, number.whole, number.fraction);
    }
  };
  read(datePart, ISO_DATE);
  if (timePart === undefined) return;
  const clock = readClock(timePart, INTERVAL_FULL_RANGE);
  if (clock !== undefined) sum.micros += clock;
  else read(timePart, ISO_TIME);
}
