/**
 * Replication to other regions. A replica is a secret of its own in the catalog, in the schema of its region: it depends
 * on its primary, holds copies of the values sealed with a key of its region, and shows the primary's description, tags,
 * policy and rotation. Source: reference aws-secrets-manager 2.16.
 */
import { put, versionKey, type Change } from '../catalog/changes.ts';
import type { Id } from '../catalog/ids.ts';
import type { AwsReplicaRecord, SecretItem, SecretVersionRecord } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import type { IdSource } from '../engine/committer.ts';
import { replicasOf } from '../engine/secret-value.ts';
import { seal } from '../secrets/envelope.ts';
import type { SecretBytes } from '../secrets/secret-bytes.ts';
import { blockers, removal } from './deletion.ts';
import { withKey, wrappingOf } from './kms/secret-keys.ts';
import { locationFor, placeOf, secretNamed, suffixOf } from './names.ts';
import { newSecretItem, schemaFor } from './new-secret.ts';
import { AwsError, invalidParameter, invalidRequest, resourceNotFound } from './protocol/errors.ts';
import { present, type Call, type Fields } from './protocol/operation.ts';
import { noteServiceEvent } from './room.ts';
import {
  descriptionOf,
  isReplica,
  lastAccessed,
  seconds,
  versionsOf,
  withAws,
  withoutAws,
} from './secret-facts.ts';
import type { ReplicaRegion } from './shapes.ts';
import { readValue } from './value.ts';

/** Times a copy is begun again because a version came in between. */
const ATTEMPTS = 5;

/** Regions of a request, checked against the secret's own. */
export function checkRegions(region: string, wanted: readonly ReplicaRegion[]): void {
  const names = wanted.map((one) => one.Region);
  if (names.some((name) => name === undefined || name === region) || new Set(names).size !== names.length) {
    throw invalidParameter('Invalid replica region.');
  }
}

/** Copies a secret to regions. What goes wrong with one region is its status, not an error. */
export async function replicate(
  call: Call,
  secretId: Id,
  regions: readonly ReplicaRegion[],
  overwrite: boolean,
): Promise<void> {
  for (const { Region: region, KmsKeyId: kmsKeyId } of regions) {
    await replicateTo(call, secretId, { region: region!, kmsKeyId, overwrite });
  }
}

interface Target {
  readonly region: string;
  readonly kmsKeyId: string | undefined;
  readonly overwrite: boolean;
}

async function replicateTo(call: Call, secretId: Id, target: Target): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const values = await readAll(call, secretId);
    const { snapshot, result } = await call.room.committer.commit((tip, ids) => {
      const item = tip.items.get(secretId);
      if (item?.kind !== 'secret') throw resourceNotFound();
      const outcome = replicaChanges(call, tip, ids, item, target, values);
      if (outcome === 'stale') return { changes: [], result: undefined };
      const { record, changes } = outcome;
      const others = (item.aws?.replication ?? []).filter((r) => r.region !== target.region);
      const primaryRegion = placeOf(tip, call.room.home, item).region;
      const primary = withAws(item, { replication: [...others, record], primaryRegion });
      return { changes: [...changes, put('item', primary)], result: { primary, record } };
    });
    if (result === undefined) continue;
    const failed = result.record.status === 'Failed';
    const event = failed ? 'ReplicationFailed' : 'ReplicationSucceeded';
    noteServiceEvent(
      call.room,
      snapshot,
      result.primary,
      event,
      failed ? result.record.statusMessage : undefined,
    );
    return;
  }
  throw new AwsError('InternalServiceError', 'The secret changes too fast to be replicated.', 500, 'both');
}

interface OpenVersion {
  readonly version: SecretVersionRecord;
  readonly value: SecretBytes;
}

