/**
 * What the AWS door says of a secret, read from the catalog. Facts that follow from others are not stored: a value
 * written by SQL moves the date of the last change as one written here does.
 */
import type {
  AwsRotationRecord,
  AwsSecretRecord,
  SecretItem,
  SecretVersionRecord,
} from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { put, del, type Change } from '../catalog/changes.ts';
import { labelledVersions, PENDING } from '../secrets/versions.ts';
import type { Accesses } from './accesses.ts';
import { newSuffix, suffixOf } from './names.ts';

/** The secret's AWS attributes, made up for one that has none yet. */
export function awsOf(item: SecretItem): AwsSecretRecord {
  return (
    item.aws ?? {
      arnSuffix: suffixOf(item),
      tags: [],
      createdDate: item.createdAt,
      lastChangedDate: item.createdAt,
    }
  );
}

/** Attributes of a secret that is made now. */
export function newAwsRecord(now: number): AwsSecretRecord {
  return { arnSuffix: newSuffix(), tags: [], createdDate: now, lastChangedDate: now };
}

/** The secret with other AWS attributes; `changed` also moves the date of the last change. */
export function withAws(item: SecretItem, fields: Partial<AwsSecretRecord>, changed?: number): SecretItem {
  const moved = changed === undefined ? {} : { lastChangedDate: changed };
  return { ...item, aws: { ...awsOf(item), ...fields, ...moved } };
}

/** The secret without some of its optional AWS attributes. */
export function withoutAws(item: SecretItem, ...names: readonly (keyof AwsSecretRecord)[]): SecretItem {
  const aws = Object.fromEntries(
    Object.entries(awsOf(item)).filter(([name]) => !names.includes(name as keyof AwsSecretRecord)),
  ) as unknown as AwsSecretRecord;
  return { ...item, aws };
}

/** The secret whose description, tags, policy and rotation count: a replica shows those of its primary. */
export function metadataSource(snapshot: Snapshot, item: SecretItem): SecretItem {
  const primary = item.aws?.replicaOf === undefined ? undefined : snapshot.items.get(item.aws.replicaOf);
  return primary?.kind === 'secret' ? primary : item;
}

export function isReplica(item: SecretItem): boolean {
  return item.aws?.replicaOf !== undefined;
}

export function isScheduledForDeletion(item: SecretItem): boolean {
  return item.aws?.deletionAt !== undefined;
}

/** COMMENT ON SECRET. */
export function descriptionOf(snapshot: Snapshot, item: SecretItem): string | undefined {
  const { id } = metadataSource(snapshot, item);
  return snapshot.commentsOfObject.get(`secret/${id}`)?.find((c) => c.columnPosition === null)?.comment;
}

/** The edit that sets a description; an empty one goes. */
export function describe(snapshot: Snapshot, item: SecretItem, description: string): readonly Change[] {
  if (description !== '') {
    const record = { objectKind: 'secret', objectId: item.id, columnPosition: null, comment: description };
    return [put('comment', record)];
  }
  return descriptionOf(snapshot, item) === undefined ? [] : [del('comment', `secret/${item.id}/`)];
}

export function rotationOf(snapshot: Snapshot, item: SecretItem): AwsRotationRecord | undefined {
  return metadataSource(snapshot, item).aws?.rotation;
}

/** Versions in order of creation. */
export function versionsOf(snapshot: Snapshot, item: SecretItem): readonly SecretVersionRecord[] {
  const versions = snapshot.versionsOfSecret.get(item.id);
  return versions === undefined ? [] : [...versions.values()].sort((a, b) => a.sequence - b.sequence);
}

export function versionOf(
  snapshot: Snapshot,
  item: SecretItem,
  versionId: string,
): SecretVersionRecord | undefined {
  return snapshot.versionsOfSecret.get(item.id)?.get(versionId);
}

/** The version with a label. */
export function labelled(
  snapshot: Snapshot,
  item: SecretItem,
  label: string,
): SecretVersionRecord | undefined {
  const versionId = snapshot.stagesOfSecret.get(item.id)?.get(label);
  return versionId === undefined ? undefined : versionOf(snapshot, item, versionId);
}

/** Labels by version, with the label of a rotation that has stored no value yet; undefined when there is none. */
export function labelsOf(
  snapshot: Snapshot,
  item: SecretItem,
): Readonly<Record<string, readonly string[]>> | undefined {
  const labels: Record<string, readonly string[]> = {};
  for (const version of labelledVersions(snapshot, item.id)) labels[version.versionId] = version.stages;
  const attempt = rotationOf(snapshot, item)?.attempt;
  if (attempt !== undefined && !attempt.hasValue && labels[attempt.token] === undefined) {
    labels[attempt.token] = [PENDING];
  }
  return Object.keys(labels).length === 0 ? undefined : labels;
}

/** The newest of the recorded change and of everything that happened to versions. */
export function lastChanged(snapshot: Snapshot, item: SecretItem): number {
  let newest = awsOf(item).lastChangedDate;
  for (const { createdAt, supersededAt } of snapshot.versionsOfSecret.get(item.id)?.values() ?? []) {
    newest = Math.max(newest, createdAt, supersededAt ?? 0);
  }
  return newest;
}

/** Midnight (UTC) of the last day on which a value was read. */
export function lastAccessed(accesses: Accesses, snapshot: Snapshot, item: SecretItem): number | undefined {
  let newest = item.aws?.lastAccessedDate;
  for (const version of snapshot.versionsOfSecret.get(item.id)?.values() ?? []) {
    const day = accesses.dayOf(version);
    if (day !== undefined && day > (newest ?? 0)) newest = day;
  }
  return newest;
}

/** Times go over the wire as seconds with a fraction. */
export function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}
