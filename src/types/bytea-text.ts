/** bytea's text: hex output, hex and escape input. Errors never carry the text, since bytea holds secrets. */
import { invalidInputRedacted } from './input-error.ts';

/** `\x` and lower-case hex. */
export function formatBytea(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
}

/**
 * Reads hex form (`\x68 65`: both cases, blanks between pairs) or escape form (`a\\b`, `\101`).
 * Throws SqlError XX000 without the text in it.
 */
export function parseBytea(text: string): Uint8Array {
  if (text.startsWith('\\x')) return parseHex(text);
  if (!text.includes('\\')) return Buffer.from(text, 'utf8');
  return parseEscaped(Buffer.from(text, 'utf8'));
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function parseHex(text: string): Uint8Array {
  const out = Buffer.alloc((text.length - 2) >> 1);
  let length = 0;
  for (let i = 2; i < text.length;) {
    const code = text.charCodeAt(i);
    if (code === 32 || (code >= 9 && code <= 13)) {
      i++;
      continue;
    }
    const high = hexDigit(code);
    if (high < 0) throw invalidInputRedacted('bytea', 'invalid hexadecimal digit');
    if (i + 1 >= text.length) throw invalidInputRedacted('bytea', 'odd number of digits');
    const low = hexDigit(text.charCodeAt(i + 1));
    if (low < 0) throw invalidInputRedacted('bytea', 'invalid hexadecimal digit');
    out[length++] = high * 16 + low;
    i += 2;
  }
  return out.subarray(0, length);
}

function parseEscaped(input: Uint8Array): Uint8Array {
  const out = Buffer.alloc(input.length);
  let length = 0;
  for (let i = 0; i < input.length;) {
    const byte = input[i] ?? 0;
    if (byte !== 0x5c) {
      out[length++] = byte;
      i++;
      continue;
    }
    if (i + 1 >= input.length) throw invalidInputRedacted('bytea', 'ends with escape character');
    if (input[i + 1] === 0x5c) {
      out[length++] = 0x5c;
      i += 2;
      continue;
    }
    const value = octal(input, i + 1);
    if (value === undefined) throw invalidInputRedacted('bytea', 'invalid escape sequence');
    out[length++] = value;
    i += 4;
  }
  return out.subarray(0, length);
}

/** Three octal digits, the first 0 to 3. */
function octal(input: Uint8Array, at: number): number | undefined {
  const [a, b, c] = [input[at], input[at + 1], input[at + 2]].map((code) => (code ?? 0) - 48);
  if (a === undefined || b === undefined || c === undefined) return undefined;
  if (a < 0 || a > 3 || b < 0 || b > 7 || c < 0 || c > 7) return undefined;
  return a * 64 + b * 8 + c;
}
