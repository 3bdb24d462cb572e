import { describe, expect, it } from 'vitest';
import { emptySnapshot } from '../catalog/apply.ts';
import { put, type Change } from '../catalog/changes.ts';
import { loadSnapshot } from '../catalog/codec.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { SqlError } from '../errors.ts';
import { Interrupt } from '../query/interrupt.ts';
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

/** Rows of a table, as long a list as it takes for the event loop to have turned `turns` times. */
function* rowsFor(turns: number, made: { rows: number; onTurn?: (n: number) => void }): Iterable<Change> {
  let turned = 0;
  const count = (): void => {
    turned += 1;
    made.onTurn?.(turned);
    if (turned < turns) setImmediate(count);
  };
  setImmediate(count);
  while (turned < turns) {
    made.rows += 1;
    yield put('tableRow', { tableId: 'u1', rowId: made.rows, values: ['x'] });
  }
}

const rowsIn = (snapshot: Snapshot): number => snapshot.rowsOfTable.get('u1')?.size ?? 0;

describe('a commit of many changes', () => {
  it('lets others go on, and those that commit stand in line behind it', async () => {
    const store = memoryStore();
    const committer = new Committer(store, emptySnapshot(), () => 0);
    const order: string[] = [];
    committer.onCommit((_before, after, changes) => order.push(`${after.version}: ${changes.length}`));
    const first = committer.commit(() => ({ changes: [variable('n', '0')], result: 0 }));
    const small: Promise<readonly [number, number]>[] = [];
    const made = {
      rows: 0,
      onTurn: (): void => {
        // While it is made, the catalog to read is the one before it.
        expect(rowsIn(committer.current())).toBe(0);
        const next = committer.commit((tip) => {
          const n = Number(valueOf(tip, 'n')) + 1;
          return { changes: [variable('n', String(n))], result: [n, rowsIn(tip)] as const };
        });
        small.push(next.then(({ result }) => result));
      },
    };
    const { snapshot } = await committer.commit(() => ({ changes: rowsFor(5, made), result: 0 }));
    expect(rowsIn(snapshot)).toBe(made.rows);
    await first;
    expect(valueOf(snapshot, 'n')).toBe('0');
    expect(await Promise.all(small)).toEqual([1, 2, 3, 4, 5].map((n) => [n, made.rows]));
    expect(order).toEqual(['1: 1', `2: ${made.rows}`, '3: 1', '4: 1', '5: 1', '6: 1', '7: 1']);
    const loaded = await loadSnapshot(store);
    expect([valueOf(loaded, 'n'), rowsIn(loaded)]).toEqual(['5', made.rows]);
  });

  it('may be behind another one, and then builds on it', async () => {
    const committer = new Committer(memoryStore(), emptySnapshot(), () => 0);
    const seen: number[] = [];
    const large = (): Promise<unknown> =>
      committer.commit((tip) => {
        const made = { rows: rowsIn(tip) };
        seen.push(made.rows);
        return { changes: rowsFor(2, made), result: 0 };
      });
    await Promise.all([large(), large(), large()]);
    expect(seen[0]).toBe(0);
    expect(seen[1]).toBeGreaterThan(0);
    expect(seen[2]).toBeGreaterThan(seen[1]!);
    expect(rowsIn(committer.current())).toBeGreaterThan(seen[2]!);
  });

  it('can be stopped until it is handed to the store, and then nothing has happened', async () => {
    const store = memoryStore();
    const committer = new Committer(store, emptySnapshot(), () => 0);
    const interrupt = new Interrupt();
    const waiting = new Interrupt();
    const made = { rows: 0, onTurn: (n: number): void => void (n === 2 && interrupt.raise()) };
    const stopped = committer.commit((_tip, ids) => {
      ids.next('item');
      return { changes: rowsFor(50, made), result: 0 };
    }, interrupt);
    let built = false;
    const behind = committer.commit(() => {
      built = true;
      return { changes: [variable('never', '1')], result: 0 };
    }, waiting);
    const last = committer.commit((tip) => ({ changes: [variable('a', '1')], result: rowsIn(tip) }));
    waiting.raise(new SqlError('57014', 'canceling statement due to statement timeout'));
    await expect(stopped).rejects.toMatchObject({ code: '57014' });
    await expect(behind).rejects.toMatchObject({
      code: '57014',
      message: expect.stringContaining('timeout'),
    });
    expect(built).toBe(false);
    expect((await last).result).toBe(0);
    expect(committer.current().version).toBe(1);
    const loaded = await loadSnapshot(store);
    expect([rowsIn(loaded), valueOf(loaded, 'a')]).toEqual([0, '1']);
    // The id that it drew is not given again, by a later start either.
    expect(new Committer(store, loaded, () => 0).reserve('item')).not.toBe('u1');
  });

  it('rejects with what its changes throw on the way, and the next goes on', async () => {
    const committer = new Committer(memoryStore(), emptySnapshot(), () => 0);
    function* failing(): Iterable<Change> {
      yield* rowsFor(3, { rows: 0 });
      throw new Error('no such table');
    }
    const failed = committer.commit(() => ({ changes: failing(), result: 0 }));
    const next = committer.commit((tip) => ({ changes: [variable('a', '1')], result: rowsIn(tip) }));
    await expect(failed).rejects.toThrow('no such table');
    expect((await next).result).toBe(0);
    expect(rowsIn(committer.current())).toBe(0);
  });

  it('is given up when the store fails meanwhile', async () => {
    const store = memoryStore(() => new Error('disk full'));
    const committer = new Committer(store, emptySnapshot(), () => 0);
    const lost = committer.commit(() => ({ changes: [variable('a', '1')], result: 0 }));
    const large = committer.commit(() => ({ changes: rowsFor(50, { rows: 0 }), result: 0 }));
    const ends = await Promise.allSettled([lost, large]);
    for (const end of ends) expect(end).toMatchObject({ status: 'rejected', reason: { code: '58030' } });
    expect(committer.current().version).toBe(0);
  });
});
