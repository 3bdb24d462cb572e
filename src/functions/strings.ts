/** Functions of text: lengths, parts, padding, trimming, searching. Behaviour: PostgreSQL 15, "String Functions". */
import { planError } from '../errors.ts';
import { compareText } from '../types/text-order.ts';
import { textArray } from './array-values.ts';
import { alike, type Plain, type ScalarTable } from './define.ts';
import { charLength, charPosition, charSlice, checkLength, isPlain } from './text-units.ts';
import { quoteIdentifier } from './quote.ts';

const trimBlanks = (text: string): string => text.replace(/ +$/, '');

/** substring(text from start [for count]): positions before 1 count against the length. */
function substring(text: string, start: number, count?: number): string {
  if (count === undefined) return charSlice(text, Math.max(start - 1, 0), text.length);
  if (count < 0) throw planError('negative substring length not allowed');
  const end = start - 1 + count;
  return end <= 0 ? '' : charSlice(text, Math.max(start - 1, 0), end);
}

function overlay(text: string, replacement: string, start: number, count: number): string {
  if (start <= 0) throw planError('negative substring length not allowed');
  const end = start - 1 + count;
  return charSlice(text, 0, start - 1) + replacement + charSlice(text, Math.max(end, 0), text.length);
}

function position(text: string, part: string): number {
  const found = text.indexOf(part);
  return found < 0 ? 0 : charPosition(text, found);
}

function left(text: string, count: number): string {
  return charSlice(text, 0, count >= 0 ? count : Math.max(charLength(text) + count, 0));
}

function right(text: string, count: number): string {
  const length = charLength(text);
  return charSlice(text, count >= 0 ? Math.max(length - count, 0) : Math.min(-count, length), length);
}

/** `length` characters of `fill` repeated. */
function filling(fill: string, length: number): string {
  const size = charLength(fill);
  return size === 0 ? '' : charSlice(fill.repeat(Math.ceil(length / size)), 0, length);
}

function pad(text: string, length: number, fill: string, side: 'left' | 'right'): string {
  checkLength(length);
  const present = charLength(text);
  if (length <= present) return charSlice(text, 0, Math.max(length, 0));
  const added = filling(fill, length - present);
  return side === 'left' ? added + text : text + added;
}

/** Takes characters of a set off the ends of a text. */
function trimSet(text: string, set: string, start: boolean, end: boolean): string {
  const members = new Set(set);
  const chars = [...text];
  let from = 0;
  let to = chars.length;
  while (start && from < to && members.has(chars[from] ?? '')) from++;
  while (end && to > from && members.has(chars[to - 1] ?? '')) to--;
  return chars.slice(from, to).join('');
}

function repeat(text: string, count: number): string {
  if (count <= 0) return '';
  checkLength(text.length * count);
  return text.repeat(count);
}

function replaceAll(text: string, from: string, to: string): string {
  if (from === '' || !text.includes(from)) return text;
  const parts = text.split(from);
  checkLength(text.length + (parts.length - 1) * (to.length - from.length));
  return parts.join(to);
}

function translate(text: string, from: string, to: string): string {
  const targets = [...to];
  const map = new Map<string, string>();
  for (const [i, char] of [...from].entries()) if (!map.has(char)) map.set(char, targets[i] ?? '');
  let result = '';
  for (const char of text) result += map.get(char) ?? char;
  return result;
}

function splitPart(text: string, delimiter: string, field: number): string {
  if (field === 0) throw planError('field position must not be zero');
  const parts = delimiter === '' ? (text === '' ? [] : [text]) : text.split(delimiter);
  return parts[field > 0 ? field - 1 : parts.length + field] ?? '';
}

function chr(code: number): string {
  if (code < 0) throw planError('character number must be positive');
  if (code === 0) throw planError('null character not permitted');
  if (code > 0x10ffff) throw planError(`requested character too large for encoding: ${String(code)}`);
  if (code >= 0xd800 && code <= 0xdfff)
    throw planError(`requested character not valid for encoding: ${String(code)}`);
  return String.fromCodePoint(code);
}

/** Characters one by one, so that none becomes two: ß has no upper case here, as in PostgreSQL. */
function upper(text: string): string {
  const whole = text.toUpperCase();
  return whole.length === text.length ? whole : [...text].map(upperChar).join('');
}

function upperChar(char: string): string {
  const changed = char.toUpperCase();
  return changed.length === char.length ? changed : char;
}

function lower(text: string): string {
  const whole = text.toLowerCase();
  // İ becomes an i and a combining dot; the dot goes.
  return whole.length === text.length ? whole : whole.replaceAll('i\u0307', 'i');
}

/** Upper case at the start of every run of letters and digits, lower case within. */
function initcap(text: string): string {
  return text.replace(/[\p{L}\p{N}\p{M}]+/gu, (word) => {
    const [first = ''] = word;
    return upperChar(first) + lower(word.slice(first.length));
  });
}

function reverse(text: string): string {
  return (isPlain(text) ? text.split('') : [...text]).reverse().join('');
}

/** Parses `a.b."C d"` into its parts; strict refuses what follows them. */
export function parseIdentifiers(text: string, strict = true): readonly string[] {
  const fail = (detail?: string): never => {
    throw planError(`string is not a valid identifier: ${JSON.stringify(text)}`, { detail });
  };
  const parts: string[] = [];
  let rest = text.trimStart();
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)("?)/.exec(rest);
    if (quoted !== null) {
      if (quoted[2] !== '"') fail('String has unclosed double quotes.');
      if (quoted[1] === '') fail('Quoted identifier must not be empty.');
      parts.push((quoted[1] ?? '').replaceAll('""', '"'));
      rest = rest.slice(quoted[0].length);
    } else {
      const bare = /^[\p{L}_][\p{L}\p{N}_$]*/u.exec(rest);
      if (bare === null) return fail(identifierDetail(rest, parts.length > 0));
      parts.push(bare[0].toLowerCase());
      rest = rest.slice(bare[0].length);
    }
    rest = rest.trimStart();
    if (rest.startsWith('.')) {
      rest = rest.slice(1).trimStart();
      continue;
    }
    if (rest !== '' && strict) fail();
    return parts;
  }
}

