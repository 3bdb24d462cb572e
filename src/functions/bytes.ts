/** Functions of bytea: parts, bits, encode and decode, digests. Errors never carry more of the data than one character. */
import { createHash } from 'node:crypto';
import { planError } from '../errors.ts';
import { alike, type Plain, type ScalarTable } from './define.ts';

/** Characters of base64 in a line of encode(): MIME's limit. */
const MIME_LINE = 76;

function encodeBase64(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('base64');
  return (text.match(new RegExp(`.{1,${String(MIME_LINE)}}`, 'g')) ?? []).join('\n');
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** PostgreSQL's pg_base64_decode: white space is skipped, the end must be padded and complete. */
function decodeBase64(text: string): Uint8Array {
  const out: number[] = [];
  let buffer = 0;
  let count = 0;
  let padding = 0;
  for (const char of text) {
    if (' \t\n\r'.includes(char)) continue;
    let value = 0;
    if (char === '=') {
      if (padding === 0) {
        if (count === 2) padding = 1;
        else if (count === 3) padding = 2;
        else throw planError('unexpected "=" while decoding base64 sequence');
      }
    } else {
      value = BASE64.indexOf(char);
      if (value < 0) throw planError(`invalid symbol "${char}" found while decoding base64 sequence`);
    }
    buffer = (buffer << 6) | value;
    count++;
    if (count < 4) continue;
    out.push((buffer >> 16) & 255);
    if (padding === 0 || padding > 1) out.push((buffer >> 8) & 255);
    if (padding === 0 || padding > 2) out.push(buffer & 255);
    buffer = 0;
    count = 0;
  }
  if (count !== 0) {
    throw planError('invalid base64 end sequence', {
      hint: 'Input data is missing padding, is truncated, or is otherwise corrupted.',
    });
  }
  return Uint8Array.from(out);
}

/** White space between pairs is skipped. */
function decodeHex(text: string): Uint8Array {
  const out: number[] = [];
  const chars = [...text];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? '';
    if (' \t\n\r'.includes(char)) continue;
    const low = chars[++i];
    const high = hexDigit(char);
    if (low === undefined) throw planError('invalid hexadecimal data: odd number of digits');
    out.push(high * 16 + hexDigit(low));
  }
  return Uint8Array.from(out);
}

function hexDigit(char: string): number {
  if (!/^[0-9a-fA-F]$/.test(char)) throw planError(`invalid hexadecimal digit: "${char}"`);
  return Number.parseInt(char, 16);
}

/** Zero bytes and those above 127 as octal, backslashes doubled. */
function encodeEscape(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    if (byte === 0 || byte > 127) text += `\\${byte.toString(8).padStart(3, '0')}`;
    else text += byte === 92 ? '\\\\' : String.fromCharCode(byte);
  }
  return text;
}

function decodeEscape(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const decoded = bytes.replace(/\\(?:(\\)|([0-3][0-7]{2})|)/g, (_, slash?: string, octal?: string) => {
    if (slash !== undefined) return '\\';
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    throw planError('invalid input syntax for type bytea');
  });
  return Buffer.from(decoded, 'latin1');
}

interface Encoding {
  readonly encode: (bytes: Uint8Array) => string;
  readonly decode: (text: string) => Uint8Array;
}

const ENCODINGS: Readonly<Record<string, Encoding>> = {
  base64: { encode: encodeBase64, decode: decodeBase64 },
  hex: { encode: (bytes) => Buffer.from(bytes).toString('hex'), decode: decodeHex },
  escape: { encode: encodeEscape, decode: decodeEscape },
};

function encoding(name: string): Encoding {
  const found = ENCODINGS[name.toLowerCase()];
  if (found === undefined) throw planError(`invalid encoding name '${name}'`);
  return found;
}

/** substring(): a start before 1 counts against the length. */
function slice(bytes: Uint8Array, start: number, count?: number): Uint8Array {
  if (count === undefined) return bytes.subarray(Math.max(start - 1, 0));
  if (count < 0) throw planError('negative substring length not allowed');
  return bytes.subarray(Math.max(start - 1, 0), Math.max(start - 1 + count, 0));
}

function overlay(bytes: Uint8Array, replacement: Uint8Array, start: number, count: number): Uint8Array {
  if (start <= 0) throw planError('negative substring length not allowed');
  const end = Math.max(start - 1 + count, 0);
  return Buffer.concat([bytes.subarray(0, start - 1), replacement, bytes.subarray(end)]);
}

function position(bytes: Uint8Array, part: Uint8Array): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(part) + 1;
}

function checkIndex(index: number, length: number): void {
  if (index < 0 || index >= length)
    throw planError(`index ${String(index)} out of valid range, 0..${String(length - 1)}`);
}

