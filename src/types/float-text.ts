/** Text of floats: shortest digits that read back the same, in PostgreSQL's notation (extra_float_digits above 0). */
import { invalidInput, outOfRange } from './input-error.ts';
import { Numeric } from './numeric.ts';

/** Text of a double. PostgreSQL writes exponents below -4 and from 15 significant positions up. */
export function formatFloat8(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return Object.is(value, -0) ? '-0' : String(value);
  const known = special(value);
  if (known !== undefined) return known;
  const magnitude = Math.abs(value);
  // In this span JavaScript writes fixed notation with the same digits.
  if (magnitude >= 1e-4 && magnitude < 2 ** 48) return String(value);
  const text = value.toExponential();
  // Only from here up can a text of 17 digits lie just between two doubles.
  return scientific(magnitude < 2 ** 48 ? text : settled(value, text, SHAPES.double), 15);
}

/** Text of a single: the shortest that reads back to the same 32 bits. */
export function formatFloat4(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return Object.is(value, -0) ? '-0' : String(value);
  const known = special(value);
  if (known !== undefined) return known;
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toExponential(digits - 1);
    if (Math.fround(Number(text)) === value) return scientific(settled(value, text, SHAPES.single), 6);
  }
  return scientific(value.toExponential(8), 6);
}

/** What tells singles from doubles: rounding, and the digits that always suffice. */
interface FloatShape {
  readonly round: (n: number) => number;
  readonly digits: number;
  /** Bits of the significand, the hidden one included. */
  readonly precision: number;
}

const SHAPES = {
  single: { round: Math.fround, digits: 9, precision: 24 },
  double: { round: (n: number) => n, digits: 17, precision: 53 },
} as const satisfies Record<string, FloatShape>;

/**
 * PostgreSQL's choice among the shortest texts, where it is not JavaScript's: between two texts that are equally near
 * the even digit wins, and a text that lies just between two floats does not stand for either.
 */
function settled(value: number, shortest: string, shape: FloatShape): string {
  let text = evenOnTie(value, shortest, shape);
  for (
    let digits = significantDigits(text);
    digits < shape.digits && onBorder(value, text, shape);
    digits++
  ) {
    text = value.toExponential(digits);
  }
  return text;
}

function significantDigits(text: string): number {
  return (text.split('e')[0] ?? '').replace(/[-.]/g, '').length;
}

function evenOnTie(value: number, text: string, shape: FloatShape): string {
  const last = text.charCodeAt(text.indexOf('e') - 1) - 48;
  if (last % 2 === 0) return text;
  const digits = significantDigits(text);
  const [mantissa = '', exponent = ''] = value.toExponential(100).split('e');
  const cut = mantissa.indexOf('.') + digits;
  if (!/^50*$/.test(mantissa.slice(cut))) return text;
  const down = `${mantissa.slice(0, cut).replace(/\.$/, '')}e${exponent}`;
  return shape.round(Number(down)) === value ? down : text;
}

/** Is the text's exact value the middle between this float and a neighbour? Only whole numbers and halves can be. */
function onBorder(value: number, text: string, shape: FloatShape): boolean {
  const magnitude = Math.abs(value);
  if (magnitude < 2 ** (shape.precision - 2)) return false;
  const shown = Numeric.parse(text)?.abs();
  const spacing = 2 ** (Math.floor(Math.log2(magnitude)) - shape.precision + 1);
  // Below a power of two the spacing is half as wide.
  const below = Number.isInteger(Math.log2(magnitude)) ? spacing / 4 : spacing / 2;
  return [spacing / 2, -below].some((step) => shown?.equals(exactly(magnitude).add(exactly(step))) === true);
}

/** A whole number, or one with a few binary digits after the point, without rounding. */
function exactly(value: number): Numeric {
  if (Number.isInteger(value)) return Numeric.fromBigInt(BigInt(value));
  return Numeric.parse(value.toFixed(10)) ?? Numeric.ZERO;
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return 'Infinity';
  return value === -Infinity ? '-Infinity' : undefined;
}

/** Rewrites `d.ddde[+-]x`: fixed notation while -5 < x < limit, else an exponent of two digits at least. */
function scientific(text: string, limit: number): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = '', first = '', rest = ''] = match;
  const exponent = Number(match[4]);
  const digits = (first + rest).replace(/(?<=\d)0+$/, '');
  if (exponent < -4 || exponent >= limit) {
    const mantissa = digits.length > 1 ? `${digits[0] ?? ''}.${digits.slice(1)}` : digits;
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0');
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Reads a double. Throws for bad syntax, and when digits other than zero overflow or vanish. */
export function parseFloat8(text: string): number {
  return parseFloating(text, 'double precision', (n) => n);
}

/** Reads a single, rounded to 32 bits. */
export function parseFloat4(text: string): number {
  return parseFloating(text, 'real', Math.fround);
}

function parseFloating(text: string, displayName: string, round: (n: number) => number): number {
  const trimmed = text.trim();
  if (FLOAT.test(trimmed)) {
    const value = round(Number(trimmed));
    const vanished = value === 0 && /[1-9]/.test(trimmed.split(/[eE]/)[0] ?? '');
    if (!Number.isFinite(value) || vanished) throw outOfRange(trimmed, displayName);
    return value;
  }
  switch (trimmed.toLowerCase()) {
    case 'nan':
      return NaN;
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Infinity;
    case '-inf':
    case '-infinity':
      return -Infinity;
    default:
      throw invalidInput(displayName, text, 'invalid float literal');
  }
}
