import { describe, expect, it } from 'vitest';
import { SqlError } from '../errors.ts';
import { withoutQuotations, withoutSecretValues } from './guard-error.ts';
import { parseScript } from './parser.ts';
import { loadParser } from './parser.ts';

await loadParser();

function syntaxErrorOf(sql: string): string {
  try {
    parseScript(sql);
  } catch (error) {
    return (withoutSecretValues(error, sql) as SqlError).message;
  }
  throw new Error('it parsed');
}

const told = (message: string, sql: string): string =>
  (withoutSecretValues(new SqlError('XX000', message), sql) as SqlError).message;

describe('errors of statements with secrets', () => {
  it.each([
    [`CREATE SECRET x 'hunter22'`, 'Expected AS, found string literal "[redacted]"'],
    [`CREATE SECRET x "hunter22"`, 'Expected AS, found identifier "[redacted]"'],
    [`CREATE SECRET x hunter22`, 'Expected AS, found identifier "[redacted]"'],
    [`CREATE SECRET a.b 4711`, 'Expected AS, found number "[redacted]"'],
    [`SELECT 1; ALTER SECRET x 'abc'`, /^(?!.*abc)/],
  ])('%s', (sql, expected) => {
    expect(syntaxErrorOf(sql)).toMatch(expected);
  });

  it('strike out values that later stages repeat', () => {
    const cast = 'invalid input syntax for type integer: "hunter22"';
    const clean = 'invalid input syntax for type integer: "[redacted]"';
    expect(told(cast, `ALTER SECRET x AS 'hunter22'::int`)).toBe(clean);
    expect(told('bad "ab"', `CREATE SECRET x AS 'ab'`)).toBe('bad "[redacted]"');
    expect(told('bad password "hunter22"', `ALTER ROLE r PASSWORD 'hunter22'`)).toContain('[redacted]');
    expect(told('bad password "hunter22"', `CREATE CONNECTION c (PASSWORD = 'hunter22')`)).toContain('[red');
  });

  it('keep names, functions, and everything of other statements', () => {
    expect(told(`unknown schema 'nope'`, `CREATE SECRET nope.x AS 'hunter22'`)).toBe(`unknown schema 'nope'`);
    const unknown = 'function mangle(unknown) does not exist';
    expect(told(unknown, `CREATE SECRET x AS mangle('hunter22')`)).toBe(unknown);
    const taken = `catalog item 'other' already exists`;
    expect(told(taken, 'ALTER SECRET x RENAME TO other')).toBe(taken);
    const cast = 'invalid input syntax for type integer: "secret"';
    expect(told(cast, `SELECT 'secret'::int`)).toBe(cast);
  });

  it('of values tell nothing that is quoted', () => {
    const error = withoutQuotations(new SqlError('22P02', 'bad: "HUNTER" and "22"', { hint: `try 'x'` }));
    expect(error).toMatchObject({ code: '22P02', message: 'bad: "[redacted]"', hint: `try '[redacted]'` });
  });
});
