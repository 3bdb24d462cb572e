/** pg_namespace, pg_database and pg_tablespace. */
import type { SchemaRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { Datum, Row } from '../../types/datum.ts';
import {
  constantRows,
  derivedRelation,
  entityRelation,
  index,
  sameColumns,
  type RelationTable,
} from '../define.ts';
import type { RelationContext } from '../relation.ts';
import { inCurrentDatabase, roleOid } from '../visibility.ts';

function namespaceRow(context: RelationContext, schema: SchemaRecord): Row {
  const { snapshot } = context;
  const database =
    schema.databaseId === null ? null : (snapshot.databases.get(schema.databaseId)?.name ?? null);
  return [schema.oid, schema.name, roleOid(snapshot, schema.ownerId), null, database];
}

function schemaByOid(snapshot: Snapshot, oid: Datum): SchemaRecord | undefined {
  for (const schema of snapshot.schemas.values()) {
    if (schema.oid === oid) return schema;
  }
  return undefined;
}

const byOid = entityRelation({
  all: (snapshot) => snapshot.schemas.values(),
  keys: { oid: schemaByOid },
  row: namespaceRow,
});

const pgNamespaceAllDatabases = {
  rows: byOid.rows,
  indexes: [
    ...(byOid.indexes ?? []),
    index(['nspname'], function* (context, name: string): Iterable<Row> {
      for (const databaseId of ['', ...context.snapshot.databases.keys()]) {
        const id = context.snapshot.schemaByName.get(`${databaseId}/${name}`);
        const schema = id === undefined ? undefined : context.snapshot.schemas.get(id);
        if (schema !== undefined) yield namespaceRow(context, schema);
      }
    }),
  ],
};

export const PG_NAMESPACE_RELATIONS: RelationTable = {
  'mz_internal.pg_namespace_all_databases': pgNamespaceAllDatabases,
  'pg_catalog.pg_namespace': derivedRelation(
    pgNamespaceAllDatabases,
    sameColumns('oid', 'nspname'),
    1,
    (context, row) => inCurrentDatabase(context, row.at(-1) as string | null),
  ),
  'pg_catalog.pg_database': entityRelation({
    all: (snapshot) => snapshot.databases.values(),
    keys: {
      datname: (snapshot, name) => snapshot.databases.get(snapshot.databaseByName.get(name as string) ?? ''),
    },
    // encoding 6 is UTF8; then datistemplate, datallowconn, datcollate, datctype, datacl
    row: ({ snapshot }, { oid, name, ownerId }) => [
      oid,
      name,
      roleOid(snapshot, ownerId),
      6,
      false,
      true,
      'C',
      'C',
      null,
    ],
  }),
  'pg_catalog.pg_tablespace': constantRows(() => [[0, 'pg_default', null, null, null]]),
};
