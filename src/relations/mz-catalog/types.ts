/** mz_types and the relations that tell its rows apart by kind. */
import type { TypeItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { Row } from '../../types/datum.ts';
import { TYPE_IO } from '../data/type-io.ts';
import { objectRelation, type RelationRows, type RelationTable } from '../define.ts';
import { createSql } from '../item-sql/create-sql.ts';
import { isSystem, objectByOid } from '../objects.ts';
import type { RelationContext } from '../relation.ts';
import { systemId } from '../system-catalog.ts';
import type { SystemTypeObject } from '../system-types.ts';
import { aclArray } from '../values.ts';

type TypeObject = SystemTypeObject | TypeItem;

/** pg_type.typcategory in words. */
const CATEGORIES: Readonly<Record<string, string>> = {
  A: 'array',
  B: 'boolean',
  C: 'composite',
  D: 'date-time',
  E: 'enum',
  N: 'numeric',
  P: 'pseudo',
  R: 'range',
  S: 'string',
  T: 'timespan',
  U: 'user-defined',
  X: 'unknown',
};

const USER_CATEGORIES = { list: 'list', map: 'pseudo', record: 'composite' } as const;

function categoryOf(type: TypeObject): string {
  if (!isSystem(type)) return USER_CATEGORIES[type.detail.type];
  return CATEGORIES[type.type.category] ?? 'string';
}

function typeRow({ snapshot }: RelationContext, type: TypeObject): Row {
  const sql = isSystem(type) ? null : createSql(type, snapshot, 'stable');
  const redacted = isSystem(type) ? null : createSql(type, snapshot, 'redacted');
  const { id, oid, schemaId, name, ownerId } = type;
  return [id, oid, schemaId, name, categoryOf(type), ownerId, aclArray(type.privileges), sql, redacted];
}

/** The id under which mz_types lists the type with this OID. */
function typeId(snapshot: Snapshot, oid: number): string {
  return objectByOid(snapshot, oid)?.id ?? systemId(oid);
}

/** A relation about types of one make. */
function perType(rowOf: (snapshot: Snapshot, type: TypeObject) => Row | null): RelationRows {
  return objectRelation(['type'], { id: 'id' }, ({ snapshot }, type) => {
    const row = rowOf(snapshot, type);
    return row === null ? [] : [row];
  });
}

/** Kind by which a type is listed in exactly one of the relations below. */
function makeOf(type: TypeObject): 'array' | 'list' | 'map' | 'pseudo' | 'base' {
  if (!isSystem(type)) return type.detail.type === 'record' ? 'base' : type.detail.type;
  if (type.type.kind === 'array') return 'array';
  return type.type.kind === 'pseudo' || type.type.kind === 'record' ? 'pseudo' : 'base';
}

function arrayRow(snapshot: Snapshot, type: TypeObject): Row | null {
  const element = isSystem(type) && type.type.kind === 'array' ? type.type.element : undefined;
  return element === undefined ? null : [type.id, typeId(snapshot, element.oid)];
}

function listRow(snapshot: Snapshot, type: TypeObject): Row | null {
  if (isSystem(type) || type.detail.type !== 'list') return null;
  return [type.id, typeId(snapshot, type.detail.elementOid), null];
}

function mapRow(snapshot: Snapshot, type: TypeObject): Row | null {
  if (isSystem(type) || type.detail.type !== 'map') return null;
  const { keyOid, valueOid } = type.detail;
  return [type.id, typeId(snapshot, keyOid), typeId(snapshot, valueOid), null, null];
}

const IO = new Map(TYPE_IO.map(([oid, input, receive]) => [oid, [input, receive] as const]));

export const TYPE_RELATIONS: RelationTable = {
  'mz_catalog.mz_types': objectRelation(
    ['type'],
    { id: 'id', oid: 'oid', name: 'name', schemaId: 'schema_id' },
    (context, type) => [typeRow(context, type)],
  ),
  'mz_catalog.mz_array_types': perType(arrayRow),
  'mz_catalog.mz_base_types': perType((_, type) => (makeOf(type) === 'base' ? [type.id] : null)),
  'mz_catalog.mz_list_types': perType(listRow),
  'mz_catalog.mz_map_types': perType(mapRow),
  'mz_catalog.mz_pseudo_types': perType((_, type) => (makeOf(type) === 'pseudo' ? [type.id] : null)),
  'mz_internal.mz_type_pg_metadata': perType((_, type) => {
    const io = IO.get(type.oid);
    return io === undefined ? null : [type.id, ...io];
  }),
};
