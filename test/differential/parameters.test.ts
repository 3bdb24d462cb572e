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
  'select $1, $2',
  'select $1::int',
  'select 1 + $1',
  'select $1 + $2',
  'select $1 || $2',
  'values ($1)',
  'values ($1),($2)',
  'values ($1),(1)',
  'values (1),($1)',
  `select * from (values ($1, 'a'), (2, $2)) v`,
  'select * from emp limit $1',
  'select * from emp offset $1',
  'select * from emp where $1 = id',
  'select * from emp where id in ($1,$2)',
  `select * from emp where name ilike '%' || $1 || '%'`,
  'select * from emp where hired between $1 and $2',
  `select * from emp where hired > $1 + interval '1 day'`,
  'select * from emp where salary > $1 * 2',
  'select * from emp where ($1 is null or id = $1)',
  'select * from emp where ($1::int is null or id = $1)',
  'select $1::text, $1',
  'select $1, $1::text',
  'select $1 = $1',
  'select coalesce($1, 0)',
  'select coalesce(name, $1) from emp',
  'select case when $1 then 1 end',
  'select case $1 when 1 then 2 end',
  'select case when true then $1 else 1 end',
  'select nullif($1, 1)',
  'select greatest($1, 1.5)',
  'select length($1)',
  'select abs($1)',
  'select now() - $1',
  'select now() + $1',
  'select date_trunc($1, now())',
  'select extract(year from $1)',
  `select $1 at time zone 'utc'`,
  'select array[$1]',
  'select array[$1, 1]',
  'select array[$1]::int[]',
  'select $1[1]',
  'select ($1::int[])[$2]',
  'select generate_series($1, $2)',
  'select * from generate_series($1::int, $2) g',
  'select * from unnest($1) u',
  'select * from unnest($1::int[]) u',
  'select * from unnest($1::int[], $2::text[]) u',
  'select row($1, 1) = row(2, $2)',
  'select ($1, 2) = (3, 4)',
  'select $1 in (select id from emp)',
  'select (select $1)',
  'select exists (select $1)',
  'select $1 union select 1',
  'select $1 union select $2',
  `select $1 union all select 'a'`,
  'with q as (select $1 as a) select * from q',
  'with q as (select $1::int as a) select a + $2 from q',
  'select sum($1)',
  'select string_agg(name, $1) from emp',
  'select sum(id) filter (where id > $1) over (order by id) from emp',
  'select lag(id, $1) over (order by id) from emp',
  'select ntile($1) over () from emp',
  'select id from emp group by id having count(*) > $1',
  'select id from emp order by $1',
  'select $1 order by 1',
  'select distinct $1',
  'select $1 is true',
  'select $1 is distinct from 1',
  'select $1 between 1 and 2',
  'select 1 between $1 and $2',
  `select '{"a":1}'::jsonb -> $1`,
  `select '{"a":1}'::jsonb ->> $1`,
  `select '{"a":1}'::jsonb @> $1`,
  `select '{"a":1}'::jsonb ? $1`,
  `select to_char($1, 'YYYY')`,
  'select to_char(now(), $1)',
  'select $1::numeric(10,2)',
  'select cast($1 as varchar(5))',
  'select $2',
  'select $0',
  'select $1::regclass',
  'select substring($1 from 1 for 2)',
  `select substring('abc' from $1)`,
  'select trim($1)',
  `select position($1 in 'abc')`,
  `select overlay('abc' placing $1 from $2)`,
  `select interval '1 day' * $1`,
  `select $1 * interval '1 day'`,
  'select - $1',
  'select @ $1',
  `select $1 ~ 'a'`,
  `select $1 like 'a'`,
  `select 'a' like $1 escape $2`,
  'select quote_literal($1)',
  'select max($1)',
  'select $1 = any(array[1,2])',
  'select $1 = any($2)',
  'select 1 = any($1)',
  'select 1 > all($1)',
  'select current_setting($1)',
  'select set_config($1, $2, $3)',
  'select * from json_array_elements($1)',
  'select * from jsonb_array_elements($1) where value = $2',
];

/** Any type will do for these. */
const UNDECIDED = [
  'select $1 is null',
  'select * from emp where $1 is null',
  'select count($1)',
  `select format('%s', $1)`,
  `select jsonb_build_object('a', $1)`,
  'select pg_typeof($1)',
  'select concat($1, $2)',
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

  it.each(UNDECIDED)('are text where PostgreSQL cannot decide: %s', async (sql) => {
    expect(await theirs(sql)).toBe('error');
    expect(new Set(ours(sql))).toEqual(new Set(['text']));
  });

  it.each(QUERIES)('%s', async (sql) => {
    expect(ours(sql)).toEqual(await theirs(sql));
  });
});
