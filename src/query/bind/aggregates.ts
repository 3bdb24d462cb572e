/** Aggregate calls: their arguments, modifiers, and the query level they belong to. */
import type { FuncCall, Node } from '@pgsql/types';
import { planError, unsupported } from '../../errors.ts';
import type { AggregateFunction } from '../../functions/function.ts';
import { ANY } from '../../types/registry.ts';
import type { Aggregate, Expr, SortKey } from '../expr.ts';
import { sameExpr, some, transform } from '../expr-walk.ts';
import { coerceToBoolean, unify } from './coerce.ts';
import { bindExpr } from './expressions.ts';
import { bindArguments, functionText, overloadsOf, resolveCall } from './functions.ts';
import { clause, type Level } from './level.ts';
import { bindSortKey, requireEquality } from './sort-keys.ts';
import { insideWindow, requireWindows, windowExpr } from './windows.ts';

export function bindAggregateCall(level: Level, node: FuncCall, parts: readonly string[]): Expr {
  if (node.over !== undefined) return bindWindowAggregate(level, node, parts);
  const inside = clause('aggregate function', { subqueries: level.clause.subqueries });
  const marks = argumentCounts(level);
  return place(
    level,
    level.within(inside, () => bindParts(level, node, parts)),
    marks,
  );
}

/** How many arguments this level and those around it have. */
function argumentCounts(level: Level): readonly number[] {
  const counts: number[] = [];
  for (let at: Level | null = level; at !== null; at = at.args.parent) counts.push(at.args.exprs.length);
  return counts;
}

/** An aggregate over a window. */
function bindWindowAggregate(level: Level, node: FuncCall, parts: readonly string[]): Expr {
  requireWindows(level, parts.join('.'));
  if (node.agg_distinct === true) throw unsupported('DISTINCT in window aggregates');
  if (node.agg_order !== undefined) throw unsupported('ORDER BY in the arguments of window aggregates');
  const call = level.within(insideWindow(level), () => resolveAggregate(level, node, parts));
  if (call.fn.directArgs !== undefined) {
    throw planError(`OVER is not supported for ordered-set aggregate ${call.fn.name}`);
  }
  return windowExpr(level, call.fn, call.args, call.types, node.agg_filter ?? null, node.over!);
}

interface AggregateParts {
  readonly fn: AggregateFunction;
  readonly args: readonly Expr[];
  readonly types: Aggregate['types'];
  readonly spread: boolean;
}

function resolveAggregate(level: Level, node: FuncCall, parts: readonly string[]): AggregateParts {
  if (node.agg_star !== true && (node.args ?? []).length === 0 && node.agg_within_group !== true) {
    const name = parts.at(-1) ?? '';
    if (name === 'count') {
      throw planError(`${parts.join('.')}(*) must be used to call a parameterless aggregate function`);
    }
  }
  const { args, names } = bindArguments(level, node);
  const ordered = node.agg_within_group === true ? withinGroup(level, node) : [];
  const sorted = ordered.map((key) => key.expr);
  const all = isHypothetical(level, parts) ? hypothetical(level, args, sorted, parts) : [...args, ...sorted];
  const call = resolveCall(
    level,
    parts,
    all,
    [...names, ...ordered.map(() => null)],
    node.func_variadic === true,
    (fn) => fn.kind === 'aggregate',
  );
  return { ...call, fn: call.fn as AggregateFunction };
}

/** rank(), dense_rank(), percent_rank(), cume_dist() of values put among the rows: their signature is VARIADIC "any". */
function isHypothetical(level: Level, parts: readonly string[]): boolean {
  return overloadsOf(level, parts).some(
    (fn) => fn.kind === 'aggregate' && fn.directArgs !== undefined && fn.variadic === ANY,
  );
}

