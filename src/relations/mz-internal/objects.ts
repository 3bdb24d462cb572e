/** Small relations of mz_internal about objects: full names, global ids, kinds. */
import type { Row } from '../../types/datum.ts';
import { constantRows, objectRelation, type RelationTable } from '../define.ts';
import { clusterOf, RELATION_KINDS, type CatalogObject } from '../objects.ts';
import { databaseIdOf, databaseNameOf, schemaName } from '../visibility.ts';

const OBJECT_KINDS = [
  ...RELATION_KINDS,
  'index',
  'sink',
  'connection',
  'secret',
  'type',
  'function',
] as const satisfies readonly CatalogObject['kind'][];

/** Kinds whose OIDs a reg* type names, by that type. */
const OID_ALIASES: readonly Row[] = [
  ['table', 'regclass'],
  ['source', 'regclass'],
  ['view', 'regclass'],
  ['materialized-view', 'regclass'],
  ['index', 'regclass'],
  ['type', 'regtype'],
  ['function', 'regproc'],
];

export const OBJECT_DETAIL_RELATIONS: RelationTable = {
  'mz_internal.mz_object_fully_qualified_names': objectRelation(
    OBJECT_KINDS,
    { id: 'id', name: 'name', schemaId: 'schema_id' },
    ({ snapshot }, object) => [
      [
        object.id,
        object.name,
        object.kind,
        object.schemaId,
        schemaName(snapshot, object.schemaId),
        databaseIdOf(snapshot, object.schemaId),
        databaseNameOf(snapshot, object.schemaId),
        clusterOf(snapshot, object),
      ],
    ],
  ),
  // The shape of a relation never changes in place here, so each has one global id: its own.
  'mz_internal.mz_object_global_ids': objectRelation(
    [...RELATION_KINDS, 'index', 'sink'],
    { id: 'id' },
    (_, object) => [[object.id, object.id]],
  ),
  'mz_internal.mz_object_oid_alias': constantRows(() => OID_ALIASES),
  'mz_internal.mz_objects_id_namespace_types': constantRows(() => OBJECT_KINDS.map((kind): Row => [kind])),
};
