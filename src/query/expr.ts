/**
 * Bound expressions: names, types and overloads are settled, nothing is left to look up. Readonly data; `compile.ts` turns
 * them into closures.
 */
import type { AggregateFunction, CallTypes, TableFunction, WindowFunction } from '../functions/function.ts';
import type { OperatorDef, ScalarFunction } from '../functions/function.ts';
import type { Cast } from '../types/cast.ts';
import type { Datum } from '../types/datum.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { RowNode } from './plan/nodes.ts';

interface Typed {
  readonly type: SqlType;
  readonly typmod: number;
}

/** A value known at planning. Type UNKNOWN: a literal that nothing has given a type yet. */
export interface Const extends Typed {
  readonly kind: 'const';
  readonly value: Datum;
}

/** A column of a relation of this query level. A frame holds one row for each slot. */
export interface Var extends Typed {
  readonly kind: 'var';
  readonly slot: number;
  readonly col: number;
  /** For error messages: `t.c`. */
  readonly name: string;
}

/** A value that the enclosing query level hands in: an index into the arguments of the subquery. */
export interface Outer extends Typed {
  readonly kind: 'outer';
  readonly index: number;
}

/** `$n`, 1-based. */
export interface Param extends Typed {
  readonly kind: 'param';
  readonly number: number;
}

/** A function or operator call; arguments have been coerced. */
export interface Call extends Typed {
  readonly kind: 'call';
  readonly fn: ScalarFunction | OperatorDef;
  readonly args: readonly Expr[];
  readonly types: CallTypes;
  /** The last argument is an array whose elements are the variadic arguments. */
  readonly spread?: boolean;
}

export interface CastExpr extends Typed {
  readonly kind: 'cast';
  readonly arg: Expr;
  readonly cast: Cast;
  readonly explicit: boolean;
}

export interface Logic extends Typed {
  readonly kind: 'and' | 'or';
  readonly args: readonly Expr[];
}

export interface Not extends Typed {
  readonly kind: 'not';
  readonly arg: Expr;
}

export interface NullTest extends Typed {
  readonly kind: 'nullTest';
  readonly arg: Expr;
  readonly isNull: boolean;
}

/** IS [NOT] TRUE, FALSE, UNKNOWN. */
export interface BoolTest extends Typed {
  readonly kind: 'boolTest';
  readonly arg: Expr;
  readonly wanted: boolean | null;
  readonly negated: boolean;
}

export interface Case extends Typed {
  readonly kind: 'case';
  readonly whens: readonly { readonly when: Expr; readonly then: Expr }[];
  readonly otherwise: Expr;
}

/** COALESCE, GREATEST, LEAST. */
export interface Choice extends Typed {
  readonly kind: 'coalesce' | 'greatest' | 'least';
  readonly args: readonly Expr[];
}

/** NULLIF: NULL when `equal`, a comparison of `arg` with the other value, is true; else `arg`. */
export interface NullIf extends Typed {
  readonly kind: 'nullIf';
  readonly arg: Expr;
  readonly equal: Expr;
}

/** ARRAY[...]: `nested` when the elements are arrays themselves. LIST[...] and MAP[...] share the shape. */
export interface Collection extends Typed {
  readonly kind: 'array' | 'list' | 'map';
  readonly args: readonly Expr[];
  readonly nested: boolean;
}

export interface RowExpr extends Typed {
  readonly kind: 'row';
  readonly args: readonly Expr[];
}

/** The whole row of a slot as a record; NULL where an outer join filled in. */
export interface WholeRow extends Typed {
  readonly kind: 'wholeRow';
  readonly slot: number;
  readonly width: number;
}

export interface FieldSelect extends Typed {
  readonly kind: 'field';
  readonly arg: Expr;
  readonly index: number;
}

/** `a[i][j]` or, when `slice`, `a[i:j]`; null bounds of a slice are open. Also on lists, maps and jsonb. */
export interface Subscript extends Typed {
  readonly kind: 'subscript';
  readonly arg: Expr;
  readonly slice: boolean;
  readonly indices: readonly { readonly lower: Expr | null; readonly upper: Expr | null }[];
}

/** IS [NOT] DISTINCT FROM; `equal` compares two values that are not NULL: Var(0,0), the left, with Var(1,0). */
export interface Distinct extends Typed {
  readonly kind: 'distinct';
  readonly left: Expr;
  readonly right: Expr;
  readonly equal: Expr;
  readonly negated: boolean;
}

