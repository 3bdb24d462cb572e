/** pg_type: built-in types and those made with CREATE TYPE. */
import type { TypeItem } from '../../catalog/records.ts';
import type { Datum, Row } from '../../types/datum.ts';
import { arrayOf } from '../../types/registry.ts';
import { TYPE_IO } from '../data/type-io.ts';
import { derivedRelation, objectRelation, sameColumns, type RelationTable } from '../define.ts';
import { isSystem } from '../objects.ts';
import type { RelationContext } from '../relation.ts';
import type { SystemTypeObject } from '../system-types.ts';
import { databaseNameOf, inCurrentDatabase, roleOid, schemaOid } from '../visibility.ts';
import { isTemporary } from './pg-class.ts';

const INPUT = new Map(TYPE_IO.map(([oid, input]) => [oid, input]));
const RECEIVE = new Map(TYPE_IO.map(([oid, , receive]) => [oid, receive]));

interface TypeFacts {
  readonly kind: 'b' | 'l' | 'm' | 'p';
  readonly category: string;
  readonly element: number;
  readonly array: number;
}

function systemFacts({ type }: SystemTypeObject): TypeFacts {
  const kind = type.name === 'list' ? 'l' : type.name === 'map' ? 'm' : type.kind === 'pseudo' ? 'p' : 'b';
  return {
    kind: type.kind === 'record' ? 'p' : kind,
    category: type.category,
    element: type.kind === 'array' ? (type.element?.oid ?? 0) : 0,
    array: type.kind === 'array' ? 0 : (arrayOf(type)?.oid ?? 0),
  };
}

/** Lists count as user-defined and maps as pseudo types in PostgreSQL's categories, which know neither. */
function userFacts({ detail }: TypeItem): TypeFacts {
  switch (detail.type) {
    case 'list':
      return { kind: 'l', category: 'U', element: detail.elementOid, array: 0 };
    case 'map':
      return { kind: 'm', category: 'P', element: 0, array: 0 };
    case 'record':
      return { kind: 'b', category: 'C', element: 0, array: 0 };
  }
}

function typeRow(context: RelationContext, type: SystemTypeObject | TypeItem): Row {
  const { snapshot } = context;
  const facts = isSystem(type) ? systemFacts(type) : userFacts(type);
  const head: readonly Datum[] = [
    type.oid,
    type.name,
    schemaOid(snapshot, type.schemaId),
    roleOid(snapshot, type.ownerId),
    isSystem(type) ? type.type.length : -1, // typlen: drivers tell arrays by it
    facts.kind,
    facts.category,
    ',', // typdelim
    0, // typrelid
    facts.element,
    facts.array,
    INPUT.get(type.oid) ?? null,
    RECEIVE.get(type.oid) ?? 0,
  ];
  // typnotnull, typbasetype, typtypmod, typcollation, typdefault
  return [...head, false, 0, -1, 0, null, databaseNameOf(snapshot, type.schemaId)];
}

const pgTypeAllDatabases = objectRelation(
  ['type'],
  { oid: 'oid', name: 'typname', schemaOid: 'typnamespace' },
  (context, type) => (isTemporary(type) ? [] : [typeRow(context, type)]),
);

export const PG_TYPE_RELATIONS: RelationTable = {
  'mz_internal.pg_type_all_databases': pgTypeAllDatabases,
  'pg_catalog.pg_type': derivedRelation(
    pgTypeAllDatabases,
    sameColumns('oid', 'typname', 'typnamespace'),
    1,
    (context, row) => inCurrentDatabase(context, row.at(-1) as string | null),
  ),
};
