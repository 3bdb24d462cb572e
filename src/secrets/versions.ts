/**
 * Versions of a secret and their staging labels: pure functions from a snapshot to changes. A label is on one version at
 * a time; AWSCURRENT moving leaves AWSPREVIOUS behind. Source: AWS Secrets Manager user guide, staging labels.
 */
import { del, put, versionKey, type Change } from '../catalog/changes.ts';
import type { Id } from '../catalog/ids.ts';
import type { SecretVersionRecord } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';

export const CURRENT = 'AWSCURRENT';
export const PREVIOUS = 'AWSPREVIOUS';

/** Unlabelled versions beyond this many, and older than a day, may go. */
export const KEPT_VERSIONS = 100;
const DAY_MS = 86_400_000;

/** Versions of a secret in order of creation. */
export function versionsOf(snapshot: Snapshot, secretId: Id): readonly SecretVersionRecord[] {
  const versions = snapshot.versionsOfSecret.get(secretId);
  return versions === undefined ? [] : [...versions.values()].sort((a, b) => a.sequence - b.sequence);
}

/** A version to add. `stages` are the labels it takes, from other versions where they have them. */
export interface NewVersion {
  readonly secretId: Id;
  readonly versionId: string;
  readonly sealed: Uint8Array;
  readonly sizeBytes: number;
  readonly valueKind: 'string' | 'binary';
  readonly kmsKeyId: string;
  readonly valueDigest: string;
  readonly stages: readonly string[];
  readonly now: number;
}

/** Adds a version and moves its labels to it. */
export function addVersion(snapshot: Snapshot, version: NewVersion): Change[] {
  const { secretId, versionId, now } = version;
  const existing = versionsOf(snapshot, secretId);
  const moved = moveLabels(existing, versionId, version.stages, now);
  const record: SecretVersionRecord = {
    secretId,
    versionId,
    stages: version.stages,
    createdAt: now,
    kmsKeyId: version.kmsKeyId,
    sizeBytes: version.sizeBytes,
    valueKind: version.valueKind,
    supersededAt: null,
    sequence: (existing.at(-1)?.sequence ?? 0) + 1,
    valueDigest: version.valueDigest,
  };
  const all = [...moved, record];
  const key = versionKey(secretId, versionId);
  return [
    { kind: 'putBlob', space: 'sealed', key, bytes: version.sealed },
    ...changed(existing, moved),
    put('secretVersion', record),
    ...purge(snapshot, all, now),
  ];
}

/**
 * The versions after `stages` moved to `target` (a version of the list, or one about to be added). AWSCURRENT takes
 * AWSPREVIOUS to the version it leaves.
 */
export function moveLabels(
  versions: readonly SecretVersionRecord[],
  target: string,
  stages: readonly string[],
  now: number,
): readonly SecretVersionRecord[] {
  const left = stages.includes(CURRENT)
    ? versions.find((v) => v.stages.includes(CURRENT) && v.versionId !== target)
    : undefined;
  const moving = new Set(stages);
  if (left !== undefined) moving.add(PREVIOUS);
  return versions.map((version) => {
    const stays = version.stages.filter((stage) => !moving.has(stage));
    const gains = version.versionId === target ? stages : version === left ? [PREVIOUS] : [];
    return withStages(version, [...stays, ...gains], now);
  });
}

/** A version with other labels; notes when it stops being current, and forgets it when it is again. */
export function withStages(
  version: SecretVersionRecord,
  stages: readonly string[],
  now: number,
): SecretVersionRecord {
  const was = version.stages.includes(CURRENT);
  const is = stages.includes(CURRENT);
  const supersededAt = is ? null : was ? now : version.supersededAt;
  const same =
    stages.length === version.stages.length && stages.every((stage) => version.stages.includes(stage));
  return same && supersededAt === version.supersededAt ? version : { ...version, stages, supersededAt };
}

/** Puts for the versions that differ. */
export function changed(
  before: readonly SecretVersionRecord[],
  after: readonly SecretVersionRecord[],
): Change[] {
  const same = new Set(before);
  return after.filter((version) => !same.has(version)).map((version) => put('secretVersion', version));
}

/**
 * Deletes of versions past retention: without label, not pinned, older than a day, and not among the newest hundred. A
 * version that a replica still runs on is never purged.
 */
export function purge(snapshot: Snapshot, versions: readonly SecretVersionRecord[], now: number): Change[] {
  if (versions.length <= KEPT_VERSIONS) return [];
  const secretId = versions[0]!.secretId;
  const pinned = new Set<string>();
  for (const key of snapshot.pinsOfSecret.get(secretId) ?? [])
    pinned.add(snapshot.pins.get(key)?.versionId ?? '');
  const excess = versions.length - KEPT_VERSIONS;
  return versions
    .filter((v) => v.stages.length === 0 && !pinned.has(v.versionId) && now - v.createdAt > DAY_MS)
    .slice(0, excess)
    .flatMap((v) => removeVersion(secretId, v.versionId));
}

/** Removes a version and its sealed value. */
export function removeVersion(secretId: Id, versionId: string): Change[] {
  const key = versionKey(secretId, versionId);
  return [del('secretVersion', key), { kind: 'deleteBlob', space: 'sealed', key }];
}
