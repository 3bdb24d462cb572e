/**
 * Materialize's additions to queries, encoded so that PostgreSQL's parser takes them. The rewriting is on tokens; the
 * reserved schema `mz_syntax` marks what was rewritten, and no user's schema can have that name.
 *
 * | written | what the tree holds |
 * | --- | --- |
 * | `LIST[a, b]`, nested `LIST[[a], [b]]` | FuncCall `mz_syntax.list(a, b)`, `mz_syntax.list(mz_syntax.list(a), ...)` |
 * | `LIST(SELECT ...)` | FuncCall `mz_syntax.list_query((SELECT ...))` |
 * | `MAP[k => v, ...]`, nested `MAP['a' => ['b' => 1]]` | FuncCall `mz_syntax.map(k, v, ...)` |
 * | `MAP(SELECT ...)` | FuncCall `mz_syntax.map_query((SELECT ...))` |
 * | `x::text list` | TypeName `mz_syntax.list('text')`: the typmod is the element type's text, for `parseTypeName` |
 * | `x::map[text => int]` | TypeName `mz_syntax.map('text', 'int')` |
 * | `current_user()`, `current_timestamp()` and their like | the word alone, as PostgreSQL writes it |
 * | `f(x).field`, `f(x).*` | the same of `(f(x))` |
 * | `FROM (SHOW ...)` | RangeSubselect `SELECT * FROM mz_syntax.show('SHOW ...')`, for `parseStatement` |
 * | `FROM [u1 AS db.schema.name]` | RangeVar with catalogname `mz_syntax`, schemaname `u1`, relname `name` |
 * | `... AS OF [AT LEAST] expr` at the end | taken off; `Query.asOf` |
 *
 * `Query.source`, `Expression.source` keep the way back from the tree's locations to the statement's text.
 */
import type { FuncCall, Node, RangeVar, TypeName } from '@pgsql/types';

/** The schema that marks rewritten syntax. */
export const SYNTAX_SCHEMA = 'mz_syntax';

/** Functions that stand for syntax. */
export type SyntaxFunction = 'list' | 'list_query' | 'map' | 'map_query' | 'show';

const SYNTAX_FUNCTIONS: ReadonlySet<string> = new Set(['list', 'list_query', 'map', 'map_query', 'show']);

/** The syntax a function call stands for, or null for an ordinary call. */
export function syntaxFunction(call: FuncCall): SyntaxFunction | null {
  const names = call.funcname ?? [];
  if (names.length !== 2 || stringValue(names[0]) !== SYNTAX_SCHEMA) return null;
  const name = stringValue(names[1]);
  return name !== null && SYNTAX_FUNCTIONS.has(name) ? (name as SyntaxFunction) : null;
}

/** `FROM (SHOW ...)`: text of the SHOW statement when the call stands for one. */
export function showText(call: FuncCall): string | null {
  return syntaxFunction(call) === 'show' ? constantText(call.args?.[0]) : null;
}

/** `[u1 AS name]`: the id when the relation was named so. */
export function relationId(relation: RangeVar): string | null {
  return relation.catalogname === SYNTAX_SCHEMA ? (relation.schemaname ?? null) : null;
}

export type ConstructedType =
  | { readonly kind: 'list'; readonly element: string }
  | { readonly kind: 'map'; readonly key: string; readonly value: string };

/** A list or map type with the texts of its parts, or null for a type PostgreSQL knows how to spell. */
export function constructedType(type: TypeName): ConstructedType | null {
  const names = type.names ?? [];
  if (names.length !== 2 || stringValue(names[0]) !== SYNTAX_SCHEMA) return null;
  const [first, second] = (type.typmods ?? []).map(constantText);
  const name = stringValue(names[1]);
  if (name === 'list' && typeof first === 'string') return { kind: 'list', element: first };
  if (name === 'map' && typeof first === 'string' && typeof second === 'string') {
    return { kind: 'map', key: first, value: second };
  }
  return null;
}

function stringValue(node: Node | undefined): string | null {
  return node !== undefined && 'String' in node ? (node.String.sval ?? '') : null;
}

function constantText(node: Node | undefined): string | null {
  if (node === undefined || !('A_Const' in node)) return null;
  const constant = node.A_Const;
  return constant.sval === undefined ? null : (constant.sval.sval ?? '');
}
