/**
 * Role-based checks with the error shapes of Materialize: ownership, membership, privileges, superuser.
 * Superusers skip checks on users' objects, never those on system objects.
 */
import { isMember, hasPrivilege } from '../../catalog/privileges.ts';
import { isUserId, type Id } from '../../catalog/ids.ts';
import type { AclEntry, ClusterRecord, Item, SchemaRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { permissionDenied, planError, SqlError } from '../../errors.ts';
import { replicasOf } from '../secret-value.ts';
import type { Scope } from '../statements/handler.ts';
import { describeObject, fullItemName, fullSchemaName, ITEM_KIND_TEXT } from './names.ts';

/** True when checks on users' objects apply to this statement. */
export function checksApply(scope: Scope): boolean {
  if (scope.session.isSuperuser(scope.role)) return false;
  return scope.session.rbacEnabled(scope.snapshot);
}

function applies(scope: Scope, objectId: Id): boolean {
  return !isUserId(objectId) || checksApply(scope);
}

/** 42501 `must be owner of <KIND> <name>` for everything the role does not own, directly or through membership. */
export function requireOwner(
  scope: Scope,
  objects: readonly { readonly id: Id; readonly kind: string; readonly name: string; readonly ownerId: Id }[],
): void {
  const missing = objects.filter(
    (object) =>
      applies(scope, object.id) &&
      !isMember(scope.snapshot, scope.role.id, object.ownerId) &&
      !ownsAll(scope, object.id),
  );
  if (missing.length === 0) return;
  throw new SqlError('42501', `must be owner of ${missing.map((o) => `${o.kind} ${o.name}`).join(', ')}`);
}

/** mz_system may do to system objects what owners may. */
function ownsAll(scope: Scope, objectId: Id): boolean {
  return !isUserId(objectId) && scope.role.name === 'mz_system';
}

export function requireItemOwner(scope: Scope, item: Item): void {
  requireOwner(scope, [
    {
      id: item.id,
      kind: ITEM_KIND_TEXT[item.kind],
      name: fullItemName(scope.snapshot, item),
      ownerId: item.ownerId,
    },
  ]);
}

export function requireClusterOwner(scope: Scope, cluster: ClusterRecord): void {
  requireOwner(scope, [{ id: cluster.id, kind: 'CLUSTER', name: cluster.name, ownerId: cluster.ownerId }]);
}

/** 42501 `must be a member of "<r>"`. */
export function requireMembership(scope: Scope, roleIds: readonly Id[]): void {
  if (!checksApply(scope)) return;
  const missing = roleIds.filter((id) => !isMember(scope.snapshot, scope.role.id, id));
  if (missing.length === 0) return;
  const names = missing.map((id) => `"${scope.snapshot.roles.get(id)?.name ?? id}"`);
  throw new SqlError('42501', `must be a member of ${names.join(', ')}`);
}

/** 42501 `permission denied to <action>` unless a superuser asks. */
export function requireSuperuser(scope: Scope, action: string): void {
  if (!checksApply(scope)) return;
  throw new SqlError('42501', `permission denied to ${action}`, {
    detail: `You must be a superuser to ${action}`,
  });
}

/** Names of privileges by letter, in the order messages list them. */
const PRIVILEGE_NAMES: readonly (readonly [string, string])[] = [
  ['r', 'SELECT'],
  ['a', 'INSERT'],
  ['w', 'UPDATE'],
  ['d', 'DELETE'],
  ['U', 'USAGE'],
  ['C', 'CREATE'],
  ['R', 'CREATEROLE'],
  ['B', 'CREATEDB'],
  ['N', 'CREATECLUSTER'],
  ['P', 'CREATENETWORKPOLICY'],
];

/** `rw` as `SELECT, UPDATE`. */
export function privilegeNames(letters: string): string {
  return PRIVILEGE_NAMES.filter(([letter]) => letters.includes(letter))
    .map(([, name]) => name)
    .join(', ');
}

/** Throws 42501 when the role (of the session, or a view's owner) lacks one of the letters on the object. */
export function requirePrivilege(
  scope: Scope,
  letters: string,
  object: { readonly id: Id; readonly description: string; readonly acl: readonly AclEntry[] },
  roleId: Id = scope.role.id,
): void {
  if (!applies(scope, object.id)) return;
  if (!isUserId(object.id) && scope.role.name === 'mz_system') return;
  const missing = [...letters]
    .filter((letter) => !hasPrivilege(scope.snapshot, roleId, object.acl, letter))
    .join('');
  if (missing === '') return;
  const roleName = scope.snapshot.roles.get(roleId)?.name ?? roleId;
  throw permissionDenied(
    object.description,
    `The '${roleName}' role needs ${privilegeNames(missing)} privileges on ${object.description}`,
  );
}

export function requireSchemaPrivilege(scope: Scope, letters: string, schema: SchemaRecord): void {
  if (schema.id.startsWith('t')) return;
  const description = describeObject('SCHEMA', fullSchemaName(scope.snapshot, schema));
  requirePrivilege(scope, letters, { id: schema.id, description, acl: schema.privileges });
}

export function requireDatabasePrivilege(scope: Scope, letters: string, databaseId: Id): void {
  const database = scope.snapshot.databases.get(databaseId);
  if (database === undefined) return;
  const description = describeObject('DATABASE', database.name);
  requirePrivilege(scope, letters, { id: database.id, description, acl: database.privileges });
}

export function requireClusterPrivilege(scope: Scope, letters: string, cluster: ClusterRecord): void {
  const description = describeObject('CLUSTER', cluster.name);
  requirePrivilege(scope, letters, { id: cluster.id, description, acl: cluster.privileges });
}

/** Privileges on SYSTEM. */
export function requireSystemPrivilege(scope: Scope, letters: string): void {
  const acl = scope.snapshot.small.systemPrivileges.get('')?.entries ?? [];
  requirePrivilege(scope, letters, { id: 'u0', description: 'SYSTEM', acl });
}

/** XX000 for a secret in the recovery window of a deletion: nothing new may use it, and it takes no value. */
export function requireNotScheduled(scope: Scope, item: Item): void {
  if (item.kind !== 'secret' || item.aws?.deletionAt === undefined) return;
  const name = fullItemName(scope.snapshot, item);
  throw planError(`secret "${name}" is scheduled for deletion`, {
    detail: `It will be deleted on ${new Date(item.aws.deletionAt).toISOString()}.`,
    hint: 'RestoreSecret of the AWS Secrets Manager API cancels the deletion.',
  });
}

/** XX000 for a copy of a secret of another region: its values and its name are those of that secret. */
export function requireNoCopy(scope: Scope, item: Item): void {
  if (item.kind !== 'secret' || item.aws?.replicaOf === undefined) return;
  const name = fullItemName(scope.snapshot, item);
  const primary = scope.snapshot.items.get(item.aws.replicaOf);
  throw planError(`secret "${name}" is a copy of a secret of another region`, {
    ...(primary === undefined
      ? {}
      : { detail: `It takes its values from secret "${fullItemName(scope.snapshot, primary)}".` }),
    hint: 'StopReplicationToReplica of the AWS Secrets Manager API makes it a secret of its own.',
  });
}

/** XX000 for a secret that has copies in other regions, which go by its name. */
export function requireNoCopies(scope: Scope, tip: Snapshot, item: Item): void {
  if (item.kind !== 'secret' || replicasOf(tip, item.id).length === 0) return;
  throw planError(`secret "${fullItemName(scope.snapshot, item)}" has copies in other regions`, {
    hint: 'RemoveRegionsFromReplication of the AWS Secrets Manager API removes them.',
  });
}

/** USAGE on an item (secret, connection, type) and on its schema; a secret must not be about to go. */
export function requireUsage(scope: Scope, item: Item): void {
  const schema = scope.snapshot.schemas.get(item.schemaId);
  if (schema !== undefined) requireSchemaPrivilege(scope, 'U', schema);
  const description = describeObject(ITEM_KIND_TEXT[item.kind], fullItemName(scope.snapshot, item));
  requirePrivilege(scope, 'U', { id: item.id, description, acl: item.privileges });
  requireNotScheduled(scope, item);
}
