/**
 * Subqueries inside expressions. Each distinct set of arguments is run once and its result remembered, within bounds. A
 * subquery that runs out of its time slice throws SUSPEND; evaluated again, it goes on where it stopped.
 */
import { planError } from '../../errors.ts';
import { SqlArray, SqlList, SqlMap, type Datum, type Row } from '../../types/datum.ts';
import { hashKey, type HashKey } from '../../types/compare.ts';
import { compileExpr, type Eval } from './compile.ts';
import { DONE, Level, rowBytes, SUSPEND, YIELD, type Frame, type Operator } from './context.ts';
import type { Sublink } from '../expr.ts';
import { compileRows } from './rows.ts';

/** Results remembered for one subquery. */
const MAX_REMEMBERED = 10_000;

type Key = HashKey | null;

/** Rows gathered so far of a subquery that is under way. */
interface Running {
  readonly key: Key;
  readonly operator: Operator<Row>;
  readonly rows: Row[];
}

/** What a subquery is remembered as: its rows, and the keys of them once they are needed. */
interface Found {
  readonly rows: readonly Row[];
  value?: Datum;
  keys?: { readonly set: ReadonlySet<HashKey>; readonly hasNull: boolean };
}

export interface SublinkState {
  readonly found: Map<Key, Found>;
  bytes: number;
  running: Running | null;
}

/** Compiles a key of several values; NULLs are told apart from values. */
export function compositeKey(
  hashers: readonly ((datum: Datum) => HashKey)[],
): (values: readonly Datum[]) => Key {
  const [first] = hashers;
  if (hashers.length === 1 && first !== undefined) {
    return (values) => {
      const value = values[0] ?? null;
      return value === null ? null : first(value);
    };
  }
  return (values) => {
    let key = '';
    for (let i = 0; i < hashers.length; i++) {
      const value = values[i] ?? null;
      const part = value === null ? '' : String(hashers[i]!(value));
      key += value === null ? 'n' : `${part.length}:${part}`;
    }
    return key;
  };
}

/** A function that answers the subquery's rows for the current frame. */
function runner(link: Sublink, limit: number): (frame: Frame, level: Level) => Found {
  const { sub } = link;
  const args = sub.args.map(compileExpr);
  const keyOf = compositeKey(sub.args.map((arg) => hashKey(arg.type)));
  const open = compileRows(sub.plan);
  const isShared = args.length === 0 && !sub.usesCte;
  return (frame, level) => {
    const values = args.length === 0 ? NO_ARGS : args.map((arg) => arg(frame, level));
    const key = args.length === 0 ? '' : keyOf(values);
    const state = stateOf(link, level, isShared);
    const known = state.found.get(key);
    if (known !== undefined) return known;
    let { running } = state;
    if (running === null || running.key !== key) {
      running = { key, operator: open(new Level(level.run, values, level)), rows: [] };
      state.running = running;
    }
    gather(running, limit, level);
    state.running = null;
    return remember(state, key, running.rows, level);
  };
}

const NO_ARGS: readonly Datum[] = [];

function stateOf(link: Sublink, level: Level, isShared: boolean): SublinkState {
  const states = (isShared ? level.run.shared : level.sublinks) as Map<object, SublinkState>;
  let state = states.get(link.sub.plan);
  if (state === undefined) {
    state = { found: new Map(), bytes: 0, running: null };
    states.set(link.sub.plan, state);
  }
  return state;
}

function gather(running: Running, limit: number, level: Level): void {
  while (running.rows.length < limit) {
    const row = running.operator.next();
    if (row === DONE) return;
    if (row === YIELD) throw SUSPEND;
    running.rows.push(row);
    if (limit === Infinity) level.run.hold(rowBytes(row));
  }
}

function remember(state: SublinkState, key: Key, rows: readonly Row[], level: Level): Found {
  if (state.found.size >= MAX_REMEMBERED) {
    state.found.clear();
    level.run.release(state.bytes);
    state.bytes = 0;
  }
  const found: Found = { rows };
  state.found.set(key, found);
  let bytes = 64;
  for (const row of rows) bytes += rowBytes(row);
  if (rows.length <= 2) level.run.hold(bytes);
  state.bytes += bytes;
  return found;
}

