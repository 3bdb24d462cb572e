/** Window function calls, OVER clauses and named windows. */
import type { FuncCall, Node, WindowDef } from '@pgsql/types';
import { planError, unsupported } from '../../errors.ts';
import type { AggregateFunction, WindowFunction } from '../../functions/function.ts';
import { INT8, INTERVAL } from '../../types/registry.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { Expr, FrameBound, SortKey, WindowCall, WindowFrame, WindowSpec } from '../expr.ts';
import { some } from '../expr-walk.ts';
import { variable } from './build.ts';
import { coerce, coerceToBoolean, settleUnknown } from './coerce.ts';
import { bindExpr } from './expressions.ts';
import { bindArguments, functionText, overloadsOf, resolveCall, unknownFunction } from './functions.ts';
import { clause, type Level } from './level.ts';
import { operatorCall } from './operators.ts';
import { bindSortKey } from './sort-keys.ts';

/** A window of the WINDOW clause; bound when it is first used. */
export interface NamedWindow {
  readonly definition: WindowDef;
  bound?: WindowSpec;
}

/** Bits of FRAMEOPTION_* in PostgreSQL's tree. */
const FRAME = {
  nonDefault: 0x1,
  range: 0x2,
  rows: 0x4,
  groups: 0x8,
  startUnboundedPreceding: 0x20,
  endUnboundedPreceding: 0x40,
  startUnboundedFollowing: 0x80,
  endUnboundedFollowing: 0x100,
  startCurrentRow: 0x200,
  endCurrentRow: 0x400,
  startOffsetPreceding: 0x800,
  endOffsetPreceding: 0x1000,
  startOffsetFollowing: 0x2000,
  endOffsetFollowing: 0x4000,
  excludeCurrentRow: 0x8000,
  excludeGroup: 0x10000,
  excludeTies: 0x20000,
} as const;

/** A call with OVER of a function that is no aggregate. */
export function bindWindowCall(level: Level, node: FuncCall, parts: readonly string[]): Expr {
  const overloads = overloadsOf(level, parts);
  const [first] = overloads;
  if (first === undefined) throw unknownFunction(parts);
  if (!overloads.some((fn) => fn.kind === 'window')) {
    throw planError(
      `OVER specified, but ${parts.join('.')} is not a window function nor an aggregate function`,
    );
  }
  requireWindows(level, functionText(first));
  if (node.agg_distinct === true) throw unsupported('DISTINCT in window functions');
  if (node.agg_order !== undefined) throw unsupported('ORDER BY in the arguments of window functions');
  if (node.agg_filter !== undefined) {
    throw planError('FILTER is not implemented for non-aggregate window functions');
  }
  const { args, names } = level.within(insideWindow(level), () => bindArguments(level, node));
  const call = resolveCall(
    level,
    parts,
    args,
    names,
    node.func_variadic === true,
    (fn) => fn.kind === 'window',
  );
  return windowExpr(level, call.fn as WindowFunction, call.args, call.types, null, node.over!);
}

export function requireWindows(level: Level, name: string): void {
  if (!level.clause.windows) {
    throw planError(`window functions are not allowed in ${level.clause.name} (function ${name})`);
  }
}

/** Arguments, partitions and orders of windows may hold aggregates, but no windows. */
export function insideWindow(level: Level): ReturnType<typeof clause> {
  return clause('window function', { aggregates: level.clause.aggregates });
}

export function windowExpr(
  level: Level,
  fn: WindowFunction | AggregateFunction,
  args: readonly Expr[],
  types: WindowCall['types'],
  filter: Node | null,
  over: WindowDef,
): Expr {
  const inside = insideWindow(level);
  const window = level.within(inside, () => windowOf(level, over));
  const condition =
    filter === null
      ? null
      : level.within({ ...inside, name: 'FILTER' }, () =>
          coerceToBoolean(level.binding, bindExpr(level, filter), 'FILTER clause'),
        );
  return { kind: 'window', fn, args, types, filter: condition, window, type: types.result, typmod: -1 };
}

function windowOf(level: Level, over: WindowDef): WindowSpec {
  if (over.name !== undefined && over.name !== '') return namedWindow(level, over.name);
  const base = over.refname === undefined || over.refname === '' ? null : namedWindow(level, over.refname);
  return bindWindow(level, over, base);
}

function namedWindow(level: Level, name: string): WindowSpec {
  const named = level.windows.get(name);
  if (named === undefined) throw planError(`window "${name}" does not exist`);
  if (named.bound === undefined) {
    const { definition } = named;
    // A window refers to those before it only, so taking it out while it is bound ends every circle.
    level.windows.delete(name);
    try {
      const refname = definition.refname ?? '';
      named.bound = bindWindow(level, definition, refname === '' ? null : namedWindow(level, refname));
    } finally {
      level.windows.set(name, named);
    }
  }
  return named.bound;
}

/** Registers the WINDOW clause. */
export function declareWindows(level: Level, nodes: readonly Node[]): void {
  for (const node of nodes) {
    if (!('WindowDef' in node)) continue;
    const name = node.WindowDef.name ?? '';
    if (level.windows.has(name)) throw planError(`window "${name}" is already defined`);
    level.windows.set(name, { definition: node.WindowDef });
  }
}

/** Binds windows that nothing used, so that their errors are told. */
export function checkWindows(level: Level): void {
  level.within(clause('window definition', { aggregates: true }), () => {
    for (const name of [...level.windows.keys()]) namedWindow(level, name);
  });
}

