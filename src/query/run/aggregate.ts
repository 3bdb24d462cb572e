/** Grouping by hash; several grouping sets are worked on side by side. */
import type { Accumulator } from '../../functions/function.ts';
import { hashKey, type HashKey } from '../../types/compare.ts';
import type { Datum, Row } from '../../types/datum.ts';
import type { SqlArray } from '../../types/datum.ts';
import type { AggregateNode, AggregateSpec } from '../plan/nodes.ts';
import { attemptAll, compileExpr, type Eval } from './compile.ts';
import { DONE, rowBytes, SUSPEND, YIELD, type Frame, type Level, type Operator } from './context.ts';
import { compileFrames, type OpenFrames } from './frames.ts';
import { generated, sorted, withSlot } from './operators.ts';
import { rowOrder } from './order.ts';
import { compositeKey } from './sublink.ts';

/** An aggregate made ready: which values a row brings, and how they gather. */
interface Aggregator {
  /** Filter (if any), arguments, sort keys. */
  readonly inputs: readonly Eval[];
  start(): Gather;
}

/** The running state of one aggregate in one group. */
interface Gather {
  add(inputs: readonly Datum[]): void;
  finish(level: Level): Generator<typeof YIELD, Datum, void>;
  readonly bytes: number;
}

/** Makes an aggregate ready. */
export function compileAggregator(spec: AggregateSpec): Aggregator {
  const filter = spec.filter === null ? [] : [compileExpr(spec.filter)];
  const args = spec.args.map(compileExpr);
  const keys = spec.order.map(({ expr }) => compileExpr(expr));
  const inputs = [...filter, ...args, ...keys];
  const hasFilter = filter.length > 0;
  const make = spec.spread ? spreadMaker(spec) : spec.fn.make(spec.types);
  const { strict } = spec.fn;
  const from = hasFilter ? 1 : 0;
  const wants = (values: readonly Datum[], row: readonly Datum[]): boolean =>
    (!hasFilter || values[0] === true) && !(strict && row.includes(null));
  if (!spec.distinct && spec.order.length === 0) {
    const isWhole = !hasFilter && keys.length === 0;
    return {
      inputs,
      start() {
        const accumulator = make();
        return {
          add(values) {
            const row = isWhole ? values : values.slice(from, from + args.length);
            if (wants(values, row)) accumulator.add(row);
          },

          *finish() {
            return accumulator.result();
          },
          get bytes() {
            return accumulator.bytes;
          },
        };
      },
    };
  }
  return { inputs, start: () => sortedGather(spec, make, from, args.length, wants) };
}

/** `agg(VARIADIC array)`: the elements are the arguments. */
function spreadMaker(spec: AggregateSpec): () => Accumulator {
  const make = spec.fn.make(spec.types);
  return () => {
    const inner = make();
    return {
      add(args) {
        const tail = args.at(-1) as SqlArray | null;
        inner.add(tail === null ? args : [...args.slice(0, -1), ...tail.elements]);
      },
      result: () => inner.result(),
      get bytes() {
        return inner.bytes;
      },
    };
  };
}

/** DISTINCT and ORDER BY inside an aggregate: rows are kept, sorted, and given to the aggregate at the end. */
function sortedGather(
  spec: AggregateSpec,
  make: () => Accumulator,
  from: number,
  width: number,
  wants: (values: readonly Datum[], row: readonly Datum[]) => boolean,
): Gather {
  const rows: Row[] = [];
  let bytes = 64;
  return {
    add(values) {
      const row = values.slice(from);
      if (!wants(values, row.slice(0, width))) return;
      rows.push(row);
      bytes += rowBytes(row);
    },
    *finish(level) {
      const order = spec.order.map((key, i) => ({
        column: width + i,
        type: key.expr.type,
        descending: key.descending,
        nullsFirst: key.nullsFirst,
      }));
      const byArgs = spec.args.map((arg, column) => ({
        column,
        type: arg.type,
        descending: false,
        nullsFirst: false,
      }));
      const inOrder = yield* sorted(rows, rowOrder(spec.distinct ? [...order, ...byArgs] : order), level.run);
      const same = rowOrder(byArgs);
      const accumulator = make();
      let last: Row | undefined;
      for (const row of inOrder) {
        if (level.run.tick()) yield YIELD;
        const isRepeat = spec.distinct && last !== undefined && same(last, row) === 0;
        last = row;
        if (!isRepeat) accumulator.add(row.slice(0, width));
      }
      return accumulator.result();
    },
    get bytes() {
      return bytes;
    },
  };
}

