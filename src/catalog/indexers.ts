/**
 * How each collection lives in a snapshot: where its records are, and which indexes follow them. A record is replaced by
 * taking the old one out and putting the new one in, so no index can keep what is gone. Indexes by name give up an entry
 * only while it still points at the record that leaves: two records may swap names in one commit.
 */
import type { Draft } from './apply.ts';
import type { Collection, Collections } from './changes.ts';
import type { Id } from './ids.ts';
import type { Item, StatusEventRecord } from './records.ts';
import { addToSet, removeFromSet, removeIn, setIn } from './persistent.ts';
import type { PersistentMap } from './persistent-map.ts';
import type { SmallCollection } from './snapshot.ts';

export interface Indexer<R> {
  get(draft: Draft, key: string): R | undefined;
  add(draft: Draft, key: string, record: R): void;
  remove(draft: Draft, key: string, record: R): void;
}

/** A collection without indexes. */
function plain<C extends SmallCollection>(name: C): Indexer<Collections[C]> {
  type Records = PersistentMap<string, Collections[C]>;
  const read = (draft: Draft): Records => draft.small[name] as unknown as Records;
  const write = (draft: Draft, records: Records): void => {
    draft.small = { ...draft.small, [name]: records };
  };
  return {
    get: (draft, key) => read(draft).get(key),
    add: (draft, key, record) => write(draft, read(draft).set(key, record)),
    remove: (draft, key) => write(draft, read(draft).remove(key)),
  };
}

/** Drops a name if it still stands for the record. */
function forgetName(map: PersistentMap<string, Id>, name: string, id: Id): PersistentMap<string, Id> {
  return map.get(name) === id ? map.remove(name) : map;
}

function schemaKey(databaseId: Id | null, name: string): string {
  return `${databaseId ?? ''}/${name}`;
}

/** Collections whose records are found by id and by name. */
interface NamedCollections {
  readonly databases: Collections['database'];
  readonly schemas: Collections['schema'];
  readonly roles: Collections['role'];
  readonly clusters: Collections['cluster'];
}

/** A collection of records by id with an index by name. */
function named<K extends keyof NamedCollections>(
  records: K,
  names: 'databaseByName' | 'schemaByName' | 'roleByName' | 'clusterByName',
  nameOf: (record: NamedCollections[K]) => string,
): Indexer<NamedCollections[K]> {
  type Records = PersistentMap<string, NamedCollections[K]>;
  const read = (draft: Draft): Records => draft[records] as unknown as Records;
  const write = (draft: Draft, value: Records): void => {
    Object.assign(draft, { [records]: value });
  };
  return {
    get: (draft, key) => read(draft).get(key),
    add(draft, key, record) {
      write(draft, read(draft).set(key, record));
      draft[names] = draft[names].set(nameOf(record), key);
    },
    remove(draft, key, record) {
      write(draft, read(draft).remove(key));
      draft[names] = forgetName(draft[names], nameOf(record), key);
    },
  };
}

const item: Indexer<Item> = {
  get: (draft, key) => draft.items.get(key),
  add(draft, key, record) {
    draft.items = draft.items.set(key, record);
    const place = record.kind === 'type' ? 'typesOfSchema' : 'itemsOfSchema';
    draft[place] = setIn(draft[place], record.schemaId, record.name, key);
    draft.itemByOid = draft.itemByOid.set(record.oid, key);
    draft.itemsOfKind = addToSet(draft.itemsOfKind, record.kind, key);
    draft.itemCounts = draft.itemCounts.set(record.kind, (draft.itemCounts.get(record.kind) ?? 0) + 1);
    for (const id of record.dependsOn) draft.dependents = addToSet(draft.dependents, id, key);
    const clusterId = clusterOf(record);
    if (clusterId !== null) draft.itemsOfCluster = addToSet(draft.itemsOfCluster, clusterId, key);
  },
  remove(draft, key, record) {
    draft.items = draft.items.remove(key);
    const place = record.kind === 'type' ? 'typesOfSchema' : 'itemsOfSchema';
    draft[place] = removeIn(draft[place], record.schemaId, record.name, (id) => id === key);
    if (draft.itemByOid.get(record.oid) === key) draft.itemByOid = draft.itemByOid.remove(record.oid);
    draft.itemsOfKind = removeFromSet(draft.itemsOfKind, record.kind, key);
    const left = (draft.itemCounts.get(record.kind) ?? 1) - 1;
    draft.itemCounts =
      left === 0 ? draft.itemCounts.remove(record.kind) : draft.itemCounts.set(record.kind, left);
    for (const id of record.dependsOn) draft.dependents = removeFromSet(draft.dependents, id, key);
    const clusterId = clusterOf(record);
    if (clusterId !== null) draft.itemsOfCluster = removeFromSet(draft.itemsOfCluster, clusterId, key);
  },
};