function getByte(bytes: Uint8Array, index: number): number {
  checkIndex(index, bytes.length);
  return bytes[index] ?? 0;
}

function setByte(bytes: Uint8Array, index: number, value: number): Uint8Array {
  checkIndex(index, bytes.length);
  const copy = Uint8Array.from(bytes);
  copy[index] = value & 255;
  return copy;
}

/** Bits count from the least significant of the first byte. */
function getBit(bytes: Uint8Array, index: bigint): number {
  checkIndex(Number(index), bytes.length * 8);
  return ((bytes[Number(index >> 3n)] ?? 0) >> Number(index & 7n)) & 1;
}

function setBit(bytes: Uint8Array, index: bigint, value: number): Uint8Array {
  checkIndex(Number(index), bytes.length * 8);
  if (value !== 0 && value !== 1) throw planError('new bit must be 0 or 1');
  const copy = Uint8Array.from(bytes);
  const at = Number(index >> 3n);
  const mask = 1 << Number(index & 7n);
  copy[at] = value === 1 ? (copy[at] ?? 0) | mask : (copy[at] ?? 0) & ~mask;
  return copy;
}

function bitCount(bytes: Uint8Array): bigint {
  let count = 0;
  for (const byte of bytes) for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return BigInt(count);
}

function trim(bytes: Uint8Array, set: Uint8Array, start: boolean, end: boolean): Uint8Array {
  let from = 0;
  let to = bytes.length;
  while (start && from < to && set.includes(bytes[from] ?? 0)) from++;
  while (end && to > from && set.includes(bytes[to - 1] ?? 0)) to--;
  return bytes.subarray(from, to);
}

const digest =
  (algorithm: string): Plain =>
  (bytes: Uint8Array) =>
    createHash(algorithm).update(bytes).digest();

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isUtf8(name: string): boolean {
  return /^utf-?_?8$|^unicode$/i.test(name.trim());
}

function checkEncoding(name: string): void {
  if (!isUtf8(name)) throw planError(`invalid encoding name '${name}'`);
}

function convertFrom(bytes: Uint8Array, name: string): string {
  checkEncoding(name);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw planError('invalid byte sequence for encoding "UTF8"');
  }
  if (text.includes('\0')) throw planError('invalid byte sequence for encoding "UTF8": 0x00');
  return text;
}

const length: Plain = (bytes: Uint8Array) => bytes.length;
const parts: Plain = (bytes: Uint8Array, start: number) => slice(bytes, start);

export const byteFunctions: ScalarTable = {
  ...alike(['length(bytea)', 'octet_length(bytea)'], length),
  'length(bytea,name)': (bytes: Uint8Array, name: string) => [...convertFrom(bytes, name)].length,
  'bit_length(bytea)': (bytes: Uint8Array) => bytes.length * 8,
  'bit_count(bytea)': bitCount,
  'byteacat(bytea,bytea)': (a: Uint8Array, b: Uint8Array) => Buffer.concat([a, b]),
  ...alike(['substring(bytea,int4)', 'substr(bytea,int4)'], parts),
  ...alike(['substring(bytea,int4,int4)', 'substr(bytea,int4,int4)'], slice as Plain),
  'overlay(bytea,bytea,int4)': (b: Uint8Array, to: Uint8Array, start: number) =>
    overlay(b, to, start, to.length),
  'overlay(bytea,bytea,int4,int4)': overlay,
  'position(bytea,bytea)': position,
  'get_byte(bytea,int4)': getByte,
  'set_byte(bytea,int4,int4)': setByte,
  'get_bit(bytea,int8)': getBit,
  'set_bit(bytea,int8,int4)': setBit,
  'btrim(bytea,bytea)': (bytes: Uint8Array, set: Uint8Array) => trim(bytes, set, true, true),
  'ltrim(bytea,bytea)': (bytes: Uint8Array, set: Uint8Array) => trim(bytes, set, true, false),
  'rtrim(bytea,bytea)': (bytes: Uint8Array, set: Uint8Array) => trim(bytes, set, false, true),
  'encode(bytea,text)': (bytes: Uint8Array, name: string) => encoding(name).encode(bytes),
  'decode(text,text)': (text: string, name: string) => encoding(name).decode(text),
  'md5(text)': (text: string) => createHash('md5').update(text, 'utf8').digest('hex'),
  'md5(bytea)': (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex'),
  'sha224(bytea)': digest('sha224'),
  'sha256(bytea)': digest('sha256'),
  'sha384(bytea)': digest('sha384'),
  'sha512(bytea)': digest('sha512'),
  'convert_from(bytea,name)': convertFrom,
  'convert_to(text,name)': (text: string, name: string) => {
    checkEncoding(name);
    return Buffer.from(text, 'utf8');
  },
};
