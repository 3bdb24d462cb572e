/** mz_objects and mz_relations, and mz_columns with the columns of every relation. */
import type { Row } from '../../types/datum.ts';
import { objectRelation, type RelationTable } from '../define.ts';
import { clusterOf, columnsOf, privilegesOf, RELATION_KINDS, type CatalogObject } from '../objects.ts';
import type { RelationContext } from '../relation.ts';
import { columnTypeText } from '../type-text.ts';
import { aclArray } from '../values.ts';

const OBJECT_KINDS = [
  ...RELATION_KINDS,
  'index',
  'sink',
  'connection',
  'secret',
  'type',
  'function',
] as const satisfies readonly CatalogObject['kind'][];

const KEYS = { id: 'id', oid: 'oid', name: 'name', schemaId: 'schema_id' };

function objectRow(context: RelationContext, object: CatalogObject): Row {
  const privileges = privilegesOf(object);
  return [
    object.id,
    object.oid,
    object.schemaId,
    object.name,
    object.kind,
    object.ownerId,
    clusterOf(context.snapshot, object),
    privileges === null ? null : aclArray(privileges),
  ];
}

export const OBJECT_RELATIONS: RelationTable = {
  'mz_catalog.mz_objects': objectRelation(OBJECT_KINDS, KEYS, (context, object) => [
    objectRow(context, object),
  ]),
  'mz_catalog.mz_relations': objectRelation(RELATION_KINDS, KEYS, (context, object) => [
    objectRow(context, object),
  ]),
  'mz_catalog.mz_columns': objectRelation(RELATION_KINDS, { id: 'id' }, (context, object) =>
    columnsOf(object).map((column, i) => [
      object.id,
      column.name,
      BigInt(i + 1),
      column.nullable,
      columnTypeText(context.snapshot, column),
      column.defaultSql,
      column.typeOid,
      column.typmod,
    ]),
  ),
};
