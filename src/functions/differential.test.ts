/**
 * Functions against a real PostgreSQL 15: every case is a signature and argument texts (null for NULL), evaluated here
 * through the registry and there through SQL; results compared as text, and failures compared as failures.
 */
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { CASES } from './differential-cases.ts';
import { evaluateCase, type Case } from './test-support.ts';

let postgres: TestPostgres | null = null;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(async () => {
  await postgres?.stop();
});

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** SQL of a case: an operator between its operands, or a call. */
function sqlOf([signature, ...args]: Case): string {
  const match = /^(.*?)\(([^()]*)\)$/.exec(signature);
  const name = match?.[1] ?? '';
  const types = (match?.[2] ?? '') === '' ? [] : (match?.[2] ?? '').split(',');
  const values = args.map((value, i) => {
    const type = types[i] ?? types.at(-1) ?? 'text';
    return `${value === null ? 'NULL' : quote(value)}::${typeSql(type)}`;
  });
  if (!/^[a-z_]/.test(name)) {
    const operator = `OPERATOR(pg_catalog.${name})`;
    return values.length === 1 ? `${operator} ${values[0] ?? ''}` : values.join(` ${operator} `);
  }
  return `pg_catalog.${name}(${values.join(', ')})`;
}

function typeSql(name: string): string {
  if (name.startsWith('_')) return `${typeSql(name.slice(1))}[]`;
  return name === 'char' ? '"char"' : name;
}

/** jsonb prints without blanks here (Materialize) and with them there: equal JSON is equal. */
function sameText(ours: string | null, theirs: string | null | undefined): boolean {
  if (ours === theirs) return true;
  if (ours === null || theirs === null || theirs === undefined || !/^[{[]/.test(ours)) return false;
  try {
    return isDeepStrictEqual(JSON.parse(ours), JSON.parse(theirs));
  } catch {
    return false;
  }
}

describe('functions beside PostgreSQL', () => {
  it('agrees on every case', { timeout: 120_000 }, async (context) => {
    if (postgres === null) {
      context.skip('PostgreSQL is not installed');
      return;
    }
    const differences: string[] = [];
    const selects = CASES.map(
      (example, i) => `PERFORM pg_temp.try(${String(i)}, ${quote(`SELECT (${sqlOf(example)})::text`)});`,
    );
    const rows = await postgres.psql(`
      CREATE TEMP TABLE outcome (n int, value text, error text);
      CREATE FUNCTION pg_temp.try(n int, q text) RETURNS void LANGUAGE plpgsql AS $f$
      DECLARE v text;
      BEGIN
        EXECUTE q INTO v;
        INSERT INTO outcome VALUES (n, v, NULL);
      EXCEPTION WHEN OTHERS THEN INSERT INTO outcome VALUES (n, NULL, SQLERRM);
      END $f$;
      DO $d$ BEGIN ${selects.join('\n')} END $d$;
      SELECT n, value, error FROM outcome ORDER BY n`);
    expect(rows.length).toBe(CASES.length);
    for (const [n, value, error] of rows) {
      const example = CASES[Number(n)] as Case;
      const ours = evaluateCase(example);
      const theirs = error === null ? { value } : { error };
      const same = 'error' in ours ? error !== null : error === null && sameText(ours.value, value);
      if (!same)
        differences.push(`${sqlOf(example)}: ours ${JSON.stringify(ours)}, theirs ${JSON.stringify(theirs)}`);
    }
    expect(differences).toEqual([]);
  });
});
