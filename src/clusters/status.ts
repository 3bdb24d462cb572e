/**
 * Rules of source and sink statuses as pure functions (reference: clusters-sources-sinks 1.14, 1.16, section 3): which
 * replica runs what, and which rows a change of the catalog calls for.
 */
import type { Id } from '../catalog/ids.ts';
import type { Item, ObjectStatus, SinkItem, SourceItem, StatusEventRecord } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';

/** A status row before it has an id and a time. */
export type NewStatus = Pick<
  StatusEventRecord,
  'objectKind' | 'objectId' | 'replicaId' | 'status' | 'error' | 'details'
>;

/** A source or sink that replicas run, and everything that has a status row of its own because of it. */
export interface RunningObject {
  readonly item: SourceItem | SinkItem;
  readonly kind: 'source' | 'sink';
  /** The object itself first, then its subsources and the tables made from it. */
  readonly collections: readonly Id[];
}

/** The part of a status history that the rules need: the newest row of each replica, by `replicaId ?? ''`. */
export type LatestByReplica = ReadonlyMap<string, Pick<StatusEventRecord, 'status' | 'error'>>;

/** `details` of a stalled row. */
export function stalledDetails(namespace: string, message: string, hint: string | undefined): unknown {
  return { ...(hint === undefined ? {} : { hints: [hint] }), namespaced: { [namespace]: message } };
}

/** The item as something that replicas run, or undefined. */
export function asRunningObject(snapshot: Snapshot, item: Item | undefined): RunningObject | undefined {
  if (item?.kind === 'sink') return { item, kind: 'sink', collections: [item.id] };
  if (item?.kind !== 'source' || item.clusterId === null) return undefined;
  const { type } = item.detail;
  if (type !== 'postgres' && type !== 'load-generator') return undefined;
  // Which of the two depends on the other follows from the order they were made in.
  const related = new Set([...(snapshot.dependents.get(item.id) ?? []), ...item.dependsOn]);
  const outputs = [...related].filter((id) => {
    const output = snapshot.items.get(id);
    if (output?.kind === 'table') return output.sourceId === item.id;
    return (
      output?.kind === 'source' && output.detail.type === 'subsource' && output.detail.sourceId === item.id
    );
  });
  return { item, kind: 'source', collections: [item.id, ...outputs.sort(byNumber)] };
}

/** Every source and sink that replicas run. */
export function runningObjects(snapshot: Snapshot): readonly RunningObject[] {
  const objects: RunningObject[] = [];
  for (const ids of snapshot.itemsOfCluster.values()) {
    for (const id of ids) {
      const object = asRunningObject(snapshot, snapshot.items.get(id));
      if (object !== undefined) objects.push(object);
    }
  }
  return objects;
}

/**
 * Replicas on which an object runs. PostgreSQL sources and sinks run on the live replica with the lowest id; load
 * generators on every one.
 */
export function runsOn(snapshot: Snapshot, object: RunningObject): readonly Id[] {
  const replicas = snapshot.replicasOfCluster.get(object.item.clusterId ?? '') ?? [];
  const everywhere = object.item.kind === 'source' && object.item.detail.type === 'load-generator';
  return everywhere ? replicas : replicas.slice(0, 1);
}

/**
 * Rows that a change of the catalog calls for, given what is written already. Nothing is written twice: after these are
 * recorded the answer is empty.
 */
export function lifecycleStatuses(
  snapshot: Snapshot,
  written: ReadonlyMap<Id, { readonly objectKind: 'source' | 'sink'; readonly latest: LatestByReplica }>,
): readonly NewStatus[] {
  const rows: NewStatus[] = [];
  const alive = new Set<Id>();
  for (const object of runningObjects(snapshot)) {
    const replicas = runsOn(snapshot, object);
    for (const id of object.collections) {
      alive.add(id);
      rows.push(...collectionStatuses(object.kind, id, replicas, written.get(id)?.latest));
    }
  }
  for (const [id, history] of written) {
    const dropped = [...history.latest.values()].some((row) => row.status === 'dropped');
    if (!alive.has(id) && !dropped) rows.push(plain(history.objectKind, id, null, 'dropped'));
  }
  return rows;
}

function collectionStatuses(
  kind: 'source' | 'sink',
  id: Id,
  replicas: readonly Id[],
  latest: LatestByReplica | undefined,
): readonly NewStatus[] {
  const rows: NewStatus[] = [];
  for (const [replica, row] of latest ?? []) {
    if (replica === '' || replicas.includes(replica) || row.status === 'paused') continue;
    rows.push(paused(kind, id, replica, `The replica running this ${kind} has been dropped`));
  }
  for (const replica of replicas) {
    if (latest?.has(replica) !== true) rows.push(plain(kind, id, replica, 'starting'));
  }
  if (replicas.length === 0 && latest === undefined) {
    rows.push(paused(kind, id, null, `There is currently no replica running this ${kind}`));
  }
  return rows;
}

function plain(
  objectKind: 'source' | 'sink',
  objectId: Id,
  replicaId: Id | null,
  status: ObjectStatus,
): NewStatus {
  return { objectKind, objectId, replicaId, status, error: null, details: null };
}

function paused(objectKind: 'source' | 'sink', objectId: Id, replicaId: Id | null, hint: string): NewStatus {
  return { ...plain(objectKind, objectId, replicaId, 'paused'), details: { hints: [hint] } };
}

/** What a check on a replica found. */
export type Report =
  | { readonly status: 'running' }
  | { readonly status: 'restarting' }
  | {
      readonly status: 'stalled';
      readonly namespace: string;
      readonly message: string;
      readonly hint: string | undefined;
    };

/**
 * Rows for a report, given what is written already; none when it says what the last row says. A stall is the source's
 * own row (the views lend it to the subsources); recovery goes through `starting`.
 */
export function reportStatuses(
  object: RunningObject,
  replicaId: Id,
  report: Report,
  latestOf: (id: Id) => LatestByReplica | undefined,
): readonly NewStatus[] {
  const lastOf = (id: Id): Pick<StatusEventRecord, 'status' | 'error'> | undefined =>
    latestOf(id)?.get(replicaId);
  const own = lastOf(object.item.id);
  if (report.status === 'stalled') {
    const error = `${report.namespace}: ${report.message}`;
    if (own?.status === 'stalled' && own.error === error) return [];
    const details = stalledDetails(report.namespace, report.message, report.hint);
    return [{ ...plain(object.kind, object.item.id, replicaId, 'stalled'), error, details }];
  }
  if (report.status === 'restarting') {
    return own?.status === 'starting' ? [] : [plain(object.kind, object.item.id, replicaId, 'starting')];
  }
  const recovering = own?.status === 'stalled';
  return [
    ...(recovering ? [plain(object.kind, object.item.id, replicaId, 'starting')] : []),
    ...object.collections
      .filter((id) => lastOf(id)?.status !== 'running')
      .map((id) => plain(object.kind, id, replicaId, 'running')),
  ];
}

/** Ascending by the number in an id, so that `u9` comes before `u10`. */
function byNumber(a: Id, b: Id): number {
  return Number(a.slice(1)) - Number(b.slice(1));
}
