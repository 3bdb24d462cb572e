/**
 * Functions against a real PostgreSQL 15: every case is a signature and argument texts (null for NULL), evaluated here
 * through the registry and there through SQL; results compared as text, and failures compared as failures.
 */
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgresBinaries, startPostgres, type TestPostgres } from '../../../test/support/postgres.ts';
import { evaluateCase } from '../test-support.ts';
import type { Case } from './case.ts';
import { ARRAYS_CASES } from './arrays.ts';
import { BYTES_CASES } from './bytes.ts';
import { CATALOG_CASES } from './catalog.ts';
import { DATETIMES_CASES } from './datetimes.ts';
import { JSON_CASES } from './json.ts';
import { NUMBERS_CASES } from './numbers.ts';
import { PATTERNS_CASES } from './patterns.ts';
import { RANGES_CASES } from './ranges.ts';
import { STRINGS_CASES } from './strings.ts';
import { TO_CHAR_DATETIMES_CASES } from './to-char-datetimes.ts';
import { TO_CHAR_NUMBERS_CASES } from './to-char-numbers.ts';
import { TO_NUMBER_CASES } from './to-number.ts';
import { TO_TIMESTAMP_CASES } from './to-timestamp.ts';

/** By family; known differences of Materialize are not among them. */
const FAMILIES: Readonly<Record<string, readonly Case[]>> = {
  strings: STRINGS_CASES,
  bytes: BYTES_CASES,
  numbers: NUMBERS_CASES,
  patterns: PATTERNS_CASES,
  arrays: ARRAYS_CASES,
  datetimes: DATETIMES_CASES,
  catalog: CATALOG_CASES,
  json: JSON_CASES,
  'to-char-datetimes': TO_CHAR_DATETIMES_CASES,
  'to-char-numbers': TO_CHAR_NUMBERS_CASES,
  'to-number': TO_NUMBER_CASES,
  'to-timestamp': TO_TIMESTAMP_CASES,
  ranges: RANGES_CASES,
};

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

/** Each case's value on the server, or the message of its failure. */
async function theirs(
  server: TestPostgres,
  cases: readonly Case[],
): Promise<readonly (readonly [value: string | null, error: string | null])[]> {
  const selects = cases.map(
    (example, i) => `PERFORM pg_temp.try(${String(i)}, ${quote(`SELECT (${sqlOf(example)})::text`)});`,
  );
  const rows = await server.psql(`
    CREATE TEMP TABLE outcome (n int, value text, error text);
    CREATE FUNCTION pg_temp.try(n int, q text) RETURNS void LANGUAGE plpgsql AS $f$
    DECLARE v text;
    BEGIN
      EXECUTE q INTO v;
      INSERT INTO outcome VALUES (n, v, NULL);
    EXCEPTION WHEN OTHERS THEN INSERT INTO outcome VALUES (n, NULL, SQLERRM);
    END $f$;
    DO $d$ BEGIN ${selects.join('\n')} END $d$;
    SELECT value, error FROM outcome ORDER BY n`);
  return rows.map(([value = null, error = null]) => [value, error]);
}

describe.skipIf(findPostgresBinaries() === undefined)('functions beside PostgreSQL', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    const started = await startPostgres();
    if (started === null) throw new Error('PostgreSQL is installed but did not start');
    postgres = started;
  }, 60_000);
  afterAll(() => postgres.stop());

  it.each(Object.entries(FAMILIES))('%s', { timeout: 120_000 }, async (_family, cases) => {
    const expected = await theirs(postgres, cases);
    expect(expected.length).toBe(cases.length);
    const differences = cases.flatMap((example, i) => {
      const [value, error] = expected[i] ?? [null, null];
      const ours = evaluateCase(example);
      const same = 'error' in ours ? error !== null : error === null && sameText(ours.value, value);
      if (same) return [];
      return [`${sqlOf(example)}: ours ${JSON.stringify(ours)}, theirs ${JSON.stringify({ value, error })}`];
    });
    expect(differences).toEqual([]);
  });
});
