import { beforeAll, describe, expect, it } from 'vitest';
import { SqlError } from '../errors.ts';
import { loadParser, parseExpression } from '../sql/parser.ts';
import { BYTEA, DATE, INT4, TEXT } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { bindColumnsExpression, bindScalar } from './scalar.ts';
import { columnOf, sessionFor, snapshotWith } from './testing/session.ts';

beforeAll(loadParser);

const session = () => sessionFor(snapshotWith([]));
const scalar = (sql: string, target?: SqlType) =>
  bindScalar(parseExpression(sql), session(), { name: 'AS', ...(target === undefined ? {} : { target }) });

function failure(sql: string): { code: string; message: string } {
  try {
    scalar(sql, BYTEA).evaluate();
  } catch (error) {
    if (error instanceof SqlError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error(`${sql} did not fail`);
}

describe('scalar expressions', () => {
  it.each([
    ["'abc'", 'abc'],
    ["'\\x6162'", 'ab'],
    ["'text'::bytea", 'text'],
    ["decode('c2VjcmV0', 'base64')", 'secret'],
    ["decode(encode('x', 'base64'), 'base64')", 'x'],
    ["('a' || 'b')::bytea", 'ab'],
  ])('reads %s as bytea', (sql, text) => {
    const bound = scalar(sql, BYTEA);
    expect(bound.type).toBe(BYTEA);
    expect(Buffer.from(bound.evaluate() as Uint8Array).toString()).toBe(text);
  });

  it('keeps its own type where no implicit cast leads to the target', () => {
    expect(scalar("'a' || 'b'", BYTEA).type).toBe(TEXT);
    expect(scalar('123456', BYTEA).type).toBe(INT4);
    expect(scalar("'2020-01-01'", DATE).type).toBe(DATE);
    expect(scalar("'x'").type).toBe(TEXT);
    expect(scalar('null', BYTEA).evaluate()).toBeNull();
  });

  it.each([
    ['(select 1)', 'XX000', 'AS does not allow subqueries'],
    ['exists(select 1)', 'XX000', 'AS does not allow subqueries'],
    ['x', 'XX000', 'column "x" does not exist'],
    ['$1', '42P02', 'there is no parameter $1'],
    ['sum(1)', 'XX000', 'aggregate functions are not allowed in AS (function pg_catalog.sum)'],
    [
      'row_number() over ()',
      'XX000',
      'window functions are not allowed in AS (function pg_catalog.row_number)',
    ],
    [
      'generate_series(1, 2)',
      'XX000',
      'table functions are not allowed in AS (function pg_catalog.generate_series)',
    ],
  ])('refuses %s', (sql, code, message) => {
    expect(failure(sql)).toEqual({ code, message });
  });

  it('refuses mz_now()', () => {
    expect(failure('mz_now()')).toMatchObject({ code: '0A000' });
  });

  it('binds expressions over the columns of a relation', () => {
    const columns = [columnOf('a integer'), columnOf('b text')];
    expect(bindColumnsExpression(parseExpression('upper(b) || a'), columns, session()).type).toBe(TEXT);
    expect(() => bindColumnsExpression(parseExpression('c'), columns, session())).toThrow(
      'column "c" does not exist',
    );
  });
});
