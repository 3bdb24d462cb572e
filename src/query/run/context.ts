/** What a running query carries: the session, parameters, its time slice and its memory, and the arguments of each level. */
import { SqlError } from '../../errors.ts';
import { castSession } from '../../functions/cast-session.ts';
import type { CastSession } from '../../types/cast-session.ts';
import type { Datum, Row } from '../../types/datum.ts';
import type { Interrupt } from '../interrupt.ts';
import type { ExecutionContext, SessionContext } from '../session-context.ts';
import type { CteBuffer } from './cte.ts';
import type { SublinkState } from './sublink.ts';

/** One row for each slot of a query level; NULL_ROW until its relation has been read. */
export type Frame = readonly Row[];

/** The row an outer join puts where there is no match; wider than any relation. */
export const NULL_ROW: Row = new Array<null>(1700).fill(null);

/** No more rows. */
export const DONE = Symbol('done');
/** The time slice is used up: ask again later. */
export const YIELD = Symbol('yield');

/** Thrown by an expression whose subquery ran out of its time slice; the operator evaluates the expression again later. */
export const SUSPEND = Symbol('suspend');

/** Pull-based operator. After an error or `close` it is not asked again. */
export interface Operator<T> {
  next(): T | typeof DONE | typeof YIELD;
}

/** Length of a time slice in milliseconds. */
export const SLICE_MS = 2;
/** Rows between two looks at the clock. */
const ROWS_PER_LOOK = 128;

/** The part of a running query that all its levels share. */
export class QueryRun {
  readonly session: SessionContext;
  readonly parameters: readonly Datum[];
  readonly interrupt: Interrupt;
  readonly memoryLimit: number;
  /** Results of subqueries that depend on nothing, and indexes made on the way; by plan object. */
  readonly shared = new Map<object, unknown>();
  #memory = 0;
  #rows = 0;
  #sliceEnd = 0;

  constructor(context: ExecutionContext) {
    this.session = context.session;
    this.parameters = context.parameters;
    this.interrupt = context.interrupt;
    this.memoryLimit = context.memoryLimit;
  }

  get casts(): CastSession {
    return castSession(this.session);
  }

  /** Begins a time slice. */
  begin(): void {
    this.interrupt.check();
    this.#rows = 0;
    this.#sliceEnd = 0;
  }

  /** Counts a row of work; true when the slice is used up. */
  tick(): boolean {
    if (++this.#rows < ROWS_PER_LOOK) return false;
    return this.#look();
  }

  #look(): boolean {
    const now = performance.now();
    if (this.#sliceEnd === 0) {
      this.#sliceEnd = now + SLICE_MS;
    } else if (now >= this.#sliceEnd) {
      return true;
    }
    this.#rows = 0;
    return false;
  }

  /** Accounts for bytes held. Throws 53200 past the limit. */
  hold(bytes: number): void {
    this.#memory += bytes;
    if (this.#memory > this.memoryLimit) {
      throw new SqlError('53200', `result exceeds max size of ${binarySize(this.memoryLimit)}`);
    }
  }

  release(bytes: number): void {
    this.#memory -= bytes;
  }
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `1.0 GiB`: bytes in binary units with one decimal. */
export function binarySize(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  return unit === 0 ? `${size} B` : `${size.toFixed(1)} ${UNITS[unit]}`;
}

/** One query level while it runs: its arguments and what is remembered for it. */
export class Level {
  readonly run: QueryRun;
  readonly session: SessionContext;
  readonly args: readonly Datum[];
  readonly parent: Level | null;
  /** Results of the level's subqueries, by plan object. */
  readonly sublinks = new Map<object, SublinkState>();
  ctes: Map<number, CteBuffer> | null = null;

  constructor(run: QueryRun, args: readonly Datum[], parent: Level | null) {
    this.run = run;
    this.session = run.session;
    this.args = args;
    this.parent = parent;
  }

  /** The buffer of a CTE of this level or one around it. */
  cte(id: number): CteBuffer {
    const found = this.ctes?.get(id) ?? this.parent?.cte(id);
    if (found === undefined) throw new Error(`common table expression ${id} is not open`);
    return found;
  }
}

/** Approximate bytes of a row held in memory. */
export function rowBytes(row: Row): number {
  let bytes = 32;
  for (const datum of row) bytes += datumBytes(datum);
  return bytes;
}

function datumBytes(datum: Datum): number {
  if (typeof datum === 'string') return 24 + datum.length;
  if (datum === null || typeof datum !== 'object') return 8;
  if (datum instanceof Uint8Array) return 64 + datum.length;
  if ('elements' in datum) return datum.elements.reduce<number>((sum, item) => sum + datumBytes(item), 64);
  return 'fields' in datum ? rowBytes(datum.fields) : 96;
}

/** Approximate bytes of a frame whose rows are held nowhere else. */
export function frameBytes(frame: Frame): number {
  let bytes = 32;
  for (const row of frame) bytes += row === NULL_ROW ? 8 : rowBytes(row);
  return bytes;
}
