/** Dates and times: arithmetic operators, date_trunc, date_bin, make_*, age, time zones, OVERLAPS. */
import { planError } from '../errors.ts';
import type { SessionContext } from '../query/session-context.ts';
import {
  checkDate,
  checkTimestamp,
  dateFromDays,
  dateOutOfRange,
  daysFromDate,
  dayOfWeek,
  daysInMonth,
  MICROS_PER_DAY,
  MICROS_PER_SECOND,
  splitTimestamp,
  timestampOutOfRange,
  UNIX_EPOCH_MICROS,
} from '../types/calendar.ts';
import { comparator } from '../types/compare.ts';
import { type Datum, Interval, TIMESTAMP_INFINITY, TimeTz } from '../types/datum.ts';
import { localToUtc, timeZone, type TimeZone } from '../types/time-zone.ts';
import { typeByName } from '../types/registry.ts';
import { alike, arg, made, withSession, type Evaluate, type Plain, type ScalarTable } from './define.ts';
import { dateToTimestamp, timestampToInstant } from './comparison.ts';
import { unitNotSupported, unitOf, type Unit } from './datetime-units.ts';
import {
  addIntervals,
  checkedInterval,
  divideInterval,
  justifyDays,
  justifyHours,
  justifyInterval,
  multiplyInterval,
  negateInterval,
  subtractIntervals,
} from './interval-arithmetic.ts';
import { sessionZone } from './session-zone.ts';
import {
  addDays,
  addToTimestamp,
  addToTimestampTz,
  age,
  isInfinite,
  subtractDates,
  subtractTimestamps,
  toLocal,
} from './timestamp-arithmetic.ts';

/** A time of day some microseconds on, around the clock. */
function aroundClock(micros: bigint): bigint {
  const rest = micros % MICROS_PER_DAY;
  return rest < 0n ? rest + MICROS_PER_DAY : rest;
}

const plusInterval: Plain = (a: bigint, b: Interval) => addToTimestamp(a, b);
const plusIntervalTz = withSession((session, a: bigint, b: Interval) =>
  addToTimestampTz(a, b, sessionZone(session)),
);
const timePlus = (time: bigint, b: Interval): bigint => aroundClock(time + b.micros);
const timetzPlus = (time: TimeTz, b: Interval): TimeTz =>
  new TimeTz(aroundClock(time.micros + b.micros), time.zone);
const datePlusTime = (date: number, time: bigint): bigint =>
  Number.isFinite(date) ? checkTimestamp(dateToTimestamp(date) + time) : dateToTimestamp(date);
const datePlusTimetz = (date: number, time: TimeTz): bigint =>
  Number.isFinite(date)
    ? checkTimestamp(dateToTimestamp(date) + time.micros + BigInt(time.zone) * MICROS_PER_SECOND)
    : dateToTimestamp(date);

