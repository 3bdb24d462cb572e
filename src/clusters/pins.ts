/**
 * The pin rule, derived inside every commit: for each replica, each source or sink on its cluster and each secret that
 * object uses through its connections, there is a pin. A missing one is made at the version that is current; one that is
 * no longer justified goes. Nothing else moves pins, so ALTER SECRET and label moves cannot.
 * Source: documentation of ALTER SECRET; the table in the README.
 */
import { del, keyOf, put, type Change } from '../catalog/changes.ts';
import type { Id } from '../catalog/ids.ts';
import type { ConnectionItem, Item, PinRecord } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { connectionsOf, ownPayloads } from '../catalog/staleness.ts';
import { STEPS, type Work } from '../store/slices.ts';

/** A source or sink with a cluster of its own. */
type Runnable = Extract<Item, { kind: 'source' | 'sink' }> & { readonly clusterId: Id };

/** A secret an object uses, and the connection whose option names it. */
export interface UsedSecret {
  readonly connectionId: Id;
  readonly secretId: Id;
}

/**
 * Secrets that an object caches: those of its connections and of the connections they go through. Key pairs of SSH
 * tunnels are not cached: a tunnel that is opened anew reads them as they are.
 */
export function secretsUsedBy(snapshot: Snapshot, object: Item): readonly UsedSecret[] {
  if (object.kind !== 'source' && object.kind !== 'sink') return [];
  const used: UsedSecret[] = [];
  const seen = new Set<Id>();
  const visit = (id: Id): void => {
    const connection = snapshot.items.get(id);
    if (seen.has(id) || connection?.kind !== 'connection') return;
    seen.add(id);
    for (const secretId of secretsOf(connection)) used.push({ connectionId: id, secretId });
    connection.dependsOn.forEach(visit);
  };
  for (const id of connectionsOf(object)) visit(id);
  return used;
}

function secretsOf(connection: ConnectionItem): Iterable<Id> {
  return [...ownPayloads(connection)].filter((id) => id !== connection.id);
}

/** Objects whose pins a commit may have to change. */
function* touchedObjects(
  before: Snapshot,
  after: Snapshot,
  changes: readonly Change[],
): Work<ReadonlySet<Id>> {
  const objects = new Set<Id>();
  const addCluster = (clusterId: Id): void => {
    for (const id of after.itemsOfCluster.get(clusterId) ?? []) objects.add(id);
  };
  const addDependents = (id: Id): void => {
    const pending = [id];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const dependent of after.dependents.get(next) ?? []) {
        if (after.items.get(dependent)?.kind === 'connection') pending.push(dependent);
        else objects.add(dependent);
      }
    }
  };
  let steps = 0;
  for (const change of changes) {
    if (++steps % STEPS === 0) yield;
    if (change.kind !== 'put' && change.kind !== 'delete') continue;
    const key = change.kind === 'put' ? null : change.key;
    if (change.collection === 'replica') {
      const replica =
        key === null ? (change as { record: { clusterId: Id } }).record : before.replicas.get(key);
      if (replica !== undefined) addCluster(replica.clusterId);
    } else if (change.collection === 'item') {
      const id = key ?? (change as { record: Item }).record.id;
      const item = after.items.get(id) ?? before.items.get(id);
      if (item?.kind === 'connection') addDependents(id);
      else if (item?.kind === 'source' || item?.kind === 'sink') objects.add(id);
    }
  }
  return objects;
}

/** Pin edits that a commit brings with it. `after` is the catalog with the commit's own edits applied. */
export function* pinChanges(
  before: Snapshot,
  after: Snapshot,
  changes: readonly Change[],
  now: number,
): Work<Change[]> {
  const result: Change[] = [];
  let steps = 0;
  for (const change of changes) {
    if (++steps % STEPS === 0) yield;
    if (change.kind !== 'delete' || change.collection !== 'replica') continue;
    for (const key of after.pinsOfReplica.get(change.key) ?? []) result.push(del('pin', key));
  }
  for (const id of yield* touchedObjects(before, after, changes)) {
    if (++steps % STEPS === 0) yield;
    result.push(...pinsOfObject(after, id, now));
  }
  return result;
}

function pinsOfObject(after: Snapshot, objectId: Id, now: number): Change[] {
  const wanted = new Map<string, PinRecord>();
  const object = after.items.get(objectId);
  if (object !== undefined && isRunnable(object)) {
    const secrets = secretsUsedBy(after, object);
    for (const replicaId of after.replicasOfCluster.get(object.clusterId) ?? []) {
      for (const used of secrets) addPin(after, wanted, { ...used, object, replicaId, now });
    }
  }
  const changes: Change[] = [];
  for (const key of after.pinsOfObject.get(objectId) ?? []) {
    if (wanted.delete(key)) continue;
    changes.push(del('pin', key));
  }
  for (const pin of wanted.values()) changes.push(put('pin', pin));
  return changes;
}

function addPin(
  after: Snapshot,
  wanted: Map<string, PinRecord>,
  use: UsedSecret & { readonly object: Runnable; readonly replicaId: Id; readonly now: number },
): void {
  const versionId = after.currentVersion.get(use.secretId);
  if (versionId === undefined) return;
  const pin: PinRecord = {
    clusterId: use.object.clusterId,
    replicaId: use.replicaId,
    objectId: use.object.id,
    connectionId: use.connectionId,
    secretId: use.secretId,
    versionId,
    cachedAt: use.now,
  };
  wanted.set(keyOf('pin', pin), pin);
}

function isRunnable(item: Item): item is Runnable {
  return (item.kind === 'source' || item.kind === 'sink') && item.clusterId !== null;
}

/**
 * Reads the secrets of objects anew: what an ALTER CONNECTION that changes their expanded connection does to them.
 * Source: Materialize re-creates such sources and sinks at once.
 */
export function refreshPins(snapshot: Snapshot, objectIds: Iterable<Id>, now: number): Change[] {
  const changes: Change[] = [];
  for (const objectId of objectIds) {
    for (const key of snapshot.pinsOfObject.get(objectId) ?? []) {
      const pin = snapshot.pins.get(key);
      const versionId = pin === undefined ? undefined : snapshot.currentVersion.get(pin.secretId);
      if (pin !== undefined && versionId !== undefined)
        changes.push(put('pin', { ...pin, versionId, cachedAt: now }));
    }
  }
  return changes;
}
