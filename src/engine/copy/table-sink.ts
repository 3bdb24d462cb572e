/** Where the rows of COPY FROM STDIN go. */
import type { ColumnRecord, TableItem } from '../../catalog/records.ts';
import { planError, SqlError } from '../../errors.ts';
import { castSession } from '../../functions/cast-session.ts';
import { QueryRun, rowBytes } from '../../query/run/context.ts';
import { bindScalar } from '../../query/scalar.ts';
import { columnTypeOf } from '../../relations/user-relation.ts';
import { parseExpression } from '../../sql/parser.ts';
import { decodeBinary, decodeText, textEncoder } from '../../types/codec.ts';
import type { Datum } from '../../types/datum.ts';
import type { ColumnType } from '../../types/sql-type.ts';
import type { CopySink, MaybePromise } from '../outcome.ts';
import type { RunScope } from '../statements/handler.ts';
import { executionContext } from '../statements/query.ts';
import type { CopyField, CopyReader, CopyRow } from './copy-row.ts';

/** A message with many rows is worked off in slices this long. */
const SLICE_MS = 3;

/** One column of the table: where its value comes from and how it becomes the stored text. */
interface Target {
  readonly column: ColumnRecord;
  /** Position in the data, or -1: filled from the default. */
  readonly source: number;
  readonly read: (field: string | Buffer) => Datum;
  readonly write: (value: Datum) => string;
  readonly fallback: string | null;
}

/**
 * Gathers rows as they come, and hands them to the transaction at the end. Throws 22P04 for a row of the wrong width, 23502
 * for a NULL where none may be, 53200 when there is more than a statement may hold, and what the columns' types throw.
 */
export class TableSink implements CopySink {
  readonly #scope: RunScope;
  readonly #table: TableItem;
  readonly #targets: readonly Target[];
  readonly #reader: CopyReader;
  readonly #width: number;
  readonly #memory: QueryRun;
  readonly #rows: (readonly (string | null)[])[] = [];

  /** `names`: the columns that the data has, in its order. */
  constructor(scope: RunScope, table: TableItem, names: readonly string[], reader: CopyReader) {
    this.#scope = scope;
    this.#table = table;
    this.#targets = table.columns.map((column) => target(column, names.indexOf(column.name), scope));
    this.#reader = reader;
    this.#width = names.length;
    this.#memory = new QueryRun(executionContext(scope));
  }

  write(chunk: Uint8Array): MaybePromise<void> {
    this.#scope.interrupt.check();
    const rows = this.#reader.push(chunk)[Symbol.iterator]();
    return this.#take(rows) ? undefined : this.#takeSlowly(rows);
  }

  async finish(): Promise<string> {
    for (const row of this.#reader.finish()) this.#add(row);
    const { committer } = this.#scope.services;
    if (!committer.current().items.has(this.#table.id)) {
      throw planError(`COPY FROM's target table "${this.#table.name}" was dropped`);
    }
    await this.#scope.session.transactions.insert(
      { tableId: this.#table.id, rows: this.#rows },
      this.#scope.interrupt,
    );
    return `COPY ${this.#rows.length}`;
  }

  abort(): void {
    this.#rows.length = 0;
  }

  /** Adds rows for one slice of time; whether that was all of them. */
  #take(rows: Iterator<CopyRow>): boolean {
    const end = performance.now() + SLICE_MS;
    do {
      const next = rows.next();
      if (next.done === true) return true;
      this.#add(next.value);
    } while (performance.now() < end);
    return false;
  }

  async #takeSlowly(rows: Iterator<CopyRow>): Promise<void> {
    do {
      await new Promise((resolve) => setImmediate(resolve));
      this.#scope.interrupt.check();
    } while (!this.#take(rows));
  }

  #add(row: CopyRow): void {
    if (row.length > this.#width) throw new SqlError('22P04', 'extra data after last expected column');
    if (row.length < this.#width) throw new SqlError('22P04', 'missing data for column');
    const stored = this.#targets.map((target) => storedValue(target, row));
    this.#memory.hold(rowBytes(stored));
    this.#rows.push(stored);
  }
}

/** Read and written again, so that what is stored is the canonical form and bad input is refused here. */
function storedValue({ column, source, read, write, fallback }: Target, row: CopyRow): string | null {
  const field: CopyField = source < 0 ? null : (row[source] ?? null);
  const text = field === null ? (source < 0 ? fallback : null) : write(read(field));
  if (text !== null || column.nullable) return text;
  throw new SqlError('23502', `null value in column "${column.name}" violates not-null constraint`);
}

function target(column: ColumnRecord, source: number, scope: RunScope): Target {
  const { type, typmod } = columnTypeOf(scope.snapshot, column);
  const casts = castSession(scope.sql);
  return {
    column,
    source,
    read: (field) =>
      typeof field === 'string' ? decodeText(type, field, typmod, casts) : decodeBinary(type, field, typmod),
    write: textEncoder(type),
    fallback: source < 0 ? defaultText(column, type, scope) : null,
  };
}

function defaultText(column: ColumnRecord, type: ColumnType['type'], scope: RunScope): string | null {
  if (column.defaultSql === undefined) return null;
  const bound = bindScalar(parseExpression(column.defaultSql), scope.sql, {
    name: 'DEFAULT',
    target: type,
    context: 'assignment',
  });
  const value = bound.evaluate();
  return value === null ? null : textEncoder(type)(value);
}
