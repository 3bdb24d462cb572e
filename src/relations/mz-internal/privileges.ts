/** The relations behind SHOW PRIVILEGES, SHOW DEFAULT PRIVILEGES and SHOW ROLE MEMBERSHIP, with their `my` variants. */
import { isUserId } from '../../catalog/ids.ts';
import type { AclEntry, DefaultPrivilegeRecord, Item } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { Datum, Row } from '../../types/datum.ts';
import { isListedGrantee, privilegeKeyword } from '../acl.ts';
import { index, type RelationRows, type RelationTable } from '../define.ts';
import { heldBySession, roleName } from '../membership.ts';
import { isSystem, objectsNamed, privilegesOf } from '../objects.ts';
import type { RelationContext } from '../relation.ts';
import { databaseNameOf, schemaName } from '../visibility.ts';

/** The grants on one thing, and how SHOW PRIVILEGES names it. */
interface Granted {
  readonly entries: readonly AclEntry[];
  readonly database: string | null;
  readonly schema: string | null;
  readonly name: string | null;
  readonly objectType: string;
}

/** Things of a kind that carry grants: all of them, or those of a name. */
interface Source {
  all(snapshot: Snapshot): Iterable<Granted>;
  named(snapshot: Snapshot, name: string): Iterable<Granted>;
}

const NOWHERE = { database: null, schema: null } as const;

/** A source whose members are few: finding one by name goes through all. */
function few(all: (snapshot: Snapshot) => Iterable<Granted>): Source {
  return {
    all,
    *named(snapshot, name) {
      for (const granted of all(snapshot)) if (granted.name === name) yield granted;
    },
  };
}

const system = few(function* (snapshot) {
  for (const { entries } of snapshot.small.systemPrivileges.values()) {
    yield { entries, ...NOWHERE, name: null, objectType: 'system' };
  }
});

const clusters = few(function* (snapshot) {
  for (const { id, name, privileges } of snapshot.clusters.values()) {
    if (isUserId(id)) yield { entries: privileges, ...NOWHERE, name, objectType: 'cluster' };
  }
});

const databases = few(function* (snapshot) {
  for (const { name, privileges } of snapshot.databases.values()) {
    yield { entries: privileges, ...NOWHERE, name, objectType: 'database' };
  }
});

const schemas = few(function* (snapshot) {
  for (const { id, name, privileges, databaseId } of snapshot.schemas.values()) {
    if (!isUserId(id)) continue;
    const database = databaseId === null ? null : (snapshot.databases.get(databaseId)?.name ?? null);
    yield { entries: privileges, database, schema: null, name, objectType: 'schema' };
  }
});

function onItem(snapshot: Snapshot, item: Item): Granted {
  return {
    entries: privilegesOf(item) ?? [],
    database: databaseNameOf(snapshot, item.schemaId),
    schema: schemaName(snapshot, item.schemaId),
    name: item.name,
    objectType: item.kind,
  };
}

const items: Source = {
  *all(snapshot) {
    for (const item of snapshot.items.values()) yield onItem(snapshot, item);
  },
  *named(snapshot, name) {
    for (const object of objectsNamed(snapshot, name)) if (!isSystem(object)) yield onItem(snapshot, object);
  },
};

const EVERYTHING: readonly Source[] = [system, clusters, databases, schemas, items];

type Columns = (granted: Granted) => readonly Datum[];

/** Rows: grantor, grantee, what `columns` picks, privilege. `mine`: only what the session's roles hold. */
function* grantRows(
  context: RelationContext,
  things: Iterable<Granted>,
  columns: Columns,
  mine: boolean,
): Iterable<Row> {
  const { snapshot } = context;
  const held = mine ? heldBySession(context) : () => true;
  for (const granted of things) {
    for (const { grantor, grantee, privileges } of granted.entries) {
      if (!isListedGrantee(grantee) || !held(grantee)) continue;
      const head = [roleName(snapshot, grantor), roleName(snapshot, grantee), ...columns(granted)];
      for (const letter of privileges) yield [...head, privilegeKeyword(letter)];
    }
  }
}

/** The relation of the grants on things of these kinds, found by name where the columns show one. */
function grants(sources: readonly Source[], columns: Columns, mine: boolean): RelationRows {
  const byName = index(['name'], function* (context, key: string): Iterable<Row> {
    for (const source of sources)
      yield* grantRows(context, source.named(context.snapshot, key), columns, mine);
  });
  return {
    *rows(context) {
      for (const source of sources) yield* grantRows(context, source.all(context.snapshot), columns, mine);
    },
    indexes: columns === none ? [] : [byName],
  };
}

const none: Columns = () => [];
const name: Columns = (granted) => [granted.name];
const databaseAndName: Columns = (granted) => [granted.database, granted.name];
const full: Columns = (granted) => [granted.database, granted.schema, granted.name, granted.objectType];

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
  'mz_internal.mz_show_system_privileges': grants([system], none, false),
  'mz_internal.mz_show_my_system_privileges': grants([system], none, true),
  'mz_internal.mz_show_cluster_privileges': grants([clusters], name, false),
  'mz_internal.mz_show_my_cluster_privileges': grants([clusters], name, true),
  'mz_internal.mz_show_database_privileges': grants([databases], name, false),
  'mz_internal.mz_show_my_database_privileges': grants([databases], name, true),
  'mz_internal.mz_show_schema_privileges': grants([schemas], databaseAndName, false),
  'mz_internal.mz_show_my_schema_privileges': grants([schemas], databaseAndName, true),
  'mz_internal.mz_show_object_privileges': grants([items], full, false),
  'mz_internal.mz_show_my_object_privileges': grants([items], full, true),
  'mz_internal.mz_show_all_privileges': grants(EVERYTHING, full, false),
  'mz_internal.mz_show_all_my_privileges': grants(EVERYTHING, full, true),
  'mz_internal.mz_show_default_privileges': defaults(false),
  'mz_internal.mz_show_my_default_privileges': defaults(true),
  'mz_internal.mz_show_role_members': members(false),
  'mz_internal.mz_show_my_role_members': members(true),
};
