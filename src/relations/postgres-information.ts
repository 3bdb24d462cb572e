/** Values of information_schema's columns that clients of PostgreSQL read: the types of columns, what can be written. */
import type { Datum, Row } from '../types/datum.ts';
import { typeByOid } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { namedRelation } from './named-relation.ts';
import { columnsOf, isSystem, type ObjectColumn, type RelationObject } from './objects.ts';
import type { RelationContext } from './relation.ts';
import { databaseNameOf, schemaName } from './visibility.ts';

type Values = Readonly<Record<string, Datum>>;

/** OIDs from here on are of types in mz_catalog; those below are PostgreSQL's. */
const FIRST_OWN_OID = 16384;
/** Longest text in bytes, as PostgreSQL shows it for types of characters. */
const LONGEST_TEXT = 1073741824;
/** Digits of a second's fraction. */
const FRACTION_DIGITS = 6;

const columnsOfRelation = new WeakMap<RelationObject, readonly ObjectColumn[]>();

/** Columns of a relation, made once: every row of information_schema.columns asks for its own. */
function columnsOnce(relation: RelationObject): readonly ObjectColumn[] {
  const known = columnsOfRelation.get(relation);
  if (known !== undefined) return known;
  const columns = columnsOf(relation);
  columnsOfRelation.set(relation, columns);
  return columns;
}

/** Only tables take INSERT, and only users' own. */
function isWritable(relation: RelationObject): boolean {
  return relation.kind === 'table' && !isSystem(relation);
}

const RADIX: Readonly<Record<string, number>> = {
  int2: 2,
  int4: 2,
  int8: 2,
  float4: 2,
  float8: 2,
  numeric: 10,
};

function builtInType(context: RelationContext, { name, oid, category }: SqlType): Values {
  const isTime = category === 'D' && name !== 'date';
  return {
    character_octet_length: name === 'text' || name === 'varchar' || name === 'bpchar' ? LONGEST_TEXT : null,
    numeric_precision_radix: RADIX[name] ?? null,
    datetime_precision: name === 'date' ? 0 : isTime || name === 'interval' ? FRACTION_DIGITS : null,
    udt_catalog: context.session.databaseName,
    udt_schema: oid >= FIRST_OWN_OID ? 'mz_catalog' : 'pg_catalog',
    udt_name: name,
  };
}

function userType({ snapshot, session }: RelationContext, oid: number): Values {
  const item = snapshot.items.get(snapshot.itemByOid.get(oid) ?? '');
  if (item === undefined) return {};
  return {
    udt_catalog: databaseNameOf(snapshot, item.schemaId) ?? session.databaseName,
    udt_schema: schemaName(snapshot, item.schemaId),
    udt_name: item.name,
  };
}

/** Added columns of information_schema.columns. */
export function informationColumn(context: RelationContext, row: Row): Values {
  const [, schema, table, , position] = row as readonly [string, string, string, string, bigint];
  const relation = namedRelation(context, schema, table);
  const column = relation === undefined ? undefined : columnsOnce(relation)[Number(position) - 1];
  if (relation === undefined || column === undefined) return {};
  const type = typeByOid(column.typeOid);
  return {
    ...(type === undefined ? userType(context, column.typeOid) : builtInType(context, type)),
    dtd_identifier: String(position),
    is_updatable: isWritable(relation) ? 'YES' : 'NO',
  };
}

/** Added columns of information_schema.tables. */
export function informationTable(context: RelationContext, row: Row): Values {
  const [, schema, table] = row as readonly [string, string, string];
  const relation = namedRelation(context, schema, table);
  return { is_insertable_into: relation !== undefined && isWritable(relation) ? 'YES' : 'NO' };
}

/** Added columns of information_schema.schemata. */
export function schemaOwner({ snapshot, session }: RelationContext, row: Row): Values {
  const name = row[1] as string;
  const id =
    snapshot.schemaByName.get(`/${name}`) ?? snapshot.schemaByName.get(`${session.databaseId ?? ''}/${name}`);
  const owner = snapshot.schemas.get(id ?? '')?.ownerId;
  return { schema_owner: snapshot.roles.get(owner ?? '')?.name ?? null };
}
