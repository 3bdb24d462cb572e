/** The schemas that belong to no database, and facts about built-in objects that hold in every environment. */
import { MZ_SUPPORT_ROLE_ID, MZ_SYSTEM_ROLE_ID, PUBLIC_ROLE_ID, type Id } from '../catalog/ids.ts';
import type { AclEntry } from '../catalog/records.ts';

/** Ids of the ambient schemas (reference: session-wire-rbac 3.1; `mz_tumbler` is Tumbler's own). */
export const AMBIENT_SCHEMA_IDS: Readonly<Record<string, Id>> = {
  mz_catalog: 's1',
  pg_catalog: 's2',
  mz_internal: 's4',
  information_schema: 's5',
  mz_unsafe: 's6',
  mz_catalog_unstable: 's7',
  mz_introspection: 's8',
  mz_tumbler: 's9',
};

const AMBIENT_SCHEMA_NAMES = new Map(Object.entries(AMBIENT_SCHEMA_IDS).map(([name, id]) => [id, name]));

/** Name of an ambient schema, or undefined when the id is not one. */
export function ambientSchemaName(id: Id): string | undefined {
  return AMBIENT_SCHEMA_NAMES.get(id);
}

/** Cluster `mz_catalog_server`: runs every built-in index and materialized view. */
export const CATALOG_SERVER_CLUSTER_ID: Id = 's2';

const ROLE_IDS: Readonly<Record<string, Id>> = {
  PUBLIC: PUBLIC_ROLE_ID,
  mz_system: MZ_SYSTEM_ROLE_ID,
  mz_support: MZ_SUPPORT_ROLE_ID,
  mz_analytics: 's3',
  mz_monitor: 'g1',
  mz_monitor_redacted: 'g2',
};

/** Grants on a built-in relation, all by mz_system: its readers, then the owner (reference: session-wire-rbac 4.4). */
export function relationPrivileges(readers: readonly string[], isTable: boolean): readonly AclEntry[] {
  const grant = (grantee: Id, privileges: string): AclEntry => ({
    grantee,
    grantor: MZ_SYSTEM_ROLE_ID,
    privileges,
  });
  const others = new Set(readers.map((name) => ROLE_IDS[name] ?? name));
  if (others.size > 0) others.add(MZ_SUPPORT_ROLE_ID);
  others.delete(MZ_SYSTEM_ROLE_ID);
  return [
    ...[...others].sort(compareRoles).map((id) => grant(id, 'r')),
    grant(MZ_SYSTEM_ROLE_ID, isTable ? 'arwd' : 'r'),
  ];
}

/** PUBLIC first, then by id: the order in which grants are shown. */
function compareRoles(a: Id, b: Id): number {
  if (a === PUBLIC_ROLE_ID || b === PUBLIC_ROLE_ID) return a === b ? 0 : a === PUBLIC_ROLE_ID ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Grants on a built-in type: USAGE for everybody. */
export const TYPE_PRIVILEGES: readonly AclEntry[] = [
  PUBLIC_ROLE_ID,
  MZ_SUPPORT_ROLE_ID,
  MZ_SYSTEM_ROLE_ID,
].map((grantee) => ({ grantee, grantor: MZ_SYSTEM_ROLE_ID, privileges: 'U' }));