function identifierDetail(rest: string, afterDot: boolean): string | undefined {
  if (afterDot) return 'No valid identifier after ".".';
  return rest.startsWith('.') ? 'No valid identifier before ".".' : undefined;
}

/** U&-style escapes: \XXXX, \+XXXXXX, \uXXXX, \UXXXXXXXX and doubled backslashes. */
function unistr(text: string): string {
  const result = text.replace(
    /\\(?:(\\)|([0-9A-Fa-f]{4})|\+([0-9A-Fa-f]{6})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|)/g,
    (_, slash?: string, ...codes: unknown[]) => {
      if (slash !== undefined) return '\\';
      const digits = codes.slice(0, 4).find((code): code is string => typeof code === 'string');
      if (digits === undefined) {
        throw planError('invalid Unicode escape', {
          hint: 'Unicode escapes must be \\XXXX, \\+XXXXXX, \\uXXXX, or \\UXXXXXXXX.',
        });
      }
      const code = Number.parseInt(digits, 16);
      if (code === 0 || code > 0x10ffff) throw planError('invalid Unicode code point');
      return code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code);
    },
  );
  // With the u flag a surrogate matches only where its other half is missing.
  if (/[\ud800-\udfff]/u.test(result)) throw planError('invalid Unicode surrogate pair');
  return result;
}

const FORMS: Readonly<Record<string, 'NFC' | 'NFD' | 'NFKC' | 'NFKD'>> = {
  nfc: 'NFC',
  nfd: 'NFD',
  nfkc: 'NFKC',
  nfkd: 'NFKD',
};

function normalForm(name: string): 'NFC' | 'NFD' | 'NFKC' | 'NFKD' {
  const form = FORMS[name.toLowerCase()];
  if (form === undefined) throw planError(`invalid normalization form: ${name}`);
  return form;
}

const length: Plain = (text: string) => charLength(text);
const blankTrimmedLength: Plain = (text: string) => charLength(trimBlanks(text));
const octets: Plain = (text: string) => Buffer.byteLength(text);
const startsWith: Plain = (text: string, prefix: string) => text.startsWith(prefix);
const concatenate: Plain = (a: string, b: string) => {
  checkLength(a.length + b.length);
  return a + b;
};

export const stringFunctions: ScalarTable = {
  ...alike(['length(text)', 'char_length(text)', 'character_length(text)', 'textlen(text)'], length),
  ...alike(['length(bpchar)', 'char_length(bpchar)', 'character_length(bpchar)'], blankTrimmedLength),
  ...alike(['octet_length(text)', 'octet_length(bpchar)'], octets),
  'bit_length(text)': (text: string) => Buffer.byteLength(text) * 8,
  'textcat(text,text)': concatenate,
  'lower(text)': lower,
  'upper(text)': upper,
  'initcap(text)': initcap,
  ...alike(['substring(text,int4)', 'substr(text,int4)'], ((t: string, s: number) =>
    substring(t, s)) as Plain),
  ...alike(['substring(text,int4,int4)', 'substr(text,int4,int4)'], substring as Plain),
  'overlay(text,text,int4)': (text: string, to: string, start: number) =>
    overlay(text, to, start, charLength(to)),
  'overlay(text,text,int4,int4)': overlay,
  'position(text,text)': position,
  'strpos(text,text)': position,
  'left(text,int4)': left,
  'right(text,int4)': right,
  'lpad(text,int4)': (text: string, n: number) => pad(text, n, ' ', 'left'),
  'lpad(text,int4,text)': (text: string, n: number, fill: string) => pad(text, n, fill, 'left'),
  'rpad(text,int4)': (text: string, n: number) => pad(text, n, ' ', 'right'),
  'rpad(text,int4,text)': (text: string, n: number, fill: string) => pad(text, n, fill, 'right'),
  'ltrim(text)': (text: string) => text.replace(/^ +/, ''),
  'rtrim(text)': trimBlanks,
  'btrim(text)': (text: string) => trimBlanks(text.replace(/^ +/, '')),
  'ltrim(text,text)': (text: string, set: string) => trimSet(text, set, true, false),
  'rtrim(text,text)': (text: string, set: string) => trimSet(text, set, false, true),
  'btrim(text,text)': (text: string, set: string) => trimSet(text, set, true, true),
  'repeat(text,int4)': repeat,
  'replace(text,text,text)': replaceAll,
  'translate(text,text,text)': translate,
  'split_part(text,text,int4)': splitPart,
  'ascii(text)': (text: string) => text.codePointAt(0) ?? 0,
  'chr(int4)': chr,
  'reverse(text)': reverse,
  'starts_with(text,text)': startsWith,
  'quote_ident(text)': quoteIdentifier,
  'parse_ident(text,bool)': (text: string, strict: boolean | null) =>
    textArray(parseIdentifiers(text, strict ?? true)),
  'unistr(text)': unistr,
  'normalize(text,text)': (text: string, form: string | null) => text.normalize(normalForm(form ?? 'NFC')),
  'is_normalized(text,text)': (text: string, form: string | null) =>
    text === text.normalize(normalForm(form ?? 'NFC')),
  'text_larger(text,text)': (a: string, b: string) => (compareText(a, b) >= 0 ? a : b),
  'text_smaller(text,text)': (a: string, b: string) => (compareText(a, b) <= 0 ? a : b),
};