interface Group {
  readonly keys: Row;
  readonly gathers: readonly Gather[];
  bytes: number;
}

/** One grouping set: which keys it has, and its groups. */
interface GroupingSet {
  readonly members: readonly number[];
  readonly keyOf: (values: readonly Datum[]) => HashKey | null;
  readonly groups: Map<HashKey | null, Group>;
}

/** The operator of an aggregation. */
export function compileAggregate(node: AggregateNode): OpenFrames {
  const open = compileFrames(node.input);
  const keys = node.keys.map(compileExpr);
  const aggregators = node.aggregates.map(compileAggregator);
  const sets = node.sets ?? [node.keys.map((_, i) => i)];
  const hashers = node.keys.map((key) => hashKey(key.type));
  const inputs = [...keys, ...aggregators.flatMap((aggregator) => aggregator.inputs)];
  return (level, base) => {
    const live = sets.map((members): GroupingSet => ({
      members,
      keyOf: compositeKey(members.map((i) => hashers[i]!)),
      groups: new Map(),
    }));
    return generated(aggregate(node, open(level, base), inputs, aggregators, live, level, base));
  };
}

function newGroup(
  set: GroupingSet,
  keyCount: number,
  values: readonly Datum[],
  aggregators: readonly Aggregator[],
): Group {
  const keys = new Array<Datum>(keyCount).fill(null);
  for (const i of set.members) keys[i] = values[i]!;
  return { keys, gathers: aggregators.map((aggregator) => aggregator.start()), bytes: 0 };
}

function* aggregate(
  node: AggregateNode,
  input: Operator<Frame>,
  inputs: readonly Eval[],
  aggregators: readonly Aggregator[],
  sets: readonly GroupingSet[],
  level: Level,
  base: Frame,
): Generator<Frame | typeof YIELD, void, void> {
  const keyCount = node.keys.length;
  for (let frame = input.next(); frame !== DONE; frame = input.next()) {
    if (frame === YIELD) {
      yield YIELD;
      continue;
    }
    if (level.run.tick()) yield YIELD;
    let values;
    while ((values = attemptAll(inputs, frame, level)) === SUSPEND) yield YIELD;
    for (const set of sets) addTo(set, values, keyCount, aggregators, level);
  }
  for (const set of sets) {
    if (set.members.length === 0 && set.groups.size === 0) {
      set.groups.set('', newGroup(set, keyCount, [], aggregators));
    }
    const groupings = node.groupings.map((keys) => groupingMask(keys, set.members));
    for (const group of set.groups.values()) {
      const row = [...group.keys];
      for (const gather of group.gathers) row.push(yield* gather.finish(level));
      row.push(...groupings);
      if (level.run.tick()) yield YIELD;
      yield withSlot(base, node.slot, row);
    }
  }
}

function addTo(
  set: GroupingSet,
  values: readonly Datum[],
  keyCount: number,
  aggregators: readonly Aggregator[],
  level: Level,
): void {
  const key = set.members.length === 0 ? '' : set.keyOf(set.members.map((i) => values[i]!));
  let group = set.groups.get(key);
  if (group === undefined) {
    group = newGroup(set, keyCount, values, aggregators);
    set.groups.set(key, group);
    level.run.hold(rowBytes(group.keys) + 64);
  }
  let at = keyCount;
  let bytes = 0;
  for (let i = 0; i < aggregators.length; i++) {
    const { length } = aggregators[i]!.inputs;
    const gather = group.gathers[i]!;
    gather.add(values.slice(at, at + length));
    bytes += gather.bytes;
    at += length;
  }
  if (bytes > group.bytes) {
    level.run.hold(bytes - group.bytes);
    group.bytes = bytes;
  }
}

/** GROUPING(a, b): a bit for each argument, the last one lowest, set when the set leaves it out. */
function groupingMask(keys: readonly number[], members: readonly number[]): number {
  return keys.reduce((mask, key) => mask * 2 + (members.includes(key) ? 0 : 1), 0);
}
