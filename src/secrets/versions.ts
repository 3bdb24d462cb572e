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
export const PENDING = 'AWSPENDING';

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
  /** Absent: the master key. */
  readonly wrappingKeyIds?: readonly string[];
  readonly valueDigest: string;
  readonly stages: readonly string[];
  readonly now: number;
}

/**
 * Adds a version and moves its labels to it. One that takes AWSCURRENT ends a rotation that was under way: AWSPENDING
 * goes from every other version. Costs the same however many versions there are, but
 * for retention.
 */
export function addVersion(snapshot: Snapshot, version: NewVersion): Change[] {
  const { secretId, versionId, now } = version;
  const labelled = labelledVersions(snapshot, secretId);
  const record: SecretVersionRecord = {
    secretId,
    versionId,
    stages: stagesOfNew(labelled, version.stages),
    createdAt: now,
    kmsKeyId: version.kmsKeyId,
    ...(version.wrappingKeyIds === undefined ? {} : { wrappingKeyIds: version.wrappingKeyIds }),
    sizeBytes: version.sizeBytes,
    valueKind: version.valueKind,
    supersededAt: null,
    sequence: (snapshot.lastSequence.get(secretId) ?? 0) + 1,
    valueDigest: version.valueDigest,
  };
  return [
    { kind: 'putBlob', space: 'sealed', key: versionKey(secretId, versionId), bytes: version.sealed },
    put('secretVersion', record),
    ...changed(labelled, withoutPending(moveLabels(labelled, versionId, version.stages, now), version)),
    ...retention(snapshot, secretId, now),
  ];
}

/** The versions left without AWSPENDING when a new one takes AWSCURRENT. */
function withoutPending(
  versions: readonly SecretVersionRecord[],
  { stages, now }: NewVersion,
): readonly SecretVersionRecord[] {
  if (!stages.includes(CURRENT)) return versions;
  return versions.map((version) =>
    withStages(
      version,
      version.stages.filter((stage) => stage !== PENDING),
      now,
    ),
  );
}

/** Versions of a secret that have a label, in order of creation. */
export function labelledVersions(snapshot: Snapshot, secretId: Id): readonly SecretVersionRecord[] {
  const versions = snapshot.versionsOfSecret.get(secretId);
  const ids = new Set(snapshot.stagesOfSecret.get(secretId)?.values());
  return [...ids].flatMap((id) => versions?.get(id) ?? []).sort((a, b) => a.sequence - b.sequence);
}

/** A new version's labels, each once: where it takes AWSCURRENT from another version, AWSPREVIOUS goes to that one. */
function stagesOfNew(labelled: readonly SecretVersionRecord[], stages: readonly string[]): readonly string[] {
  const takesOver = stages.includes(CURRENT) && labelled.some((v) => v.stages.includes(CURRENT));
  return [...new Set(stages)].filter((stage) => !(takesOver && stage === PREVIOUS));
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
  const given = left === undefined ? stages : stages.filter((stage) => stage !== PREVIOUS);
  const moving = new Set(left === undefined ? stages : [...stages, PREVIOUS]);
  return versions.map((version) => {
    const stays = version.stages.filter((stage) => !moving.has(stage));
    const gains = version.versionId === target ? given : version === left ? [PREVIOUS] : [];
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

/** A secret with many more versions than are kept is looked through at every so many new ones only. */
const LOOKED_THROUGH_EVERY_TIME = 2 * KEPT_VERSIONS;
const LOOKED_THROUGH_EVERY = 64;

/** What retention takes when a version is about to be added: without it, a version stays until the next one comes. */
function retention(snapshot: Snapshot, secretId: Id, now: number): Change[] {
  const count = (snapshot.versionsOfSecret.get(secretId)?.size ?? 0) + 1;
  if (count <= KEPT_VERSIONS) return [];
  const sequence = snapshot.lastSequence.get(secretId) ?? 0;
  if (count > LOOKED_THROUGH_EVERY_TIME && sequence % LOOKED_THROUGH_EVERY !== 0) return [];
  return purge(snapshot, secretId, now, count - KEPT_VERSIONS);
}

/**
 * Deletes of at most `excess` versions past retention, oldest first: without label, not pinned, and older than a day. A
 * version that a replica still runs on is never purged.
 */
export function purge(snapshot: Snapshot, secretId: Id, now: number, excess: number): Change[] {
  const pinned = new Set<string>();
  for (const key of snapshot.pinsOfSecret.get(secretId) ?? []) {
    pinned.add(snapshot.pins.get(key)?.versionId ?? '');
  }
  const old: SecretVersionRecord[] = [];
  for (const version of snapshot.versionsOfSecret.get(secretId)?.values() ?? []) {
    if (now - version.createdAt <= DAY_MS || version.stages.length > 0) continue;
    if (!pinned.has(version.versionId)) old.push(version);
  }
  old.sort((a, b) => a.sequence - b.sequence);
  return old.slice(0, excess).flatMap((version) => removeVersion(secretId, version.versionId));
}

/** Removes a version and its sealed value. */
export function removeVersion(secretId: Id, versionId: string): Change[] {
  const key = versionKey(secretId, versionId);
  return [del('secretVersion', key), { kind: 'deleteBlob', space: 'sealed', key }];
}