const operators: ScalarTable = {
  'date_pli(date,int4)': addDays,
  'integer_pl_date(int4,date)': (days: number, date: number) => addDays(date, days),
  'date_mii(date,int4)': (date: number, days: number) => addDays(date, -days),
  'date_mi(date,date)': subtractDates,
  'date_pl_interval(date,interval)': (date: number, b: Interval) => addToTimestamp(dateToTimestamp(date), b),
  'interval_pl_date(interval,date)': (b: Interval, date: number) => addToTimestamp(dateToTimestamp(date), b),
  'date_mi_interval(date,interval)': (date: number, b: Interval) =>
    addToTimestamp(dateToTimestamp(date), negateInterval(b)),
  'datetime_pl(date,time)': datePlusTime,
  'timedate_pl(time,date)': (time: bigint, date: number) => datePlusTime(date, time),
  'datetimetz_pl(date,timetz)': datePlusTimetz,
  'timetzdate_pl(timetz,date)': (time: TimeTz, date: number) => datePlusTimetz(date, time),
  'timestamp_pl_interval(timestamp,interval)': plusInterval,
  'interval_pl_timestamp(interval,timestamp)': (b: Interval, a: bigint) => addToTimestamp(a, b),
  'timestamp_mi_interval(timestamp,interval)': (a: bigint, b: Interval) =>
    addToTimestamp(a, negateInterval(b)),
  'timestamp_mi(timestamp,timestamp)': subtractTimestamps,
  'timestamptz_pl_interval(timestamptz,interval)': plusIntervalTz,
  'interval_pl_timestamptz(interval,timestamptz)': withSession((session, b: Interval, a: bigint) =>
    addToTimestampTz(a, b, sessionZone(session)),
  ),
  'timestamptz_mi_interval(timestamptz,interval)': withSession((session, a: bigint, b: Interval) =>
    addToTimestampTz(a, negateInterval(b), sessionZone(session)),
  ),
  'timestamptz_mi(timestamptz,timestamptz)': subtractTimestamps,
  'time_pl_interval(time,interval)': timePlus,
  'interval_pl_time(interval,time)': (b: Interval, time: bigint) => timePlus(time, b),
  'time_mi_interval(time,interval)': (time: bigint, b: Interval) => aroundClock(time - b.micros),
  'time_mi_time(time,time)': (a: bigint, b: bigint) => new Interval(0, 0, a - b),
  'timetz_pl_interval(timetz,interval)': timetzPlus,
  'interval_pl_timetz(interval,timetz)': (b: Interval, time: TimeTz) => timetzPlus(time, b),
  'timetz_mi_interval(timetz,interval)': (time: TimeTz, b: Interval) =>
    new TimeTz(aroundClock(time.micros - b.micros), time.zone),
  'interval_pl(interval,interval)': addIntervals,
  'interval_mi(interval,interval)': subtractIntervals,
  'interval_um(interval)': negateInterval,
  'interval_mul(interval,float8)': multiplyInterval,
  'mul_d_interval(float8,interval)': (factor: number, value: Interval) => multiplyInterval(value, factor),
  'interval_div(interval,float8)': divideInterval,
  'justify_hours(interval)': justifyHours,
  'justify_days(interval)': justifyDays,
  'justify_interval(interval)': justifyInterval,
};

/** First month of the period of `length` months that a month (0 for January of year 0) is in. */
const periodStart = (index: number, length: number): number => Math.floor(index / length) * length;

const MONTHS: Readonly<Partial<Record<Unit, number>>> = { month: 1, quarter: 3, year: 12 };
const YEARS: Readonly<Partial<Record<Unit, number>>> = { decade: 10, century: 100, millennium: 1000 };
const MICROS: Readonly<Partial<Record<Unit, bigint>>> = {
  microseconds: 1n,
  milliseconds: 1000n,
  second: 1_000_000n,
  minute: 60_000_000n,
  hour: 3_600_000_000n,
};

/** First year of a decade, century or millennium; the latter two begin with a year 1. */
function yearsStart(year: number, length: number): number {
  if (length === 10) return Math.floor(year / 10) * 10;
  return Math.floor((year - 1) / length) * length + 1;
}

function truncate(unit: Unit, local: bigint, typeName: string): bigint {
  const small = MICROS[unit];
  const [days, rest] = splitTimestamp(local);
  if (small !== undefined) return local - (((rest % small) + small) % small);
  if (unit === 'day') return dateToTimestamp(days);
  if (unit === 'week') return dateToTimestamp(days - ((dayOfWeek(days) + 6) % 7));
  const { year, month } = dateFromDays(days);
  const months = MONTHS[unit];
  if (months !== undefined) {
    const index = periodStart(year * 12 + month - 1, months);
    return dateToTimestamp(daysFromDate(Math.floor(index / 12), (((index % 12) + 12) % 12) + 1, 1));
  }
  const years = YEARS[unit];
  if (years === undefined) throw unitNotSupported(unit, typeName);
  return dateToTimestamp(daysFromDate(yearsStart(year, years), 1, 1));
}

