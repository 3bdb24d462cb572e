/** Nodes of sources and sinks. */
import type { DropBehavior, Expression, ObjectName } from './common.ts';
import type { ClusterRef, ColumnDefinition, TableConstraint } from './objects.ts';
import type { Option } from './options.ts';

/** `CREATE SOURCE [IF NOT EXISTS] name ... FROM ...` */
export interface CreateSource {
  readonly kind: 'create source';
  readonly ifNotExists: boolean;
  readonly name: ObjectName;
  /** Names alone; a primary key constraint may follow them. */
  readonly columns: readonly string[];
  readonly primaryKey: readonly string[] | null;
  readonly cluster: ClusterRef | null;
  readonly from: SourceConnection;
  readonly format: Format | null;
  readonly include: readonly IncludeItem[];
  readonly envelope: SourceEnvelope | null;
  readonly references: ExternalReferences | null;
  /** `EXPOSE PROGRESS AS name` */
  readonly progress: ObjectName | null;
  readonly options: readonly Option[];
}

export type SourceConnection =
  | {
      readonly kind: 'kafka' | 'postgres' | 'mysql' | 'sql-server';
      readonly connection: ObjectName;
      readonly options: readonly Option[];
    }
  | {
      readonly kind: 'load-generator';
      readonly generator: LoadGenerator;
      readonly options: readonly Option[];
    }
  | { readonly kind: 'webhook'; readonly webhook: WebhookBody };

export type LoadGenerator = 'auction' | 'marketing' | 'tpch' | 'counter' | 'clock' | 'datums' | 'key value';

/** `FOR ALL TABLES`, `FOR TABLES (...)`, `FOR SCHEMAS (...)`. */
export type ExternalReferences =
  | { readonly kind: 'all tables' }
  | { readonly kind: 'tables'; readonly tables: readonly TableReference[] }
  | { readonly kind: 'schemas'; readonly schemas: readonly string[] };

/** `ref [AS|INTO item]` */
export interface TableReference {
  readonly reference: ObjectName;
  readonly alias: ObjectName | null;
}

/** `FORMAT f`, or `KEY FORMAT k VALUE FORMAT v`. */
export type Format =
  | { readonly kind: 'bare'; readonly format: FormatSpec }
  | { readonly kind: 'key value'; readonly key: FormatSpec; readonly value: FormatSpec };

export type FormatSpec =
  | { readonly kind: 'avro registry'; readonly registry: RegistryConnection }
  | { readonly kind: 'avro schema'; readonly schema: string; readonly options: readonly Option[] }
  | { readonly kind: 'protobuf registry'; readonly registry: RegistryConnection }
  | { readonly kind: 'protobuf schema'; readonly message: string; readonly schema: string }
  | { readonly kind: 'regex'; readonly pattern: string }
  | {
      readonly kind: 'csv';
      /** Names of `HEADER (...)`, or the number of `n COLUMNS`. */
      readonly columns:
        | { readonly kind: 'header'; readonly names: readonly string[] }
        | { readonly kind: 'count'; readonly count: number };
      readonly delimiter: string | null;
    }
  | { readonly kind: 'json'; readonly array: boolean }
  | { readonly kind: 'text' }
  | { readonly kind: 'bytes' };

/** `CONFLUENT SCHEMA REGISTRY CONNECTION c [(options)] [KEY STRATEGY s] [VALUE STRATEGY s]` */
export interface RegistryConnection {
  readonly connection: ObjectName;
  readonly options: readonly Option[];
  readonly keyStrategy: SchemaStrategy | null;
  readonly valueStrategy: SchemaStrategy | null;
}

export type SchemaStrategy =
  | { readonly kind: 'inline'; readonly schema: string }
  | { readonly kind: 'id'; readonly id: number }
  | { readonly kind: 'latest' };

export type SourceEnvelope =
  | { readonly kind: 'none' | 'debezium' | 'materialize' }
  /** `inlineErrors`: VALUE DECODING ERRORS = (INLINE [AS alias]); `errors` tells that the clause was there. */
  | { readonly kind: 'upsert'; readonly inlineErrors: boolean; readonly alias: string | null };

