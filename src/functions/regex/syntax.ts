/** The tree of an advanced regular expression (PostgreSQL 15, "Regular Expression Details"), and its options. */
import { planError, type SqlError } from '../../errors.ts';
import type { CharSet } from './char-set.ts';

export type RegexNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'assert'; readonly test: Assertion }
  | { readonly kind: 'look'; readonly ahead: boolean; readonly negative: boolean; readonly node: RegexNode }
  | { readonly kind: 'concat'; readonly nodes: readonly RegexNode[] }
  | { readonly kind: 'alternate'; readonly nodes: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly node: RegexNode;
      readonly min: number;
      /** Infinity without a bound. */
      readonly max: number;
      readonly lazy: boolean;
      /** `{m}`: leaves the greediness to what it repeats; `{m,m}` does not. */
      readonly fixed: boolean;
    }
  | { readonly kind: 'group'; readonly index: number; readonly node: RegexNode }
  | { readonly kind: 'backreference'; readonly index: number };

export type Assertion =
  | 'line-start'
  | 'line-end'
  | 'text-start'
  | 'text-end'
  | 'word-start'
  | 'word-end'
  | 'word-edge'
  | 'word-inside';

export interface RegexOptions {
  readonly ignoreCase: boolean;
  /** `.` and negated brackets do not match a newline. */
  readonly newlineStops: boolean;
  /** `^` and `$` also match at newlines. */
  readonly newlineAnchors: boolean;
  readonly expanded: boolean;
  readonly literal: boolean;
  /** ERE: backslashes in brackets are plain, no escapes of letters. */
  readonly basicEscapes: boolean;
}

export const DEFAULT_OPTIONS: RegexOptions = {
  ignoreCase: false,
  newlineStops: false,
  newlineAnchors: false,
  expanded: false,
  literal: false,
  basicEscapes: false,
};

/** `invalid regular expression: <e>`. */
export function invalidRegex(cause: string): SqlError {
  return planError(`invalid regular expression: ${cause}`);
}

const APPLY: Readonly<Record<string, Partial<RegexOptions>>> = {
  c: { ignoreCase: false },
  i: { ignoreCase: true },
  e: { basicEscapes: true },
  m: { newlineStops: true, newlineAnchors: true },
  n: { newlineStops: true, newlineAnchors: true },
  p: { newlineStops: true, newlineAnchors: false },
  w: { newlineStops: false, newlineAnchors: true },
  s: { newlineStops: false, newlineAnchors: false },
  q: { literal: true },
  t: { expanded: false },
  x: { expanded: true },
};

/** Options after one more letter; undefined for a letter that is none. Basic regular expressions (b) are not done. */
export function withOption(options: RegexOptions, letter: string): RegexOptions | undefined {
  if (letter === 'b') throw planError('basic regular expressions not supported').with({ code: '0A000' });
  const change = APPLY[letter];
  return change && { ...options, ...change };
}
