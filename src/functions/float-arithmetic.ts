/** Arithmetic of float4 and float8, and the functions of analysis. Overflow and underflow are errors, as in PostgreSQL. */
import { planError, type SqlError } from '../errors.ts';
import { divisionByZero } from '../types/numeric.ts';
import { compareFloat } from './float-order.ts';
import { withSession, type ScalarTable } from './define.ts';

export function floatOverflow(): SqlError {
  return planError('value out of range: overflow');
}

export function floatUnderflow(): SqlError {
  return planError('value out of range: underflow');
}

type Round = (value: number) => number;

/** Refuses an infinity that no operand had, and a zero that no operand explains. */
export function checkFloat(value: number, infinite: boolean, zero: boolean): number {
  if (!infinite && (value === Infinity || value === -Infinity)) throw floatOverflow();
  if (!zero && value === 0) throw floatUnderflow();
  return value;
}

const infinite = (...values: readonly number[]): boolean =>
  values.some((v) => v === Infinity || v === -Infinity);

function add(a: number, b: number, round: Round): number {
  return checkFloat(round(a + b), infinite(a, b), true);
}

function subtract(a: number, b: number, round: Round): number {
  return checkFloat(round(a - b), infinite(a, b), true);
}

function multiply(a: number, b: number, round: Round): number {
  return checkFloat(round(a * b), infinite(a, b), a === 0 || b === 0);
}

function divide(a: number, b: number, round: Round): number {
  if (b === 0 && !Number.isNaN(a)) throw divisionByZero();
  return checkFloat(round(a / b), infinite(a), a === 0 || infinite(b));
}

function operators(name: string, args: string, round: Round): ScalarTable {
  return {
    [`${name}pl(${args})`]: (a: number, b: number) => add(a, b, round),
    [`${name}mi(${args})`]: (a: number, b: number) => subtract(a, b, round),
    [`${name}mul(${args})`]: (a: number, b: number) => multiply(a, b, round),
    [`${name}div(${args})`]: (a: number, b: number) => divide(a, b, round),
  };
}

function others(type: 'float4' | 'float8'): ScalarTable {
  return {
    [`${type}um(${type})`]: (a: number) => -a,
    [`${type}up(${type})`]: (a: number) => a,
    [`${type}abs(${type})`]: Math.abs,
    [`abs(${type})`]: Math.abs,
    [`${type}larger(${type},${type})`]: (a: number, b: number) => (compareFloat(a, b) > 0 ? a : b),
    [`${type}smaller(${type},${type})`]: (a: number, b: number) => (compareFloat(a, b) < 0 ? a : b),
  };
}

/** Nearest whole number, ties to even: C's rint(). */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  const even = floor % 2 === 0 ? floor : floor + 1;
  return even === 0 && value < 0 ? -0 : even;
}

function squareRoot(value: number): number {
  if (value < 0) throw planError('cannot take square root of a negative number');
  return checkFloat(Math.sqrt(value), infinite(value), value === 0);
}

function logarithm(log: Round): (value: number) => number {
  return (value) => {
    if (value === 0) throw planError('cannot take logarithm of zero');
    if (value < 0) throw planError('cannot take logarithm of a negative number');
    return checkFloat(log(value), infinite(value), value === 1);
  };
}

/** pow() with the cases that SQL calls errors. */
function power(base: number, exponent: number): number {
  if (Number.isNaN(base)) return exponent === 0 ? 1 : base;
  if (Number.isNaN(exponent)) return base === 1 ? 1 : exponent;
  if (base === 0 && exponent < 0) throw planError('zero raised to a negative power is undefined');
  if (base < 0 && !Number.isInteger(exponent) && Number.isFinite(exponent)) {
    throw planError('a negative number raised to a non-integer power yields a complex result');
  }
  // JavaScript gives NaN where C gives 1.
  if (Math.abs(base) === 1 && infinite(exponent)) return 1;
  return checkFloat(base ** exponent, infinite(base, exponent), base === 0 || infinite(base, exponent));
}

function exponential(value: number): number {
  return checkFloat(Math.exp(value), infinite(value), infinite(value));
}

function inputOutOfRange(): SqlError {
  return planError('input is out of range');
}

/** Refuses infinite angles, which have no sine. */
function trigonometric(f: Round): Round {
  return (value) => {
    if (infinite(value)) throw inputOutOfRange();
    return checkFloat(f(value), true, true);
  };
}

/** Refuses what lies outside [-1, 1]; NaN stays. */
function inverse(f: Round): Round {
  return (value) => {
    if (value < -1 || value > 1) throw inputOutOfRange();
    return f(value);
  };
}

const DEGREE = Math.PI / 180;

/** Trigonometry in degrees, exact at the multiples of 30 and 45 where the exact answer is a short number. */
function sineDegrees(angle: number): number {
  let a = angle % 360;
  let sign = 1;
  if (a < 0) {
    a = -a;
    sign = -1;
  }
  if (a > 180) {
    a = 360 - a;
    sign = -sign;
  }
  if (a > 90) a = 180 - a;
  if (a === 30) return sign * 0.5;
  if (a === 90) return sign;
  return sign * (a <= 45 ? Math.sin(a * DEGREE) : Math.cos((90 - a) * DEGREE));
}

function cosineDegrees(angle: number): number {
  let a = Math.abs(angle % 360);
  let sign = 1;
  if (a > 180) a = 360 - a;
  if (a > 90) {
    a = 180 - a;
    sign = -1;
  }
  if (a === 60) return sign * 0.5;
  if (a === 90) return 0;
  return sign * (a <= 45 ? Math.cos(a * DEGREE) : Math.sin((90 - a) * DEGREE));
}

