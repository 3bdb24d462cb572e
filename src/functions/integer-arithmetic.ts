/** Arithmetic and bit operators of int2, int4 and int8, with Materialize's overflow texts (reference 7.5). */
import { outOfRange } from '../types/input-error.ts';
import { planError } from '../errors.ts';
import { divisionByZero } from '../types/numeric.ts';
import type { Datum } from '../types/datum.ts';
import type { Plain, ScalarTable } from './define.ts';

/** A value of int2 or int4, or `"<v>" integer out of range`. */
export function checkInt4(value: number): number {
  if (value > 2147483647 || value < -2147483648) throw outOfRange(String(value), 'integer');
  return value;
}

export function checkInt2(value: number): number {
  if (value > 32767 || value < -32768) throw outOfRange(String(value), 'smallint');
  return value;
}

export function checkInt8(value: bigint): bigint {
  if (value > 9223372036854775807n || value < -9223372036854775808n)
    throw outOfRange(String(value), 'bigint');
  return value;
}

type SmallCheck = (value: number) => number;

/** int4 products can leave the exact range of doubles; such a product is out of range anyway. */
function product(a: number, b: number, check: SmallCheck): number {
  const value = a * b;
  return check(value === 0 ? 0 : Number.isSafeInteger(value) ? value : Number(BigInt(a) * BigInt(b)));
}

function quotient(a: number, b: number, check: SmallCheck): number {
  if (b === 0) throw divisionByZero();
  const value = Math.trunc(a / b);
  return check(value === 0 ? 0 : value);
}

function remainder(a: number, b: number): number {
  if (b === 0) throw divisionByZero();
  const value = a % b;
  return value === 0 ? 0 : value;
}

export function bigQuotient(a: bigint, b: bigint): bigint {
  if (b === 0n) throw divisionByZero();
  return checkInt8(a / b);
}

function bigRemainder(a: bigint, b: bigint): bigint {
  if (b === 0n) throw divisionByZero();
  return a % b;
}

/** The four operators between small integers. */
function smallOperators(name: string, args: string, check: SmallCheck): ScalarTable {
  return {
    [`${name}pl(${args})`]: (a: number, b: number) => check(a + b),
    [`${name}mi(${args})`]: (a: number, b: number) => check(a - b),
    [`${name}mul(${args})`]: (a: number, b: number) => product(a, b, check),
    [`${name}div(${args})`]: (a: number, b: number) => quotient(a, b, check),
  };
}

/** The four operators where one side at least is a bigint. */
function bigOperators(name: string, args: string): ScalarTable {
  const wide = (value: number | bigint): bigint => (typeof value === 'bigint' ? value : BigInt(value));
  return {
    [`${name}pl(${args})`]: (a: number | bigint, b: number | bigint) => checkInt8(wide(a) + wide(b)),
    [`${name}mi(${args})`]: (a: number | bigint, b: number | bigint) => checkInt8(wide(a) - wide(b)),
    [`${name}mul(${args})`]: (a: number | bigint, b: number | bigint) => checkInt8(wide(a) * wide(b)),
    [`${name}div(${args})`]: (a: number | bigint, b: number | bigint) => bigQuotient(wide(a), wide(b)),
  };
}

/** One-sided operators, remainders and bits of a small type. */
function smallOthers(type: 'int2' | 'int4', check: SmallCheck): ScalarTable {
  const wrap: SmallCheck = type === 'int2' ? (value) => (value << 16) >> 16 : (value) => value | 0;
  const absolute: Plain = (a: number) => check(Math.abs(a));
  return {
    [`${type}um(${type})`]: (a: number) => check(a === 0 ? 0 : -a),
    [`${type}up(${type})`]: (a: number) => a,
    [`${type}abs(${type})`]: absolute,
    [`abs(${type})`]: absolute,
    [`${type}mod(${type},${type})`]: remainder,
    [`mod(${type},${type})`]: remainder,
    [`${type}larger(${type},${type})`]: (a: number, b: number) => Math.max(a, b),
    [`${type}smaller(${type},${type})`]: (a: number, b: number) => Math.min(a, b),
    [`${type}and(${type},${type})`]: (a: number, b: number) => a & b,
    [`${type}or(${type},${type})`]: (a: number, b: number) => a | b,
    [`${type}xor(${type},${type})`]: (a: number, b: number) => a ^ b,
    [`${type}not(${type})`]: (a: number) => ~a,
    // Shifts count modulo 32 in both C and JavaScript.
    [`${type}shl(${type},int4)`]: (a: number, b: number) => wrap(a << b),
    [`${type}shr(${type},int4)`]: (a: number, b: number) => wrap(a >> b),
  };
}

