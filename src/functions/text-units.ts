/**
 * Text by characters. JavaScript counts UTF-16 units, SQL counts code points; text without surrogates (nearly all) is
 * handled by units.
 */
import { planError, type SqlError } from '../errors.ts';

const SURROGATE = /[\ud800-\udfff]/;

/** Most bytes a string function may produce; past it Materialize answers `requested length too large`. */
const MAX_RESULT_LENGTH = 100 * 1024 * 1024;

export function lengthTooLarge(): SqlError {
  return planError('requested length too large');
}

/** Refuses results that would be too long before they are made. */
export function checkLength(length: number): void {
  if (length > MAX_RESULT_LENGTH) throw lengthTooLarge();
}

/** True when every character is one UTF-16 unit. */
export function isPlain(text: string): boolean {
  return !SURROGATE.test(text);
}

/** Number of characters. */
export function charLength(text: string): number {
  if (isPlain(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Characters `start` (0-based) up to `end`; both within bounds or beyond, never negative. */
export function charSlice(text: string, start: number, end: number): string {
  if (isPlain(text)) return text.slice(start, end);
  return [...text].slice(start, end).join('');
}

/** 1-based character position of a UTF-16 offset. */
export function charPosition(text: string, offset: number): number {
  return charLength(text.slice(0, offset)) + 1;
}