function truncateTimestamp(unit: string, local: bigint): bigint {
  return isInfinite(local) ? local : truncate(unitOf(unit), local, 'timestamp without time zone');
}

function truncateInZone(unit: string, instant: bigint, zone: TimeZone): bigint {
  if (isInfinite(instant)) return instant;
  const known = unitOf(unit);
  const small = MICROS[known];
  // Below a day nothing depends on the zone but its odd minutes, and the instant must not jump.
  if (small !== undefined) {
    const offset = BigInt(zone.offsetAt(instant)) * MICROS_PER_SECOND;
    return truncate(known, instant + offset, 'timestamp with time zone') - offset;
  }
  return localToUtc(zone, truncate(known, toLocal(instant, zone), 'timestamp with time zone'));
}

function truncateInterval(unit: string, value: Interval): Interval {
  const known = unitOf(unit);
  const small = MICROS[known];
  if (small !== undefined)
    return new Interval(value.months, value.days, value.micros - (value.micros % small));
  if (known === 'day') return new Interval(value.months, value.days, 0n);
  const months = MONTHS[known] ?? (YEARS[known] ?? 0) * 12;
  if (months === 0) throw unitNotSupported(known, 'interval');
  return new Interval(value.months - (value.months % months), 0, 0n);
}

function bin(stride: Interval, source: bigint, origin: bigint): bigint {
  if (isInfinite(source)) return source;
  if (isInfinite(origin)) throw planError('origin out of range');
  if (stride.months !== 0) {
    throw planError('timestamps cannot be binned into intervals containing months or years').with({
      code: '0A000',
    });
  }
  const size = BigInt(stride.days) * MICROS_PER_DAY + stride.micros;
  if (size <= 0n) throw planError('stride must be greater than zero');
  const difference = source - origin;
  let steps = difference / size;
  if (difference % size < 0n) steps--;
  return origin + steps * size;
}

function makeDate(year: number, month: number, day: number): number {
  const astronomical = year < 0 ? year + 1 : year;
  if (year === 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(astronomical, month)) {
    throw planError(`date field value out of range: ${String(year)}-${pad2(month)}-${pad2(day)}`);
  }
  return checkDate(daysFromDate(astronomical, month, day));
}

const pad2 = (n: number): string => String(n).padStart(2, '0');

function makeTime(hour: number, minute: number, second: number): bigint {
  const micros = Math.round(second * 1e6);
  const valid =
    (hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60) ||
    (hour === 24 && minute === 0 && second === 0);
  if (!valid)
    throw planError(`time field value out of range: ${String(hour)}:${pad2(minute)}:${pad2(second)}`);
  return BigInt(hour * 3600 + minute * 60) * MICROS_PER_SECOND + BigInt(micros);
}

function makeTimestamp(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): bigint {
  return checkTimestamp(dateToTimestamp(makeDate(year, month, day)) + makeTime(hour, minute, second));
}

function makeInterval(args: readonly Datum[]): Interval {
  const part = (i: number): number => (arg(args, i) as number | null) ?? 0;
  const [years, months, weeks, days, hours, minutes, seconds] = [0, 1, 2, 3, 4, 5, 6].map(part);
  if (!Number.isFinite(seconds)) throw planError('interval out of range');
  return checkedInterval(
    (years ?? 0) * 12 + (months ?? 0),
    (weeks ?? 0) * 7 + (days ?? 0),
    BigInt((hours ?? 0) * 3600 + (minutes ?? 0) * 60) * MICROS_PER_SECOND +
      BigInt(Math.round((seconds ?? 0) * 1e6)),
  );
}

/** to_timestamp(epoch seconds). */
function fromEpoch(seconds: number): bigint {
  if (Number.isNaN(seconds)) throw planError('timestamp cannot be NaN');
  if (!Number.isFinite(seconds)) return seconds > 0 ? TIMESTAMP_INFINITY : -TIMESTAMP_INFINITY;
  if (Math.abs(seconds) > 1e13) throw timestampOutOfRange();
  const whole = Math.floor(seconds);
  return checkTimestamp(
    BigInt(whole) * MICROS_PER_SECOND + BigInt(Math.round((seconds - whole) * 1e6)) - UNIX_EPOCH_MICROS,
  );
}

