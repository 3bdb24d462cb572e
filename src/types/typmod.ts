/**
 * Type modifiers: from the numbers in the text (`varchar(3)`, `numeric(10,2)`, `interval day to second(3)`) to
 * pg_attribute.atttypmod and back to text, in PostgreSQL's encodings.
 */
import { planError } from '../errors.ts';
import { BPCHAR, INTERVAL, NUMERIC, TIME, TIMESTAMP, TIMESTAMPTZ, TIMETZ, VARCHAR } from './registry.ts';
import type { SqlType } from './sql-type.ts';

/** Modifiers of strings and numerics are stored plus this (VARHDRSZ). */
const HEADER = 4;
/** Longest char(n) and varchar(n): MaxAttrSize. */
const MAX_LENGTH = 10485760;
const MAX_NUMERIC_PRECISION = 1000;
const MAX_SECONDS_PRECISION = 6;
/** "No precision" and "all fields" in an interval's modifier. */
export const INTERVAL_FULL_PRECISION = 0xffff;
export const INTERVAL_FULL_RANGE = 0x7fff;

/** Bits of an interval's field mask, as the grammar and the modifier use them (1 << MONTH ...). */
export const INTERVAL_FIELDS = { month: 2, year: 4, day: 8, hour: 1024, minute: 2048, second: 4096 } as const;

const INTERVAL_RANGES: readonly (readonly [mask: number, text: string])[] = [
  [INTERVAL_FIELDS.year, 'year'],
  [INTERVAL_FIELDS.month, 'month'],
  [INTERVAL_FIELDS.day, 'day'],
  [INTERVAL_FIELDS.hour, 'hour'],
  [INTERVAL_FIELDS.minute, 'minute'],
  [INTERVAL_FIELDS.second, 'second'],
  [4 | 2, 'year to month'],
  [8 | 1024, 'day to hour'],
  [8 | 1024 | 2048, 'day to minute'],
  [8 | 1024 | 2048 | 4096, 'day to second'],
  [1024 | 2048, 'hour to minute'],
  [1024 | 2048 | 4096, 'hour to second'],
  [2048 | 4096, 'minute to second'],
];

/**
 * The modifier for `type(mods...)`. For an array type the modifier is its element's. For intervals `mods` are the
 * grammar's: field mask, then precision. Throws SqlError XX000 for numbers out of bounds, wrong counts, and types that
 * take no modifier.
 */
export function encodeTypmod(type: SqlType, mods: readonly number[]): number {
  if (mods.length === 0) return -1;
  const base = type.kind === 'array' && type.element !== undefined ? type.element : type;
  switch (base) {
    case VARCHAR:
      return lengthTypmod('varchar', mods);
    case BPCHAR:
      return lengthTypmod('char', mods);
    case NUMERIC:
      return numericTypmod(mods);
    case TIME:
    case TIMETZ:
    case TIMESTAMP:
    case TIMESTAMPTZ:
      return secondsTypmod(base, mods);
    case INTERVAL:
      return intervalTypmod(mods);
    default:
      throw planError(`type modifier is not allowed for type "${base.displayName}"`, {});
  }
}

function single(mods: readonly number[]): number {
  const [first] = mods;
  if (first === undefined || mods.length !== 1) throw planError('invalid type modifier');
  return first;
}

function lengthTypmod(name: string, mods: readonly number[]): number {
  const length = single(mods);
  if (length < 1) throw planError(`length for type ${name} must be at least 1`);
  if (length > MAX_LENGTH) throw planError(`length for type ${name} cannot exceed ${String(MAX_LENGTH)}`);
  return length + HEADER;
}

function numericTypmod(mods: readonly number[]): number {
  const [precision = 0, scale = 0] = mods;
  if (mods.length > 2) throw planError('invalid NUMERIC type modifier');
  if (precision < 1 || precision > MAX_NUMERIC_PRECISION) {
    throw planError(
      `NUMERIC precision ${String(precision)} must be between 1 and ${String(MAX_NUMERIC_PRECISION)}`,
    );
  }
  if (scale < -1000 || scale > 1000)
    throw planError(`NUMERIC scale ${String(scale)} must be between -1000 and 1000`);
  return ((precision << 16) | (scale & 0x7ff)) + HEADER;
}

