import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { openLmdbStore } from './lmdb-store.ts';
import { memoryStore } from './memory-store.ts';
import type { Store, StoreEdit } from './store.ts';

const folders: string[] = [];
const stores: Store[] = [];

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const kinds: readonly (readonly [string, () => Promise<Store>])[] = [
  ['memory', async () => memoryStore()],
  [
    'lmdb',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tumbler-store-'));
      folders.push(folder);
      return openLmdbStore(folder);
    },
  ],
];

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const put = (key: string, value: string | Uint8Array, space = 'a'): StoreEdit => ({
  space,
  key,
  value: typeof value === 'string' ? bytes(value) : value,
});
const remove = (key: string, space = 'a'): StoreEdit => ({ space, key, value: null });

async function contents(store: Store, space = 'a'): Promise<readonly (readonly [string, string])[]> {
  const records: { key: string; value: Uint8Array }[] = [];
  for await (const record of store.load(space)) records.push(record);
  return records.map(({ key, value }) => [key, Buffer.from(value).toString()] as const);
}

describe.each(kinds)('the %s store', (_name, open) => {
  const opened = async (): Promise<Store> => {
    const store = await open();
    stores.push(store);
    return store;
  };

  it('gives back each space in key order, and no other', async () => {
    const store = await opened();
    await store.commit([put('b', '2'), put('a', '1'), put('x', 'other', 'ab'), put('', 'empty key')]);
    await store.commit([put('é', '4'), put('z', '3')]);
    const expected = [
      ['', 'empty key'],
      ['a', '1'],
      ['b', '2'],
      ['z', '3'],
      ['é', '4'],
    ];
    expect(await contents(store)).toEqual(expected);
    expect(await contents(store, 'ab')).toEqual([['x', 'other']]);
    expect(await contents(store, 'none')).toEqual([]);
  });

  it('applies edits of one commit, and commits in flight, in order', async () => {
    const store = await opened();
    const commits = [
      store.commit([put('k', '1'), put('k', '2'), put('gone', 'x')]),
      store.commit([remove('gone'), put('k', '3')]),
      store.commit([remove('k'), put('k', '4'), remove('never there')]),
    ];
    await Promise.all(commits);
    expect(await contents(store)).toEqual([['k', '4']]);
  });

  it('acknowledges in the order of the calls', async () => {
    const store = await opened();
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => store.commit([put(String(i), '')]).then(() => order.push(i))),
    );
    expect(order).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('keeps values that are empty, large, and under long keys', async () => {
    const store = await opened();
    const large = Buffer.alloc(5 * 1024 * 1024, 'x');
    const long = 'k'.repeat(5000);
    await store.commit([put('empty', ''), put('large', large), put(long, '1'), put(`${long}+`, '2')]);
    expect(await store.read('a', 'empty')).toHaveLength(0);
    expect(Buffer.from((await store.read('a', 'large'))!).equals(large)).toBe(true);
    expect(Buffer.from((await store.read('a', long))!).toString()).toBe('1');
    const longOnes = new Map((await contents(store)).filter(([key]) => key.length >= 5000));
    expect(longOnes).toEqual(
      new Map([
        [long, '1'],
        [`${long}+`, '2'],
      ]),
    );
    await store.commit([remove(long)]);
    expect(await store.read('a', long)).toBeUndefined();
    expect(await store.read('a', 'nothing')).toBeUndefined();
  });

  it('gives out bytes that later commits leave alone', async () => {
    const store = await opened();
    await store.commit([put('k', 'before')]);
    const kept = (await store.read('a', 'k'))!;
    await store.commit([put('k', 'after!')]);
    for (let i = 0; i < 200; i += 1) await store.commit([put(`n${i}`, 'x'.repeat(100))]);
    expect(Buffer.from(kept).toString()).toBe('before');
  });

  it('reads and writes on when what it loaded is let go of', async () => {
    const store = await opened();
    const value = Buffer.alloc(1024 * 1024, 'v');
    for (let n = 10; n < 30; n += 1) await store.commit([put(String(n), value)]);
    expect(await contents(store)).toHaveLength(20);
    await store.loaded();
    expect(Buffer.from((await store.read('a', '17'))!).equals(value)).toBe(true);
    await store.commit([put('30', 'more'), remove('10')]);
    expect((await contents(store)).map(([key]) => key)).toEqual(
      Array.from({ length: 20 }, (_, i) => String(i + 11)),
    );
  });

  it('holds what a map would hold after the same edits', async () => {
    const edit = fc.record({
      space: fc.constantFrom('a', 'ab', 'b'),
      key: fc.string({ unit: 'grapheme', maxLength: 4 }),
      value: fc.option(fc.string({ maxLength: 8 })),
    });
    const store = await opened();
    const model = new Map<string, Map<string, string>>();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(edit, { maxLength: 6 }), { maxLength: 4 }), async (commits) => {
        const done = commits.map((edits) =>
          store.commit(
            edits.map(({ space, key, value }) =>
              value === null ? remove(key, space) : put(key, value, space),
            ),
          ),
        );
        for (const { space, key, value } of commits.flat()) {
          const of = model.get(space) ?? new Map<string, string>();
          model.set(space, of);
          if (value === null) of.delete(key);
          else of.set(key, value);
        }
        await Promise.all(done);
        for (const space of ['a', 'ab', 'b']) {
          const expected = [...(model.get(space) ?? [])].sort(([x], [y]) =>
            Buffer.compare(Buffer.from(x), Buffer.from(y)),
          );
          expect(await contents(store, space)).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });
});
