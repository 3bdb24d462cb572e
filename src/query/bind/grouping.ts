/** GROUP BY, grouping sets, HAVING, and the check that what is left reads only groups. */
import type { GroupingSet, Node, SelectStmt } from '@pgsql/types';
import { planError, unsupported } from '../../errors.ts';
import type { Aggregate, Expr, Grouping, SetCall } from '../expr.ts';
import { replace, sameExpr, some, visit } from '../expr-walk.ts';
import { aggregateSpec, type FrameNode } from '../plan/nodes.ts';
import { variable } from './build.ts';
import { settleUnknown } from './coerce.ts';
import { bindExpr } from './expressions.ts';
import { clause, type Level } from './level.ts';
import { bareName, ordinal, outputName } from './order.ts';
import type { Target } from './select-list.ts';
import { requireEquality } from './sort-keys.ts';

export interface GroupBy {
  readonly keys: readonly Expr[];
  /** Positions of keys in each grouping set; null: one set of all keys. */
  readonly sets: readonly (readonly number[])[] | null;
  readonly present: boolean;
  /** Keys can be NULL because some set leaves them out. */
  readonly nullable: boolean;
}

/** Most grouping sets of one query (PostgreSQL's limit). */
const MAX_SETS = 4096;

export function bindGroupBy(level: Level, stmt: SelectStmt, targets: Target[], width: number): GroupBy {
  const nodes = stmt.groupClause ?? [];
  const keys: Expr[] = [];
  const keyOf = (node: Node): number => {
    const expr = groupExpr(level, node, targets, width);
    requireEquality(expr.type);
    const known = keys.findIndex((key) => sameExpr(key, expr));
    return known >= 0 ? known : keys.push(expr) - 1;
  };
  if (!nodes.some((node) => 'GroupingSet' in node)) {
    for (const node of nodes) for (const item of keyNodes(node)) keyOf(item);
    return { keys, sets: null, present: nodes.length > 0, nullable: false };
  }
  let sets: (readonly number[])[] = [[]];
  for (const node of nodes) {
    const choices = setsOf(node, keyOf);
    if (sets.length * choices.length > MAX_SETS) {
      throw planError(`too many grouping sets present (maximum ${MAX_SETS})`);
    }
    sets = sets.flatMap((set) => choices.map((choice) => [...new Set([...set, ...choice])]));
  }
  if (stmt.groupDistinct === true) sets = withoutDuplicates(sets);
  return { keys, sets, present: true, nullable: true };
}

function withoutDuplicates(sets: readonly (readonly number[])[]): (readonly number[])[] {
  const seen = new Set<string>();
  return sets.filter((set) => {
    const key = [...set].sort((a, b) => a - b).join();
    return !seen.has(key) && seen.add(key);
  });
}

/** `(a, b)` groups by both. */
function keyNodes(node: Node): readonly Node[] {
  const isTuple = 'RowExpr' in node && node.RowExpr.row_format === 'COERCE_IMPLICIT_CAST';
  return isTuple ? (node.RowExpr.args ?? []) : [node];
}

/** The grouping sets that an item stands for. */
function setsOf(node: Node, keyOf: (node: Node) => number): readonly (readonly number[])[] {
  if (!('GroupingSet' in node)) return [keyNodes(node).map(keyOf)];
  const set: GroupingSet = node.GroupingSet;
  const content = set.content ?? [];
  switch (set.kind) {
    case 'GROUPING_SET_EMPTY':
      return [[]];
    case 'GROUPING_SET_ROLLUP': {
      const parts = content.map((item) => keyNodes(item).map(keyOf));
      return Array.from({ length: parts.length + 1 }, (_, i) => parts.slice(0, parts.length - i).flat());
    }
    case 'GROUPING_SET_CUBE':
      return cube(content.map((item) => keyNodes(item).map(keyOf)));
    case 'GROUPING_SET_SETS':
      return content.flatMap((item) => setsOf(item, keyOf));
    default:
      return [content.flatMap((item) => keyNodes(item).map(keyOf))];
  }
}

function cube(parts: readonly (readonly number[])[]): readonly (readonly number[])[] {
  if (parts.length > 12) throw planError('CUBE is limited to 12 elements');
  const sets: number[][] = [];
  for (let mask = (1 << parts.length) - 1; mask >= 0; mask--) {
    sets.push(parts.flatMap((part, i) => (((mask >> (parts.length - 1 - i)) & 1) === 1 ? [...part] : [])));
  }
  return sets;
}

/** A grouping expression: a column of FROM, else an output column's name or position, else an expression. */
function groupExpr(level: Level, node: Node, targets: Target[], width: number): Expr {
  const name = bareName(node);
  const bind = (): Expr =>
    level.within(clause('GROUP BY clause', { sets: true }), () => bindExpr(level, node));
  const isColumn =
    name !== null &&
    level.items.some((item) => item.columnsVisible && item.columns.some((column) => column.name === name));
  const target = isColumn
    ? undefined
    : (outputName(node, targets, width, 'GROUP BY') ?? ordinal(node, width, 'GROUP BY'));
  if (target === undefined) return settleUnknown(level.binding, bind());
  const expr = settleUnknown(level.binding, targets[target]!.expr);
  targets[target] = { ...targets[target]!, expr };
  refuseAggregates(expr);
  return expr;
}

function refuseAggregates(expr: Expr): void {
  replace(expr, (part) => {
    if (part.kind === 'aggregate' || part.kind === 'window') {
      const what = part.kind === 'aggregate' ? 'aggregate' : 'window';
      throw planError(
        `${what} functions are not allowed in GROUP BY clause (function ${part.fn.schema}.${part.fn.name})`,
      );
    }
    return undefined;
  });
}