/** Every value of a secret, or the error that one of them gives. */
async function readAll(call: Call, secretId: Id): Promise<readonly OpenVersion[] | AwsError> {
  const snapshot = call.room.committer.current();
  const item = snapshot.items.get(secretId);
  if (item?.kind !== 'secret') throw resourceNotFound();
  const values: OpenVersion[] = [];
  try {
    for (const version of versionsOf(snapshot, item)) {
      values.push({ version, value: await readValue(call, snapshot, version) });
    }
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  return values;
}

interface Replicated {
  readonly record: AwsReplicaRecord;
  readonly changes: readonly Change[];
}

function failed({ region, kmsKeyId }: Target, reason: string): Replicated {
  const statusMessage = `Replication failed: ${reason}`;
  const key = kmsKeyId === undefined ? {} : { kmsKeyId };
  return { record: { region, ...key, status: 'Failed', statusMessage }, changes: [] };
}

function replicaChanges(
  call: Call,
  tip: Snapshot,
  ids: IdSource,
  primary: SecretItem,
  target: Target,
  values: readonly OpenVersion[] | AwsError,
): Replicated | 'stale' {
  if (values instanceof AwsError) return failed(target, values.message);
  const versions = versionsOf(tip, primary);
  if (
    versions.length !== values.length ||
    versions.some((v, i) => v.versionId !== values[i]!.version.versionId)
  ) {
    return 'stale';
  }
  const { region, kmsKeyId } = target;
  const { name } = placeOf(tip, call.room.home, primary);
  const existing = secretNamed(tip, call.room.home, { region, name });
  if (existing?.aws?.replicaOf === primary.id) return { record: inSync(target), changes: [] };
  const replaced = existing === undefined ? [] : overwritten(call, tip, ids, existing, target);
  if (replaced === undefined)
    return failed(target, `Secret name ${name} already exists in region ${region}.`);
  const location = locationFor(tip, call.room.home, { region, name });
  const { schema, changes } = schemaFor(call, tip, ids, location, name);
  const bare = newSecretItem(call, tip, ids, schema, location.item);
  const primaryRegion = placeOf(tip, call.room.home, primary).region;
  const marked = withAws(
    { ...bare, ownerId: primary.ownerId, dependsOn: [primary.id] },
    { arnSuffix: suffixOf(primary), replicaOf: primary.id, primaryRegion },
  );
  let replica: SecretItem;
  try {
    replica = kmsKeyId === undefined ? marked : withKey(call, tip, marked, region, kmsKeyId);
  } catch (error) {
    if (error instanceof AwsError) return failed(target, error.message);
    throw error;
  }
  const copies = values.flatMap(({ value }, i) => copied(call, replica, versions[i]!, value));
  return { record: inSync(target), changes: [...replaced, ...changes, put('item', replica), ...copies] };
}

function inSync({ region, kmsKeyId }: Target): AwsReplicaRecord {
  const key = kmsKeyId === undefined ? {} : { kmsKeyId };
  return { region, ...key, status: 'InSync', statusMessage: 'Replication succeeded' };
}

/** Removes a secret that is in the way, if it may go; undefined when it may not. */
function overwritten(
  call: Call,
  tip: Snapshot,
  ids: IdSource,
  existing: SecretItem,
  { overwrite }: Target,
): readonly Change[] | undefined {
  if (!overwrite || isReplica(existing) || (tip.dependents.get(existing.id)?.size ?? 0) > 0) return undefined;
  return removal(call, tip, ids, existing);
}

function copied(
  call: Call,
  replica: SecretItem,
  version: SecretVersionRecord,
  value: SecretBytes,
): readonly Change[] {
  const { versionId } = version;
  const wrapping = wrappingOf(call, replica);
  const { wrappingKeyIds: _own, lastAccessedAt: _accessed, ...rest } = version;
  const custom = replica.aws?.wrappingKeyId === undefined ? {} : { wrappingKeyIds: [wrapping.id] };
  const record: SecretVersionRecord = {
    ...rest,
    ...custom,
    secretId: replica.id,
    kmsKeyId: replica.aws?.kmsKeyId ?? 'alias/aws/secretsmanager',
    valueDigest: call.room.keyRing.digest(replica.id, value),
  };
  const key = versionKey(replica.id, versionId);
  return [
    { kind: 'putBlob', space: 'sealed', key, bytes: seal(value, replica.id, versionId, wrapping) },
    put('secretVersion', record),
  ];
}

/** ReplicationStatus of a primary; undefined for a secret that was never replicated. */
export function shownReplication(
  call: Call,
  snapshot: Snapshot,
  item: SecretItem,
): readonly Fields[] | undefined {
  const records = item.aws?.replication;
  if (records === undefined || records.length === 0) return undefined;
  const replicas = replicasOf(snapshot, item.id);
  return records.map((record) => {
    const replica = replicas.find((r) => snapshot.schemas.get(r.schemaId)?.name === record.region);
    const accessed = replica === undefined ? undefined : lastAccessed(call.room.accesses, snapshot, replica);
    // SQL may have dropped the copy.
    const dropped = replica === undefined && record.status === 'InSync';
    return present({
      Region: record.region,
      KmsKeyId: record.kmsKeyId,
      Status: dropped ? 'Failed' : record.status,
      StatusMessage: dropped ? 'Replication failed: the replica was dropped.' : record.statusMessage,
      LastAccessedDate: accessed === undefined ? undefined : seconds(accessed),
    });
  });
}

/** The edits that take copies in some regions away. Regions without a copy are passed over. */
export function removeReplicas(
  call: Call,
  tip: Snapshot,
  ids: IdSource,
  primary: SecretItem,
  regions: readonly string[],
): { readonly primary: SecretItem; readonly changes: readonly Change[] } {
  const gone = replicasOf(tip, primary.id).filter((replica) =>
    regions.includes(placeOf(tip, call.room.home, replica).region),
  );
  for (const replica of gone) checkUnused(call, tip, replica);
  const after = withoutRegions(primary, regions);
  return {
    primary: after,
    changes: [...gone.flatMap((replica) => removal(call, tip, ids, replica)), put('item', after)],
  };
}

/** Throws InvalidRequest for a copy that something in SQL uses. */
function checkUnused(call: Call, tip: Snapshot, replica: SecretItem): void {
  const users = blockers(tip, replica);
  if (users.length === 0) return;
  const { region } = placeOf(tip, call.room.home, replica);
  throw invalidRequest(
    `You can't remove the replica in region ${region} because it is still used by ${users.join(', ')}.`,
  );
}

function withoutRegions(primary: SecretItem, regions: readonly string[]): SecretItem {
  const left = (primary.aws?.replication ?? []).filter((record) => !regions.includes(record.region));
  return left.length > 0
    ? withAws(primary, { replication: left })
    : withoutAws(primary, 'replication', 'primaryRegion');
}

/** The edits that make a replica a secret of its own. */
export function promote(
  call: Call,
  tip: Snapshot,
  replica: SecretItem,
): { readonly item: SecretItem; readonly changes: readonly Change[] } {
  const primary = tip.items.get(replica.aws?.replicaOf ?? '');
  const shared = primary?.kind === 'secret' ? primary.aws : undefined;
  const own = withoutAws({ ...replica, dependsOn: [] }, 'replicaOf', 'primaryRegion');
  const item = withAws(
    own,
    {
      tags: shared?.tags ?? [],
      ...(shared?.tagged === undefined ? {} : { tagged: shared.tagged }),
      ...(shared?.resourcePolicy === undefined ? {} : { resourcePolicy: shared.resourcePolicy }),
    },
    call.now,
  );
  const description = descriptionOf(tip, replica);
  const changes: Change[] = [put('item', item)];
  if (description !== undefined) {
    changes.push(
      put('comment', { objectKind: 'secret', objectId: item.id, columnPosition: null, comment: description }),
    );
  }
  if (primary?.kind === 'secret') {
    changes.push(put('item', withoutRegions(primary, [placeOf(tip, call.room.home, replica).region])));
  }
  return { item, changes };
}
