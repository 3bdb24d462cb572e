/** Operations on keys and aliases. Source: API reference of AWS KMS; scope: reference aws-secrets-manager 4.4. */
import { del, type Change } from '../../catalog/changes.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { checkCaller } from '../access.ts';
import { arn } from '../names.ts';
import { pageToken, readPageToken } from '../page-token.ts';
import { parsePolicy, PolicyError } from '../policy/document.ts';
import { accessDenied, type AwsError } from '../protocol/errors.ts';
import { present, type Call, type Fields } from '../protocol/operation.ts';
import { invalidState, kmsError, notFound } from './errors.ts';
import {
  aliasArn,
  aliasesOf,
  aliasNamed,
  aliasRecord,
  DEFAULT_ALIAS,
  keyArn,
  keysOf,
  makeKey,
  putAlias,
  putKey,
  resolveKey,
  type KmsKey,
} from './keys.ts';
import type { KmsInput } from './shapes.ts';

const DAY_MS = 86_400_000;

/** The key that a KeyId means. Throws NotFoundException; the service's own key is not for callers to use. */
export function findKey(call: Call, snapshot: Snapshot, keyId: string): KmsKey {
  checkAdministrator(call, snapshot, keyId);
  const named = resolveKey(snapshot, call.room.home, call.region, keyId);
  if (named?.kind === 'key') return named.key;
  if (named?.kind === 'default') throw defaultKeyRefused(call);
  throw unknownKey(call, keyId);
}

function unknownKey(call: Call, keyId: string): AwsError {
  if (keyId.startsWith('arn:')) return notFound(`Key '${keyId}'`);
  if (keyId.startsWith('alias/'))
    return notFound(`Alias ${aliasArn(call.room.home, { region: call.region, name: keyId })}`);
  return notFound(`Key '${keyArn(call.room.home, { region: call.region, keyId })}'`);
}

function defaultKeyRefused(call: Call): AwsError {
  return accessDenied(
    `User: ${call.caller.principalArn} is not authorized to perform: kms:${call.action} on this resource because the key is managed by AWS`,
  );
}

/** Keys belong to the whole server: of the roles, superusers manage and use them. */
function checkAdministrator(call: Call, snapshot: Snapshot, resource: string): void {
  const { role } = call.caller;
  if (role === undefined) return;
  checkCaller(call, snapshot, resource);
  const record = snapshot.roles.get(snapshot.roleByName.get(role) ?? '');
  if (record?.superuser === true || record?.name === 'mz_system') return;
  throw accessDenied(
    `User: ${call.caller.principalArn} is not authorized to perform: kms:${call.action} on resource: ${resource} because no identity-based policy allows the kms:${call.action} action`,
  );
}

function metadata(call: Call, key: KmsKey): Fields {
  const { home } = call.room;
  return present({
    AWSAccountId: home.accountId,
    KeyId: key.keyId,
    Arn: keyArn(home, key),
    CreationDate: key.createdAt / 1000,
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: key.state,
    DeletionDate: key.deletionAt === undefined ? undefined : key.deletionAt / 1000,
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: key.multiRegion,
  });
}

/** The service's key as DescribeKey shows it. It is there from the start, and is the master key. */
function defaultMetadata(call: Call): Fields {
  const { home, committer } = call.room;
  const created = committer.current().small.environment.get('')?.createdAt ?? 0;
  return {
    AWSAccountId: home.accountId,
    KeyId: 'aws-secretsmanager',
    Arn: arn(home, 'kms', call.region, 'key/aws-secretsmanager'),
    CreationDate: created / 1000,
    Enabled: true,
    Description: 'Default key that protects my Secrets Manager data when no other key is defined',
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: 'Enabled',
    Origin: 'AWS_KMS',
    KeyManager: 'AWS',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  };
}

function commit<T>(
  call: Call,
  build: (tip: Snapshot) => { readonly changes: readonly Change[]; readonly result: T },
): Promise<T> {
  return call.room.committer.commit(build).then(({ result }) => result);
}

