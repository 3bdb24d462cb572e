/**
 * Who may do what. Reading or writing a value, and changing a secret, takes its owner or a superuser, as ALTER SECRET
 * does; a resource policy may allow more or deny. What mz_secrets shows to everybody, everybody may describe and list.
 */
import { hasPrivilege, isMember } from '../catalog/privileges.ts';
import type { Id } from '../catalog/ids.ts';
import type { RoleRecord, SchemaRecord, SecretItem } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { checkKeyIsShared, isFromElsewhere } from './accounts.ts';
import type { Caller } from './caller.ts';
import { arnOf, placeOf } from './names.ts';
import { contextOf } from './policy/context.ts';
import { decide, type Decision } from './policy/evaluate.ts';
import { accessDenied, type AwsError } from './protocol/errors.ts';
import type { Call } from './protocol/operation.ts';
import { awsOf, metadataSource } from './secret-facts.ts';

/** What an operation does with the secret it names. */
export type Need = 'owner' | 'describe';

function refused(call: Call, resource: string, why: string): AwsError {
  const { principalArn } = call.caller;
  return accessDenied(
    `User: ${principalArn} is not authorized to perform: secretsmanager:${call.action} on resource: ${resource} ${why}`,
  );
}

function noPolicy(call: Call, resource: string): AwsError {
  return refused(
    call,
    resource,
    `because no identity-based policy allows the secretsmanager:${call.action} action`,
  );
}

function isSuperuser(role: RoleRecord): boolean {
  return role.superuser === true || role.name === 'mz_system';
}

function roleOf(snapshot: Snapshot, caller: Caller): RoleRecord | undefined {
  const id: Id | undefined = caller.role === undefined ? undefined : snapshot.roleByName.get(caller.role);
  return id === undefined ? undefined : snapshot.roles.get(id);
}

/** Throws AccessDenied for a caller whose role is gone: such a key may do nothing, and learns nothing. */
export function checkCaller(call: Call, snapshot: Snapshot, resource: string): void {
  if (call.caller.role === undefined || roleOf(snapshot, call.caller) !== undefined) return;
  throw noPolicy(call, resource);
}

/** Throws AccessDenied unless the caller may do this to the secret. `resource` is the id as sent. */
export function checkAccess(
  call: Call,
  snapshot: Snapshot,
  item: SecretItem,
  need: Need,
  resource: string,
): void {
  if (call.caller.role === undefined) return;
  const role = roleOf(snapshot, call.caller);
  if (role === undefined) throw noPolicy(call, resource);
  const policy = metadataSource(snapshot, item).aws?.resourcePolicy;
  const decision = policy === undefined ? undefined : decideAbout(call, snapshot, item, policy);
  if (decision === 'deny') throw refused(call, resource, 'with an explicit deny in a resource-based policy');
  if (isFromElsewhere(call)) {
    const action = `secretsmanager:${call.action}`;
    const lets = decision === 'allow' || decision === 'account';
    if (!lets) throw refused(call, resource, `because no resource-based policy allows the ${action} action`);
    return checkKeyIsShared(call, item);
  }
  if (decision === 'allow' || need === 'describe' || isSuperuser(role)) return;
  if (!isMember(snapshot, role.id, item.ownerId)) throw noPolicy(call, resource);
}

/** What a policy says of the caller doing this with a secret. */
export function decideAbout(
  call: Call,
  snapshot: Snapshot,
  item: SecretItem,
  policy: string,
  action = call.action,
): Decision {
  const { home } = call.room;
  const secretArn = arnOf(snapshot, home, item);
  const source = metadataSource(snapshot, item);
  const primaryRegion = placeOf(snapshot, home, source).region;
  const context = contextOf(call, { secretArn, primaryRegion, tags: awsOf(source).tags });
  return decide(policy, {
    principalArn: call.caller.principalArn,
    action: `secretsmanager:${action}`,
    resource: secretArn,
    context,
  });
}

/** Throws AccessDenied unless the caller may make secrets in a schema. */
export function checkCreate(call: Call, snapshot: Snapshot, schema: SchemaRecord, resource: string): void {
  if (call.caller.role === undefined) return;
  const role = roleOf(snapshot, call.caller);
  if (role === undefined) throw noPolicy(call, resource);
  if (isSuperuser(role) || hasPrivilege(snapshot, role.id, schema.privileges, 'C')) return;
  throw noPolicy(call, resource);
}
