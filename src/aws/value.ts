/**
 * Writing and reading values through the AWS door: idempotency by client request token, labels, quotas, keys. The write
 * itself is `engine/secret-value`, which ALTER SECRET uses as well. Source: reference aws-secrets-manager 2.1 to 2.5, 3.
 */
import type { Change } from '../catalog/changes.ts';
import type { SecretItem, SecretVersionRecord } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { newVersion, replicasOf, withoutAttempt } from '../engine/secret-value.ts';
import { versionKey } from '../catalog/changes.ts';
import { EnvelopeError, unseal } from '../secrets/envelope.ts';
import { SecretBytes } from '../secrets/secret-bytes.ts';
import { CURRENT, KEPT_VERSIONS, PENDING, purge } from '../secrets/versions.ts';
import { checkCanDecrypt, checkCanEncrypt } from './kms/secret-keys.ts';
import { arnOf } from './names.ts';
import {
  AwsError,
  invalidParameter,
  labelNotFound,
  limitExceeded,
  TEXT,
  tokenInUse,
  validationError,
  versionNotFound,
} from './protocol/errors.ts';
import type { Call } from './protocol/operation.ts';
import { labelled, versionOf } from './secret-facts.ts';

/** A value as a request gives it. */
export interface GivenValue {
  readonly bytes: SecretBytes;
  readonly kind: 'string' | 'binary';
}

const MAX_VALUE_BYTES = 65536;
/** Staging labels over all versions of a secret. */
export const MAX_LABELS = 20;

/** The value of a request, or undefined. Throws when there are two, or when the text is too long in UTF-8. */
export function givenValue(input: {
  readonly SecretString?: string;
  readonly SecretBinary?: Buffer;
}): GivenValue | undefined {
  if (input.SecretString !== undefined && input.SecretBinary !== undefined) {
    throw invalidParameter(TEXT.bothValues);
  }
  if (input.SecretBinary !== undefined) return { bytes: new SecretBytes(input.SecretBinary), kind: 'binary' };
  if (input.SecretString === undefined || input.SecretString === '') return undefined;
  const bytes = SecretBytes.fromText(input.SecretString);
  if (bytes.length > MAX_VALUE_BYTES) {
    throw validationError(
      `1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to ${MAX_VALUE_BYTES}`,
    );
  }
  return { bytes, kind: 'string' };
}

export interface Written {
  readonly changes: readonly Change[];
  readonly versionId: string;
  /** The secret's record after the write; the caller puts it when it differs. */
  readonly item: SecretItem;
  /** True when a rotation under way was ended by this value. */
  readonly abandonedRotation: boolean;
}

export interface NewValue {
  readonly token: string;
  readonly value: GivenValue;
  readonly stages: readonly string[];
}

/** Whether the token already stands for this very value. Throws when it stands for another. */
export function isRepeat(
  call: Call,
  snapshot: Snapshot,
  item: SecretItem,
  { token, value }: Pick<NewValue, 'token' | 'value'>,
): boolean {
  const existing = versionOf(snapshot, item, token);
  if (existing === undefined) return false;
  const { keyRing, home } = call.room;
  const digest = keyRing.digest(item.id, value.bytes);
  const same = existing.valueKind === value.kind && keyRing.sameDigest(existing.valueDigest ?? '', digest);
  if (!same) throw tokenInUse(token, arnOf(snapshot, home, item));
  return true;
}

/** Seals a new value. Call inside a commit's build. `item`: the record as the commit leaves it. */
export function writeValue(call: Call, tip: Snapshot, item: SecretItem, given: NewValue): Written {
  const { token, value } = given;
  for (const copy of [item, ...replicasOf(tip, item.id)]) checkCanEncrypt(call, tip, copy);
  checkVersionQuota(call, tip, item);
  const stages = withCurrentIfFirst(tip, item, given.stages);
  checkLabelQuota(tip, item, stages);
  const after = itemAfter(item, token, stages);
  const { changes } = newVersion(call.room, tip, {
    secretId: item.id,
    value: value.bytes,
    valueKind: value.kind,
    versionId: token,
    stages,
    item: after,
  });
  const abandonedRotation =
    item.aws?.rotation?.attempt !== undefined && after.aws?.rotation?.attempt === undefined;
  return { changes, versionId: token, item: after, abandonedRotation };
}

