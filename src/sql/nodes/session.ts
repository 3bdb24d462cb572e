/** Nodes of SHOW, variables, transactions, prepared statements, cursors, COPY, EXPLAIN. */
import type { AsOf, Expression, ObjectName, Query, TypeRef } from './common.ts';
import type { VariableValue } from './objects.ts';
import type { Option } from './options.ts';
import type { Statement } from '../nodes.ts';

/** `LIKE 'pattern'` or `WHERE expr` of a SHOW. */
export type ShowFilter =
  | { readonly kind: 'like'; readonly pattern: string }
  | { readonly kind: 'where'; readonly condition: Expression };

/** What a SHOW lists. */
export type ShowListing =
  | 'databases'
  | 'schemas'
  | 'objects'
  | 'tables'
  | 'views'
  | 'materialized views'
  | 'sources'
  | 'subsources'
  | 'sinks'
  | 'indexes'
  | 'types'
  | 'secrets'
  | 'connections'
  | 'clusters'
  | 'cluster replicas'
  | 'roles'
  | 'network policies'
  | 'continual tasks'
  | 'privileges'
  | 'default privileges'
  | 'role membership';

/** `SHOW <plural> [FROM x] [ON y] [IN CLUSTER c] [FOR role] [LIKE | WHERE]` */
export interface ShowObjects {
  readonly kind: 'show objects';
  readonly listing: ShowListing;
  /** FROM schema (or database, for SHOW SCHEMAS). */
  readonly from: ObjectName | null;
  /** ON item: the relation of SHOW INDEXES, the source of SHOW SUBSOURCES and SHOW TABLES. */
  readonly on: ObjectName | null;
  readonly cluster: string | null;
  /** ON plural of SHOW PRIVILEGES and SHOW DEFAULT PRIVILEGES. */
  readonly privilegeKind: string | null;
  /** FOR role. */
  readonly role: string | null;
  readonly filter: ShowFilter | null;
}

/** `SHOW COLUMNS FROM relation [LIKE | WHERE]` */
export interface ShowColumns {
  readonly kind: 'show columns';
  readonly relation: ObjectName;
  readonly filter: ShowFilter | null;
}

/** `SHOW [REDACTED] CREATE <kind> name` */
export interface ShowCreate {
  readonly kind: 'show create';
  readonly objectKind:
    'view' | 'materialized view' | 'source' | 'table' | 'sink' | 'index' | 'connection' | 'type' | 'cluster';
  readonly redacted: boolean;
  readonly name: ObjectName;
}

/** `SHOW name | ALL`; `name` null is ALL. TIME ZONE, TRANSACTION ISOLATION LEVEL, SCHEMA, CLUSTER are the variable's name. */
export interface ShowVariable {
  readonly kind: 'show variable';
  readonly name: string | null;
}

/** `SET [SESSION | LOCAL] name TO value`; also SET TIME ZONE, SET NAMES, SET SCHEMA. */
export interface SetVariable {
  readonly kind: 'set variable';
  readonly local: boolean;
  readonly name: string;
  readonly value: VariableValue;
}

/** `RESET name | ALL` */
export interface ResetVariable {
  readonly kind: 'reset variable';
  /** null: RESET ALL. */
  readonly name: string | null;
}

/** `SET TRANSACTION modes` or `SET SESSION CHARACTERISTICS AS TRANSACTION modes` */
export interface SetTransaction {
  readonly kind: 'set transaction';
  readonly session: boolean;
  readonly modes: readonly TransactionMode[];
}

export type IsolationLevel =
  | 'read uncommitted'
  | 'read committed'
  | 'repeatable read'
  | 'serializable'
  | 'strong session serializable'
  | 'strict serializable';

export type TransactionMode =
  | { readonly kind: 'isolation level'; readonly level: IsolationLevel }
  | { readonly kind: 'access mode'; readonly readOnly: boolean };

/** `BEGIN` / `START TRANSACTION` */
export interface Begin {
  readonly kind: 'begin';
  readonly modes: readonly TransactionMode[];
}

/** `COMMIT` / `END` */
export interface Commit {
  readonly kind: 'commit';
  readonly chain: boolean;
}

/** `ROLLBACK` / `ABORT` */
export interface Rollback {
  readonly kind: 'rollback';
  readonly chain: boolean;
}

/** `UNLISTEN * | channel`: poolers send it with every connection they hand on; nothing listens here. */
export interface Unlisten {
  readonly kind: 'unlisten';
  /** null: every channel. */
  readonly channel: string | null;
}

