/** Schema mz_tumbler: versions of secrets, what each replica has cached of them, and what to do about it. */
import type { Id } from '../../catalog/ids.ts';
import type { PinRecord, SecretVersionRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import {
  isCurrentPin,
  secretUsage,
  stalePin,
  stalePins,
  stalePinsOfSecret,
  usesOfSecret,
  type SecretUse,
  type StalePin,
} from '../../catalog/staleness.ts';
import { quoteIdent, quoteLiteral } from '../../sql/quote.ts';
import type { Row } from '../../types/datum.ts';
import { index, type RelationTable } from '../define.ts';
import { fullName } from '../item-sql/create-sql.ts';
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

function itemName(snapshot: Snapshot, id: Id): string {
  const item = snapshot.items.get(id);
  return item === undefined ? id : fullName(item, snapshot);
}

/**
 * SQL that makes a replica read current values: a managed cluster gives up all its replicas and takes them again; on an
 * unmanaged one the replica is made anew with its size and zone. Every replica of the cluster that holds the old value
 * has to go before the value does, which the first does at once and the second does replica by replica.
 */
export function remedyFor(snapshot: Snapshot, pin: Pick<PinRecord, 'clusterId' | 'replicaId'>): string {
  const cluster = snapshot.clusters.get(pin.clusterId);
  const replica = snapshot.replicas.get(pin.replicaId);
  const name = quoteIdent(cluster?.name ?? pin.clusterId);
  if (cluster?.config.managed === true) {
    const set = (factor: number): string => `ALTER CLUSTER ${name} SET (REPLICATION FACTOR = ${factor});`;
    return `${set(0)} ${set(cluster.config.replicationFactor)}`;
  }
  const full = `${name}.${quoteIdent(replica?.name ?? pin.replicaId)}`;
  const zone =
    replica === undefined || replica.availabilityZone === null
      ? ''
      : `, AVAILABILITY ZONE = ${quoteLiteral(replica.availabilityZone)}`;
  const size = `SIZE = ${quoteLiteral(replica?.size ?? '')}`;
  return `DROP CLUSTER REPLICA ${full}; CREATE CLUSTER REPLICA ${full} (${size}${zone});`;
}

function staleRow(snapshot: Snapshot, { pin, currentVersion, staleSince }: StalePin): Row {
  return [
    snapshot.clusters.get(pin.clusterId)?.name ?? pin.clusterId,
    snapshot.replicas.get(pin.replicaId)?.name ?? pin.replicaId,
    snapshot.items.get(pin.objectId)?.kind ?? 'source',
    itemName(snapshot, pin.objectId),
    itemName(snapshot, pin.secretId),
    pin.versionId,
    currentVersion,
    timestamptz(pin.cachedAt),
    timestamptz(staleSince),
    remedyFor(snapshot, pin),
  ];
}

function* staleRows(snapshot: Snapshot, pins: Iterable<StalePin>): Iterable<Row> {
  for (const pin of pins) yield staleRow(snapshot, pin);
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

/** Stale pins of a secret as rows of `mz_tumbler.stale_secrets`: what the notice of ALTER SECRET tells. */
export function staleRowsOfSecret(snapshot: Snapshot, secretId: Id): Iterable<Row> {
  return staleRows(snapshot, stalePinsOfSecret(snapshot, secretId));
}
