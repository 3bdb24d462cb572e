/** Operations on keys. Source: API reference of AWS KMS; scope: reference aws-secrets-manager 4.4. */
import { checkCaller } from '../access.ts';
import { arn } from '../names.ts';
import { present, type Call, type Fields } from '../protocol/operation.ts';
import { checkAdministrator, requireNotPending, unknownKey } from './access.ts';
import { changeKey, commit } from './change.ts';
import { invalidState, unsupportedOperation } from './errors.ts';
import { DEFAULT_KEY_ID, keyArn, keysOf, makeKey, putKey, resolveKey, type KmsKey } from './keys.ts';
import { paged } from './paging.ts';
import { checkKeyPolicy } from './policies.ts';
import type { KmsInput } from './shapes.ts';
import { checkTags } from './tags.ts';

const DAY_MS = 86_400_000;

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
    MultiRegionConfiguration: key.multiRegion ? multiRegion(call, key) : undefined,
  });
}

/** A key of several regions is the primary one: there are no replicas. */
function multiRegion(call: Call, key: KmsKey): Fields {
  const PrimaryKey = { Arn: keyArn(call.room.home, key), Region: key.region };
  return { MultiRegionKeyType: 'PRIMARY', PrimaryKey, ReplicaKeys: [] };
}

/** The service's key as DescribeKey shows it. It is there from the start, and is the master key. */
function defaultMetadata(call: Call): Fields {
  const { home, committer } = call.room;
  const created = committer.current().small.environment.get('')?.createdAt ?? 0;
  return {
    AWSAccountId: home.accountId,
    KeyId: DEFAULT_KEY_ID,
    Arn: arn(home, 'kms', call.region, `key/${DEFAULT_KEY_ID}`),
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

export async function createKey(call: Call, input: KmsInput<'CreateKey'>): Promise<Fields> {
  checkKind(input);
  const tags = checkTags(input.Tags ?? []);
  const key = await commit(call, (tip) => {
    checkAdministrator(call, tip, '*');
    const made = makeKey(call.room.keyRing, {
      region: call.region,
      description: input.Description ?? '',
      createdAt: call.now,
      multiRegion: input.MultiRegion === true,
      ...(input.Policy === undefined ? {} : { policy: input.Policy }),
      tags,
    });
    if (input.Policy !== undefined) {
      checkKeyPolicy(call, made, input.Policy, input.BypassPolicyLockoutSafetyCheck === true);
    }
    return { changes: [putKey(made)], result: made };
  });
  return { KeyMetadata: metadata(call, key) };
}

/** Throws UnsupportedOperation for a key of another kind than there are. */
function checkKind(input: KmsInput<'CreateKey'>): void {
  if ((input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT') !== 'SYMMETRIC_DEFAULT') {
    throw unsupportedOperation('Only symmetric encryption keys can be created.');
  }
  if ((input.KeyUsage ?? 'ENCRYPT_DECRYPT') !== 'ENCRYPT_DECRYPT') {
    throw unsupportedOperation('Only keys that encrypt and decrypt can be created.');
  }
  if ((input.Origin ?? 'AWS_KMS') !== 'AWS_KMS') {
    throw unsupportedOperation('Only keys whose material KMS makes can be created.');
  }
}

export function describeKey(call: Call, input: KmsInput<'DescribeKey'>): Fields {
  const snapshot = call.room.committer.current();
  checkCaller(call, snapshot, input.KeyId);
  const named = resolveKey(snapshot, call.room.home, call.region, input.KeyId);
  if (named === undefined) throw unknownKey(call, input.KeyId);
  return { KeyMetadata: named.kind === 'default' ? defaultMetadata(call) : metadata(call, named.key) };
}

export function listKeys(call: Call, input: KmsInput<'ListKeys'>): Fields {
  const snapshot = call.room.committer.current();
  checkCaller(call, snapshot, '*');
  // No other account shares keys with this one.
  const own = input.ResourceOwners?.includes('SELF') ?? true;
  const keys = own ? keysOf(snapshot, call.region) : [];
  const { page, fields } = paged(call, 'keys', keys, (key) => key.keyId, input);
  return {
    Keys: page.map((key) => ({ KeyId: key.keyId, KeyArn: keyArn(call.room.home, key) })),
    ...fields,
  };
}

export async function updateKeyDescription(
  call: Call,
  input: KmsInput<'UpdateKeyDescription'>,
): Promise<undefined> {
  await changeKey(call, input.KeyId, (key) => {
    requireNotPending(call, key);
    return { ...key, description: input.Description };
  });
  return undefined;
}

export async function enableKey(call: Call, input: KmsInput<'EnableKey'>): Promise<undefined> {
  await changeKey(call, input.KeyId, (key) => {
    requireNotPending(call, key);
    return key.state === 'Enabled' ? key : { ...key, state: 'Enabled' };
  });
  return undefined;
}

export async function disableKey(call: Call, input: KmsInput<'DisableKey'>): Promise<undefined> {
  await changeKey(call, input.KeyId, (key) => {
    requireNotPending(call, key);
    return key.state === 'Disabled' ? key : { ...key, state: 'Disabled' };
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
