/**
 * Exact decimals with a display scale, as PostgreSQL's numeric: arithmetic, rounding, text. Roots, logarithms and powers
 * are in numeric-math.ts. Result scales follow utils/adt/numeric.c of PostgreSQL 15.
 */
import { planError, type SqlError } from '../errors.ts';
import { invalidInput } from './input-error.ts';

/** Decimal digits in one of PostgreSQL's base-10000 digits; its scale rules count in these. */
export const DIGITS_PER_GROUP = 4;
/** Significant digits a quotient or a root keeps at least. */
export const MIN_SIGNIFICANT_DIGITS = 16;
/** Most digits after the point that a computed result shows. */
export const MAX_DISPLAY_SCALE = 1000;
/** Most digits before the point, and after it, that a value can have. */
const MAX_INTEGER_DIGITS = 131072;
const MAX_SCALE = 16383;

/** NaN and the infinities; a finite number has `null`. */
export type NumericSpecial = 'NaN' | 'Infinity' | '-Infinity';

const powers: bigint[] = [1n];

/** 10^n, n >= 0; small powers are kept. */
export function pow10(n: number): bigint {
  if (n > 4096) return 10n ** BigInt(n);
  for (let i = powers.length; i <= n; i++) powers.push((powers[i - 1] ?? 1n) * 10n);
  return powers[n] ?? 1n;
}

/** `numeric field overflow`: the value has more digits than numeric can hold. */
export function numericOverflow(): SqlError {
  return planError('numeric field overflow');
}

/** digits / divisor, rounded half away from zero; divisor > 0. */
export function divideRounding(digits: bigint, divisor: bigint): bigint {
  const half = divisor / 2n;
  const rounded = digits < 0n ? (digits - half) / divisor : (digits + half) / divisor;
  return rounded;
}

/** An exact decimal: `digits * 10^-scale`, shown with exactly `scale` digits after the point. */
export class Numeric {
  /** Signed coefficient; 0 for the special values. */
  readonly digits: bigint;
  /** Digits after the point, 0 or more. */
  readonly scale: number;
  readonly special: NumericSpecial | null;

  static readonly NAN = new Numeric(0n, 0, 'NaN');
  static readonly INFINITY = new Numeric(0n, 0, 'Infinity');
  static readonly NEGATIVE_INFINITY = new Numeric(0n, 0, '-Infinity');
  static readonly ZERO = new Numeric(0n, 0);
  static readonly ONE = new Numeric(1n, 0);

  constructor(digits: bigint, scale: number, special: NumericSpecial | null = null) {
    this.digits = digits;
    this.scale = scale;
    this.special = special;
  }

  /** Reads PostgreSQL's numeric input; surrounding blanks are fine. Throws SqlError XX000 on anything else. */
  static fromString(text: string, typeName = 'numeric'): Numeric {
    const value = Numeric.parse(text);
    if (value === undefined) throw invalidInput(typeName, text);
    return value;
  }

