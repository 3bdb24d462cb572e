/** Row nodes to operators. */
import { planError } from '../../errors.ts';
import { hashKey, type HashKey } from '../../types/compare.ts';
import type { Datum, Row } from '../../types/datum.ts';
import type { Expr } from '../expr.ts';
import type { Convert, DistinctNode, Limit, Project, RowNode, Sort, Strip, Values } from '../plan/nodes.ts';
import { attempt, attemptAll, compileExpr } from './compile.ts';
import { DONE, rowBytes, SUSPEND, YIELD, type Level, type Operator } from './context.ts';
import { compileWith } from './cte.ts';
import { compileFrames } from './frames.ts';
import { emptyFrame, generated, sorted } from './operators.ts';
import { rowOrder } from './order.ts';
import { compileProjectSet } from './project-set.ts';
import { compileSetOperation } from './set-operation.ts';
import { compositeKey } from './sublink.ts';

/** Opens a compiled query on a level. */
export type OpenRows = (level: Level) => Operator<Row>;

const compiled = new WeakMap<RowNode, OpenRows>();

/** Compiles a row node; once for each. */
export function compileRows(node: RowNode): OpenRows {
  let open = compiled.get(node);
  if (open === undefined) {
    open = compile(node);
    compiled.set(node, open);
  }
  return open;
}

function compile(node: RowNode): OpenRows {
  switch (node.kind) {
    case 'project':
      return compileProject(node);
    case 'projectSet':
      return compileProjectSet(node);
    case 'values':
      return compileValues(node);
    case 'sort':
      return compileSort(node);
    case 'distinctRows':
      return compileDistinct(node);
    case 'limit':
      return compileLimit(node);
    case 'strip':
      return compileStrip(node);
    case 'setOperation':
      return compileSetOperation(node);
    case 'convert':
      return compileConvert(node);
    case 'with':
      return compileWith(node);
  }
}

function compileProject(node: Project): OpenRows {
  const base = emptyFrame(node.slots);
  const targets = node.targets.map(compileExpr);
  if (node.input.kind === 'one') {
    return (level) => {
      let done = false;
      return {
        next() {
          if (done) return DONE;
          const row = attemptAll(targets, base, level);
          if (row === SUSPEND) return YIELD;
          done = true;
          return row;
        },
      };
    };
  }
  const open = compileFrames(node.input);
  return (level) => {
    const input = open(level, base);
    let held: ReturnType<typeof input.next> | null = null;
    return {
      next() {
        const frame = held ?? input.next();
        if (frame === DONE || frame === YIELD) return frame;
        const row = attemptAll(targets, frame, level);
        if (row === SUSPEND) {
          held = frame;
          return YIELD;
        }
        held = null;
        return row;
      },
    };
  };
}

function compileValues(node: Values): OpenRows {
  const rows = node.rows.map((row) => row.map(compileExpr));
  return (level) => {
    let i = 0;
    return {
      next() {
        const evaluates = rows[i];
        if (evaluates === undefined) return DONE;
        if (level.run.tick()) return YIELD;
        const row = attemptAll(evaluates, [], level);
        if (row === SUSPEND) return YIELD;
        i++;
        return row;
      },
    };
  };
}

function compileConvert(node: Convert): OpenRows {
  const open = compileRows(node.input);
  const targets = node.targets.map(compileExpr);
  return (level) => {
    const input = open(level);
    return {
      next() {
        const row = input.next();
        if (row === DONE || row === YIELD) return row;
        return targets.map((target) => target([row], level));
      },
    };
  };
}

function compileStrip(node: Strip): OpenRows {
  const open = compileRows(node.input);
  const { width } = node;
  return (level) => {
    const input = open(level);
    return {
      next() {
        const row = input.next();
        return row === DONE || row === YIELD ? row : row.slice(0, width);
      },
    };
  };
}

function compileDistinct(node: DistinctNode): OpenRows {
  const open = compileRows(node.input);
  const keyOf = compositeKey(node.columns.map(({ type }) => hashKey(type)));
  const columns = node.columns.map(({ column }) => column);
  return (level) => {
    const input = open(level);
    const seen = new Set<HashKey | null>();
    return {
      next() {
        for (;;) {
          const row = input.next();
          if (row === DONE || row === YIELD) return row;
          const key = keyOf(columns.map((column) => row[column]!));
          if (!seen.has(key)) {
            level.run.hold(typeof key === 'string' ? 48 + key.length : 32);
            seen.add(key);
            return row;
          }
          if (level.run.tick()) return YIELD;
        }
      },
    };
  };
}

/** Largest number of rows that is kept sorted instead of sorting everything. */
const MAX_TOP = 10_000;

function compileSort(node: Sort): OpenRows {
  const open = compileRows(node.input);
  const compare = rowOrder(node.order);
  const count = node.limit?.count == null ? null : compileExpr(node.limit.count);
  const offset = node.limit?.offset == null ? null : compileExpr(node.limit.offset);
  function* run(level: Level): Generator<Row | typeof YIELD, void, void> {
    let top = Infinity;
    if (count !== null) {
      let wanted: Datum | typeof SUSPEND;
      while ((wanted = attempt(count, [], level)) === SUSPEND) yield YIELD;
      let skipped: Datum | typeof SUSPEND = 0n;
      while (offset !== null && (skipped = attempt(offset, [], level)) === SUSPEND) yield YIELD;
      const total = wanted === null ? Infinity : Number(wanted) + Number(skipped ?? 0);
      if (total >= 0 && total <= MAX_TOP) top = total;
    }
    let rows: Row[] = [];
    const input = open(level);
    for (let row = input.next(); row !== DONE; row = input.next()) {
      if (row === YIELD) {
        yield YIELD;
        continue;
      }
      rows.push(row);
      if (top === Infinity) level.run.hold(rowBytes(row));
      else if (rows.length >= 2 * top + 1024) rows = rows.sort(compare).slice(0, top);
      if (level.run.tick()) yield YIELD;
    }
    rows = yield* sorted(rows, compare, level.run);
    for (const row of rows) yield row;
  }
  return (level) => generated(run(level));
}

function limitValue(value: Datum, what: 'LIMIT' | 'OFFSET'): number {
  if (value === null) return what === 'LIMIT' ? Infinity : 0;
  if ((value as bigint) < 0n) throw planError(`${what} must not be negative`);
  return Number(value);
}

function compileLimit(node: Limit): OpenRows {
  const open = compileRows(node.input);
  const part = (expr: Expr | null) => (expr === null ? null : compileExpr(expr));
  const count = part(node.count);
  const offset = part(node.offset);
  const compare = node.ties === null ? null : rowOrder(node.ties);
  return (level) => {
    const input = open(level);
    let left = -1;
    let skip = 0;
    let last: Row | null = null;
    const start = (): boolean => {
      const values = attemptAll([count ?? NULL, offset ?? NULL], [], level);
      if (values === SUSPEND) return false;
      left = limitValue(values[0]!, 'LIMIT');
      skip = limitValue(values[1]!, 'OFFSET');
      return true;
    };
    return {
      next() {
        if (left < 0 && !start()) return YIELD;
        for (;;) {
          if (left === 0 && (compare === null || last === null)) return DONE;
          const row = input.next();
          if (row === DONE || row === YIELD) return row;
          if (skip > 0) {
            skip--;
            if (level.run.tick()) return YIELD;
            continue;
          }
          if (left === 0) {
            if (compare!(row, last!) === 0) return row;
            left = 0;
            last = null;
            return DONE;
          }
          left--;
          last = row;
          return row;
        }
      },
    };
  };
}

const NULL = (): null => null;
