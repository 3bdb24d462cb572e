/** Functions and operators of numeric. */
import { planError } from '../errors.ts';
import { Numeric } from '../types/numeric.ts';
import {
  numericExp,
  numericLn,
  numericLog,
  numericLog10,
  numericPower,
  numericSqrt,
} from '../types/numeric-math.ts';
import { alike, type Plain, type ScalarTable } from './define.ts';
import { factorialOf, gcd, lcm } from './integer-arithmetic.ts';

const add: Plain = (a: Numeric, b: Numeric) => a.add(b);
const modulo: Plain = (a: Numeric, b: Numeric) => a.mod(b);
const power: Plain = (a: Numeric, b: Numeric) => numericPower(a, b);
const absolute: Plain = (a: Numeric) => a.abs();
const ceiling: Plain = (a: Numeric) => a.ceil();

function sign(value: Numeric): Numeric {
  return value.isNaN ? value : new Numeric(BigInt(value.sign), 0);
}

/** An integer function of two numerics at their common scale. */
function scaled(a: Numeric, b: Numeric, combine: (x: bigint, y: bigint) => bigint): Numeric {
  if (!a.isFinite || !b.isFinite) return Numeric.NAN;
  const scale = Math.max(a.scale, b.scale);
  return new Numeric(combine(a.round(scale).digits, b.round(scale).digits), scale);
}

/** Digits after the point that matter. */
function minScale(value: Numeric): number | null {
  return value.isFinite ? value.withoutTrailingZeros().scale : null;
}

function widthBucket(operand: Numeric, low: Numeric, high: Numeric, count: number): number {
  if (count <= 0) throw planError('count must be greater than zero');
  if (operand.isNaN || low.isNaN || high.isNaN)
    throw planError('operand, lower bound, and upper bound cannot be NaN');
  if (!low.isFinite || !high.isFinite) throw planError('lower and upper bounds must be finite');
  const order = low.compare(high);
  if (order === 0) throw planError('lower bound cannot equal upper bound');
  const before = order < 0 ? operand.compare(low) < 0 : operand.compare(low) > 0;
  if (before) return 0;
  const after = order < 0 ? operand.compare(high) >= 0 : operand.compare(high) <= 0;
  if (after) return count + 1;
  const share = operand.sub(low).mul(Numeric.fromBigInt(BigInt(count)));
  return Number(share.divTrunc(high.sub(low)).digits) + 1;
}

/** Units of pg_size_bytes and pg_size_pretty. */
const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

function sizeBytes(text: string): bigint {
  const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-z]*)\s*$/.exec(text);
  if (match === null) throw planError(`invalid size: "${text}"`);
  const unit = (match[2] ?? '').toLowerCase();
  const power = unit === '' || unit === 'b' ? 0 : UNITS.findIndex((name) => name.toLowerCase() === unit);
  if (power < 0) {
    throw planError(`invalid size: "${text}"`, {
      detail: `Invalid size unit: "${match[2] ?? ''}".`,
      hint: 'Valid units are "bytes", "kB", "MB", "GB", "TB", and "PB".',
    });
  }
  return Numeric.fromString(match[1] ?? '')
    .mul(Numeric.fromBigInt(1024n ** BigInt(power)))
    .round(0).digits;
}

/** pg_size_pretty(numeric): as for bigint, but the size need not be whole. */
function prettySize(size: Numeric): string {
  const limit = (n: number): Numeric => new Numeric(BigInt(n), 0);
  if (size.abs().compare(limit(10240)) < 0) return `${size.toString()} bytes`;
  const shift = (value: Numeric, bits: number): Numeric => value.divTrunc(new Numeric(1n << BigInt(bits), 0));
  let value = shift(size, 9);
  let unit = 1;
  while (unit < UNITS.length - 1 && value.abs().compare(limit(20479)) >= 0) {
    value = shift(value, 10);
    unit++;
  }
  const half = (value.digits + (value.digits < 0n ? -1n : 1n)) / 2n;
  return `${String(half)} ${UNITS[unit] ?? ''}`;
}

export const numericFunctions: ScalarTable = {
  'numeric_add(numeric,numeric)': add,
  'numeric_sub(numeric,numeric)': (a: Numeric, b: Numeric) => a.sub(b),
  'numeric_mul(numeric,numeric)': (a: Numeric, b: Numeric) => a.mul(b),
  'numeric_div(numeric,numeric)': (a: Numeric, b: Numeric) => a.div(b),
  ...alike(['div(numeric,numeric)', 'numeric_div_trunc(numeric,numeric)'], ((a: Numeric, b: Numeric) =>
    a.divTrunc(b)) as Plain),
  ...alike(['numeric_mod(numeric,numeric)', 'mod(numeric,numeric)'], modulo),
  ...alike(['numeric_power(numeric,numeric)', 'power(numeric,numeric)', 'pow(numeric,numeric)'], power),
  'numeric_uminus(numeric)': (a: Numeric) => a.negate(),
  'numeric_uplus(numeric)': (a: Numeric) => a,
  'numeric_inc(numeric)': (a: Numeric) => a.add(Numeric.ONE),
  ...alike(['numeric_abs(numeric)', 'abs(numeric)'], absolute),
  ...alike(['numeric_sqrt(numeric)', 'sqrt(numeric)'], ((a: Numeric) => numericSqrt(a)) as Plain),
  ...alike(['numeric_exp(numeric)', 'exp(numeric)'], ((a: Numeric) => numericExp(a)) as Plain),
  ...alike(['numeric_ln(numeric)', 'ln(numeric)'], ((a: Numeric) => numericLn(a)) as Plain),
  ...alike(['numeric_log(numeric,numeric)', 'log(numeric,numeric)'], ((a: Numeric, b: Numeric) =>
    numericLog(a, b)) as Plain),
  ...alike(['log(numeric)', 'log10(numeric)'], ((a: Numeric) => numericLog10(a)) as Plain),
  'sign(numeric)': sign,
  ...alike(['ceil(numeric)', 'ceiling(numeric)'], ceiling),
  'floor(numeric)': (a: Numeric) => a.floor(),
  'round(numeric)': (a: Numeric) => a.round(0),
  'round(numeric,int4)': (a: Numeric, places: number) => a.round(Math.max(Math.min(places, 2000), -2000)),
  'trunc(numeric)': (a: Numeric) => a.trunc(0),
  'trunc(numeric,int4)': (a: Numeric, places: number) => a.trunc(Math.max(Math.min(places, 2000), -2000)),
  'scale(numeric)': (a: Numeric) => (a.isFinite ? a.scale : null),
  'min_scale(numeric)': minScale,
  'trim_scale(numeric)': (a: Numeric) => a.withoutTrailingZeros(),
  'gcd(numeric,numeric)': (a: Numeric, b: Numeric) => scaled(a, b, gcd),
  'lcm(numeric,numeric)': (a: Numeric, b: Numeric) => scaled(a, b, lcm),
  'factorial(int8)': (n: bigint) => Numeric.fromBigInt(factorialOf(n)),
  'numeric_larger(numeric,numeric)': (a: Numeric, b: Numeric) => (a.compare(b) >= 0 ? a : b),
  'numeric_smaller(numeric,numeric)': (a: Numeric, b: Numeric) => (a.compare(b) <= 0 ? a : b),
  'width_bucket(numeric,numeric,numeric,int4)': widthBucket,
  'pg_size_bytes(text)': sizeBytes,
  'pg_size_pretty(numeric)': prettySize,
};
