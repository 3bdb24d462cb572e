import { beforeAll, describe, expect, it } from 'vitest';
import { SqlError } from '../errors.ts';
import type { Delete, Insert, Update } from '../sql/nodes.ts';
import { loadParser, parseStatement } from '../sql/parser.ts';
import type { Row } from '../types/datum.ts';
import { bindDelete, bindInsert, bindUpdate } from './bind-write.ts';
import { Interrupt } from './interrupt.ts';
import type { BoundWrite } from './plan.ts';
import { openWrite, type WriteResult } from './run/open-write.ts';
import type { SessionContext } from './session-context.ts';
import { sessionFor, snapshotWith, table, tableRow } from './testing/session.ts';

let session: SessionContext;

beforeAll(async () => {
  await loadParser();
  const items = [
    table(1, 't', ['a integer not null', "b text default 'x' || 'y'", 'c numeric(5,1)']),
    table(2, 'u', ['a bigint']),
  ];
  session = sessionFor(
    snapshotWith(items, [
      tableRow('u1', 1, ['1', 'one', null]),
      tableRow('u1', 2, ['2', null, '2.5']),
      tableRow('u2', 1, ['2']),
    ]),
  );
});

function bindWrite(sql: string, parameterTypes: readonly number[] = []): BoundWrite {
  const node = parseStatement(sql);
  if (node.kind === 'insert') return bindInsert(node satisfies Insert, session, { parameterTypes });
  if (node.kind === 'update') return bindUpdate(node satisfies Update, session, { parameterTypes });
  return bindDelete(node as Delete, session, { parameterTypes });
}

function write(sql: string): WriteResult {
  const run = openWrite(bindWrite(sql), {
    session,
    parameters: [],
    interrupt: new Interrupt(),
    memoryLimit: 1 << 24,
  });
  while (run.step() !== 'done');
  return run.result;
}

const texts = (rows: readonly Row[]) =>
  rows.map((row) => row.map((value) => (value === null ? null : String(value))));

function failure(sql: string): { code: string; message: string } {
  try {
    write(sql);
  } catch (error) {
    if (error instanceof SqlError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error(`${sql} did not fail`);
}

describe('INSERT', () => {
  it('fills in defaults and casts by assignment', () => {
    expect(texts(write("insert into t values (1.6, default, '2.25'), (3, 'z', null)").inserts)).toEqual([
      ['2', 'xy', '2.3'],
      ['3', 'z', null],
    ]);
    expect(texts(write('insert into t (c, a) values (1, 2)').inserts)).toEqual([['2', 'xy', '1.0']]);
    expect(texts(write('insert into u default values').inserts)).toEqual([[null]]);
    expect(texts(write('insert into t values (7)').inserts)).toEqual([['7', 'xy', null]]);
  });

  it('takes rows of queries', () => {
    expect(texts(write("insert into t (a, b) select a, 'lit' from u").inserts)).toEqual([['2', 'lit', null]]);
    expect(texts(write('with z as (select 5 as q) insert into u select q from z').inserts)).toEqual([['5']]);
    expect(texts(write('insert into t (a) values (1), (2) order by 1 desc limit 1').inserts)).toEqual([
      ['2', 'xy', null],
    ]);
  });

  it('gives parameters the types of their columns', () => {
    const names = (sql: string) => bindWrite(sql).parameters.map(({ type }) => type.name);
    expect(names('insert into t values ($1, $2, $3)')).toEqual(['int4', 'text', 'numeric']);
    expect(names('insert into t (b) select $1')).toEqual(['text']);
    expect(names('update t set c = $1 where a = $2')).toEqual(['numeric', 'int4']);
  });

  it('answers RETURNING from the written row', () => {
    expect(texts(write('insert into t (a) values (1) returning a + 1 as next, t.*').returned)).toEqual([
      ['2', '1', 'xy', null],
    ]);
    const bound = bindWrite('insert into t (a) values (1) returning a + 1 as next, b');
    expect(bound.returning?.columns.map((column) => column.name)).toEqual(['next', 'b']);
  });

  it.each([
    ['insert into t values (1, 2, 3, 4)', 'XX000', 'INSERT has more expressions than target columns'],
    ['insert into t (a, b) values (1)', 'XX000', 'INSERT has more target columns than expressions'],
    ['insert into t (a, a) values (1, 2)', 'XX000', 'column "a" specified more than once'],
    ['insert into t (z) values (1)', 'XX000', 'column "z" of relation "t" does not exist'],
    [
      'insert into t values (true)',
      'XX000',
      'column "a" is of type integer but expression is of type boolean',
    ],
    ['insert into t values (null)', '23502', 'null value in column "a" violates not-null constraint'],
    ["insert into t values (1, 'x', 99999)", 'XX000', 'numeric field overflow'],
    ['insert into pg_class values (1)', 'XX000', "cannot insert into view 'pg_catalog.pg_class'"],
    ['insert into mz_tables values (1)', 'XX000', "cannot insert into system table 'mz_catalog.mz_tables'"],
    ['update mz_tables set id = 1', 'XX000', "cannot mutate system table 'mz_catalog.mz_tables'"],
    ['insert into nope values (1)', 'XX000', "unknown catalog item 'nope'"],
    [
      'insert into t values (1) on conflict (a) do nothing',
      '42P10',
      'there is no unique or exclusion constraint matching the ON CONFLICT specification',
    ],
  ])('%s', (sql, code, message) => {
    const found = failure(sql);
    expect(found.code).toBe(code);
    expect(found.message).toContain(message);
  });
});

describe('UPDATE and DELETE', () => {
  it('answer whole new rows by row id', () => {
    const { updates } = write("update t set b = 'n' || a, c = default where a = 2");
    expect(updates.map(({ rowId, row }) => [rowId, ...texts([row])[0]!])).toEqual([[2, '2', 'n2', null]]);
    expect(
      texts(write('update t as z set (a, b) = (z.a + 1, null) where z.a = 1').updates.map((u) => u.row)),
    ).toEqual([['2', null, null]]);
    expect(
      texts(write("update t set (b, c) = (select 's', max(a) from u)").updates.map((u) => u.row)),
    ).toEqual([
      ['1', 's', '2.0'],
      ['2', 's', '2.0'],
    ]);
  });

  it('find rows to delete, each once', () => {
    expect(write('delete from t').deletes).toEqual([1, 2]);
    expect(write('delete from t using u, u as u2 where t.a = u.a').deletes).toEqual([2]);
    expect(write('delete from t where a in (select a from u)').deletes).toEqual([2]);
  });

  it('list what they read', () => {
    expect(bindWrite('delete from t where a in (select a from u)').relations.map((r) => r.id)).toEqual([
      'u1',
      'u2',
    ]);
    expect(bindWrite('insert into t values (1)').relations).toEqual([]);
  });
});
