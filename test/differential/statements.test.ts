/**
 * Scripts on real PostgreSQL and on a whole server, over the wire: command tags, rows, column names, type OIDs, and where
 * there is an error its SQLSTATE, unless ours is the general one that Materialize has for nearly everything.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { start, type TumblerServer } from 'tumbler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgresBinaries, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { fixtureSql } from './fixture.ts';

const FOLDER = join(import.meta.dirname, 'statements');

/** Statements of a script in order: each ends with a semicolon at the end of a line. */
function statementsOf(file: string): string[] {
  return readFileSync(join(FOLDER, file), 'utf8')
    .split(/;\n/)
    .map((statement) => statement.replace(/^--.*$/gm, '').trim())
    .filter((statement) => statement !== '');
}

/** What a statement came to: a text for each result, or the SQLSTATE. */
type Said = { readonly results: readonly string[] } | { readonly code: string; readonly message: string };

/** Values stay the text that came. */
const RAW = { getTypeParser: () => (value: string) => value };

async function say(client: pg.Client, sql: string): Promise<Said> {
  try {
    const answer = await client.query({ text: sql, rowMode: 'array', types: RAW } as never);
    const results = (Array.isArray(answer) ? answer : [answer]) as unknown as pg.QueryArrayResult[];
    return {
      results: results.map(({ command, rowCount, fields, rows }) => {
        const columns = fields.map((field) => `${field.name}:${field.dataTypeID}`).join(' ');
        const lines = rows.map((row) => JSON.stringify(row));
        // Rows come in no order unless the statement asks for one.
        if (!/order by|^fetch/i.test(sql)) lines.sort();
        return [`${command} ${rowCount ?? ''}`, columns, ...lines].join('\n');
      }),
    };
  } catch (cause) {
    if (!(cause instanceof pg.DatabaseError)) throw cause;
    return { code: cause.code ?? '', message: cause.message };
  }
}

describe.skipIf(findPostgresBinaries() === undefined)('scripts, as PostgreSQL runs them', () => {
  let postgres: TestPostgres;
  let tumbler: TumblerServer;
  beforeAll(async () => {
    const started = await startPostgres();
    if (started === null) throw new Error('PostgreSQL is installed but did not start');
    postgres = started;
    tumbler = await start();
  });
  afterAll(async () => {
    await tumbler.stop();
    await postgres.stop();
  });

  describe.each(readdirSync(FOLDER).sort())('%s', (file) => {
    let theirs: pg.Client;
    let ours: pg.Client;
    beforeAll(async () => {
      [theirs, ours] = [postgres, tumbler].map(
        ({ connectionString }) => new pg.Client({ connectionString }),
      ) as [pg.Client, pg.Client];
      for (const client of [theirs, ours]) {
        await client.connect();
        const schema = file.replace(/\W/g, '_');
        const set = `create schema ${schema}; set search_path = ${schema}; set timezone = 'UTC'; ${fixtureSql()}`;
        for (const sql of set.split(';').filter((part) => part.trim() !== '')) await client.query(sql);
      }
    });
    afterAll(async () => {
      await theirs.end();
      await ours.end();
    });

    it.each(statementsOf(file))('%s', async (sql) => {
      const expected = await say(theirs, sql);
      const actual = await say(ours, sql);
      if ('code' in expected && 'code' in actual) {
        const agree = actual.code === 'XX000' || actual.code === expected.code;
        expect(agree, `${JSON.stringify(actual)} for ${JSON.stringify(expected)}`).toBe(true);
      } else expect(actual).toEqual(expected);
    });
  });
});