function tangentDegrees(angle: number): number {
  let a = angle % 180;
  let sign = 1;
  if (a < 0) {
    a = -a;
    sign = -1;
  }
  if (a > 90) {
    a = 180 - a;
    sign = -sign;
  }
  if (a === 45) return sign;
  if (a === 90) return sign * Infinity;
  return a === 0 ? 0 : sign * Math.tan(a * DEGREE);
}

/** A result in degrees, snapped to the whole number it stands next to (asind(0.5) is exactly 30). */
function degrees(radians: number): number {
  const value = radians / DEGREE;
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-13 * Math.max(1, Math.abs(whole)) ? whole : value;
}

function cotangent(value: number): number {
  if (infinite(value)) throw inputOutOfRange();
  return 1 / Math.tan(value);
}

/** width_bucket over equal steps. */
function widthBucket(operand: number, low: number, high: number, count: number): number {
  if (count <= 0) throw planError('count must be greater than zero');
  if ([operand, low, high].some((v) => Number.isNaN(v))) {
    throw planError('operand, lower bound, and upper bound cannot be NaN');
  }
  if (infinite(low, high)) throw planError('lower and upper bounds must be finite');
  if (low === high) throw planError('lower bound cannot equal upper bound');
  const inside = low < high ? operand >= low && operand < high : operand <= low && operand > high;
  if (!inside) return (low < high ? operand < low : operand > low) ? 0 : count + 1;
  return Math.min(Math.floor(count * ((operand - low) / (high - low))), count - 1) + 1;
}

const single: Round = Math.fround;
const double: Round = (value) => value;
const cubeRoot = (value: number): number => checkFloat(Math.cbrt(value), infinite(value), value === 0);
const truncate = (value: number): number => Math.trunc(value);

/**
 * State of random() and setseed(): xorshift128+ seeded from the clock. A session's seed is shared by the process, which
 * SQL allows: random() promises nothing across sessions.
 */
let seeded: (() => number) | undefined;

function seedRandom(seed: number): null {
  if (!(seed >= -1 && seed <= 1))
    throw planError(`setseed parameter ${String(seed)} is out of allowed range [-1,1]`);
  let state = BigInt.asUintN(64, BigInt(Math.round(seed * 2 ** 52)) ^ 0x9e3779b97f4a7c15n);
  seeded = () => {
    // splitmix64: every seed gives a sequence of full period.
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = BigInt.asUintN(64, (state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return Number((z ^ (z >> 31n)) >> 11n) / 2 ** 53;
  };
  return null;
}

export const floatFunctions: ScalarTable = {
  ...operators('float8', 'float8,float8', double),
  ...operators('float4', 'float4,float4', single),
  ...operators('float48', 'float4,float8', double),
  ...operators('float84', 'float8,float4', double),
  ...others('float4'),
  ...others('float8'),
  'dround(float8)': roundHalfEven,
  'round(float8)': roundHalfEven,
  'dtrunc(float8)': truncate,
  'trunc(float8)': truncate,
  'ceil(float8)': Math.ceil,
  'ceiling(float8)': Math.ceil,
  'floor(float8)': Math.floor,
  'sign(float8)': (a: number) => (a > 0 ? 1 : a < 0 ? -1 : 0),
  'dsqrt(float8)': squareRoot,
  'sqrt(float8)': squareRoot,
  'dcbrt(float8)': cubeRoot,
  'cbrt(float8)': cubeRoot,
  'dpow(float8,float8)': power,
  'pow(float8,float8)': power,
  'power(float8,float8)': power,
  'dexp(float8)': exponential,
  'exp(float8)': exponential,
  'dlog1(float8)': logarithm(Math.log),
  'ln(float8)': logarithm(Math.log),
  'dlog10(float8)': logarithm(Math.log10),
  'log(float8)': logarithm(Math.log10),
  'log10(float8)': logarithm(Math.log10),
  'sin(float8)': trigonometric(Math.sin),
  'cos(float8)': trigonometric(Math.cos),
  'tan(float8)': trigonometric(Math.tan),
  'cot(float8)': cotangent,
  'asin(float8)': inverse(Math.asin),
  'acos(float8)': inverse(Math.acos),
  'atan(float8)': Math.atan,
  'atan2(float8,float8)': Math.atan2,
  'sinh(float8)': (a: number) => Math.sinh(a),
  'cosh(float8)': (a: number) => Math.cosh(a),
  'tanh(float8)': (a: number) => Math.tanh(a),
  'asinh(float8)': (a: number) => Math.asinh(a),
  'acosh(float8)': (a: number) => {
    if (a < 1) throw inputOutOfRange();
    return Math.acosh(a);
  },
  'atanh(float8)': inverse(Math.atanh),
  'sind(float8)': trigonometric(sineDegrees),
  'cosd(float8)': trigonometric(cosineDegrees),
  'tand(float8)': trigonometric(tangentDegrees),
  'cotd(float8)': trigonometric((a) => (Math.abs(a % 180) === 90 ? 0 : 1 / tangentDegrees(a))),
  'asind(float8)': (a: number) => degrees(inverse(Math.asin)(a)),
  'acosd(float8)': (a: number) => degrees(inverse(Math.acos)(a)),
  'atand(float8)': (a: number) => degrees(Math.atan(a)),
  'atan2d(float8,float8)': (a: number, b: number) => degrees(Math.atan2(a, b)),
  'degrees(float8)': (a: number) => checkFloat(a / DEGREE, infinite(a), a === 0),
  'radians(float8)': (a: number) => a * DEGREE,
  'pi()': () => Math.PI,
  'random()': withSession((_session) => (seeded ?? Math.random)()),
  'setseed(float8)': seedRandom,
  'width_bucket(float8,float8,float8,int4)': widthBucket,
};