  /** As {@link Numeric.fromString}, but undefined when the text is no number. Throws when it has too many digits. */
  static parse(text: string): Numeric | undefined {
    const match = /^\s*([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,9}))?\s*$/.exec(text);
    if (match === null) return parseSpecial(text);
    const whole = match[2] ?? '';
    const fraction = match[3] ?? match[4] ?? '';
    const exponent = Number(match[5] ?? 0);
    let scale = fraction.length - exponent;
    const significant = (whole + fraction).replace(/^0+/, '');
    // The digits that stand before the point; for zero there are none, whatever its exponent.
    if (significant !== '' && significant.length - scale > MAX_INTEGER_DIGITS) throw numericOverflow();
    // Checked first, since BigInt takes its time over long texts.
    if (scale > MAX_SCALE) throw numericOverflow();
    let digits = BigInt(significant === '' ? '0' : significant);
    if (scale < 0) {
      digits *= digits === 0n ? 1n : pow10(-scale);
      scale = 0;
    }
    return new Numeric(match[1] === '-' ? -digits : digits, scale);
  }

  /** An integer. */
  static fromBigInt(value: bigint): Numeric {
    return new Numeric(value, 0);
  }

  /** A double: its shortest text, rounded to 15 significant digits as PostgreSQL's float8_numeric does. */
  static fromNumber(value: number, significant = 15): Numeric {
    if (Number.isNaN(value)) return Numeric.NAN;
    if (!Number.isFinite(value)) return value > 0 ? Numeric.INFINITY : Numeric.NEGATIVE_INFINITY;
    if (Number.isSafeInteger(value) && Math.abs(value) < 1e15 && significant >= 15)
      return new Numeric(BigInt(value), 0);
    const parsed = Numeric.parse(value.toPrecision(significant)) ?? Numeric.ZERO;
    return parsed.withoutTrailingZeros();
  }

  get isNaN(): boolean {
    return this.special === 'NaN';
  }

  get isFinite(): boolean {
    return this.special === null;
  }

  /** -1, 0, 1; NaN counts as 0. */
  get sign(): number {
    if (this.special !== null) return this.special === 'NaN' ? 0 : this.special === 'Infinity' ? 1 : -1;
    return this.digits > 0n ? 1 : this.digits < 0n ? -1 : 0;
  }

  toString(): string {
    if (this.special !== null) return this.special;
    if (this.scale === 0) return this.digits.toString();
    const negative = this.digits < 0n;
    const text = (negative ? -this.digits : this.digits).toString().padStart(this.scale + 1, '0');
    const point = text.length - this.scale;
    return `${negative ? '-' : ''}${text.slice(0, point)}.${text.slice(point)}`;
  }

  /** The nearest double. */
  toNumber(): number {
    return this.special === null ? Number(this.toString()) : Number(this.special);
  }

  /** Rounded half away from zero; undefined for NaN and the infinities. */
  toBigInt(): bigint | undefined {
    if (this.special !== null) return undefined;
    return this.scale === 0 ? this.digits : divideRounding(this.digits, pow10(this.scale));
  }

  negate(): Numeric {
    if (this.special === null) return new Numeric(-this.digits, this.scale);
    return this.special === 'NaN'
      ? this
      : this.special === 'Infinity'
        ? Numeric.NEGATIVE_INFINITY
        : Numeric.INFINITY;
  }

  abs(): Numeric {
    return this.sign < 0 ? this.negate() : this;
  }

  /** Order of PostgreSQL's btree: -Infinity < finite < Infinity < NaN, NaN = NaN; the scale does not count. */
  compare(other: Numeric): number {
    if (this.special !== null || other.special !== null) return Math.sign(rank(this) - rank(other));
    const [a, b] = align(this, other);
    return a < b ? -1 : a > b ? 1 : 0;
  }

  equals(other: Numeric): boolean {
    return this.compare(other) === 0;
  }

  add(other: Numeric): Numeric {
    if (this.special !== null || other.special !== null) return addSpecial(this, other);
    const [a, b] = align(this, other);
    return checked(new Numeric(a + b, Math.max(this.scale, other.scale)));
  }

  sub(other: Numeric): Numeric {
    return this.add(other.negate());
  }

  mul(other: Numeric): Numeric {
    if (this.special !== null || other.special !== null) {
      if (this.isNaN || other.isNaN) return Numeric.NAN;
      return infinityOfSign(this.sign * other.sign);
    }
    const product = new Numeric(this.digits * other.digits, this.scale + other.scale);
    return checked(product.scale > MAX_SCALE ? product.round(MAX_SCALE) : product);
  }

  /** Quotient at PostgreSQL's own scale: at least 16 significant digits. Throws `division by zero`. */
  div(other: Numeric): Numeric {
    const special = divideSpecial(this, other);
    return special ?? this.divToScale(other, divisionScale(this, other));
  }

  /** Quotient of finite numbers with `scale` digits after the point, rounded. Throws `division by zero`. */
  divToScale(other: Numeric, scale: number): Numeric {
    if (other.digits === 0n) throw divisionByZero();
    const shift = scale + other.scale - this.scale;
    let numerator = this.digits;
    let denominator = other.digits;
    if (shift >= 0) numerator *= pow10(shift);
    else denominator *= pow10(-shift);
    if (denominator < 0n) {
      numerator = -numerator;
      denominator = -denominator;
    }
    return checked(new Numeric(divideRounding(numerator, denominator), scale));
  }

  /** Whole part of the quotient, towards zero, with scale 0 (PostgreSQL's div()). */
  divTrunc(other: Numeric): Numeric {
    const special = divideSpecial(this, other);
    if (special !== undefined) return special;
    if (other.digits === 0n) throw divisionByZero();
    const [a, b] = align(this, other);
    return new Numeric(a / b, 0);
  }

  /** Remainder with the sign of the dividend. Throws `division by zero`. */
  mod(other: Numeric): Numeric {
    if (this.isNaN || other.isNaN) return Numeric.NAN;
    if (this.special !== null) {
      if (other.sign === 0) throw divisionByZero();
      return Numeric.NAN;
    }
    if (other.special !== null) return this;
    if (other.digits === 0n) throw divisionByZero();
    const [a, b] = align(this, other);
    return new Numeric(a % b, Math.max(this.scale, other.scale));
  }

  /** Half away from zero to `places` digits after the point; negative places round before it. */
  round(places = 0): Numeric {
    return this.toPlaces(places, divideRounding);
  }

  /** As {@link Numeric.round} towards zero. */
  trunc(places = 0): Numeric {
    return this.toPlaces(places, (digits, divisor) => digits / divisor);
  }

  ceil(): Numeric {
    return this.toPlaces(0, (digits, divisor) => -floorDivide(-digits, divisor));
  }

  floor(): Numeric {
    return this.toPlaces(0, floorDivide);
  }

  private toPlaces(places: number, divide: (digits: bigint, divisor: bigint) => bigint): Numeric {
    if (this.special !== null) return this;
    if (places > MAX_SCALE) return this.toPlaces(MAX_SCALE, divide);
    if (places >= this.scale) {
      return new Numeric(this.digits * pow10(places - this.scale), places);
    }
    // More places than there are digits leave nothing but a possible carry of one.
    const dropped = Math.min(this.scale - places, MAX_INTEGER_DIGITS + MAX_SCALE + 1);
    const kept = divide(this.digits, pow10(dropped));
    return places >= 0
      ? new Numeric(kept, places)
      : checked(new Numeric(kept === 0n ? 0n : kept * pow10(-places), 0));
  }

  /** The same number without zeros at the end of its fraction: trim_scale(). */
  withoutTrailingZeros(): Numeric {
    if (this.special !== null || this.scale === 0) return this;
    if (this.digits === 0n) return Numeric.ZERO;
    let { digits, scale } = this;
    while (scale > 0 && digits % 10n === 0n) {
      digits /= 10n;
      scale--;
    }
    return new Numeric(digits, scale);
  }

  /** Fits the value to numeric(precision, scale). Throws `numeric field overflow` when the whole part is too long. */
  fit(precision: number, scale: number): Numeric {
    if (this.isNaN) return this;
    const overflow = (): SqlError =>
      planError('numeric field overflow', {
        detail: `A field with precision ${String(precision)}, scale ${String(scale)} must round to an absolute value less than ${precision === scale ? '1' : `10^${String(precision - scale)}`}.`,
      });
    if (this.special !== null) {
      throw planError('numeric field overflow', {
        detail: `A field with precision ${String(precision)}, scale ${String(scale)} cannot hold an infinite value.`,
      });
    }
    const rounded = this.round(scale);
    const magnitude = rounded.digits < 0n ? -rounded.digits : rounded.digits;
    const limit = scale >= 0 ? pow10(precision) : pow10(precision - scale);
    if (magnitude >= limit) throw overflow();
    return rounded;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** `division by zero`, XX000 as every evaluation error. */
export function divisionByZero(): SqlError {
  return planError('division by zero');
}

function parseSpecial(text: string): Numeric | undefined {
  switch (text.trim().toLowerCase()) {
    case 'nan':
      return Numeric.NAN;
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Numeric.INFINITY;
    case '-inf':
    case '-infinity':
      return Numeric.NEGATIVE_INFINITY;
    default:
      return undefined;
  }
}

function rank(value: Numeric): number {
  if (value.special === null) return 1;
  return value.special === 'NaN' ? 3 : value.special === 'Infinity' ? 2 : 0;
}

/** Both coefficients at the larger of the two scales. */
function align(a: Numeric, b: Numeric): readonly [bigint, bigint] {
  if (a.scale === b.scale) return [a.digits, b.digits];
  if (a.scale < b.scale) return [a.digits * pow10(b.scale - a.scale), b.digits];
  return [a.digits, b.digits * pow10(a.scale - b.scale)];
}

function floorDivide(digits: bigint, divisor: bigint): bigint {
  const quotient = digits / divisor;
  return digits < 0n && quotient * divisor !== digits ? quotient - 1n : quotient;
}

function infinityOfSign(sign: number): Numeric {
  return sign === 0 ? Numeric.NAN : sign > 0 ? Numeric.INFINITY : Numeric.NEGATIVE_INFINITY;
}

function addSpecial(a: Numeric, b: Numeric): Numeric {
  if (a.isNaN || b.isNaN) return Numeric.NAN;
  if (a.special !== null && b.special !== null) return a.special === b.special ? a : Numeric.NAN;
  return a.special !== null ? a : b;
}

function divideSpecial(a: Numeric, b: Numeric): Numeric | undefined {
  if (a.special === null && b.special === null) return undefined;
  if (a.isNaN || b.isNaN) return Numeric.NAN;
  if (a.special !== null) {
    if (b.special !== null) return Numeric.NAN;
    if (b.digits === 0n) throw divisionByZero();
    return infinityOfSign(a.sign * b.sign);
  }
  return Numeric.ZERO;
}

function checked(value: Numeric): Numeric {
  // BigInt has no cheap digit count; the test is only worth its cost for huge values.
  const magnitude = value.digits < 0n ? -value.digits : value.digits;
  if (magnitude > HUGE && magnitude.toString().length - value.scale > MAX_INTEGER_DIGITS)
    throw numericOverflow();
  return value;
}
const HUGE = 10n ** 131000n;

/** Weight (power of 10000) and value of the leading base-10000 digit of a finite number; zero has weight 0, digit 0. */
export function leadingGroup(value: Numeric): { readonly weight: number; readonly first: number } {
  if (value.digits === 0n) return { weight: 0, first: 0 };
  const text = (value.digits < 0n ? -value.digits : value.digits).toString();
  const exponent = text.length - value.scale - 1;
  const weight = Math.floor(exponent / DIGITS_PER_GROUP);
  const length = exponent - weight * DIGITS_PER_GROUP + 1;
  return { weight, first: Number(text.slice(0, length).padEnd(length, '0')) };
}

/** select_div_scale() of numeric.c. */
function divisionScale(a: Numeric, b: Numeric): number {
  const left = leadingGroup(a);
  const right = leadingGroup(b);
  let weight = left.weight - right.weight;
  if (left.first <= right.first) weight--;
  const scale = MIN_SIGNIFICANT_DIGITS - weight * DIGITS_PER_GROUP;
  return Math.min(Math.max(scale, a.scale, b.scale, 0), MAX_DISPLAY_SCALE);
}
