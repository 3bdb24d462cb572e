import type { ColumnType } from '../types/sql-type.ts';
import type { Row } from '../types/datum.ts';

/** One column of a result: RowDescription is made of these. */
export interface ResultColumn extends ColumnType {
  readonly name: string;
}

/**
 * `more`: there are rows left. `done`: there are none. `yield`: the time slice is used up; let the event loop turn
 * (setImmediate) and fetch again. Rows may come with any of the three.
 */
export type FetchState = 'more' | 'done' | 'yield';

/**
 * The rows of a running query. Synchronous, so that a small query costs no promise; a long one gives the event loop
 * back by answering `yield` after a few milliseconds of work. Throws SqlError when the query fails.
 */
export interface RowCursor {
  /** Appends at most `max` rows to `into` and tells whether there are more. */
  fetch(max: number, into: Row[]): FetchState;
  /** Lets go of what the query holds. Idempotent; also after an error. */
  close(): void;
}