/** `x op ANY (array)`; `test` compares Var(0,0), the left side, with Var(1,0), an element. */
export interface ArrayCompare extends Typed {
  readonly kind: 'arrayCompare';
  readonly left: Expr;
  readonly array: Expr;
  readonly all: boolean;
  readonly test: Expr;
  /** Set when `test` is equality of two values of this type, which can be hashed. */
  readonly hashType: SqlType | null;
}

/** Row comparison by <, <=, >, >=: pairs compare in order. */
export interface RowCompare extends Typed {
  readonly kind: 'rowCompare';
  readonly op: '<' | '<=' | '>' | '>=';
  readonly pairs: readonly { readonly equal: Expr; readonly compare: Expr }[];
}

/**
 * A query inside an expression. It is a function of `args`: with the same values it gives the same rows (unless volatile),
 * so one without arguments runs once for the statement.
 */
export interface Subplan {
  readonly plan: RowNode;
  /** Values that the query needs of the level around it; Outer(i) inside reads the i-th. */
  readonly args: readonly Expr[];
  /** It reads a CTE of a level around it, so its result belongs to that level. */
  readonly usesCte: boolean;
}

/** Modes `list` and `map` are LIST(SELECT ...) and MAP(SELECT key, value ...). */
export interface Sublink extends Typed {
  readonly kind: 'sublink';
  readonly mode: 'scalar' | 'exists' | 'array' | 'list' | 'map' | 'any' | 'all';
  readonly sub: Subplan;
  /** ANY and ALL: values compared with the columns of the query, as Var(0,i) and Var(1,i) of `test`. */
  readonly left: readonly Expr[];
  readonly test: Expr | null;
  readonly hashTypes: readonly SqlType[] | null;
}

/** An aggregate before its query level is finished; no finished plan holds one outside `AggregateNode`. */
export interface Aggregate extends Typed {
  readonly kind: 'aggregate';
  readonly fn: AggregateFunction;
  readonly args: readonly Expr[];
  readonly types: CallTypes;
  readonly distinct: boolean;
  readonly order: readonly SortKey[];
  readonly filter: Expr | null;
  readonly spread: boolean;
}

/** GROUPING(...) before its query level is finished; replaced by a column of the aggregation. */
export interface Grouping extends Typed {
  readonly kind: 'grouping';
  readonly args: readonly Expr[];
}

/** A window function call before its query level is finished. */
export interface WindowCall extends Typed {
  readonly kind: 'window';
  readonly fn: WindowFunction | AggregateFunction;
  readonly args: readonly Expr[];
  readonly types: CallTypes;
  readonly filter: Expr | null;
  readonly window: WindowSpec;
}

/** A set-returning function in a select list; replaced by a column of the expansion. */
export interface SetCall extends Typed {
  readonly kind: 'set';
  readonly fn: TableFunction;
  readonly args: readonly Expr[];
  readonly types: CallTypes;
  readonly width: number;
}

export type Expr =
  | Const
  | Var
  | Outer
  | Param
  | Call
  | CastExpr
  | Logic
  | Not
  | NullTest
  | BoolTest
  | Case
  | Choice
  | NullIf
  | Collection
  | RowExpr
  | WholeRow
  | FieldSelect
  | Subscript
  | Distinct
  | ArrayCompare
  | RowCompare
  | Sublink
  | Aggregate
  | Grouping
  | WindowCall
  | SetCall;

/** How rows are ordered by one value. */
export interface SortKey {
  readonly expr: Expr;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export type FrameMode = 'rows' | 'range' | 'groups';
export type FrameBound =
  | { readonly kind: 'unboundedPreceding' | 'unboundedFollowing' | 'currentRow' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: Expr };

export interface WindowFrame {
  readonly mode: FrameMode;
  readonly start: FrameBound;
  readonly end: FrameBound;
  readonly exclude: 'none' | 'current' | 'group' | 'ties';
  /** RANGE with an offset: sort value minus and plus the offset, as Var(0,0) and Var(1,0). */
  readonly minus: Expr | null;
  readonly plus: Expr | null;
}

export interface WindowSpec {
  readonly partition: readonly Expr[];
  readonly order: readonly SortKey[];
  readonly frame: WindowFrame;
}
