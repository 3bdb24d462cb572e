/** A bound INSERT, UPDATE or DELETE to the edits that the engine commits. */
import type { ColumnRecord } from '../../catalog/records.ts';
import { planError, SqlError } from '../../errors.ts';
import type { Row } from '../../types/datum.ts';
import type { BoundWrite } from '../plan.ts';
import type { ExecutionContext } from '../session-context.ts';
import { attemptAll, compileExpr, type Eval } from './compile.ts';
import { DONE, Level, QueryRun, rowBytes, SUSPEND, YIELD, type Operator } from './context.ts';
import { openerOf } from './open-query.ts';

/** Edits to the rows of one table, in the order they were made, and the rows of RETURNING. */
export interface WriteResult {
  readonly inserts: readonly Row[];
  readonly updates: readonly { readonly rowId: number; readonly row: Row }[];
  readonly deletes: readonly number[];
  readonly returned: readonly Row[];
}

/** A write under way. */
export interface WriteRun {
  /** Works for a few milliseconds. `yield`: let the event loop turn and call again. */
  step(): 'yield' | 'done';
  /** Whole once `step` answered `done`. */
  readonly result: WriteResult;
}

class Write implements WriteRun {
  readonly #bound: BoundWrite;
  readonly #run: QueryRun;
  readonly #level: Level;
  readonly #source: Operator<Row>;
  readonly #columns: readonly ColumnRecord[];
  readonly #returning: readonly Eval[] | null;
  readonly #seen = new Set<number>();
  readonly #inserts: Row[] = [];
  readonly #updates: { rowId: number; row: Row }[] = [];
  readonly #deletes: number[] = [];
  readonly #returned: Row[] = [];
  #held: Row | null = null;

  constructor(bound: BoundWrite, context: ExecutionContext) {
    const item = context.session.snapshot.items.get(bound.tableId);
    if (item?.kind !== 'table') throw planError(`unknown catalog item '${bound.tableId}'`);
    this.#bound = bound;
    this.#columns = item.columns;
    this.#run = new QueryRun(context);
    this.#level = new Level(this.#run, [], null);
    this.#source = openerOf(bound.source)(this.#level);
    this.#returning = bound.returning?.exprs.map(compileExpr) ?? null;
  }

  get result(): WriteResult {
    return {
      inserts: this.#inserts,
      updates: this.#updates,
      deletes: this.#deletes,
      returned: this.#returned,
    };
  }

  step(): 'yield' | 'done' {
    this.#run.begin();
    for (;;) {
      const row = this.#held ?? this.#source.next();
      if (row === DONE) return 'done';
      if (row === YIELD || !this.#take(row) || this.#run.tick()) return 'yield';
    }
  }

  /** Records one row; false when a subquery of RETURNING has to wait, and the row comes again. */
  #take(row: Row): boolean {
    this.#held = row;
    const { kind, width } = this.#bound;
    const from = kind === 'insert' ? 0 : 1;
    const rowId = kind === 'insert' ? 0 : Number(row[0]);
    if (kind !== 'insert' && this.#seen.has(rowId)) {
      this.#held = null;
      return true;
    }
    const values = row.slice(from, from + width);
    if (kind !== 'delete') this.#checkNotNull(values);
    if (this.#returning !== null) {
      const frame = [values, row.slice(from + width)];
      const returned = attemptAll(this.#returning, frame, this.#level);
      if (returned === SUSPEND) return false;
      this.#run.hold(rowBytes(returned));
      this.#returned.push(returned);
    }
    this.#run.hold(rowBytes(values));
    if (kind === 'insert') this.#inserts.push(values);
    else this.#seen.add(rowId);
    if (kind === 'update') this.#updates.push({ rowId, row: values });
    else if (kind === 'delete') this.#deletes.push(rowId);
    this.#held = null;
    return true;
  }

  #checkNotNull(values: Row): void {
    for (let i = 0; i < this.#columns.length; i++) {
      const column = this.#columns[i]!;
      if (column.nullable || (values[i] ?? null) !== null) continue;
      throw new SqlError('23502', `null value in column "${column.name}" violates not-null constraint`);
    }
  }
}

/** Runs a bound write. Throws as {@link openQuery} does, and 23502 for a NULL in a NOT NULL column. */
export function openWrite(bound: BoundWrite, context: ExecutionContext): WriteRun {
  return new Write(bound, context);
}
