/**
 * Applies changes to a snapshot: a pure function that keeps every index right. Persistent maps make a commit cost what it
 * changes, not what exists.
 */
import { List, Map as PersistentMap } from 'immutable';
import { keyOf, type Change, type Collection, type Collections } from './changes.ts';
import { indexersFor } from './indexers.ts';
import { withOpenInner } from './persistent.ts';
import type { SmallCollection, Snapshot } from './snapshot.ts';

/** Collections whose edits change what names, columns or privileges a plan was made with. */
const SCHEMA_COLLECTIONS: ReadonlySet<Collection> = new Set<Collection>([
  'database',
  'schema',
  'role',
  'roleMembership',
  'cluster',
  'item',
  'systemPrivileges',
  'systemVariable',
]);

const SMALL: readonly SmallCollection[] = [
  'environment',
  'counter',
  'roleMembership',
  'defaultPrivilege',
  'systemPrivileges',
  'systemVariable',
  'networkPolicy',
  'replicaHistory',
  'replicaStatus',
  'comment',
  'aws',
];

/** A catalog with nothing in it, not even system schemas. */
export function emptySnapshot(): Snapshot {
  const small = Object.fromEntries(
    SMALL.map((name) => [name, PersistentMap()]),
  ) as unknown as Snapshot['small'];
  return {
    version: 0,
    schemaVersion: 0,
    databases: PersistentMap(),
    schemas: PersistentMap(),
    roles: PersistentMap(),
    clusters: PersistentMap(),
    replicas: PersistentMap(),
    items: PersistentMap(),
    small,
    databaseByName: PersistentMap(),
    schemaByName: PersistentMap(),
    roleByName: PersistentMap(),
    clusterByName: PersistentMap(),
    replicasOfCluster: PersistentMap(),
    itemsOfSchema: PersistentMap(),
    typesOfSchema: PersistentMap(),
    itemByOid: PersistentMap(),
    itemsOfKind: PersistentMap(),
    itemCounts: PersistentMap(),
    dependents: PersistentMap(),
    itemsOfCluster: PersistentMap(),
    versionsOfSecret: PersistentMap(),
    stagesOfSecret: PersistentMap(),
    lastSequence: PersistentMap(),
    currentVersion: PersistentMap(),
    pins: PersistentMap(),
    pinsOfSecret: PersistentMap(),
    pinsOfObject: PersistentMap(),
    pinsOfReplica: PersistentMap(),
    auditEvents: List(),
    statusEvents: List(),
    latestStatus: PersistentMap(),
    rowsOfTable: PersistentMap(),
    commentsOfObject: PersistentMap(),
  };
}

/** A snapshot being edited: fields are replaced, the maps in them stay persistent. */
export type Draft = { -readonly [K in keyof Snapshot]: Snapshot[K] };

/**
 * The snapshot after the changes. `bulk` keeps maps open for editing between changes, for loading a whole store; the
 * result is the same.
 */
export function applyChanges(snapshot: Snapshot, changes: Iterable<Change>, bulk = false): Snapshot {
  return bulk ? withOpenInner(() => apply(snapshot, changes, true)) : apply(snapshot, changes, false);
}

function apply(snapshot: Snapshot, changes: Iterable<Change>, bulk: boolean): Snapshot {
  const draft: Draft = { ...snapshot, version: snapshot.version + 1 };
  if (bulk) openMaps(draft);
  let schemaMoved = false;
  for (const change of changes) {
    if (change.kind === 'putBlob' || change.kind === 'deleteBlob') continue;
    schemaMoved ||= SCHEMA_COLLECTIONS.has(change.collection);
    if (change.kind === 'put') putRecord(draft, change.collection, change.record);
    else deleteRecord(draft, change.collection, change.key);
  }
  if (schemaMoved) draft.schemaVersion += 1;
  if (bulk) closeMaps(draft);
  return draft;
}

function putRecord<C extends Collection>(draft: Draft, collection: C, record: Collections[C]): void {
  const key = keyOf(collection, record);
  const indexer = indexersFor(collection);
  const before = indexer.get(draft, key);
  if (before !== undefined) indexer.remove(draft, key, before);
  indexer.add(draft, key, record);
}

function deleteRecord(draft: Draft, collection: Collection, key: string): void {
  const indexer = indexersFor(collection);
  const before = indexer.get(draft, key);
  if (before !== undefined) indexer.remove(draft, key, before);
}

function openMaps(draft: Draft): void {
  const fields = draft as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) {
    if (PersistentMap.isMap(value) || List.isList(value)) {
      fields[name] = (value as PersistentMap<string, unknown>).asMutable();
    }
  }
}

function closeMaps(draft: Draft): void {
  const fields = draft as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) {
    if (PersistentMap.isMap(value) || List.isList(value)) {
      fields[name] = (value as PersistentMap<string, unknown>).asImmutable();
    }
  }
}
