import { beforeAll, describe, expect, it } from 'vitest';
import { SqlError } from '../errors.ts';
import { loadParser } from '../sql/parser.ts';
import { bind, run, sessionFor, snapshotWith, table, tableRow } from './testing/session.ts';
import type { SessionContext } from './session-context.ts';

let session: SessionContext;

beforeAll(async () => {
  await loadParser();
  const items = [
    table(1, 't', ['a integer not null', 'b text', 'c numeric(10,2)']),
    table(2, 'u', ['a integer', 'x text[]', 'j jsonb']),
  ];
  const rows = [
    tableRow('u1', 1, ['1', 'one', '1.50']),
    tableRow('u1', 2, ['2', 'two', '2.25']),
    tableRow('u1', 3, ['3', null, null]),
    tableRow('u1', 4, ['4', 'two', '10.00']),
    tableRow('u2', 1, ['1', '{a,b}', '{"k":1}']),
    tableRow('u2', 2, ['2', '{}', 'null']),
    tableRow('u2', 3, ['2', null, '"s"']),
  ];
  session = sessionFor(snapshotWith(items, rows));
});

const rows = (sql: string) => run(session, sql).rows;
const columns = (sql: string) => run(session, sql).columns;

function failure(sql: string): { code: string; message: string; hint: string | undefined } {
  try {
    run(session, sql);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { code: error.code, message: error.message, hint: error.hint };
  }
  throw new Error(`${sql} did not fail`);
}

describe('names of result columns', () => {
  it.each([
    ['select 1', '?column?'],
    ["select 'x'::text", 'text'],
    ['select a::text from t', 'a'],
    ['select count(*) from t', 'count'],
    ['select case when true then 1 end', 'case'],
    ['select case when true then 1 else a end from t', 'a'],
    ['select exists(select 1)', 'exists'],
    ['select array(select 1)', 'array'],
    ['select (select a from t limit 1)', 'a'],
    ['select coalesce(a, 1) from t', 'coalesce'],
    ['select nullif(1, 2)', 'nullif'],
    ['select current_date', 'current_date'],
    ['select (t).b from t', 'b'],
    ['select x[1] from u', 'x'],
    ["select trim(' a ')", 'btrim'],
    ['values (1)', 'column1'],
    ['select * from generate_series(1, 2) g', 'g'],
    ['select * from generate_series(1, 2)', 'generate_series'],
  ])('%s', (sql, name) => {
    expect(columns(sql)).toEqual([name]);
  });
});

describe('parameters', () => {
  const types = (sql: string, given: readonly number[] = []) =>
    bind(session, sql, given).parameters.map((parameter) => parameter.type.name);

  it('take their type from where they stand', () => {
    expect(types('select $1 + 1')).toEqual(['int4']);
    expect(types('select a from t where b = $1 and c > $2')).toEqual(['text', 'numeric']);
    expect(types('select a from t where a = any($1)')).toEqual(['_int4']);
    expect(types('select a from t where a in ($1, $2)')).toEqual(['int4', 'int4']);
    expect(types('select $1::date')).toEqual(['date']);
    expect(types('select a from t limit $1')).toEqual(['int8']);
    expect(types('select length($1)')).toEqual(['text']);
    expect(types('select 1 union select $1')).toEqual(['int4']);
    expect(types('values ($1, 1), (2.5, $2)')).toEqual(['numeric', 'int4']);
    expect(types('select coalesce($1, 1)')).toEqual(['int4']);
  });

  it('are text when nothing says more, and what the client said otherwise', () => {
    expect(types('select $1')).toEqual(['text']);
    expect(types('select $1', [23])).toEqual(['int4']);
    expect(types('select $1 = $2', [0, 25])).toEqual(['text', 'text']);
  });

  it('must have one type, and every one must be used', () => {
    expect(() => bind(session, 'select $2::int')).toThrow('could not determine data type of parameter $1');
    expect(() => bind(session, 'select $1::int, $1::text, $1')).not.toThrow();
    expect(() => bind(session, 'select $1, $1::int')).toThrow('inconsistent types deduced for parameter $1');
  });
});

