/** Built-in types as catalog objects. */
import { MZ_SYSTEM_ROLE_ID, type Id } from '../catalog/ids.ts';
import type { AclEntry } from '../catalog/records.ts';
import { allTypes } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { AMBIENT_SCHEMA_IDS, TYPE_PRIVILEGES } from './ambient.ts';
import { systemId } from './system-catalog.ts';

export interface SystemTypeObject {
  readonly system: true;
  readonly kind: 'type';
  readonly id: Id;
  readonly oid: number;
  readonly schemaId: Id;
  readonly schema: string;
  readonly name: string;
  readonly ownerId: Id;
  readonly clusterId: null;
  readonly privileges: readonly AclEntry[];
  readonly type: SqlType;
}

/** OIDs from here on are Materialize's own: those types live in mz_catalog, PostgreSQL's in pg_catalog. */
const FIRST_OWN_OID = 16384;

let types: readonly SystemTypeObject[] | undefined;

/** Every built-in type, in OID order. */
export function systemTypeObjects(): readonly SystemTypeObject[] {
  return (types ??= allTypes().map((type) => {
    const schema = type.oid >= FIRST_OWN_OID ? 'mz_catalog' : 'pg_catalog';
    return {
      system: true,
      kind: 'type',
      id: systemId(type.oid),
      oid: type.oid,
      schemaId: AMBIENT_SCHEMA_IDS[schema] ?? '',
      schema,
      name: type.name,
      ownerId: MZ_SYSTEM_ROLE_ID,
      clusterId: null,
      privileges: TYPE_PRIVILEGES,
      type,
    };
  }));
}
