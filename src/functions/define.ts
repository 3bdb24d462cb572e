/**
 * How a family file writes its functions down: a table from signature to implementation. The signature is that of
 * pg_proc, `name(type,type)` with pg_type names; result type, strictness, volatility and OID come from the catalog facts
 * (pg-facts.ts), so that a family says only what PostgreSQL's catalog does not.
 */
import type { SessionContext } from '../query/session-context.ts';
import type { Datum, Row } from '../types/datum.ts';
import type { Accumulator, CallTypes, WindowPartition } from './function.ts';

/** What the planner calls for every row. */
export type Evaluate = (args: readonly Datum[], session: SessionContext) => Datum;

/** A function of its arguments alone, each typed as its datum. */
export type Plain = (...args: never[]) => Datum;

/** A function that needs more than its arguments: the resolved types, or the session. */
export interface Made {
  make(types: CallTypes): Evaluate;
}

export type ScalarTable = Readonly<Record<string, Plain | Made>>;

/** Rows of a set-returning function; a scalar result is a row of one. */
export type EvaluateRows = (args: readonly Datum[], session: SessionContext) => Iterable<Row>;
export interface MadeRows {
  make(types: CallTypes): EvaluateRows;
}
export type RowsTable = Readonly<Record<string, MadeRows>>;

export interface MadeAggregate {
  make(types: CallTypes): (session?: SessionContext) => Accumulator;
}
/** Aggregates; `strict` is told here because pg_proc does not carry it (it follows from the transition function). */
export type AggregateTable = Readonly<Record<string, MadeAggregate & { readonly strict: boolean }>>;

export type WindowTable = Readonly<
  Record<string, { make(types: CallTypes): (partition: WindowPartition) => Datum }>
>;

/** A function that reads the session, its arguments after it. */
export function withSession(evaluate: (session: SessionContext, ...args: never[]) => Datum): Made {
  const call = evaluate as (session: SessionContext, ...args: Datum[]) => Datum;
  switch (evaluate.length) {
    case 1:
      return { make: () => (_, session) => call(session) };
    case 2:
      return { make: () => (args, session) => call(session, arg(args, 0)) };
    default:
      return { make: () => (args, session) => call(session, ...args) };
  }
}

/** A function made for the resolved types of the call, its arguments spread. */
export function forTypes(specialise: (types: CallTypes) => Plain): Made {
  return { make: (types) => spread(specialise(types)) };
}

/** A function made for the resolved types that takes its arguments as an array. */
export function made(make: (types: CallTypes) => Evaluate): Made {
  return { make };
}

/** A set-returning function of rows. */
export function rowsOf(generate: (...args: never[]) => Iterable<Row>): MadeRows {
  const call = generate as (...args: Datum[]) => Iterable<Row>;
  return { make: () => (args) => call(...args) };
}

/** The argument at a position; a missing one is NULL. */
export function arg(args: readonly Datum[], position: number): Datum {
  return args[position] ?? null;
}

/** Calls a plain function with an array of arguments, without spreading for the common counts. */
export function spread(plain: Plain): Evaluate {
  const call = plain as (...args: Datum[]) => Datum;
  switch (plain.length) {
    case 0:
      return (args) => call(...args);
    case 1:
      return (args) => call(arg(args, 0));
    case 2:
      return (args) => call(arg(args, 0), arg(args, 1));
    case 3:
      return (args) => call(arg(args, 0), arg(args, 1), arg(args, 2));
    default:
      return (args) => call(...args);
  }
}

/** A table entry as what the planner specialises. */
export function asMade(entry: Plain | Made): Made {
  if (typeof entry !== 'function') return entry;
  const evaluate = spread(entry);
  return { make: () => evaluate };
}

/** The same implementation under several signatures. */
export function alike<T>(signatures: readonly string[], entry: T): Readonly<Record<string, T>> {
  return Object.fromEntries(signatures.map((signature) => [signature, entry]));
}
