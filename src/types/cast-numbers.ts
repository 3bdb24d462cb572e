/** Casts among numbers: PostgreSQL's table, and Materialize's unsigned integers laid out after the same pattern. */
import { planError } from '../errors.ts';
import type { CastContext, CastDef, Convert } from './cast-def.ts';
import type { Datum, Jsonb, JsonbValue } from './datum.ts';
import { formatFloat4, formatFloat8 } from './float-text.ts';
import { outOfRange } from './input-error.ts';
import { INTEGER_BOUNDS, type IntegerBounds } from './integer-text.ts';
import { Numeric } from './numeric.ts';
import {
  BOOL,
  CHAR,
  FLOAT4,
  FLOAT8,
  INT2,
  INT4,
  INT8,
  JSONB,
  NUMERIC,
  OID,
  UINT2,
  UINT4,
  UINT8,
} from './registry.ts';
import type { SqlType } from './sql-type.ts';

interface IntegerType {
  readonly type: SqlType;
  readonly bounds: IntegerBounds;
  /** Held as bigint (64 bits) or as number. */
  readonly wide: boolean;
}

const INTEGERS: readonly IntegerType[] = [
  { type: INT2, bounds: INTEGER_BOUNDS.int2, wide: false },
  { type: INT4, bounds: INTEGER_BOUNDS.int4, wide: false },
  { type: INT8, bounds: INTEGER_BOUNDS.int8, wide: true },
  { type: UINT2, bounds: INTEGER_BOUNDS.uint2, wide: false },
  { type: UINT4, bounds: INTEGER_BOUNDS.uint4, wide: false },
  { type: UINT8, bounds: INTEGER_BOUNDS.uint8, wide: true },
];

/** Within bounds, in the target's representation; else `"<v>" integer out of range`. */
function fitInteger(value: number | bigint, target: IntegerType, shown = String(value)): Datum {
  if (value < target.bounds.min || value > target.bounds.max)
    throw outOfRange(shown, target.bounds.displayName);
  if (target.wide) return BigInt(value);
  return Number(value);
}

/** C's rint(): halves to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

function floatToInteger(value: number, target: IntegerType, format: (n: number) => string): Datum {
  if (!Number.isFinite(value)) throw outOfRange(format(value), target.bounds.displayName);
  const rounded = roundHalfEven(value);
  return fitInteger(target.wide ? BigInt(rounded) : rounded + 0, target, format(value));
}

function numericToInteger(value: Numeric, target: IntegerType): Datum {
  const whole = value.toBigInt();
  if (whole === undefined) throw outOfRange(value.toString(), target.bounds.displayName);
  return fitInteger(whole, target, value.toString());
}

/** A double as real: overflow, and numbers that vanish, are errors as in PostgreSQL's dtof. */
export function toFloat4(value: number): number {
  const single = Math.fround(value);
  if ((!Number.isFinite(single) && Number.isFinite(value)) || (single === 0 && value !== 0)) {
    throw outOfRange(formatFloat8(value), 'real');
  }
  return single;
}

/** A numeric as double precision; too large or too close to 0 is an error. */
function numericToFloat8(value: Numeric): number {
  const result = value.toNumber();
  const vanished = result === 0 && value.isFinite && value.digits !== 0n;
  if ((value.isFinite && !Number.isFinite(result)) || vanished) {
    throw outOfRange(value.toString(), 'double precision');
  }
  return result;
}

function numericToFloat4(value: Numeric): number {
  const result = Math.fround(value.toNumber());
  const vanished = result === 0 && value.isFinite && value.digits !== 0n;
  if ((value.isFinite && !Number.isFinite(result)) || vanished) throw outOfRange(value.toString(), 'real');
  return result;
}

/** Widening is implicit, narrowing and changes of sign happen on assignment. */
function integerContext(from: IntegerType, to: IntegerType): CastContext {
  return from.bounds.min >= to.bounds.min && from.bounds.max <= to.bounds.max ? 'implicit' : 'assignment';
}

function integerCasts(): CastDef[] {
  const out: CastDef[] = [];
  for (const from of INTEGERS) {
    for (const to of INTEGERS) {
      if (from === to) continue;
      out.push({
        from: from.type,
        to: to.type,
        context: integerContext(from, to),
        convert: (datum) => fitInteger(datum as number | bigint, to),
      });
    }
    out.push(
      {
        from: from.type,
        to: NUMERIC,
        context: 'implicit',
        convert: (datum) => Numeric.fromBigInt(BigInt(datum as number | bigint)),
      },
      {
        from: from.type,
        to: FLOAT8,
        context: 'implicit',
        convert: (datum) => Number(datum as number | bigint),
      },
      {
        from: from.type,
        to: FLOAT4,
        context: 'implicit',
        convert: (datum) => Math.fround(Number(datum as number | bigint)),
      },
      {
        from: FLOAT8,
        to: from.type,
        context: 'assignment',
        convert: (datum) => floatToInteger(datum as number, from, formatFloat8),
      },
      {
        from: FLOAT4,
        to: from.type,
        context: 'assignment',
        convert: (datum) => floatToInteger(datum as number, from, formatFloat4),
      },
      {
        from: NUMERIC,
        to: from.type,
        context: 'assignment',
        convert: (datum) => numericToInteger(datum as Numeric, from),
      },
    );
  }
  return out;
}

