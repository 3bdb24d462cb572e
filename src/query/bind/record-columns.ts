/** Columns of catalog records as names see them. */
import type { ColumnRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { columnTypeOf } from '../../relations/user-relation.ts';
import type { SourceColumn } from './from.ts';

export function relationColumns(
  snapshot: Snapshot,
  columns: readonly ColumnRecord[],
): readonly SourceColumn[] {
  return columns.map((column) => ({
    name: column.name,
    nullable: column.nullable,
    ...columnTypeOf(snapshot, column),
  }));
}
