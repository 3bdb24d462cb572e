/**
 * Roots, logarithms, exponentials and powers of numerics. Result scales follow utils/adt/numeric.c of PostgreSQL 15; the
 * values are computed in fixed point with guard digits and then rounded.
 */
import { planError } from '../errors.ts';
import {
  DIGITS_PER_GROUP,
  divideRounding,
  leadingGroup,
  MAX_DISPLAY_SCALE,
  MIN_SIGNIFICANT_DIGITS,
  Numeric,
  numericOverflow,
  pow10,
} from './numeric.ts';

/** Digits beyond the result's scale that intermediate values carry. */
const GUARD_DIGITS = 12;
const LOG10_E = 0.434294481903252;
/** PostgreSQL's bound on the scale of intermediate results. */
const MAX_RESULT_SCALE = 2000;

function clampScale(scale: number, ...floors: readonly number[]): number {
  return Math.min(Math.max(scale, 0, ...floors), MAX_DISPLAY_SCALE);
}

/** Fixed point: value * 10^places, rounded. */
function toFixed(value: Numeric, places: number): bigint {
  return value.round(places).digits;
}

/** A fixed-point number cut to `scale`. */
function fromFixed(fixed: bigint, places: number, scale: number): Numeric {
  if (places < scale) return new Numeric(fixed * pow10(scale - places), scale);
  return new Numeric(divideRounding(fixed, pow10(places - scale)), scale);
}

