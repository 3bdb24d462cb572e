import { beforeAll, describe, expect, it } from 'vitest';
import type { FuncCall, Node, RangeVar } from '@pgsql/types';
import { SqlError } from '../errors.ts';
import { constructedType, relationId, showText, syntaxFunction } from './extensions.ts';
import { loadParser, parseExpression, parseQuery, parseStatement, parseTypeName } from './parser.ts';
import { printStatement } from './printer.ts';

beforeAll(loadParser);

function call(sql: string): FuncCall {
  const { ast } = parseExpression(sql);
  if (!('FuncCall' in ast)) throw new Error(`no call: ${JSON.stringify(ast)}`);
  return ast.FuncCall;
}

function fromItem(sql: string): Node {
  const item = parseQuery(sql).ast.fromClause?.[0];
  if (item === undefined) throw new Error('no FROM');
  return item;
}

describe('functions that are words', () => {
  it('take empty parentheses', () => {
    const words = ['current_user', 'SESSION_USER', 'current_timestamp', 'current_date', 'user'];
    for (const word of words) {
      expect(parseExpression(`${word} ()`).ast).toHaveProperty('SQLValueFunction');
    }
    expect(() => parseExpression('current_user(1)')).toThrow(SqlError);
    expect(call('f(current_user(), now())').args?.[0]).toHaveProperty('SQLValueFunction');
    expect(call('"current_user"()').funcname).toHaveLength(1);
  });
});

describe('fields of a call', () => {
  it('need no parentheses around it', () => {
    for (const field of ['one', '*']) {
      const written = parseExpression(`s.f(LIST[1], (a).b).${field}`).ast;
      const indirection = 'A_Indirection' in written ? written.A_Indirection : undefined;
      expect(indirection?.arg).toHaveProperty('FuncCall');
      expect(indirection?.indirection).toHaveLength(1);
    }
  });

  it('leave other parentheses before a dot alone', () => {
    for (const sql of [
      'SELECT (a).b',
      'SELECT x WHERE (a).b = 1',
      'SELECT count(*) FROM f(1) AS t',
      'SELECT f((a).b)',
    ]) {
      expect(parseQuery(sql).ast.targetList).toHaveLength(1);
    }
  });
});

describe('subscripts', () => {
  it.each([
    'LIST[1, 2][1]',
    'LIST[[1], [2]][1:2]',
    `MAP['a' => 1]['a']`,
    'ARRAY[1, 2][1]',
    'ARRAY[[1], [2]][1]',
    's.f(1)[2]',
    'f(g(1)[1])[2]',
  ])('need no parentheses: %s', (sql) => {
    expect(parseExpression(sql).ast).toHaveProperty('A_Indirection');
  });

  it.each(['1::numeric(10, 2)[]', `'{}'::varchar(5)[]`, 'ARRAY[1]::int[]', 'cast(ARRAY[1] AS int[])'])(
    'are not the brackets of a type: %s',
    (sql) => {
      expect(parseExpression(sql).ast).toHaveProperty('TypeCast');
    },
  );
});

describe('constructors', () => {
  it('LIST', () => {
    const outer = call('LIST[[1, 2], [a[1]], LIST[]]');
    expect(syntaxFunction(outer)).toBe('list');
    const inner = (outer.args ?? []).map((arg) => ('FuncCall' in arg ? syntaxFunction(arg.FuncCall) : null));
    expect(inner).toEqual(['list', 'list', 'list']);
    // A subscript stays a subscript.
    const second = outer.args?.[1];
    expect(second !== undefined && 'FuncCall' in second && second.FuncCall.args?.[0]).toHaveProperty(
      'A_Indirection',
    );
  });

  it('MAP', () => {
    const map = call(`MAP['a' => 1, 'b' => f(x => 2), 'c' => ['d' => 3]]`);
    expect(syntaxFunction(map)).toBe('map');
    expect(map.args).toHaveLength(6);
    const nested = map.args?.[5];
    expect(nested !== undefined && 'FuncCall' in nested && syntaxFunction(nested.FuncCall)).toBe('map');
    // Named arguments of a call inside are left alone.
    const named = map.args?.[3];
    expect(named !== undefined && 'FuncCall' in named && named.FuncCall.args?.[0]).toHaveProperty(
      'NamedArgExpr',
    );
  });

  it('over queries', () => {
    expect(syntaxFunction(call('LIST(SELECT 1)'))).toBe('list_query');
    expect(syntaxFunction(call('MAP(SELECT k, v FROM t)'))).toBe('map_query');
    expect(call('LIST(SELECT 1)').args?.[0]).toHaveProperty('SubLink');
  });

  it('ordinary arrays and functions are left alone', () => {
    expect(parseExpression('ARRAY[[1], [2]]').ast).toHaveProperty('A_ArrayExpr');
    expect(syntaxFunction(call('list_agg(a)'))).toBeNull();
    expect(parseExpression('list').ast).toHaveProperty('ColumnRef');
  });
});

