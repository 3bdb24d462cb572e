/** pg_tables, pg_views and pg_matviews. */
import { objectRelation, type RelationTable } from '../define.ts';
import { SYSTEM_VIEW_DEFINITION, viewQuery } from '../item-sql/create-sql.ts';
import { isSystem, type CatalogObject, type ObjectOf } from '../objects.ts';
import type { RelationContext } from '../relation.ts';
import { databaseNameOf, inCurrentDatabase, roleOid, schemaName } from '../visibility.ts';
import { isTemporary } from './pg-class.ts';

/** Whether the active database shows an object. */
export function isShown(context: RelationContext, object: CatalogObject): boolean {
  return (
    !isTemporary(object) && inCurrentDatabase(context, databaseNameOf(context.snapshot, object.schemaId))
  );
}

/** Query of a view or materialized view, which makes the same view again. */
export function definitionOf(
  { snapshot }: RelationContext,
  view: ObjectOf<'view'> | ObjectOf<'materialized-view'>,
): string {
  return isSystem(view) ? SYSTEM_VIEW_DEFINITION : viewQuery(view, snapshot);
}

function viewRows(context: RelationContext, view: ObjectOf<'view'> | ObjectOf<'materialized-view'>) {
  const { snapshot } = context;
  const schema = schemaName(snapshot, view.schemaId);
  return isShown(context, view)
    ? [[schema, view.name, roleOid(snapshot, view.ownerId), definitionOf(context, view)]]
    : [];
}

export const PG_VIEW_RELATIONS: RelationTable = {
  'pg_catalog.pg_tables': objectRelation(['table', 'source'], { name: 'tablename' }, (context, table) => {
    const { snapshot } = context;
    const owner = snapshot.roles.get(table.ownerId)?.name ?? table.ownerId;
    return isShown(context, table) ? [[schemaName(snapshot, table.schemaId), table.name, owner]] : [];
  }),
  'pg_catalog.pg_views': objectRelation(['view'], { name: 'viewname' }, viewRows),
  'pg_catalog.pg_matviews': objectRelation(['materialized-view'], { name: 'matviewname' }, viewRows),
};
