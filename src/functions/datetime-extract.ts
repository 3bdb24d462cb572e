/** extract() and date_part(): fields of dates, times and intervals. */
import {
  clockFromMicros,
  dateFromDays,
  dayOfWeek,
  daysFromDate,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  splitTimestamp,
  UNIX_EPOCH_MICROS,
} from '../types/calendar.ts';
import type { Datum, Interval, TimeTz } from '../types/datum.ts';
import { Numeric } from '../types/numeric.ts';
import { arg, made, type Evaluate, type ScalarTable } from './define.ts';
import { dateToTimestamp } from './comparison.ts';
import { unitNotSupported, unitOf, type Unit } from './datetime-units.ts';
import { sessionZone } from './session-zone.ts';
import { isInfinite, toLocal } from './timestamp-arithmetic.ts';

const whole = (value: number): Numeric => Numeric.fromBigInt(BigInt(value));
/** A count of microseconds as seconds (scale 6) or milliseconds (scale 3). */
const micros = (value: bigint, scale: number): Numeric => new Numeric(value, scale);

/** Day number of the Monday that ISO week 1 of a year begins with. */
function isoYearStart(year: number): number {
  const fourth = daysFromDate(year, 1, 4);
  return fourth - ((dayOfWeek(fourth) + 6) % 7);
}

/** ISO 8601 year and week of a day. */
export function isoWeek(days: number): { readonly year: number; readonly week: number } {
  let { year } = dateFromDays(days);
  if (days < isoYearStart(year)) year--;
  else if (days >= isoYearStart(year + 1)) year++;
  return { year, week: Math.floor((days - isoYearStart(year)) / 7) + 1 };
}

/** Centuries and millennia: the first year of the first is 1, and there is no year 0. */
export function periodOf(year: number, length: number): number {
  return year > 0 ? Math.floor((year + length - 1) / length) : -Math.floor((length - year) / length);
}

/** Years before Christ count from -1 downward. */
const shownYear = (year: number): number => (year > 0 ? year : year - 1);

/** Microseconds of the clock for the units within a minute; undefined for others. */
function clockField(unit: Unit, rest: bigint): Numeric | undefined {
  const clock = clockFromMicros(rest);
  const inMinute = BigInt(clock.second) * 1_000_000n + BigInt(clock.micros);
  switch (unit) {
    case 'microseconds':
      return Numeric.fromBigInt(inMinute);
    case 'milliseconds':
      return micros(inMinute, 3);
    case 'second':
      return micros(inMinute, 6);
    case 'minute':
      return whole(clock.minute);
    case 'hour':
      return whole(clock.hour);
    default:
      return undefined;
  }
}

function dateField(unit: Unit, days: number): Numeric | undefined {
  const { year, month, day } = dateFromDays(days);
  switch (unit) {
    case 'day':
      return whole(day);
    case 'month':
      return whole(month);
    case 'quarter':
      return whole(Math.floor((month - 1) / 3) + 1);
    case 'week':
      return whole(isoWeek(days).week);
    case 'year':
      return whole(shownYear(year));
    case 'decade':
      return whole(Math.floor(year / 10));
    case 'century':
      return whole(periodOf(year, 100));
    case 'millennium':
      return whole(periodOf(year, 1000));
    case 'isoyear':
      return whole(shownYear(isoWeek(days).year));
    case 'dow':
      return whole(dayOfWeek(days));
    case 'isodow':
      return whole(((dayOfWeek(days) + 6) % 7) + 1);
    case 'doy':
      return whole(days - daysFromDate(year, 1, 1) + 1);
    default:
      return undefined;
  }
}

/** Julian day numbers begin at midnight here; the time is their fraction. */
function julian(days: number, rest: bigint): Numeric {
  const day = whole(days + 2451545);
  return day.add(new Numeric(rest, 0).div(new Numeric(MICROS_PER_DAY, 0)));
}

/** Units that grow with time have infinite values at infinity; the others have none. */
const ENDLESS = new Set<Unit>(['year', 'decade', 'century', 'millennium', 'isoyear', 'epoch', 'julian']);

function atInfinity(unit: Unit, positive: boolean): Numeric | null {
  if (!ENDLESS.has(unit)) return null;
  return positive ? Numeric.INFINITY : Numeric.NEGATIVE_INFINITY;
}

/** A field of a local time; `instant` is the same in UTC, for epoch. */
function timestampField(unit: Unit, local: bigint, instant: bigint, typeName: string): Numeric | null {
  if (isInfinite(local)) return atInfinity(unit, local > 0n);
  const [days, rest] = splitTimestamp(local);
  if (unit === 'epoch') return micros(instant + UNIX_EPOCH_MICROS, 6);
  if (unit === 'julian') return julian(days, rest);
  const field = clockField(unit, rest) ?? dateField(unit, days);
  if (field === undefined) throw unitNotSupported(unit, typeName);
  return field;
}

