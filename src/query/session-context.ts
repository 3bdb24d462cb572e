import type { Id } from '../catalog/ids.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import type { RelationContext } from '../relations/relation.ts';
import type { Statement } from '../sql/nodes.ts';
import type { Datum, Row } from '../types/datum.ts';
import type { Interrupt } from './interrupt.ts';

/**
 * What binding and running a query may know of the session: one snapshot, who asks, when, and the variables that SQL
 * functions read. The engine makes one for each statement.
 */
export interface SessionContext extends RelationContext {
  readonly snapshot: Snapshot;
  readonly userName: string;
  /** Name of the login role before SET ROLE; today the same. */
  readonly sessionUserName: string;
  readonly superuser: boolean;
  /** Names on search_path, as set. */
  readonly searchPath: readonly string[];
  /** Schemas that resolve unqualified names, in order: temporary, mz_catalog, pg_catalog, then those of search_path that exist. */
  readonly effectiveSchemas: readonly Id[];
  /** Schema of this session's temporary items, null when it has none. */
  readonly temporarySchemaId: Id | null;
  /** now(): microseconds since 2000-01-01, fixed for the transaction. */
  readonly transactionTime: bigint;
  /** mz_now(): milliseconds since the Unix epoch. */
  readonly mzNow: bigint;
  /** PostgreSQL's version as server_version shows it: `9.5.0`. */
  readonly serverVersion: string;
  readonly mzVersion: string;
  readonly environmentId: string;
  readonly sessionId: string;
  /** current_setting(): value as SHOW prints it, or null when there is no such variable. */
  setting(name: string): string | null;
  /** set_config(): effective for the session or the transaction. */
  setSetting(name: string, value: string, local: boolean): void;
  /** pg_cancel_backend(). */
  cancelBackend(connectionId: number): boolean;
  /**
   * Rows that this transaction inserted, updated or deleted and has not committed yet, laid over the snapshot:
   * null means that the row is gone.
   */
  pendingRows(tableId: Id): ReadonlyMap<number, Row | null> | undefined;
  /** The query that a SHOW statement in FROM stands for, as SQL; undefined for statements that list nothing. */
  showQuery?(statement: Statement): string | undefined;
  /** Rows of a source that makes its own (load generators). Absent, or undefined: the source has no rows to show. */
  sourceRows?(sourceId: Id): Iterable<Row> | undefined;
}

/** What a plan needs while it runs. */
export interface ExecutionContext {
  readonly session: SessionContext;
  readonly parameters: readonly Datum[];
  readonly interrupt: Interrupt;
  /** Bytes a query may hold; past it 53200. */
  readonly memoryLimit: number;
}
