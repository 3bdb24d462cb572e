/** Joins: ON, USING, NATURAL, merged columns, aliases. */
import type { JoinExpr } from '@pgsql/types';
import { planError } from '../../errors.ts';
import { recordOf } from '../../types/registry.ts';
import type { Expr } from '../expr.ts';
import type { FrameNode, JoinType } from '../plan/nodes.ts';
import { stringsOf } from './ast.ts';
import { conjunction } from './build.ts';
import { coerce, unifiedType } from './coerce.ts';
import { bindCondition } from './conditions.ts';
import { bindFromItem, checkNames, renamed, slotsIn, type FromItem } from './from.ts';
import { clause, type Level, type ScopeColumn, type ScopeItem } from './level.ts';
import { comparisonCall } from './operators.ts';

/** A comma in FROM, or CROSS JOIN. */
export function crossJoin(left: FromItem, right: FromItem): FromItem {
  return { ...combine('inner', left, right, null), items: [...left.items, ...right.items] };
}

/** The join node; the right side is run for each left frame when it reads it. */
function combine(type: JoinType, left: FromItem, right: FromItem, on: Expr | null): Omit<FromItem, 'items'> {
  const slots = [...left.slots, ...right.slots];
  const isDependent = left.slots.some((slot) => right.needs.has(slot));
  const needs = new Set([...left.needs, ...right.needs, ...(on === null ? [] : slotsIn([on]))]);
  for (const slot of slots) needs.delete(slot);
  const node: FrameNode = {
    kind: 'join',
    type,
    left: left.node,
    right: isDependent ? null : right.node,
    dependent: isDependent ? right.node : null,
    hash: null,
    on: isDependent ? null : on,
    dependentOn: isDependent ? on : null,
    leftSlots: left.slots,
    rightSlots: right.slots,
  };
  return { node, slots, needs };
}

type Side = 'left' | 'right';

export function bindJoin(level: Level, join: JoinExpr, lateral: readonly ScopeItem[]): FromItem {
  const kind = join.jointype ?? 'JOIN_INNER';
  const left = bindFromItem(level, join.larg!, lateral);
  // Only an inner or left join can run its right side once for each row of its left.
  const reach = kind === 'JOIN_INNER' || kind === 'JOIN_LEFT' ? [...lateral, ...left.items] : lateral;
  const right = bindFromItem(level, join.rarg!, reach);
  checkNames(left.items, right.items);
  if (kind === 'JOIN_LEFT' || kind === 'JOIN_FULL') markNullable(level, right.slots);
  if (kind === 'JOIN_RIGHT' || kind === 'JOIN_FULL') markNullable(level, left.slots);

  const shared = join.isNatural === true ? naturalColumns(left, right) : stringsOf(join.usingClause);
  const merged = shared.map((name) => mergeColumn(level, kind, name, left, right));
  const on =
    join.quals === undefined
      ? merged.length === 0
        ? null
        : conjunction(merged.map((column) => column.equal))
      : bindOn(level, join, left, right);
  const combined =
    kind === 'JOIN_RIGHT'
      ? combine('left', right, left, on)
      : combine(kind === 'JOIN_LEFT' ? 'left' : kind === 'JOIN_FULL' ? 'full' : 'inner', left, right, on);
  return { ...combined, items: joinItems(join, left, right, merged) };
}

function bindOn(level: Level, join: JoinExpr, left: FromItem, right: FromItem): Expr {
  return level.withItems([...left.items, ...right.items], () =>
    bindCondition(level, join.quals!, clause('ON clause')),
  );
}

function markNullable(level: Level, slots: readonly number[]): void {
  for (const slot of slots) level.notNull.delete(slot);
}

function columnsOf(item: FromItem): readonly ScopeColumn[] {
  return item.items
    .filter((scope) => scope.columnsVisible)
    .flatMap((scope) => scope.columns.filter((column) => column.hidden !== true));
}

function naturalColumns(left: FromItem, right: FromItem): readonly string[] {
  const names = new Set(columnsOf(right).map((column) => column.name));
  return [...new Set(columnsOf(left).map((column) => column.name))].filter((name) => names.has(name));
}

interface MergedColumn {
  readonly column: ScopeColumn;
  readonly equal: Expr;
}

/** A column of USING: one name for both sides' values, of their common type. */
function mergeColumn(
  level: Level,
  kind: NonNullable<JoinExpr['jointype']>,
  name: string,
  left: FromItem,
  right: FromItem,
): MergedColumn {
  const a = usingColumn(left, name, 'left').expr;
  const b = usingColumn(right, name, 'right').expr;
  const { binding } = level;
  const equal = comparisonCall(binding, '=', a, b, 'USING');
  const type = unifiedType([a, b], 'JOIN/USING');
  const typmod = a.typmod === b.typmod ? a.typmod : -1;
  const cast = (expr: Expr): Expr => coerce(binding, expr, type, -1, 'implicit', 'JOIN/USING');
  const expr: Expr =
    kind === 'JOIN_FULL'
      ? { kind: 'coalesce', args: [cast(a), cast(b)], type, typmod }
      : kind === 'JOIN_RIGHT'
        ? cast(b)
        : cast(a);
  return { column: { name, expr }, equal };
}

function usingColumn(item: FromItem, name: string, side: Side): ScopeColumn {
  const matching = columnsOf(item).filter((column) => column.name === name);
  const [only] = matching;
  if (only === undefined) {
    throw planError(`column "${name}" specified in USING clause does not exist in ${side} table`);
  }
  if (matching.length > 1) {
    throw planError(`common column name "${name}" appears more than once in ${side} table`);
  }
  return only;
}

/**
 * Names after a join: its columns (merged ones first) under no name or its alias; without an alias the names of its sides
 * go on to work as qualifiers.
 */
function joinItems(
  join: JoinExpr,
  left: FromItem,
  right: FromItem,
  merged: readonly MergedColumn[],
): readonly ScopeItem[] {
  const { alias } = join;
  if (alias === undefined && merged.length === 0) return [...left.items, ...right.items];
  const shared = new Set(merged.map(({ column }) => column.name));
  const rest = (item: FromItem): readonly ScopeColumn[] =>
    columnsOf(item).filter((column) => !shared.has(column.name));
  const all = [...merged.map(({ column }) => column), ...rest(left), ...rest(right)];
  const joined = joinItem(renamed(all, alias, alias?.aliasname ?? 'join'), alias?.aliasname ?? null);
  if (alias !== undefined) return [joined];
  const behind = [...left.items, ...right.items].map((item) => ({ ...item, columnsVisible: false }));
  const usingAlias = join.join_using_alias?.aliasname;
  if (usingAlias !== undefined) {
    const named = joinItem(
      merged.map(({ column }) => column),
      usingAlias,
    );
    return [joined, ...behind, { ...named, columnsVisible: false }];
  }
  return [joined, ...behind];
}

function joinItem(columns: readonly ScopeColumn[], name: string | null): ScopeItem {
  return {
    name,
    qualifier: null,
    columns,
    relationVisible: name !== null,
    columnsVisible: true,
    wholeRow: () => ({
      kind: 'row',
      args: columns.map((column) => column.expr),
      type: recordOf(columns.map((column) => ({ name: column.name, type: column.expr.type }))),
      typmod: -1,
    }),
  };
}
