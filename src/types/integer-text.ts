/** Reading integers: bounds by type, and the causes Materialize gives for what it refuses. */
import { invalidInput } from './input-error.ts';

/** Bounds of an integer type; number types stay within doubles' exact range. */
export interface IntegerBounds {
  readonly displayName: string;
  readonly min: bigint;
  readonly max: bigint;
}

export const INTEGER_BOUNDS = {
  int2: { displayName: 'smallint', min: -32768n, max: 32767n },
  int4: { displayName: 'integer', min: -2147483648n, max: 2147483647n },
  int8: { displayName: 'bigint', min: -9223372036854775808n, max: 9223372036854775807n },
  uint2: { displayName: 'uint2', min: 0n, max: 65535n },
  uint4: { displayName: 'uint4', min: 0n, max: 4294967295n },
  uint8: { displayName: 'uint8', min: 0n, max: 18446744073709551615n },
  oid: { displayName: 'oid', min: 0n, max: 4294967295n },
  mz_timestamp: { displayName: 'mz_timestamp', min: 0n, max: 18446744073709551615n },
} as const satisfies Record<string, IntegerBounds>;

/** Reads an integer within bounds; blanks around it are fine. Throws SqlError XX000. */
export function parseInteger(text: string, bounds: IntegerBounds): bigint {
  const trimmed = text.trim();
  if (trimmed === '') throw invalidInput(bounds.displayName, text, 'cannot parse integer from empty string');
  const negative = trimmed.startsWith('-');
  if (!/^[+-]?\d+$/.test(trimmed) || (negative && bounds.min === 0n && !/^-0+$/.test(trimmed))) {
    throw invalidInput(bounds.displayName, text, 'invalid digit found in string');
  }
  // Longer digits than any type holds are refused before BigInt spends time on them.
  const digits = trimmed.replace(/^[+-]?0*(?=\d)/, '');
  const value = digits.length > 20 ? bounds.max + 1n : BigInt(digits);
  if (digits.length > 20 || (negative ? -value < bounds.min : value > bounds.max)) {
    const side = negative ? 'small' : 'large';
    throw invalidInput(bounds.displayName, text, `number too ${side} to fit in target type`);
  }
  return negative ? -value : value;
}

/** Reads a 32-bit (or smaller) integer as a number. */
export function parseSmallInteger(text: string, bounds: IntegerBounds): number {
  // The common case: few digits, nothing around them.
  if (text.length > 0 && text.length < 10) {
    let value = 0;
    let i = 0;
    for (; i < text.length; i++) {
      const digit = text.charCodeAt(i) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (i === text.length && value <= bounds.max) return value;
  }
  return Number(parseInteger(text, bounds));
}