function zoneField(unit: Unit, east: number): Numeric | undefined {
  if (unit === 'timezone') return whole(east);
  if (unit === 'timezone_hour') return whole(Math.trunc(east / 3600));
  if (unit === 'timezone_minute') return whole(Math.trunc(east / 60) % 60);
  return undefined;
}

function timeField(unit: Unit, time: bigint, east: number | undefined): Numeric {
  const zone = east === undefined ? undefined : zoneField(unit, east);
  const epoch = unit === 'epoch' ? micros(time - BigInt(east ?? 0) * 1_000_000n, 6) : undefined;
  const field = zone ?? epoch ?? clockField(unit, time);
  if (field === undefined)
    throw unitNotSupported(unit, east === undefined ? 'time without time zone' : 'time with time zone');
  return field;
}

const SECONDS_PER_YEAR = 31_557_600n;

function intervalField(unit: Unit, value: Interval): Numeric {
  const years = Math.trunc(value.months / 12);
  const months = value.months % 12;
  const inMinute = value.micros % 60_000_000n;
  switch (unit) {
    case 'microseconds':
      return Numeric.fromBigInt(inMinute);
    case 'milliseconds':
      return micros(inMinute, 3);
    case 'second':
      return micros(inMinute, 6);
    case 'minute':
      return Numeric.fromBigInt((value.micros / 60_000_000n) % 60n);
    case 'hour':
      return Numeric.fromBigInt(value.micros / MICROS_PER_HOUR);
    case 'day':
      return whole(value.days);
    case 'month':
      return whole(months);
    case 'quarter':
      return whole(Math.trunc(months / 3) + 1);
    case 'year':
      return whole(years);
    case 'decade':
      return whole(Math.trunc(years / 10));
    case 'century':
      return whole(Math.trunc(years / 100));
    case 'millennium':
      return whole(Math.trunc(years / 1000));
    case 'epoch':
      // A year is 365.25 days, a month left over 30.
      return micros(
        BigInt(years) * SECONDS_PER_YEAR * 1_000_000n +
          (BigInt(months) * 30n + BigInt(value.days)) * MICROS_PER_DAY +
          value.micros,
        6,
      );
    default:
      throw unitNotSupported(unit, 'interval');
  }
}

type Field = (unit: Unit, value: Datum, session: Parameters<Evaluate>[1]) => Numeric | null;

const FIELDS: Readonly<Record<string, Field>> = {
  timestamp: (unit, value) =>
    timestampField(unit, value as bigint, value as bigint, 'timestamp without time zone'),
  timestamptz(unit, value, session) {
    const instant = value as bigint;
    const zone = sessionZone(session);
    const east = isInfinite(instant) ? undefined : zoneField(unit, zone.offsetAt(instant));
    return east ?? timestampField(unit, toLocal(instant, zone), instant, 'timestamp with time zone');
  },
  date(unit, value) {
    const instant = dateToTimestamp(value as number);
    if (clockField(unit, 0n) !== undefined) throw unitNotSupported(unit, 'date');
    const field = timestampField(unit, instant, instant, 'date');
    return (unit === 'epoch' || unit === 'julian') && field?.isFinite === true ? field.trunc(0) : field;
  },
  time: (unit, value) => timeField(unit, value as bigint, undefined),
  timetz: (unit, value) => timeField(unit, (value as TimeTz).micros, -(value as TimeTz).zone),
  interval: (unit, value) => intervalField(unit, value as Interval),
};

/** The unit is nearly always the same text, row after row. */
function cachedUnit(): (name: string) => Unit {
  let name: string | undefined;
  let unit: Unit = 'epoch';
  return (wanted) => {
    if (wanted !== name) {
      unit = unitOf(wanted);
      name = wanted;
    }
    return unit;
  };
}

function fieldOf(type: string): Field {
  return FIELDS[type] ?? (() => null);
}

/** date_part's old way with dates: as midnight timestamps, so that it has hours too. */
const datePartFields: Readonly<Record<string, Field>> = {
  ...FIELDS,
  date: (unit, value) =>
    timestampField(
      unit,
      dateToTimestamp(value as number),
      dateToTimestamp(value as number),
      'timestamp without time zone',
    ),
};

function entries(
  name: string,
  table: Readonly<Record<string, Field>>,
  finish: (value: Numeric) => Datum,
): ScalarTable {
  return Object.fromEntries(
    Object.keys(FIELDS).map((type) => [
      `${name}(text,${type})`,
      made(() => {
        const unit = cachedUnit();
        const field = table[type] ?? fieldOf(type);
        return (args, session) => {
          const value = field(unit(arg(args, 0) as string), arg(args, 1), session);
          return value === null ? null : finish(value);
        };
      }),
    ]),
  );
}

export const extractFunctions: ScalarTable = {
  ...entries('extract', FIELDS, (value) => value),
  ...entries('date_part', datePartFields, (value) => value.toNumber()),
};
