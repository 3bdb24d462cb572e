/** Access control lists: who may do what, through which roles. Source: documentation of GRANT and access control. */
import { PUBLIC_ROLE_ID, type Id } from './ids.ts';
import type { AclEntry, DefaultPrivilegeRecord } from './records.ts';
import type { Snapshot } from './snapshot.ts';

/** Letters in the order the ACL text format prints them. */
export const PRIVILEGE_ORDER = 'arwdUCRBNP';

/** Sorts letters and takes out repeats. */
export function normalizePrivileges(letters: string): string {
  return [...PRIVILEGE_ORDER].filter((letter) => letters.includes(letter)).join('');
}

/** Answers so far, by the memberships they follow from: a commit that changes none of them keeps its answers. */
const known = new WeakMap<Snapshot['small']['roleMembership'], Map<Id, ReadonlySet<Id>>>();

/** The role and every role it is a member of, directly or not; PUBLIC always. */
export function effectiveRoles(snapshot: Snapshot, roleId: Id): ReadonlySet<Id> {
  let answers = known.get(snapshot.small.roleMembership);
  if (answers === undefined) known.set(snapshot.small.roleMembership, (answers = new Map()));
  let roles = answers.get(roleId);
  if (roles === undefined) answers.set(roleId, (roles = findEffectiveRoles(snapshot, roleId)));
  return roles;
}

function findEffectiveRoles(snapshot: Snapshot, roleId: Id): ReadonlySet<Id> {
  const roles = new Set<Id>([roleId, PUBLIC_ROLE_ID]);
  if (snapshot.small.roleMembership.size === 0) return roles;
  const pending = [roleId];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    for (const membership of snapshot.small.roleMembership.values()) {
      if (membership.memberId !== id || roles.has(membership.roleId)) continue;
      roles.add(membership.roleId);
      pending.push(membership.roleId);
    }
  }
  return roles;
}

/** Whether the role is `target`, or a member of it. */
export function isMember(snapshot: Snapshot, roleId: Id, target: Id): boolean {
  return roleId === target || (target !== PUBLIC_ROLE_ID && effectiveRoles(snapshot, roleId).has(target));
}

/** Whether the list gives the role a privilege (one letter), itself or through membership. */
export function hasPrivilege(
  snapshot: Snapshot,
  roleId: Id,
  acl: readonly AclEntry[],
  letter: string,
): boolean {
  const roles = effectiveRoles(snapshot, roleId);
  return acl.some((entry) => roles.has(entry.grantee) && entry.privileges.includes(letter));
}

/** The list with letters added to a grantee's entry from a grantor. */
export function grant(
  acl: readonly AclEntry[],
  grantee: Id,
  grantor: Id,
  letters: string,
): readonly AclEntry[] {
  const at = acl.findIndex((entry) => entry.grantee === grantee && entry.grantor === grantor);
  if (letters === '') return acl;
  if (at < 0) return [...acl, { grantee, grantor, privileges: normalizePrivileges(letters) }];
  const merged = { grantee, grantor, privileges: normalizePrivileges(acl[at]!.privileges + letters) };
  return acl.with(at, merged);
}

/** The list with letters taken from a grantee; an entry without letters goes. */
export function revoke(
  acl: readonly AclEntry[],
  grantee: Id,
  grantor: Id,
  letters: string,
): readonly AclEntry[] {
  return acl.flatMap((entry) => {
    if (entry.grantee !== grantee || entry.grantor !== grantor) return [entry];
    const left = [...entry.privileges].filter((letter) => !letters.includes(letter)).join('');
    return left === '' ? [] : [{ ...entry, privileges: left }];
  });
}

/** A new object, as far as its privileges depend on it. */
export interface NewObject {
  readonly objectType: DefaultPrivilegeRecord['objectType'];
  readonly ownerId: Id;
  /** Every privilege of its kind: what the owner gets. */
  readonly privileges: string;
  readonly schemaId?: Id | null;
  readonly databaseId?: Id | null;
}

/** Privileges of a new object: all for its owner, plus what default privileges add. */
export function newObjectAcl(snapshot: Snapshot, object: NewObject): readonly AclEntry[] {
  let acl = grant([], object.ownerId, object.ownerId, object.privileges);
  for (const entry of snapshot.small.defaultPrivilege.values()) {
    if (!appliesTo(entry, object)) continue;
    const letters = [...entry.privileges].filter((letter) => object.privileges.includes(letter)).join('');
    acl = grant(acl, entry.granteeId, object.ownerId, letters);
  }
  return acl;
}

function appliesTo(entry: DefaultPrivilegeRecord, object: NewObject): boolean {
  return (
    entry.objectType === object.objectType &&
    (entry.roleId === PUBLIC_ROLE_ID || entry.roleId === object.ownerId) &&
    (entry.databaseId === null || entry.databaseId === object.databaseId) &&
    (entry.schemaId === null || entry.schemaId === object.schemaId)
  );
}
