/**
 * Applies changes to a snapshot: a pure function that keeps every index right. Persistent maps make a commit cost what it
 * changes, not what exists.
 */
import { List } from 'immutable';
import { atOnce, STEPS, type Work } from '../store/slices.ts';
import { keyOf, type Change, type Collection, type Collections } from './changes.ts';
import { indexersFor } from './indexers.ts';
import { withOpenInner } from './persistent.ts';
import { PersistentMap } from './persistent-map.ts';
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
    SMALL.map((name) => [name, PersistentMap.empty()]),
  ) as unknown as Snapshot['small'];
  return {
    version: 0,
    schemaVersion: 0,
    databases: PersistentMap.empty(),
    schemas: PersistentMap.empty(),
    roles: PersistentMap.empty(),
    clusters: PersistentMap.empty(),
    replicas: PersistentMap.empty(),
    items: PersistentMap.empty(),
    small,
    databaseByName: PersistentMap.empty(),
    schemaByName: PersistentMap.empty(),
    roleByName: PersistentMap.empty(),
    clusterByName: PersistentMap.empty(),
    replicasOfCluster: PersistentMap.empty(),
    itemsOfSchema: PersistentMap.empty(),
    typesOfSchema: PersistentMap.empty(),
    itemByOid: PersistentMap.empty(),
    itemsOfKind: PersistentMap.empty(),
    itemCounts: PersistentMap.empty(),
    dependents: PersistentMap.empty(),
    itemsOfCluster: PersistentMap.empty(),
    versionsOfSecret: PersistentMap.empty(),
    stagesOfSecret: PersistentMap.empty(),
    lastSequence: PersistentMap.empty(),
    currentVersion: PersistentMap.empty(),
    pins: PersistentMap.empty(),
    pinsOfSecret: PersistentMap.empty(),
    pinsOfObject: PersistentMap.empty(),
    pinsOfReplica: PersistentMap.empty(),
    auditEvents: List(),
    statusEvents: List(),
    latestStatus: PersistentMap.empty(),
    rowsOfTable: PersistentMap.empty(),
    commentsOfObject: PersistentMap.empty(),
  };
}

/** A snapshot being edited: fields are replaced, the maps in them stay persistent. */
export type Draft = { -readonly [K in keyof Snapshot]: Snapshot[K] };

/**
 * The snapshot after the changes. `bulk` keeps maps open for editing between changes, for many of them; the result is the
 * same.
 */
export function applyChanges(snapshot: Snapshot, changes: Iterable<Change>, bulk = false): Snapshot {
  if (bulk) return edited(snapshot, (draft) => apply(draft, changes));
  const draft = { ...snapshot };
  atOnce(apply(draft, changes));
  return draft;
}

/** From this many changes on, keeping collections open pays. */
const MANY = 100;

/**
 * What {@link applyChanges} does, as work that can pause. Collections that many changes edit stay open between them; one
 * that no change edits is the same as before.
 */
export function* applying(snapshot: Snapshot, changes: readonly Change[]): Work<Snapshot> {
  const draft = { ...snapshot };
  const edit = apply(draft, changes);
  yield* changes.length < MANY ? edit : withOpenInner(edit);
  return draft;
}

/** The snapshot with the records of a collection that has none yet. Its version stays. */
export function fillCollection<C extends Collection>(
  snapshot: Snapshot,
  collection: C,
  records: Iterable<Collections[C]>,
): Snapshot {
  const indexer = indexersFor(collection);
  return edited(snapshot, function* (draft) {
    for (const record of records) indexer.add(draft, keyOf(collection, record), record);
  });
}

/** The snapshot after an edit during which its maps are open. */
function edited(snapshot: Snapshot, edit: (draft: Draft) => Work<void>): Snapshot {
  const draft: Draft = { ...snapshot };
  openMaps(draft);
  atOnce(withOpenInner(edit(draft)));
  closeMaps(draft);
  return draft;
}

function* apply(draft: Draft, changes: Iterable<Change>): Work<void> {
  let schemaMoved = false;
  let steps = 0;
  for (const change of changes) {
    if (++steps % STEPS === 0) yield;
    if (change.kind === 'putBlob' || change.kind === 'deleteBlob') continue;
    schemaMoved ||= SCHEMA_COLLECTIONS.has(change.collection);
    if (change.kind === 'put') putRecord(draft, change.collection, change.record);
    else deleteRecord(draft, change.collection, change.key);
  }
  draft.version += 1;
  if (schemaMoved) draft.schemaVersion += 1;
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
    if (value instanceof PersistentMap || List.isList(value)) {
      fields[name] = value.asMutable();
    }
  }
}

function closeMaps(draft: Draft): void {
  const fields = draft as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof PersistentMap || List.isList(value)) {
      fields[name] = value.asImmutable();
    }
  }
}