describe('errors', () => {
  it.each([
    ['select nope from t', 'column "nope" does not exist'],
    ['select t.nope from t', 'column "t.nope" does not exist'],
    ['select z.a from t', 'column "z.a" does not exist'],
    ['select * from nope', "unknown catalog item 'nope'"],
    ['select * from nope.t', "unknown catalog item 'nope.t'"],
    ['select * from nope.public.t', "unknown database 'nope'"],
    ['select * from a.b.c.d', 'improper qualified name (too many dotted names): a.b.c.d'],
    ['select a from t, u', 'column reference "a" is ambiguous'],
    ['select * from t, t', 'table name "t" specified more than once'],
    [
      'select b from t group by a',
      'column "t.b" must appear in the GROUP BY clause or be used in an aggregate function',
    ],
    [
      'select * from t join u using (b)',
      'column "b" specified in USING clause does not exist in right table',
    ],
    ['select nope(1)', 'function "nope" does not exist'],
    ['select abs(true)', 'function abs(boolean) does not exist'],
    ['select 1 + true', 'operator does not exist: integer + boolean'],
    ["select '1' + '2'", 'operator is not unique: unknown + unknown'],
    ['select 1::nope', 'type "nope" does not exist'],
    ['select 1::date', 'CAST does not support casting from integer to date'],
    ['select a from t where a', 'WHERE clause must have type boolean, not type integer'],
    [
      'select a from t where sum(a) > 1',
      'aggregate functions are not allowed in WHERE clause (function pg_catalog.sum)',
    ],
    [
      'select a from t where rank() over () = 1',
      'window functions are not allowed in WHERE clause (function pg_catalog.rank)',
    ],
    [
      'select a from t where generate_series(1, 2) = 1',
      'table functions are not allowed in WHERE clause (function pg_catalog.generate_series)',
    ],
    ['select a from t union select b from t', 'UNION types integer and text cannot be matched'],
    ['select (select 1, 2)', 'Expected subselect to return 1 column, got 2 columns'],
    ['select *', 'SELECT * with no tables specified is not valid'],
    [
      'select distinct b from t order by a',
      'for SELECT DISTINCT, ORDER BY expressions must appear in select list',
    ],
  ])('%s', (sql, message) => {
    const found = failure(sql);
    expect(found.message).toBe(message);
    expect(found.code).toBe(message.startsWith('improper') ? '42601' : 'XX000');
  });

  it('hint at columns whose names differ in case', () => {
    expect(failure('select "A" from t').hint).toBe(
      'The similarly named column "a" does exist. Make sure to surround case sensitive names in double quotes.',
    );
  });

  it('hint at casts where no overload fits', () => {
    expect(failure('select abs(true)').hint).toMatch(/^No function matches .*\.  You might need/);
    expect(failure('select 1 + true').hint).toMatch(/^No operator matches .*\.  You might need/);
  });

  it('name what is not supported', () => {
    expect(failure('select a from t for update')).toMatchObject({ code: '0A000' });
    expect(failure('select a from t tablesample system (1)')).toMatchObject({
      code: '0A000',
      message: 'TABLESAMPLE not supported',
    });
  });
});

describe('nesting', () => {
  it('ends with an error, not with the stack', () => {
    const deep = `select ${'('.repeat(100)}1${')'.repeat(100)}`;
    expect(rows(deep)).toEqual([['1']]);
    const long = `select ${Array.from({ length: 3000 }, () => '1').join(' + ')}`;
    expect(failure(long)).toMatchObject({ code: '54001' });
  });
});

describe('relations', () => {
  it('lists every relation read, once, with the views it is read through', () => {
    const bound = bind(session, 'select * from t, pg_class where a in (select a from t)');
    expect(bound.relations).toEqual([
      { id: 'u1', kind: 'item', viaViews: [] },
      { id: expect.stringMatching(/^s\d+$/) as string, kind: 'system', viaViews: [] },
    ]);
    expect(bound.isConstant).toBe(false);
    expect(bind(session, 'select now()').isConstant).toBe(true);
  });

  it('finds a relation by id', () => {
    expect(rows('select count(*) from [u1 AS materialize.public.t]')).toEqual([['4']]);
    expect(failure('select * from [u99 AS x]').message).toBe('invalid id u99');
  });

  it('knows where NULL cannot be', () => {
    const nullable = (sql: string) => bind(session, sql).columns.map((column) => column.nullable);
    expect(nullable('select a, b, 1, count(*) from t group by a, b')).toEqual([false, true, false, false]);
    expect(nullable('select t.a from u left join t on t.a = u.a')).toEqual([true]);
  });
});

describe('subqueries of other levels', () => {
  it('compute an aggregate where its columns belong', () => {
    expect(rows('select (select sum(t.a)) from t')).toEqual([['10']]);
    expect(rows('select b from t group by b having (select max(t.a) > 3) order by b')).toEqual([['two']]);
  });

  it('pass values through several levels and into CTEs and branches', () => {
    expect(
      rows(
        'select a, (with z as (select 1 where t.a > 2 union all select 2) select count(*) from z) from t order by a',
      ),
    ).toEqual([
      ['1', '1'],
      ['2', '1'],
      ['3', '2'],
      ['4', '2'],
    ]);
  });
});

describe('references', () => {
  it('tell where the text names relations', () => {
    const { references } = bind(session, 'select public.t.a from public.t join u on true');
    expect(references).toEqual([
      { kind: 'column', start: 7, dropParts: 1 },
      { kind: 'relation', start: 23, id: 'u1', alias: 't' },
      { kind: 'relation', start: 37, id: 'u2', alias: 'u' },
    ]);
  });
});
