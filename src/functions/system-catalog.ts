/**
 * What functions ask about built-in objects. The relations room knows them and stands above this one, so it (or the
 * query room) hands its knowledge down once at start through {@link setSystemCatalog}.
 */
import type { Id } from '../catalog/ids.ts';
import type { AclEntry } from '../catalog/records.ts';
import type { SessionContext } from '../query/session-context.ts';

/** A built-in relation, index, type, function or connection. */
export interface SystemObjectFact {
  readonly id: Id;
  readonly oid: number;
  readonly schemaId: Id;
  readonly name: string;
  /** Kind as mz_objects.type prints it: `table`, `view`, `index`, `type`, `function`, ... */
  readonly kind: string;
  readonly ownerId: Id;
  readonly privileges: readonly AclEntry[];
  /** Column names in order, for relations. */
  readonly columns?: readonly string[];
  /** COMMENT ON text, where the object has one. */
  readonly comment?: string;
  /** An index: the CREATE INDEX text that pg_get_indexdef prints, and its key columns. */
  readonly definition?: string;
  readonly keys?: readonly string[];
}

export interface SystemCatalog {
  /** A relation or index by schema id and name. */
  relationByName(schemaId: Id, name: string): SystemObjectFact | undefined;
  objectByOid(oid: number): SystemObjectFact | undefined;
  objectById(id: Id): SystemObjectFact | undefined;
  /** Comment on a column of a built-in relation, by its 1-based position. */
  columnComment(oid: number, position: number): string | undefined;
}

/** SQL text of items, and statements rewritten: what the printers above this room know. */
export interface SqlPrinter {
  /** SELECT text of a view or materialized view by item id, as pg_get_viewdef shows it. */
  viewDefinition(session: SessionContext, id: Id): string | null;
  /** CREATE INDEX text by item id. */
  indexDefinition(session: SessionContext, id: Id): string | null;
  /** The statement with its literals replaced by '<REDACTED>'. Throws syntax errors. */
  redact(sql: string): string;
  /** The statement laid out for reading, lines at most `width` wide where that can be. */
  pretty(sql: string, width: number): string;
}

const NOTHING: SystemCatalog = {
  relationByName: () => undefined,
  objectByOid: () => undefined,
  objectById: () => undefined,
  columnComment: () => undefined,
};

let current: SystemCatalog = NOTHING;
let printer: SqlPrinter | undefined;

/** Called once at start by the room that knows the built-in objects. */
export function setSystemCatalog(catalog: SystemCatalog): void {
  current = catalog;
}

export function systemCatalog(): SystemCatalog {
  return current;
}

/** Called once at start by the room that prints SQL. */
export function setSqlPrinter(value: SqlPrinter): void {
  printer = value;
}

export function sqlPrinter(): SqlPrinter | undefined {
  return printer;
}