const signed = (value: bigint): bigint => BigInt.asIntN(64, value);

/** Greatest common divisor, never negative unless the only answer overflows. */
export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

export function lcm(a: bigint, b: bigint): bigint {
  if (a === 0n || b === 0n) return 0n;
  const value = (a / gcd(a, b)) * b;
  return value < 0n ? -value : value;
}

const INT8: ScalarTable = {
  'int8um(int8)': (a: bigint) => checkInt8(-a),
  'int8up(int8)': (a: bigint) => a,
  'int8abs(int8)': (a: bigint) => checkInt8(a < 0n ? -a : a),
  'abs(int8)': (a: bigint) => checkInt8(a < 0n ? -a : a),
  'int8mod(int8,int8)': bigRemainder,
  'mod(int8,int8)': bigRemainder,
  'int8larger(int8,int8)': (a: bigint, b: bigint) => (a > b ? a : b),
  'int8smaller(int8,int8)': (a: bigint, b: bigint) => (a < b ? a : b),
  'int8and(int8,int8)': (a: bigint, b: bigint) => a & b,
  'int8or(int8,int8)': (a: bigint, b: bigint) => a | b,
  'int8xor(int8,int8)': (a: bigint, b: bigint) => a ^ b,
  'int8not(int8)': (a: bigint) => ~a,
  'int8shl(int8,int4)': (a: bigint, b: number) => signed(a << BigInt(b & 63)),
  'int8shr(int8,int4)': (a: bigint, b: number) => a >> BigInt(b & 63),
  'int8inc(int8)': (a: bigint) => checkInt8(a + 1n),
  'int8dec(int8)': (a: bigint) => checkInt8(a - 1n),
  'int4inc(int4)': (a: number) => checkInt4(a + 1),
  'gcd(int4,int4)': (a: number, b: number) => checkInt4(Number(gcd(BigInt(a), BigInt(b)))),
  'gcd(int8,int8)': (a: bigint, b: bigint) => checkInt8(gcd(a, b)),
  'lcm(int4,int4)': (a: number, b: number) => checkInt4(Number(lcm(BigInt(a), BigInt(b)))),
  'lcm(int8,int8)': (a: bigint, b: bigint) => checkInt8(lcm(a, b)),
};

function factorial(n: bigint): bigint {
  if (n < 0n) throw planError('factorial of a negative number is undefined');
  // PostgreSQL stops where numeric does: 32177! has more digits than fit.
  if (n > 32177n) throw planError('value overflows numeric format');
  let result = 1n;
  for (let i = 2n; i <= n; i++) result *= i;
  return result;
}

/** n! as a whole number; numeric-functions.ts makes a numeric of it. */
export function factorialOf(n: bigint): bigint {
  return factorial(n);
}

/** `to_hex`: two's complement, no leading zeros. */
function toHex(value: Datum): string {
  return typeof value === 'bigint'
    ? BigInt.asUintN(64, value).toString(16)
    : ((value as number) >>> 0).toString(16);
}

export const integerFunctions: ScalarTable = {
  ...smallOperators('int2', 'int2,int2', checkInt2),
  ...smallOperators('int4', 'int4,int4', checkInt4),
  ...smallOperators('int24', 'int2,int4', checkInt4),
  ...smallOperators('int42', 'int4,int2', checkInt4),
  ...bigOperators('int8', 'int8,int8'),
  ...bigOperators('int28', 'int2,int8'),
  ...bigOperators('int82', 'int8,int2'),
  ...bigOperators('int48', 'int4,int8'),
  ...bigOperators('int84', 'int8,int4'),
  ...smallOthers('int2', checkInt2),
  ...smallOthers('int4', checkInt4),
  ...INT8,
  'to_hex(int4)': toHex,
  'to_hex(int8)': toHex,
};
