/** RETURNING: expressions over the written row and what it was joined with. */
import type { Node } from '@pgsql/types';
import type { Expr } from '../expr.ts';
import type { Returning } from '../plan.ts';
import type { Binding } from './binding.ts';
import { variable } from './build.ts';
import { settleUnknown } from './coerce.ts';
import { relationItem } from './from.ts';
import { clause, Level, QueryArguments, type ScopeItem } from './level.ts';
import { bindTargets } from './select-list.ts';
import type { TableColumn } from './table-columns.ts';

export interface BoundReturning {
  /** null: the statement has no RETURNING. */
  readonly returning: Returning | null;
  /** Values of the source's frames that RETURNING reads beside the row: what Var(1, i) means in it. */
  readonly extras: readonly Expr[];
}

/** Binds RETURNING over the row of `columns`, called `name`, and over the other relations of the statement. */
export function bindReturning(
  binding: Binding,
  columns: readonly TableColumn[],
  name: string,
  nodes: readonly Node[] | undefined,
  others: readonly ScopeItem[] = [],
): BoundReturning {
  if (nodes === undefined) return { returning: null, extras: [] };
  const level = new Level(binding, new QueryArguments(null), null);
  const own = relationItem(level, level.newSlot(), columns, name, null);
  const slot = level.newSlot();
  const extras: Expr[] = [];
  const carried = (expr: Expr, called: string): Expr =>
    variable(slot, extras.push(expr) - 1, expr.type, expr.typmod, called);
  level.items = [own, ...others.map((item) => carriedItem(item, carried))];
  const targets = level.within(clause('RETURNING clause'), () => bindTargets(level, nodes));
  const exprs = targets.map((target) => settleUnknown(binding, target.expr));
  const returned = targets.map(({ name }, i) => ({
    name,
    type: exprs[i]!.type,
    typmod: exprs[i]!.typmod,
  }));
  return { returning: { columns: returned, exprs }, extras };
}

/** The item with its values read from what the source carries along. */
function carriedItem(item: ScopeItem, carried: (expr: Expr, called: string) => Expr): ScopeItem {
  return {
    ...item,
    columns: item.columns.map((column) => ({ ...column, expr: carried(column.expr, column.name) })),
    wholeRow: () => carried(item.wholeRow(), item.name ?? ''),
  };
}