function bindWindow(level: Level, node: WindowDef, base: WindowSpec | null): WindowSpec {
  const partition = (node.partitionClause ?? []).map((expr) =>
    settleUnknown(level.binding, bindExpr(level, expr)),
  );
  const order = (node.orderClause ?? []).flatMap((item) =>
    'SortBy' in item ? [bindSortKey(level, item.SortBy, (expr) => bindExpr(level, expr))] : [],
  );
  if (base !== null) {
    if (partition.length > 0) throw planError('cannot override PARTITION BY clause of window');
    if (order.length > 0 && base.order.length > 0)
      throw planError('cannot override ORDER BY clause of window');
    if (!isDefaultFrame(base.frame)) {
      throw planError('cannot copy window because it has a frame clause');
    }
  }
  const keys = base !== null && order.length === 0 ? base.order : order;
  return {
    partition: base === null ? partition : base.partition,
    order: keys,
    frame: bindFrame(level, node, keys),
  };
}

function isDefaultFrame(frame: WindowFrame): boolean {
  return (
    frame.mode === 'range' &&
    frame.start.kind === 'unboundedPreceding' &&
    frame.end.kind === 'currentRow' &&
    frame.exclude === 'none'
  );
}

function bindFrame(level: Level, node: WindowDef, order: readonly SortKey[]): WindowFrame {
  const options = node.frameOptions ?? 0;
  const has = (bit: number): boolean => (options & bit) !== 0;
  const mode = has(FRAME.rows) ? 'rows' : has(FRAME.groups) ? 'groups' : 'range';
  if (mode === 'groups' && order.length === 0) throw planError('GROUPS mode requires an ORDER BY clause');
  const exclude = has(FRAME.excludeCurrentRow)
    ? 'current'
    : has(FRAME.excludeGroup)
      ? 'group'
      : has(FRAME.excludeTies)
        ? 'ties'
        : 'none';
  const hasOffset = node.startOffset !== undefined || node.endOffset !== undefined;
  if (!hasOffset) {
    return {
      mode,
      start: plainBound(options, 'start'),
      end: plainBound(options, 'end'),
      exclude,
      minus: null,
      plus: null,
    };
  }
  if (mode !== 'range') {
    const offset = (expr: Node): Expr => frameOffset(level, expr, INT8, mode.toUpperCase());
    return {
      mode,
      start: bound(options, 'start', node.startOffset, offset),
      end: bound(options, 'end', node.endOffset, offset),
      exclude,
      minus: null,
      plus: null,
    };
  }
  return rangeFrame(level, node, order, exclude);
}

/** RANGE with an offset: the frame's edges are the sort value less and plus the offset. */
function rangeFrame(
  level: Level,
  node: WindowDef,
  order: readonly SortKey[],
  exclude: WindowFrame['exclude'],
): WindowFrame {
  const [key] = order;
  if (key === undefined || order.length !== 1) {
    throw planError('RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column');
  }
  const options = node.frameOptions ?? 0;
  const { type } = key.expr;
  const offsetType = rangeOffsetType(type);
  if (offsetType === undefined) {
    throw planError(
      `RANGE with offset PRECEDING/FOLLOWING is not supported for column type ${type.displayName}`,
    );
  }
  const offset = (expr: Node): Expr => frameOffset(level, expr, offsetType, 'RANGE');
  const value = variable(0, 0, type, -1, 'value');
  const distance = variable(1, 0, offsetType, -1, 'offset');
  const moved = (op: string): Expr => {
    const call = operatorCall(level.binding, op, value, distance);
    return coerce(level.binding, call, type, -1, 'explicit', 'RANGE');
  };
  return {
    mode: 'range',
    start: bound(options, 'start', node.startOffset, offset),
    end: bound(options, 'end', node.endOffset, offset),
    exclude,
    minus: moved('-'),
    plus: moved('+'),
  };
}

/** What is added to a sort value: a number to numbers, an interval to times (in_range support functions). */
function rangeOffsetType(type: SqlType): SqlType | undefined {
  if (['int2', 'int4', 'int8', 'float4', 'float8', 'numeric'].includes(type.name)) return type;
  if (['date', 'timestamp', 'timestamptz', 'time', 'timetz', 'interval'].includes(type.name)) return INTERVAL;
  return undefined;
}

function frameOffset(level: Level, node: Node, type: SqlType, mode: string): Expr {
  const expr = level.within(clause(`${mode} offset`), () => bindExpr(level, node));
  if (some(expr, (part) => part.kind === 'var' || part.kind === 'wholeRow')) {
    throw planError(`argument of ${mode} must not contain variables`);
  }
  return coerce(level.binding, expr, type, -1, 'implicit', mode);
}

type Side = 'start' | 'end';

function plainBound(options: number, side: Side): FrameBound {
  const has = (startBit: number, endBit: number): boolean =>
    (options & (side === 'start' ? startBit : endBit)) !== 0;
  if (has(FRAME.startUnboundedPreceding, FRAME.endUnboundedPreceding)) return { kind: 'unboundedPreceding' };
  if (has(FRAME.startUnboundedFollowing, FRAME.endUnboundedFollowing)) return { kind: 'unboundedFollowing' };
  return { kind: 'currentRow' };
}

function bound(
  options: number,
  side: Side,
  node: Node | undefined,
  offset: (node: Node) => Expr,
): FrameBound {
  const preceding = side === 'start' ? FRAME.startOffsetPreceding : FRAME.endOffsetPreceding;
  const following = side === 'start' ? FRAME.startOffsetFollowing : FRAME.endOffsetFollowing;
  if (node !== undefined && (options & preceding) !== 0) return { kind: 'preceding', offset: offset(node) };
  if (node !== undefined && (options & following) !== 0) return { kind: 'following', offset: offset(node) };
  return plainBound(options, side);
}
