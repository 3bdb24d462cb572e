/** LIKE and ILIKE over text and bytea, and ESCAPE. */
import { planError, type SqlError } from '../errors.ts';
import { alike, type Plain, type ScalarTable } from './define.ts';
import { isPlain } from './text-units.ts';

/** A compiled pattern. */
type Matcher = (text: string) => boolean;

/** Materialize's bound on patterns, in bytes. */
const MAX_PATTERN = 8 * 1024;
const MAX_CACHED = 500;

function unterminated(): SqlError {
  return planError('unterminated escape sequence in LIKE');
}

const ONE = -1;
const MANY = -2;

/** Code points of a pattern with the wildcards as negative numbers. */
function tokens(pattern: string): number[] {
  const result: number[] = [];
  let escaped = false;
  for (const char of pattern) {
    if (!escaped && char === '\\') {
      escaped = true;
      continue;
    }
    const wildcard = escaped ? undefined : char === '%' ? MANY : char === '_' ? ONE : undefined;
    // Several % in a row mean one.
    if (wildcard !== MANY || result.at(-1) !== MANY) result.push(wildcard ?? char.codePointAt(0) ?? 0);
    escaped = false;
  }
  if (escaped) throw unterminated();
  return result;
}

/** Going back only to the last %, which is enough: time is the product of the lengths at worst. */
function matchTokens(pattern: readonly number[], text: ArrayLike<number>): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    const token = pattern[p];
    if (token === MANY) {
      star = p++;
      resume = t;
    } else if (token === ONE || (token !== undefined && token === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === MANY) p++;
  return p === pattern.length;
}

function codePoints(text: string): ArrayLike<number> {
  const codes = new Array<number>();
  if (isPlain(text)) for (let i = 0; i < text.length; i++) codes.push(text.charCodeAt(i));
  else for (const char of text) codes.push(char.codePointAt(0) ?? 0);
  return codes;
}

function compile(pattern: string): Matcher {
  if (Buffer.byteLength(pattern) > MAX_PATTERN) throw planError('LIKE pattern exceeds maximum length');
  const all = tokens(pattern);
  const inner = all.slice(all[0] === MANY ? 1 : 0, all.at(-1) === MANY && all.length > 1 ? -1 : undefined);
  if (inner.some((token) => token < 0)) return (text) => matchTokens(all, codePoints(text));
  // No wildcard within: one built-in search does.
  const literal = String.fromCodePoint(...inner);
  const open = all[0] === MANY;
  const close = all.at(-1) === MANY;
  if (open && close) return (text) => text.includes(literal);
  if (open) return (text) => text.endsWith(literal);
  return close ? (text) => text.startsWith(literal) : (text) => text === literal;
}

const cache = new Map<string, Matcher>();

function matcher(pattern: string): Matcher {
  let known = cache.get(pattern);
  if (known === undefined) {
    known = compile(pattern);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(pattern, known);
  }
  return known;
}

/** text LIKE pattern, with backslash as the escape. */
export function like(text: string, pattern: string): boolean {
  return matcher(pattern)(text);
}

/** ILIKE: both sides in lower case. */
export function ilike(text: string, pattern: string): boolean {
  return matcher(pattern.toLowerCase())(text.toLowerCase());
}

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** A pattern written for another escape character, rewritten for the backslash. No escape character: none is special. */
export function likeEscape(pattern: string, escape: string): string {
  const [char, ...more] = [...escape];
  if (more.length > 0)
    throw planError('invalid escape string', { hint: 'Escape string must be empty or one character.' });
  if (char === '\\') return pattern;
  let result = '';
  let escaped = false;
  for (const c of pattern) {
    if (c === char && !escaped) {
      result += '\\';
      escaped = true;
      continue;
    }
    result += c === '\\' && !escaped ? '\\\\' : c;
    escaped = false;
  }
  return result;
}

const matches: Plain = like;
const differs: Plain = (text: string, pattern: string) => !like(text, pattern);
const matchesFolded: Plain = ilike;
const differsFolded: Plain = (text: string, pattern: string) => !ilike(text, pattern);
const bytesMatch: Plain = (text: Uint8Array, pattern: Uint8Array) => like(latin(text), latin(pattern));
const bytesDiffer: Plain = (text: Uint8Array, pattern: Uint8Array) => !like(latin(text), latin(pattern));

export const likeFunctions: ScalarTable = {
  ...alike(
    [
      'textlike(text,text)',
      'namelike(name,text)',
      'bpcharlike(bpchar,text)',
      'like(text,text)',
      'like(name,text)',
    ],
    matches,
  ),
  ...alike(
    [
      'textnlike(text,text)',
      'namenlike(name,text)',
      'bpcharnlike(bpchar,text)',
      'notlike(text,text)',
      'notlike(name,text)',
    ],
    differs,
  ),
  ...alike(['texticlike(text,text)', 'nameiclike(name,text)', 'bpchariclike(bpchar,text)'], matchesFolded),
  ...alike(['texticnlike(text,text)', 'nameicnlike(name,text)', 'bpcharicnlike(bpchar,text)'], differsFolded),
  ...alike(['bytealike(bytea,bytea)', 'like(bytea,bytea)'], bytesMatch),
  ...alike(['byteanlike(bytea,bytea)', 'notlike(bytea,bytea)'], bytesDiffer),
  'like_escape(text,text)': likeEscape,
  'like_escape(bytea,bytea)': (pattern: Uint8Array, escape: Uint8Array) =>
    Buffer.from(likeEscape(latin(pattern), latin(escape)), 'latin1'),
};
