/**
 * Finding a key and who may do what with it. The key's policy decides: it may let a caller in, keep one out, or leave it
 * to the account, whose administrators here are the superusers. Source: KMS developer guide, "Key policies".
 */
import type { Snapshot } from '../../catalog/snapshot.ts';
import { checkCaller } from '../access.ts';
import type { Home } from '../names.ts';
import { contextOf } from '../policy/context.ts';
import { decide, type Decision } from '../policy/evaluate.ts';
import { accessDenied, type AwsError } from '../protocol/errors.ts';
import type { Call } from '../protocol/operation.ts';
import { invalidState, notFound } from './errors.ts';
import { aliasArn, keyArn, resolveKey, type KmsKey } from './keys.ts';

/** Policy of a key that was made without one: the account decides. */
export function defaultKeyPolicy({ accountId }: Home): string {
  const statement = {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  const document = { Version: '2012-10-17', Id: 'key-default-1', Statement: [statement] };
  return JSON.stringify(document, null, 2);
}

/** What the key's policy says of the caller. `secretArn`: the secret for whose sake the service uses the key. */
export function decideAboutKey(
  call: Call,
  key: KmsKey,
  action: string,
  subject: { readonly policy?: string; readonly secretArn?: string | undefined } = {},
): Decision {
  const { home } = call.room;
  const secretArn = subject.secretArn === undefined ? {} : { secretArn: subject.secretArn };
  return decide(subject.policy ?? key.policy ?? defaultKeyPolicy(home), {
    principalArn: call.caller.principalArn,
    action,
    resource: keyArn(home, key),
    context: contextOf(call, { ...secretArn, tags: key.tags }),
  });
}

/** How an operation names keys. */
export interface Find {
  /** Only an id or an ARN will do. */
  readonly noAlias?: true;
}

/**
 * The key that a KeyId means, for the operation under way or for `action`. Throws NotFoundException; AccessDenied where the
 * key's policy or the lack of one says so, and for the service's own key, which is not for callers to use.
 */
export function findKey(
  call: Call,
  snapshot: Snapshot,
  keyId: string,
  { noAlias }: Find = {},
  action = call.action,
): KmsKey {
  if (noAlias === true && /(?:^|:)alias\//.test(keyId)) throw notFound(`Invalid keyId '${keyId}'`, '');
  const named = resolveKey(snapshot, call.room.home, call.region, keyId);
  if (named?.kind !== 'key') {
    checkAdministrator(call, snapshot, keyId, action);
    throw named === undefined ? unknownKey(call, keyId) : serviceKeyRefused(call, action);
  }
  checkKeyAccess(call, snapshot, named.key, keyId, action);
  return named.key;
}

function checkKeyAccess(call: Call, snapshot: Snapshot, key: KmsKey, resource: string, action: string): void {
  checkCaller(call, snapshot, resource);
  const decision = decideAboutKey(call, key, `kms:${action}`);
  if (decision === 'deny')
    throw refused(call, action, resource, 'with an explicit deny in a resource-based policy');
  if (decision === 'allow' || call.caller.role === undefined) return;
  if (decision === 'account') checkAdministrator(call, snapshot, resource, action);
  else
    throw refused(call, action, resource, `because no resource-based policy allows the kms:${action} action`);
}

/** Throws AccessDenied unless the caller is a superuser. */
export function checkAdministrator(
  call: Call,
  snapshot: Snapshot,
  resource: string,
  action = call.action,
): void {
  const { role } = call.caller;
  if (role === undefined) return;
  checkCaller(call, snapshot, resource);
  const record = snapshot.roles.get(snapshot.roleByName.get(role) ?? '');
  if (record?.superuser === true || record?.name === 'mz_system') return;
  throw refused(call, action, resource, `because no identity-based policy allows the kms:${action} action`);
}

function refused(call: Call, action: string, resource: string, why: string): AwsError {
  const { principalArn } = call.caller;
  return accessDenied(
    `User: ${principalArn} is not authorized to perform: kms:${action} on resource: ${resource} ${why}`,
  );
}

export function unknownKey(call: Call, keyId: string): AwsError {
  const { home } = call.room;
  if (keyId.startsWith('arn:')) return notFound(`Key '${keyId}'`);
  if (keyId.startsWith('alias/'))
    return notFound(`Alias ${aliasArn(home, { region: call.region, name: keyId })}`);
  return notFound(`Key '${keyArn(home, { region: call.region, keyId })}'`);
}

function serviceKeyRefused(call: Call, action: string): AwsError {
  return accessDenied(
    `User: ${call.caller.principalArn} is not authorized to perform: kms:${action} on this resource because the key is managed by AWS`,
  );
}

/** Throws KMSInvalidState for a key that is about to go. */
export function requireNotPending(call: Call, key: KmsKey): void {
  if (key.state === 'PendingDeletion') throw invalidState(keyArn(call.room.home, key), 'pending deletion');
}
