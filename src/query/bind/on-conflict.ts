/** ON CONFLICT: tables have no unique constraints, so a row conflicts with nothing and no constraint can be meant. */
import type { OnConflictClause } from '@pgsql/types';
import type { TableItem } from '../../catalog/records.ts';
import { planError, SqlError } from '../../errors.ts';
import type { TableColumn } from './table-columns.ts';

/**
 * Lets ON CONFLICT DO NOTHING through, which then has nothing to do. Whatever names a constraint, or columns that one
 * would have to cover, is refused as PostgreSQL refuses it on a table without any: 42704, 42P10.
 */
export function checkOnConflict(
  table: TableItem,
  columns: readonly TableColumn[],
  { action, infer }: OnConflictClause,
): void {
  if (infer?.conname !== undefined) {
    throw new SqlError('42704', `constraint "${infer.conname}" for table "${table.name}" does not exist`);
  }
  if (infer !== undefined) {
    for (const item of infer.indexElems ?? []) {
      const name = 'IndexElem' in item ? item.IndexElem.name : undefined;
      if (name === undefined || columns.some((column) => column.name === name)) continue;
      throw planError(`column "${name}" does not exist`);
    }
    throw new SqlError(
      '42P10',
      'there is no unique or exclusion constraint matching the ON CONFLICT specification',
    );
  }
  if (action === 'ONCONFLICT_NOTHING') return;
  throw new SqlError('42601', 'ON CONFLICT DO UPDATE requires inference specification or constraint name', {
    hint: 'For example, ON CONFLICT (column_name).',
  });
}
