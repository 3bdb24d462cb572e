/** GRANT and REVOKE of membership in roles. Source: documentation of GRANT ROLE, REVOKE ROLE. */
import { del, put, type Change } from '../../catalog/changes.ts';
import { isUserId, MZ_SYSTEM_ROLE_ID } from '../../catalog/ids.ts';
import { isMember } from '../../catalog/privileges.ts';
import type { RoleRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { applyChanges } from '../../catalog/apply.ts';
import { notice, planError, warning } from '../../errors.ts';
import type { GrantRole, RevokeRole } from '../../sql/nodes.ts';
import { auditChange } from '../audit.ts';
import { requireSystemPrivilege } from '../support/access.ts';
import { roleNamed } from '../support/resolve.ts';
import { checkRoleName } from '../support/roles.ts';
import { done, type Handler, type RunScope } from './handler.ts';

interface Pair {
  readonly role: RoleRecord;
  readonly member: RoleRecord;
}

/** Every role with every member, looked up and allowed. */
function pairs(node: GrantRole | RevokeRole, scope: RunScope): readonly Pair[] {
  const { snapshot } = scope;
  const roles = node.roles.map((name) => {
    if (name === 'public') throw ungrantable(name);
    return roleNamed(snapshot, name);
  });
  const members = node.members.map((name) => {
    if (name === 'public') checkRoleName(name);
    return roleNamed(snapshot, name);
  });
  requireSystemPrivilege(scope, 'R');
  for (const { name } of members) checkRoleName(name);
  for (const { id, name } of roles) {
    // mz_monitor and its like (`g<n>`) are there to be granted.
    if (!isUserId(id) && !id.startsWith('g')) throw ungrantable(name);
  }
  return roles.flatMap((role) => members.map((member) => ({ role, member })));
}

function ungrantable(name: string): Error {
  return planError(`role name "${name}" cannot be granted`);
}

function details({ role, member }: Pair, scope: RunScope): unknown {
  return {
    executed_by: scope.role.id,
    grantor_id: MZ_SYSTEM_ROLE_ID,
    member_id: member.id,
    role_id: role.id,
  };
}

function key({ role, member }: Pair): string {
  return `${role.id}/${member.id}`;
}

function checkStillThere(tip: Snapshot, { role, member }: Pair): void {
  for (const { id, name } of [role, member]) {
    if (!tip.roles.has(id)) throw planError(`unknown role '${name}'`);
  }
}

export const grantRole: Handler<GrantRole> = {
  transaction: 'single',
  tag: 'GRANT ROLE',
  async run(node, scope) {
    const wanted = pairs(node, scope);
    const present = await scope.commit((tip, ids) => {
      const already: Pair[] = [];
      const changes: Change[] = [];
      let seen = tip;
      for (const pair of wanted) {
        checkStillThere(tip, pair);
        if (seen.small.roleMembership.has(key(pair))) {
          already.push(pair);
          continue;
        }
        checkNoCycle(seen, pair);
        const membership = put('roleMembership', {
          roleId: pair.role.id,
          memberId: pair.member.id,
          grantorId: MZ_SYSTEM_ROLE_ID,
        });
        seen = applyChanges(seen, [membership]);
        changes.push(membership, auditChange(ids, scope, 'grant', 'role', details(pair, scope)));
      }
      return { changes, result: already };
    });
    for (const { role, member } of present) {
      scope.notice(notice(`role "${member.name}" is already a member of role "${role.name}"`));
    }
    return done('GRANT ROLE');
  },
};

/** A role that is a member of `member` already cannot have it as a member. */
function checkNoCycle(snapshot: Snapshot, { role, member }: Pair): void {
  if (!isMember(snapshot, role.id, member.id)) return;
  throw planError(`role "${role.name}" is a member of role "${member.name}"`);
}

export const revokeRole: Handler<RevokeRole> = {
  transaction: 'single',
  tag: 'REVOKE ROLE',
  async run(node, scope) {
    const unwanted = pairs(node, scope);
    const absent = await scope.commit((tip, ids) => {
      const missing = unwanted.filter((pair) => !tip.small.roleMembership.has(key(pair)));
      const changes = unwanted
        .filter((pair) => !missing.includes(pair))
        .flatMap((pair) => [
          del('roleMembership', key(pair)),
          auditChange(ids, scope, 'revoke', 'role', details(pair, scope)),
        ]);
      return { changes, result: missing };
    });
    for (const { role, member } of absent) {
      scope.notice(warning(`role "${member.name}" is not a member of role "${role.name}"`));
    }
    return done('REVOKE ROLE');
  },
};
