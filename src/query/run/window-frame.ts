/** Which rows of a partition a row's window frame takes in: ROWS, RANGE and GROUPS, with exclusions. */
import { SqlError } from '../../errors.ts';
import type { Datum } from '../../types/datum.ts';
import type { FrameBound, WindowSpec } from '../expr.ts';
import { attempt, compileExpr, type Eval } from './compile.ts';
import { SUSPEND, YIELD, type Frame, type Level } from './context.ts';
import { valueOrder } from './order.ts';
import type { Partition } from './window.ts';

/** Rows `start` up to `end` (exclusive), but for those that `skip` leaves out. */
export interface Bounds {
  readonly start: number;
  readonly end: number;
  readonly skip: ((row: number) => boolean) | null;
}

export type ComputeBounds = (
  partition: Partition,
  level: Level,
) => Generator<typeof YIELD, readonly Bounds[], void>;

/** Where a bound lies for a row: `isEnd` asks for one past the last row. */
type Locate = (partition: Partition, row: number, offset: Datum, level: Level, isEnd: boolean) => number;

const clamp = (value: number, partition: Partition): number =>
  Math.max(0, Math.min(partition.rows.length, value));

/** Frame bounds of every row of a partition. `sortColumn`: where the first sort value is among a row's values. */
export function compileFrameBounds(window: WindowSpec, sortColumn: number): ComputeBounds {
  const { frame } = window;
  const offset = (bound: FrameBound): Eval | null => ('offset' in bound ? compileExpr(bound.offset) : null);
  const startOffset = offset(frame.start);
  const endOffset = offset(frame.end);
  const locate = locator(window, sortColumn);
  const startAt = bound(frame.start, frame.mode, locate);
  const endAt = bound(frame.end, frame.mode, locate);
  return function* (partition, level) {
    const base: Frame = partition.rows[0]?.frame ?? [];
    const from = yield* offsetValue(startOffset, base, level, 'starting', frame.mode);
    const to = yield* offsetValue(endOffset, base, level, 'ending', frame.mode);
    const bounds: Bounds[] = [];
    for (let i = 0; i < partition.rows.length; i++) {
      if (level.run.tick()) yield YIELD;
      const start = clamp(startAt(partition, i, from, level, false), partition);
      const end = clamp(endAt(partition, i, to, level, true), partition);
      bounds.push({ start, end: Math.max(start, end), skip: exclusion(frame.exclude, partition, i) });
    }
    return bounds;
  };
}

function* offsetValue(
  evaluate: Eval | null,
  base: Frame,
  level: Level,
  which: string,
  mode: string,
): Generator<typeof YIELD, Datum, void> {
  if (evaluate === null) return null;
  let value: Datum | typeof SUSPEND;
  while ((value = attempt(evaluate, base, level)) === SUSPEND) yield YIELD;
  if (value === null) throw new SqlError('22004', `frame ${which} offset must not be null`);
  const isNegative = (typeof value === 'bigint' || typeof value === 'number') && value < 0;
  if (isNegative && mode !== 'range') {
    throw new SqlError('22013', `frame ${which} offset must not be negative`);
  }
  return value;
}

function bound(at: FrameBound, mode: WindowSpec['frame']['mode'], range: Locate): Locate {
  switch (at.kind) {
    case 'unboundedPreceding':
      return () => 0;
    case 'unboundedFollowing':
      return (partition) => partition.rows.length;
    case 'currentRow':
      if (mode === 'rows') return (_, row, __, ___, isEnd) => (isEnd ? row + 1 : row);
      return (partition, row, _, __, isEnd) =>
        partition.groupStarts[partition.groupOf[row]! + (isEnd ? 1 : 0)]!;
    case 'preceding':
    case 'following': {
      const sign = at.kind === 'preceding' ? -1 : 1;
      if (mode === 'rows') {
        return (_, row, offset, __, isEnd) => row + sign * Number(offset) + (isEnd ? 1 : 0);
      }
      if (mode === 'groups')
        return (partition, row, offset, _, isEnd) => groupBound(partition, row, sign * Number(offset), isEnd);
      return range;
    }
  }
}

function groupBound(partition: Partition, row: number, distance: number, isEnd: boolean): number {
  const group = partition.groupOf[row]! + distance + (isEnd ? 1 : 0);
  if (group < 0) return 0;
  return partition.groupStarts[Math.min(group, partition.groupStarts.length - 1)]!;
}

/** RANGE with an offset: the first row whose sort value is not before the bound, or the first one past it. */
function locator(window: WindowSpec, sortColumn: number): Locate {
  const { frame, order } = window;
  const [key] = order;
  const minus = frame.minus === null ? null : compileExpr(frame.minus);
  const plus = frame.plus === null ? null : compileExpr(frame.plus);
  if (key === undefined || minus === null || plus === null) {
    return () => {
      throw new Error('RANGE with an offset has one sort key');
    };
  }
  const compare = valueOrder(key.expr.type, key.descending, key.nullsFirst);
  const kinds = { start: frame.start.kind, end: frame.end.kind };
  return (partition, row, offset, level, isEnd) => {
    const value = partition.rows[row]!.values[sortColumn]!;
    if (value === null) return partition.groupStarts[partition.groupOf[row]! + (isEnd ? 1 : 0)]!;
    const goesBack = (isEnd ? kinds.end : kinds.start) === 'preceding';
    const shift = goesBack !== key.descending ? minus : plus;
    const limit = shift([[value], [offset]], level);
    return search(partition, sortColumn, (other) => {
      const order = compare(other, limit);
      return isEnd ? order > 0 : order >= 0;
    });
  };
}

/** First row whose sort value satisfies a condition that, once true, stays true. */
function search(partition: Partition, column: number, holds: (value: Datum) => boolean): number {
  let low = 0;
  let high = partition.rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(partition.rows[middle]!.values[column]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function exclusion(
  exclude: WindowSpec['frame']['exclude'],
  partition: Partition,
  row: number,
): ((row: number) => boolean) | null {
  const group = partition.groupOf[row];
  switch (exclude) {
    case 'none':
      return null;
    case 'current':
      return (other) => other === row;
    case 'group':
      return (other) => partition.groupOf[other] === group;
    case 'ties':
      return (other) => other !== row && partition.groupOf[other] === group;
  }
}
