/**
 * The contract between binding and running a query: what `bind*` answers and `openQuery`, `openWrite` take.
 *
 * - Expressions: `expr.ts`. Plan nodes: `plan/nodes.ts`. Everything is readonly data; nothing in it depends on values of
 *   parameters, so a bound statement can be kept and run many times while the catalog's schema version stays.
 * - A query level numbers the relations of its FROM clause, and the results of aggregation, windows and set-returning
 *   functions: these are slots. A frame holds one row for each slot; Var(slot, col) reads it. After an `aggregate` node a
 *   frame holds that node's slot only.
 * - A level reads another level's values only through arguments: Outer(i) is the i-th value in `args` of the `Subplan` or
 *   `SubqueryScan` that holds the query. CTEs get the arguments of the level that declares them.
 * - Binding has checked types and coerced every operand; running looks nothing up by name.
 */
import type { Id } from '../catalog/ids.ts';
import type { ColumnType } from '../types/sql-type.ts';
import type { Expr } from './expr.ts';
import type { RowNode } from './plan/nodes.ts';
import type { ResultColumn } from './result.ts';

export type * from './expr.ts';
export type * from './plan/nodes.ts';

/** A column of a bound query; `nullable` is false only where that is certain. */
export interface BoundColumn extends ResultColumn {
  readonly nullable: boolean;
}

/** A relation that a statement reads. */
export interface RelationUse {
  readonly id: Id;
  readonly kind: 'system' | 'item';
  /** The views it is read through, outermost first; empty when the statement names it itself. */
  readonly viaViews: readonly Id[];
}

/**
 * A place in the statement's text that names a relation: where the name starts (UTF-16 offset). `alias` is the name the
 * relation goes by when the query gives it none. A qualified column (`schema.table.column`) drops parts of its qualifier
 * once the relation has an alias. What `storedQuery` is made from.
 */
export type NameReference =
  | { readonly kind: 'relation'; readonly start: number; readonly id: Id; readonly alias: string | null }
  | { readonly kind: 'column'; readonly start: number; readonly dropParts: number };

/** A query whose names and types are settled. */
export interface BoundQuery {
  readonly kind: 'query';
  readonly columns: readonly BoundColumn[];
  /** Types of `$1`, `$2`, ...; those the client left open are inferred. */
  readonly parameters: readonly ColumnType[];
  readonly plan: RowNode;
  readonly relations: readonly RelationUse[];
  readonly references: readonly NameReference[];
  /** True when no relation is read. */
  readonly isConstant: boolean;
}

/** RETURNING: expressions over Var(0, i), the column of the written (or deleted) row, and Var(1, i), its `extras`. */
export interface Returning {
  readonly columns: readonly ResultColumn[];
  readonly exprs: readonly Expr[];
}

/**
 * An INSERT, UPDATE or DELETE. Rows of `source`:
 *
 * | kind | columns |
 * | --- | --- |
 * | insert | the new row, in order of the table's columns |
 * | update | row id (int8), the new row, then extras for RETURNING |
 * | delete | row id (int8), the old row, then extras for RETURNING |
 *
 * An UPDATE's or DELETE's source may give a row id more than once (joins): the first counts. NOT NULL is checked on writing.
 */
export interface BoundWrite {
  readonly kind: 'insert' | 'update' | 'delete';
  readonly tableId: Id;
  readonly source: RowNode;
  /** Number of the table's columns. */
  readonly width: number;
  readonly returning: Returning | null;
  readonly parameters: readonly ColumnType[];
  readonly relations: readonly RelationUse[];
}
