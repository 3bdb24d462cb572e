/** pg_class: tables, sources, views, materialized views and indexes as PostgreSQL describes them. */
import type { Row } from '../../types/datum.ts';
import { constantRows, derivedRelation, objectRelation, sameColumns, type RelationTable } from '../define.ts';
import { isIndexed } from '../indexed.ts';
import { isRelation, isSystem, type CatalogObject, type ObjectOf } from '../objects.ts';
import type { RelationContext } from '../relation.ts';
import { databaseNameOf, inCurrentDatabase, roleOid, schemaOid } from '../visibility.ts';

/**
 * OID of the only row of pg_am. Clients look the method of every index up there, and fail when it is missing: so it is
 * PostgreSQL's btree, which like the indexes here finds rows by equality.
 */
const INDEX_METHOD = 403;

const RELKIND: Readonly<Record<string, string>> = {
  table: 'r',
  source: 'r',
  index: 'i',
  view: 'v',
  'materialized-view': 'm',
};

/** Kinds that pg_class lists. */
export const CLASS_KINDS = [
  'table',
  'source',
  'view',
  'materialized-view',
  'continual-task',
  'index',
] as const;
export type ClassObject = ObjectOf<(typeof CLASS_KINDS)[number]>;

/** Temporary objects belong to one session and have no place in PostgreSQL's catalogs. */
export function isTemporary(object: CatalogObject): boolean {
  return !isSystem(object) && object.temporary !== undefined;
}

function classRow(context: RelationContext, object: ClassObject): Row {
  const { snapshot } = context;
  const relation = isRelation(object) ? object : null;
  return [
    object.oid,
    object.name,
    schemaOid(snapshot, object.schemaId),
    0, // reloftype
    roleOid(snapshot, object.ownerId),
    object.kind === 'index' ? INDEX_METHOD : 0, // relam
    0, // reltablespace
    -1, // reltuples
    0, // reltoastrelid
    relation !== null && isIndexed(snapshot, relation),
    'p', // relpersistence
    RELKIND[object.kind] ?? null,
    relation === null ? 0 : relation.columns.length,
    0, // relchecks
    false, // relhasrules
    false, // relhastriggers
    false, // relhassubclass
    false, // relrowsecurity
    false, // relforcerowsecurity
    'd', // relreplident
    false, // relispartition
    false, // relhasoids
    null, // reloptions
    databaseNameOf(snapshot, object.schemaId),
  ];
}

const pgClassAllDatabases = objectRelation(
  CLASS_KINDS,
  { oid: 'oid', name: 'relname', schemaOid: 'relnamespace' },
  (context, object) => (isTemporary(object) ? [] : [classRow(context, object)]),
);

export const PG_CLASS_RELATIONS: RelationTable = {
  // amhandler: the server's own; amtype i: for indexes
  'pg_catalog.pg_am': constantRows(() => [[INDEX_METHOD, 'btree', 0, 'i']]),
  'mz_internal.pg_class_all_databases': pgClassAllDatabases,
  'pg_catalog.pg_class': derivedRelation(
    pgClassAllDatabases,
    sameColumns('oid', 'relname', 'relnamespace'),
    1,
    (context, row) => inCurrentDatabase(context, row.at(-1) as string | null),
  ),
};
