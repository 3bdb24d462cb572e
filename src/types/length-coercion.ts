/** Fitting values to a type modifier: varchar(n), char(n), numeric(p,s), timestamp(p), interval fields. */
import { planError } from '../errors.ts';
import { checkTimestamp, MICROS_PER_HOUR, MICROS_PER_MINUTE, roundMicros } from './calendar.ts';
import { type Datum, Interval, SqlArray, TIMESTAMP_INFINITY, TimeTz } from './datum.ts';
import type { Numeric } from './numeric.ts';
import type { SqlType } from './sql-type.ts';
import { formatTypmod, INTERVAL_FIELDS, typmodInterval, typmodLength, typmodNumeric } from './typmod.ts';

/** An explicit cast cuts text that is too long; an assignment refuses it. */
export type CoercionContext = 'implicit' | 'assignment' | 'explicit';

/** Does the type have modifiers that {@link fitToTypmod} acts on? */
export function hasTypmod(type: SqlType): boolean {
  const base = type.kind === 'array' ? (type.element ?? type) : type;
  return ['varchar', 'bpchar', 'numeric', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval'].includes(
    base.name,
  );
}

/**
 * The value as a column `type(typmod)` holds it; typmod -1 leaves it alone. Throws XX000
 * `value too long for type character varying(3)` and `numeric field overflow`.
 */
export function fitToTypmod(type: SqlType, datum: Datum, typmod: number, context: CoercionContext): Datum {
  if (typmod < 0 || datum === null) return datum;
  if (type.kind === 'array' && type.element !== undefined) {
    const { element } = type;
    const array = datum as SqlArray;
    const fitted = array.elements.map((item) => fitToTypmod(element, item, typmod, context));
    return new SqlArray(fitted, array.dims, array.lowerBounds);
  }
  switch (type.name) {
    case 'varchar':
      return fitLength(type, datum as string, typmod, context);
    case 'bpchar':
      return fitLength(type, datum as string, typmod, context).padEnd(paddedUnits(datum as string, typmod));
    case 'numeric': {
      const numeric = typmodNumeric(typmod);
      return numeric === undefined ? datum : (datum as Numeric).fit(numeric.precision, numeric.scale);
    }
    case 'time':
      return roundMicros(datum as bigint, typmod);
    case 'timetz': {
      const value = datum as TimeTz;
      return new TimeTz(roundMicros(value.micros, typmod), value.zone);
    }
    case 'timestamp':
    case 'timestamptz': {
      const micros = datum as bigint;
      if (micros === TIMESTAMP_INFINITY || micros === -TIMESTAMP_INFINITY) return micros;
      return checkTimestamp(roundMicros(micros, typmod));
    }
    case 'interval':
      return fitInterval(datum as Interval, typmod);
    default:
      return datum;
  }
}

/** Length in code points, which is what SQL counts. */
function characters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00) count--;
  }
  return count;
}

/** UTF-16 units that make `length` characters of this (short enough) text after padding with blanks. */
function paddedUnits(text: string, typmod: number): number {
  const length = typmodLength(typmod) ?? 0;
  const count = characters(text);
  return count >= length ? 0 : text.length + (length - count);
}

function fitLength(type: SqlType, text: string, typmod: number, context: CoercionContext): string {
  const length = typmodLength(typmod);
  if (length === undefined || text.length <= length) return text;
  const points = [...text];
  if (points.length <= length) return text;
  // SQL lets blanks at the end go even where it refuses to cut.
  if (context !== 'explicit' && points.slice(length).some((point) => point !== ' ')) {
    throw planError(`value too long for type ${type.displayName}${formatTypmod(type, typmod)}`);
  }
  return points.slice(0, length).join('');
}

/** AdjustIntervalForTypmod: fields below the last one named are cut off, then seconds are rounded. */
function fitInterval(value: Interval, typmod: number): Interval {
  const mod = typmodInterval(typmod);
  if (mod === undefined) return value;
  const F = INTERVAL_FIELDS;
  const cut = (unit: bigint): Interval =>
    new Interval(value.months, value.days, (value.micros / unit) * unit);
  switch (mod.range) {
    case F.year:
      return new Interval(Math.trunc(value.months / 12) * 12, 0, 0n);
    case F.month:
    case F.year | F.month:
      return new Interval(value.months, 0, 0n);
    case F.day:
      return new Interval(value.months, value.days, 0n);
    case F.hour:
    case F.day | F.hour:
      return cut(MICROS_PER_HOUR);
    case F.minute:
    case F.day | F.hour | F.minute:
    case F.hour | F.minute:
      return cut(MICROS_PER_MINUTE);
    default: {
      const micros = roundMicros(value.micros, mod.precision === 0xffff ? 6 : mod.precision);
      if (micros > 0x7fffffffffffffffn) throw planError('interval out of range');
      return micros === value.micros ? value : new Interval(value.months, value.days, micros);
    }
  }
}
