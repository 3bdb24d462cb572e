/** Nodes that create items: secrets, connections, clusters, tables, views, indexes, types, namespaces, roles, policies. */
import type { Expression, ObjectName, Query, TypeRef } from './common.ts';
import type { Option } from './options.ts';
import type { Format, IncludeItem, SourceEnvelope, WebhookBody } from './sources.ts';

/** `CREATE SECRET [IF NOT EXISTS] name AS expr` */
export interface CreateSecret {
  readonly kind: 'create secret';
  readonly ifNotExists: boolean;
  readonly name: ObjectName;
  readonly value: Expression;
}

/** `ALTER SECRET [IF EXISTS] name AS expr` */
export interface AlterSecret {
  readonly kind: 'alter secret';
  readonly ifExists: boolean;
  readonly name: ObjectName;
  readonly value: Expression;
}

export type ConnectionType =
  | 'aws'
  | 'aws-privatelink'
  | 'kafka'
  | 'confluent-schema-registry'
  | 'postgres'
  | 'mysql'
  | 'sql-server'
  | 'ssh-tunnel'
  | 'iceberg-catalog';

/** `CREATE CONNECTION name TO type (options) [WITH (options)]`; the old FOR form reads the same. */
export interface CreateConnection {
  readonly kind: 'create connection';
  readonly ifNotExists: boolean;
  readonly name: ObjectName;
  readonly type: ConnectionType;
  readonly options: readonly Option[];
  readonly withOptions: readonly Option[];
}

export type AlterConnectionAction =
  | { readonly kind: 'set'; readonly option: Option }
  | { readonly kind: 'drop'; readonly option: string }
  | { readonly kind: 'rotate keys' };

/** `ALTER CONNECTION [IF EXISTS] name action, ... [WITH (options)]` */
export interface AlterConnection {
  readonly kind: 'alter connection';
  readonly ifExists: boolean;
  readonly name: ObjectName;
  readonly actions: readonly AlterConnectionAction[];
  readonly withOptions: readonly Option[];
  /** The WITH list as written between its parentheses, for error texts; empty without one. */
  readonly withText: string;
}

/** `VALIDATE CONNECTION name` */
export interface ValidateConnection {
  readonly kind: 'validate connection';
  readonly name: ObjectName;
}

/** `CREATE CLUSTER name options [FEATURES (...)]` */
export interface CreateCluster {
  readonly kind: 'create cluster';
  readonly name: string;
  readonly options: readonly Option[];
  readonly features: readonly Option[];
}

/** `CREATE CLUSTER REPLICA cluster.replica options` */
export interface CreateClusterReplica {
  readonly kind: 'create cluster replica';
  readonly cluster: string;
  readonly name: string;
  readonly options: readonly Option[];
}

/** `ALTER CLUSTER [IF EXISTS] name SET (options) [WITH (WAIT ...)] | RESET (names)` */
export interface AlterCluster {
  readonly kind: 'alter cluster';
  readonly ifExists: boolean;
  readonly name: string;
  readonly action:
    | { readonly kind: 'set'; readonly options: readonly Option[]; readonly wait: ClusterWait | null }
    | { readonly kind: 'reset'; readonly names: readonly string[] };
}

export type ClusterWait =
  | { readonly kind: 'for'; readonly duration: string }
  | { readonly kind: 'until ready'; readonly options: readonly Option[] };

export type ColumnConstraint =
  | { readonly kind: 'not null' }
  | { readonly kind: 'null' }
  | { readonly kind: 'default'; readonly value: Expression }
  | { readonly kind: 'unique' }
  | { readonly kind: 'primary key' }
  | { readonly kind: 'references'; readonly table: ObjectName; readonly columns: readonly string[] }
  | { readonly kind: 'check'; readonly condition: Expression };

export interface ColumnDefinition {
  readonly name: string;
  readonly type: TypeRef;
  readonly collation: ObjectName | null;
  readonly constraints: readonly { readonly name: string | null; readonly constraint: ColumnConstraint }[];
}

export type TableConstraint =
  | {
      readonly kind: 'unique' | 'primary key';
      readonly name: string | null;
      readonly columns: readonly string[];
      readonly nullsNotDistinct?: boolean;
    }
  | {
      readonly kind: 'foreign key';
      readonly name: string | null;
      readonly columns: readonly string[];
      readonly table: ObjectName;
      readonly referenced: readonly string[];
    }
  | { readonly kind: 'check'; readonly name: string | null; readonly condition: Expression };

/** `CREATE [TEMPORARY] TABLE [IF NOT EXISTS] name (columns) [WITH (options)]` */
export interface CreateTable {
  readonly kind: 'create table';
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly name: ObjectName;
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly TableConstraint[];
  readonly options: readonly Option[];
}

/** `CREATE TABLE name [(columns)] FROM SOURCE source [(REFERENCE ref)] ... [WITH (options)]` */
export interface CreateTableFromSource {
  readonly kind: 'create table from source';
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly name: ObjectName;
  /** Names alone (`(a, b)`), or definitions, which the planner refuses. */
  readonly columnNames: readonly string[];
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly TableConstraint[];
  readonly source: ObjectName;
  readonly reference: ObjectName | null;
  readonly format: Format | null;
  readonly include: readonly IncludeItem[];
  readonly envelope: SourceEnvelope | null;
  readonly options: readonly Option[];
}

