/** mz_databases and mz_schemas. */
import type { DatabaseRecord, SchemaRecord } from '../../catalog/records.ts';
import type { Row } from '../../types/datum.ts';
import { entityRelation, type RelationTable } from '../define.ts';
import { aclArray } from '../values.ts';

function databaseRow(database: DatabaseRecord): Row {
  return [database.id, database.oid, database.name, database.ownerId, aclArray(database.privileges)];
}

function schemaRow(schema: SchemaRecord): Row {
  const { id, oid, databaseId, name, ownerId, privileges } = schema;
  return [id, oid, databaseId, name, ownerId, aclArray(privileges)];
}

export const NAMESPACE_RELATIONS: RelationTable = {
  'mz_catalog.mz_databases': entityRelation({
    all: (snapshot) => snapshot.databases.values(),
    keys: {
      id: (snapshot, id) => snapshot.databases.get(id as string),
      name: (snapshot, name) => snapshot.databases.get(snapshot.databaseByName.get(name as string) ?? ''),
    },
    row: (_, database) => databaseRow(database),
  }),
  'mz_catalog.mz_schemas': entityRelation({
    all: (snapshot) => snapshot.schemas.values(),
    keys: { id: (snapshot, id) => snapshot.schemas.get(id as string) },
    row: (_, schema) => schemaRow(schema),
  }),
};
