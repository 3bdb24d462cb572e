/**
 * The shape of SQL functions, operators and aggregates. Each family has its file, which exports arrays of these;
 * `registry.ts` joins them and answers look-ups by name. Overload resolution itself belongs to the binder.
 */
import type { SessionContext } from '../query/session-context.ts';
import type { Datum, Row } from '../types/datum.ts';
import type { SqlType } from '../types/sql-type.ts';

export type Volatility = 'immutable' | 'stable' | 'volatile';

/** A parameter type: a real one, or one of PostgreSQL's polymorphic or pseudo types (anyelement, anyarray, any, ...). */
export type ParameterType = SqlType;

/** Types the call was resolved to, for functions whose work depends on them (polymorphic ones). */
export interface CallTypes {
  readonly args: readonly SqlType[];
  /** Type modifiers of the arguments, -1 for none. */
  readonly typmods: readonly number[];
  readonly result: SqlType;
  /** How WITHIN GROUP sorts, one entry for each sorted argument: hypothetical-set aggregates compare by it. */
  readonly order?: readonly SortDirection[];
}

export interface SortDirection {
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

interface FunctionBase {
  /** Schema that holds it: `pg_catalog`, `mz_catalog`, `mz_internal`, `mz_unsafe`. */
  readonly schema: string;
  readonly name: string;
  /** pg_proc.oid; PostgreSQL's own where it has the function. */
  readonly oid: number;
  readonly args: readonly ParameterType[];
  /** Element type of a VARIADIC tail beyond `args`; with `any` each may differ. */
  readonly variadic?: ParameterType;
  /** How many trailing arguments may be left out (functions with defaults). */
  readonly optionalArgs?: number;
  /** Values of those arguments, in order, where they are known: for calls that name a later one. */
  readonly defaults?: readonly Datum[];
  /** Names for name => value notation, where the function has them. */
  readonly argNames?: readonly string[];
}

/** A function of values to a value. */
export interface ScalarFunction extends FunctionBase {
  readonly kind: 'scalar';
  /** A polymorphic result is computed from the resolved argument types. */
  readonly returns: SqlType | ((args: readonly SqlType[]) => SqlType);
  /** True: a NULL argument makes the result NULL without a call. */
  readonly strict: boolean;
  readonly volatility: Volatility;
  /** Specialises for the resolved types; called once at planning. Throws SqlError at evaluation. */
  make(types: CallTypes): (args: readonly Datum[], session: SessionContext) => Datum;
}

/** A function in FROM (or in a select list): rows of one or more columns. */
export interface TableFunction extends FunctionBase {
  readonly kind: 'table';
  /** Columns of the result; one column named after the function for a set of scalars. */
  readonly columns: (
    args: readonly SqlType[],
  ) => readonly { readonly name: string; readonly type: SqlType }[];
  readonly strict: boolean;
  readonly volatility: Volatility;
  make(types: CallTypes): (args: readonly Datum[], session: SessionContext) => Iterable<Row>;
}

/** Running state of one group. */
export interface Accumulator {
  /** All arguments of a row; WITHIN GROUP: direct arguments first, rows in the order asked for. */
  add(args: readonly Datum[]): void;
  result(): Datum;
  /** Approximate bytes held, for the memory limit. */
  readonly bytes: number;
}

export interface AggregateFunction extends FunctionBase {
  readonly kind: 'aggregate';
  readonly returns: SqlType | ((args: readonly SqlType[]) => SqlType);
  /** True: rows with a NULL among the arguments are skipped. */
  readonly strict: boolean;
  /** The session is what the values' text may depend on (json_agg of timestamptz); without one that is UTC. */
  make(types: CallTypes): (session?: SessionContext) => Accumulator;
  /** WITHIN GROUP aggregates: how many of `args` are direct arguments. */
  readonly directArgs?: number;
}

/** rank() and its kind; aggregates over a window are AggregateFunctions. */
export interface WindowFunction extends FunctionBase {
  readonly kind: 'window';
  readonly returns: SqlType | ((args: readonly SqlType[]) => SqlType);
  make(types: CallTypes): (partition: WindowPartition) => Datum;
}

/** What a window function sees when it is asked for the value at one row. */
export interface WindowPartition {
  readonly rowCount: number;
  /** 0-based position of the current row in the partition. */
  readonly index: number;
  /** First and past-the-last row of the current row's peers. */
  readonly peerStart: number;
  readonly peerEnd: number;
  /** Number of peer groups before the current one. */
  readonly peerGroup: number;
  readonly frameStart: number;
  readonly frameEnd: number;
  /** Value of an argument at a row of the partition. */
  argument(position: number, row: number): Datum;
}

export type FunctionDef = ScalarFunction | TableFunction | AggregateFunction | WindowFunction;

/** An operator; `left` null for a prefix operator. */
export interface OperatorDef {
  readonly name: string;
  readonly oid: number;
  readonly left: ParameterType | null;
  readonly right: ParameterType;
  readonly returns: SqlType | ((args: readonly SqlType[]) => SqlType);
  readonly strict: boolean;
  readonly volatility: Volatility;
  make(types: CallTypes): (args: readonly Datum[], session: SessionContext) => Datum;
  /** Set for the equality and ordering operators of a type's default btree class: lets the planner hash, sort and look up. */
  readonly comparison?: '=' | '<>' | '<' | '<=' | '>' | '>=';
}
