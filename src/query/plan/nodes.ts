/**
 * Plan nodes. Frame nodes give frames (one row for each slot of the query level); row nodes give rows, the result of a
 * query. Both are readonly data.
 */
import type { Id } from '../../catalog/ids.ts';
import type { AggregateFunction, CallTypes, TableFunction } from '../../functions/function.ts';
import type { SystemRelation } from '../../relations/relation.ts';
import type { Datum, Row } from '../../types/datum.ts';
import type { ColumnType, SqlType } from '../../types/sql-type.ts';
import type { Aggregate, Expr, SetCall, SortKey, WindowCall } from '../expr.ts';
import type { SessionContext } from '../session-context.ts';

export interface RelationColumnInfo extends ColumnType {
  readonly name: string;
  readonly nullable: boolean;
}

/** A relation that rows are read from. Views are never here: binding replaces them by their query. */
export interface Relation {
  readonly id: Id;
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly RelationColumnInfo[];
  readonly from:
    | { readonly kind: 'system'; readonly relation: SystemRelation }
    | { readonly kind: 'table' }
    | { readonly kind: 'source' };
}

/** Finds rows of a relation by the values of some columns: every row that has them, and perhaps more. */
export interface LookupIndex {
  readonly columns: readonly string[];
  /** `width`: only so many of the first columns are read. */
  find(session: SessionContext, keys: readonly Datum[], width?: number): Iterable<Row>;
}

/** Access to a relation by equality; `keys` are evaluated before the rows are read. `index` null: made when it pays. */
export interface Lookup {
  readonly index: LookupIndex | null;
  readonly columns: readonly number[];
  readonly keys: readonly Expr[];
  /** The one key is an array: rows whose column equals any of its elements. */
  readonly anyElement?: boolean;
}

/** One frame with nothing in it: a SELECT without FROM. */
export interface One {
  readonly kind: 'one';
}

/** Values a scan can add to each row, after the relation's own columns. `rowId`: key of the stored row, as int8. */
export type HiddenColumn = 'tableoid' | 'ctid' | 'rowId';

/** Rows of a relation. Binding leaves `filter` and `lookup` null; the optimiser fills them in. */
export interface Scan {
  readonly kind: 'scan';
  readonly slot: number;
  readonly relation: Relation;
  /** Name in the query: the alias, or the relation's own. */
  readonly alias: string;
  readonly hidden: readonly HiddenColumn[];
  readonly filter: Expr | null;
  readonly lookup: Lookup | null;
  /** Only so many of the relation's first columns are read; left out: all, or not known yet. */
  readonly width?: number;
}

/**
 * Rows of a query in FROM. When it is LATERAL (an argument reads the frame so far) it stands as `dependent` of its join.
 * Binding leaves `filter` null.
 */
export interface SubqueryScan {
  readonly kind: 'subquery';
  readonly slot: number;
  readonly query: RowNode;
  /** Values the query needs of this level: of the frame so far when it is LATERAL, or of the level's own arguments. */
  readonly args: readonly Expr[];
  readonly filter: Expr | null;
  readonly alias: string;
}

/** One function of FROM; columns beyond its own come from a column definition list. */
export interface FunctionCall {
  readonly fn: TableFunction | null;
  /** A scalar function in FROM: one row. */
  readonly scalar: Expr | null;
  readonly args: readonly Expr[];
  readonly types: CallTypes;
  readonly width: number;
  /** The function answers a record whose fields are the columns. */
  readonly unpack: boolean;
}
export interface FunctionScan {
  readonly kind: 'function';
  readonly slot: number;
  readonly calls: readonly FunctionCall[];
  readonly ordinality: boolean;
  readonly filter: Expr | null;
  readonly alias: string;
}
/** Rows of a CTE of this level or one around it; `cte` is the `id` of its {@link CtePlan}, or the `workId` of a step. */
export interface CteScan {
  readonly kind: 'cte';
  readonly slot: number;
  readonly cte: number;
  readonly filter: Expr | null;
  readonly alias: string;
}

export type JoinType = 'inner' | 'left' | 'full' | 'semi' | 'anti';

export interface HashKeys {
  readonly left: readonly Expr[];
  readonly right: readonly Expr[];
  readonly types: readonly SqlType[];
}

/**
 * A join; RIGHT has been turned around. Frames of the right side are laid over those of the left; where an outer join
 * fills in, the slots of the missing side hold no row (every column, and the whole row, is NULL).
 *
 * Binding gives either `right` with `on`, or `dependent` with `dependentOn` (LATERAL; inner or left only), `hash` null and
 * types inner, left and full; the optimiser takes keys out of `on`, adds look-ups, and makes semi and anti joins.
 */
export interface Join {
  readonly kind: 'join';
  readonly type: JoinType;
  readonly left: FrameNode;
  /** Run once for itself: for hashing and nested loops. null when the right side needs the left's frame (LATERAL). */
  readonly right: FrameNode | null;
  /** Run anew for each left frame: LATERAL, or a look-up by the left's values. */
  readonly dependent: FrameNode | null;
  readonly hash: HashKeys | null;
  /** What must hold beside the hash keys. */
  readonly on: Expr | null;
  /** What must hold of a frame that `dependent` gives: the whole condition. */
  readonly dependentOn: Expr | null;
  readonly leftSlots: readonly number[];
  readonly rightSlots: readonly number[];
}
export interface Filter {
  readonly kind: 'filter';
  readonly input: FrameNode;
  readonly condition: Expr;
}

