/**
 * The corpus on real PostgreSQL and on ours: rows in text and binary, column names, type OIDs, and whether there is an
 * error at all. Texts and SQLSTATEs of errors are Materialize's, which has XX000 for nearly everything; where ours has a
 * code of its own, it must be PostgreSQL's.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgresBinaries } from '../support/postgres.ts';
import { loadParser } from '../../src/sql/parser.ts';
import { codesAgree, comparable } from './compare.ts';
import { KNOWN_DIFFERENCES, OPEN_DEFECTS } from './known-differences.ts';
import { ourSide, postgresSide, type Side } from './sides.ts';

const FOLDER = join(import.meta.dirname, 'corpus');

/** Queries of a file: each ends with a semicolon at the end of a line. */
function queriesOf(file: string): string[] {
  return readFileSync(join(FOLDER, file), 'utf8')
    .split(/;\n/)
    .map((query) => query.trim())
    .filter((query) => query !== '');
}

describe.skipIf(findPostgresBinaries() === undefined)('as PostgreSQL answers', () => {
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

  for (const file of readdirSync(FOLDER).sort()) {
    describe(file, () => {
      it.each(queriesOf(file))('%s', async (sql) => {
        const [expected, actual] = [await theirs.run(sql), await ours.run(sql)];
        const reason = KNOWN_DIFFERENCES[sql] ?? OPEN_DEFECTS[sql];
        if (reason !== undefined) {
          const same = JSON.stringify(comparable(actual, sql)) === JSON.stringify(comparable(expected, sql));
          expect(same && codesAgree(expected, actual), 'no longer differs: take it off the list').toBe(false);
          return;
        }
        if (actual.kind !== expected.kind) expect(actual).toEqual(expected);
        expect(comparable(actual, sql)).toEqual(comparable(expected, sql));
        expect(
          codesAgree(expected, actual),
          `${JSON.stringify(actual)} for ${JSON.stringify(expected)}`,
        ).toBe(true);
      });
    });
  }
});
