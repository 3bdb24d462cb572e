import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { put, versionKey, type Change } from '../src/catalog/changes.ts';
import { toEdit } from '../src/catalog/codec.ts';
import { openCatalog } from '../src/catalog/open.ts';
import { openLmdbStore } from '../src/store/lmdb-store.ts';
import type { StoreEdit } from '../src/store/store.ts';

const SECRETS = 100_000;

/** A secret with one version, as CREATE SECRET leaves it. */
function secretChanges(n: number): readonly Change[] {
  const id = `u${n}`;
  const versionId = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const privileges = [{ grantee: 'u1', grantor: 'u1', privileges: 'U' }];
  const details = { database: 'materialize', id, item: `secret_${n}`, schema: 'public' };
  return [
    put('item', {
      kind: 'secret',
      id,
      oid: 20_100 + n,
      schemaId: 'u3',
      name: `secret_${n}`,
      ownerId: 'u1',
      privileges,
      dependsOn: [],
      createdAt: n,
    }),
    put('secretVersion', {
      secretId: id,
      versionId,
      stages: ['AWSCURRENT'],
      createdAt: n,
      kmsKeyId: 'alias/aws/secretsmanager',
      sizeBytes: 32,
      valueKind: 'string',
      supersededAt: null,
      sequence: 1,
      valueDigest: 'd'.repeat(64),
    }),
    put('auditEvent', {
      id: 25 + n,
      eventType: 'create',
      objectType: 'secret',
      details,
      user: 'materialize',
      occurredAt: n,
    }),
    { kind: 'putBlob', space: 'sealed', key: versionKey(id, versionId), bytes: Buffer.alloc(140, n) },
  ];
}

it(`opens a store of ${SECRETS} secrets in a few seconds`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tumbler-open-'));
  try {
    const store = await openLmdbStore(folder);
    await openCatalog(store, 0);
    for (let n = 1; n <= SECRETS; n += 1000) {
      const changes = Array.from({ length: 1000 }, (_, i) => secretChanges(n + i)).flat();
      await store.commit(changes.map(toEdit).filter((edit): edit is StoreEdit => edit !== null));
    }
    await store.close();
    const start = performance.now();
    const reopened = await openLmdbStore(folder);
    const { snapshot } = await openCatalog(reopened, 0);
    const took = performance.now() - start;
    await reopened.close();
    console.log(`opened ${SECRETS} secrets in ${Math.round(took)} ms`);
    expect(snapshot.items.size).toBe(SECRETS);
    expect(snapshot.currentVersion.size).toBe(SECRETS);
    expect(snapshot.itemsOfSchema.get('u3')?.get('secret_77777')).toBe('u77777');
    // Wide, for machines that are busy: the usual time is a tenth of it.
    expect(took).toBeLessThan(20_000);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
