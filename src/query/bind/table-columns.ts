/** Columns of a table that is written to, with their defaults. */
import type { TableItem } from '../../catalog/records.ts';
import { planError } from '../../errors.ts';
import { columnTypeOf } from '../../relations/user-relation.ts';
import { parseExpression } from '../../sql/parser.ts';
import { formatType } from '../../types/typmod.ts';
import type { Expr } from '../expr.ts';
import type { SessionContext } from '../session-context.ts';
import { constant } from './build.ts';
import { tryCoerce } from './coerce.ts';
import { bindExpr } from './expressions.ts';
import type { SourceColumn } from './from.ts';
import { clause, type Level } from './level.ts';

export interface TableColumn extends SourceColumn {
  readonly defaultSql?: string;
}

export function tableColumns(session: SessionContext, table: TableItem): readonly TableColumn[] {
  return table.columns.map((column) => ({
    name: column.name,
    nullable: column.nullable,
    ...columnTypeOf(session.snapshot, column),
    ...(column.defaultSql === undefined ? {} : { defaultSql: column.defaultSql }),
  }));
}

/** The value of a column that a statement leaves out: its DEFAULT, else NULL. */
export function defaultValue(level: Level, column: TableColumn): Expr {
  if (column.defaultSql === undefined) return constant(null, column.type, column.typmod);
  const { ast } = parseExpression(column.defaultSql);
  const bound = level.withItems([], () =>
    level.within(clause('DEFAULT', { subqueries: false }), () => bindExpr(level, ast)),
  );
  return assigned(level, bound, column);
}

/** A value as the column holds it: cast by assignment, fitted to the column's modifier. */
export function assigned(level: Level, value: Expr, column: TableColumn): Expr {
  const { type, typmod, name } = column;
  const coerced = tryCoerce(level.binding, value, type, typmod, 'assignment');
  if (coerced !== undefined) return coerced;
  const wanted = formatType(type, typmod);
  throw planError(
    `column "${name}" is of type ${wanted} but expression is of type ${formatType(value.type, value.typmod)}`,
  );
}
