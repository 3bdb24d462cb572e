/** Text to statement nodes. */
import { unsupported } from '../errors.ts';
import type { ParsedStatement } from './nodes.ts';

/**
 * Parses every statement of a string. The whole string is parsed before the caller sees the first statement; empty
 * statements are left out, so an empty string answers an empty list.
 *
 * @throws SqlError 42601 with a position in characters of the whole string.
 */
export function parseScript(sql: string): readonly ParsedStatement[] {
  if (sql.trim() === '') return [];
  throw unsupported('parsing');
}
