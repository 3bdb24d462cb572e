/**
 * Changing a secret's key: the versions with AWSCURRENT, AWSPENDING and AWSPREVIOUS get their data keys wrapped by the
 * new key as well; the old wrapping stays. Other versions stay as they are. Source: reference aws-secrets-manager 4.2.
 */
import { put, versionKey, type Change } from '../../catalog/changes.ts';
import type { SecretItem, SecretVersionRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { addWrapping, EnvelopeError } from '../../secrets/envelope.ts';
import { CURRENT, PENDING, PREVIOUS } from '../../secrets/versions.ts';
import type { Call } from '../protocol/operation.ts';
import { labelled } from '../secret-facts.ts';
import { wrappingOf } from './secret-keys.ts';

/** Sealed bytes of a version, read ahead of the commit. */
export interface ReadVersion {
  readonly version: SecretVersionRecord;
  readonly sealed: Uint8Array;
}

/** Reads the versions that a change of key touches. */
export async function readForRewrap(
  call: Call,
  snapshot: Snapshot,
  item: SecretItem,
): Promise<readonly ReadVersion[]> {
  const read = new Map<string, ReadVersion>();
  for (const label of [CURRENT, PENDING, PREVIOUS]) {
    const version = labelled(snapshot, item, label);
    if (version === undefined || read.has(version.versionId)) continue;
    const sealed = await call.room.store.read('sealed', versionKey(item.id, version.versionId));
    if (sealed !== undefined) read.set(version.versionId, { version, sealed });
  }
  return [...read.values()];
}

/** The edits that add the secret's key (as the commit leaves it) to the versions read. What cannot be opened stays. */
export function rewrapped(
  call: Call,
  tip: Snapshot,
  item: SecretItem,
  read: readonly ReadVersion[],
): readonly Change[] {
  const wrapping = wrappingOf(call, item);
  return read.flatMap(({ version, sealed }) => {
    const current = tip.versionsOfSecret.get(item.id)?.get(version.versionId);
    if (current === undefined) return [];
    const keys = current.wrappingKeyIds ?? [call.room.keyRing.current.id];
    if (keys.includes(wrapping.id)) return [];
    const bytes = tryAdd(call, version, sealed, wrapping);
    if (bytes === undefined) return [];
    const key = versionKey(item.id, version.versionId);
    return [
      { kind: 'putBlob', space: 'sealed', key, bytes } as const,
      put('secretVersion', { ...current, wrappingKeyIds: [...keys, wrapping.id] }),
    ];
  });
}

function tryAdd(
  call: Call,
  { secretId, versionId }: SecretVersionRecord,
  sealed: Uint8Array,
  wrapping: ReturnType<typeof wrappingOf>,
): Uint8Array | undefined {
  try {
    return addWrapping(sealed, secretId, versionId, call.room.keyRing.find, wrapping);
  } catch (error) {
    if (error instanceof EnvelopeError) return undefined;
    throw error;
  }
}
