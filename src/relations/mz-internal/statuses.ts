/** Status relations of sources, sinks and replicas, their histories, and hydration. */
import type { Id } from '../../catalog/ids.ts';
import type { Item, ReplicaStatusRecord, StatusEventRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { Row } from '../../types/datum.ts';
import { index, objectRelation, type RelationRows, type RelationTable } from '../define.ts';
import { isSystem } from '../objects.ts';
import { currentStatus, runsOnReplica, type StatusItem } from '../status-view.ts';
import { jsonb, timestamptz } from '../values.ts';

function statusRow(snapshot: Snapshot, item: StatusItem): Row {
  const type = item.kind === 'table' ? 'table' : item.detail.type;
  const { status, changedAt, error, details } = currentStatus(snapshot, item);
  const json = details === null ? null : jsonb(details);
  return [item.id, item.name, type, timestamptz(changedAt), status, error, json];
}

function eventRow({ occurredAt, objectId, status, error, details, replicaId }: StatusEventRecord): Row {
  const json = details === null || details === undefined ? null : jsonb(details);
  return [timestamptz(occurredAt), objectId, status, error, json, replicaId];
}

function historyOf(objectKind: StatusEventRecord['objectKind']): RelationRows {
  return {
    *rows({ snapshot }) {
      for (const event of snapshot.statusEvents) {
        if (event.objectKind === objectKind) yield eventRow(event);
      }
    },
  };
}

/** Newest status of each process of each live replica. */
function latestReplicaStatuses(snapshot: Snapshot): Iterable<ReplicaStatusRecord> {
  const latest = new Map<string, ReplicaStatusRecord>();
  for (const record of snapshot.small.replicaStatus.values()) {
    if (!snapshot.replicas.has(record.replicaId)) continue;
    const key = `${record.replicaId}/${record.processId}`;
    const known = latest.get(key);
    if (known === undefined || known.id < record.id) latest.set(key, record);
  }
  return latest.values();
}

function isOnline(snapshot: Snapshot, replicaId: Id): boolean {
  for (const { replicaId: id, status } of latestReplicaStatuses(snapshot)) {
    if (id === replicaId && status !== 'online') return false;
  }
  return true;
}

/** Kinds of items that do work on replicas; true for those whose own status tells whether they caught up. */
const HYDRATES: Partial<Readonly<Record<Item['kind'], 'status' | 'replica'>>> = {
  source: 'status',
  sink: 'status',
  index: 'replica',
  'materialized-view': 'replica',
};

/** Objects on a replica and whether each caught up there. */
export function* hydrationOf(
  snapshot: Snapshot,
  replicaId: Id,
): Iterable<{ readonly object: Item; readonly hydrated: boolean }> {
  const clusterId = snapshot.replicas.get(replicaId)?.clusterId;
  if (clusterId === undefined) return;
  const online = isOnline(snapshot, replicaId);
  for (const id of snapshot.itemsOfCluster.get(clusterId) ?? []) {
    const object = snapshot.items.get(id);
    const by = object === undefined ? undefined : HYDRATES[object.kind];
    if (object === undefined || by === undefined) continue;
    yield { object, hydrated: by === 'status' ? runsOnReplica(snapshot, id, replicaId) : online };
  }
}

/** SHOW CLUSTER REPLICAS' `ready`: the replica is up and everything on it has caught up. */
export function isReady(snapshot: Snapshot, replicaId: Id): boolean {
  if (!isOnline(snapshot, replicaId)) return false;
  for (const { hydrated } of hydrationOf(snapshot, replicaId)) {
    if (!hydrated) return false;
  }
  return true;
}

const COMPUTE: ReadonlySet<string> = new Set(['index', 'materialized-view']);

export const STATUS_RELATIONS: RelationTable = {
  'mz_internal.mz_source_statuses': objectRelation(
    ['source', 'table'],
    { id: 'id', name: 'name' },
    ({ snapshot }, item) => {
      if (isSystem(item) || (item.kind === 'table' && item.sourceId === undefined)) return [];
      return [statusRow(snapshot, item)];
    },
  ),
  'mz_internal.mz_sink_statuses': objectRelation(
    ['sink'],
    { id: 'id', name: 'name' },
    ({ snapshot }, sink) => [statusRow(snapshot, sink)],
  ),
  'mz_internal.mz_source_status_history': historyOf('source'),
  'mz_internal.mz_sink_status_history': historyOf('sink'),
  'mz_internal.mz_cluster_replica_statuses': {
    *rows({ snapshot }) {
      for (const { replicaId, processId, status, reason, occurredAt } of latestReplicaStatuses(snapshot)) {
        yield [replicaId, BigInt(processId), status, reason, timestamptz(occurredAt)];
      }
    },
  },
  'mz_internal.mz_cluster_replica_status_history': {
    *rows({ snapshot }) {
      for (const record of snapshot.small.replicaStatus.values()) {
        const { replicaId, processId, status, reason, occurredAt } = record;
        yield [replicaId, BigInt(processId), status, reason, timestamptz(occurredAt)];
      }
    },
  },
  'mz_internal.mz_hydration_statuses': {
    *rows({ snapshot }) {
      for (const replicaId of snapshot.replicas.keys()) {
        for (const { object, hydrated } of hydrationOf(snapshot, replicaId))
          yield [object.id, replicaId, hydrated];
      }
    },
    indexes: [
      index(['replica_id'], function* ({ snapshot }, replicaId: Id): Iterable<Row> {
        for (const { object, hydrated } of hydrationOf(snapshot, replicaId))
          yield [object.id, replicaId, hydrated];
      }),
    ],
  },
  'mz_internal.mz_compute_hydration_statuses': {
    *rows({ snapshot }) {
      for (const replicaId of snapshot.replicas.keys()) {
        for (const { object, hydrated } of hydrationOf(snapshot, replicaId)) {
          if (COMPUTE.has(object.kind)) yield [object.id, replicaId, hydrated, null];
        }
      }
    },
  },
};
