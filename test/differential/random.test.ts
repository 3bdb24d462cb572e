/** Random queries on real PostgreSQL and on ours. A failure prints the smallest query found that still differs. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadParser } from '../../src/sql/parser.ts';
import { findPostgresBinaries } from '../support/postgres.ts';
import { comparable } from './compare.ts';
import { query } from './generate.ts';
import { ourSide, postgresSide, type Side } from './sides.ts';

/** Enough to meet every form many times; TUMBLER_TEST_QUERIES asks for more. */
const RUNS = Number(process.env['TUMBLER_TEST_QUERIES'] ?? 400);

describe.skipIf(findPostgresBinaries() === undefined)('random queries', () => {
  let theirs: Side;
  let ours: Side;
  beforeAll(async () => {
    await loadParser();
    const side = await postgresSide();
    if (side === null) throw new Error('PostgreSQL is installed but did not start');
    theirs = side;
    ours = ourSide();
  });
  afterAll(() => theirs.stop());

  it(`give PostgreSQL's rows`, { timeout: 300_000 }, async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(query, async (sql) => {
        const expected = await theirs.run(sql);
        const actual = await ours.run(sql);
        if (expected.kind === 'rows') answered++;
        expect(comparable(actual, sql), sql).toEqual(comparable(expected, sql));
      }),
      { numRuns: RUNS },
    );
    // Queries that PostgreSQL refuses prove little.
    expect(answered).toBeGreaterThan(RUNS * 0.9);
  });
});