/** A zone given as an interval: an offset east of UTC. */
function intervalZone(offset: Interval): TimeZone {
  if (offset.months !== 0 || offset.days !== 0) {
    throw planError('interval time zone must not include months or days');
  }
  const seconds = Number(offset.micros / MICROS_PER_SECOND);
  return { name: '', offsetAt: () => seconds };
}

const inZone = (instant: bigint, zone: TimeZone): bigint => toLocal(instant, zone);

/** A time with zone moved to the offset that another zone has now. */
function timetzInZone(time: TimeTz, zone: TimeZone, now: bigint): TimeTz {
  const east = zone.offsetAt(now);
  const utc = time.micros + BigInt(time.zone) * MICROS_PER_SECOND;
  return new TimeTz(aroundClock(utc + BigInt(east) * MICROS_PER_SECOND), -east);
}

/** OVERLAPS: two periods given by any two of their ends; NULL where the answer is open. */
function overlaps(
  compare: (a: Datum, b: Datum) => number,
  s1: Datum,
  e1: Datum,
  s2: Datum,
  e2: Datum,
): Datum {
  const order = (start: Datum, end: Datum): readonly [Datum, Datum] => {
    if (start === null || (end !== null && compare(start, end) > 0)) return [end, start];
    return [start, end];
  };
  const [a, aEnd] = order(s1, e1);
  const [b, bEnd] = order(s2, e2);
  if (a === null || b === null) return null;
  const between = (start: Datum, end: Datum, point: Datum): Datum => {
    if (end !== null)
      return compare(point, end) < 0 ? true : end === start ? compare(point, end) === 0 : false;
    return null;
  };
  const direction = compare(a, b);
  if (direction === 0) {
    if (aEnd === null || bEnd === null) return null;
    return true;
  }
  return direction > 0 ? between(b, bEnd, a) : between(a, aEnd, b);
}

type Add = (value: Datum, interval: Datum, session: SessionContext) => Datum;
const ADDERS: Readonly<Record<string, Add>> = {
  timestamp: (value, interval) => addToTimestamp(value as bigint, interval as Interval),
  timestamptz: (value, interval, session) =>
    addToTimestampTz(value as bigint, interval as Interval, sessionZone(session)),
  time: (value, interval) => timePlus(value as bigint, interval as Interval),
  timetz: (value) => value,
};

/** One signature of OVERLAPS; ends may be intervals from their starts. */
function overlapsOf(type: string, first: boolean, second: boolean): Evaluate {
  const known = typeByName(type);
  const compare = known === undefined ? () => 0 : comparator(known);
  const add = ADDERS[type] ?? ((value) => value);
  return (args, session) => {
    const [s1, e1, s2, e2] = [0, 1, 2, 3].map((i) => arg(args, i)) as [Datum, Datum, Datum, Datum];
    const end = (start: Datum, given: Datum, isInterval: boolean): Datum =>
      !isInterval ? given : start === null || given === null ? null : add(start, given, session);
    return overlaps(compare, s1, end(s1, e1, first), s2, end(s2, e2, second));
  };
}

function overlapsSignatures(type: string, withIntervals: boolean): ScalarTable {
  const entry = (first: boolean, second: boolean): readonly [string, ReturnType<typeof made>] => [
    `overlaps(${type},${first ? 'interval' : type},${type},${second ? 'interval' : type})`,
    made(() => overlapsOf(type, first, second)),
  ];
  const combinations = withIntervals
    ? [entry(false, false), entry(true, false), entry(false, true), entry(true, true)]
    : [entry(false, false)];
  return Object.fromEntries(combinations);
}

const finite: Plain = (value: bigint) => !isInfinite(value);

