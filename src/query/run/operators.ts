/** Small pieces that operators are made of. */
import type { Row } from '../../types/datum.ts';
import { DONE, NULL_ROW, YIELD, type Frame, type Operator, type QueryRun } from './context.ts';

/** An operator written as a generator that yields items, and YIELD when its slice is used up. */
export function generated<T>(steps: Generator<T | typeof YIELD, void, void>): Operator<T> {
  return {
    next() {
      const step = steps.next();
      return step.done === true ? DONE : step.value;
    },
  };
}

/** Rows that are there already. */
export function listed<T>(items: readonly T[]): Operator<T> {
  let i = 0;
  return { next: () => (i < items.length ? items[i++]! : DONE) };
}

/** The frame of a level before anything was read. */
export function emptyFrame(slots: number): Frame {
  return new Array<Row>(slots).fill(NULL_ROW);
}

/** A frame with one slot set. */
export function withSlot(frame: Frame, slot: number, row: Row): Frame {
  const copy = frame.slice();
  copy[slot] = row;
  return copy;
}

/** `left` with slots taken from `right`. */
export function overlay(left: Frame, right: Frame, slots: readonly number[]): Frame {
  const copy = left.slice();
  for (const slot of slots) copy[slot] = right[slot]!;
  return copy;
}

/** `left` with slots filled by an outer join. */
export function nullExtended(left: Frame, slots: readonly number[]): Frame {
  const copy = left.slice();
  for (const slot of slots) copy[slot] = NULL_ROW;
  return copy;
}

/** Items sorted at a time before merging: small enough to stay within a time slice. */
const RUN_LENGTH = 1024;

/** Stable merge sort that gives the event loop back in between. */
export function* sorted<T>(
  items: T[],
  compare: (a: T, b: T) => number,
  run: QueryRun,
): Generator<typeof YIELD, T[], void> {
  if (items.length <= RUN_LENGTH) return items.sort(compare);
  let runs: T[][] = [];
  for (let i = 0; i < items.length; i += RUN_LENGTH) {
    runs.push(items.slice(i, i + RUN_LENGTH).sort(compare));
    yield YIELD;
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) {
      const right = runs[i + 1];
      merged.push(right === undefined ? runs[i]! : yield* merge(runs[i]!, right, compare, run));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* merge<T>(
  left: readonly T[],
  right: readonly T[],
  compare: (a: T, b: T) => number,
  run: QueryRun,
): Generator<typeof YIELD, T[], void> {
  const out = new Array<T>(left.length + right.length);
  let i = 0;
  let j = 0;
  for (let k = 0; k < out.length; k++) {
    if (run.tick()) yield YIELD;
    const takeLeft = j >= right.length || (i < left.length && compare(left[i]!, right[j]!) <= 0);
    out[k] = takeLeft ? left[i++]! : right[j++]!;
  }
  return out;
}
