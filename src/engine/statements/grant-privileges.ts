/**
 * GRANT and REVOKE of privileges on objects and on SYSTEM. Source: documentation of GRANT PRIVILEGE, REVOKE PRIVILEGE.
 * The grantor of every entry is the owner of the object, whoever runs the statement.
 */
import { put, type Change } from '../../catalog/changes.ts';
import { MZ_SYSTEM_ROLE_ID, type Id } from '../../catalog/ids.ts';
import { grant, revoke } from '../../catalog/privileges.ts';
import type { AclEntry } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { notice, planError } from '../../errors.ts';
import type { GrantPrivileges, PrivilegeList, RevokePrivileges } from '../../sql/nodes.ts';
import { auditChange } from '../audit.ts';
import type { IdSource } from '../committer.ts';
import {
  privilegeNames,
  requireDatabasePrivilege,
  requireOwner,
  requireSchemaPrivilege,
  requireSuperuser,
} from '../support/access.ts';
import { allTargets, grantTarget } from '../support/grant-targets.ts';
import { checkGrantees, checkStillThere, granteeIds } from '../support/grantees.ts';
import { ownedNow, type OwnedObject } from '../support/owned.ts';
import {
  ALL_PRIVILEGES,
  checkValid,
  lettersOf,
  RELATION_TYPES,
  SYSTEM_PRIVILEGES,
  without,
} from '../support/privilege-kinds.ts';
import { done, type Handler, type RunScope, type Scope } from './handler.ts';

type Direction = 'grant' | 'revoke';
type Node = GrantPrivileges | RevokePrivileges;

/** One object and the letters that change on it. */
interface Update {
  readonly object: OwnedObject;
  readonly letters: string;
}

export const grantPrivileges: Handler<GrantPrivileges> = {
  transaction: 'single',
  tag: 'GRANT',
  async run(node, scope) {
    await change('grant', node, scope);
    return done('GRANT');
  },
};

export const revokePrivileges: Handler<RevokePrivileges> = {
  transaction: 'single',
  tag: 'REVOKE',
  async run(node, scope) {
    await change('revoke', node, scope);
    return done('REVOKE');
  },
};

async function change(direction: Direction, node: Node, scope: RunScope): Promise<void> {
  const grantees = granteeIds(scope.snapshot, node.roles);
  const { target } = node;
  if (target.kind === 'system') return changeSystem(direction, node, grantees, scope);
  const objects =
    target.kind === 'all'
      ? allTargets(scope, target.objectKind, target.in)
      : target.names.map((name) => grantTarget(scope, target.objectKind, name));
  const updates = objects.map((object) => ({
    object,
    letters: applicable(scope, node.privileges, object),
  }));
  requireOwner(scope, objects);
  for (const object of objects) requireContainerUsage(scope, object);
  checkGrantees(scope.snapshot, grantees);
  objects.forEach(checkChangeable);
  await scope.commit((tip, ids) => {
    checkStillThere(tip, grantees);
    const to = { scope, tip, ids };
    return {
      changes: updates.flatMap((update) => objectChanges(direction, update, grantees, to)),
      result: undefined,
    };
  });
}

/** Letters that apply to the object. Those that only tables have are left out for other relations, with a notice. */
function applicable(scope: RunScope, privileges: PrivilegeList, object: OwnedObject): string {
  const own = ALL_PRIVILEGES[object.type];
  const letters = lettersOf(privileges, own);
  checkValid(letters, RELATION_TYPES.has(object.type) ? ALL_PRIVILEGES.table : own, object.description);
  const others = without(letters, own);
  if (others !== '') {
    scope.notice(
      notice(`non-applicable privilege types ${privilegeNames(others)} for ${object.description}`),
    );
  }
  return without(letters, others);
}

function requireContainerUsage(scope: Scope, { container }: OwnedObject): void {
  if (container?.kind === 'database') return requireDatabasePrivilege(scope, 'U', container.id);
  const schema = container === null ? undefined : scope.snapshot.schemas.get(container.id);
  if (schema !== undefined) requireSchemaPrivilege(scope, 'U', schema);
}

function checkChangeable({ id, type, name }: OwnedObject): void {
  if (!id.startsWith('s')) return;
  const word = type === 'schema' || type === 'cluster' ? type : 'item';
  throw planError(`system ${word} '${name}' cannot be modified`);
}

interface Commit {
  readonly scope: Scope;
  readonly tip: Snapshot;
  readonly ids: IdSource;
}

/** The new list of an object and an event for each grantee for whom something changes. */
function objectChanges(
  direction: Direction,
  { object, letters }: Update,
  grantees: readonly Id[],
  { scope, tip, ids }: Commit,
): Change[] {
  const now = ownedNow(tip, object);
  if (now === undefined) throw planError(`unknown catalog item '${object.name}'`);
  const { acl, changed } = changeAcl(direction, now.acl, grantees, { grantor: now.ownerId, letters });
  if (changed.length === 0) return [];
  return [
    now.with({ privileges: acl }),
    ...changed.map((grantee) =>
      auditChange(ids, scope, direction, now.type, {
        grantee_id: grantee,
        grantor_id: now.ownerId,
        object_id: now.auditId,
        privileges: letters,
      }),
    ),
  ];
}

/** Adds or takes letters for each grantee; `changed` are those for whom it makes a difference. */
function changeAcl(
  direction: Direction,
  before: readonly AclEntry[],
  grantees: readonly Id[],
  { grantor, letters }: { readonly grantor: Id; readonly letters: string },
): { readonly acl: readonly AclEntry[]; readonly changed: readonly Id[] } {
  let acl = before;
  const changed: Id[] = [];
  for (const grantee of grantees) {
    const held =
      acl.find((entry) => entry.grantee === grantee && entry.grantor === grantor)?.privileges ?? '';
    const missing = without(letters, held);
    if (direction === 'grant' ? missing === '' : missing === letters) continue;
    acl = (direction === 'grant' ? grant : revoke)(acl, grantee, grantor, letters);
    changed.push(grantee);
  }
  return { acl, changed };
}

async function changeSystem(
  direction: Direction,
  node: Node,
  grantees: readonly Id[],
  scope: RunScope,
): Promise<void> {
  const letters = lettersOf(node.privileges, SYSTEM_PRIVILEGES);
  checkValid(letters, SYSTEM_PRIVILEGES, 'SYSTEM');
  requireSuperuser(scope, 'GRANT/REVOKE SYSTEM PRIVILEGES');
  checkGrantees(scope.snapshot, grantees);
  await scope.commit((tip, ids) => {
    checkStillThere(tip, grantees);
    const before = tip.small.systemPrivileges.get('')?.entries ?? [];
    const { acl, changed } = changeAcl(direction, before, grantees, { grantor: MZ_SYSTEM_ROLE_ID, letters });
    if (changed.length === 0) return { changes: [], result: undefined };
    return {
      changes: [
        put('systemPrivileges', { entries: acl }),
        ...changed.map((grantee) =>
          auditChange(ids, scope, direction, 'system', {
            grantee_id: grantee,
            grantor_id: MZ_SYSTEM_ROLE_ID,
            object_id: 'SYSTEM',
            privileges: letters,
          }),
        ),
      ],
      result: undefined,
    };
  });
}
