/** What JDBC's DatabaseMetaData answers about the same tables here and in a real PostgreSQL. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgresBinaries, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { isInstalled, JDBC_METADATA, runForeign } from './support/foreign.ts';
import {
  canServe,
  keepFigures,
  SHARED_CATALOG,
  startLiveServer,
  type LiveServer,
} from './support/live-server.ts';

/** Differences that are meant, with their reason. */
const MEANT: readonly (readonly [difference: RegExp, reason: string])[] = [
  [
    /^getColumns .*TABLE_NAME=(adults|names) .*COLUMN_NAME=(id|n) /,
    'columns of views know that they are never NULL',
  ],
  [/^getColumns .*COLUMN_DEF='2000-01-01'/, 'defaults show as they were written, without a cast'],
  [/^getIndexInfo: /, 'an arrangement has no order, pages or statistics'],
  [/^getUDTs: lacks .*TYPE_NAME=items/, 'tables have no row types'],
  [/^getFunctions: .*REMARKS=/, 'built-in functions have no comments'],
  [
    /^getTablePrivileges: lacks .*PRIVILEGE=(REFERENCES|TRIGGER|TRUNCATE)/,
    'privileges that do not exist here',
  ],
];

const ready = canServe && findPostgresBinaries() !== undefined && isInstalled(JDBC_METADATA);

describe.skipIf(!ready)('DatabaseMetaData beside PostgreSQL', () => {
  let live: LiveServer;
  let postgres: TestPostgres | null = null;
  beforeAll(async () => {
    live = await startLiveServer();
    postgres = await startPostgres();
    await postgres?.psql('CREATE ROLE materialize LOGIN SUPERUSER');
    await postgres?.psql('CREATE DATABASE materialize OWNER materialize');
    const client = new pg.Client({
      host: '127.0.0.1',
      port: postgres?.port ?? 0,
      user: 'materialize',
      database: 'materialize',
    });
    await client.connect();
    for (const statement of SHARED_CATALOG) await client.query(statement);
    await client.end();
  }, 60_000);
  afterAll(async () => {
    await postgres?.stop();
    await live.stop();
  });

  it('answers the same, but for what is meant to differ', async () => {
    const recorder = await live.record();
    const address = `jdbc:postgresql://127.0.0.1:${String(postgres?.port)}/materialize?user=materialize&sslmode=disable`;
    const run = await runForeign(JDBC_METADATA, recorder.port, { CLIENT_JDBC_POSTGRES: address });
    const asked = [...run.output.matchAll(/^asked (.*)$/gm)].map(([, what]) => what ?? '');
    keepFigures('pgjdbc metadata', '42.7', asked, recorder);
    expect(run.exitCode, run.output).toBe(0);
    expect(asked.length).toBeGreaterThan(25);
    const differences = [...run.output.matchAll(/^differs (.*)$/gm)].map(([, what]) => what ?? '');
    expect(differences.filter((what) => !MEANT.some(([pattern]) => pattern.test(what)))).toEqual([]);
    const unused = MEANT.filter(([pattern]) => !differences.some((what) => pattern.test(what)));
    expect(unused.map(([, reason]) => reason)).toEqual([]);
    expect(recorder.failures()).toEqual([]);
  }, 60_000);
});
