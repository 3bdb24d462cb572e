/** mz_clusters, mz_cluster_replicas and mz_cluster_replica_sizes. */
import type { ClusterRecord, ReplicaRecord } from '../../catalog/records.ts';
import type { Datum, Row } from '../../types/datum.ts';
import { Numeric } from '../../types/numeric.ts';
import { entityRelation, index, type RelationTable } from '../define.ts';
import type { RelationContext, ReplicaSizeFact } from '../relation.ts';
import { aclArray, intervalOfMs, textList } from '../values.ts';

/** Whether replicas of a size have scratch disk: what the deprecated `disk` columns say. */
function hasDisk(context: RelationContext, size: string): boolean | null {
  const fact = context.facts.replicaSizes().find((candidate) => candidate.size === size);
  return fact === undefined ? null : fact.diskBytes !== 0;
}

function clusterRow(context: RelationContext, cluster: ClusterRecord): Row {
  const { id, name, ownerId, config } = cluster;
  const head: readonly Datum[] = [id, name, ownerId, aclArray(cluster.privileges), config.managed];
  if (!config.managed) return [...head, null, null, null, null, null, null];
  return [
    ...head,
    config.size,
    config.replicationFactor,
    hasDisk(context, config.size),
    textList(config.availabilityZones),
    config.introspectionDebugging,
    intervalOfMs(config.introspectionIntervalMs),
  ];
}

function replicaRow(context: RelationContext, replica: ReplicaRecord): Row {
  const { id, name, clusterId, size, availabilityZone } = replica;
  const ownerId = context.snapshot.clusters.get(clusterId)?.ownerId ?? null;
  return [id, name, clusterId, size, availabilityZone, ownerId, hasDisk(context, size)];
}

function* replicasOf(context: RelationContext, clusterId: string): Iterable<Row> {
  for (const id of context.snapshot.replicasOfCluster.get(clusterId) ?? []) {
    const replica = context.snapshot.replicas.get(id);
    if (replica !== undefined) yield replicaRow(context, replica);
  }
}

function sizeRow(fact: ReplicaSizeFact): Row {
  return [
    fact.size,
    BigInt(fact.processes),
    BigInt(fact.workers),
    BigInt(fact.cpuNanoCores),
    BigInt(fact.memoryBytes),
    fact.diskBytes === null ? null : BigInt(fact.diskBytes),
    Numeric.fromString(fact.creditsPerHour),
  ];
}

const replicas = entityRelation({
  all: (snapshot) => snapshot.replicas.values(),
  keys: { id: (snapshot, id) => snapshot.replicas.get(id as string) },
  row: replicaRow,
});

export const CLUSTER_RELATIONS: RelationTable = {
  'mz_catalog.mz_clusters': entityRelation({
    all: (snapshot) => snapshot.clusters.values(),
    keys: {
      id: (snapshot, id) => snapshot.clusters.get(id as string),
      name: (snapshot, name) => snapshot.clusters.get(snapshot.clusterByName.get(name as string) ?? ''),
    },
    row: clusterRow,
  }),
  'mz_catalog.mz_cluster_replicas': {
    rows: replicas.rows,
    indexes: [
      ...(replicas.indexes ?? []),
      index(['cluster_id'], (context, clusterId: string) => replicasOf(context, clusterId)),
    ],
  },
  'mz_catalog.mz_cluster_replica_sizes': {
    rows: (context) => context.facts.replicaSizes().map(sizeRow),
  },
};
