/** Window functions: rows are gathered, sorted by partition and order, and each is given its results. */
import type { Accumulator, WindowPartition } from '../../functions/function.ts';
import type { Datum, Row } from '../../types/datum.ts';
import type { WindowCall } from '../expr.ts';
import type { WindowNode } from '../plan/nodes.ts';
import { attemptAll, compileExpr } from './compile.ts';
import { DONE, frameBytes, NULL_ROW, rowBytes, SUSPEND, YIELD, type Frame, type Level } from './context.ts';
import { compileFrames, type OpenFrames } from './frames.ts';
import { generated, sorted, withSlot } from './operators.ts';
import { rowOrder, type OrderSpec } from './order.ts';
import { compileFrameBounds, type Bounds } from './window-frame.ts';

/** A frame and what the window needs of it: partition keys, sort keys, then the inputs of each call. */
export interface WindowRow {
  readonly frame: Frame;
  readonly values: Row;
}

/** A partition, sorted, with the peers of each row. */
export interface Partition {
  readonly rows: readonly WindowRow[];
  /** First row of each peer group, then the number of rows. */
  readonly groupStarts: readonly number[];
  /** Peer group of each row. */
  readonly groupOf: readonly number[];
}

type Steps = Generator<Frame | typeof YIELD, void, void>;
type CallSteps = Generator<typeof YIELD, readonly Datum[], void>;

interface CompiledCall {
  readonly width: number;
  run(partition: Partition, at: number, level: Level): CallSteps;
}

/** The operator of one window. */
export function compileWindow(node: WindowNode): OpenFrames {
  const open = compileFrames(node.input);
  const [first] = node.calls;
  if (first === undefined) throw new Error('a window has calls');
  const { partition, order } = first.window;
  const keys = [...partition, ...order.map(({ expr }) => expr)];
  const inputs = [
    ...keys,
    ...node.calls.flatMap((call) => [...(call.filter === null ? [] : [call.filter]), ...call.args]),
  ].map(compileExpr);
  const partitionOrder = partition.map(({ type }, column): OrderSpec => ({
    column,
    type,
    descending: false,
    nullsFirst: false,
  }));
  const sortOrder = order.map((key, i): OrderSpec => ({
    column: partition.length + i,
    type: key.expr.type,
    descending: key.descending,
    nullsFirst: key.nullsFirst,
  }));
  const compare = rowOrder([...partitionOrder, ...sortOrder]);
  const samePartition = rowOrder(partitionOrder);
  const samePeers = rowOrder(sortOrder);
  const calls = node.calls.map((call) => compileCall(call, partition.length));

  function* run(level: Level, base: Frame): Steps {
    const input = open(level, base);
    let rows: WindowRow[] = [];
    for (let frame = input.next(); frame !== DONE; frame = input.next()) {
      if (frame === YIELD || level.run.tick()) yield YIELD;
      if (frame === YIELD) continue;
      let values;
      while ((values = attemptAll(inputs, frame, level)) === SUSPEND) yield YIELD;
      level.run.hold(frameBytes(frame) + rowBytes(values));
      rows.push({ frame, values });
    }
    rows = yield* sorted(rows, (a, b) => compare(a.values, b.values), level.run);
    let start = 0;
    while (start < rows.length) {
      let end = start + 1;
      while (end < rows.length && samePartition(rows[start]!.values, rows[end]!.values) === 0) {
        if (level.run.tick()) yield YIELD;
        end++;
      }
      yield* windowed(makePartition(rows.slice(start, end), samePeers), level);
      start = end;
    }
  }

  function* windowed(part: Partition, level: Level): Steps {
    const results: (readonly Datum[])[] = [];
    let at = keys.length;
    for (const call of calls) {
      results.push(yield* call.run(part, at, level));
      at += call.width;
    }
    for (let i = 0; i < part.rows.length; i++) {
      const { frame } = part.rows[i]!;
      const before = frame[node.slot]!;
      const row = [...(before === NULL_ROW ? [] : before), ...results.map((column) => column[i]!)];
      if (level.run.tick()) yield YIELD;
      yield withSlot(frame, node.slot, row);
    }
  }
  return (level, base) => generated(run(level, base));
}