/** A value for each sorted column, and the columns, each two of the type that both take. */
function hypothetical(
  level: Level,
  args: readonly Expr[],
  sorted: readonly Expr[],
  parts: readonly string[],
): readonly Expr[] {
  const name = parts.join('.');
  if (args.length !== sorted.length) {
    const types = [...args, ...sorted].map((arg) => arg.type.displayName);
    throw planError(`function ${name}(${types.join(', ')}) does not exist`, {
      hint: `To use the hypothetical-set aggregate ${name}, the number of hypothetical direct arguments (here ${String(args.length)}) must match the number of ordering columns (here ${String(sorted.length)}).`,
    });
  }
  const pairs = args.map((arg, i) => unify(level.binding, [arg, sorted[i]!], 'WITHIN GROUP'));
  return [...pairs.map((pair) => pair[0]!), ...pairs.map((pair) => pair[1]!)];
}

function withinGroup(level: Level, node: FuncCall): readonly SortKey[] {
  return sortKeys(level, node.agg_order ?? []);
}

function sortKeys(level: Level, nodes: readonly Node[]): readonly SortKey[] {
  return nodes.flatMap((item) =>
    'SortBy' in item ? [bindSortKey(level, item.SortBy, (expr) => bindExpr(level, expr))] : [],
  );
}

function bindParts(level: Level, node: FuncCall, parts: readonly string[]): Aggregate {
  const { binding } = level;
  const call = resolveAggregate(level, node, parts);
  const { fn } = call;
  const isOrderedSet = fn.directArgs !== undefined;
  const name = parts.join('.');
  if (isOrderedSet && node.agg_within_group !== true) {
    throw planError(`WITHIN GROUP is required for ordered-set aggregate ${name}`);
  }
  if (!isOrderedSet && node.agg_within_group === true) {
    throw planError(`${name} is not an ordered-set aggregate, so it cannot have WITHIN GROUP`);
  }
  const order = isOrderedSet ? orderedSetKeys(level, node, call) : sortKeys(level, node.agg_order ?? []);
  const filter =
    node.agg_filter === undefined
      ? null
      : coerceToBoolean(binding, bindExpr(level, node.agg_filter), 'FILTER clause');
  const distinct = node.agg_distinct === true;
  if (distinct) checkDistinct(call.args, order);
  const { args, spread } = call;
  const types = isOrderedSet ? { ...call.types, order } : call.types;
  return {
    kind: 'aggregate',
    fn,
    args,
    types,
    distinct,
    order,
    filter,
    spread,
    type: types.result,
    typmod: -1,
  };
}

/** The sorted arguments have been coerced with the call; directions come from the clause. */
function orderedSetKeys(level: Level, node: FuncCall, call: AggregateParts): readonly SortKey[] {
  const keys = withinGroup(level, node);
  const first = call.args.length - keys.length;
  return keys.map((key, i) => ({ ...key, expr: call.args[first + i]! }));
}

function checkDistinct(args: readonly Expr[], order: readonly SortKey[]): void {
  if (args.length === 0) throw planError('DISTINCT specified, but the aggregate has no arguments');
  for (const arg of args) requireEquality(arg.type);
  if (order.every((key) => args.some((arg) => sameExpr(arg, key.expr)))) return;
  throw planError('in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list');
}

/**
 * Puts the aggregate where it belongs: the nearest level whose columns it reads. One that reads only columns of a level
 * around is computed there and comes in as an argument (PostgreSQL's check_agg_arguments).
 */
function place(level: Level, call: Aggregate, marks: readonly number[]): Expr {
  const readsHere = some(call, (part) => part.kind === 'var' || part.kind === 'wholeRow');
  const readsOutside = some(call, (part) => part.kind === 'outer');
  const { parent } = level.args;
  if (readsHere || !readsOutside || parent === null) {
    if (!level.clause.aggregates) {
      throw planError(
        `aggregate functions are not allowed in ${level.clause.name} (function ${functionText(call.fn)})`,
      );
    }
    level.hasAggregates = true;
    return call;
  }
  const outward = transform(call, (part) => (part.kind === 'outer' ? level.args.exprs[part.index]! : part));
  // What only the aggregate read is no argument any more.
  level.args.exprs.length = marks[0] ?? 0;
  return level.args.add(place(parent, outward as Aggregate, marks.slice(1)));
}
