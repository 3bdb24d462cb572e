/** mz_internal's relations about clusters and replicas: schedules, workload classes, histories, lineage. */
import type { AuditEventRecord, ClusterRecord, ReplicaHistoryRecord } from '../../catalog/records.ts';
import { isUserId } from '../../catalog/ids.ts';
import type { Row } from '../../types/datum.ts';
import { parseInterval } from '../../types/interval-parse.ts';
import { Numeric } from '../../types/numeric.ts';
import { entityRelation, index, type RelationTable } from '../define.ts';
import type { RelationContext } from '../relation.ts';
import { timestamptz } from '../values.ts';

const ESTIMATE = /hydration\s+time\s+estimate\s*=?\s*(?:interval\s*)?'([^']*)'/i;

/** `ON REFRESH (HYDRATION TIME ESTIMATE = '1 hour')` and `MANUAL` in the words of the relation. */
function scheduleRow({ id, config }: ClusterRecord): Row | null {
  if (!config.managed) return null;
  if (!/^on refresh/i.test(config.schedule)) return [id, 'manual', null];
  const estimate = ESTIMATE.exec(config.schedule)?.[1];
  return [id, 'on-refresh', parseInterval(estimate ?? '0')];
}

function historyRow({ facts }: RelationContext, record: ReplicaHistoryRecord): Row {
  const size = facts.replicaSizes().find((fact) => fact.size === record.size);
  return [
    record.replicaId,
    record.size,
    record.clusterId,
    record.clusterName,
    record.replicaName,
    timestamptz(record.createdAt),
    timestamptz(record.droppedAt),
    size === undefined ? null : Numeric.fromString(size.creditsPerHour),
  ];
}

function field(details: unknown, name: string): string | null {
  const value = (details as Readonly<Record<string, unknown>> | null)?.[name];
  return typeof value === 'string' ? value : null;
}

/** Names a replica had: one row when it was made, one for each renaming. */
function nameRow({ eventType, objectType, details, occurredAt }: AuditEventRecord): Row | null {
  if (objectType !== 'cluster-replica') return null;
  const id = field(details, 'replica_id');
  if (eventType === 'create') return [timestamptz(occurredAt), id, null, field(details, 'replica_name')];
  if (eventType !== 'alter') return null;
  return [timestamptz(occurredAt), id, field(details, 'old_name'), field(details, 'new_name')];
}

/** Live clusters each stand for themselves; swaps keep ids, so nothing else has to be told apart. */
const lineage = entityRelation<ClusterRecord>({
  all: (snapshot) => snapshot.clusters.values(),
  keys: { cluster_id: (snapshot, id) => snapshot.clusters.get(id as string) },
  row: (_, { id, name }) => (isUserId(id) ? [id, id, name] : null),
});

export const CLUSTER_DETAIL_RELATIONS: RelationTable = {
  'mz_internal.mz_cluster_schedules': entityRelation<ClusterRecord>({
    all: (snapshot) => snapshot.clusters.values(),
    keys: { cluster_id: (snapshot, id) => snapshot.clusters.get(id as string) },
    row: (_, cluster) => scheduleRow(cluster),
  }),
  'mz_internal.mz_cluster_workload_classes': entityRelation<ClusterRecord>({
    all: (snapshot) => snapshot.clusters.values(),
    keys: { id: (snapshot, id) => snapshot.clusters.get(id as string) },
    row: (_, { id, workloadClass }) => [id, workloadClass],
  }),
  'mz_internal.mz_cluster_deployment_lineage': lineage,
  'mz_internal.mz_internal_cluster_replicas': {
    *rows({ snapshot }) {
      for (const { id, internal } of snapshot.replicas.values()) if (internal) yield [id];
    },
  },
  // Replicas of a reconfiguration that has not been finished carry this ending (reference: clusters 1.1).
  'mz_internal.mz_pending_cluster_replicas': {
    *rows({ snapshot }) {
      for (const { id, name, clusterId } of snapshot.replicas.values()) {
        if (name.endsWith('-pending') && snapshot.clusters.get(clusterId)?.config.managed === true)
          yield [id];
      }
    },
  },
  'mz_internal.mz_cluster_replica_history': {
    *rows(context) {
      for (const record of context.snapshot.small.replicaHistory.values()) {
        if (isUserId(record.clusterId)) yield historyRow(context, record);
      }
    },
    indexes: [
      index(['replica_id'], (context, id: string) => {
        const record = context.snapshot.small.replicaHistory.get(id);
        return record !== undefined && isUserId(record.clusterId) ? [historyRow(context, record)] : [];
      }),
    ],
  },
  'mz_internal.mz_cluster_replica_name_history': {
    *rows({ snapshot }) {
      for (const event of snapshot.auditEvents) {
        const row = nameRow(event);
        if (row !== null) yield row;
      }
    },
  },
};
