/** The relations behind SHOW PRIVILEGES, SHOW DEFAULT PRIVILEGES and SHOW ROLE MEMBERSHIP, with their `my` variants. */
import { isUserId } from '../../catalog/ids.ts';
import type { DefaultPrivilegeRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { Datum, Row } from '../../types/datum.ts';
import { explode, isListedGrantee, privilegeKeyword, type Grant } from '../acl.ts';
import type { RelationRows, RelationTable } from '../define.ts';
import { heldBySession, roleName } from '../membership.ts';
import { privilegesOf } from '../objects.ts';
import type { RelationContext } from '../relation.ts';
import { databaseNameOf, schemaName } from '../visibility.ts';

/** A grant with the object it is on, in the terms of SHOW PRIVILEGES. */
interface PlacedGrant extends Grant {
  readonly database: string | null;
  readonly schema: string | null;
  readonly name: string | null;
  readonly objectType: string;
}

type Place = Omit<PlacedGrant, keyof Grant>;

function* placed(entries: Parameters<typeof explode>[0], place: Place): Iterable<PlacedGrant> {
  for (const grant of explode(entries)) {
    if (isListedGrantee(grant.grantee)) yield { ...grant, ...place };
  }
}

function* onSystem(snapshot: Snapshot): Iterable<PlacedGrant> {
  for (const { entries } of snapshot.small.systemPrivileges.values()) {
    yield* placed(entries, { database: null, schema: null, name: null, objectType: 'system' });
  }
}

function* onClusters(snapshot: Snapshot): Iterable<PlacedGrant> {
  for (const { id, name, privileges } of snapshot.clusters.values()) {
    if (isUserId(id))
      yield* placed(privileges, { database: null, schema: null, name, objectType: 'cluster' });
  }
}

function* onDatabases(snapshot: Snapshot): Iterable<PlacedGrant> {
  for (const { name, privileges } of snapshot.databases.values()) {
    yield* placed(privileges, { database: null, schema: null, name, objectType: 'database' });
  }
}

function* onSchemas(snapshot: Snapshot): Iterable<PlacedGrant> {
  for (const { id, name, privileges, databaseId } of snapshot.schemas.values()) {
    if (!isUserId(id)) continue;
    const database = databaseId === null ? null : (snapshot.databases.get(databaseId)?.name ?? null);
    yield* placed(privileges, { database, schema: null, name, objectType: 'schema' });
  }
}

function* onObjects(snapshot: Snapshot): Iterable<PlacedGrant> {
  for (const item of snapshot.items.values()) {
    yield* placed(privilegesOf(item) ?? [], {
      database: databaseNameOf(snapshot, item.schemaId),
      schema: schemaName(snapshot, item.schemaId),
      name: item.name,
      objectType: item.kind,
    });
  }
}

function* everywhere(snapshot: Snapshot): Iterable<PlacedGrant> {
  yield* onSystem(snapshot);
  yield* onClusters(snapshot);
  yield* onDatabases(snapshot);
  yield* onSchemas(snapshot);
  yield* onObjects(snapshot);
}

type Columns = (grant: PlacedGrant) => readonly Datum[];

/** Rows of grants: grantor, grantee, what `columns` picks, privilege. `mine`: only what the session's roles hold. */
function grants(
  source: (snapshot: Snapshot) => Iterable<PlacedGrant>,
  columns: Columns,
  mine: boolean,
): RelationRows {
  return {
    *rows(context) {
      const { snapshot } = context;
      const held = mine ? heldBySession(context) : () => true;
      for (const grant of source(snapshot)) {
        if (!held(grant.grantee)) continue;
        const who = [roleName(snapshot, grant.grantor), roleName(snapshot, grant.grantee)];
        yield [...who, ...columns(grant), grant.privilege];
      }
    },
  };
}

const none: Columns = () => [];
const name: Columns = (grant) => [grant.name];
const databaseAndName: Columns = (grant) => [grant.database, grant.name];
const full: Columns = (grant) => [grant.database, grant.schema, grant.name, grant.objectType];

function defaultRows(context: RelationContext, record: DefaultPrivilegeRecord): readonly Row[] {
  const { snapshot } = context;
  const { roleId, databaseId, schemaId, objectType, granteeId, privileges } = record;
  const database = databaseId === null ? null : (snapshot.databases.get(databaseId)?.name ?? null);
  const schema = schemaId === null ? null : schemaName(snapshot, schemaId);
  return [...privileges].map((letter): Row => {
    const grantee = roleName(snapshot, granteeId);
    return [roleName(snapshot, roleId), database, schema, objectType, grantee, privilegeKeyword(letter)];
  });
}

function defaults(mine: boolean): RelationRows {
  return {
    *rows(context) {
      const held = mine ? heldBySession(context) : () => true;
      for (const record of context.snapshot.small.defaultPrivilege.values()) {
        if (isListedGrantee(record.granteeId) && held(record.granteeId)) yield* defaultRows(context, record);
      }
    },
  };
}

function members(mine: boolean): RelationRows {
  return {
    *rows(context) {
      const { snapshot } = context;
      const held = mine ? heldBySession(context) : () => true;
      for (const { roleId, memberId, grantorId } of snapshot.small.roleMembership.values()) {
        if (held(memberId)) {
          yield [roleName(snapshot, roleId), roleName(snapshot, memberId), roleName(snapshot, grantorId)];
        }
      }
    },
  };
}

export const PRIVILEGE_RELATIONS: RelationTable = {
  'mz_internal.mz_show_system_privileges': grants(onSystem, none, false),
  'mz_internal.mz_show_my_system_privileges': grants(onSystem, none, true),
  'mz_internal.mz_show_cluster_privileges': grants(onClusters, name, false),
  'mz_internal.mz_show_my_cluster_privileges': grants(onClusters, name, true),
  'mz_internal.mz_show_database_privileges': grants(onDatabases, name, false),
  'mz_internal.mz_show_my_database_privileges': grants(onDatabases, name, true),
  'mz_internal.mz_show_schema_privileges': grants(onSchemas, databaseAndName, false),
  'mz_internal.mz_show_my_schema_privileges': grants(onSchemas, databaseAndName, true),
  'mz_internal.mz_show_object_privileges': grants(onObjects, full, false),
  'mz_internal.mz_show_my_object_privileges': grants(onObjects, full, true),
  'mz_internal.mz_show_all_privileges': grants(everywhere, full, false),
  'mz_internal.mz_show_all_my_privileges': grants(everywhere, full, true),
  'mz_internal.mz_show_default_privileges': defaults(false),
  'mz_internal.mz_show_my_default_privileges': defaults(true),
  'mz_internal.mz_show_role_members': members(false),
  'mz_internal.mz_show_my_role_members': members(true),
};
