/** Quoting of identifiers and literals: quote_ident, quote_literal, quote_nullable. */
import { PG_KEYWORDS } from './pg-keywords.ts';

const CATEGORY_NAMES: Readonly<Record<string, string>> = {
  U: 'unreserved',
  C: 'unreserved (cannot be function or type name)',
  T: 'reserved (can be function or type name)',
  R: 'reserved',
};

export interface Keyword {
  readonly word: string;
  readonly category: string;
  readonly categoryText: string;
  readonly bareLabel: boolean;
}

/** PostgreSQL's key words in order. */
export const keywords: readonly Keyword[] = Object.entries(PG_KEYWORDS)
  .flatMap(([group, words]) =>
    words.split(' ').map((word) => ({
      word,
      category: group[0] ?? '',
      categoryText: CATEGORY_NAMES[group[0] ?? ''] ?? '',
      bareLabel: group[1] === 'b',
    })),
  )
  .sort((a, b) => (a.word < b.word ? -1 : 1));

const quotedKeywords = new Set(keywords.filter((k) => k.category !== 'U').map((k) => k.word));

/** The identifier, in double quotes when it would otherwise not read back the same. */
export function quoteIdentifier(name: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(name) && !quotedKeywords.has(name)) return name;
  return `"${name.replaceAll('"', '""')}"`;
}

/** The text as a literal; with a backslash in it, an escape string. */
export function quoteLiteral(text: string): string {
  const doubled = text.replaceAll("'", "''");
  return doubled.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`;
}