/** The expression's closure. */
export function compileSublink(link: Sublink): Eval {
  switch (link.mode) {
    case 'exists': {
      const find = runner(link, 1);
      return (frame, level) => find(frame, level).rows.length > 0;
    }
    case 'scalar': {
      const find = runner(link, 2);
      return (frame, level) => {
        const { rows } = find(frame, level);
        if (rows.length > 1) throw planError('more than one record produced in subquery');
        return rows[0]?.[0] ?? null;
      };
    }
    case 'array':
    case 'list':
    case 'map':
      return compileCollected(link);
    case 'any':
    case 'all':
      return compileQuantified(link);
  }
}

function compileCollected(link: Sublink): Eval {
  const find = runner(link, Infinity);
  // An array of arrays has one dimension more; the vectors are elements like any other.
  const { element } = link.type;
  const isStacked = (values: readonly Datum[]): boolean =>
    element?.element === undefined && values.some((value) => value instanceof SqlArray);
  const build = (rows: readonly Row[]): Datum => {
    if (link.mode === 'map') {
      const sorted = [...rows].sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
      return new SqlMap(new Map(sorted.map((row) => [String(row[0]), row[1] ?? null])));
    }
    const values = rows.map((row) => row[0] ?? null);
    if (link.mode === 'list') return new SqlList(values);
    return isStacked(values) ? stack(values) : new SqlArray(values);
  };
  return (frame, level) => {
    const found = find(frame, level);
    found.value ??= build(found.rows);
    return found.value;
  };
}

/** Arrays of one shape as one array of a dimension more. */
export function stack(values: readonly Datum[]): SqlArray {
  const arrays = values.filter((value): value is SqlArray => value instanceof SqlArray);
  const [first] = arrays;
  if (first === undefined) return new SqlArray([]);
  const matches = (array: SqlArray): boolean =>
    array.dims.length === first.dims.length && array.dims.every((size, i) => size === first.dims[i]);
  if (arrays.length !== values.length || !arrays.every(matches)) {
    if (arrays.every((array) => array.elements.length === 0)) return new SqlArray([]);
    throw planError('multidimensional arrays must have array expressions with matching dimensions');
  }
  if (first.elements.length === 0) return new SqlArray([]);
  return new SqlArray(
    arrays.flatMap((array) => array.elements),
    [arrays.length, ...first.dims],
    [1, ...first.lowerBounds],
  );
}

function compileQuantified(link: Sublink): Eval {
  const find = runner(link, Infinity);
  const left = link.left.map(compileExpr);
  if (link.test === null) throw new Error('a quantified subquery has a test');
  const test = compileExpr(link.test);
  const isAll = link.mode === 'all';
  const scan = (values: Row, rows: readonly Row[], level: Level): Datum => {
    let unknown = false;
    for (const row of rows) {
      const answer = test([values, row], level);
      if (answer === null) unknown = true;
      else if (answer !== isAll) return !isAll;
    }
    return unknown ? null : isAll;
  };
  const { hashTypes } = link;
  if (hashTypes === null || isAll) {
    return (frame, level) => {
      const { rows } = find(frame, level);
      const values = left.map((part) => part(frame, level));
      return scan(values, rows, level);
    };
  }
  const keyOf = compositeKey(hashTypes.map(hashKey));
  return (frame, level) => {
    const found = find(frame, level);
    if (found.rows.length === 0) return false;
    const values = left.map((part) => part(frame, level));
    if (found.rows.length < 8) return scan(values, found.rows, level);
    found.keys ??= keysOf(found.rows, keyOf);
    if (values.includes(null)) return scan(values, found.rows, level);
    if (found.keys.set.has(keyOf(values)!)) return true;
    return found.keys.hasNull ? (left.length === 1 ? null : scan(values, found.rows, level)) : false;
  };
}

function keysOf(
  rows: readonly Row[],
  keyOf: (values: readonly Datum[]) => Key,
): { readonly set: ReadonlySet<HashKey>; readonly hasNull: boolean } {
  const set = new Set<HashKey>();
  let hasNull = false;
  for (const row of rows) {
    if (row.includes(null)) hasNull = true;
    else set.add(keyOf(row)!);
  }
  return { set, hasNull };
}