export async function createKey(call: Call, input: KmsInput<'CreateKey'>): Promise<Fields> {
  if ((input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT') !== 'SYMMETRIC_DEFAULT') {
    throw kmsError('UnsupportedOperationException', 'Only symmetric encryption keys can be created.');
  }
  if ((input.KeyUsage ?? 'ENCRYPT_DECRYPT') !== 'ENCRYPT_DECRYPT') {
    throw kmsError('UnsupportedOperationException', 'Only keys that encrypt and decrypt can be created.');
  }
  if ((input.Origin ?? 'AWS_KMS') !== 'AWS_KMS') {
    throw kmsError('UnsupportedOperationException', 'Only keys whose material KMS makes can be created.');
  }
  if (input.Policy !== undefined) checkKeyPolicy(input.Policy);
  const key = await commit(call, (tip) => {
    checkAdministrator(call, tip, '*');
    const made = makeKey(call.room.keyRing, {
      region: call.region,
      description: input.Description ?? '',
      createdAt: call.now,
      multiRegion: input.MultiRegion === true,
      ...(input.Policy === undefined ? {} : { policy: input.Policy }),
      tags: (input.Tags ?? []).map(({ TagKey, TagValue }) => ({ key: TagKey, value: TagValue })),
    });
    return { changes: [putKey(made)], result: made };
  });
  return { KeyMetadata: metadata(call, key) };
}

function checkKeyPolicy(text: string): void {
  try {
    parsePolicy(text, 'kms');
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw kmsError('MalformedPolicyDocumentException', 'Policy contains a syntax error.');
  }
}

export function describeKey(call: Call, input: KmsInput<'DescribeKey'>): Fields {
  const snapshot = call.room.committer.current();
  checkCaller(call, snapshot, input.KeyId);
  const named = resolveKey(snapshot, call.room.home, call.region, input.KeyId);
  if (named === undefined) throw unknownKey(call, input.KeyId);
  return { KeyMetadata: named.kind === 'default' ? defaultMetadata(call) : metadata(call, named.key) };
}

const PAGE = 100;

interface Marked {
  readonly Marker?: string;
  readonly Limit?: number;
}

/** One page of a list in a stable order; markers are the names of what came last. */
function paged<T>(
  call: Call,
  query: string,
  all: readonly T[],
  nameOf: (entry: T) => string,
  { Marker, Limit }: Marked,
): { readonly page: readonly T[]; readonly fields: Fields } {
  const { keyRing } = call.room;
  let start = 0;
  if (Marker !== undefined) {
    const after = markerOf(() => readPageToken(keyRing, [query, call.region], Marker));
    start = all.findIndex((entry) => nameOf(entry) === after) + 1;
  }
  const page = all.slice(start, start + (Limit ?? PAGE));
  const truncated = start + page.length < all.length;
  const NextMarker = truncated ? pageToken(keyRing, [query, call.region], nameOf(page.at(-1)!)) : undefined;
  return { page, fields: present({ Truncated: truncated, NextMarker }) };
}

function markerOf(read: () => string): string {
  try {
    return read();
  } catch {
    throw kmsError('InvalidMarkerException', 'The marker is not valid.');
  }
}

export function listKeys(call: Call, input: KmsInput<'ListKeys'>): Fields {
  const snapshot = call.room.committer.current();
  checkCaller(call, snapshot, '*');
  const { page, fields } = paged(call, 'keys', keysOf(snapshot, call.region), (key) => key.keyId, input);
  return {
    Keys: page.map((key) => ({ KeyId: key.keyId, KeyArn: keyArn(call.room.home, key) })),
    ...fields,
  };
}

export async function createAlias(call: Call, input: KmsInput<'CreateAlias'>): Promise<undefined> {
  checkAliasName(input.AliasName);
  await commit(call, (tip) => {
    const key = usableTarget(call, tip, input.TargetKeyId);
    if (aliasNamed(tip, call.region, input.AliasName) !== undefined) {
      const existing = aliasArn(call.room.home, { region: call.region, name: input.AliasName });
      throw kmsError('AlreadyExistsException', `An alias with the name ${existing} already exists`);
    }
    const times = { createdAt: call.now, updatedAt: call.now };
    const alias = { region: call.region, name: input.AliasName, keyId: key.keyId, ...times };
    return { changes: [putAlias(alias)], result: undefined };
  });
  return undefined;
}

function checkAliasName(name: string): void {
  if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name)) {
    throw kmsError(
      'InvalidAliasNameException',
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (name.startsWith('alias/aws/'))
    throw kmsError('NotAuthorizedException', 'Aliases that begin with alias/aws/ are reserved');
}

function usableTarget(call: Call, tip: Snapshot, keyId: string): KmsKey {
  if (keyId.includes('alias/'))
    throw kmsError('ValidationException', 'Aliases must refer to keys. Not aliases');
  const key = findKey(call, tip, keyId);
  if (key.state === 'PendingDeletion') throw invalidState(keyArn(call.room.home, key), 'pending deletion');
  return key;
}

function existingAlias(call: Call, tip: Snapshot, name: string): NonNullable<ReturnType<typeof aliasNamed>> {
  checkAdministrator(call, tip, name);
  const alias = aliasNamed(tip, call.region, name);
  if (alias === undefined) {
    throw notFound(`Alias ${aliasArn(call.room.home, { region: call.region, name })}`);
  }
  return alias;
}

export async function updateAlias(call: Call, input: KmsInput<'UpdateAlias'>): Promise<undefined> {
  checkAliasName(input.AliasName);
  await commit(call, (tip) => {
    const alias = existingAlias(call, tip, input.AliasName);
    const key = usableTarget(call, tip, input.TargetKeyId);
    return { changes: [putAlias({ ...alias, keyId: key.keyId, updatedAt: call.now })], result: undefined };
  });
  return undefined;
}

export async function deleteAlias(call: Call, input: KmsInput<'DeleteAlias'>): Promise<undefined> {
  checkAliasName(input.AliasName);
  await commit(call, (tip) => {
    const alias = existingAlias(call, tip, input.AliasName);
    return { changes: [del('aws', aliasRecord(alias.region, alias.name))], result: undefined };
  });
  return undefined;
}

export function listAliases(call: Call, input: KmsInput<'ListAliases'>): Fields {
  const snapshot = call.room.committer.current();
  checkCaller(call, snapshot, '*');
  const wanted = input.KeyId === undefined ? undefined : findKey(call, snapshot, input.KeyId).keyId;
  const own = aliasesOf(snapshot, call.region)
    .filter((alias) => wanted === undefined || alias.keyId === wanted)
    .map((alias) => ({
      AliasName: alias.name,
      AliasArn: aliasArn(call.room.home, alias),
      TargetKeyId: alias.keyId,
      CreationDate: alias.createdAt / 1000,
      LastUpdatedDate: alias.updatedAt / 1000,
    }));
  const service = {
    AliasName: DEFAULT_ALIAS,
    AliasArn: aliasArn(call.room.home, { region: call.region, name: DEFAULT_ALIAS }),
    TargetKeyId: 'aws-secretsmanager',
  };
  const all: readonly (Fields & { readonly AliasName: string })[] =
    wanted === undefined ? [service, ...own] : own;
  const { page, fields } = paged(call, `aliases ${wanted ?? ''}`, all, (alias) => alias.AliasName, input);
  return { Aliases: page, ...fields };
}

async function changeKey(call: Call, keyId: string, change: (key: KmsKey) => KmsKey): Promise<KmsKey> {
  return commit(call, (tip) => {
    const after = change(findKey(call, tip, keyId));
    return { changes: [putKey(after)], result: after };
  });
}

function requireNotPending(call: Call, key: KmsKey): void {
  if (key.state === 'PendingDeletion') throw invalidState(keyArn(call.room.home, key), 'pending deletion');
}

export async function enableKey(call: Call, input: KmsInput<'EnableKey'>): Promise<undefined> {
  await changeKey(call, input.KeyId, (key) => {
    requireNotPending(call, key);
    return { ...key, state: 'Enabled' };
  });
  return undefined;
}

export async function disableKey(call: Call, input: KmsInput<'DisableKey'>): Promise<undefined> {
  await changeKey(call, input.KeyId, (key) => {
    requireNotPending(call, key);
    return { ...key, state: 'Disabled' };
  });
  return undefined;
}

export async function scheduleKeyDeletion(
  call: Call,
  input: KmsInput<'ScheduleKeyDeletion'>,
): Promise<Fields> {
  const days = input.PendingWindowInDays ?? 30;
  const key = await changeKey(call, input.KeyId, (before) => {
    requireNotPending(call, before);
    return { ...before, state: 'PendingDeletion', deletionAt: call.now + days * DAY_MS };
  });
  return {
    KeyId: keyArn(call.room.home, key),
    DeletionDate: (key.deletionAt ?? 0) / 1000,
    KeyState: key.state,
    PendingWindowInDays: days,
  };
}

export async function cancelKeyDeletion(call: Call, input: KmsInput<'CancelKeyDeletion'>): Promise<Fields> {
  const key = await changeKey(call, input.KeyId, (before) => {
    if (before.state !== 'PendingDeletion') {
      throw invalidState(keyArn(call.room.home, before), 'not pending deletion');
    }
    const { deletionAt: _cancelled, ...rest } = before;
    return { ...rest, state: 'Disabled' };
  });
  return { KeyId: keyArn(call.room.home, key) };
}