/**
 * Set-returning calls among the keys run before the grouping, side by side for each row of FROM; their values take the
 * place of the calls wherever these stand.
 */
function expandKeys(
  level: Level,
  input: FrameNode,
  group: GroupBy,
): { readonly node: FrameNode; readonly replaced: (expr: Expr) => Expr } {
  const calls: SetCall[] = [];
  for (const key of group.keys) {
    visit(key, (part) => {
      if (part.kind !== 'set') return true;
      if (part.args.some((arg) => some(arg, (inner) => inner.kind === 'set')) || part.width > 1) {
        throw unsupported('nested set-returning functions or functions of several columns in GROUP BY');
      }
      if (!calls.some((call) => sameExpr(call, part))) calls.push(part);
      return false;
    });
  }
  if (calls.length === 0) return { node: input, replaced: (expr) => expr };
  const slot = level.newSlot();
  const scan: FrameNode = {
    kind: 'function',
    slot,
    calls: calls.map(({ fn, args, types }) => ({ fn, scalar: null, args, types, width: 1, unpack: false })),
    ordinality: false,
    filter: null,
    alias: calls[0]!.fn.name,
  };
  const node: FrameNode = {
    kind: 'join',
    type: 'inner',
    left: input,
    right: null,
    dependent: scan,
    hash: null,
    on: null,
    dependentOn: null,
    leftSlots: Array.from({ length: slot }, (_, i) => i),
    rightSlots: [slot],
  };
  const replaced = (expr: Expr): Expr =>
    replace(expr, (part) => {
      const at = part.kind === 'set' ? calls.findIndex((call) => sameExpr(call, part)) : -1;
      return at < 0 ? undefined : variable(slot, at, part.type, part.typmod, calls[at]!.fn.name);
    });
  return { node, replaced };
}

/** Puts the aggregation between FROM and the select list, where the query has one. */
export function finishGrouping(
  level: Level,
  input: FrameNode,
  targets: readonly Target[],
  group: GroupBy,
  having: Expr | null,
): { readonly node: FrameNode; readonly targets: readonly Target[] } {
  if (!group.present && having === null && !level.hasAggregates) return { node: input, targets };
  const { node, replaced } = expandKeys(level, input, group);
  return aggregated(
    level,
    node,
    targets.map((target) => ({ ...target, expr: replaced(target.expr) })),
    { ...group, keys: group.keys.map(replaced) },
    having === null ? null : replaced(having),
  );
}

function aggregated(
  level: Level,
  input: FrameNode,
  targets: readonly Target[],
  group: GroupBy,
  having: Expr | null,
): { readonly node: FrameNode; readonly targets: readonly Target[] } {
  const slot = level.newSlot();
  const aggregates: Aggregate[] = [];
  const groupings: (readonly number[])[] = [];
  const rewrite = (expr: Expr): Expr =>
    replace(expr, (part) => {
      const key = group.keys.findIndex((known) => sameExpr(known, part));
      if (key >= 0) return variable(slot, key, part.type, part.typmod, part.kind === 'var' ? part.name : '');
      switch (part.kind) {
        case 'aggregate':
          return aggregateColumn(part);
        case 'grouping': {
          const index = groupings.push(groupingKeys(part, group)) - 1;
          return variable(slot, -1 - index, part.type, -1, 'grouping');
        }
        case 'var':
          throw notGrouped(part.name);
        case 'wholeRow':
          throw notGrouped(rowName(level, part.slot));
        default:
          return undefined;
      }
    });
  const aggregateColumn = (part: Aggregate): Expr => {
    let index = aggregates.findIndex((known) => sameExpr(known, part));
    if (index < 0) index = aggregates.push(part) - 1;
    return variable(slot, group.keys.length + index, part.type, part.typmod, part.fn.name);
  };
  const rewritten = targets.map((target) => ({ ...target, expr: rewrite(target.expr) }));
  const condition = having === null ? null : rewrite(having);
  // GROUPING values follow the aggregates, whose number is known only now.
  const first = group.keys.length + aggregates.length;
  const settle = (expr: Expr): Expr =>
    groupings.length === 0
      ? expr
      : replace(expr, (part) =>
          part.kind === 'var' && part.slot === slot && part.col < 0
            ? { ...part, col: first - 1 - part.col }
            : undefined,
        );
  let node: FrameNode = {
    kind: 'aggregate',
    input,
    slot,
    keys: group.keys,
    sets: group.sets,
    aggregates: aggregates.map(aggregateSpec),
    groupings,
  };
  if (condition !== null) node = { kind: 'filter', input: node, condition: settle(condition) };
  return { node, targets: rewritten.map((target) => ({ ...target, expr: settle(target.expr) })) };
}

function groupingKeys(call: Grouping, group: GroupBy): readonly number[] {
  return call.args.map((arg) => {
    const key = group.keys.findIndex((known) => sameExpr(known, arg));
    if (key < 0) {
      throw planError('arguments to GROUPING must be grouping expressions of the associated query level');
    }
    return key;
  });
}

function rowName(level: Level, slot: number): string {
  const item = level.items.find((scope) => {
    const [first] = scope.columns;
    return first?.expr.kind === 'var' && first.expr.slot === slot;
  });
  return `${item?.name ?? '?'}.*`;
}

function notGrouped(name: string): Error {
  return planError(`column "${name}" must appear in the GROUP BY clause or be used in an aggregate function`);
}
