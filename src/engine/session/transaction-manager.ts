/**
 * A session's transaction: what it admits, what it stages, and what COMMIT does with it.
 * Source: Materialize documentation of BEGIN, COMMIT, ROLLBACK; its transaction kinds and DDL classes.
 */
import { applyChanges } from '../../catalog/apply.ts';
import { del, put, type Change } from '../../catalog/changes.ts';
import type { Id } from '../../catalog/ids.ts';
import type { Item, TableRowRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError, SqlError } from '../../errors.ts';
import type { Interrupt } from '../../query/interrupt.ts';
import type { Statement } from '../../sql/nodes.ts';
import type { IdSource } from '../committer.ts';
import type { MaybePromise, TransactionStatus } from '../outcome.ts';
import type { Built, TransactionClass } from '../statements/handler.ts';
import type { Session } from './session.ts';
import {
  conflict,
  IDLE,
  openTransaction,
  type OpenTransaction,
  type TransactionKind,
  type TransactionState,
} from './transaction.ts';

/** Values of rows in storage form, for one table. */
export interface StagedRows {
  readonly tableId: Id;
  readonly rows: readonly (readonly (string | null)[])[];
}

export class TransactionManager {
  readonly #session: Session;
  #state: TransactionState = IDLE;
  #staged: StagedRows[] = [];
  /** Serialises edits of a DDL transaction's own tip. */
  #temporaryItems = false;

  constructor(session: Session) {
    this.#session = session;
  }

  get status(): TransactionStatus {
    if (this.#state.state === 'failed') return 'E';
    return this.#open?.mode === 'explicit' ? 'T' : 'I';
  }

  get #open(): OpenTransaction | null {
    return this.#state.state === 'open' ? this.#state.transaction : null;
  }

  /** True inside BEGIN or a string of several statements: where SET LOCAL has an effect and ROLLBACK undoes SET. */
  get inBlock(): boolean {
    return this.#state.state !== 'idle' && this.#state.transaction.mode !== 'started';
  }
  get explicit(): boolean {
    return this.#state.state !== 'idle' && this.#state.transaction.mode === 'explicit';
  }
  /** BEGIN was run and its block is not over. */
  get explicitOrFailed(): boolean {
    return this.#state.state === 'failed' || this.explicit;
  }
  get startedAt(): number {
    return this.#state.state === 'idle' ? this.#session.services.clock() : this.#state.transaction.startedAt;
  }
  get id(): number {
    return this.#state.state === 'idle' ? 0 : this.#state.transaction.id;
  }
  /** Whether the transaction has run a query already. */
  get hasQueried(): boolean {
    return this.#open !== null && this.#open.kind !== 'none';
  }

