/** What writes may read, and what privileges that takes. Source of texts: reference of transactions and of privileges. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine, type TestSession } from './support/engine.ts';

let engine: TestEngine;
let admin: TestSession;
let joe: TestSession;

beforeEach(async () => {
  engine = await startEngine();
  admin = await engine.session('materialize');
  joe = await engine.session('joe');
  await admin.all(
    'CREATE TABLE t (i int, s text)',
    'CREATE TABLE other (i int, n text)',
    `INSERT INTO t VALUES (1, 'a'), (2, 'b')`,
    `INSERT INTO other VALUES (1, 'one'), (2, 'two')`,
  );
});
afterEach(() => engine.close());

describe('a write reads', () => {
  beforeEach(async () => {
    await admin.all(
      'CREATE SOURCE counted FROM LOAD GENERATOR COUNTER',
      'CREATE VIEW over_source AS SELECT counter FROM counted',
      'CREATE VIEW over_table AS SELECT i, n FROM other',
    );
  });

  it.each([
    ['INSERT INTO t SELECT counter::int FROM counted', 'source', 'materialize.public.counted'],
    ['INSERT INTO t SELECT counter::int FROM over_source', 'source', 'materialize.public.counted'],
    ['UPDATE t SET i = 1 WHERE i IN (SELECT counter FROM counted)', 'source', 'materialize.public.counted'],
    ['UPDATE t SET s = d.name FROM mz_databases d', 'table', 'mz_catalog.mz_databases'],
    ['DELETE FROM t USING mz_tables m WHERE m.name = t.s', 'table', 'mz_catalog.mz_tables'],
  ])('no source and no system relation: %s', async (sql, kind, name) => {
    expect(await admin.error(sql)).toMatchObject({
      code: '25000',
      message: 'invalid selection: operation may only (transitively) refer to non-source, non-system tables',
      detail: expect.stringContaining(`${kind} '"${name}"' may not be used in this operation`) as string,
    });
  });

  it('tables, also behind views', async () => {
    expect(
      await admin.rows('UPDATE t SET s = v.n FROM over_table v WHERE v.i = t.i RETURNING t.i, s, v.n'),
    ).toEqual([
      ['1', 'one', 'one'],
      ['2', 'two', 'two'],
    ]);
  });
});

describe('privileges', () => {
  it('RETURNING and FROM read what they name', async () => {
    await admin.exec('GRANT SELECT, UPDATE, DELETE ON t TO joe');
    expect(await joe.rows(`UPDATE t SET s = 'x' WHERE i = 1 RETURNING i, s`)).toEqual([['1', 'x']]);
    const denied = { code: '42501', message: 'permission denied for TABLE "materialize.public.other"' };
    expect(await joe.error('UPDATE t SET s = n FROM other WHERE other.i = t.i')).toMatchObject(denied);
    expect(await joe.error('DELETE FROM t RETURNING (SELECT max(n) FROM other)')).toMatchObject(denied);
    await admin.exec('GRANT SELECT ON other TO joe');
    expect(await joe.rows('DELETE FROM t USING other o WHERE o.i = t.i RETURNING t.i, o.n')).toEqual([
      ['1', 'one'],
      ['2', 'two'],
    ]);
  });
});
