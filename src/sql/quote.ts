/** Quoting of identifiers and string literals. */
import { isReservedForPrinting } from './keywords.ts';

const BARE = /^[a-z_][a-z0-9_]*$/;

/** An identifier as text: bare when that reads back as the same name, else in double quotes. */
export function quoteIdent(name: string): string {
  return BARE.test(name) && !isReservedForPrinting(name) ? name : quoteIdentAlways(name);
}

/** An identifier in double quotes. */
export function quoteIdentAlways(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string literal in single quotes, with quotes doubled. Backslashes stay as they are. */
export function quoteLiteral(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** The parts of a name, joined by dots. */
export function quoteName(parts: readonly string[]): string {
  return parts.map(quoteIdent).join('.');
}
