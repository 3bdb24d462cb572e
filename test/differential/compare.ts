/** When two outcomes of one query count as the same. */
import type { Outcome } from './sides.ts';

/** An outcome as it is compared. Rows come in no order unless the query asks for one; texts of errors are not compared. */
export function comparable(outcome: Outcome, sql: string): unknown {
  if (outcome.kind === 'error') return { kind: 'error' };
  const inOrder = /order by(?![^(]*\) as w )/i.test(sql);
  const sort = (rows: readonly unknown[]): unknown[] =>
    inOrder ? [...rows] : rows.map((row) => JSON.stringify(row)).sort();
  return { columns: outcome.columns, text: sort(outcome.text), binary: sort(outcome.binary) };
}

/** SQLSTATEs agree, or ours is the general one that Materialize has for nearly everything. */
export function codesAgree(theirs: Outcome, ours: Outcome): boolean {
  return (
    theirs.kind !== 'error' || ours.kind !== 'error' || ours.code === 'XX000' || ours.code === theirs.code
  );
}
