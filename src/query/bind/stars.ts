/** `*`, `t.*` and `(record).*`: lists of columns. */
import type { ColumnRef } from '@pgsql/types';
import { planError } from '../../errors.ts';
import type { Expr } from '../expr.ts';
import { findItem, referenceParts } from './columns.ts';
import type { Level, ScopeItem } from './level.ts';
import type { SqlType } from '../../types/sql-type.ts';

export interface NamedExpr {
  readonly name: string;
  readonly expr: Expr;
}

function columnsOf(item: ScopeItem): readonly NamedExpr[] {
  return item.columns.filter((column) => column.hidden !== true);
}

/** Columns that `*` or `name.*` stands for. */
export function expandStar(level: Level, node: ColumnRef): readonly NamedExpr[] {
  const { parts } = referenceParts(node);
  if (parts.length === 0) {
    const visible = level.items.filter((item) => item.columnsVisible);
    if (visible.length === 0) throw planError('SELECT * with no tables specified is not valid');
    return visible.flatMap(columnsOf);
  }
  const found = starOf(level, parts);
  if (found === undefined) throw planError(`no table named '${parts.join('.')}' in scope`);
  if (parts.length > 1 && level.binding.source !== null && node.location !== undefined) {
    level.binding.qualifiedColumns.push({ location: node.location, dropParts: parts.length - 1 });
  }
  return found;
}

function starOf(level: Level, parts: readonly string[]): readonly NamedExpr[] | undefined {
  const item = findItem(level, parts);
  if (item !== undefined) return columnsOf(item);
  const { parent } = level.args;
  const outer = parent === null ? undefined : starOf(parent, parts);
  return outer?.map(({ name, expr }) => ({ name, expr: level.args.add(expr) }));
}

/** Fields of a value that is a record of a known shape; none for any other. */
export function fieldsOf(expr: Expr): readonly { readonly name: string; readonly type: SqlType }[] {
  return expr.type.kind === 'record' ? (expr.type.fields ?? []) : [];
}

/** `(record).*`. */
export function expandRecord(arg: Expr): readonly NamedExpr[] {
  const fields = fieldsOf(arg);
  if (arg.type.kind !== 'record') {
    throw planError(`type ${arg.type.displayName} is not composite`);
  }
  if (arg.kind === 'row') return fields.map(({ name }, i) => ({ name, expr: arg.args[i]! }));
  return fields.map(({ name, type }, index) => ({
    name,
    expr: { kind: 'field', arg, index, type, typmod: -1 },
  }));
}
