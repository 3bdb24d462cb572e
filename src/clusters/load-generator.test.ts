import { describe, expect, it } from 'vitest';
import { generatorRows, generatorTables, type GeneratorMoment } from './load-generator.ts';
import { replicaSize, replicaSizes } from './sizes.ts';

const rows = (moment: Partial<GeneratorMoment>): bigint[] =>
  [...generatorRows('COUNTER', null, { createdAt: 0, now: 0, ...moment })].map(([value]) => value as bigint);

describe('load generators', () => {
  it('COUNTER counts its ticks, within AS OF and UP TO as the reference says', () => {
    expect(rows({})).toEqual([1n]);
    expect(rows({ now: 2500 })).toEqual([1n, 2n, 3n]);
    expect(rows({ now: 2500, tickMs: 500 })).toHaveLength(6);
    expect(rows({ asOf: 4, upTo: 5, now: 60_000 })).toEqual([1n, 2n, 3n, 4n, 5n]);
    expect(rows({ asOf: 5, upTo: 5, now: 60_000 })).toEqual([]);
    expect(rows({ now: 9000, maxCardinality: 3 })).toEqual([8n, 9n, 10n]);
  });

  it('AUCTION has the relations of the reference, and rows that fit together', () => {
    const tables = generatorTables('AUCTION') ?? [];
    expect(tables.map((t) => `${t.name ?? ''}(${t.columns.map((c) => c.name).join(', ')})`)).toEqual([
      'accounts(id, org_id, balance)',
      'auctions(id, seller, item, end_time)',
      'bids(id, buyer, auction_id, amount, bid_time)',
      'organizations(id, name)',
      'users(id, org_id, name)',
    ]);
    const moment = { createdAt: 1_700_000_000_000, now: 1_700_000_100_000 };
    const ids = (table: string, column = 0): Set<unknown> =>
      new Set([...generatorRows('AUCTION', table, moment)].map((row) => row[column]));
    for (const { name, columns } of tables) {
      const all = [...generatorRows('AUCTION', name, moment)];
      expect(all.length).toBeGreaterThan(0);
      expect(all.every((row) => row.length === columns.length)).toBe(true);
      expect(ids(name ?? '').size).toBe(all.length);
    }
    expect([...ids('bids', 2)].every((id) => ids('auctions').has(id))).toBe(true);
    expect([...ids('bids', 1)].every((id) => ids('users').has(id))).toBe(true);
    expect([...ids('users', 1)].every((id) => ids('organizations').has(id))).toBe(true);
    // Later rows come on top; those that were there stay as they are.
    const before = [...generatorRows('AUCTION', 'bids', moment)];
    const after = [...generatorRows('AUCTION', 'bids', { ...moment, now: moment.now + 5000 })];
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after).toHaveLength(before.length + 5);
  });

  it('does not claim generators it has no rows for', () => {
    expect(generatorTables('TPCH')).toBeNull();
  });
});

describe('replica sizes', () => {
  it('are ordered by scale, then CPU, without doubles', () => {
    const sizes = replicaSizes();
    expect(new Set(sizes.map((s) => s.size)).size).toBe(sizes.length);
    const emulator = sizes.filter((s) => s.size.endsWith('cc') && s.processes === 1).map((s) => s.size);
    expect(emulator).toEqual('25cc 50cc 100cc 200cc 300cc 400cc 600cc 800cc 1200cc 1600cc 3200cc'.split(' '));
  });

  it('have the numbers of the reference', () => {
    expect(replicaSize('100cc')).toMatchObject({
      processes: 1,
      workers: 2,
      cpuNanoCores: 2_000_000_000n,
      memoryBytes: 15525n * 1_048_576n,
      creditsPerHour: 1,
    });
    expect(replicaSize('scale=4,workers=1')).toMatchObject({
      processes: 4,
      workers: 1,
      cpuNanoCores: 18_446_744_073_709_000_000n,
      memoryBytes: 18_446_744_073_709_551_615n,
      creditsPerHour: 4,
    });
    expect(replicaSize('free')).toBeUndefined();
  });
});
