import { describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory-store.ts';
import { StoreError } from '../store/store-error.ts';
import { emptySnapshot } from './apply.ts';
import { bootstrapChanges } from './bootstrap.ts';
import { del, put, type Change, type Collection } from './changes.ts';
import { COLLECTIONS, loadSnapshot, toEdit } from './codec.ts';

const secret: Change = put('item', {
  kind: 'secret',
  id: 'u1',
  oid: 20_003,
  schemaId: 'u3',
  name: 'grüße',
  ownerId: 'u1',
  privileges: [{ grantee: 'u1', grantor: 'u1', privileges: 'U' }],
  dependsOn: [],
  createdAt: 1_700_000_000_000,
});
const pin: Change = put('pin', {
  clusterId: 'u2',
  replicaId: 'u3',
  objectId: 'u4',
  connectionId: 'u5',
  secretId: 'u1',
  versionId: 'v',
  cachedAt: 7,
});

/** Space, key and text of what a change writes. */
function written(change: Change): readonly (string | null)[] {
  const edit = toEdit(change);
  return edit === null
    ? []
    : [edit.space, edit.key, edit.value === null ? null : Buffer.from(edit.value).toString()];
}

describe('what lies in the store', () => {
  it('is what servers of format 1 wrote and read: change it only with a new format', () => {
    expect(written(secret)).toEqual([
      'item',
      'u1',
      '{"kind":"secret","id":"u1","oid":20003,"schemaId":"u3","name":"grüße","ownerId":"u1","privileges":[{"grantee":"u1","grantor":"u1","privileges":"U"}],"dependsOn":[],"createdAt":1700000000000}',
    ]);
    expect(written(pin)).toEqual([
      'pin',
      'u3/u4/u5/u1',
      '{"clusterId":"u2","replicaId":"u3","objectId":"u4","connectionId":"u5","secretId":"u1","versionId":"v","cachedAt":7}',
    ]);
    expect(written(put('counter', { space: 'item', next: 513 }))).toEqual([
      'counter',
      'item',
      '{"space":"item","next":513}',
    ]);
    expect(written(put('tableRow', { tableId: 'u8', rowId: 12, values: ['a', null] }))).toEqual([
      'tableRow',
      'u8/0000000000000012',
      '{"tableId":"u8","rowId":12,"values":["a",null]}',
    ]);
    expect(written(del('secretVersion', 'u1/v'))).toEqual(['secretVersion', 'u1/v', null]);
    expect(written({ kind: 'putBlob', space: 'sealed', key: 'u1/v', bytes: Buffer.from('x') })).toEqual([
      'sealed',
      'u1/v',
      'x',
    ]);
    expect(written({ kind: 'deleteBlob', space: 'sealed', key: 'u1/v' })).toEqual(['sealed', 'u1/v', null]);
  });

  it('names every collection once', () => {
    const inSnapshot = Object.keys(emptySnapshot().small) as Collection[];
    expect(new Set(COLLECTIONS).size).toBe(COLLECTIONS.length);
    expect(COLLECTIONS).toEqual(expect.arrayContaining(inSnapshot));
    const used = bootstrapChanges(0).flatMap((change) => (change.kind === 'put' ? [change.collection] : []));
    expect(COLLECTIONS).toEqual(expect.arrayContaining(used));
  });

  it.each([
    ['that is no JSON', 'item', 'u1', '{"passwordHash":"SCRAM'],
    ['of another key', 'database', 'u9', '{"id":"u1"}'],
    ['that is empty', 'role', 'u1', ''],
    ['that is null', 'role', 'u1', 'null'],
  ])('is refused when it has a record %s, without repeating it', async (_what, space, key, text) => {
    const store = memoryStore();
    await store.commit([{ space, key, value: Buffer.from(text) }]);
    const error: unknown = await loadSnapshot(store).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(StoreError);
    expect((error as Error).message).toBe(`the store is damaged: record ${space} '${key}' cannot be read`);
  });
});
