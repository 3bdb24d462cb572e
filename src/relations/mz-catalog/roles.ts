/** mz_roles and its kin: memberships, defaults of variables, passwords, default and system privileges. */
import type { RoleRecord } from '../../catalog/records.ts';
import { AclItemDatum } from '../../types/datum.ts';
import type { Row } from '../../types/datum.ts';
import { entityRelation, index, type RelationTable } from '../define.ts';
import type { RelationContext } from '../relation.ts';
import { timestamptz } from '../values.ts';

const roleKeys = {
  all: (snapshot: RelationContext['snapshot']) => snapshot.roles.values(),
  byId: (snapshot: RelationContext['snapshot'], id: unknown) => snapshot.roles.get(id as string),
};

function roleRow(role: RoleRecord): Row {
  return [role.id, role.oid, role.name, true, role.login ?? false, role.superuser];
}

/** One row for each variable that ALTER ROLE ... SET gave a default. */
function parameterRows(role: RoleRecord | undefined): readonly Row[] {
  return role === undefined
    ? []
    : Object.entries(role.variables).map(([name, value]): Row => [role.id, name, value]);
}

/** Verifiers of roles that were ever given a password. */
function authRow(context: RelationContext, role: RoleRecord): Row | null {
  const changed = role.passwordChangedAt ?? environmentStart(context);
  return role.passwordHash === null ? null : [role.id, role.oid, role.passwordHash, timestamptz(changed)];
}

function environmentStart(context: RelationContext): number {
  return context.snapshot.small.environment.first()?.createdAt ?? context.facts.startedAt;
}

function* systemPrivilegeRows(context: RelationContext): Iterable<Row> {
  for (const { entries } of context.snapshot.small.systemPrivileges.values()) {
    for (const { grantee, privileges, grantor } of entries)
      yield [new AclItemDatum(grantee, privileges, grantor)];
  }
}

export const ROLE_RELATIONS: RelationTable = {
  'mz_catalog.mz_roles': entityRelation({
    all: roleKeys.all,
    keys: {
      id: roleKeys.byId,
      name: (snapshot, name) => snapshot.roles.get(snapshot.roleByName.get(name as string) ?? ''),
    },
    row: (_, role) => roleRow(role),
  }),
  'mz_catalog.mz_role_members': {
    *rows({ snapshot }) {
      for (const m of snapshot.small.roleMembership.values()) yield [m.roleId, m.memberId, m.grantorId];
    },
  },
  'mz_catalog.mz_role_parameters': {
    *rows({ snapshot }) {
      for (const role of snapshot.roles.values()) yield* parameterRows(role);
    },
    indexes: [index(['role_id'], ({ snapshot }, id: string) => parameterRows(snapshot.roles.get(id)))],
  },
  'mz_catalog.mz_role_auth': entityRelation({
    all: roleKeys.all,
    keys: { role_id: roleKeys.byId },
    row: authRow,
  }),
  'mz_catalog.mz_default_privileges': {
    *rows({ snapshot }) {
      for (const d of snapshot.small.defaultPrivilege.values()) {
        yield [d.roleId, d.databaseId, d.schemaId, d.objectType, d.granteeId, d.privileges];
      }
    },
  },
  'mz_catalog.mz_system_privileges': { rows: systemPrivilegeRows },
};
