/** Types that are inferred for `$1`, `$2`, ... beside those PostgreSQL infers, and values put in their place. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqlError } from '../../src/errors.ts';
import { bindQuery } from '../../src/query/bind-query.ts';
import { loadParser, parseQuery } from '../../src/sql/parser.ts';
import { findPostgresBinaries, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { fixtureSql } from './fixture.ts';
import { fixtureSession } from './sides.ts';

const QUERIES = [
  'select $1',
  'select $1::int, $2::text',
  'select $1 + 1',
  'select 1.5 * $1',
  `select $1 || 'a'`,
  'select * from emp where id = $1',
  'select * from emp where name = $1 and salary > $2',
  'select * from emp where name like $1',
  'select * from emp where id in ($1, $2, 3)',
  'select * from emp where id = any($1)',
  'select * from emp where dept between $1 and $2',
  'select * from emp where hired > $1',
  'select * from emp limit $1 offset $2',
  'select coalesce($1, 5)',
  'select coalesce($1, $2)',
  'select case when $1 then 1 else $2 end',
  'select nullif($1, 3)',
  'select length($1), upper($2), abs($3::numeric)',
  'select $1 = $2',
  'select array[$1, 2]',
  'select ($1, $2) = (1, $3::text)',
  'values ($1, 1), (2, $2)',
  'select 1 union select $1',
  'select exists (select 1 from emp where boss = $1)',
  'select id in (select dept from emp where name = $1) from emp',
  `select date_trunc($1, ts) from stamps`,
  'select ts + $1 from stamps',
  'select $1::date + $2',
  'select generate_series(1, $1)',
  'select sum(id) filter (where id > $1) from emp having count(*) > $2',
  'select row_number() over (order by id + $1) from emp',
  'select $1::text is null',
  'select not $1',
  'select $1 and true',
  'select $2::int',
  'select $1::int, $1',
  'select substring($1 from $2)',
  'select $1 at time zone $2',
];

describe.skipIf(findPostgresBinaries() === undefined)('parameters', () => {
  let server: TestPostgres;
  let client: pg.Client;
  beforeAll(async () => {
    await loadParser();
    const started = await startPostgres();
    if (started === null) throw new Error('PostgreSQL is installed but did not start');
    server = started;
    client = new pg.Client({ connectionString: server.connectionString });
    await client.connect();
    await client.query(fixtureSql());
  });
  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  async function theirs(sql: string): Promise<readonly string[] | 'error'> {
    try {
      await client.query(`prepare p as ${sql}`);
    } catch {
      return 'error';
    }
    const { rows } = await client.query<{ types: string }>(
      `select parameter_types::text as types from pg_prepared_statements where name = 'p'`,
    );
    await client.query('deallocate p');
    return (rows[0]?.types ?? '{}').slice(1, -1).replaceAll('"', '').split(',');
  }

  function ours(sql: string): readonly string[] | 'error' {
    try {
      const bound = bindQuery(parseQuery(sql), fixtureSession(), { parameterTypes: [] });
      return bound.parameters.map(({ type }) => type.displayName);
    } catch (cause) {
      if (cause instanceof SqlError) return 'error';
      throw cause;
    }
  }

  it('of which only NULL-ness is asked are text, where PostgreSQL cannot decide', async () => {
    expect(await theirs('select $1 is null')).toBe('error');
    expect(ours('select $1 is null')).toEqual(['text']);
  });

  it.each(QUERIES)('%s', async (sql) => {
    expect(ours(sql)).toEqual(await theirs(sql));
  });
});
