/**
 * How a statement family plugs into the engine: one handler for each kind of statement, joined in `handlers.ts`.
 */
import type { Change } from '../../catalog/changes.ts';
import type { RoleRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { Notice } from '../../errors.ts';
import type { Interrupt } from '../../query/interrupt.ts';
import type { ResultColumn } from '../../query/result.ts';
import type { SessionContext } from '../../query/session-context.ts';
import type { ShowColumns, ShowObjects, Statement } from '../../sql/nodes.ts';
import type { Datum } from '../../types/datum.ts';
import type { ColumnType } from '../../types/sql-type.ts';
import type { IdSource } from '../committer.ts';
import type { Services } from '../services.ts';
import type { MaybePromise, Outcome } from '../outcome.ts';
import type { Session } from '../session/session.ts';

/**
 * How a statement goes with transactions:
 * - `free`: allowed in any (SET, SHOW, BEGIN, PREPARE, ...); the handler tells the transaction itself if it reads;
 * - `ddl`: several in one DDL transaction, applied together at COMMIT;
 * - `single`: in an explicit block only as its sole statement, deferred to COMMIT; never in a string of several;
 * - `prohibited`: never inside a block.
 */
export type TransactionClass = 'free' | 'ddl' | 'single' | 'prohibited';

/** What planning a statement finds out. */
export interface Described {
  /** null: the statement gives no rows. */
  readonly columns: readonly ResultColumn[] | null;
  readonly parameters: readonly ColumnType[];
  readonly isCopy?: boolean;
  /** Whatever `run` wants back; made again when the schema moves. */
  readonly plan?: unknown;
}

/** Edits to commit and what to answer. */
export interface Built<T> {
  readonly changes: Iterable<Change>;
  readonly result: T;
}

/** Everything a handler may use while one statement is planned or run. */
export interface Scope {
  readonly services: Services;
  readonly session: Session;
  /** The one snapshot the statement reads. */
  readonly snapshot: Snapshot;
  readonly role: RoleRecord;
  /** The query room's view of the same. */
  readonly sql: SessionContext;
  /** The statement's own text. */
  readonly text: string;
  notice(notice: Notice): void;
  /**
   * Commits edits built against the newest catalog, or stages them in a DDL transaction. `build` must check again
   * whatever it relies on (names, existence), because the newest catalog may be newer than `snapshot`. It must be pure.
   */
  commit<T>(build: (tip: Snapshot, ids: IdSource) => Built<T>): Promise<T>;
}

export interface RunScope extends Scope {
  readonly parameters: readonly Datum[];
  readonly interrupt: Interrupt;
  /** Row limit of the Execute message, 0 for none. */
  readonly maxRows: number;
}

export interface Handler<N extends Statement = Statement> {
  /** `plan` is what `describe` found. */
  readonly transaction: TransactionClass | ((node: N, scope: Scope, plan: unknown) => TransactionClass);
  /** Command tag, answered at once when the statement is deferred to COMMIT. */
  readonly tag: string | ((node: N) => string);
  /** For statements with rows or parameters. Absent: neither. */
  describe?(node: N, scope: Scope, parameterTypes: readonly number[]): Described;
  run(node: N, scope: RunScope, plan: unknown): MaybePromise<Outcome>;
}

/** What sessions need of the statement families. Handed down by the engine, so that families may know sessions. */
export interface StatementFamilies {
  handlerOf(node: Statement): Handler;
  /** The query that a listing stands for. */
  showListingSql(node: ShowObjects | ShowColumns, scope: Scope): string;
}

/** The usual end of a statement without rows. */
export function done(tag: string): Outcome {
  return { kind: 'command', tag };
}
