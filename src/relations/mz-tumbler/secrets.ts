/** Schema mz_tumbler: versions of secrets, what each replica has cached of them, and what to do about it. */
import type { Id } from '../../catalog/ids.ts';
import type { PinRecord, SecretVersionRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import {
  isCurrentPin,
  secretUsage,
  stalePin,
  stalePins,
  staleRow,
  usesOfSecret,
  type SecretUse,
  type StalePin,
  type StaleRow,
} from '../../catalog/staleness.ts';
import type { Row } from '../../types/datum.ts';
import { index, type RelationTable } from '../define.ts';
import { textArray, timestamptz } from '../values.ts';

function* pinsByKeys(snapshot: Snapshot, keys: Iterable<string> | undefined): Iterable<PinRecord> {
  for (const key of keys ?? []) {
    const pin = snapshot.pins.get(key);
    if (pin !== undefined) yield pin;
  }
}

/** Pins by version of one secret. */
function pinCounts(snapshot: Snapshot, secretId: Id): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { versionId } of pinsByKeys(snapshot, snapshot.pinsOfSecret.get(secretId))) {
    counts.set(versionId, (counts.get(versionId) ?? 0) + 1);
  }
  return counts;
}

function* versionRows(snapshot: Snapshot, secretId: Id): Iterable<Row> {
  const counts = pinCounts(snapshot, secretId);
  for (const version of snapshot.versionsOfSecret.get(secretId)?.values() ?? []) {
    yield versionRow(version, counts.get(version.versionId) ?? 0);
  }
}

function versionRow(version: SecretVersionRecord, pinCount: number): Row {
  return [
    version.secretId,
    version.versionId,
    textArray(version.stages),
    timestamptz(version.createdAt),
    version.kmsKeyId,
    BigInt(version.sizeBytes),
    BigInt(pinCount),
  ];
}

function pinRow(snapshot: Snapshot, pin: PinRecord): Row {
  const { clusterId, replicaId, objectId, connectionId, secretId, versionId, cachedAt } = pin;
  const current = isCurrentPin(snapshot, pin);
  return [clusterId, replicaId, objectId, connectionId, secretId, versionId, timestamptz(cachedAt), current];
}

function* pinRows(snapshot: Snapshot, pins: Iterable<PinRecord>): Iterable<Row> {
  for (const pin of pins) yield pinRow(snapshot, pin);
}

function staleDatums(row: StaleRow): Row {
  return [
    row.cluster,
    row.replica,
    row.objectType,
    row.object,
    row.secret,
    row.cachedVersion,
    row.currentVersion,
    timestamptz(row.cachedAt),
    timestamptz(row.staleSince),
    row.remedy,
  ];
}

function* staleRows(snapshot: Snapshot, pins: Iterable<StalePin>): Iterable<Row> {
  for (const pin of pins) yield staleDatums(staleRow(snapshot, pin));
}

function* staleAmong(snapshot: Snapshot, pins: Iterable<PinRecord>): Iterable<StalePin> {
  for (const pin of pins) {
    const stale = stalePin(snapshot, pin);
    if (stale !== null) yield stale;
  }
}

/** Stale pins on the replicas of the cluster with this name. */
function* staleOnCluster(snapshot: Snapshot, name: string): Iterable<StalePin> {
  const clusterId = snapshot.clusterByName.get(name);
  for (const replicaId of clusterId === undefined ? [] : (snapshot.replicasOfCluster.get(clusterId) ?? [])) {
    yield* staleAmong(snapshot, pinsByKeys(snapshot, snapshot.pinsOfReplica.get(replicaId)));
  }
}

function* usageRows(uses: Iterable<SecretUse>): Iterable<Row> {
  for (const { secretId, connectionId, objectId, clusterId } of uses) {
    yield [secretId, connectionId, objectId, clusterId];
  }
}

export const TUMBLER_SECRET_RELATIONS: RelationTable = {
  'mz_tumbler.secret_versions': {
    *rows({ snapshot }) {
      for (const secretId of snapshot.versionsOfSecret.keys()) yield* versionRows(snapshot, secretId);
    },
    indexes: [index(['secret_id'], ({ snapshot }, id: Id) => versionRows(snapshot, id))],
  },
  'mz_tumbler.replica_secrets': {
    rows: ({ snapshot }) => pinRows(snapshot, snapshot.pins.values()),
    indexes: [
      index(['secret_id'], ({ snapshot }, id: Id) =>
        pinRows(snapshot, pinsByKeys(snapshot, snapshot.pinsOfSecret.get(id))),
      ),
      index(['object_id'], ({ snapshot }, id: Id) =>
        pinRows(snapshot, pinsByKeys(snapshot, snapshot.pinsOfObject.get(id))),
      ),
      index(['replica_id'], ({ snapshot }, id: Id) =>
        pinRows(snapshot, pinsByKeys(snapshot, snapshot.pinsOfReplica.get(id))),
      ),
    ],
  },
  'mz_tumbler.stale_secrets': {
    rows: ({ snapshot }) => staleRows(snapshot, stalePins(snapshot)),
    indexes: [
      index(['cluster'], ({ snapshot }, name: string) => staleRows(snapshot, staleOnCluster(snapshot, name))),
    ],
  },
  'mz_tumbler.secret_usage': {
    rows: ({ snapshot }) => usageRows(secretUsage(snapshot)),
    indexes: [index(['secret_id'], ({ snapshot }, id: Id) => usageRows(usesOfSecret(snapshot, id)))],
  },
};