describe('types', () => {
  it.each([
    ['text list', { kind: 'list', element: 'text' }],
    ['int list list', { kind: 'list', element: 'int list' }],
    ['numeric(10, 2) list', { kind: 'list', element: 'numeric(10, 2)' }],
    ['timestamp with time zone list', { kind: 'list', element: 'timestamp with time zone' }],
    ['map[text => int]', { kind: 'map', key: 'text', value: 'int' }],
    ['map[text=>map[text=>int list]]', { kind: 'map', key: 'text', value: 'map[text=>int list]' }],
    ['map[text=>int] list', { kind: 'list', element: 'map[text=>int]' }],
    ['int4', null],
    ['int4[]', null],
    ['double precision', null],
    // A name that every object of the language has.
    ['__proto__', null],
  ])('%s', (sql, constructed) => {
    expect(constructedType(parseTypeName(sql).ast)).toEqual(constructed);
  });

  it('a list may be an array element', () => {
    const { ast } = parseTypeName('text list[]');
    expect(constructedType(ast)).toEqual({ kind: 'list', element: 'text' });
    expect(ast.arrayBounds).toHaveLength(1);
  });

  it('after :: and in CAST', () => {
    for (const sql of [`'{}'::text list`, `CAST('{}' AS text list)`, `(CAST(x || '{}' AS text list))`]) {
      const { ast } = parseExpression(sql);
      const type = 'TypeCast' in ast ? ast.TypeCast.typeName : undefined;
      expect(type === undefined ? null : constructedType(type)).toEqual({ kind: 'list', element: 'text' });
    }
  });

  it.each([
    ['int', 'int4'],
    ['INTEGER', 'int4'],
    ['bigint', 'int8'],
    ['smallint', 'int2'],
    ['real', 'float4'],
    ['double precision', 'float8'],
    ['boolean', 'bool'],
    ['decimal(5, 1)', 'numeric(5, 1)'],
    ['character varying(3)', 'varchar(3)'],
    ['char(3)', 'bpchar(3)'],
    ['time with time zone', 'timetz'],
    ['timestamp(3)', 'timestamp(3)'],
    ['uint8', 'uint8'],
    ['a."B".c', 'a."B".c'],
    ['int list list', 'int4 list list'],
    ['map[text => bigint]', 'map[text=>int8]'],
  ])('%s prints as %s', (written, normal) => {
    expect(printStatement(parseStatement(`CREATE TABLE t (a ${written})`))).toBe(
      `CREATE TABLE t (a ${normal})`,
    );
  });

  it('refuses what is no type', () => {
    expect(() => parseTypeName('int4 x')).toThrow('Expected end of statement, found identifier "x"');
    expect(() => parseTypeName('select')).toThrow('Expected a data type name, found SELECT');
    expect(() => parseTypeName('')).toThrow('Expected a data type name, found EOF');
  });
});

describe('relations', () => {
  it('item references keep the id', () => {
    const item = fromItem('SELECT * FROM [u12 AS materialize.public."T x"] AS t') as { RangeVar: RangeVar };
    expect(relationId(item.RangeVar)).toBe('u12');
    expect(item.RangeVar.relname).toBe('T x');
    expect(item.RangeVar.alias?.aliasname).toBe('t');
    const plain = fromItem('SELECT * FROM a.b.c') as { RangeVar: RangeVar };
    expect(relationId(plain.RangeVar)).toBeNull();
  });

  it('SHOW as a sub-select keeps its text', () => {
    const item = fromItem(`SELECT * FROM (SHOW SECRETS LIKE 'it''s%') s`);
    const subquery = 'RangeSubselect' in item ? item.RangeSubselect.subquery : undefined;
    const inner =
      subquery !== undefined && 'SelectStmt' in subquery ? subquery.SelectStmt.fromClause?.[0] : undefined;
    const text = JSON.stringify(inner);
    expect(text).toContain('mz_syntax');
    const functions =
      inner !== undefined && 'RangeFunction' in inner ? inner.RangeFunction.functions : undefined;
    const list = functions?.[0];
    const first = list !== undefined && 'List' in list ? list.List.items?.[0] : undefined;
    const show = first !== undefined && 'FuncCall' in first ? showText(first.FuncCall) : null;
    expect(show).toBe(`SHOW SECRETS LIKE 'it''s%'`);
    expect(parseStatement(show ?? '')).toMatchObject({ kind: 'show objects', listing: 'secrets' });
  });

  it('AS OF leaves the query', () => {
    const query = parseQuery('SELECT 1 FROM t AS OF AT LEAST 5 + 1');
    expect(query.asOf).toMatchObject({ atLeast: true, time: { sql: '5 + 1' } });
    expect(query.sql).toBe('SELECT 1 FROM t');
    expect(parseQuery('SELECT 1 AS of, 2').asOf).toBeNull();
    expect(parseQuery('SELECT * FROM (SELECT 1 AS of FROM t) x').asOf).toBeNull();
  });

  it('WITH MUTUALLY RECURSIVE is refused by name', () => {
    const parse = (): unknown =>
      parseQuery('WITH MUTUALLY RECURSIVE x (a int) AS (SELECT 1) SELECT * FROM x');
    expect(parse).toThrow(SqlError);
    expect(parse).toThrow('WITH MUTUALLY RECURSIVE is not supported');
  });
});
