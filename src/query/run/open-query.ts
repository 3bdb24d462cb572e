/** A bound query to a cursor: optimised and compiled at the first run, then kept with the bound query. */
import type { Datum, Row } from '../../types/datum.ts';
import { optimise } from '../optimise/optimise.ts';
import type { BoundQuery } from '../plan.ts';
import type { RowNode } from '../plan/nodes.ts';
import type { FetchState, RowCursor } from '../result.ts';
import type { ExecutionContext } from '../session-context.ts';
import { DONE, Level, QueryRun, SLICE_MS, YIELD, type Operator } from './context.ts';
import { compileRows, type OpenRows } from './rows.ts';

const NO_ARGS: readonly Datum[] = [];
const compiled = new WeakMap<RowNode, OpenRows>();

/** The operator tree of a plan as binding made it. */
export function openerOf(plan: RowNode): OpenRows {
  let open = compiled.get(plan);
  if (open === undefined) {
    open = compileRows(optimise(plan));
    compiled.set(plan, open);
  }
  return open;
}

class QueryCursor implements RowCursor {
  readonly #run: QueryRun;
  /** Until the first fetch that finds it made ready. */
  #plan: RowNode | null;
  #operator: Operator<Row> | null = null;

  constructor(plan: RowNode, context: ExecutionContext) {
    this.#run = new QueryRun(context);
    this.#plan = plan;
  }

  fetch(max: number, into: Row[]): FetchState {
    if (this.#plan === null && this.#operator === null) return 'done';
    this.#run.begin();
    if (this.#plan !== null && !this.#makeReady(this.#plan)) return 'yield';
    const operator = this.#operator!;
    for (let i = 0; i < max; i++) {
      const row = operator.next();
      if (row === DONE) {
        this.#operator = null;
        return 'done';
      }
      if (row === YIELD) return 'yield';
      into.push(row);
    }
    return 'more';
  }

  close(): void {
    this.#plan = this.#operator = null;
  }

  /** Optimises and compiles; false when that took so long that it goes on with the next fetch. */
  #makeReady(plan: RowNode): boolean {
    if (!compiled.has(plan)) {
      const sliceEnd = performance.now() + SLICE_MS;
      // Found again by what comes next.
      optimise(plan);
      if (performance.now() > sliceEnd) return false;
      openerOf(plan);
      if (performance.now() > sliceEnd) return false;
    }
    this.#operator = openerOf(plan)(new Level(this.#run, NO_ARGS, null));
    this.#plan = null;
    return true;
  }
}

/**
 * Runs a bound query. Nothing is computed before the first fetch; rows are made as they are fetched, a few milliseconds at
 * a time. Throws what expressions throw, 57014 when interrupted, 53200 past the memory limit.
 */
export function openQuery(bound: BoundQuery, context: ExecutionContext): RowCursor {
  return new QueryCursor(bound.plan, context);
}
