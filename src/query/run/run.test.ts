import { describe, expect, it } from 'vitest';
import { queryCanceled } from '../../errors.ts';
import { Interrupt } from '../interrupt.ts';
import type { BoundQuery } from '../plan.ts';
import type { RowNode } from '../plan/nodes.ts';
import type { Row } from '../../types/datum.ts';
import { BOOL, INT4 } from '../../types/registry.ts';
import {
  all,
  big,
  column,
  executionContext,
  int,
  join,
  op,
  outer,
  project,
  relation,
  rowsOf,
  scan,
  series,
  sublink,
  where,
} from '../testing/plans.ts';
import { openQuery } from './open-query.ts';

const bound = (plan: RowNode): BoundQuery => ({
  kind: 'query',
  columns: [],
  parameters: [],
  plan,
  relations: [],
  references: [],
  isConstant: true,
});

const a = relation('a', [[1], [2], [2], [null]]);
const b = relation('b', [[2], [3], [null]]);
const equal = op('=', column(0), column(1));

function joined(type: 'inner' | 'left' | 'full', hashed: boolean): Row[] {
  const plain = join(type, scan(0, a), scan(1, b), equal, [0], [1]);
  const hash = { left: [column(0)], right: [column(1)], types: [INT4] };
  const node = hashed ? { ...plain, on: null, hash } : plain;
  return rowsOf(project(node, 2, [column(0), column(1)]));
}

describe('joins', () => {
  it.each([true, false])('match equal values and never NULL (by hash: %s)', (hashed) => {
    expect(joined('inner', hashed)).toEqual([
      [2, 2],
      [2, 2],
    ]);
    expect(joined('left', hashed)).toEqual([
      [1, null],
      [2, 2],
      [2, 2],
      [null, null],
    ]);
    expect(joined('full', hashed)).toEqual([
      [1, null],
      [2, 2],
      [2, 2],
      [null, null],
      [null, 3],
      [null, null],
    ]);
  });

  it('turn from look-ups to a hash table when the left side is long, without losing or repeating rows', () => {
    const keys = Array.from({ length: 3000 }, (_, i): Row => [i]);
    const inner = relation('inner', keys, [0]);
    const node = join('left', series(0, int(1), int(4000)), scan(1, inner), equal, [0], [1]);
    const rows = fetchAll(project(node, 2, [column(0), column(1)]));
    expect(rows).toHaveLength(4000);
    expect(rows.filter(([, right]) => right === null)).toHaveLength(1001);
    expect(rows.every(([left, right]) => right === null || left === right)).toBe(true);
  });
});

function fetchAll(plan: RowNode): Row[] {
  const cursor = openQuery(bound(plan), executionContext());
  const rows: Row[] = [];
  while (cursor.fetch(1000, rows) !== 'done');
  return rows;
}

describe('time slices', () => {
  const billion = (): RowNode => {
    const pairs = join('inner', series(0, int(1), int(40000)), series(1, int(1), int(40000)), null, [0], [1]);
    const never = op('<', op('+', column(0), column(1)), int(0));
    return project(where(pairs, never), 2, [column(0)]);
  };

  it('give the event loop back within a few milliseconds, whatever is under way', () => {
    const cursor = openQuery(bound(billion()), executionContext());
    cursor.fetch(1, []);
    const slices: number[] = [];
    for (let i = 0; i < 50; i++) {
      const before = performance.now();
      expect(cursor.fetch(100, [])).toBe('yield');
      slices.push(performance.now() - before);
    }
    // The median: a single slice may meet a pause of the garbage collector.
    expect(slices.sort((x, y) => x - y)[25]).toBeLessThan(20);
  });

  it('end with the reason of the interrupt', () => {
    const context = { ...executionContext(), interrupt: new Interrupt() };
    const cursor = openQuery(bound(billion()), context);
    cursor.fetch(100, []);
    context.interrupt.raise(queryCanceled('canceling statement due to statement timeout'));
    expect(() => cursor.fetch(100, [])).toThrow('canceling statement due to statement timeout');
  });

  it('go on inside a correlated subquery where they stopped', () => {
    // For each of 3 rows, a count of 200,000 rows that takes several slices.
    const inner = where(series(0, int(1), int(200_000)), op('=', op('%', column(0), int(100_000)), outer(0)));
    const sub = { plan: project(inner, 1, [column(0)]), args: [column(0)], usesCte: false };
    const exists = sublink('exists', sub, BOOL);
    const plan = project(series(0, int(0), int(2)), 1, [column(0), exists]);
    expect(fetchAll(plan)).toEqual([
      [0, true],
      [1, true],
      [2, true],
    ]);
  });
});

describe('memory', () => {
  it('is bounded: 53200 with the limit in the message', () => {
    const sort: RowNode = {
      kind: 'sort',
      input: project(series(0, int(1), int(1_000_000)), 1, [column(0)]),
      order: [{ column: 0, type: INT4, descending: true, nullsFirst: false }],
      limit: null,
    };
    const small = executionContext(1 << 20);
    expect(() => rowsOf(sort, small)).toThrow(
      expect.objectContaining({ code: '53200', message: 'result exceeds max size of 1.0 MiB' }),
    );
  });

  it('is not asked for by ORDER BY with a small LIMIT', () => {
    const sort: RowNode = {
      kind: 'sort',
      input: project(series(0, int(1), int(300_000)), 1, [column(0)]),
      order: [{ column: 0, type: INT4, descending: true, nullsFirst: false }],
      limit: null,
    };
    const limit: RowNode = { kind: 'limit', input: sort, count: big(3n), offset: big(1n), ties: null };
    const cursor = openQuery(bound(limit), executionContext(1 << 20));
    const rows: Row[] = [];
    while (cursor.fetch(10, rows) !== 'done');
    expect(rows).toEqual([[299_999], [299_998], [299_997]]);
  });
});