  /** 25P02 for everything but the end of a failed transaction. */
  checkUsable(node: Statement): void {
    if (this.#state.state !== 'failed' || node.kind === 'commit' || node.kind === 'rollback') return;
    throw new SqlError(
      '25P02',
      'current transaction is aborted, commands ignored until end of transaction block',
    );
  }

  /** The snapshot that a statement planned or run now reads. */
  peekSnapshot(): Snapshot {
    const open = this.#open;
    return open?.ddl?.tip ?? open?.snapshot ?? this.#session.services.committer.current();
  }

  /** Notes that the statement reads; fixes the snapshot of a block. Throws when the kind does not fit. */
  read(): void {
    this.#enter('reads');
  }

  #enter(kind: TransactionKind): void {
    const open = this.#open;
    if (open === null || open.mode === 'started') return;
    const error = conflict(open, kind);
    if (error !== undefined) throw error;
    this.#update({
      kind: open.kind === 'none' ? kind : open.kind,
      snapshot:
        kind === 'reads' ? (open.snapshot ?? this.#session.services.committer.current()) : open.snapshot,
    });
  }

  #update(fields: Partial<OpenTransaction>): void {
    if (this.#state.state === 'idle') return;
    this.#state = { ...this.#state, transaction: { ...this.#state.transaction, ...fields } };
  }

  /** Decides whether a statement of this class runs now, or at COMMIT. `text` prints it for the error. */
  admit(kind: TransactionClass, text: () => string): 'run' | 'defer' {
    const open = this.#open;
    if (open === null || open.mode === 'started' || kind === 'free') return 'run';
    if (kind === 'ddl') {
      this.#enter('ddl');
      return 'run';
    }
    if (kind === 'prohibited' || open.mode === 'implicit') {
      throw new SqlError('25001', `${text()} cannot be run inside a transaction block`);
    }
    const error = conflict(open, 'single');
    if (error !== undefined) throw error;
    return 'defer';
  }

  /** Keeps the one statement of the block for COMMIT. */
  defer(run: () => Promise<void>): void {
    this.#update({ kind: 'single', deferred: run });
  }

  /** Commits edits, or lays them over the tip of a DDL transaction. */
  async commit<T>(build: (tip: Snapshot, ids: IdSource) => Built<T>, interrupt?: Interrupt): Promise<T> {
    const { committer } = this.#session.services;
    const open = this.#open;
    if (open === null || open.kind !== 'ddl') {
      const { result } = await committer.commit(build, interrupt);
      return result;
    }
    const base = open.ddl?.base ?? committer.current();
    const tip = open.ddl?.tip ?? base;
    const built = build(tip, committer.ids);
    const changes = [...built.changes];
    this.#update({
      ddl: { base, tip: applyChanges(tip, changes), changes: [...(open.ddl?.changes ?? []), ...changes] },
    });
    return built.result;
  }

  /** Inserts rows: at once outside a block, at COMMIT inside one. */
  async insert(rows: StagedRows, interrupt: Interrupt): Promise<void> {
    const open = this.#open;
    if (open === null || open.mode === 'started') {
      await this.#session.services.committer.commit(
        (tip) => ({ changes: insertChanges(tip, [rows]), result: undefined }),
        interrupt,
      );
      return;
    }
    this.#enter('writes');
    this.#staged.push(rows);
  }

  begin(readOnly: boolean): boolean {
    const already = this.explicit;
    if (this.#state.state === 'idle') {
      this.#state = {
        state: 'open',
        transaction: openTransaction('explicit', this.#session.services.clock()),
      };
    }
    this.#update({ mode: 'explicit', ...(readOnly ? { readOnly } : {}) });
    return already;
  }

  beginImplicit(multiStatement: boolean): void {
    if (this.#state.state !== 'idle') return;
    const mode = multiStatement ? 'implicit' : 'started';
    this.#state = { state: 'open', transaction: openTransaction(mode, this.#session.services.clock()) };
  }

  endImplicit(): MaybePromise<void> {
    if (this.#state.state !== 'open' || this.#state.transaction.mode === 'explicit') return;
    if (this.#state.transaction.mode === 'started') {
      this.#state = IDLE;
      this.#session.cursors.endTransaction();
      this.#session.variables.endTransaction(true);
      return;
    }
    return this.end(true).then(() => undefined);
  }

  /** After an error: an implicit transaction is undone, an explicit one waits for its end. */
  fail(): void {
    if (this.#state.state === 'idle') return;
    if (this.#state.transaction.mode === 'explicit') {
      this.#state = { state: 'failed', transaction: this.#state.transaction };
      return;
    }
    this.#clear(false);
  }

  /**
   * COMMIT or ROLLBACK. Answers whether it was committed; a failed transaction never is. The transaction is over in any
   * case, also when committing throws.
   */
  async end(commit: boolean, interrupt?: Interrupt): Promise<boolean> {
    const state = this.#state;
    const staged = this.#staged;
    if (state.state !== 'open' || !commit) {
      this.#clear(false);
      return false;
    }
    this.#clear(true);
    const { deferred, ddl } = state.transaction;
    if (deferred !== null) await deferred();
    if (ddl !== null) await this.#commitDdl(ddl);
    if (staged.length > 0) {
      const { committer } = this.#session.services;
      await committer.commit(
        (tip) => ({ changes: insertChanges(tip, staged), result: undefined }),
        interrupt,
      );
    }
    return true;
  }

  async #commitDdl(ddl: NonNullable<OpenTransaction['ddl']>): Promise<void> {
    await this.#session.services.committer.commit((tip) => {
      if (tip.schemaVersion !== ddl.base.schemaVersion) {
        throw new SqlError(
          '40001',
          'another session modified the catalog while this DDL transaction was open',
          {
            hint: 'Currently, DDL transactions fail when any other DDL happens concurrently, even on unrelated schemas/clusters.',
          },
        );
      }
      return { changes: ddl.changes, result: undefined };
    });
  }

  #clear(committed: boolean): void {
    this.#state = IDLE;
    this.#staged = [];
    this.#session.cursors.endTransaction();
    this.#session.variables.endTransaction(committed);
  }

  /** The session made a temporary item, so there is something to drop at its end. */
  noteTemporaryItem(): void {
    this.#temporaryItems = true;
  }

  /** Drops the session's temporary items, if it made any. */
  dropTemporaryItems(): MaybePromise<void> {
    if (!this.#temporaryItems) return;
    this.#temporaryItems = false;
    const { connectionId } = this.#session;
    return this.#session.services.committer
      .commit((tip) => ({ changes: temporaryDrops(tip, connectionId), result: undefined }))
      .then(() => undefined);
  }

  /** End of the session. */
  abandon(): void {
    this.#clear(false);
    const dropped = this.dropTemporaryItems();
    if (dropped instanceof Promise) {
      dropped.catch((error: unknown) =>
        this.#session.services.logger.warn({ err: error }, 'temporary items were not dropped'),
      );
    }
  }
}

/** Puts that append rows, with row ids from the table's own counter. Throws when a table is gone. */
export function* insertChanges(tip: Snapshot, staged: readonly StagedRows[]): Iterable<Change> {
  const next = new Map<Id, number>();
  for (const { tableId, rows } of staged) {
    const table = tip.items.get(tableId);
    if (table === undefined) throw planError(`unknown catalog item '${tableId}'`);
    const temporary = table.temporary === undefined ? {} : { temporary: true };
    const space = rowSpace(tableId);
    let rowId = next.get(tableId) ?? tip.small.counter.get(space)?.next ?? 1;
    for (const values of rows) {
      const record: TableRowRecord = { tableId, rowId, values, ...temporary };
      yield put('tableRow', record);
      rowId += 1;
    }
    next.set(tableId, rowId);
  }
  for (const [tableId, rowId] of next) yield put('counter', { space: rowSpace(tableId), next: rowId });
}

/** Counter space of a table's row ids. */
export function rowSpace(tableId: Id): string {
  return `row/${tableId}`;
}

function temporaryDrops(tip: Snapshot, connectionId: number): Change[] {
  const names = tip.itemsOfSchema.get(`t${connectionId}`);
  if (names === undefined) return [];
  const items = [...names.values()]
    .map((id) => tip.items.get(id))
    .filter((item): item is Item => item !== undefined);
  return items.map((item) => del('item', item.id));
}
