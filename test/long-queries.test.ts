/** Queries that would run or grow without end: each gives the event loop back, ends when told to, and stays within its memory. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryCanceled, SqlError } from '../src/errors.ts';
import { bindQuery } from '../src/query/bind-query.ts';
import { Interrupt } from '../src/query/interrupt.ts';
import type { RowCursor } from '../src/query/result.ts';
import { openQuery } from '../src/query/run/open-query.ts';
import { loadParser, parseQuery } from '../src/sql/parser.ts';
import type { Row } from '../src/types/datum.ts';
import { start, type TumblerServer } from '../src/index.ts';
import { fixtureSession } from './differential/sides.ts';

beforeAll(loadParser);

const BILLION = 'generate_series(1, 1000000000)';

/** What would take hours, by the operator that it keeps busy. */
const ENDLESS: Readonly<Record<string, string>> = {
  'a cross join': `select count(*) from generate_series(1, 31623) a, generate_series(1, 31623) b`,
  'a loop join': `select 1 from ${BILLION} a join generate_series(1, 1000) b on a < b - 1000`,
  'a hash join': `select count(*) from ${BILLION} a join generate_series(1, 10) b on a = -b`,
  'the building of a hash join': `select 1 from generate_series(1, 10) a join ${BILLION} b on a = -b`,
  'a lateral join': `select 1 from ${BILLION} a, lateral (select count(*) n from ${BILLION} b) c where n = a`,
  'a scan with a filter': `select 1 from ${BILLION} g where g < 0`,
  'an aggregate': `select sum(g) from ${BILLION} g`,
  groups: `select g % 5, count(*) from ${BILLION} g group by 1`,
  'a sort': `select g from ${BILLION} g order by -g`,
  'a sort for few rows': `select g from ${BILLION} g order by -g limit 5`,
  'a window': `select rank() over (order by -g) from ${BILLION} g`,
  DISTINCT: `select distinct g % 5 from ${BILLION} g`,
  EXCEPT: `select 1 except select g % 5 from ${BILLION} g`,
  'a recursive query': `with recursive t(n) as (select 1 union all select n + 1 from t) select count(*) from t`,
  'a recursive query that finds nothing new for long': `with recursive t(n) as (select 1 union
    select 1 from t, ${BILLION} g) select count(*) from t`,
  'sets in a select list': `select count(*) from (select generate_series(1, 1000000000)) s`,
  'sets in sets': `select count(*) from (select generate_series(1, generate_series(1, 100000))) s`,
  'a scalar subquery': `select (select count(*) from ${BILLION} b where b < a) from generate_series(1, 5) a`,
  EXISTS: `select count(*) from generate_series(1, 5) a where exists (select 1 from ${BILLION} b where b = -a)`,
  ALL: `select 1 where 5 > all (select g % 5 from ${BILLION} g)`,
  'an OFFSET': `select g from ${BILLION} g offset 999999999`,
  'a series of timestamps': `select count(*) from generate_series(timestamp '0001-01-01', '9999-01-01', '1 second')`,
};

/** What a query has to hold all of. */
const GROWING: Readonly<Record<string, string>> = {
  'a sort': `select g from ${BILLION} g order by -g`,
  'the building of a hash join': `select 1 from generate_series(1, 10) a join ${BILLION} b on a = -b`,
  'the right side of a loop join': `select 1 from generate_series(1, 10) a join ${BILLION} b on a < b`,
  'a FULL join': `select 1 from generate_series(1, 10) a full join ${BILLION} b on a = b`,
  groups: `select g, count(*) from ${BILLION} g group by g`,
  'grouping sets': `select g, count(*) from ${BILLION} g group by grouping sets ((g), ())`,
  array_agg: `select array_agg(g) from ${BILLION} g`,
  string_agg: `select string_agg('some text', ',') from ${BILLION} g`,
  jsonb_agg: `select jsonb_agg(g) from ${BILLION} g`,
  'an aggregate of distinct values': `select count(distinct g) from ${BILLION} g`,
  'an ordered aggregate': `select string_agg(g::text, ',' order by -g) from ${BILLION} g`,
  'a window': `select rank() over (order by -g) from ${BILLION} g`,
  DISTINCT: `select count(*) from (select distinct g from ${BILLION} g) s`,
  UNION: `select count(*) from (select g from ${BILLION} g union select 1) s`,
  INTERSECT: `select 1 intersect select g from ${BILLION} g`,
  EXCEPT: `select g from ${BILLION} g except select -g from ${BILLION} g`,
  'a common table expression': `with t as materialized (select g from ${BILLION} g) select count(*) from t a, t b`,
  'a recursive query': `with recursive t(n) as (select 1 union select n + 1 from t) select count(*) from t`,
  'ARRAY of a subquery': `select array(select g from ${BILLION} g)`,
  'IN over a subquery': `select 0 in (select g from ${BILLION} g)`,
  'results of a subquery for each row': `select count((select repeat('x', 1000) || a)) from generate_series(1, 9000) a`,
};

function open(sql: string, interrupt: Interrupt, memoryLimit: number): RowCursor {
  const session = fixtureSession();
  const bound = bindQuery(parseQuery(sql), session, { parameterTypes: [] });
  return openQuery(bound, { session, parameters: [], interrupt, memoryLimit });
}

/** The error that a cursor ends with, as far as it ends with one. */
function failure(cursor: RowCursor): string {
  try {
    const rows: Row[] = [];
    while (cursor.fetch(1000, rows) !== 'done') rows.length = 0;
  } catch (cause) {
    if (cause instanceof SqlError) return cause.code;
    throw cause;
  }
  return 'no error';
}