describe('LIMIT', () => {
  const numbers = project(series(0, int(1), int(10)), 1, [op('/', column(0), int(4))]);
  const order = [{ column: 0, type: INT4, descending: false, nullsFirst: false }];
  it('WITH TIES goes on while rows equal the last one', () => {
    const limit: RowNode = { kind: 'limit', input: numbers, count: big(1n), offset: null, ties: order };
    expect(rowsOf(limit)).toEqual([[0], [0], [0]]);
  });
  it('refuses negative numbers and takes NULL for none', () => {
    const limit = (count: bigint | null): RowNode => ({
      kind: 'limit',
      input: numbers,
      count: big(count),
      offset: null,
      ties: null,
    });
    expect(rowsOf(limit(null))).toHaveLength(10);
    expect(rowsOf(limit(0n))).toEqual([]);
    expect(() => rowsOf(limit(-1n))).toThrow('LIMIT must not be negative');
  });
});

describe('set operations', () => {
  const left = project(scan(0, relation('l', [[1], [1], [2], [null], [null]])), 1, [column(0)]);
  const right = project(scan(0, relation('r', [[1], [3], [null]])), 1, [column(0)]);
  it.each([
    ['union', true, [[1], [1], [2], [null], [null], [1], [3], [null]]],
    ['union', false, [[1], [2], [null], [3]]],
    ['intersect', true, [[1], [null]]],
    ['intersect', false, [[1], [null]]],
    ['except', true, [[1], [2], [null]]],
    ['except', false, [[2]]],
  ] as const)('%s (all: %s) counts NULLs as equal', (kind, isAll, expected) => {
    expect(rowsOf({ kind: 'setOperation', op: kind, all: isAll, left, right, types: [INT4] })).toEqual(
      expected,
    );
  });
});

describe('WITH RECURSIVE', () => {
  const step = (distinct: boolean, next: RowNode): RowNode => ({
    kind: 'with',
    ctes: [
      {
        id: 1,
        name: 't',
        query: { kind: 'values', width: 1, rows: [[int(1)]] },
        materialized: false,
        recursive: { step: next, workId: 2, distinct, types: [INT4] },
      },
    ],
    body: project({ kind: 'cte', slot: 0, cte: 1, filter: null, alias: 't' }, 1, [column(0)]),
  });
  const work = { kind: 'cte', slot: 0, cte: 2, filter: null, alias: 't' } as const;

  it('goes on from the rows of the step before until there are none', () => {
    const next = project(where(work, op('<', column(0), int(5))), 1, [op('+', column(0), int(1))]);
    expect(rowsOf(step(false, next))).toEqual([[1], [2], [3], [4], [5]]);
  });
  it('with UNION ends when nothing new comes', () => {
    const next = project(work, 1, [op('%', op('+', column(0), int(1)), int(4))]);
    expect(rowsOf(step(true, next))).toEqual([[1], [2], [3], [0]]);
  });
  it('without an end gives its rows as they are asked for', () => {
    const next = project(work, 1, [op('+', column(0), int(1))]);
    const limit: RowNode = {
      kind: 'limit',
      input: step(false, next),
      count: big(3n),
      offset: null,
      ties: null,
    };
    expect(rowsOf(limit)).toEqual([[1], [2], [3]]);
  });
});

describe('the optimiser', () => {
  it('keeps the rows of joins and filters while it moves conditions', () => {
    const x = relation(
      'x',
      Array.from({ length: 60 }, (_, i): Row => [i % 7, i]),
      [0],
    );
    const y = relation(
      'y',
      Array.from({ length: 40 }, (_, i): Row => [i % 5, i % 3]),
      [0, 1],
    );
    const z = relation(
      'z',
      Array.from({ length: 20 }, (_, i): Row => [i, i % 4]),
    );
    const xy = join('inner', scan(0, x), scan(1, y), op('=', column(0, 0), column(1, 0)), [0], [1]);
    const xyz = join('left', xy, scan(2, z), op('=', column(1, 1), column(2, 1)), [0, 1], [2]);
    const condition = all(op('=', column(0, 0), int(3)), op('<', column(1, 1), int(2)));
    const targets = [column(0, 1), column(1, 1), column(2, 0)];
    const plan = project(where(xyz, condition), 3, targets);
    const inOrder = (rows: readonly Row[]): string[] => rows.map(String).sort();
    const plain = rowsOf(plan);
    expect(plain.length).toBeGreaterThan(100);
    expect(inOrder(fetchAll(plan))).toEqual(inOrder(plain));
  });

  it('makes a LEFT join whose missing side is refused by WHERE an inner one', () => {
    const node = join('left', scan(0, a), scan(1, b), equal, [0], [1]);
    expect(fetchAll(project(where(node, op('>', column(1), int(0))), 2, [column(0)]))).toEqual([[2], [2]]);
  });

  it('dissolves subqueries on the side that an outer join fills in', () => {
    const sub = {
      kind: 'subquery',
      slot: 1,
      query: project(scan(0, b), 1, [column(0), int(7)]),
      args: [],
      filter: null,
      alias: 's',
    } as const;
    const node = join('left', scan(0, a), sub, equal, [0], [1]);
    expect(fetchAll(project(node, 2, [column(0), column(1, 1)]))).toEqual([
      [1, null],
      [2, 7],
      [2, 7],
      [null, null],
    ]);
  });
});
