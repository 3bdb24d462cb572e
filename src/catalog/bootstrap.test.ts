import { describe, expect, it } from 'vitest';
import { applyChanges, emptySnapshot } from './apply.ts';
import { bootstrapChanges } from './bootstrap.ts';
import { openCatalog } from './open.ts';
import { memoryStore } from '../store/memory-store.ts';

describe('a fresh environment', () => {
  const snapshot = applyChanges(emptySnapshot(), bootstrapChanges(0), true);

  it('has the database, schema, clusters and roles that clients expect', () => {
    expect(snapshot.databaseByName.get('materialize')).toBe('u1');
    expect(snapshot.schemaByName.get('u1/public')).toBe('u3');
    expect(snapshot.clusterByName.get('quickstart')).toBe('u1');
    expect(snapshot.replicasOfCluster.get('u1')).toEqual(['u1']);
    expect(snapshot.roleByName.get('materialize')).toBe('u1');
    expect(snapshot.schemaByName.get('/mz_tumbler')).toBe('s9');
  });

  it('starts with 25 audit events of nobody', () => {
    expect(snapshot.auditEvents.size).toBe(25);
    expect(snapshot.auditEvents.every((event) => event.user === null)).toBe(true);
  });

  it('is written once and read back the same', async () => {
    const store = memoryStore();
    const first = await openCatalog(store, 5);
    const second = await openCatalog(store, 6);
    expect(first.fresh).toBe(true);
    expect(second.fresh).toBe(false);
    expect(second.snapshot.small.environment.get('')).toEqual(first.snapshot.small.environment.get(''));
    expect(second.snapshot.auditEvents.toArray()).toEqual(first.snapshot.auditEvents.toArray());
    expect(second.snapshot.items.size).toBe(0);
  });
});
