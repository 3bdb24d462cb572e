/** The key of a secret: what may be named, and what it takes to use it. Source: reference aws-secrets-manager 4. */
import type { SecretItem, SecretVersionRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { WrappingKey } from '../../secrets/envelope.ts';
import { accessDenied, AwsError, TEXT } from '../protocol/errors.ts';
import { arnOf, placeOf } from '../names.ts';
import type { Call } from '../protocol/operation.ts';
import { withoutAws, withAws } from '../secret-facts.ts';
import { decideAboutKey } from './access.ts';
import { keyArn, partsOfWrappingName, resolveKey, wrappingName, type KmsKey } from './keys.ts';

/** KMS actions that the service takes on a caller's behalf. */
type KmsAction = 'kms:GenerateDataKey' | 'kms:Encrypt' | 'kms:Decrypt';

/**
 * Whether the key's policy lets the service use it for the caller. A policy that leaves it to the account lets in whoever
 * may use the secret; where keys are not checked, only what it denies counts.
 */
function mayUse(call: Call, key: KmsKey, action: KmsAction, secretArn: string | undefined): boolean {
  const decision = decideAboutKey(call, key, action, { secretArn });
  if (call.caller.role === undefined) return decision !== 'deny';
  return decision === 'allow' || decision === 'account';
}

/** Throws AccessDenied or EncryptionFailure where the key of a secret, in its region, cannot seal a new value. */
export function checkCanEncrypt(call: Call, snapshot: Snapshot, item: SecretItem): void {
  const given = item.aws?.kmsKeyId;
  if (given === undefined) return;
  keyForEncryption(call, snapshot, item, placeOf(snapshot, call.room.home, item).region, given);
}

/** Finds a key to encrypt with. `null`: the default key, which is the master key. */
export function keyForEncryption(
  call: Call,
  snapshot: Snapshot,
  item: SecretItem,
  region: string,
  given: string,
): KmsKey | null {
  if (given === '') return null;
  const named = resolveKey(snapshot, call.room.home, region, given);
  if (named === undefined) throw accessDenied(TEXT.kmsAccess);
  if (named.kind === 'default') return null;
  const secretArn = arnOf(snapshot, call.room.home, item);
  if (!mayUse(call, named.key, 'kms:GenerateDataKey', secretArn)) throw accessDenied(TEXT.kmsAccess);
  if (named.key.state !== 'Enabled') throw new AwsError('EncryptionFailure', TEXT.encryptionFailure);
  return named.key;
}

/** The secret with another key for its next values; the empty text means the default key. */
export function withKey(
  call: Call,
  snapshot: Snapshot,
  item: SecretItem,
  region: string,
  given: string,
): SecretItem {
  const key = keyForEncryption(call, snapshot, item, region, given);
  if (given === '') return withoutAws(item, 'kmsKeyId', 'wrappingKeyId');
  if (key === null) return withAws(withoutAws(item, 'wrappingKeyId'), { kmsKeyId: given });
  return withAws(item, { kmsKeyId: given, wrappingKeyId: wrappingNameOf(region, given, key) });
}

/** An alias stays an alias: the key it points at when a value is written counts. */
function wrappingNameOf(region: string, given: string, key: KmsKey): string {
  const alias = /(?:^|:)(alias\/.+)$/s.exec(given);
  return wrappingName(region, alias?.[1] ?? key.keyId);
}

/** The wrapping key that a secret's next value is sealed with. */
export function wrappingOf(call: Call, item: SecretItem): WrappingKey {
  const { keyRing } = call.room;
  const name = item.aws?.wrappingKeyId;
  if (name === undefined) return keyRing.current;
  const found = keyRing.find(name);
  if (found === undefined) throw new AwsError('EncryptionFailure', TEXT.encryptionFailure);
  return found;
}

/** Throws AccessDenied when the policies of all keys that open a version keep the caller from decrypting. */
export function checkCanDecrypt(
  call: Call,
  snapshot: Snapshot,
  { secretId, wrappingKeyIds }: Pick<SecretVersionRecord, 'secretId' | 'wrappingKeyIds'>,
): void {
  if (wrappingKeyIds === undefined) return;
  const { home } = call.room;
  const item = snapshot.items.get(secretId);
  const secretArn = item?.kind === 'secret' ? arnOf(snapshot, home, item) : undefined;
  const allowed = wrappingKeyIds.some((name) => {
    const parts = partsOfWrappingName(name);
    const named = parts === undefined ? undefined : resolveKey(snapshot, home, parts.region, parts.given);
    return named?.kind !== 'key' || mayUse(call, named.key, 'kms:Decrypt', secretArn);
  });
  if (!allowed) throw accessDenied(TEXT.kmsAccess);
}

/** KmsKeyIds of a version as ListSecretVersionIds shows them. */
export function shownKeyIds(call: Call, wrappingKeyIds: readonly string[] | undefined): readonly string[] {
  if (wrappingKeyIds === undefined) return ['DefaultEncryptionKey'];
  const shown = wrappingKeyIds.map((name) => {
    const parts = partsOfWrappingName(name);
    if (parts === undefined) return 'DefaultEncryptionKey';
    return keyArn(call.room.home, { region: parts.region, keyId: parts.given });
  });
  // Two materials of one key are one key.
  return [...new Set(shown)];
}