export type IncludeItem =
  | { readonly kind: 'key' | 'timestamp' | 'partition' | 'offset' | 'headers'; readonly alias: string | null }
  | { readonly kind: 'header'; readonly header: string; readonly alias: string; readonly bytes: boolean };

export interface WebhookBody {
  readonly format: FormatSpec;
  /** INCLUDE HEADER 'h' AS name [BYTES] */
  readonly headers: readonly { readonly header: string; readonly alias: string; readonly bytes: boolean }[];
  /** INCLUDE HEADERS [( [NOT] 'h', ... )]; null when not included. */
  readonly allHeaders: readonly { readonly header: string; readonly block: boolean }[] | null;
  readonly check: WebhookCheck | null;
}

export interface WebhookCheck {
  readonly inputs: readonly WebhookCheckInput[];
  readonly condition: Expression;
}

export type WebhookCheckInput =
  | { readonly kind: 'headers' | 'body'; readonly alias: string | null; readonly bytes: boolean }
  | {
      readonly kind: 'secret';
      readonly secret: ObjectName;
      readonly alias: string | null;
      readonly bytes: boolean;
    };

/** `CREATE SUBSOURCE ...`: kept only so that it can be refused by name. */
export interface CreateSubsource {
  readonly kind: 'create subsource';
  readonly ifNotExists: boolean;
  readonly name: ObjectName;
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly TableConstraint[];
  readonly ofSource: ObjectName | null;
  readonly options: readonly Option[];
}

/** `ALTER SOURCE [IF EXISTS] name ...`; SET CLUSTER, RENAME and OWNER have nodes of their own. */
export interface AlterSource {
  readonly kind: 'alter source';
  readonly ifExists: boolean;
  readonly name: ObjectName;
  readonly action:
    | {
        readonly kind: 'add subsources';
        readonly tables: readonly TableReference[];
        readonly options: readonly Option[];
      }
    | {
        readonly kind: 'drop subsources';
        readonly ifExists: boolean;
        readonly names: readonly ObjectName[];
        readonly behavior: DropBehavior;
      }
    | { readonly kind: 'set'; readonly options: readonly Option[] }
    | { readonly kind: 'reset'; readonly names: readonly string[] }
    | { readonly kind: 'refresh references' };
}

/** `CREATE SINK [IF NOT EXISTS] [name] [IN CLUSTER c] FROM item INTO ...` */
export interface CreateSink {
  readonly kind: 'create sink';
  readonly ifNotExists: boolean;
  /** Null when left out, which the planner refuses. */
  readonly name: ObjectName | null;
  readonly cluster: ClusterRef | null;
  readonly from: ObjectName;
  readonly into: SinkConnection;
  readonly format: Format | null;
  readonly envelope: 'debezium' | 'upsert' | null;
  readonly mode: 'upsert' | 'append' | null;
  readonly options: readonly Option[];
}

export interface SinkKey {
  readonly columns: readonly string[];
  readonly notEnforced: boolean;
}

export type SinkConnection =
  | {
      readonly kind: 'kafka';
      readonly connection: ObjectName;
      readonly options: readonly Option[];
      readonly key: SinkKey | null;
      readonly headers: string | null;
    }
  | {
      readonly kind: 'iceberg';
      readonly connection: ObjectName;
      readonly options: readonly Option[];
      /** USING AWS CONNECTION. */
      readonly awsConnection: ObjectName;
      readonly key: SinkKey | null;
    };

/** `ALTER SINK [IF EXISTS] name SET FROM item | SET (...) | RESET (...)` */
export interface AlterSink {
  readonly kind: 'alter sink';
  readonly ifExists: boolean;
  readonly name: ObjectName;
  readonly action:
    | { readonly kind: 'set from'; readonly from: ObjectName }
    | { readonly kind: 'set'; readonly options: readonly Option[] }
    | { readonly kind: 'reset'; readonly names: readonly string[] };
}
