import { describe, expect, it } from 'vitest';
import { emptySnapshot } from '../catalog/apply.ts';
import { put, type Change } from '../catalog/changes.ts';
import { loadSnapshot } from '../catalog/codec.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { memoryStore } from '../store/memory-store.ts';
import { Committer } from './committer.ts';

const variable = (name: string, value: string): Change => put('systemVariable', { name, value });
const valueOf = (snapshot: Snapshot, name: string): string | undefined =>
  snapshot.small.systemVariable.get(name)?.value;

describe('the committer', () => {
  it('builds against the tip, in call order, and publishes only what is durable', async () => {
    const committer = new Committer(memoryStore(), emptySnapshot(), () => 0);
    const increments = Array.from({ length: 100 }, () =>
      committer.commit((tip) => {
        const next = Number(valueOf(tip, 'n') ?? 0) + 1;
        return { changes: [variable('n', String(next))], result: next };
      }),
    );
    expect(valueOf(committer.current(), 'n')).toBeUndefined();
    const results = await Promise.all(increments);
    expect(results.map(({ result }) => result)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(results.map(({ snapshot }) => valueOf(snapshot, 'n'))).toEqual(
      results.map(({ result }) => String(result)),
    );
    expect(valueOf(committer.current(), 'n')).toBe('100');
    expect(committer.current().version).toBe(100);
  });

  it('rejects a build that throws, and nothing else', async () => {
    const committer = new Committer(memoryStore(), emptySnapshot(), () => 0);
    const before = committer.commit(() => ({ changes: [variable('a', '1')], result: 0 }));
    const bad = committer.commit(() => {
      throw new Error('no such thing');
    });
    const after = committer.commit((tip) => ({ changes: [], result: valueOf(tip, 'a') }));
    await expect(bad).rejects.toThrow('no such thing');
    await before;
    expect((await after).result).toBe('1');
  });

  it('answers a commit without edits when what it saw is durable', async () => {
    const committer = new Committer(memoryStore(), emptySnapshot(), () => 0);
    void committer.commit(() => ({ changes: [variable('a', '1')], result: 0 }));
    const { snapshot } = await committer.commit(() => ({ changes: [], result: 0 }));
    expect(valueOf(snapshot, 'a')).toBe('1');
  });

  it('tells listeners of each commit once it is current, whatever they throw', async () => {
    const errors: unknown[] = [];
    const committer = new Committer(
      memoryStore(),
      emptySnapshot(),
      () => 0,
      (error) => errors.push(error),
    );
    const seen: unknown[] = [];
    committer.onCommit(() => {
      throw new TypeError('listener');
    });
    const stop = committer.onCommit((before, after, changes) => {
      seen.push([before.version, after.version, committer.current() === after, changes.length]);
    });
    await Promise.all(
      [1, 2].map((n) => committer.commit(() => ({ changes: [variable('a', `${n}`)], result: n }))),
    );
    stop();
    await committer.commit(() => ({ changes: [variable('a', '3')], result: 3 }));
    expect(seen).toEqual([
      [0, 1, true, 1],
      [1, 2, true, 1],
    ]);
    expect(errors).toHaveLength(3);
  });

  it('takes no more writes once the store has failed, and falls back to what is durable', async () => {
    let broken = false;
    const store = memoryStore(() => (broken ? new Error('disk full') : undefined));
    const committer = new Committer(store, emptySnapshot(), () => 0);
    const write = (value: string): Promise<unknown> =>
      committer.commit(() => ({ changes: [variable('a', value)], result: value }));
    await write('kept');
    broken = true;
    const failed = await Promise.allSettled([
      write('lost'),
      write('lost too'),
      committer.commit(() => ({ changes: [], result: 0 })),
    ]);
    broken = false;
    for (const { status, ...rest } of failed) {
      expect(status).toBe('rejected');
      expect((rest as { reason: unknown }).reason).toMatchObject({
        code: '58030',
        detail: expect.stringContaining('disk full'),
      });
    }
    await expect(write('later')).rejects.toMatchObject({ code: '58030' });
    expect(committer.healthy).toBe(false);
    expect(valueOf(committer.current(), 'a')).toBe('kept');
    expect(valueOf(await loadSnapshot(store), 'a')).toBe('kept');
  });

  it('never gives an id twice, over restarts and failed builds', async () => {
    const store = memoryStore();
    const given = new Set<string>();
    const take = (ids: { next(space: 'item'): string }, n: number): void => {
      for (let i = 0; i < n; i += 1) {
        const id = ids.next('item');
        expect(given.has(id)).toBe(false);
        given.add(id);
      }
    };
    for (let restart = 0; restart < 4; restart += 1) {
      const committer = new Committer(store, await loadSnapshot(store), () => 0);
      const bad = committer.commit((_tip, ids) => {
        take(ids, 3);
        throw new Error('no');
      });
      await expect(bad).rejects.toThrow('no');
      for (const n of [1, 600, 2]) {
        await committer.commit((_tip, ids) => {
          take(ids, n);
          return { changes: [variable('x', 'y')], result: 0 };
        });
      }
    }
    expect(given.has('u1')).toBe(true);
    expect(given.has('u606')).toBe(true);
    expect(given.size).toBe(4 * 606);
  });
});
