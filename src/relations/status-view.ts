/**
 * Current status of sources and sinks, from the newest event of each (object, replica) pair
 * (reference: clusters 3.2 and 3.3). Pure over a snapshot.
 */
import type { Id } from '../catalog/ids.ts';
import type { SinkItem, SourceItem, StatusEventRecord, TableItem } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';

/** What has a status: sources, sinks, and tables made FROM SOURCE. */
export type StatusItem = SourceItem | SinkItem | TableItem;

export interface CurrentStatus {
  readonly status: StatusEventRecord['status'] | 'created';
  /** Milliseconds since the Unix epoch; null when nothing was ever reported. */
  readonly changedAt: number | null;
  readonly error: string | null;
  readonly details: unknown;
}

/** Which of several replicas' reports counts: one that runs hides errors elsewhere. */
const PRECEDENCE: Readonly<Record<StatusEventRecord['status'], number>> = {
  dropped: 1,
  running: 2,
  stalled: 3,
  starting: 4,
  paused: 5,
  ceased: 6,
};

/** The event that speaks for the object, of two. */
function prefer(a: StatusEventRecord | undefined, b: StatusEventRecord): StatusEventRecord {
  if (a === undefined) return b;
  const order = PRECEDENCE[a.status] - PRECEDENCE[b.status];
  if (order !== 0) return order < 0 ? a : b;
  return a.id > b.id ? a : b;
}

/**
 * The speaking event of one object. Reports of live replicas are found by key; those of dropped ones, which are `paused`
 * at best, only matter when nothing better is there, and take a walk.
 */
export function speakingEvent(
  snapshot: Snapshot,
  id: Id,
  clusterId: Id | null,
): StatusEventRecord | undefined {
  let best: StatusEventRecord | undefined;
  const replicas = clusterId === null ? [] : (snapshot.replicasOfCluster.get(clusterId) ?? []);
  for (const replicaId of ['', ...replicas]) {
    const event = snapshot.latestStatus.get(`${id}/${replicaId}`);
    if (event !== undefined) best = prefer(best, event);
  }
  if (best !== undefined && PRECEDENCE[best.status] < PRECEDENCE.paused && best.status !== 'starting')
    return best;
  for (const event of snapshot.latestStatus.values()) {
    if (event.objectId === id) best = prefer(best, event);
  }
  return best;
}

/** Cluster on which an item runs, through the source that feeds it. */
function runsOn(snapshot: Snapshot, item: StatusItem): Id | null {
  const parent = parentOf(snapshot, item);
  if (parent !== undefined) return parent.clusterId;
  return item.kind === 'table' ? null : item.clusterId;
}

/** The source that feeds a subsource or a table made FROM SOURCE. */
export function parentOf(snapshot: Snapshot, item: StatusItem): SourceItem | undefined {
  const id =
    item.kind === 'table'
      ? item.sourceId
      : item.kind === 'source' && item.detail.type === 'subsource'
        ? item.detail.sourceId
        : undefined;
  const parent = id === undefined ? undefined : snapshot.items.get(id);
  return parent?.kind === 'source' ? parent : undefined;
}

const CREATED: CurrentStatus = { status: 'created', changedAt: null, error: null, details: null };
const ALWAYS_RUNNING: CurrentStatus = { status: 'running', changedAt: null, error: null, details: null };

function ofEvent(event: StatusEventRecord | undefined): CurrentStatus {
  if (event === undefined) return CREATED;
  return {
    status: event.status,
    changedAt: event.occurredAt,
    error: event.error,
    details: event.details ?? null,
  };
}

/** The status that mz_source_statuses and mz_sink_statuses show for an item. */
export function currentStatus(snapshot: Snapshot, item: StatusItem): CurrentStatus {
  if (item.kind === 'source' && item.detail.type === 'progress') return ALWAYS_RUNNING;
  const own = ofEvent(speakingEvent(snapshot, item.id, runsOn(snapshot, item)));
  const parent = parentOf(snapshot, item);
  if (parent === undefined || own.status === 'ceased') return own;
  const feeding = currentStatus(snapshot, parent);
  return feeding.status === 'stalled' ? feeding : own;
}

/** Whether an object has caught up on one replica: it reported there, last of all, that it runs. */
export function runsOnReplica(snapshot: Snapshot, objectId: Id, replicaId: Id): boolean {
  return snapshot.latestStatus.get(`${objectId}/${replicaId}`)?.status === 'running';
}