/** Cluster an item is placed on, or null. */
export function clusterOf(record: Item): Id | null {
  return 'clusterId' in record ? record.clusterId : null;
}

const replica: Indexer<Collections['replica']> = {
  get: (draft, key) => draft.replicas.get(key),
  add(draft, key, record) {
    draft.replicas = draft.replicas.set(key, record);
    const siblings = draft.replicasOfCluster.get(record.clusterId) ?? [];
    const sorted = [...siblings, key].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
    draft.replicasOfCluster = draft.replicasOfCluster.set(record.clusterId, sorted);
  },
  remove(draft, key, record) {
    draft.replicas = draft.replicas.remove(key);
    const rest = (draft.replicasOfCluster.get(record.clusterId) ?? []).filter((id) => id !== key);
    draft.replicasOfCluster =
      rest.length === 0
        ? draft.replicasOfCluster.remove(record.clusterId)
        : draft.replicasOfCluster.set(record.clusterId, rest);
  },
};

const secretVersion: Indexer<Collections['secretVersion']> = {
  get: (draft, key) => {
    const at = key.indexOf('/');
    return draft.versionsOfSecret.get(key.slice(0, at))?.get(key.slice(at + 1));
  },
  add(draft, _key, record) {
    draft.versionsOfSecret = setIn(draft.versionsOfSecret, record.secretId, record.versionId, record);
    for (const stage of record.stages) {
      draft.stagesOfSecret = setIn(draft.stagesOfSecret, record.secretId, stage, record.versionId);
    }
    if (record.stages.includes('AWSCURRENT')) {
      draft.currentVersion = draft.currentVersion.set(record.secretId, record.versionId);
    }
    if (record.sequence > (draft.lastSequence.get(record.secretId) ?? 0)) {
      draft.lastSequence = draft.lastSequence.set(record.secretId, record.sequence);
    }
  },
  remove(draft, _key, record) {
    const { secretId, versionId } = record;
    draft.versionsOfSecret = removeIn(draft.versionsOfSecret, secretId, versionId);
    for (const stage of record.stages) {
      draft.stagesOfSecret = removeIn(draft.stagesOfSecret, secretId, stage, (id) => id === versionId);
    }
    draft.currentVersion = forgetName(draft.currentVersion, secretId, versionId);
    if (draft.lastSequence.get(secretId) === record.sequence) forgetLastSequence(draft, secretId);
  },
};

/** The newest version left or is being replaced: looks for the next, which only that can make necessary. */
function forgetLastSequence(draft: Draft, secretId: Id): void {
  let last = 0;
  for (const { sequence } of draft.versionsOfSecret.get(secretId)?.values() ?? []) {
    last = Math.max(last, sequence);
  }
  draft.lastSequence =
    last === 0 ? draft.lastSequence.remove(secretId) : draft.lastSequence.set(secretId, last);
}

const pin: Indexer<Collections['pin']> = {
  get: (draft, key) => draft.pins.get(key),
  add(draft, key, record) {
    draft.pins = draft.pins.set(key, record);
    draft.pinsOfSecret = addToSet(draft.pinsOfSecret, record.secretId, key);
    draft.pinsOfObject = addToSet(draft.pinsOfObject, record.objectId, key);
    draft.pinsOfReplica = addToSet(draft.pinsOfReplica, record.replicaId, key);
  },
  remove(draft, key, record) {
    draft.pins = draft.pins.remove(key);
    draft.pinsOfSecret = removeFromSet(draft.pinsOfSecret, record.secretId, key);
    draft.pinsOfObject = removeFromSet(draft.pinsOfObject, record.objectId, key);
    draft.pinsOfReplica = removeFromSet(draft.pinsOfReplica, record.replicaId, key);
  },
};