/** Floor of the square root. */
function integerSqrt(value: bigint): bigint {
  if (value < 2n) return value;
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** Square root. Throws `cannot take square root of a negative number`. */
export function numericSqrt(value: Numeric): Numeric {
  if (value.isNaN || value.special === 'Infinity') return value;
  if (value.sign < 0) throw planError('cannot take square root of a negative number');
  // Decimal weight of the root, from the weight of the argument (numeric_sqrt).
  const { weight } = leadingGroup(value);
  const rootWeight =
    weight >= 0
      ? Math.trunc((weight * DIGITS_PER_GROUP) / 2) + 1
      : 1 - Math.trunc((1 - weight * DIGITS_PER_GROUP) / 2);
  const scale = clampScale(MIN_SIGNIFICANT_DIGITS - rootWeight, value.scale);
  const squared = toFixed(value, 2 * scale);
  const root = integerSqrt(squared);
  // The root rounds up when the rest reaches past half a unit: (root + 1/2)^2 <= squared.
  return new Numeric(squared - root * root > root ? root + 1n : root, scale);
}

/** Natural logarithm in fixed point with `places` digits; value > 0. */
function lnFixed(value: Numeric, places: number): bigint {
  const work = places + 10;
  const one = pow10(work);
  // value = mantissa * 10^exponent with the mantissa near 1.
  const digits = value.digits.toString().length;
  const exponent = digits - value.scale - 1;
  const shift = work - value.scale - exponent;
  let mantissa = shift >= 0 ? value.digits * pow10(shift) : divideRounding(value.digits, pow10(-shift));
  // Square roots bring the argument close to 1, where the series is short.
  let doublings = 0n;
  while (mantissa > (one * 11n) / 10n) {
    mantissa = integerSqrt(mantissa * one);
    doublings++;
  }
  const series = 2n * atanhFixed(((mantissa - one) * one) / (mantissa + one), one);
  const result = (series << doublings) + (exponent === 0 ? 0n : BigInt(exponent) * ln10(work));
  return divideRounding(result, pow10(10));
}

/** x + x^3/3 + x^5/5 + ... in fixed point. */
function atanhFixed(x: bigint, one: bigint): bigint {
  const square = (x * x) / one;
  let sum = 0n;
  let power = x;
  for (let k = 1n; power !== 0n; k += 2n) {
    sum += power / k;
    power = (power * square) / one;
  }
  return sum;
}

let knownLn10: { readonly places: number; readonly value: bigint } = { places: -1, value: 0n };

/** ln(10) = 3 ln(2) + ln(5/4), both by short series; the longest computed one is kept. */
function ln10(places: number): bigint {
  if (knownLn10.places < places) {
    const one = pow10(places + 10);
    const value = 3n * 2n * atanhFixed(one / 3n, one) + 2n * atanhFixed(one / 9n, one);
    knownLn10 = { places, value: value / pow10(10) };
  }
  return divideRounding(knownLn10.value, pow10(knownLn10.places - places));
}

/** estimate_ln_dweight(): decimal weight of ln(value). */
function lnWeight(value: Numeric): number {
  if (value.sign <= 0) return 0;
  const near = value.compare(new Numeric(9n, 1)) >= 0 && value.compare(new Numeric(11n, 1)) <= 0;
  if (near) {
    const x = value.sub(Numeric.ONE);
    if (x.digits === 0n) return 0;
    const group = leadingGroup(x);
    return group.weight * DIGITS_PER_GROUP + Math.trunc(Math.log10(group.first));
  }
  const text = value.digits.toString().slice(0, 16);
  const exponent = value.digits.toString().length - value.scale - text.length;
  const ln = Math.log(Number(text)) + exponent * Math.LN10;
  return Math.trunc(Math.log10(Math.abs(ln)));
}

function checkLogArgument(value: Numeric): void {
  if (value.isNaN) return;
  if (value.sign === 0) throw planError('cannot take logarithm of zero');
  if (value.sign < 0) throw planError('cannot take logarithm of a negative number');
}

/** Natural logarithm. Throws `cannot take logarithm of zero` and `... of a negative number`. */
export function numericLn(value: Numeric): Numeric {
  if (value.isNaN) return value;
  checkLogArgument(value);
  if (value.special !== null) return value;
  const scale = clampScale(MIN_SIGNIFICANT_DIGITS - lnWeight(value), value.scale);
  const places = scale + GUARD_DIGITS;
  return fromFixed(lnFixed(value, places), places, scale);
}

/** Logarithm to a base. Throws as {@link numericLn}, and `division by zero` for base 1. */
export function numericLog(base: Numeric, value: Numeric): Numeric {
  if (base.isNaN || value.isNaN) return Numeric.NAN;
  checkLogArgument(base);
  checkLogArgument(value);
  if (base.special !== null) return value.special !== null ? Numeric.NAN : Numeric.ZERO;
  if (value.special !== null) return Numeric.INFINITY;
  const baseWeight = lnWeight(base);
  const scale = clampScale(MIN_SIGNIFICANT_DIGITS - (lnWeight(value) - baseWeight), base.scale, value.scale);
  const places = scale + GUARD_DIGITS + Math.abs(baseWeight) + 4;
  const divisor = new Numeric(lnFixed(base, places), places);
  return new Numeric(lnFixed(value, places), places).divToScale(divisor, scale);
}

/** Logarithm to base 10. */
export function numericLog10(value: Numeric): Numeric {
  return numericLog(new Numeric(10n, 0), value);
}

/** e^x in fixed point with `places` digits. */
function expFixed(x: bigint, places: number): bigint {
  const work = places + 10;
  const one = pow10(work);
  // Halvings bring the argument below 1/256, where the series is short; squarings undo them.
  let argument = x * pow10(10);
  let halvings = 0;
  for (let bound = one >> 8n; (argument < 0n ? -argument : argument) > bound; halvings++) argument >>= 1n;
  let sum = one;
  let term = one;
  for (let k = 1n; term !== 0n; k++) {
    term = (term * argument) / one / k;
    sum += term;
  }
  for (let i = 0; i < halvings; i++) sum = (sum * sum) / one;
  return divideRounding(sum, pow10(10));
}

/** e^value with `scale` digits after the point; `weight` is an upper estimate of the result's decimal weight. */
function expToScale(value: Numeric, weight: number, scale: number): Numeric {
  // A result of many digits before the point loses as many after it to each squaring.
  const places = Math.max(scale, 0) + GUARD_DIGITS + Math.max(0, Math.ceil(weight)) + 8;
  if (value.sign < 0) {
    const inverse = expToScale(value.negate(), -weight, Math.max(scale, 0) + GUARD_DIGITS);
    return Numeric.ONE.divToScale(inverse, scale);
  }
  return fromFixed(expFixed(toFixed(value, places), places), places, scale);
}

/** e^value. Throws `value overflows numeric format`. */
export function numericExp(value: Numeric): Numeric {
  if (value.special !== null) return value.special === '-Infinity' ? Numeric.ZERO : value;
  const weight = value.toNumber() * LOG10_E;
  if (value.toNumber() >= MAX_RESULT_SCALE * 3) throw numericOverflow();
  const bounded = Math.min(Math.max(weight, -MAX_RESULT_SCALE), MAX_RESULT_SCALE);
  const scale = clampScale(MIN_SIGNIFICANT_DIGITS - Math.trunc(bounded), value.scale);
  if (weight < -MAX_RESULT_SCALE) return new Numeric(0n, scale);
  return expToScale(value, weight, scale);
}

/** base ^ exponent, with the special cases of numeric_power. */
export function numericPower(base: Numeric, exponent: Numeric): Numeric {
  if (base.special !== null || exponent.special !== null) return specialPower(base, exponent);
  if (base.sign === 0 && exponent.sign < 0) throw planError('zero raised to a negative power is undefined');
  const whole = exponent.toBigInt() ?? 0n;
  const integral = exponent.compare(Numeric.fromBigInt(whole)) === 0;
  if (base.sign < 0 && !integral) {
    throw planError('a negative number raised to a non-integer power yields a complex result');
  }
  if (integral && whole >= -2147483648n && whole <= 2147483647n) {
    return integerPower(base, Number(whole));
  }
  if (base.sign === 0) return new Numeric(0n, MIN_SIGNIFICANT_DIGITS);
  return realPower(base, exponent, base.sign < 0 && (whole & 1n) === 1n);
}

function specialPower(base: Numeric, exponent: Numeric): Numeric {
  const one = Numeric.ONE;
  if (exponent.isFinite && exponent.sign === 0) return one;
  if (base.isFinite && base.equals(one)) return one;
  if (base.isNaN || exponent.isNaN) return Numeric.NAN;
  if (exponent.special !== null) return powerOfInfiniteExponent(base, exponent.special === 'Infinity');
  if (base.special === 'Infinity') return exponent.sign > 0 ? Numeric.INFINITY : Numeric.ZERO;
  const whole = exponent.toBigInt() ?? 0n;
  if (!exponent.equals(Numeric.fromBigInt(whole))) {
    throw planError('a negative number raised to a non-integer power yields a complex result');
  }
  if (exponent.sign < 0) return Numeric.ZERO;
  return (whole & 1n) === 1n ? Numeric.NEGATIVE_INFINITY : Numeric.INFINITY;
}

function powerOfInfiniteExponent(base: Numeric, positive: boolean): Numeric {
  if (base.isFinite && base.sign === 0 && !positive)
    throw planError('zero raised to a negative power is undefined');
  const order = base.abs().compare(Numeric.ONE);
  if (order === 0) return Numeric.ONE;
  return order > 0 === positive ? Numeric.INFINITY : Numeric.ZERO;
}

/** power_var_int(): at least 16 digits after the point, whatever stands before it. */
function integerPower(base: Numeric, exponent: number): Numeric {
  const weight = base.digits === 0n ? 0 : exponent * decimalLog(base);
  if (weight > 131072) throw numericOverflow();
  const scale = clampScale(MIN_SIGNIFICANT_DIGITS, base.scale);
  if (weight + 1 < -scale) return new Numeric(0n, scale);
  if (exponent === 0) return Numeric.ONE.round(scale);
  if (exponent === 1) return base.round(scale);
  if (exponent === -1) return Numeric.ONE.divToScale(base, scale);
  if (exponent === 2) return base.mul(base).round(scale);
  const magnitude = Math.abs(exponent);
  // Digits that the steps need: those of the result, and what squaring's rounding eats.
  const significant =
    scale + Math.max(0, Math.ceil(Math.abs(weight))) + GUARD_DIGITS + Math.ceil(Math.log10(magnitude)) * 2;
  const power = powerBySquaring(base, magnitude, significant);
  if (exponent > 0) return power.round(scale);
  return power.digits === 0n ? new Numeric(0n, scale) : Numeric.ONE.divToScale(power, scale);
}

/** log10 of the magnitude of a number other than zero. */
function decimalLog(value: Numeric): number {
  const text = (value.digits < 0n ? -value.digits : value.digits).toString();
  return Math.log10(Number(text.slice(0, 16))) + (text.length - Math.min(text.length, 16)) - value.scale;
}

function powerBySquaring(base: Numeric, exponent: number, significant: number): Numeric {
  let result = Numeric.ONE;
  let square = base;
  for (let rest = exponent; ; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = keepSignificant(multiply(result, square), significant);
    if (rest <= 1) return result;
    square = keepSignificant(multiply(square, square), significant);
  }
}

/** Product without a limit on its scale: intermediate values may be far smaller than any numeric. */
function multiply(a: Numeric, b: Numeric): Numeric {
  return new Numeric(a.digits * b.digits, a.scale + b.scale);
}

/** Cuts digits that cannot reach the result. The scale may become negative; it is set right by the last rounding. */
function keepSignificant(value: Numeric, significant: number): Numeric {
  const surplus = (value.digits < 0n ? -value.digits : value.digits).toString().length - significant;
  if (surplus <= 0 || value.scale - surplus < 0) return value;
  return new Numeric(divideRounding(value.digits, pow10(surplus)), value.scale - surplus);
}

/** power_var(): exp(ln(base) * exponent). */
function realPower(base: Numeric, exponent: Numeric, negate: boolean): Numeric {
  const magnitude = base.abs();
  const estimatePlaces = Math.max(8 - lnWeight(magnitude), 0);
  // Rounded as PostgreSQL rounds it, since the result's scale depends on it.
  const logarithmEstimate = new Numeric(lnFixed(magnitude, estimatePlaces), estimatePlaces);
  const estimate = logarithmEstimate.mul(exponent).round(estimatePlaces).toNumber();
  if (Math.abs(estimate) > MAX_RESULT_SCALE * 3.01) {
    if (estimate > 0) throw numericOverflow();
    return new Numeric(0n, MAX_DISPLAY_SCALE);
  }
  const weight = estimate * LOG10_E;
  const scale = clampScale(MIN_SIGNIFICANT_DIGITS - Math.trunc(weight), base.scale, exponent.scale);
  const places = scale + GUARD_DIGITS + Math.max(0, Math.ceil(Math.abs(weight))) + 8;
  const logarithm = new Numeric(lnFixed(magnitude, places), places).mul(exponent);
  const result = expToScale(logarithm, weight, scale);
  return negate ? result.negate() : result;
}
