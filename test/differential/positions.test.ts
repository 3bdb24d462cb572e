/** Where errors of binding point: the same character as PostgreSQL's, so that psql draws its caret under the same word. */
import pg from 'pg';
import { start, type TumblerServer } from 'tumbler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgresBinaries, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { fixtureSql } from './fixture.ts';

const QUERIES = [
  'select x from emp',
  '  select 1;  select x from emp',
  `select 'ä€😀', x`,
  '/* ä */ select 1, x from emp -- y',
  'select emp.x from emp',
  'select a.x from emp',
  'select x.* from emp',
  'select * from nope',
  'select * from emp e join nope n on true',
  'select * from (select * from nope) q',
  'with q as (select nope) select 1',
  'select id from emp where nope(1) = 2',
  'select 1 + true from emp',
  'select -name from emp',
  'select 1::nope',
  'select cast(1 as nope)',
  'select cast(true as date)',
  'select true::date',
  `select * from emp where 'a'`,
  'select * from emp where id + 1',
  'select * from emp where true and id',
  'select * from emp join dept on dept.id',
  'select count(*) from emp having 1',
  'select * from emp order by x',
  'select * from emp order by id + x',
  'select id from emp group by x',
  `select 'abc'::int`,
  `select int4 'abc'`,
  `select 1 + 'a'`,
  `select array[1, 'a']`,
  `select coalesce(1, 'x')`,
  `select 1 in ('a')`,
  `select case when 1 then 2 end`,
  `select id from emp where hired > 'nope'`,
  `select length(1, 2)`,
  'select (select 1, 2)',
  'select (select nope from dept)',
  'select exists (select 1 from emp where nope)',
  'select sum(sum(id)) from emp',
  'select id from emp e join dept d on true',
  'select rank()',
  'select * from emp where count(*) > 1',
  'select sum(id) over (order by nope) from emp',
  'select * from generate_series(1, nope)',
  'insert into emp (nope) values (1)',
  'insert into nope values (1)',
  `insert into emp (id) values ('x')`,
  'insert into emp (id) values (1) returning nope',
  'update emp set nope = 1',
  'update emp set id = nope',
  'update nope set id = 1',
  'update emp set id = 1 where nope = 2',
  'delete from emp where nope = 1',
  'delete from nope',
  'selec 1',
  'select * fro emp',
  'select (1;',
  'select 1 +',
];

describe.skipIf(findPostgresBinaries() === undefined)('errors point where PostgreSQL points', () => {
  let postgres: TestPostgres;
  let tumbler: TumblerServer;
  let theirs: pg.Client;
  let ours: pg.Client;
  beforeAll(async () => {
    const started = await startPostgres();
    if (started === null) throw new Error('PostgreSQL is installed but did not start');
    postgres = started;
    tumbler = await start();
    theirs = new pg.Client({ connectionString: postgres.connectionString });
    ours = new pg.Client({ connectionString: tumbler.connectionString });
    for (const client of [theirs, ours]) {
      await client.connect();
      for (const sql of fixtureSql()
        .split(';')
        .filter((part) => part.trim() !== ''))
        await client.query(sql);
    }
  });
  afterAll(async () => {
    await theirs.end();
    await ours.end();
    await tumbler.stop();
    await postgres.stop();
  });

  /** The position, of a simple query or (with `values`) of an extended one. */
  async function position(client: pg.Client, sql: string, values?: unknown[]): Promise<string | undefined> {
    try {
      await client.query(sql, values);
    } catch (cause) {
      if (cause instanceof pg.DatabaseError) return cause.position;
      throw cause;
    }
    return 'no error';
  }

  it.each(QUERIES)('%s', async (sql) => {
    const expected = await position(theirs, sql);
    expect(expected).not.toBe('no error');
    expect(await position(ours, sql)).toBe(expected);
  });

  it('also in the extended protocol, with parameters', async () => {
    const sql = 'select $1::int, nope';
    expect(await position(ours, sql, [1])).toBe(await position(theirs, sql, [1]));
  });

  it('not into the text of a view', async () => {
    await ours.query('create table base (a text)');
    await ours.query('create view over_base as select a::int as a from base');
    expect(await position(ours, 'select 1, nope from over_base')).toBe('11');
  });
});
