/** Queries: WITH, set operations, VALUES and plain SELECT to row nodes. */
import type { Node, SelectStmt } from '@pgsql/types';
import { planError, SqlError, unsupported } from '../../errors.ts';
import { INT8, UNKNOWN } from '../../types/registry.ts';
import type { Expr } from '../expr.ts';
import type { RowNode } from '../plan/nodes.ts';
import { coerceToType, settleUnknown, tryCoerce } from './coerce.ts';
import { bindExpr } from './expressions.ts';
import { bindFrom, type SourceColumn } from './from.ts';
import { bindGroupBy, finishGrouping } from './grouping.ts';
import { clause, type Level } from './level.ts';
import { bindCondition, filtered } from './conditions.ts';
import { bindOrder, distinctRows, sortRows, type OrderItem } from './order.ts';
import { projection } from './projection.ts';
import { bindTargets, type Target } from './select-list.ts';
import { bindSetOperation } from './set-operations.ts';
import { bindValues } from './values.ts';
import { bindWith } from './with.ts';
import { checkWindows, declareWindows } from './windows.ts';

/** A column of a query. `open`: a parameter that nothing has given a type yet. */
export interface ResultColumnInfo extends SourceColumn {
  readonly open?: Extract<Expr, { kind: 'param' }>;
}

export interface SelectResult {
  readonly plan: RowNode;
  readonly columns: readonly ResultColumnInfo[];
}

export interface SelectOptions {
  /** Literals of the select list that nothing has typed become text; otherwise the caller gives them their types. */
  readonly settle: boolean;
}

/** Binds a query in a fresh level. */
export function bindSelect(level: Level, stmt: SelectStmt, options: SelectOptions): SelectResult {
  return level.binding.nested(() => {
    if (stmt.intoClause !== undefined) throw unsupported('SELECT INTO');
    if ((stmt.lockingClause ?? []).length > 0) throw unsupported('locking clauses (FOR UPDATE, FOR SHARE)');
    const ctes = bindWith(level, stmt.withClause);
    const result = bindBody(level, stmt, options);
    return ctes.length === 0 ? result : { ...result, plan: { kind: 'with', ctes, body: result.plan } };
  });
}

function bindBody(level: Level, stmt: SelectStmt, options: SelectOptions): SelectResult {
  if (stmt.op !== undefined && stmt.op !== 'SETOP_NONE') return bindSetOperation(level, stmt, options);
  if (stmt.valuesLists !== undefined) return bindValues(level, stmt, options);
  return bindSimple(level, stmt, options);
}

const SELECT_LIST = clause('SELECT clause', { aggregates: true, windows: true, sets: true });

function bindSimple(level: Level, stmt: SelectStmt, options: SelectOptions): SelectResult {
  let node = bindFrom(level, stmt.fromClause ?? []);
  declareWindows(level, stmt.windowClause ?? []);
  const targets: Target[] = level.within(SELECT_LIST, () => bindTargets(level, stmt.targetList ?? []));
  const width = targets.length;
  node = filtered(level, node, stmt.whereClause);
  const having =
    stmt.havingClause === undefined
      ? null
      : bindCondition(level, stmt.havingClause, clause('HAVING clause', { aggregates: true }));
  const distinct = distinctOf(stmt);
  const order = bindOrder(level, stmt.sortClause ?? [], targets, 'ORDER BY');
  const grouping = bindGroupBy(level, stmt, targets, width);
  const distinctOn = distinct.kind === 'on' ? bindDistinctOn(level, distinct.nodes, targets, order) : null;
  if (distinct.kind === 'all') checkDistinctOrder(order, width);
  checkWindows(level);
  if (level.readsItself && level.hasAggregates) {
    throw new SqlError('42P19', "aggregate functions are not allowed in a recursive query's recursive term");
  }
  settleTargets(level, targets, width, options);

  const notNull = targets.slice(0, width).map((target) => !isNullable(level, target.expr));
  const grouped = finishGrouping(level, node, targets, grouping, having);
  let plan: RowNode = projection(level, grouped.node, grouped.targets);
  if (distinct.kind === 'all') plan = distinctRows(plan, grouped.targets.slice(0, width));
  if (distinctOn !== null)
    plan = distinctRows(
      sortRows(plan, [...distinctOn.order], grouped.targets),
      grouped.targets,
      distinctOn.columns,
    );
  else plan = sortRows(plan, order, grouped.targets);
  plan = limited(level, stmt, plan, distinctOn === null ? order : distinctOn.order, grouped.targets);
  if (targets.length > width) plan = { kind: 'strip', input: plan, width };
  const columns = targets
    .slice(0, width)
    .map((target, i) => describe(target, notNull[i]! && !grouping.nullable));
  return { plan, columns };
}

