/** Nodes whose body is PostgreSQL's own grammar: queries and data changes. */
import type { DeleteStmt, InsertStmt, UpdateStmt } from '@pgsql/types';
import type { PgSource } from '../postgres.ts';
import type { Query } from './common.ts';

/** SELECT, VALUES, TABLE, WITH. */
export interface Select {
  readonly kind: 'select';
  readonly query: Query;
}

/** INSERT. Materialize's syntax inside is encoded as `extensions.ts` says. */
export interface Insert {
  readonly kind: 'insert';
  readonly ast: InsertStmt;
  readonly sql: string;
  /** The text the tree's locations belong to. */
  readonly source: PgSource;
}

/** UPDATE. */
export interface Update {
  readonly kind: 'update';
  readonly ast: UpdateStmt;
  readonly sql: string;
  /** The text the tree's locations belong to. */
  readonly source: PgSource;
}

/** DELETE. */
export interface Delete {
  readonly kind: 'delete';
  readonly ast: DeleteStmt;
  readonly sql: string;
  /** The text the tree's locations belong to. */
  readonly source: PgSource;
}