export interface AggregateSpec {
  readonly fn: AggregateFunction;
  readonly args: readonly Expr[];
  readonly types: CallTypes;
  readonly distinct: boolean;
  readonly order: readonly SortKey[];
  readonly filter: Expr | null;
  readonly spread: boolean;
}

/** Groups frames; its output row sits in `slot`: keys, aggregates, then GROUPING bit masks. */
export interface AggregateNode {
  readonly kind: 'aggregate';
  readonly input: FrameNode;
  readonly slot: number;
  readonly keys: readonly Expr[];
  /** Grouping sets as positions of keys; null: one set of all keys. */
  readonly sets: readonly (readonly number[])[] | null;
  readonly aggregates: readonly AggregateSpec[];
  /** Each GROUPING(...) as positions of keys. */
  readonly groupings: readonly (readonly number[])[];
}

/** Adds a row of window results in `slot`. All calls share partition and order. */
export interface WindowNode {
  readonly kind: 'window';
  readonly input: FrameNode;
  readonly slot: number;
  readonly calls: readonly WindowCall[];
  /** Where in the slot's row the first result goes. */
  readonly offset: number;
}

export type FrameNode =
  One | Scan | SubqueryScan | FunctionScan | CteScan | Join | Filter | AggregateNode | WindowNode;

/** Turns frames to rows. `slots`: how many slots the frames of the level have. */
export interface Project {
  readonly kind: 'project';
  readonly input: FrameNode;
  readonly slots: number;
  readonly targets: readonly Expr[];
}

/**
 * A select list with set-returning functions. Each level is a list of `set` expressions that run side by side (shorter
 * ones go on with NULL) for each frame; later levels read the values of earlier ones. Values are numbered through all
 * levels: Var(slot, i) in `targets` and in later levels. A call of `width` > 1 gives a record.
 */
export interface ProjectSet {
  readonly kind: 'projectSet';
  readonly input: FrameNode;
  readonly slots: number;
  readonly slot: number;
  readonly levels: readonly (readonly SetCall[])[];
  readonly targets: readonly Expr[];
}
/** Rows of expressions that read no slot: only parameters, `outer` values and subqueries. */
export interface Values {
  readonly kind: 'values';
  readonly width: number;
  readonly rows: readonly (readonly Expr[])[];
}

/** Order of rows by their columns. */
export interface ColumnOrder {
  readonly column: number;
  readonly type: SqlType;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}
/** Stable sort of rows. Binding leaves `limit` null. */
export interface Sort {
  readonly kind: 'sort';
  readonly input: RowNode;
  readonly order: readonly ColumnOrder[];
  /** Only the first so many rows are wanted: the LIMIT and OFFSET above. */
  readonly limit: Limit | null;
}
export interface DistinctNode {
  readonly kind: 'distinctRows';
  readonly input: RowNode;
  /** Columns that tell rows apart; the first row of each kind is kept. */
  readonly columns: readonly { readonly column: number; readonly type: SqlType }[];
}
/** `count` and `offset` are of type int8 and read no slot; NULL means no limit, a negative one is an error of running. */
export interface Limit {
  readonly kind: 'limit';
  readonly input: RowNode;
  readonly count: Expr | null;
  readonly offset: Expr | null;
  /** WITH TIES: rows equal to the last one in these columns follow. */
  readonly ties: readonly ColumnOrder[] | null;
}
/** Keeps the first columns; the rest only served sorting. */
export interface Strip {
  readonly kind: 'strip';
  readonly input: RowNode;
  readonly width: number;
}
export interface SetOperation {
  readonly kind: 'setOperation';
  readonly op: 'union' | 'intersect' | 'except';
  readonly all: boolean;
  readonly left: RowNode;
  readonly right: RowNode;
  readonly types: readonly SqlType[];
}
/** Converts columns: branches of a set operation to their common types. */
export interface Convert {
  readonly kind: 'convert';
  readonly input: RowNode;
  /** Over Var(0, i), the row itself. */
  readonly targets: readonly Expr[];
}

/**
 * A common table expression. Ids are unique in the whole statement. It runs at most once for each run of the `with` node
 * that holds it; one that is not `materialized` may run where it is read.
 */
export interface CtePlan {
  readonly id: number;
  readonly name: string;
  readonly query: RowNode;
  /** AS MATERIALIZED: computed once, whoever reads it. */
  readonly materialized: boolean;
  /** WITH RECURSIVE: `query` starts, `recursive` goes on from the rows of the step before, read by `CteScan` of `workId`. */
  readonly recursive: {
    readonly step: RowNode;
    readonly workId: number;
    readonly distinct: boolean;
    readonly types: readonly SqlType[];
  } | null;
}
export interface With {
  readonly kind: 'with';
  readonly ctes: readonly CtePlan[];
  readonly body: RowNode;
}

export type RowNode =
  Project | ProjectSet | Values | Sort | DistinctNode | Limit | Strip | SetOperation | Convert | With;

/** An aggregate call as a node keeps it. */
export function aggregateSpec(call: Aggregate): AggregateSpec {
  const { fn, args, types, distinct, order, filter, spread } = call;
  return { fn, args, types, distinct, order, filter, spread };
}
