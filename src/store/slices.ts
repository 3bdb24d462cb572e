/**
 * Long work in slices: one event loop serves all, so nobody may hold it for more than a few milliseconds. The work is
 * written once, as a generator that yields between small pieces; the driver decides whether it pauses there.
 */

/** Work that yields wherever it may pause. What it edits must be seen by nobody else until it is done. */
export type Work<T> = Generator<undefined, T, undefined>;

/** Steps of a loop between two yields, where each takes some microseconds. */
export const STEPS = 64;

/** How long a slice lasts. */
const SLICE_MS = 2;

/** Runs the work to its end without a pause. */
export function atOnce<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value as T;
  }
}

/**
 * Runs the work for a slice. Done within it, that is its result; else a promise of it, and the event loop turns between
 * the slices that follow. `check` is asked before each of those; what it throws ends the work.
 */
export function inSlices<T>(work: Work<T>, check: () => void = () => {}): T | Promise<T> {
  const slice = step(work);
  return slice.done === true ? slice.value : goOn(work, check);
}

async function goOn<T>(work: Work<T>, check: () => void): Promise<T> {
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    check();
    const slice = step(work);
    if (slice.done === true) return slice.value;
  }
}

/** One slice of the work. */
function step<T>(work: Work<T>): IteratorResult<undefined, T> {
  let end = 0;
  for (;;) {
    const result = work.next();
    if (result.done === true) return result;
    const now = performance.now();
    if (end === 0) end = now + SLICE_MS;
    else if (now >= end) return result;
  }
}

/** The items as a list of its own. */
export function* gathered<T>(items: Iterable<T>): Work<T[]> {
  const list: T[] = [];
  for (const item of items) {
    list.push(item);
    if (list.length % STEPS === 0) yield;
  }
  return list;
}

/** What `to` makes of each item. */
export function* mapped<T, U>(items: readonly T[], to: (item: T) => U): Work<U[]> {
  const list: U[] = [];
  for (const item of items) {
    list.push(to(item));
    if (list.length % STEPS === 0) yield;
  }
  return list;
}
