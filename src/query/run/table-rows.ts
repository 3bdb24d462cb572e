/** Rows of users' tables: stored as text, decoded once and remembered as long as the record lives. */
import type { TableRowRecord } from '../../catalog/records.ts';
import { decodeText } from '../../types/codec.ts';
import type { Datum, Row } from '../../types/datum.ts';
import type { ColumnType } from '../../types/sql-type.ts';
import type { Relation } from '../plan/nodes.ts';
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

/** Rows by row id: persistent maps keep no order. Sorted once for each version of a table that is read. */
function inOrder(stored: StoredRows): readonly TableRowRecord[] {
  let rows = sorted.get(stored);
  if (rows === undefined) {
    rows = [...stored.values()].sort((a, b) => a.rowId - b.rowId);
    sorted.set(stored, rows);
  }
  return rows;
}

/** Rows of a table as the session sees them, each with its row id at the end. */
export function* tableRows(relation: Relation, session: SessionContext): Iterable<Row> {
  const pending = session.pendingRows(relation.id);
  const stored = session.snapshot.rowsOfTable.get(relation.id);
  if (stored !== undefined) {
    for (const record of inOrder(stored)) {
      if (pending?.has(record.rowId) !== true) yield storedRow(record, relation.columns);
    }
  }
  if (pending === undefined) return;
  for (const [rowId, row] of pending) if (row !== null) yield [...row, rowId];
}
