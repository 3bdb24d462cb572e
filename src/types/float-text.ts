/** Text of floats: shortest digits that read back the same, in PostgreSQL's notation (extra_float_digits above 0). */
import { invalidInput, outOfRange } from './input-error.ts';

/** Text of a double. PostgreSQL writes exponents below -4 and from 15 significant positions up. */
export function formatFloat8(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return Object.is(value, -0) ? '-0' : String(value);
  return special(value) ?? scientific(value.toExponential(), 15);
}

/** Text of a single: the shortest that reads back to the same 32 bits. */
export function formatFloat4(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return Object.is(value, -0) ? '-0' : String(value);
  const known = special(value);
  if (known !== undefined) return known;
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toExponential(digits - 1);
    if (Math.fround(Number(text)) === value) return scientific(text, 6);
  }
  return scientific(value.toExponential(8), 6);
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
