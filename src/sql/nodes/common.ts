/**
 * Pieces that statement nodes share: spans, names, expressions, queries and types.
 *
 * Every offset is a UTF-16 index into the text of the statement itself (`ParsedStatement.sql`), so that a node may be
 * kept and used again whatever string the statement first came in.
 */
import type { Node, SelectStmt, TypeName as PgTypeName } from '@pgsql/types';
import type { PgSource } from '../postgres.ts';

/** Half-open range of UTF-16 offsets into the statement's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A name of one or more parts, folded and unquoted: `["materialize", "public", "s"]`. Only the parser limits the number
 * of parts where Materialize's parser does; resolution says so otherwise.
 */
export interface ObjectName {
  readonly parts: readonly string[];
  readonly span: Span;
  /** Set for the id form, `[u1 AS materialize.public.s]`. */
  readonly id?: string;
}

/** An expression in PostgreSQL's own tree. Locations in it are byte offsets; see `offsetOf` in `postgres.ts`. */
export interface Expression {
  readonly ast: Node;
  /** As written, without surrounding white space. */
  readonly sql: string;
  /** The text the tree's locations belong to. */
  readonly source: PgSource;
  readonly span: Span;
}

/** A query (SELECT, VALUES, TABLE, WITH ...) in PostgreSQL's own tree. */
export interface Query {
  readonly ast: SelectStmt;
  /** As written, without the `AS OF` clause. */
  readonly sql: string;
  /** The text the tree's locations belong to. */
  readonly source: PgSource;
  readonly span: Span;
  /** `AS OF [AT LEAST] expr` at the end of the query. */
  readonly asOf: AsOf | null;
}

/** `AS OF 123` or `AS OF AT LEAST 123`. */
export interface AsOf {
  readonly atLeast: boolean;
  readonly time: Expression;
}

/** A type as written: `numeric(10, 2)`, `text list`, `map[text => int]`. Encoding of lists and maps: `extensions.ts`. */
export interface TypeRef {
  readonly ast: PgTypeName;
  readonly sql: string;
  readonly span: Span;
}

/** `CASCADE`, `RESTRICT`, or null when neither was written. */
export type DropBehavior = 'cascade' | 'restrict' | null;

/** Kinds of objects as statements spell them (`ALTER <kind>`, `DROP <kind>`, `COMMENT ON <kind>`), in lower case. */
export type ObjectKind =
  | 'table'
  | 'view'
  | 'materialized view'
  | 'source'
  | 'sink'
  | 'index'
  | 'type'
  | 'secret'
  | 'connection'
  | 'continual task'
  | 'cluster'
  | 'cluster replica'
  | 'database'
  | 'schema'
  | 'role'
  | 'network policy'
  | 'function';
