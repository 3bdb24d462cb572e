/** Sets of characters: what one position of a regular expression takes. */
import { invalidRegex } from './syntax.ts';

type Member = (code: number) => boolean;

/** A set with its ASCII part precomputed. */
export interface CharSet {
  has(code: number): boolean;
  /** The single character it takes, when there is only one: lets literals be found fast. */
  readonly only?: number;
}

const is =
  (pattern: RegExp): Member =>
  (code) =>
    pattern.test(String.fromCodePoint(code));
const space: Member = (code) =>
  (code >= 9 && code <= 13) ||
  code === 32 ||
  (code > 127 && /\p{Z}/u.test(String.fromCodePoint(code)) && code !== 0xa0);
const alpha = is(/\p{L}|\p{Nl}|\p{M}/u);
const digit: Member = (code) => code >= 48 && code <= 57;
const alnum: Member = (code) => digit(code) || alpha(code) || (code > 127 && is(/\p{N}/u)(code));

/** True for letters, digits and the underscore: what a word is made of. */
export const isWord: Member = (code) =>
  code < 128
    ? digit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
    : alnum(code);

const printable: Member = (code) => (code < 128 ? code >= 32 && code < 127 : !is(/\p{C}/u)(code));

const CLASSES: Readonly<Record<string, Member>> = {
  alnum,
  alpha,
  ascii: (code) => code < 128,
  blank: (code) => code === 32 || code === 9,
  cntrl: (code) => code < 32 || code === 127 || (code >= 128 && code < 160),
  digit,
  graph: (code) => printable(code) && !space(code),
  lower: is(/\p{Ll}/u),
  print: printable,
  punct: (code) => (code < 128 ? code > 32 && code < 127 && !alnum(code) : is(/[\p{P}\p{S}]/u)(code)),
  space,
  upper: is(/\p{Lu}/u),
  word: isWord,
  xdigit: (code) => digit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102),
};

/** A named class. Throws for a name that is none. */
export function classMember(name: string): Member {
  const member = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  if (member === undefined) throw invalidRegex('invalid character class');
  return member;
}

/** Names of collating elements, the POSIX ones people use. */
const COLLATING: Readonly<Record<string, string>> = {
  NUL: '\0',
  tab: '\t',
  newline: '\n',
  'vertical-tab': '\v',
  'form-feed': '\f',
  'carriage-return': '\r',
  space: ' ',
  hyphen: '-',
  period: '.',
  comma: ',',
  slash: '/',
  backslash: '\\',
  'left-square-bracket': '[',
  'right-square-bracket': ']',
  circumflex: '^',
  underscore: '_',
};

export function collatingElement(name: string): number {
  const named = COLLATING[name] ?? name;
  const chars = [...named];
  if (chars.length !== 1) throw invalidRegex('invalid collating element');
  return named.codePointAt(0) ?? 0;
}

/** Both cases of a character. */
function folded(code: number): readonly number[] {
  const text = String.fromCodePoint(code);
  const both = [text.toLowerCase(), text.toUpperCase()]
    .filter((t) => [...t].length === 1)
    .map((t) => t.codePointAt(0) ?? code);
  return [code, ...both];
}

/** Makes a set of members. With `ignoreCase` either case of a character counts. */
export function charSet(members: readonly Member[], negated: boolean, ignoreCase: boolean): CharSet {
  const plain: Member = (code) => members.some((member) => member(code));
  const base: Member = ignoreCase ? (code) => folded(code).some(plain) : plain;
  const full: Member = negated ? (code) => !base(code) : base;
  const ascii = new Uint8Array(128);
  for (let code = 0; code < 128; code++) ascii[code] = full(code) ? 1 : 0;
  return { has: (code) => (code < 128 ? ascii[code] === 1 : full(code)) };
}

/** The set of one character. */
export function single(code: number, ignoreCase: boolean): CharSet {
  const all = ignoreCase ? new Set(folded(code)) : new Set([code]);
  if (all.size > 1) return { has: (c) => all.has(c) };
  return { has: (c) => c === code, only: code };
}

export const range =
  (low: number, high: number): Member =>
  (code) =>
    code >= low && code <= high;

export type { Member };