const toOid: Convert = (datum) => {
  const value = datum as number | bigint;
  // PostgreSQL takes a negative int4 as the OID with the same bits.
  if (typeof value === 'number' && value < 0) return value >>> 0;
  if (value < 0 || value > 0xffffffff) throw outOfRange(String(value), 'oid');
  return Number(value);
};

const OID_CASTS: readonly CastDef[] = [
  { from: INT2, to: OID, context: 'implicit', convert: toOid },
  { from: INT4, to: OID, context: 'implicit', convert: toOid },
  { from: INT8, to: OID, context: 'implicit', convert: toOid },
  { from: UINT4, to: OID, context: 'implicit' },
  { from: OID, to: UINT4, context: 'assignment' },
  { from: OID, to: INT4, context: 'assignment', convert: (datum) => (datum as number) | 0 },
  { from: OID, to: INT8, context: 'assignment', convert: (datum) => BigInt(datum as number) },
];

const BOOL_AND_CHAR: readonly CastDef[] = [
  { from: INT4, to: BOOL, context: 'explicit', convert: (datum) => datum !== 0 },
  { from: BOOL, to: INT4, context: 'explicit', convert: (datum) => (datum === true ? 1 : 0) },
  { from: INT8, to: BOOL, context: 'explicit', convert: (datum) => datum !== 0n },
  { from: BOOL, to: INT8, context: 'explicit', convert: (datum) => (datum === true ? 1n : 0n) },
  { from: CHAR, to: INT4, context: 'explicit', convert: (datum) => charCode(datum as string) },
  { from: INT4, to: CHAR, context: 'explicit', convert: (datum) => charFromCode(datum as number) },
];

/** "char" is a signed byte. */
function charCode(text: string): number {
  const byte = text.length === 4 ? Number.parseInt(text.slice(1), 8) : text === '' ? 0 : text.charCodeAt(0);
  return byte > 127 ? byte - 256 : byte;
}

function charFromCode(code: number): string {
  if (code < -128 || code > 127) throw planError('"char" out of range');
  const byte = code < 0 ? code + 256 : code;
  if (byte === 0) return '';
  return byte < 0x80 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
}

/** What jsonb errors call a value. */
export function jsonbKind(value: JsonbValue): string {
  if (value === null) return 'null';
  if (value instanceof Numeric) return 'numeric';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  return value instanceof Map ? 'object' : 'array';
}

function cannotCastJsonb(value: JsonbValue, to: SqlType): Error {
  return planError(`cannot cast jsonb ${jsonbKind(value)} to type ${to.displayName}`);
}

function jsonbCasts(): CastDef[] {
  const number = (to: SqlType, convert: (value: Numeric) => Datum): CastDef => ({
    from: JSONB,
    to,
    context: 'explicit',
    convert: (datum) => {
      const { value } = datum as Jsonb;
      if (!(value instanceof Numeric)) throw cannotCastJsonb(value, to);
      return convert(value);
    },
  });
  return [
    ...INTEGERS.map((target) => number(target.type, (value) => numericToInteger(value, target))),
    number(NUMERIC, (value) => value),
    number(FLOAT8, numericToFloat8),
    number(FLOAT4, numericToFloat4),
    {
      from: JSONB,
      to: BOOL,
      context: 'explicit',
      convert: (datum) => {
        const { value } = datum as Jsonb;
        if (typeof value !== 'boolean') throw cannotCastJsonb(value, BOOL);
        return value;
      },
    },
  ];
}

export const NUMBER_CASTS: readonly CastDef[] = [
  ...integerCasts(),
  ...OID_CASTS,
  ...BOOL_AND_CHAR,
  ...jsonbCasts(),
  { from: FLOAT4, to: FLOAT8, context: 'implicit' },
  { from: FLOAT8, to: FLOAT4, context: 'assignment', convert: (datum) => toFloat4(datum as number) },
  { from: NUMERIC, to: FLOAT8, context: 'implicit', convert: (datum) => numericToFloat8(datum as Numeric) },
  { from: NUMERIC, to: FLOAT4, context: 'implicit', convert: (datum) => numericToFloat4(datum as Numeric) },
  {
    from: FLOAT8,
    to: NUMERIC,
    context: 'assignment',
    convert: (datum) => Numeric.fromNumber(datum as number, 15),
  },
  {
    from: FLOAT4,
    to: NUMERIC,
    context: 'assignment',
    convert: (datum) => Numeric.fromNumber(datum as number, 6),
  },
];
