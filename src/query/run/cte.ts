/** Common table expressions: computed once, as far as somebody reads, and shared by their readers. */
import type { HashKey } from '../../types/compare.ts';
import { hashKey } from '../../types/compare.ts';
import type { Row } from '../../types/datum.ts';
import type { CtePlan, With } from '../plan/nodes.ts';
import { DONE, Level, rowBytes, YIELD, type Operator, type QueryRun } from './context.ts';
import { generated, listed } from './operators.ts';
import { compileRows, type OpenRows } from './rows.ts';
import { compositeKey } from './sublink.ts';

/** Rows of a CTE, read from its query on demand. */
export class CteBuffer {
  readonly #rows: Row[] = [];
  readonly #source: Operator<Row>;
  readonly #run: QueryRun;
  #done = false;

  constructor(source: Operator<Row>, run: QueryRun) {
    this.#source = source;
    this.#run = run;
  }

  /** Reads from the start. */
  reader(): Operator<Row> {
    let i = 0;
    return {
      next: () => {
        if (i < this.#rows.length) return this.#rows[i++]!;
        if (this.#done) return DONE;
        const row = this.#source.next();
        if (row === YIELD) return YIELD;
        if (row === DONE) {
          this.#done = true;
          return DONE;
        }
        this.#run.hold(rowBytes(row));
        this.#rows.push(row);
        i++;
        return row;
      },
    };
  }
}

/** Opens the CTEs of a WITH clause on the level, then its query. */
export function compileWith(node: With): OpenRows {
  const ctes = node.ctes.map((cte) => ({ id: cte.id, open: compileCte(cte) }));
  const body = compileRows(node.body);
  return (level) => {
    level.ctes ??= new Map();
    for (const { id, open } of ctes) level.ctes.set(id, new CteBuffer(open(level), level.run));
    return body(level);
  };
}

function compileCte(cte: CtePlan): OpenRows {
  const start = compileRows(cte.query);
  const { recursive } = cte;
  if (recursive === null) return start;
  const step = compileRows(recursive.step);
  const keyOf = compositeKey(recursive.types.map(hashKey));
  return (level) => {
    const seen = recursive.distinct ? new Set<HashKey | null>() : null;
    const isNew = (row: Row): boolean => {
      if (seen === null) return true;
      const key = keyOf(row);
      if (seen.has(key)) return false;
      level.run.hold(64);
      seen.add(key);
      return true;
    };
    return generated(iterate(start(level), step, recursive.workId, isNew, level));
  };
}

function* iterate(
  start: Operator<Row>,
  step: OpenRows,
  workId: number,
  isNew: (row: Row) => boolean,
  level: Level,
): Generator<Row | typeof YIELD, void, void> {
  let source = start;
  for (;;) {
    const working: Row[] = [];
    for (let row = source.next(); row !== DONE; row = source.next()) {
      if (row === YIELD) {
        yield YIELD;
        continue;
      }
      if (level.run.tick()) yield YIELD;
      if (!isNew(row)) continue;
      working.push(row);
      yield row;
    }
    if (working.length === 0) return;
    // Each step is a level of its own: what its subqueries remember must not outlive the working table.
    const inner = new Level(level.run, level.args, level);
    inner.ctes = new Map([[workId, new CteBuffer(listed(working), level.run)]]);
    source = step(inner);
  }
}
