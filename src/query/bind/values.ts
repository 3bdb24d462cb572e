/** VALUES lists. */
import type { Node, SelectStmt } from '@pgsql/types';
import { planError } from '../../errors.ts';
import { UNKNOWN } from '../../types/registry.ts';
import type { Expr } from '../expr.ts';
import type { RowNode } from '../plan/nodes.ts';
import { listItems } from './ast.ts';
import { variable } from './build.ts';
import { coerce, settleUnknown, unifiedType, unifiedTypmod } from './coerce.ts';
import { bindExpr } from './expressions.ts';
import { clause, type Level } from './level.ts';
import { bindOrder, sortRows } from './order.ts';
import { limited, type ResultColumnInfo, type SelectOptions, type SelectResult } from './select.ts';
import type { Target } from './select-list.ts';

export const VALUES_CLAUSE = clause('VALUES');

export function bindValues(level: Level, stmt: SelectStmt, options: SelectOptions): SelectResult {
  const rows = bindRows(level, stmt.valuesLists ?? []);
  const width = rows[0]?.length ?? 0;
  const columns = Array.from({ length: width }, (_, i) => unifyColumn(level, rows, i, options));
  const plain: RowNode = { kind: 'values', width, rows };
  const targets = columns.map((column, i): Target => ({
    name: column.name,
    expr: variable(0, i, column.type, column.typmod, column.name),
  }));
  const extended = [...targets];
  const order = level.withItems([], () => bindOrder(level, stmt.sortClause ?? [], extended, 'ORDER BY'));
  if (extended.length > width) throw planError('ORDER BY over VALUES must name a column or a position');
  const sorted = sortRows(plain, order, targets);
  return { plan: limited(level, stmt, sorted, order, targets), columns };
}

/** All rows, which must be of one length. */
export function bindRows(level: Level, lists: readonly Node[]): Expr[][] {
  const rows = level.withItems([], () =>
    level.within(VALUES_CLAUSE, () =>
      lists.map((list) => listItems(list).map((item) => bindExpr(level, item))),
    ),
  );
  const width = rows[0]?.length ?? 0;
  const odd = rows.find((row) => row.length !== width);
  if (odd !== undefined) {
    throw planError(`VALUES expression has varying number of columns: ${width} vs ${odd.length}`);
  }
  return rows;
}

/** Brings a column of all rows to one type. */
function unifyColumn(level: Level, rows: Expr[][], i: number, options: SelectOptions): ResultColumnInfo {
  const { binding } = level;
  const cells = rows.map((row) => row[i]!);
  const name = `column${i + 1}`;
  const [first] = cells;
  if (!options.settle && cells.every((cell) => cell.type === UNKNOWN)) {
    // A lone open parameter can still get its type from outside; several literals stay literals.
    const open = cells.length === 1 && first?.kind === 'param' ? { open: first } : {};
    const params = cells.some((cell) => cell.kind === 'param');
    if (cells.length === 1 || !params) return { name, type: UNKNOWN, typmod: -1, nullable: true, ...open };
  }
  const type = unifiedType(cells, 'VALUES');
  for (const row of rows) {
    row[i] = settleUnknown(binding, coerce(binding, row[i]!, type, -1, 'implicit', 'VALUES'));
  }
  const nullable = !rows.every(
    (row) => row[i]!.kind === 'const' && (row[i] as { value: unknown }).value !== null,
  );
  return { name, type, typmod: unifiedTypmod(cells, type), nullable };
}
