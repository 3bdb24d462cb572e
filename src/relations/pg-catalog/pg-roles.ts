/** pg_roles, pg_authid, pg_user and pg_auth_members. */
import type { RoleRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { Datum, Row, SqlArray } from '../../types/datum.ts';
import { entityRelation, type EntitySpec, type RelationTable } from '../define.ts';
import { isSuperuser } from '../membership.ts';
import type { RelationContext } from '../relation.ts';
import { textArray } from '../values.ts';
import { roleOid } from '../visibility.ts';

/** Letters of the privileges on SYSTEM that stand in for PostgreSQL's role attributes. */
const CREATE_ROLE = 'R';
const CREATE_DB = 'B';
/** What stands in the place of a password. */
const MASK = '********';

/** Whether a role itself (not through membership) holds a privilege on SYSTEM. */
function holdsOnSystem(snapshot: Snapshot, role: RoleRecord, letter: string): boolean {
  for (const { entries } of snapshot.small.systemPrivileges.values()) {
    if (entries.some((entry) => entry.grantee === role.id && entry.privileges.includes(letter))) return true;
  }
  return false;
}

/** ALTER ROLE ... SET defaults as `name=value`, or null when there are none. */
function roleConfig(role: RoleRecord): SqlArray | null {
  const settings = Object.entries(role.variables).map(([name, value]) => `${name}=${value}`);
  return settings.length === 0 ? null : textArray(settings);
}

function rolesRow({ snapshot }: RelationContext, role: RoleRecord): Row {
  return [
    role.name,
    role.superuser,
    true,
    holdsOnSystem(snapshot, role, CREATE_ROLE),
    holdsOnSystem(snapshot, role, CREATE_DB),
    role.login ?? false,
    false,
    -1,
    MASK,
    null,
    false,
    roleConfig(role),
    role.oid,
  ];
}

function authIdRow({ snapshot }: RelationContext, role: RoleRecord): Row {
  const rest: readonly Datum[] = [role.login ?? false, false, false, -1, role.passwordHash, null];
  const createRole = holdsOnSystem(snapshot, role, CREATE_ROLE);
  return [
    role.oid,
    role.name,
    role.superuser,
    true,
    createRole,
    holdsOnSystem(snapshot, role, CREATE_DB),
    ...rest,
  ];
}

function authIdCoreRow(_: RelationContext, role: RoleRecord): Row {
  return [
    role.oid,
    role.name,
    role.superuser,
    true,
    role.login ?? false,
    false,
    false,
    -1,
    role.passwordHash,
    null,
  ];
}

/** Everybody may read pg_user, but only superusers see verifiers in it; others see PostgreSQL's eight stars. */
function userRow(context: RelationContext, role: RoleRecord): Row | null {
  if (role.login !== true) return null;
  const { snapshot } = context;
  const shown = role.passwordHash === null || isSuperuser(context) ? role.passwordHash : MASK;
  const createDb = holdsOnSystem(snapshot, role, CREATE_DB);
  return [role.name, role.oid, createDb, role.superuser, false, false, shown, null, roleConfig(role)];
}

function perRole(nameColumn: string, row: EntitySpec<RoleRecord>['row']) {
  return entityRelation<RoleRecord>({
    all: (snapshot) => snapshot.roles.values(),
    keys: {
      [nameColumn]: (snapshot, name) => snapshot.roles.get(snapshot.roleByName.get(name as string) ?? ''),
    },
    row,
  });
}

export const PG_ROLE_RELATIONS: RelationTable = {
  'pg_catalog.pg_roles': perRole('rolname', rolesRow),
  'pg_catalog.pg_authid': perRole('rolname', authIdRow),
  'mz_internal.pg_authid_core': perRole('rolname', authIdCoreRow),
  'pg_catalog.pg_user': perRole('usename', userRow),
  'pg_catalog.pg_auth_members': {
    *rows({ snapshot }) {
      for (const { roleId, memberId, grantorId } of snapshot.small.roleMembership.values()) {
        yield [roleOid(snapshot, roleId), roleOid(snapshot, memberId), roleOid(snapshot, grantorId), false];
      }
    },
  },
};
