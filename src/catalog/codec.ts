/** Changes to store edits, and stored records back to changes. Records are JSON, one stored value each. */
import { keyOf, type Change, type Collection, type Collections } from './changes.ts';
import { emptySnapshot, fillCollection } from './apply.ts';
import type { Snapshot } from './snapshot.ts';
import { asBuffer } from '../store/store-keys.ts';
import { StoreError } from '../store/store-error.ts';
import type { Store, StoreEdit } from '../store/store.ts';

/** Collections in an order in which they can be applied; its names are the names of the store's spaces. */
export const COLLECTIONS: readonly Collection[] = [
  'environment',
  'counter',
  'role',
  'roleMembership',
  'database',
  'schema',
  'defaultPrivilege',
  'systemPrivileges',
  'systemVariable',
  'networkPolicy',
  'cluster',
  'replica',
  'replicaHistory',
  'replicaStatus',
  'item',
  'comment',
  'secretVersion',
  'pin',
  'statusEvent',
  'auditEvent',
  'tableRow',
  'aws',
];

/** What the store must write for a change; nothing for temporary items. */
export function toEdit(change: Change): StoreEdit | null {
  switch (change.kind) {
    case 'put': {
      if (change.collection === 'item' && change.record.temporary !== undefined) return null;
      if (change.collection === 'tableRow' && change.record.temporary === true) return null;
      const { collection, record } = change as { collection: Collection; record: Collections[Collection] };
      return {
        space: collection,
        key: keyOf(collection, record),
        value: Buffer.from(JSON.stringify(record)),
      };
    }
    case 'delete':
      return { space: change.collection, key: change.key, value: null };
    case 'putBlob':
      return { space: change.space, key: change.key, value: change.bytes };
    case 'deleteBlob':
      return { space: change.space, key: change.key, value: null };
  }
}

/** Not the parser's own error: that repeats what it read. */
function readRecord<C extends Collection>(collection: C, key: string, value: Uint8Array): Collections[C] {
  try {
    const record = JSON.parse(asBuffer(value).toString('utf8')) as Collections[C];
    if (keyOf(collection, record) === key) return record;
  } catch {
    // Damaged, as below.
  }
  throw new StoreError(`the store is damaged: record ${collection} '${key}' cannot be read`);
}

async function loadCollection<C extends Collection>(
  store: Store,
  snapshot: Snapshot,
  collection: C,
): Promise<Snapshot> {
  const records: Collections[C][] = [];
  for await (const { key, value } of store.load(collection)) {
    records.push(readRecord(collection, key, value));
  }
  return fillCollection(snapshot, collection, records);
}

/** Reads the whole catalog, one collection after the other. Throws {@link StoreError} on a record that is damaged. */
export async function loadSnapshot(store: Store): Promise<Snapshot> {
  let snapshot = emptySnapshot();
  for (const collection of COLLECTIONS) {
    snapshot = await loadCollection(store, snapshot, collection);
  }
  return { ...snapshot, version: 1, schemaVersion: 1 };
}
