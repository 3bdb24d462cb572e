/** COPY TO STDOUT of a whole server beside PostgreSQL's: the same bytes, or an error on both sides. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start, type TumblerServer } from 'tumbler';
import { findPostgresBinaries, startPostgres, type TestPostgres } from './support/postgres.ts';
import { WireClient, query } from './support/wire-client.ts';

const TABLE = 'create table t (i int4, "T x" text, b bool)';
const ROWS = `insert into t values (1, 'plain', true), (2, E'tab\\t"q" ,|''', false), (3, E'line\\nend\\\\.', null),
  (null, '', true), (5, 'NIL', null), (6, null, false), (7, '\\.', true)`;

const COPIES = [
  'copy t to stdout',
  'copy t ("T x", i) to stdout',
  'copy public.t to stdout (format csv)',
  'copy (select * from t order by i desc) to stdout',
  'copy t to stdout (header)',
  'copy t to stdout with csv header',
  `copy t to stdout with delimiter '|' null 'NIL'`,
  `copy t to stdout (format csv, header, delimiter '|', null 'NIL', quote '''', escape '\\')`,
  `copy t to stdout (format csv, delimiter E'\\t', quote '|')`,
  'copy t to stdout (format binary)',
  'copy t (b) to stdout with binary',
  `copy (select '\\.') to stdout (format csv)`,
  `copy t to stdout (encoding 'utf8')`,
  // Refused on both sides.
  'copy t (nope) to stdout',
  'copy t (i, i) to stdout',
  'copy nope to stdout',
  `copy t to stdout (delimiter '||')`,
  `copy t to stdout (delimiter 'a')`,
  `copy t to stdout (delimiter E'\\n')`,
  `copy t to stdout (null E'a\\n')`,
  `copy t to stdout (null E'a\\tb')`,
  `copy t to stdout (quote '"')`,
  `copy t to stdout (format csv, header match)`,
  `copy t to stdout (format csv, delimiter '"')`,
  `copy t to stdout (format csv, null '"')`,
  `copy t to stdout (format csv, null ',')`,
  `copy t to stdout (format binary, null 'x')`,
  'copy t to stdout (format binary, header)',
  'copy t to stdout (format nope)',
  'copy t to stdout (format csv, format text)',
];

describe.skipIf(findPostgresBinaries() === undefined)('COPY TO STDOUT', () => {
  let postgres: TestPostgres;
  let tumbler: TumblerServer;
  let theirs: WireClient;
  let ours: WireClient;
  beforeAll(async () => {
    const started = await startPostgres();
    if (started === null) throw new Error('PostgreSQL is installed but did not start');
    postgres = started;
    tumbler = await start();
    theirs = await WireClient.login(postgres.port, { user: 'postgres' });
    const port = Number(new URL(tumbler.connectionString).port);
    ours = await WireClient.login(port, { database: 'materialize' });
    for (const client of [theirs, ours]) {
      for (const sql of [TABLE, ROWS]) expect((await copied(client, sql)).code).toBeUndefined();
    }
  });
  afterAll(async () => {
    theirs.close();
    ours.close();
    await tumbler.stop();
    await postgres.stop();
  });

  async function copied(
    client: WireClient,
    sql: string,
  ): Promise<{ data: string; tag?: string; code?: string }> {
    client.send(query(sql));
    const messages = await client.until('readyForQuery');
    const data = Buffer.concat(
      messages.flatMap((message) => (message.kind === 'copyData' ? [message.data] : [])),
    );
    const tag = messages.find((message) => message.kind === 'commandComplete')?.tag;
    const error = messages.find((message) => message.kind === 'errorResponse');
    return {
      data: data.toString('latin1'),
      ...(tag === undefined ? {} : { tag }),
      ...(error === undefined ? {} : { code: error.fields.get('C') ?? '' }),
    };
  }

  it.each(COPIES)('%s', async (sql) => {
    const expected = await copied(theirs, sql);
    const actual = await copied(ours, sql);
    // Most errors have Materialize's general code.
    if (actual.code === 'XX000' && expected.code !== undefined) return;
    expect(actual).toEqual(expected);
  });

  it('takes views, sources and system relations as well', async () => {
    await copied(ours, 'create view v as select i from t where i < 3');
    expect((await copied(ours, 'copy v to stdout')).data).toBe('1\n2\n');
    expect((await copied(ours, 'copy mz_catalog.mz_databases (name) to stdout')).data).toBe('materialize\n');
  });
});
