/**
 * Writing and reading secret values: the one place where the SQL door's ALTER SECRET and the AWS door's UpdateSecret and
 * PutSecretValue meet.
 */
import { randomUUID } from 'node:crypto';
import { versionKey, type Change } from '../catalog/changes.ts';
import type { Id } from '../catalog/ids.ts';
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
  readonly kmsKeyId?: string;
  /** The key that wraps it, when it is not the master key. */
  readonly wrapping?: WrappingKey;
}

/** What sealing needs of the services. */
export interface Sealer {
  readonly keyRing: KeyRing;
  readonly clock: () => number;
}

/** Seals a value as a new version and moves its labels. Call inside a commit's build, with its tip. */
export function newVersion(
  sealer: Sealer,
  tip: Snapshot,
  written: WrittenValue,
): { readonly changes: readonly Change[]; readonly versionId: string } {
  const { secretId, value } = written;
  const versionId = written.versionId ?? randomUUID();
  const sealed = seal(value, secretId, versionId, written.wrapping ?? sealer.keyRing.current);
  const changes = addVersion(tip, {
    secretId,
    versionId,
    sealed,
    sizeBytes: value.length,
    valueKind: written.valueKind,
    kmsKeyId: written.kmsKeyId ?? DEFAULT_KMS_KEY,
    valueDigest: sealer.keyRing.digest(secretId, value),
    stages: written.stages ?? [CURRENT],
    now: sealer.clock(),
  });
  return { changes, versionId };
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
