/** pg_attribute and pg_attrdef: the columns of relations and their defaults. */
import type { Row } from '../../types/datum.ts';
import { typeByOid } from '../../types/registry.ts';
import { derivedRelation, objectRelation, sameColumns, type RelationTable } from '../define.ts';
import { columnsOf, RELATION_KINDS, type RelationObject } from '../objects.ts';
import type { RelationContext } from '../relation.ts';
import { databaseNameOf, inCurrentDatabase } from '../visibility.ts';
import { isTemporary } from './pg-class.ts';

function* attributeRows(context: RelationContext, relation: RelationObject): Iterable<Row> {
  if (isTemporary(relation)) return;
  const { snapshot } = context;
  const database = databaseNameOf(snapshot, relation.schemaId);
  let number = 0;
  for (const column of columnsOf(relation)) {
    number += 1;
    const typeItem = snapshot.itemByOid.get(column.typeOid);
    const type = typeItem === undefined ? undefined : snapshot.items.get(typeItem);
    yield [
      relation.oid,
      column.name,
      column.typeOid,
      typeByOid(column.typeOid)?.length ?? -1, // attlen: a copy of typlen
      number,
      column.typmod,
      0, // attndims
      !column.nullable,
      column.defaultSql !== null,
      '', // attidentity
      '', // attgenerated
      false, // attisdropped
      0, // attcollation
      database,
      type === undefined ? null : databaseNameOf(snapshot, type.schemaId),
    ];
  }
}

function* defaultRows(_: RelationContext, relation: RelationObject): Iterable<Row> {
  if (isTemporary(relation)) return;
  let number = 0n;
  for (const column of columnsOf(relation)) {
    number += 1n;
    // Defaults have no OID of their own: PostgreSQL's clients join on (adrelid, adnum).
    if (column.defaultSql !== null) yield [null, relation.oid, number, column.defaultSql, column.defaultSql];
  }
}

const pgAttributeAllDatabases = objectRelation(RELATION_KINDS, { oid: 'attrelid' }, attributeRows);
const pgAttrdefAllDatabases = objectRelation(RELATION_KINDS, { oid: 'adrelid' }, defaultRows);

export const PG_ATTRIBUTE_RELATIONS: RelationTable = {
  'mz_internal.pg_attribute_all_databases': pgAttributeAllDatabases,
  'pg_catalog.pg_attribute': derivedRelation(
    pgAttributeAllDatabases,
    sameColumns('attrelid'),
    2,
    (context, row) =>
      inCurrentDatabase(context, row.at(-2) as string | null) &&
      inCurrentDatabase(context, row.at(-1) as string | null),
  ),
  'mz_internal.pg_attrdef_all_databases': pgAttrdefAllDatabases,
  'pg_catalog.pg_attrdef': objectRelation(RELATION_KINDS, { oid: 'adrelid' }, (context, relation) =>
    inCurrentDatabase(context, databaseNameOf(context.snapshot, relation.schemaId))
      ? defaultRows(context, relation)
      : [],
  ),
};
