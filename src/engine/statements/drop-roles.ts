/** DROP ROLE. Source: documentation of DROP ROLE; dependents are listed as the running system lists them. */
import { del, type Change } from '../../catalog/changes.ts';
import type { Id } from '../../catalog/ids.ts';
import type { AclEntry, RoleRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError, SqlError } from '../../errors.ts';
import type { DropObjects } from '../../sql/nodes.ts';
import { auditChange } from '../audit.ts';
import { requireSystemPrivilege } from '../support/access.ts';
import { everyOwned } from '../support/owned.ts';
import { written } from '../support/resolve.ts';
import { checkRoleName } from '../support/roles.ts';
import { skipNotice } from '../support/skip-notice.ts';
import type { RunScope } from './handler.ts';

export async function dropRoles(node: DropObjects, scope: RunScope): Promise<void> {
  const roles: RoleRecord[] = [];
  for (const name of node.names) {
    const text = written(name);
    checkRoleName(text);
    const id = scope.snapshot.roleByName.get(text);
    const role = id === undefined ? undefined : scope.snapshot.roles.get(id);
    if (role === undefined) {
      if (!node.ifExists) throw planError(`unknown role '${text}'`);
      skipNotice(scope, 'role', text);
      continue;
    }
    if (role.id === scope.role.id) throw planError('current role cannot be dropped');
    roles.push(role);
  }
  requireSystemPrivilege(scope, 'R');
  await scope.commit((tip, ids) => {
    checkDependents(tip, roles);
    return {
      changes: roles.flatMap((role) => [
        del('role', role.id),
        ...memberships(tip, role.id),
        ...(tip.commentsOfObject.get(`role/${role.id}`) ?? []).map(() => del('comment', `role/${role.id}/`)),
        auditChange(ids, scope, 'drop', 'role', { id: role.id, name: role.name }),
      ]),
      result: undefined,
    };
  });
}

function memberships(tip: Snapshot, roleId: Id): Change[] {
  return [...tip.small.roleMembership.values()]
    .filter((m) => m.roleId === roleId || m.memberId === roleId)
    .map((m) => del('roleMembership', `${m.roleId}/${m.memberId}`));
}

/** 2BP01 with a line for everything that still names one of the roles. */
function checkDependents(tip: Snapshot, roles: readonly RoleRecord[]): void {
  const lines: string[] = [];
  const blocked = new Set<string>();
  for (const role of roles) {
    const found = dependentLines(tip, role);
    if (found.length > 0) blocked.add(role.name);
    lines.push(...found);
  }
  if (blocked.size === 0) return;
  const subject = blocked.size === 1 ? `role "${[...blocked][0]}"` : `roles "${[...blocked].join(', ')}"`;
  throw new SqlError('2BP01', `${subject} cannot be dropped because some objects depend on it`, {
    detail: lines.join('\n'),
  });
}

function dependentLines(tip: Snapshot, role: RoleRecord): string[] {
  const lines: string[] = [];
  for (const object of everyOwned(tip)) {
    if (object.ownerId === role.id) lines.push(`${role.name}: owner of ${object.description}`);
    lines.push(...aclLines(tip, role, object.acl, object.ownerId, object.description));
  }
  lines.push(...aclLines(tip, role, tip.small.systemPrivileges.get('')?.entries ?? [], null, 'SYSTEM'));
  for (const entry of tip.small.defaultPrivilege.values()) {
    const plural = `${entry.objectType.toUpperCase()}S`;
    if (entry.roleId === role.id)
      lines.push(`${role.name}: default privileges on ${plural} created by ${role.name}`);
    if (entry.granteeId === role.id)
      lines.push(`${role.name}: default privileges on ${plural} granted to ${role.name}`);
  }
  return lines;
}

function aclLines(
  tip: Snapshot,
  role: RoleRecord,
  acl: readonly AclEntry[],
  ownerId: Id | null,
  description: string,
): string[] {
  const nameOf = (id: Id): string => tip.roles.get(id)?.name ?? id;
  return acl.flatMap((entry) => {
    if (entry.grantee === role.id && entry.grantee !== ownerId) {
      return [`${role.name}: privileges on ${description} granted by ${nameOf(entry.grantor)}`];
    }
    if (entry.grantor === role.id && entry.grantee !== role.id) {
      return [`${role.name}: privileges granted on ${description} to ${nameOf(entry.grantee)}`];
    }
    return [];
  });
}