/** `DISCARD ALL | TEMP | PLANS | SEQUENCES` */
export interface Discard {
  readonly kind: 'discard';
  readonly target: 'all' | 'temp' | 'plans' | 'sequences';
}

/** `ALTER SYSTEM SET name = value` */
export interface AlterSystemSet {
  readonly kind: 'alter system set';
  readonly name: string;
  readonly value: VariableValue;
}

/** `ALTER SYSTEM RESET name` */
export interface AlterSystemReset {
  readonly kind: 'alter system reset';
  readonly name: string;
}

/** `ALTER SYSTEM RESET ALL` */
export interface AlterSystemResetAll {
  readonly kind: 'alter system reset all';
}

/** `PREPARE name [(type, ...)] AS statement`; parameters beyond the types are inferred. */
export interface Prepare {
  readonly kind: 'prepare';
  readonly name: string;
  readonly types: readonly TypeRef[];
  readonly statement: Statement;
  /** Text of the inner statement. */
  readonly sql: string;
}

/** `EXECUTE name [(args)]` */
export interface Execute {
  readonly kind: 'execute';
  readonly name: string;
  readonly parameters: readonly Expression[];
}

/** `DEALLOCATE [PREPARE] name | ALL`; null is ALL. */
export interface Deallocate {
  readonly kind: 'deallocate';
  readonly name: string | null;
}

/** `DECLARE name CURSOR [WITHOUT HOLD] FOR query` */
export interface Declare {
  readonly kind: 'declare';
  readonly name: string;
  readonly statement: Statement;
  readonly sql: string;
}

/** `FETCH [FORWARD] [n | ALL] [FROM] name [WITH (timeout = ...)]`; `count` null when not written (one row). */
export interface Fetch {
  readonly kind: 'fetch';
  readonly name: string;
  readonly count: number | 'all' | null;
  readonly options: readonly Option[];
}

/** `CLOSE name` */
export interface Close {
  readonly kind: 'close';
  /** null: CLOSE ALL. */
  readonly name: string | null;
}

/** `COPY (query) TO STDOUT`, `COPY table TO STDOUT`, `COPY table FROM STDIN`, and COPY TO 's3://...'. */
export interface Copy {
  readonly kind: 'copy';
  readonly relation:
    | { readonly kind: 'table'; readonly name: ObjectName; readonly columns: readonly string[] }
    | { readonly kind: 'statement'; readonly statement: Statement; readonly sql: string };
  readonly direction: 'from' | 'to';
  readonly target:
    | { readonly kind: 'stdin' }
    | { readonly kind: 'stdout' }
    | { readonly kind: 'expression'; readonly expression: Expression };
  readonly options: readonly Option[];
}

/** `EXPLAIN ...`: kept with what is explained, as far as it is a statement. */
export interface Explain {
  readonly kind: 'explain';
  /** `PLAN`, `TIMESTAMP`, `FILTER PUSHDOWN`, `ANALYZE`, `KEY SCHEMA`, `VALUE SCHEMA`. */
  readonly what: 'plan' | 'timestamp' | 'filter pushdown' | 'analyze' | 'key schema' | 'value schema';
  /** RAW, DECORRELATED, LOCALLY OPTIMIZED, OPTIMIZED, PHYSICAL; null for the default. */
  readonly stage: 'raw' | 'decorrelated' | 'locally optimized' | 'optimized' | 'physical' | null;
  readonly format: 'text' | 'verbose text' | 'json' | 'dot' | null;
  readonly options: readonly Option[];
  readonly explainee:
    | {
        readonly kind: 'statement';
        readonly statement: Statement;
        readonly sql: string;
        readonly broken: boolean;
      }
    | {
        readonly kind: 'item';
        readonly objectKind: 'view' | 'materialized view' | 'index';
        readonly replan: boolean;
        readonly name: ObjectName;
      };
}

/** `SUBSCRIBE [TO] relation | (query) ...` */
export interface Subscribe {
  readonly kind: 'subscribe';
  readonly relation:
    { readonly kind: 'name'; readonly name: ObjectName } | { readonly kind: 'query'; readonly query: Query };
  readonly options: readonly Option[];
  readonly asOf: AsOf | null;
  readonly upTo: Expression | null;
}

/** `RAISE DEBUG | INFO | LOG | NOTICE | WARNING` */
export interface Raise {
  readonly kind: 'raise';
  readonly severity: 'DEBUG' | 'INFO' | 'LOG' | 'NOTICE' | 'WARNING';
}
