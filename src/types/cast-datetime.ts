/** Casts among dates, times, timestamps, intervals and Materialize's mz_timestamp. */
import { planError } from '../errors.ts';
import {
  checkTimestamp,
  MICROS_PER_DAY,
  MICROS_PER_SECOND,
  splitTimestamp,
  timestampOutOfRange,
  UNIX_EPOCH_MICROS,
} from './calendar.ts';
import { casts, type CastDef } from './cast-def.ts';
import type { CastSession } from './cast-session.ts';
import { type Datum, Interval, TIMESTAMP_INFINITY, TimeTz } from './datum.ts';
import { outOfRange } from './input-error.ts';
import { INTEGER_BOUNDS } from './integer-text.ts';
import type { Numeric } from './numeric.ts';
import {
  DATE,
  INT4,
  INT8,
  INTERVAL,
  MZ_TIMESTAMP,
  NUMERIC,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  TIMETZ,
  UINT4,
  UINT8,
} from './registry.ts';
import { localToUtc, timeZone } from './time-zone.ts';

function isInfinite(micros: bigint): boolean {
  return micros === TIMESTAMP_INFINITY || micros === -TIMESTAMP_INFINITY;
}

/** Midnight of a date; infinities carry over. Throws `timestamp out of range`. */
export function dateToTimestamp(days: number): bigint {
  if (!Number.isFinite(days)) return days > 0 ? TIMESTAMP_INFINITY : -TIMESTAMP_INFINITY;
  return checkTimestamp(BigInt(days) * MICROS_PER_DAY);
}

/** Day of a timestamp; infinities carry over. */
export function timestampToDate(micros: bigint): number {
  if (isInfinite(micros)) return micros > 0n ? Infinity : -Infinity;
  return splitTimestamp(micros)[0];
}

/** What the session's clock shows at an instant. */
export function timestampTzToLocal(micros: bigint, session: CastSession): bigint {
  if (isInfinite(micros)) return micros;
  return checkTimestamp(micros + BigInt(timeZone(session.timeZone).offsetAt(micros)) * MICROS_PER_SECOND);
}

/** The instant at which the session's clock shows `local`. */
export function localToTimestampTz(local: bigint, session: CastSession): bigint {
  return isInfinite(local) ? local : checkTimestamp(localToUtc(timeZone(session.timeZone), local));
}

/** Time of day; NULL for the infinities, as PostgreSQL. */
function timestampToTime(micros: bigint): Datum {
  return isInfinite(micros) ? null : splitTimestamp(micros)[1];
}

function timestampTzToTimeTz(micros: bigint, session: CastSession): Datum {
  if (isInfinite(micros)) return null;
  const offset = timeZone(session.timeZone).offsetAt(micros);
  return new TimeTz(splitTimestamp(micros + BigInt(offset) * MICROS_PER_SECOND)[1], 0 - offset);
}

function intervalToTime(value: Interval): bigint {
  const rest = value.micros % MICROS_PER_DAY;
  return rest < 0n ? rest + MICROS_PER_DAY : rest;
}

/** Milliseconds since the Unix epoch, not before it. */
function toMzTimestamp(micros: bigint): bigint {
  if (isInfinite(micros)) throw timestampOutOfRange();
  const millis = (micros + UNIX_EPOCH_MICROS) / 1000n;
  if (millis < 0n) throw outOfRange(String(millis), 'mz_timestamp');
  return millis;
}

function fromMzTimestamp(millis: bigint): bigint {
  return checkTimestamp(millis * 1000n - UNIX_EPOCH_MICROS);
}

function wholeMzTimestamp(value: bigint): bigint {
  if (value < 0n || value > INTEGER_BOUNDS.mz_timestamp.max) throw outOfRange(String(value), 'mz_timestamp');
  return value;
}

function numericToMzTimestamp(value: Numeric): bigint {
  const whole = value.toBigInt();
  if (whole === undefined) throw planError(`"${value.toString()}" mz_timestamp out of range`);
  return wholeMzTimestamp(whole);
}

const MZ_CASTS: readonly CastDef[] = [
  ...casts('implicit', INT4, [MZ_TIMESTAMP], (datum) => wholeMzTimestamp(BigInt(datum as number))),
  ...casts('implicit', UINT4, [MZ_TIMESTAMP], (datum) => BigInt(datum as number)),
  ...casts('implicit', INT8, [MZ_TIMESTAMP], (datum) => wholeMzTimestamp(datum as bigint)),
  ...casts('implicit', UINT8, [MZ_TIMESTAMP]),
  ...casts('implicit', NUMERIC, [MZ_TIMESTAMP], (datum) => numericToMzTimestamp(datum as Numeric)),
  ...casts('implicit', DATE, [MZ_TIMESTAMP], (datum) => toMzTimestamp(dateToTimestamp(datum as number))),
  ...casts('implicit', TIMESTAMP, [MZ_TIMESTAMP], (datum) => toMzTimestamp(datum as bigint)),
  ...casts('implicit', TIMESTAMPTZ, [MZ_TIMESTAMP], (datum) => toMzTimestamp(datum as bigint)),
  ...casts('assignment', MZ_TIMESTAMP, [TIMESTAMP, TIMESTAMPTZ], (datum) => fromMzTimestamp(datum as bigint)),
];

export const DATETIME_CASTS: readonly CastDef[] = [
  ...casts('implicit', DATE, [TIMESTAMP], (datum) => dateToTimestamp(datum as number)),
  ...casts('implicit', DATE, [TIMESTAMPTZ], (datum, session) =>
    localToTimestampTz(dateToTimestamp(datum as number), session),
  ),
  ...casts('assignment', TIMESTAMP, [DATE], (datum) => timestampToDate(datum as bigint)),
  ...casts('assignment', TIMESTAMP, [TIME], (datum) => timestampToTime(datum as bigint)),
  ...casts('implicit', TIMESTAMP, [TIMESTAMPTZ], (datum, session) =>
    localToTimestampTz(datum as bigint, session),
  ),
  ...casts('assignment', TIMESTAMPTZ, [TIMESTAMP], (datum, session) =>
    timestampTzToLocal(datum as bigint, session),
  ),
  ...casts('assignment', TIMESTAMPTZ, [DATE], (datum, session) =>
    timestampToDate(timestampTzToLocal(datum as bigint, session)),
  ),
  ...casts('assignment', TIMESTAMPTZ, [TIME], (datum, session) =>
    timestampToTime(timestampTzToLocal(datum as bigint, session)),
  ),
  ...casts('assignment', TIMESTAMPTZ, [TIMETZ], (datum, session) =>
    timestampTzToTimeTz(datum as bigint, session),
  ),
  ...casts('implicit', TIME, [INTERVAL], (datum) => new Interval(0, 0, datum as bigint)),
  ...casts(
    'implicit',
    TIME,
    [TIMETZ],
    (datum, session) => new TimeTz(datum as bigint, 0 - timeZone(session.timeZone).offsetAt(session.now)),
  ),
  ...casts('assignment', TIMETZ, [TIME], (datum) => (datum as TimeTz).micros),
  ...casts('assignment', INTERVAL, [TIME], (datum) => intervalToTime(datum as Interval)),
  ...MZ_CASTS,
];
