/** Patterns that only one text matches: equality in another spelling, which an index can answer. */
import { TEXT } from '../../types/registry.ts';
import type { Expr } from '../expr.ts';
import type { Equality } from './conjuncts.ts';

/** Characters of a pattern worth reading: names are shorter, and what is too long is an error that belongs to the run. */
const MAX_PATTERN = 1024;

/** The only text that a pattern of each operator matches; null when there may be others. */
const ONLY_TEXT: Readonly<Record<string, (pattern: string) => string | null>> = {
  '~~': onlyLike,
  '~': onlyRegexp,
};

/**
 * `column LIKE 'a\_b'` and `column ~ '^(name)$'` as the equality they imply: what psql, pgjdbc and others send for the
 * name of one object. The condition itself still has to be asked.
 */
export function exactPattern(condition: Expr): Equality | null {
  if (condition.kind !== 'call') return null;
  const [left, pattern] = condition.args;
  if (left === undefined || pattern?.kind !== 'const' || typeof pattern.value !== 'string') return null;
  if (pattern.value.length > MAX_PATTERN) return null;
  const text = ONLY_TEXT[condition.fn.name]?.(pattern.value) ?? null;
  return text === null ? null : { left, right: { kind: 'const', value: text, type: TEXT, typmod: -1 } };
}

/** A backslash takes the next character as it is; an open end is an error that belongs to the run. */
function onlyLike(pattern: string): string | null {
  return /^(?:[^%_\\]|\\[^])*$/.test(pattern) ? pattern.replace(/\\([^])/g, '$1') : null;
}

/** Anchored on both sides, nothing special inside; a backslash before a letter or digit would mean something else. */
function onlyRegexp(pattern: string): string | null {
  const exact = /^\^(?:\((PART*)\)|(PART*))\$$/.source.replaceAll('PART', PART);
  const found = new RegExp(exact, 'u').exec(pattern);
  const text = found?.[1] ?? found?.[2];
  return text === undefined ? null : text.replace(/\\(.)/gu, '$1');
}

const PART = String.raw`(?:[^\\^$.[\](){}|*+?]|\\[^\p{L}\p{N}])`;
