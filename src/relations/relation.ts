import type { Snapshot } from '../catalog/snapshot.ts';
import type { Id } from '../catalog/ids.ts';
import type { Datum, Row } from '../types/datum.ts';
import type { SqlType } from '../types/sql-type.ts';

/** A column of a system relation. */
export interface RelationColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** Text of the column's comment in the catalog. */
  readonly comment?: string;
}

/** Facts of the running server that no snapshot holds. The engine implements it. */
export interface LiveFacts {
  /** Sessions open now: rows of mz_sessions and pg_stat_activity. */
  sessions(): readonly LiveSession[];
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Server start. */
  readonly startedAt: number;
  /** What mz_version() answers; shown in the history of statements. */
  readonly version?: string;
  /** Rows of mz_recent_activity_log, newest last. */
  activity(): readonly ActivityRecord[];
  /** Every variable that SHOW ALL lists: rows of pg_settings. */
  settings(): readonly SettingFact[];
  /** Replica sizes that CREATE CLUSTER accepts. */
  replicaSizes(): readonly ReplicaSizeFact[];
  /** Events of the AWS door's audit log in CloudTrail's record shape, oldest first. */
  awsEvents(): readonly {
    readonly id: string;
    readonly time: number;
    readonly record: Readonly<Record<string, unknown>>;
  }[];
}

export interface SettingFact {
  readonly name: string;
  /** Compiled default, as SHOW prints it. */
  readonly initial: string;
  readonly description: string;
  /** Who may change it, in the words of pg_settings: `user` by SET, `sighup` by ALTER SYSTEM, `internal` nobody. */
  readonly context: 'user' | 'sighup' | 'internal';
  /** `bool`, `integer`, `real` or `string`. */
  readonly type: string;
}

export interface CursorFact {
  readonly name: string;
  /** The query it runs. */
  readonly sql: string;
  /** Milliseconds since the Unix epoch. */
  readonly openedAt: number;
}

export interface LiveSession {
  readonly id: string;
  readonly connectionId: number;
  readonly roleId: Id;
  readonly clientIp: string | null;
  readonly connectedAt: number;
  readonly applicationName: string;
  readonly databaseName: string;
}

export interface ActivityRecord {
  readonly executionId: string;
  readonly sessionId: string;
  readonly statementType: string;
  /** Redacted text; never the original of a statement that can hold a secret. */
  readonly redactedSql: string;
  readonly applicationName: string;
  readonly clusterName: string;
  readonly databaseName: string;
  readonly searchPath: readonly string[];
  readonly authenticatedUser: string;
  readonly beganAt: number;
  readonly finishedAt: number | null;
  readonly finishedStatus: 'success' | 'error' | 'canceled' | 'aborted' | null;
  readonly errorMessage: string | null;
  readonly rowsReturned: number | null;
  readonly transactionId: number;
}

export interface ReplicaSizeFact {
  readonly size: string;
  readonly processes: number;
  readonly workers: number;
  readonly cpuNanoCores: bigint | number;
  readonly memoryBytes: bigint | number;
  readonly diskBytes: bigint | number | null;
  readonly creditsPerHour: string;
}

/** What a relation may read: one snapshot, live facts, and who asks. */
export interface RelationContext {
  readonly snapshot: Snapshot;
  readonly facts: LiveFacts;
  readonly session: {
    readonly connectionId: number;
    readonly roleId: Id;
    /** Active database, or null when the name in the variable does not exist. */
    readonly databaseId: Id | null;
    readonly databaseName: string;
  };
  /** Open cursors of this session: rows of pg_cursors. */
  cursors?(): Iterable<CursorFact>;
  /** Value of a variable in this session as SHOW prints it, or null; absent outside sessions. */
  setting?(name: string): string | null;
}

/** Access by equality on some columns, without going through all rows. */
export interface RelationIndex {
  readonly columns: readonly string[];
  /**
   * Every row whose columns equal `keys`; may give more rows (the caller filters again), never fewer. `width` as for
   * {@link SystemRelation.rows}.
   */
  find(context: RelationContext, keys: readonly Datum[], width?: number): Iterable<Row>;
}

/** A relation of the system catalog: its shape, and where its rows come from. */
export interface SystemRelation {
  readonly schema: string;
  readonly name: string;
  readonly oid: number;
  /** `s<n>`; unique among system items. */
  readonly id: Id;
  readonly kind: 'table' | 'view' | 'materialized-view' | 'source' | 'continual-task';
  readonly columns: readonly RelationColumn[];
  /** Roles with SELECT, by name; `PUBLIC` for everybody. */
  readonly selectGrantedTo: readonly string[];
  readonly comment?: string;
  /** `width`: only so many of the first columns are going to be read, so the others need not be made. */
  rows(context: RelationContext, width?: number): Iterable<Row>;
  readonly indexes?: readonly RelationIndex[];
}