/** Open literals become text, unless the caller wants to type those of the visible columns. */
function settleTargets(level: Level, targets: Target[], width: number, options: SelectOptions): void {
  for (const [i, target] of targets.entries()) {
    if (i < width && !options.settle) continue;
    targets[i] = { ...target, expr: settleUnknown(level.binding, target.expr) };
  }
}

function describe({ name, expr }: Target, isNotNull: boolean): ResultColumnInfo {
  const open = expr.kind === 'param' && expr.type === UNKNOWN ? { open: expr } : {};
  return { name, type: expr.type, typmod: expr.typmod, nullable: !isNotNull, ...open };
}

/** False only where it is certain that no NULL can come. */
function isNullable(level: Level, expr: Expr): boolean {
  switch (expr.kind) {
    case 'const':
      return expr.value === null;
    case 'var':
      return level.notNull.get(expr.slot)?.[expr.col] !== true;
    case 'coalesce':
      return expr.args.every((arg) => isNullable(level, arg));
    case 'nullTest':
    case 'boolTest':
    case 'distinct':
    case 'array':
    case 'list':
    case 'map':
    case 'row':
      return false;
    case 'and':
    case 'or':
      return expr.args.some((arg) => isNullable(level, arg));
    case 'not':
      return isNullable(level, expr.arg);
    case 'sublink':
      return !['exists', 'array', 'list', 'map'].includes(expr.mode);
    case 'aggregate':
      return expr.fn.name !== 'count';
    default:
      return true;
  }
}

type DistinctClause =
  | { readonly kind: 'none' }
  | { readonly kind: 'all' }
  | { readonly kind: 'on'; readonly nodes: readonly Node[] };

/** DISTINCT is a list of one empty node, DISTINCT ON a list of expressions. */
function distinctOf(stmt: SelectStmt): DistinctClause {
  const nodes = stmt.distinctClause;
  const [first] = nodes ?? [];
  if (nodes === undefined || first === undefined) return { kind: 'none' };
  return Object.keys(first).length === 0 ? { kind: 'all' } : { kind: 'on', nodes };
}

function checkDistinctOrder(order: readonly OrderItem[], width: number): void {
  if (order.some((item) => item.target >= width)) {
    throw planError('for SELECT DISTINCT, ORDER BY expressions must appear in select list');
  }
}

/** DISTINCT ON keeps the first row of each group in ORDER BY's order, so its expressions must lead that order. */
function bindDistinctOn(
  level: Level,
  nodes: readonly Node[],
  targets: Target[],
  order: readonly OrderItem[],
): { readonly columns: readonly number[]; readonly order: readonly OrderItem[] } {
  const items = bindOrder(
    level,
    nodes.map((node) => ({ SortBy: { node } })),
    targets,
    'DISTINCT ON',
  );
  const columns = [...new Set(items.map((item) => item.target))];
  let leading = 0;
  while (leading < order.length && columns.includes(order[leading]!.target)) leading++;
  const covered = new Set(order.slice(0, leading).map((item) => item.target));
  if (leading < order.length && columns.some((column) => !covered.has(column))) {
    throw planError('SELECT DISTINCT ON expressions must match initial ORDER BY expressions');
  }
  const missing = items.filter((item) => !covered.has(item.target));
  return { columns, order: order.length === 0 ? [] : [...order, ...missing] };
}

/** LIMIT, OFFSET, FETCH FIRST. */
export function limited(
  level: Level,
  stmt: SelectStmt,
  plan: RowNode,
  order: readonly OrderItem[],
  targets: readonly Target[],
): RowNode {
  const { limitCount, limitOffset, limitOption } = stmt;
  if (limitCount === undefined && limitOffset === undefined) return plan;
  const bound = (node: Node | undefined, what: string): Expr | null => {
    if (node === undefined) return null;
    const expr = level.withItems([], () => level.within(clause(what), () => bindExpr(level, node)));
    return expr.kind === 'const' && expr.value === null ? null : coerceToCount(level, expr, what);
  };
  const withTies = limitOption === 'LIMIT_OPTION_WITH_TIES';
  if (withTies && order.length === 0)
    throw planError('WITH TIES cannot be specified without ORDER BY clause');
  const ties = withTies
    ? order.map(({ target, descending, nullsFirst }) => ({
        column: target,
        type: targets[target]!.expr.type,
        descending,
        nullsFirst,
      }))
    : null;
  return {
    kind: 'limit',
    input: plan,
    count: bound(limitCount, 'LIMIT'),
    offset: bound(limitOffset, 'OFFSET'),
    ties,
  };
}

/** Counts are bigint; numbers with a fraction are rounded, as PostgreSQL does. */
function coerceToCount(level: Level, expr: Expr, what: string): Expr {
  const { binding } = level;
  const isNumber = expr.type.category === 'N';
  return (
    (isNumber ? tryCoerce(binding, expr, INT8, -1, 'assignment') : undefined) ??
    coerceToType(binding, expr, INT8, what)
  );
}
