import { SqlError } from '../../errors.ts';
import type { ResultColumn, RowCursor } from '../../query/result.ts';

/** A cursor of DECLARE. */
export interface NamedCursor {
  /** Text of its query. */
  readonly sql: string;
  /** Milliseconds since the Unix epoch. */
  readonly openedAt: number;
  readonly columns: readonly ResultColumn[];
  readonly rows: RowCursor;
  done: boolean;
}

/** Most cursors a session may hold open: each keeps a query's state. */
const MAX_CURSORS = 1000;

/** SQL-level cursors of one session; all close with the transaction. */
export class Cursors {
  readonly #cursors = new Map<string, NamedCursor>();

  open(name: string, cursor: NamedCursor): void {
    if (this.#cursors.size >= MAX_CURSORS) {
      throw new SqlError('54000', `more than ${MAX_CURSORS} cursors in one session are not supported`);
    }
    this.#cursors.set(name, cursor);
  }

  /** Name and cursor of all that are open. */
  list(): Iterable<readonly [string, NamedCursor]> {
    return this.#cursors;
  }

  has(name: string): boolean {
    return this.#cursors.has(name);
  }

  /** Throws 34000. */
  get(name: string): NamedCursor {
    const cursor = this.#cursors.get(name);
    if (cursor === undefined) throw new SqlError('34000', `cursor "${name}" does not exist`);
    return cursor;
  }

  close(name: string): void {
    this.get(name).rows.close();
    this.#cursors.delete(name);
  }

  closeAll(): void {
    for (const cursor of this.#cursors.values()) cursor.rows.close();
    this.#cursors.clear();
  }

  endTransaction(): void {
    if (this.#cursors.size > 0) this.closeAll();
  }
}
