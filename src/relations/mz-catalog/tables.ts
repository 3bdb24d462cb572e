/** mz_tables, mz_views, mz_materialized_views, mz_indexes and mz_index_columns. */
import type { MaterializedViewItem } from '../../catalog/records.ts';
import type { Row } from '../../types/datum.ts';
import { objectRelation, type RelationTable } from '../define.ts';
import { indexedId, keyParts, type IndexObject } from '../indexed.ts';
import {
  createSql,
  SYSTEM_VIEW_DEFINITION,
  systemIndexSql,
  systemViewSql,
  viewDefinition,
  type SqlForm,
} from '../item-sql/create-sql.ts';
import { isRelation, isSystem, objectById, type ObjectOf } from '../objects.ts';
import type { RelationContext } from '../relation.ts';
import { systemRelationObjects } from '../system-catalog.ts';
import { aclArray } from '../values.ts';

const KEYS = { id: 'id', oid: 'oid', name: 'name', schemaId: 'schema_id' };

function tableRow({ snapshot }: RelationContext, table: ObjectOf<'table'>): Row {
  const { id, oid, schemaId, name, ownerId } = table;
  const privileges = aclArray(table.privileges);
  if (isSystem(table)) return [id, oid, schemaId, name, ownerId, privileges, null, null, null];
  const [create, redacted] = (['stable', 'redacted'] as const).map((form) =>
    createSql(table, snapshot, form),
  );
  return [
    id,
    oid,
    schemaId,
    name,
    ownerId,
    privileges,
    create ?? null,
    redacted ?? null,
    table.sourceId ?? null,
  ];
}

type AnyView = ObjectOf<'view'> | ObjectOf<'materialized-view'>;

function definitionOf({ snapshot }: RelationContext, view: AnyView): string {
  return isSystem(view) ? SYSTEM_VIEW_DEFINITION : viewDefinition(view, snapshot);
}

function viewSql({ snapshot }: RelationContext, view: AnyView, form: SqlForm): string {
  return isSystem(view) ? systemViewSql(view, snapshot, form) : createSql(view, snapshot, form);
}

function indexSql({ snapshot }: RelationContext, index: IndexObject, form: SqlForm): string {
  return isSystem(index) ? systemIndexSql(index, snapshot, form) : createSql(index, snapshot, form);
}

/** Views refresh whenever their inputs change, unless an option says otherwise. */
function refreshesOnCommit({ withOptions }: MaterializedViewItem): boolean {
  return withOptions.every((option) => !/^refresh\b/i.test(option) || /\bon\s+commit\b/i.test(option));
}

/** Text of the key parts that are no plain columns; plain ones have a position instead. */
function indexColumnRows({ snapshot }: RelationContext, index: IndexObject): readonly Row[] {
  const on = objectById(snapshot, indexedId(index));
  const columns = on !== undefined && isRelation(on) ? on.columns : [];
  return keyParts(index, columns).map(({ column, sql, nullable }, i): Row => [
    index.id,
    BigInt(i + 1),
    column === null ? null : BigInt(column),
    column === null ? sql : null,
    nullable,
  ]);
}

export const TABLE_RELATIONS: RelationTable = {
  'mz_catalog.mz_tables': objectRelation(['table'], KEYS, (context, table) => [tableRow(context, table)]),
  'mz_catalog.mz_views': objectRelation(['view'], KEYS, (context, view) => [
    [
      view.id,
      view.oid,
      view.schemaId,
      view.name,
      definitionOf(context, view),
      view.ownerId,
      aclArray(view.privileges),
      viewSql(context, view, 'stable'),
      viewSql(context, view, 'redacted'),
    ],
  ]),
  'mz_catalog.mz_materialized_views': objectRelation(['materialized-view'], KEYS, (context, view) => [
    [
      view.id,
      view.oid,
      view.schemaId,
      view.name,
      view.clusterId,
      definitionOf(context, view),
      view.ownerId,
      aclArray(view.privileges),
      viewSql(context, view, 'stable'),
      viewSql(context, view, 'redacted'),
    ],
  ]),
  'mz_internal.mz_builtin_materialized_views': {
    *rows(context) {
      for (const view of systemRelationObjects()) {
        if (view.kind !== 'materialized-view') continue;
        const cluster = context.snapshot.clusters.get(view.clusterId ?? '')?.name ?? '';
        const { oid, schema, name, privileges } = view;
        const sql = viewSql(context, view, 'stable');
        yield [oid, schema, name, cluster, SYSTEM_VIEW_DEFINITION, aclArray(privileges), sql];
      }
    },
  },
  'mz_internal.mz_continual_tasks': objectRelation(['continual-task'], KEYS, ({ snapshot }, task) => [
    [
      task.id,
      task.oid,
      task.schemaId,
      task.name,
      task.clusterId,
      SYSTEM_VIEW_DEFINITION,
      task.ownerId,
      aclArray(task.privileges),
      systemViewSql(task, snapshot, 'stable'),
      systemViewSql(task, snapshot, 'redacted'),
    ],
  ]),
  'mz_internal.mz_materialized_view_refresh_strategies': objectRelation(
    ['materialized-view'],
    { id: 'materialized_view_id' },
    (_, view) =>
      isSystem(view) || refreshesOnCommit(view) ? [[view.id, 'on-commit', null, null, null]] : [],
  ),
  'mz_catalog.mz_indexes': objectRelation(
    ['index'],
    { id: 'id', oid: 'oid', name: 'name' },
    (context, index) => [
      [
        index.id,
        index.oid,
        index.name,
        indexedId(index),
        index.clusterId,
        index.ownerId,
        indexSql(context, index, 'stable'),
        indexSql(context, index, 'redacted'),
      ],
    ],
  ),
  'mz_catalog.mz_index_columns': objectRelation(['index'], { id: 'index_id' }, indexColumnRows),
};
