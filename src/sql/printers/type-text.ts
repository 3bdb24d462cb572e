/** Normal form of type names: `int` prints as `int4`, `timestamp with time zone` as `timestamptz`. */
import type { Node, TypeName } from '@pgsql/types';
import type { ConstructedType } from '../extensions.ts';
import { quoteIdent } from '../quote.ts';
import { tokenize } from '../lexer.ts';
import { TokenStream } from '../token-stream.ts';
import { parseType } from '../parsers/expression.ts';
import { constructedType } from '../extensions.ts';

/** The type in normal form, or null when it has parts that only its own text spells. */
export function typeText(ast: TypeName, constructed: ConstructedType | null): string | null {
  const dimensions = (ast.arrayBounds ?? []).map(() => '[]').join('');
  if (constructed !== null) return `${constructedText(constructed)}${dimensions}`;
  const parts = (ast.names ?? []).map(stringValue);
  if (parts.length === 0 || parts.includes(null)) return null;
  const known = parts.length === 2 && parts[0] === 'pg_catalog' ? parts.slice(1) : parts;
  const modifiers = (ast.typmods ?? []).map(integerValue);
  if (modifiers.includes(null) || (known[0] === 'interval' && modifiers.length > 0)) return null;
  const base = known.map((part) => quoteIdent(part ?? '')).join('.');
  // A bare CHAR means one character, which the parser spells out.
  const length = modifiers.length > 0 ? `(${modifiers.join(', ')})` : '';
  return `${base}${length}${dimensions}`;
}

function constructedText(type: ConstructedType): string {
  if (type.kind === 'list') return `${normalize(type.element)} list`;
  return `map[${normalize(type.key)}=>${normalize(type.value)}]`;
}

function normalize(sql: string): string {
  const tokens = tokenize(sql);
  const { ast } = parseType(new TokenStream(sql, tokens, 0, tokens.length - 1, 0));
  return typeText(ast, constructedType(ast)) ?? sql;
}

function stringValue(node: Node): string | null {
  return 'String' in node ? (node.String.sval ?? '') : null;
}

function integerValue(node: Node): number | null {
  return 'A_Const' in node && node.A_Const.ival !== undefined ? (node.A_Const.ival.ival ?? 0) : null;
}
