/** Edits that make and drop replicas, with their history and audit events. */
import { del, put, type Change } from '../../catalog/changes.ts';
import type { ClusterRecord, ReplicaRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { auditChange } from '../audit.ts';
import type { IdSource } from '../committer.ts';
import type { ManagedConfig } from './cluster-config.ts';
import type { Scope } from './handler.ts';

/** What a replica is made of beside its identity. */
export type ReplicaSpec = Pick<
  ReplicaRecord,
  | 'name'
  | 'size'
  | 'availabilityZone'
  | 'introspectionIntervalMs'
  | 'introspectionDebugging'
  | 'internal'
  | 'billedAs'
>;

/** The spec of replica `r<n>` of a managed cluster. */
export function managedReplica(config: ManagedConfig, n: number): ReplicaSpec {
  return {
    name: `r${n}`,
    size: config.size,
    availabilityZone: null,
    introspectionIntervalMs: config.introspectionIntervalMs,
    introspectionDebugging: config.introspectionDebugging,
    internal: false,
    billedAs: null,
  };
}

/** Creates a replica: record, history row, audit event. */
export function createReplica(
  scope: Scope,
  ids: IdSource,
  cluster: ClusterRecord,
  spec: ReplicaSpec,
): Change[] {
  const createdAt = scope.services.clock();
  const record: ReplicaRecord = {
    ...spec,
    id: cluster.id.startsWith('s') ? ids.nextSystem('replica') : ids.next('replica'),
    clusterId: cluster.id,
    createdAt,
  };
  const changes: Change[] = [put('replica', record)];
  if (cluster.id.startsWith('u')) {
    changes.push(
      put('replicaHistory', {
        replicaId: record.id,
        size: record.size,
        clusterId: cluster.id,
        clusterName: cluster.name,
        replicaName: record.name,
        createdAt,
        droppedAt: null,
      }),
    );
  }
  changes.push(
    auditChange(ids, scope, 'create', 'cluster-replica', {
      billed_as: spec.billedAs,
      cluster_id: cluster.id,
      cluster_name: cluster.name,
      internal: spec.internal,
      logical_size: spec.size,
      reason: 'manual',
      replica_id: record.id,
      replica_name: record.name,
    }),
  );
  return changes;
}

/** Drops a replica: the record goes, its history row is closed. Its pins go with it by the pin rule. */
export function dropReplica(
  scope: Scope,
  tip: Snapshot,
  ids: IdSource,
  cluster: ClusterRecord,
  replica: ReplicaRecord,
): Change[] {
  const changes: Change[] = [del('replica', replica.id)];
  const history = tip.small.replicaHistory.get(replica.id);
  if (history !== undefined) {
    changes.push(put('replicaHistory', { ...history, droppedAt: scope.services.clock() }));
  }
  for (const comment of tip.commentsOfObject.get(`cluster-replica/${replica.id}`) ?? []) {
    changes.push(del('comment', `cluster-replica/${replica.id}/${comment.columnPosition ?? ''}`));
  }
  changes.push(
    auditChange(ids, scope, 'drop', 'cluster-replica', {
      cluster_id: cluster.id,
      cluster_name: cluster.name,
      reason: 'manual',
      replica_id: replica.id,
      replica_name: replica.name,
    }),
  );
  return changes;
}

/** Live replicas of a cluster, ascending by id. */
export function replicasOf(snapshot: Snapshot, clusterId: string): readonly ReplicaRecord[] {
  const ids = snapshot.replicasOfCluster.get(clusterId) ?? [];
  return ids.map((id) => snapshot.replicas.get(id)).filter((r): r is ReplicaRecord => r !== undefined);
}
