/** Reading relations: all rows, or those an index finds. */
import { hashKey, type HashKey } from '../../types/compare.ts';
import type { Datum, Row, SqlArray } from '../../types/datum.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SessionContext } from '../session-context.ts';
import type { HiddenColumn, Lookup, LookupIndex, Relation, Scan } from '../plan/nodes.ts';
import { attempt, attemptAll, compileExpr, type Eval } from './compile.ts';
import { DONE, SUSPEND, YIELD, type Frame, type Level, type Operator } from './context.ts';
import { compileCondition, type OpenFrames } from './frames.ts';
import { generated, withSlot } from './operators.ts';
import { compositeKey } from './sublink.ts';
import { tableRows } from './table-rows.ts';

/** All rows of a relation. Those of a table carry their row id behind the last column. */
function relationRows({ relation, width }: Scan, session: SessionContext): Iterable<Row> {
  switch (relation.from.kind) {
    case 'system':
      return relation.from.relation.rows(session, width);
    case 'table':
      return tableRows(relation, session);
    case 'source':
      return session.sourceRows?.(relation.id) ?? [];
  }
}

/** Rows with the hidden columns that the scan adds. */
function withHidden(node: Scan, rows: Iterable<Row>): Iterable<Row> {
  return node.hidden.length === 0 ? rows : addHidden(node, rows);
}

function* addHidden({ relation, hidden }: Scan, rows: Iterable<Row>): Iterable<Row> {
  const width = relation.columns.length;
  const isTable = relation.from.kind === 'table';
  let position = 0;
  for (const row of rows) {
    position++;
    const id = isTable ? Number(row[width]) : position;
    const values = hidden.map((column) => HIDDEN[column](relation, id));
    yield [...row.slice(0, width), ...values];
  }
}

const HIDDEN = {
  tableoid: (relation) => relation.oid,
  ctid: (_, id) => `(${Math.floor(id / 65536)},${id % 65536})`,
  rowId: (_, id) => BigInt(id),
} satisfies Record<HiddenColumn, (relation: Relation, id: number) => Datum>;

/** The operator of a scan. */
export function compileScan(node: Scan): OpenFrames {
  const condition = compileCondition(node.filter);
  const { slot, relation, lookup, width } = node;
  if (lookup === null) {
    return (level, base) =>
      scan(() => withHidden(node, relationRows(node, level.session)), slot, base, condition, level);
  }
  const keys = lookup.keys.map(compileExpr);
  const { index } = lookup;
  if (index === null) return compileOwnIndex(node, lookup, keys, condition);
  const column = lookup.columns[0]!;
  const find =
    lookup.anyElement === true ? findAny(column, relation.columns[column]!.type, width) : findOne(width);
  return (level, base) => {
    const open = (): Iterable<Row> | typeof SUSPEND => {
      const values = attemptAll(keys, base, level);
      if (values === SUSPEND) return SUSPEND;
      if (values.includes(null)) return [];
      return withHidden(node, find(index, values, level.session));
    };
    return scan(open, slot, base, condition, level);
  };
}

type Find = (index: LookupIndex, keys: readonly Datum[], session: SessionContext) => Iterable<Row>;

function findOne(width: number | undefined): Find {
  return (index, keys, session) => index.find(session, keys, width);
}

/**
 * Rows for the elements of an array, each row once. An index may give more rows than those asked for, so a row counts
 * only for the element that its column equals.
 */
function findAny(column: number, type: SqlType, width: number | undefined): Find {
  const keyOf = hashKey(type);
  return function* (index, [array], session) {
    const elements = (array as SqlArray).elements.filter((element) => element !== null);
    for (const [key, element] of new Map(elements.map((element) => [keyOf(element), element]))) {
      for (const row of index.find(session, [element], width)) {
        const value = row[column]!;
        if (value !== null && keyOf(value) === key) yield row;
      }
    }
  };
}

function scan(
  open: () => Iterable<Row> | typeof SUSPEND,
  slot: number,
  base: Frame,
  condition: Eval | null,
  level: Level,
): Operator<Frame> {
  let rows: Iterator<Row> | null = null;
  let held: Frame | null = null;
  return {
    next() {
      if (rows === null) {
        const opened = open();
        if (opened === SUSPEND) return YIELD;
        rows = opened[Symbol.iterator]();
      }
      for (;;) {
        if (held === null) {
          const step = rows.next();
          if (step.done === true) return DONE;
          held = withSlot(base, slot, step.value);
        }
        if (level.run.tick()) return YIELD;
        if (condition !== null) {
          const answer = attempt(condition, held, level);
          if (answer === SUSPEND) return YIELD;
          if (answer !== true) {
            held = null;
            continue;
          }
        }
        const frame = held;
        held = null;
        return frame;
      }
    },
  };
}

/** What a scan without an index has made for itself in this run. */
interface OwnIndex {
  scans: number;
  rows: Map<HashKey | null, Row[]> | null;
}

/** Scans before an index of the query's own is made. */
const SCANS_BEFORE_INDEX = 2;

/**
 * A scan by equality without an index to use: the first runs read everything, later ones look into a hash table made in
 * passing. So subqueries and joins that come back many times cost one pass.
 */
function compileOwnIndex(
  node: Scan,
  lookup: Lookup,
  keys: readonly Eval[],
  condition: Eval | null,
): OpenFrames {
  const { slot, relation } = node;
  const types = lookup.columns.map((column) => relation.columns[column]!.type);
  const keyOf = compositeKey(types.map(hashKey));
  function* indexed(own: OwnIndex, level: Level, base: Frame): Generator<Frame | typeof YIELD, void, void> {
    if (own.rows === null) {
      const rows = new Map<HashKey | null, Row[]>();
      for (const row of withHidden(node, relationRows(node, level.session))) {
        if (level.run.tick()) yield YIELD;
        const values = lookup.columns.map((column) => row[column]!);
        if (values.some((value) => value === null)) continue;
        level.run.hold(48);
        const key = keyOf(values);
        const list = rows.get(key);
        if (list === undefined) rows.set(key, [row]);
        else list.push(row);
      }
      own.rows = rows;
    }
    let values;
    while ((values = attemptAll(keys, base, level)) === SUSPEND) yield YIELD;
    if (values.some((value) => value === null)) return;
    for (const row of own.rows.get(keyOf(values)) ?? []) {
      if (level.run.tick()) yield YIELD;
      const frame = withSlot(base, slot, row);
      if (condition !== null) {
        let answer;
        while ((answer = attempt(condition, frame, level)) === SUSPEND) yield YIELD;
        if (answer !== true) continue;
      }
      yield frame;
    }
  }
  return (level, base) => {
    const { shared } = level.run;
    let own = shared.get(node) as OwnIndex | undefined;
    if (own === undefined) {
      own = { scans: 0, rows: null };
      shared.set(node, own);
    }
    if (++own.scans <= SCANS_BEFORE_INDEX) {
      return scan(() => withHidden(node, relationRows(node, level.session)), slot, base, condition, level);
    }
    return generated(indexed(own, level, base));
  };
}