/** `CREATE TABLE name FROM WEBHOOK ...` */
export interface CreateTableFromWebhook {
  readonly kind: 'create table from webhook';
  readonly ifNotExists: boolean;
  readonly name: ObjectName;
  readonly webhook: WebhookBody;
}

/** `CREATE [OR REPLACE] [TEMPORARY] VIEW [IF NOT EXISTS] name [(columns)] AS query` */
export interface CreateView {
  readonly kind: 'create view';
  readonly orReplace: boolean;
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly name: ObjectName;
  readonly columns: readonly string[];
  readonly query: Query;
}

/** `CREATE [OR REPLACE] [REPLACEMENT] MATERIALIZED VIEW name [FOR mv] [(columns)] [IN CLUSTER c] [WITH (...)] AS query` */
export interface CreateMaterializedView {
  readonly kind: 'create materialized view';
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly name: ObjectName;
  /** Target of CREATE REPLACEMENT MATERIALIZED VIEW, else null. */
  readonly replacementFor: ObjectName | null;
  readonly columns: readonly string[];
  readonly cluster: ClusterRef | null;
  readonly options: readonly Option[];
  readonly query: Query;
}

/** `IN CLUSTER name` or `IN CLUSTER [id]`. */
export interface ClusterRef {
  readonly name: string;
  readonly isId: boolean;
}

/** `CREATE [DEFAULT] INDEX [IF NOT EXISTS] [name] [IN CLUSTER c] ON item [USING ARRANGEMENT] [(exprs)] [WITH (...)]` */
export interface CreateIndex {
  readonly kind: 'create index';
  readonly isDefault: boolean;
  readonly ifNotExists: boolean;
  readonly name: string | null;
  readonly cluster: ClusterRef | null;
  readonly on: ObjectName;
  /** Null for DEFAULT. */
  readonly keys: readonly Expression[] | null;
  readonly options: readonly Option[];
}

/** `CREATE TYPE name AS LIST (...) | MAP (...) | (columns)` */
export interface CreateType {
  readonly kind: 'create type';
  readonly name: ObjectName;
  readonly definition:
    | { readonly kind: 'list'; readonly options: readonly TypeOption[] }
    | { readonly kind: 'map'; readonly options: readonly TypeOption[] }
    | { readonly kind: 'record'; readonly columns: readonly ColumnDefinition[] };
}

/** `ELEMENT TYPE = int4`, `KEY TYPE = text`, `VALUE TYPE = ...`. */
export interface TypeOption {
  readonly name: 'ELEMENT TYPE' | 'KEY TYPE' | 'VALUE TYPE';
  readonly type: TypeRef;
}

/** `CREATE DATABASE [IF NOT EXISTS] name` */
export interface CreateDatabase {
  readonly kind: 'create database';
  readonly ifNotExists: boolean;
  readonly name: string;
}

/** `CREATE SCHEMA [IF NOT EXISTS] [db.]name` */
export interface CreateSchema {
  readonly kind: 'create schema';
  readonly ifNotExists: boolean;
  readonly name: ObjectName;
}

/**
 * Attributes of CREATE ROLE and ALTER ROLE in the order written; repeated and contradictory ones are the planner's to
 * refuse. `password` null is `PASSWORD NULL`.
 */
export type RoleAttribute =
  | {
      readonly kind: 'superuser' | 'login' | 'inherit' | 'createcluster' | 'createdb' | 'createrole';
      readonly value: boolean;
    }
  | { readonly kind: 'password'; readonly password: string | null };

/** `CREATE ROLE name [WITH] attributes` */
export interface CreateRole {
  readonly kind: 'create role';
  readonly name: string;
  readonly attributes: readonly RoleAttribute[];
}

/** `ALTER ROLE name [WITH] attributes | SET v = x | RESET v` */
export interface AlterRole {
  readonly kind: 'alter role';
  readonly name: string;
  readonly action:
    | { readonly kind: 'attributes'; readonly attributes: readonly RoleAttribute[] }
    | { readonly kind: 'set'; readonly variable: string; readonly value: VariableValue }
    | { readonly kind: 'reset'; readonly variable: string };
}

/**
 * Value of SET: DEFAULT, or one or more values as text. Identifiers arrive folded, numbers as written; a variable's own
 * reader takes it from there.
 */
export type VariableValue =
  { readonly kind: 'default' } | { readonly kind: 'values'; readonly values: readonly VariableLiteral[] };

export interface VariableLiteral {
  readonly kind: 'ident' | 'string' | 'number' | 'boolean' | 'interval' | 'null';
  readonly text: string;
}

/** `CREATE NETWORK POLICY name (RULES (...))` */
export interface CreateNetworkPolicy {
  readonly kind: 'create network policy';
  readonly name: string;
  readonly options: readonly Option[];
}

/** `ALTER NETWORK POLICY name SET (RULES (...))` */
export interface AlterNetworkPolicy {
  readonly kind: 'alter network policy';
  readonly name: string;
  readonly options: readonly Option[];
}