/** Position of a history record by its number; histories only grow at the end and lose their oldest. */
function positionOf(
  list: { readonly size: number; get(i: number): { readonly id: number } | undefined },
  id: number,
): number {
  let low = 0;
  let high = list.size - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = list.get(middle)!.id;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

const auditEvent: Indexer<Collections['auditEvent']> = {
  get: (draft, key) => draft.auditEvents.get(positionOf(draft.auditEvents, Number(key)) >>> 0),
  add(draft, _key, record) {
    draft.auditEvents = draft.auditEvents.push(record);
  },
  remove(draft, key) {
    const at = positionOf(draft.auditEvents, Number(key));
    if (at >= 0) draft.auditEvents = draft.auditEvents.remove(at);
  },
};

/** Key of the newest event of an object on a replica. */
export function statusKey(event: Pick<StatusEventRecord, 'objectId' | 'replicaId'>): string {
  return `${event.objectId}/${event.replicaId ?? ''}`;
}

const statusEvent: Indexer<StatusEventRecord> = {
  get: (draft, key) => draft.statusEvents.get(positionOf(draft.statusEvents, Number(key)) >>> 0),
  add(draft, _key, record) {
    draft.statusEvents = draft.statusEvents.push(record);
    const latest = draft.latestStatus.get(statusKey(record));
    if (latest === undefined || latest.id < record.id) {
      draft.latestStatus = draft.latestStatus.set(statusKey(record), record);
    }
  },
  remove(draft, key, record) {
    const at = positionOf(draft.statusEvents, Number(key));
    if (at >= 0) draft.statusEvents = draft.statusEvents.remove(at);
    if (draft.latestStatus.get(statusKey(record))?.id === record.id) {
      draft.latestStatus = draft.latestStatus.remove(statusKey(record));
    }
  },
};

const smallComment = plain('comment');

const comment: Indexer<Collections['comment']> = {
  get: smallComment.get,
  add(draft, key, record) {
    smallComment.add(draft, key, record);
    const of = `${record.objectKind}/${record.objectId}`;
    const all = [...(draft.commentsOfObject.get(of) ?? []), record];
    all.sort((a, b) => (a.columnPosition ?? 0) - (b.columnPosition ?? 0));
    draft.commentsOfObject = draft.commentsOfObject.set(of, all);
  },
  remove(draft, key, record) {
    smallComment.remove(draft, key, record);
    const of = `${record.objectKind}/${record.objectId}`;
    const rest = (draft.commentsOfObject.get(of) ?? []).filter(
      (c) => c.columnPosition !== record.columnPosition,
    );
    draft.commentsOfObject =
      rest.length === 0 ? draft.commentsOfObject.remove(of) : draft.commentsOfObject.set(of, rest);
  },
};

const INDEXERS: { readonly [C in Collection]: Indexer<Collections[C]> } = {
  environment: plain('environment'),
  counter: plain('counter'),
  roleMembership: plain('roleMembership'),
  defaultPrivilege: plain('defaultPrivilege'),
  systemPrivileges: plain('systemPrivileges'),
  systemVariable: plain('systemVariable'),
  networkPolicy: plain('networkPolicy'),
  replicaHistory: plain('replicaHistory'),
  replicaStatus: plain('replicaStatus'),
  aws: plain('aws'),
  comment,
  database: named('databases', 'databaseByName', (record) => record.name),
  schema: named('schemas', 'schemaByName', (record) => schemaKey(record.databaseId, record.name)),
  role: named('roles', 'roleByName', (record) => record.name),
  cluster: named('clusters', 'clusterByName', (record) => record.name),
  replica,
  item,
  secretVersion,
  pin,
  auditEvent,
  statusEvent,
  tableRow: {
    get: (draft, key) => {
      const at = key.indexOf('/');
      return draft.rowsOfTable.get(key.slice(0, at))?.get(Number(key.slice(at + 1)));
    },
    add(draft, _key, record) {
      draft.rowsOfTable = setIn(draft.rowsOfTable, record.tableId, record.rowId, record);
    },
    remove(draft, _key, record) {
      draft.rowsOfTable = removeIn(draft.rowsOfTable, record.tableId, record.rowId);
    },
  },
};

/** The indexer of a collection. */
export function indexersFor<C extends Collection>(collection: C): Indexer<Collections[C]> {
  return INDEXERS[collection];
}
