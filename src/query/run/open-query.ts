/** A bound query to a cursor: optimised and compiled at the first run, then kept with the bound query. */
import type { Datum, Row } from '../../types/datum.ts';
import { optimise } from '../optimise/optimise.ts';
import type { BoundQuery } from '../plan.ts';
import type { RowNode } from '../plan/nodes.ts';
import type { FetchState, RowCursor } from '../result.ts';
import type { ExecutionContext } from '../session-context.ts';
import { DONE, Level, QueryRun, YIELD, type Operator } from './context.ts';
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
  #operator: Operator<Row> | null;

  constructor(open: OpenRows, context: ExecutionContext) {
    this.#run = new QueryRun(context);
    this.#operator = open(new Level(this.#run, NO_ARGS, null));
  }

  fetch(max: number, into: Row[]): FetchState {
    const operator = this.#operator;
    if (operator === null) return 'done';
    this.#run.begin();
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
    this.#operator = null;
  }
}

/**
 * Runs a bound query. Nothing is computed before the first fetch; rows are made as they are fetched, a few milliseconds at
 * a time. Throws what expressions throw, 57014 when interrupted, 53200 past the memory limit.
 */
export function openQuery(bound: BoundQuery, context: ExecutionContext): RowCursor {
  return new QueryCursor(openerOf(bound.plan), context);
}
