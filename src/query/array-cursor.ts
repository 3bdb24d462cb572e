import type { Row } from '../types/datum.ts';
import type { RowCursor } from './result.ts';

/** A cursor over rows that are there already. */
export function arrayCursor(rows: readonly Row[]): RowCursor {
  let next = 0;
  return {
    fetch(max, into) {
      const end = Math.min(rows.length, next + max);
      while (next < end) into.push(rows[next++]!);
      return next < rows.length ? 'more' : 'done';
    },
    close() {
      next = rows.length;
    },
  };
}