function secondsTypmod(type: SqlType, mods: readonly number[]): number {
  const precision = single(mods);
  const [word, ...rest] = type.displayName.split(' ');
  const name = `${(word ?? '').toUpperCase()}(${String(precision)})${rest[0] === 'with' ? ' WITH TIME ZONE' : ''}`;
  if (precision < 0) throw planError(`${name} precision must not be negative`);
  // PostgreSQL reduces what is too precise, with a warning.
  return Math.min(precision, MAX_SECONDS_PRECISION);
}

function intervalTypmod(mods: readonly number[]): number {
  const [range = INTERVAL_FULL_RANGE, precision = INTERVAL_FULL_PRECISION] = mods;
  if (mods.length > 2) throw planError('invalid INTERVAL type modifier');
  if (range !== INTERVAL_FULL_RANGE && !INTERVAL_RANGES.some(([mask]) => mask === range)) {
    throw planError('invalid INTERVAL type modifier');
  }
  if (precision === INTERVAL_FULL_PRECISION) {
    return range === INTERVAL_FULL_RANGE ? -1 : (range << 16) | INTERVAL_FULL_PRECISION;
  }
  if (precision < 0) throw planError(`INTERVAL(${String(precision)}) precision must not be negative`);
  return (range << 16) | Math.min(precision, MAX_SECONDS_PRECISION);
}

/** Characters of char(n) or varchar(n); undefined without a modifier. */
export function typmodLength(typmod: number): number | undefined {
  return typmod < HEADER ? undefined : typmod - HEADER;
}

/** Precision and scale of numeric(p,s); undefined without a modifier. */
export function typmodNumeric(
  typmod: number,
): { readonly precision: number; readonly scale: number } | undefined {
  if (typmod < HEADER) return undefined;
  const packed = typmod - HEADER;
  return { precision: (packed >> 16) & 0xffff, scale: ((packed & 0x7ff) ^ 1024) - 1024 };
}

/** Field mask and precision of an interval; undefined without a modifier. */
export function typmodInterval(
  typmod: number,
): { readonly range: number; readonly precision: number } | undefined {
  if (typmod < 0) return undefined;
  return { range: (typmod >> 16) & 0x7fff, precision: typmod & 0xffff };
}

/** The modifier as format_type writes it after (or inside) the type's name; empty without one. */
export function formatTypmod(type: SqlType, typmod: number): string {
  if (typmod < 0) return '';
  switch (type) {
    case VARCHAR:
    case BPCHAR: {
      const length = typmodLength(typmod);
      return length === undefined ? '' : `(${String(length)})`;
    }
    case NUMERIC: {
      const numeric = typmodNumeric(typmod);
      return numeric === undefined ? '' : `(${String(numeric.precision)},${String(numeric.scale)})`;
    }
    case TIME:
    case TIMETZ:
    case TIMESTAMP:
    case TIMESTAMPTZ:
      return `(${String(typmod)})`;
    case INTERVAL: {
      const interval = typmodInterval(typmod);
      if (interval === undefined) return '';
      const fields = INTERVAL_RANGES.find(([mask]) => mask === interval.range)?.[1];
      const precision =
        interval.precision === INTERVAL_FULL_PRECISION ? '' : `(${String(interval.precision)})`;
      return `${fields === undefined ? '' : ` ${fields}`}${precision}`;
    }
    default:
      return `(${String(typmod)})`;
  }
}

/** Types whose names PostgreSQL prints without any modifier they may be given. */
const UNMODIFIED = new Set(['bool', 'int2', 'int4', 'int8', 'float4', 'float8']);

/**
 * PostgreSQL's format_type(): the SQL name of a type with its modifier, `character varying(3)`,
 * `timestamp(3) with time zone`, `numeric(10,2)[]`. A `typmod` of undefined means "not given", which differs from -1 only
 * for bpchar: `character` against `bpchar`.
 */
export function formatType(type: SqlType, typmod?: number): string {
  if (type.kind === 'array' && type.element !== undefined) return `${formatType(type.element, typmod)}[]`;
  if (type === BPCHAR && typmod !== undefined && typmod < 0) return 'bpchar';
  if (typmod === undefined || typmod < 0 || UNMODIFIED.has(type.name)) return type.displayName;
  const text = formatTypmod(type, typmod);
  const space = type.displayName.indexOf(' with');
  // time and timestamp carry the precision before "with time zone".
  if (space < 0) return type.displayName + text;
  return type.displayName.slice(0, space) + text + type.displayName.slice(space);
}