function makePartition(rows: readonly WindowRow[], same: (a: Row, b: Row) => number): Partition {
  const groupStarts: number[] = [];
  const groupOf: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    if (i === 0 || same(rows[i - 1]!.values, rows[i]!.values) !== 0) groupStarts.push(i);
    groupOf.push(groupStarts.length - 1);
  }
  groupStarts.push(rows.length);
  return { rows, groupStarts, groupOf };
}

function compileCall(call: WindowCall, sortColumn: number): CompiledCall {
  const hasFilter = call.filter !== null;
  const width = call.args.length + (hasFilter ? 1 : 0);
  const bounds = compileFrameBounds(call.window, sortColumn);
  if (call.fn.kind === 'window') {
    const evaluate = call.fn.make(call.types);
    return {
      width,
      *run(partition, at, level) {
        const frames = yield* bounds(partition, level);
        const results: Datum[] = [];
        const view = new View(partition, at);
        for (let i = 0; i < partition.rows.length; i++) {
          if (level.run.tick()) yield YIELD;
          view.move(i, frames[i]!);
          results.push(evaluate(view));
        }
        return results;
      },
    };
  }
  const make = call.fn.make(call.types);
  const { strict } = call.fn;
  return {
    width,
    *run(partition, at, level) {
      const frames = yield* bounds(partition, level);
      const from = at + (hasFilter ? 1 : 0);
      const add = (accumulator: Accumulator, row: number): void => {
        const { values } = partition.rows[row]!;
        if (hasFilter && values[at] !== true) return;
        const args = values.slice(from, from + call.args.length);
        if (!(strict && args.includes(null))) accumulator.add(args);
      };
      return yield* aggregated(partition, frames, make, add, level);
    },
  };
}

/** Aggregates over frames; one that only grows goes on from the row before. */
function* aggregated(
  partition: Partition,
  frames: readonly Bounds[],
  make: () => Accumulator,
  add: (accumulator: Accumulator, row: number) => void,
  level: Level,
): CallSteps {
  const results: Datum[] = [];
  let accumulator = make();
  let start = 0;
  let end = 0;
  for (let i = 0; i < partition.rows.length; i++) {
    const frame = frames[i]!;
    const last = results.at(-1);
    if (frame.skip === null && last !== undefined && frame.start === start && frame.end === end) {
      results.push(last);
      continue;
    }
    if (frame.skip !== null || frame.start !== start || frame.end < end) {
      accumulator = make();
      start = frame.start;
      end = frame.start;
    }
    for (; end < frame.end; end++) {
      if (level.run.tick()) yield YIELD;
      if (frame.skip === null || !frame.skip(end)) add(accumulator, end);
    }
    results.push(accumulator.result());
    // A frame with holes is of no use to the next row.
    if (frame.skip !== null) start = -1;
  }
  return results;
}

/** What a window function sees. */
class View implements WindowPartition {
  readonly rowCount: number;
  index = 0;
  frameStart = 0;
  frameEnd = 0;
  readonly #partition: Partition;
  readonly #at: number;

  constructor(partition: Partition, at: number) {
    this.#partition = partition;
    this.#at = at;
    this.rowCount = partition.rows.length;
  }

  move(index: number, bounds: Bounds): void {
    this.index = index;
    this.frameStart = bounds.start;
    this.frameEnd = Math.max(bounds.start, bounds.end);
  }

  get peerGroup(): number {
    return this.#partition.groupOf[this.index]!;
  }
  get peerStart(): number {
    return this.#partition.groupStarts[this.peerGroup]!;
  }
  get peerEnd(): number {
    return this.#partition.groupStarts[this.peerGroup + 1]!;
  }
  argument(position: number, row: number): Datum {
    return this.#partition.rows[row]!.values[this.#at + position] ?? null;
  }
}