export const datetimeFunctions: ScalarTable = {
  ...operators,
  'date_trunc(text,timestamp)': truncateTimestamp,
  'date_trunc(text,timestamptz)': withSession((session, unit: string, value: bigint) =>
    truncateInZone(unit, value, sessionZone(session)),
  ),
  'date_trunc(text,timestamptz,text)': (unit: string, value: bigint, zone: string) =>
    truncateInZone(unit, value, timeZone(zone)),
  'date_trunc(text,interval)': truncateInterval,
  ...alike(
    ['date_bin(interval,timestamp,timestamp)', 'date_bin(interval,timestamptz,timestamptz)'],
    bin as Plain,
  ),
  'make_date(int4,int4,int4)': makeDate,
  'make_time(int4,int4,float8)': makeTime,
  'make_timestamp(int4,int4,int4,int4,int4,float8)': makeTimestamp,
  'make_timestamptz(int4,int4,int4,int4,int4,float8)': made(() => (args, session) => {
    const [y, mo, d, h, mi, s] = args as readonly number[];
    return timestampToInstant(
      makeTimestamp(y ?? 0, mo ?? 0, d ?? 0, h ?? 0, mi ?? 0, s ?? 0),
      sessionZone(session),
    );
  }),
  'make_timestamptz(int4,int4,int4,int4,int4,float8,text)': made(() => (args) => {
    const [y, mo, d, h, mi, s] = args as readonly number[];
    return localToUtc(
      timeZone(arg(args, 6) as string),
      makeTimestamp(y ?? 0, mo ?? 0, d ?? 0, h ?? 0, mi ?? 0, s ?? 0),
    );
  }),
  'make_interval(int4,int4,int4,int4,int4,int4,float8)': made(() => makeInterval),
  'to_timestamp(float8)': fromEpoch,
  'age(timestamp,timestamp)': age,
  'age(timestamp)': withSession((session, value: bigint) => age(today(session), value)),
  'age(timestamptz,timestamptz)': withSession((session, a: bigint, b: bigint) => {
    const zone = sessionZone(session);
    return age(toLocal(a, zone), toLocal(b, zone));
  }),
  'age(timestamptz)': withSession((session, value: bigint) =>
    age(today(session), toLocal(value, sessionZone(session))),
  ),
  ...alike(['isfinite(timestamp)', 'isfinite(timestamptz)'], finite),
  'isfinite(date)': (value: number) => Number.isFinite(value),
  'isfinite(interval)': () => true,
  'timezone(text,timestamptz)': (zone: string, value: bigint) => inZone(value, timeZone(zone)),
  'timezone(text,timestamp)': (zone: string, value: bigint) => timestampToInstant(value, timeZone(zone)),
  'timezone(text,timetz)': withSession((session, zone: string, value: TimeTz) =>
    timetzInZone(value, timeZone(zone), session.transactionTime),
  ),
  'timezone(interval,timestamptz)': (zone: Interval, value: bigint) => inZone(value, intervalZone(zone)),
  'timezone(interval,timestamp)': (zone: Interval, value: bigint) =>
    timestampToInstant(value, intervalZone(zone)),
  'timezone(interval,timetz)': withSession((session, zone: Interval, value: TimeTz) =>
    timetzInZone(value, intervalZone(zone), session.transactionTime),
  ),
  'timestamptz(date,time)': withSession((session, date: number, time: bigint) =>
    timestampToInstant(datePlusTime(date, time), sessionZone(session)),
  ),
  'timestamptz(date,timetz)': datePlusTimetz,
  'timestamp(date,time)': datePlusTime,
  ...overlapsSignatures('timestamp', true),
  ...overlapsSignatures('timestamptz', true),
  ...overlapsSignatures('time', true),
  ...overlapsSignatures('timetz', false),
};

/** Midnight of today on the session's clocks. */
function today(session: SessionContext): bigint {
  const [days] = splitTimestamp(toLocal(session.transactionTime, sessionZone(session)));
  if (!Number.isFinite(days)) throw dateOutOfRange();
  return dateToTimestamp(days);
}