/** Far more than a slice of a few milliseconds on any machine, far less than any of these queries takes. */
const HANGS_MS = 2000;

describe('a query that takes for ever ends when it is interrupted', () => {
  it.each(Object.entries(ENDLESS))('in %s', (_, sql) => {
    const interrupt = new Interrupt();
    const cursor = open(sql, interrupt, 1 << 30);
    const rows: Row[] = [];
    for (let i = 0; i < 20; i++) {
      const before = performance.now();
      expect(cursor.fetch(100, rows)).not.toBe('done');
      expect(performance.now() - before).toBeLessThan(HANGS_MS);
    }
    interrupt.raise(queryCanceled('canceling statement due to user request'));
    expect(failure(cursor)).toBe('57014');
  });
});

describe('a query that holds without end is refused with 53200', () => {
  it.each(Object.entries(GROWING))('in %s', (_, sql) => {
    expect(failure(open(sql, new Interrupt(), 1 << 22))).toBe('53200');
  });
});

/** One call of a function cannot be interrupted, so each has to end by itself, with an answer or an error. */
describe('a function with a costly argument answers or refuses soon', () => {
  it.each([
    [`repeat('a', 40) ~ '^(a|aa)+$'`],
    [`repeat('a', 30) || 'b' ~ '^(a+)+$'`],
    [`repeat('ab', 5000) ~ '(.*)(.*)(.*)(.*)(.*)x'`],
    [`repeat('a', 100000) ~ '(a*)*b'`],
    [String.raw`repeat('a', 2000) || 'b' ~ '^(a*)(a*)\1\2c$'`],
    [`regexp_replace(repeat('a', 30000) || 'b', '(a+)+c', 'x')`],
    [`repeat('a', 100000) like '%' || repeat('a%b', 2000)`],
    [`repeat('x', 1000000000)`],
    [`lpad('x', 1000000000, 'ab')`],
    [`9.9::numeric ^ 999999`],
    [`2::numeric ^ 400000`],
    [`exp(5999.999::numeric)`],
    [`factorial(10000)`],
    [`array_fill(1, array[200000000])`],
  ])('select %s', (expression) => {
    const before = performance.now();
    failure(open(`select ${expression}`, new Interrupt(), 1 << 30));
    // PostgreSQL takes seconds for some of them; what is told apart is an answer from a server that hangs.
    expect(performance.now() - before).toBeLessThan(5 * HANGS_MS);
  });
});

/** As long as a statement may be; work that grows with the square of its parts would take minutes. */
describe('a statement of very many parts is answered', () => {
  const list = (count: number, separator: string, part: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => part(i)).join(separator);
  it.each([
    ['IN over a list', () => `select 5 in (${list(100_000, ',', String)})`],
    ['a filter by a list', () => `select id from emp where id in (${list(100_000, ',', String)})`],
    ['conditions of a scan', () => `select id from emp where ${list(50_000, ' and ', (i) => `id <> -${i}`)}`],
    [
      'conditions of a join',
      () => `select 1 from emp e join dept d on ${list(40_000, ' and ', (i) => `e.id + d.id <> -${i}`)}`,
    ],
    [
      'conditions of an outer join',
      () => `select 1 from emp e left join dept d on ${list(40_000, ' and ', (i) => `d.id <> -${i}`)}`,
    ],
    [
      'conditions on a subquery',
      () =>
        `select 1 from (select id from emp union all select id from dept) s
          where ${list(40_000, ' and ', (i) => `id <> -${i}`)}`,
    ],
    ['alternatives', () => `select id from emp where ${list(50_000, ' or ', (i) => `id = ${i}`)}`],
    ['rows of VALUES', () => `select count(*) from (values ${list(100_000, ',', (i) => `(${i})`)}) v`],
    [
      'branches of CASE',
      () => `select case ${list(30_000, ' ', (i) => `when id = ${i} then ${i}`)} end from emp`,
    ],
  ])(
    '%s',
    (_, sql) => {
      expect(failure(open(sql(), new Interrupt(), 1 << 28))).toBe('no error');
    },
    60_000,
  );
});

describe('while a server multiplies two relations to a billion rows', () => {
  const CROSS_JOIN = ENDLESS['a cross join']!;
  let server: TumblerServer;
  let busy: pg.Client;
  let other: pg.Client;

  beforeAll(async () => {
    server = await start();
    [busy, other] = [new pg.Client(server.connectionString), new pg.Client(server.connectionString)];
    await Promise.all([busy.connect(), other.connect()]);
  });
  afterAll(async () => {
    await Promise.all([busy.end(), other.end()]);
    await server.stop();
  });

  /** Milliseconds until a promise settles. */
  async function took(work: Promise<unknown>): Promise<number> {
    const before = performance.now();
    await work.catch(() => undefined);
    return performance.now() - before;
  }

  it('other sessions are answered, and a cancel request ends it', async () => {
    const pid = await busy.query<{ pid: number }>('select pg_backend_pid() as pid');
    const running = busy.query(CROSS_JOIN);
    running.catch(() => undefined);
    for (let i = 0; i < 10; i++) expect(await took(other.query('select 1'))).toBeLessThan(HANGS_MS);
    const asked = other.query('select pg_cancel_backend($1)', [pid.rows[0]?.pid]);
    expect(await took(Promise.all([asked, running]))).toBeLessThan(HANGS_MS);
    await expect(running).rejects.toMatchObject({ code: '57014' });
  });

  it('statement_timeout ends it', async () => {
    await busy.query(`set statement_timeout = '100ms'`);
    const running = busy.query(CROSS_JOIN);
    expect(await took(running)).toBeLessThan(HANGS_MS);
    await expect(running).rejects.toMatchObject({ code: '57014' });
  });
});
