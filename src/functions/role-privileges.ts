/** Privileges as the inquiry functions see them (reference session-wire-rbac 4.8): grants of a role and of what it is in. */
import type { Id } from '../catalog/ids.ts';
import { effectiveRoles } from '../catalog/privileges.ts';
import type { AclEntry, RoleRecord } from '../catalog/records.ts';
import { planError } from '../errors.ts';
import type { SessionContext } from '../query/session-context.ts';
import type { Datum } from '../types/datum.ts';
import { roleByOid } from './cast-session.ts';
import { notFound } from './objects.ts';

/** Letters of the ACL text format by the name of the privilege. */
export const PRIVILEGE_LETTERS: Readonly<Record<string, string>> = {
  INSERT: 'a',
  SELECT: 'r',
  UPDATE: 'w',
  DELETE: 'd',
  USAGE: 'U',
  CREATE: 'C',
  CREATEROLE: 'R',
  CREATEDB: 'B',
  CREATECLUSTER: 'N',
  CREATENETWORKPOLICY: 'P',
};

export const PRIVILEGE_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(PRIVILEGE_LETTERS).map(([name, letter]) => [letter, name]),
);

/** Letters of `select, Insert`: any of them answers. Throws `unrecognized privilege type: "<p>"`. */
export function privilegeLetters(text: string): readonly string[] {
  return text.split(',').map((part) => {
    const letter = PRIVILEGE_LETTERS[part.trim().toUpperCase()];
    if (letter === undefined) throw planError(`unrecognized privilege type: "${part.trim()}"`);
    return letter;
  });
}

/** The role that a name or an OID means; undefined for an OID that is none. Throws for an unknown name. */
export function roleOf(session: SessionContext, role: Datum): RoleRecord | undefined {
  if (typeof role === 'number') return roleByOid(session, role);
  const id = session.snapshot.roleByName.get(String(role as string));
  const record = id === undefined ? undefined : session.snapshot.roles.get(id);
  if (record === undefined) throw notFound('role', String(role as string));
  return record;
}

/** The role asking. */
export function currentRole(session: SessionContext): RoleRecord | undefined {
  return session.snapshot.roles.get(session.session.roleId);
}

/** Ids of the role, of every role it is in directly or not, and of PUBLIC. */
export function rolesHeldBy(session: SessionContext, roleId: Id): ReadonlySet<Id> {
  return effectiveRoles(session.snapshot, roleId);
}

/** True when a grant to the role, to one it is in, or to PUBLIC holds any of the letters. Superusers are no exception. */
export function holdsPrivilege(
  session: SessionContext,
  roleId: Id,
  entries: readonly AclEntry[],
  letters: readonly string[],
): boolean {
  const held = rolesHeldBy(session, roleId);
  return entries.some(
    (entry) => held.has(entry.grantee) && letters.some((letter) => entry.privileges.includes(letter)),
  );
}
