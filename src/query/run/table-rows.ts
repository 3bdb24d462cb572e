/**
 * Rows of users' tables: stored as text, decoded once and remembered as long as the record lives; and found by the value of
 * a column.
 */
import type { TableRowRecord } from '../../catalog/records.ts';
import { decodeText } from '../../types/codec.ts';
import { hashKey, type HashKey } from '../../types/compare.ts';
import type { Datum, Row } from '../../types/datum.ts';
import type { ColumnType } from '../../types/sql-type.ts';
import type { LookupIndex, Relation } from '../plan/nodes.ts';
import type { SessionContext } from '../session-context.ts';

type StoredRows = NonNullable<ReturnType<SessionContext['snapshot']['rowsOfTable']['get']>>;

const sorted = new WeakMap<StoredRows, readonly TableRowRecord[]>();
const decoded = new WeakMap<TableRowRecord, { readonly width: number; readonly row: Row }>();

/** The values of a stored row, then its row id. Columns added later than the row read as NULL. */
export function storedRow(record: TableRowRecord, columns: readonly ColumnType[]): Row {
  const known = decoded.get(record);
  if (known !== undefined && known.width === columns.length) return known.row;
  const row: Datum[] = columns.map(({ type, typmod }, i) => {
    const text = record.values[i] ?? null;
    return text === null ? null : decodeText(type, text, typmod);
  });
  row.push(record.rowId);
  decoded.set(record, { width: columns.length, row });
  return row;
}

/** Rows by row id: persistent maps keep no order. Put in order once for each version of a table that is read. */
function inOrder(stored: StoredRows): readonly TableRowRecord[] {
  let rows = sorted.get(stored);
  if (rows === undefined) {
    rows = byRowId(stored);
    sorted.set(stored, rows);
  }
  return rows;
}

/** Where most ids between the first and the last are taken, each row has its place; sorting would take much longer. */
function byRowId(stored: StoredRows): readonly TableRowRecord[] {
  const rows = [...stored.values()];
  let first = Infinity;
  let last = -Infinity;
  for (const { rowId } of rows) {
    first = Math.min(first, rowId);
    last = Math.max(last, rowId);
  }
  if (last - first > 4 * rows.length) return rows.sort((a, b) => a.rowId - b.rowId);
  const places: (TableRowRecord | undefined)[] = new Array(rows.length === 0 ? 0 : last - first + 1);
  for (const row of rows) places[row.rowId - first] = row;
  return places.filter((row) => row !== undefined);
}

/** Rows of a table as the session sees them, each with its row id at the end. */
export function tableRows(relation: Relation, session: SessionContext): Iterable<Row> {
  return overlaid(relation, session, inOrder);
}

/** Those of the stored rows that this transaction left as they are, then the rows that it wrote. */
function* overlaid(
  relation: Relation,
  session: SessionContext,
  select: (stored: StoredRows) => Iterable<TableRowRecord>,
): Iterable<Row> {
  const pending = session.pendingRows(relation.id);
  const stored = session.snapshot.rowsOfTable.get(relation.id);
  if (stored !== undefined) {
    for (const record of select(stored)) {
      if (pending?.has(record.rowId) !== true) yield storedRow(record, relation.columns);
    }
  }
  if (pending === undefined) return;
  for (const [rowId, row] of pending) if (row !== null) yield [...row, rowId];
}

/** Stored rows by the value of a column. */
interface ColumnIndex {
  lookups: number;
  /** null until somebody has gone through all rows to make it. */
  rows: ReadonlyMap<HashKey, readonly TableRowRecord[]> | null;
}

/** Lookups that go through all rows before one of them makes an index in passing. */
const LOOKUPS_BEFORE_INDEX = 1;

/** Indexes by column, for each version of a table that is read: a write makes a new version. */
const indexes = new WeakMap<StoredRows, Map<number, ColumnIndex>>();

function columnIndex(stored: StoredRows, column: number): ColumnIndex {
  let ofTable = indexes.get(stored);
  if (ofTable === undefined) indexes.set(stored, (ofTable = new Map<number, ColumnIndex>()));
  let index = ofTable.get(column);
  if (index === undefined) ofTable.set(column, (index = { lookups: 0, rows: null }));
  return index;
}

/**
 * Access to a table by equality on a column. The first lookups in a version of the table give every row; one of them
 * remembers the rows by value as they go by, and later ones find theirs at once.
 */
export function tableIndex(relation: Relation, column: number): LookupIndex {
  const { name, type } = relation.columns[column]!;
  const keyOf = hashKey(type);
  function* making(stored: StoredRows, index: ColumnIndex): Iterable<TableRowRecord> {
    const rows = new Map<HashKey, TableRowRecord[]>();
    for (const record of inOrder(stored)) {
      const value = storedRow(record, relation.columns)[column] ?? null;
      if (value !== null) {
        const key = keyOf(value);
        const alike = rows.get(key);
        if (alike === undefined) rows.set(key, [record]);
        else alike.push(record);
      }
      yield record;
    }
    index.rows = rows;
  }
  return {
    columns: [name],
    find: (session, [key = null]) =>
      overlaid(relation, session, (stored) => {
        const index = columnIndex(stored, column);
        if (index.rows !== null) return key === null ? [] : (index.rows.get(keyOf(key)) ?? []);
        return index.lookups++ < LOOKUPS_BEFORE_INDEX ? inOrder(stored) : making(stored, index);
      }),
  };
}
