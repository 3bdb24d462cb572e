/**
 * Writing and reading secret values: the one place where the SQL door's ALTER SECRET and the AWS door's UpdateSecret and
 * PutSecretValue meet.
 */
import { randomUUID } from 'node:crypto';
import { put, versionKey, type Change } from '../catalog/changes.ts';
import type { Id } from '../catalog/ids.ts';
import type { SecretItem } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { planError } from '../errors.ts';
import { EnvelopeError, seal, unseal, type WrappingKey } from '../secrets/envelope.ts';
import type { KeyRing } from '../secrets/key-ring.ts';
import type { SecretBytes } from '../secrets/secret-bytes.ts';
import { addVersion, CURRENT } from '../secrets/versions.ts';
import type { Store } from '../store/store.ts';

/** Key that seals when a secret names no other. */
export const DEFAULT_KMS_KEY = 'alias/aws/secretsmanager';

export interface WrittenValue {
  readonly secretId: Id;
  readonly value: SecretBytes;
  readonly valueKind: 'string' | 'binary';
  /** A client's own version id; otherwise one is made. */
  readonly versionId?: string;
  /** Labels it takes; AWSCURRENT unless given. */
  readonly stages?: readonly string[];
  /** The secret's record as it will be, when this commit makes or changes it. */
  readonly item?: SecretItem;
}

/** What sealing needs of the services. */
export interface Sealer {
  readonly keyRing: KeyRing;
  readonly clock: () => number;
}

/**
 * Seals a value as a new version and moves its labels, for the secret and for its replicas in other regions. Call inside
 * a commit's build, with its tip. A rotation under way ends when the version takes AWSCURRENT. Throws XX000 when the
 * secret's own key is not available.
 */
export function newVersion(
  sealer: Sealer,
  tip: Snapshot,
  written: WrittenValue,
): { readonly changes: readonly Change[]; readonly versionId: string } {
  const versionId = written.versionId ?? randomUUID();
  const stages = written.stages ?? [CURRENT];
  const item = written.item ?? secretOf(tip, written.secretId);
  const changes = [...sealedVersion(sealer, tip, { ...written, versionId, stages }, item)];
  for (const replica of replicasOf(tip, written.secretId)) {
    const copy = { ...written, secretId: replica.id, versionId, stages };
    changes.push(...sealedVersion(sealer, tip, copy, replica));
  }
  if (item !== undefined && written.item === undefined && stages.includes(CURRENT)) {
    const ended = withoutAttempt(item, versionId);
    if (ended !== item) changes.push(put('item', ended));
  }
  return { changes, versionId };
}

/** The secret without a rotation attempt of another version: what a new current value leaves of it. */
export function withoutAttempt(item: SecretItem, versionId: string): SecretItem {
  const rotation = item.aws?.rotation;
  if (item.aws === undefined || rotation?.attempt === undefined) return item;
  if (rotation.attempt.token === versionId) return item;
  const { attempt: _ended, ...rest } = rotation;
  return { ...item, aws: { ...item.aws, rotation: rest } };
}

/** Copies of a secret in other regions: they hold its versions under the same ids. */
export function replicasOf(snapshot: Snapshot, secretId: Id): readonly SecretItem[] {
  const replicas: SecretItem[] = [];
  for (const id of snapshot.dependents.get(secretId) ?? []) {
    const item = snapshot.items.get(id);
    if (item?.kind === 'secret' && item.aws?.replicaOf === secretId) replicas.push(item);
  }
  return replicas;
}

function secretOf(tip: Snapshot, id: Id): SecretItem | undefined {
  const item = tip.items.get(id);
  return item?.kind === 'secret' ? item : undefined;
}

interface PlacedValue extends WrittenValue {
  readonly versionId: string;
  readonly stages: readonly string[];
}

function sealedVersion(
  { keyRing, clock }: Sealer,
  tip: Snapshot,
  { secretId, versionId, value, valueKind, stages }: PlacedValue,
  item: SecretItem | undefined,
): readonly Change[] {
  const wrapping = wrappingFor(keyRing, item);
  return addVersion(tip, {
    secretId,
    versionId,
    sealed: seal(value, secretId, versionId, wrapping),
    sizeBytes: value.length,
    valueKind,
    kmsKeyId: item?.aws?.kmsKeyId ?? DEFAULT_KMS_KEY,
    ...(item?.aws?.wrappingKeyId === undefined ? {} : { wrappingKeyIds: [wrapping.id] }),
    valueDigest: keyRing.digest(secretId, value),
    stages,
    now: clock(),
  });
}

function wrappingFor(keyRing: KeyRing, item: SecretItem | undefined): WrappingKey {
  const id = item?.aws?.wrappingKeyId;
  if (id === undefined) return keyRing.current;
  const key = keyRing.find(id);
  if (key === undefined) throw planError(`writing secret ${item?.id ?? ''}: key ${id} is not available`);
  return key;
}

/**
 * Reads one version. Throws XX000 with `NotFound` when its payload is gone, and says so when its key is not available;
 * never with anything of the value.
 */
export async function openVersion(
  store: Store,
  keyRing: KeyRing,
  secretId: Id,
  versionId: string,
): Promise<SecretBytes> {
  const sealed = await store.read('sealed', versionKey(secretId, versionId));
  if (sealed === undefined) throw planError(`reading secret ${secretId}: NotFound`);
  try {
    return unseal(sealed, secretId, versionId, keyRing.find);
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    const why =
      error.missingKeyId === undefined ? error.message : `key ${error.missingKeyId} is not available`;
    throw planError(`reading secret ${secretId}: ${why}`);
  }
}
