import { applyChanges, emptySnapshot } from './apply.ts';
import { bootstrapChanges } from './bootstrap.ts';
import { loadSnapshot, toEdit } from './codec.ts';
import type { Store, StoreEdit } from '../store/store.ts';
import type { Snapshot } from './snapshot.ts';

/** Reads the catalog of a store; an empty store gets the catalog of a fresh environment first. */
export async function openCatalog(
  store: Store,
  now: number,
): Promise<{ snapshot: Snapshot; fresh: boolean }> {
  const snapshot = await loadSnapshot(store);
  if (snapshot.small.environment.has('')) return { snapshot, fresh: false };
  const changes = bootstrapChanges(now);
  const edits = changes.map(toEdit).filter((edit): edit is StoreEdit => edit !== null);
  await store.commit(edits);
  return { snapshot: applyChanges(emptySnapshot(), changes, true), fresh: true };
}