/** A value's first version is current, whatever labels were asked for. */
function withCurrentIfFirst(tip: Snapshot, item: SecretItem, stages: readonly string[]): readonly string[] {
  if (stages.includes(CURRENT) || tip.currentVersion.has(item.id)) return stages;
  return (tip.versionsOfSecret.get(item.id)?.size ?? 0) > 0 ? stages : [...stages, CURRENT];
}

/** The rotation attempt gets its value, or ends because another version takes its label or becomes current. */
function itemAfter(item: SecretItem, token: string, stages: readonly string[]): SecretItem {
  const { aws } = item;
  const rotation = aws?.rotation;
  const attempt = rotation?.attempt;
  if (aws === undefined || rotation === undefined || attempt === undefined) return item;
  if (attempt.token === token) {
    return { ...item, aws: { ...aws, rotation: { ...rotation, attempt: { ...attempt, hasValue: true } } } };
  }
  return stages.includes(CURRENT) || stages.includes(PENDING) ? withoutAttempt(item, token) : item;
}

/** Throws LimitExceeded when there are too many versions that retention may not take. */
function checkVersionQuota(call: Call, tip: Snapshot, item: SecretItem): void {
  const versions = tip.versionsOfSecret.get(item.id)?.size ?? 0;
  if (versions < KEPT_VERSIONS) return;
  // Versions that a replica runs on stay for its sake and do not count.
  const pinned = new Set<string>();
  for (const key of tip.pinsOfSecret.get(item.id) ?? []) pinned.add(tip.pins.get(key)?.versionId ?? '');
  if (versions - pinned.size < KEPT_VERSIONS) return;
  if (purge(tip, item.id, call.now, 1).length > 0) return;
  throw limitExceeded(
    `You can't create another version: the secret has ${KEPT_VERSIONS} versions that are labelled or younger than 24 hours.`,
  );
}

/** Throws LimitExceeded when the secret would have too many labels. */
export function checkLabelQuota(tip: Snapshot, item: SecretItem, added: readonly string[]): void {
  const labels = new Set(tip.stagesOfSecret.get(item.id)?.keys());
  for (const label of added) labels.add(label);
  if (labels.size > MAX_LABELS) {
    throw limitExceeded(
      `You can't attach more than ${MAX_LABELS} staging labels to the versions of a secret.`,
    );
  }
}

/** Finds the version a read means. `reserved`: a rotation's token that has no value yet is not found either. */
export function versionToRead(
  snapshot: Snapshot,
  item: SecretItem,
  { VersionId, VersionStage }: { readonly VersionId?: string; readonly VersionStage?: string },
): SecretVersionRecord {
  if (VersionId !== undefined) {
    const version = versionOf(snapshot, item, VersionId);
    if (version === undefined) throw versionNotFound(VersionId);
    if (VersionStage !== undefined && !version.stages.includes(VersionStage)) {
      throw new AwsError(
        'InvalidRequestException',
        'You provided a VersionStage that is not associated to the provided VersionId.',
      );
    }
    return version;
  }
  const label = VersionStage ?? CURRENT;
  const version = labelled(snapshot, item, label);
  if (version === undefined) throw labelNotFound(label);
  return version;
}

/** Opens a version. Throws AccessDenied or DecryptionFailure. */
export async function readValue(
  call: Call,
  snapshot: Snapshot,
  version: SecretVersionRecord,
): Promise<SecretBytes> {
  checkCanDecrypt(call, snapshot, version);
  const { secretId, versionId } = version;
  const { store, keyRing } = call.room;
  const sealed = await store.read('sealed', versionKey(secretId, versionId));
  // Purged or dropped since the snapshot was taken.
  if (sealed === undefined) throw versionNotFound(versionId);
  try {
    return unseal(sealed, secretId, versionId, keyRing.find);
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    throw new AwsError('DecryptionFailure', TEXT.decryptionFailure);
  }
}

/** SecretString or SecretBinary of an answer. */
export function shownValue(
  version: SecretVersionRecord,
  value: SecretBytes,
): { readonly SecretString: string } | { readonly SecretBinary: string } {
  return version.valueKind === 'string'
    ? { SecretString: value.openText() }
    : { SecretBinary: Buffer.from(value.open()).toString('base64') };
}
