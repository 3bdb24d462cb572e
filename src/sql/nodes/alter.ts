/** Nodes that change or remove any kind of object: DROP, RENAME, SWAP, OWNER, SET CLUSTER, COMMENT. */
import type { DropBehavior, ObjectKind, ObjectName } from './common.ts';
import type { ClusterRef } from './objects.ts';
import type { Option } from './options.ts';

/**
 * `DROP <kind> [IF EXISTS] name, ... [CASCADE | RESTRICT]`. A cluster, role, database or network policy has a name of one
 * part, a schema of one or two (or more, for the planner to refuse), a cluster replica of two.
 */
export interface DropObjects {
  readonly kind: 'drop objects';
  readonly objectKind: ObjectKind;
  readonly ifExists: boolean;
  readonly names: readonly ObjectName[];
  readonly behavior: DropBehavior;
}

/** `ALTER <kind> [IF EXISTS] name RENAME TO to` */
export interface AlterRename {
  readonly kind: 'alter rename';
  readonly objectKind: ObjectKind;
  readonly ifExists: boolean;
  readonly name: ObjectName;
  readonly to: string;
}

/** `ALTER <kind> [IF EXISTS] a SWAP WITH b`; kinds that cannot be swapped parse and are refused in planning. */
export interface AlterSwap {
  readonly kind: 'alter swap';
  readonly objectKind: ObjectKind;
  readonly ifExists: boolean;
  readonly name: ObjectName;
  readonly with: string;
}

/** `ALTER <kind> [IF EXISTS] name OWNER TO role` */
export interface AlterOwner {
  readonly kind: 'alter owner';
  readonly objectKind: ObjectKind;
  readonly ifExists: boolean;
  readonly name: ObjectName;
  readonly to: string;
}

/** `ALTER <kind> [IF EXISTS] name SET CLUSTER c` of sources, sinks and materialized views. */
export interface AlterSetCluster {
  readonly kind: 'alter set cluster';
  readonly objectKind: 'source' | 'sink' | 'materialized view';
  readonly ifExists: boolean;
  readonly name: ObjectName;
  readonly cluster: ClusterRef;
}

/** `ALTER {TABLE|VIEW|MATERIALIZED VIEW|INDEX|SOURCE} name SET (RETAIN HISTORY FOR ...) | RESET (RETAIN HISTORY)` */
export interface AlterRetainHistory {
  readonly kind: 'alter retain history';
  readonly objectKind: 'table' | 'view' | 'materialized view' | 'index' | 'source';
  readonly ifExists: boolean;
  readonly name: ObjectName;
  /** Null for RESET. */
  readonly option: Option | null;
}

/** `ALTER TABLE name ADD COLUMN ...`: parsed so that it can be refused by name. */
export interface AlterTableAddColumn {
  readonly kind: 'alter table add column';
  readonly ifExists: boolean;
  readonly name: ObjectName;
  readonly column: string;
  readonly ifColumnNotExists: boolean;
  readonly typeSql: string;
}

/** `ALTER MATERIALIZED VIEW mv APPLY REPLACEMENT r` */
export interface AlterApplyReplacement {
  readonly kind: 'alter apply replacement';
  readonly ifExists: boolean;
  readonly name: ObjectName;
  readonly replacement: ObjectName;
}

/** `COMMENT ON <target> IS 'text' | NULL`. For a column the last part of `name` is the column. */
export interface CommentOn {
  readonly kind: 'comment';
  readonly target: ObjectKind | 'column';
  readonly name: ObjectName;
  readonly comment: string | null;
}
