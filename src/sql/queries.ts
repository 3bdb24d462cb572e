/** Queries that are made, not parsed. */
import type { Node, RangeVar } from '@pgsql/types';
import { SYNTAX_SCHEMA } from './extensions.ts';
import type { ObjectName, Query } from './nodes.ts';

/** `SELECT columns FROM name`, `*` for no columns. Its tree has no locations: there is no text to point into. */
export function selectFrom(name: ObjectName, columns: readonly string[]): Query {
  const fields: readonly Node[] =
    columns.length === 0 ? [{ A_Star: {} }] : columns.map((column) => ({ String: { sval: column } }));
  const targetList = fields.map((field): Node => ({
    ResTarget: { val: { ColumnRef: { fields: [field] } } },
  }));
  return {
    ast: { targetList, fromClause: [{ RangeVar: rangeVar(name) }] },
    sql: '',
    source: { text: '', edits: [] },
    span: name.span,
    asOf: null,
  };
}

function rangeVar({ parts, id }: ObjectName): RangeVar {
  const [relname = '', schemaname, catalogname] = parts.toReversed();
  if (id !== undefined) return { catalogname: SYNTAX_SCHEMA, schemaname: id, relname };
  return {
    relname,
    ...(schemaname === undefined ? {} : { schemaname }),
    ...(catalogname === undefined ? {} : { catalogname }),
  };
}
