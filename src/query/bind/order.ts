/** ORDER BY and DISTINCT over the columns of a select list. */
import type { Node, SortBy } from '@pgsql/types';
import { planError } from '../../errors.ts';
import type { Expr } from '../expr.ts';
import { sameExpr } from '../expr-walk.ts';
import type { ColumnOrder, RowNode } from '../plan/nodes.ts';
import { stringOf } from './ast.ts';
import { settleUnknown } from './coerce.ts';
import { bindExpr } from './expressions.ts';
import { clause, type Level } from './level.ts';
import { locationOf } from './places.ts';
import type { Target } from './select-list.ts';
import { requireEquality, requireOrder, sortDirection } from './sort-keys.ts';

/** A sort key as the position of a target. */
export interface OrderItem {
  readonly target: number;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * ORDER BY items: a bare name means an output column, a number its position, anything else is an expression over FROM.
 * Expressions that are no output column are appended to `targets`.
 */
export function bindOrder(
  level: Level,
  nodes: readonly Node[],
  targets: Target[],
  what: string,
): OrderItem[] {
  const width = targets.length;
  const items: OrderItem[] = [];
  for (const node of nodes) {
    if (!('SortBy' in node)) continue;
    const sort: SortBy = node.SortBy;
    level.binding.at(locationOf(sort.node!), () => {
      const target = orderTarget(level, sort.node!, targets, width, what);
      settle(level, targets, target);
      requireOrder(targets[target]!.expr.type);
      items.push({ target, ...sortDirection(sort) });
    });
  }
  return items;
}

function settle(level: Level, targets: Target[], i: number): void {
  const target = targets[i]!;
  targets[i] = { ...target, expr: settleUnknown(level.binding, target.expr) };
}

function orderTarget(level: Level, node: Node, targets: Target[], width: number, what: string): number {
  const named = outputName(node, targets, width, what) ?? ordinal(node, width, what);
  if (named !== undefined) return named;
  const allows = { aggregates: true, windows: true, sets: true };
  const expr = level.within(clause(`${what} clause`, allows), () => bindExpr(level, node));
  return targetOf(targets, expr);
}

/** The position of an equal expression, appended when there is none. */
export function targetOf(targets: Target[], expr: Expr): number {
  const known = targets.findIndex((target) => sameExpr(target.expr, expr));
  return known >= 0 ? known : targets.push({ name: '?column?', expr }) - 1;
}

/** A bare name that is an output column's. Throws when it is the name of two different ones. */
export function outputName(
  node: Node,
  targets: readonly Target[],
  width: number,
  what: string,
): number | undefined {
  const name = bareName(node);
  if (name === null) return undefined;
  let found: number | undefined;
  for (let i = 0; i < width; i++) {
    const target = targets[i]!;
    if (target.name !== name) continue;
    if (found !== undefined && !sameExpr(targets[found]!.expr, target.expr)) {
      throw planError(`${what} "${name}" is ambiguous`);
    }
    found ??= i;
  }
  return found;
}

/** The name of a column reference without qualifier. */
export function bareName(node: Node): string | null {
  if (!('ColumnRef' in node)) return null;
  const fields = node.ColumnRef.fields ?? [];
  return fields.length === 1 ? stringOf(fields[0]) : null;
}

/** A position in the select list. Throws for other constants and for positions that do not exist. */
export function ordinal(node: Node, width: number, what: string): number | undefined {
  if (!('A_Const' in node)) return undefined;
  const constant = node.A_Const;
  if (constant.ival === undefined) throw planError(`non-integer constant in ${what}`);
  const position = constant.ival.ival ?? 0;
  if (position < 1 || position > width) {
    throw planError(`column reference ${position} in ${what} clause is out of range (1 - ${width})`);
  }
  return position - 1;
}

export function sortRows(plan: RowNode, order: readonly OrderItem[], targets: readonly Target[]): RowNode {
  if (order.length === 0) return plan;
  const keys: ColumnOrder[] = [];
  for (const { target, descending, nullsFirst } of order) {
    if (keys.some((key) => key.column === target)) continue;
    keys.push({ column: target, type: targets[target]!.expr.type, descending, nullsFirst });
  }
  return { kind: 'sort', input: plan, order: keys, limit: null };
}

/** Keeps the first row of each kind; all columns tell unless `columns` says which. */
export function distinctRows(
  plan: RowNode,
  targets: readonly Target[],
  columns: readonly number[] = targets.map((_, i) => i),
): RowNode {
  const keys = columns.map((column) => {
    const { type } = targets[column]!.expr;
    requireEquality(type);
    return { column, type };
  });
  return { kind: 'distinctRows', input: plan, columns: keys };
}
