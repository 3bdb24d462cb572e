/** The same messages to the door and to a real PostgreSQL: where the meaning is the protocol's, the answers are alike. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FrontendMessage } from '../src/pgproto/frontend-messages.ts';
import { startPostgres, type TestPostgres } from './support/postgres.ts';
import {
  WireClient,
  bind,
  closePortal,
  closeStatement,
  copyData,
  copyDone,
  copyFail,
  describePortal,
  describeStatement,
  execute,
  flush,
  parse,
  query,
  sync,
  transcript,
} from './support/wire-client.ts';
import { startWireServer, type WireServer } from './support/wire-server.ts';

/** Fails when it runs; PostgreSQL would find out about a plain 1/0 while it plans. */
const FAILS = 'SELECT 1/(random()*0)::int4';
const SERIES = 'SELECT generate_series(1,3)';

/** Messages, and how many ReadyForQuery they bring. */
const SCRIPTS: Readonly<Record<string, readonly [readonly FrontendMessage[], number]>> = {
  'one statement': [[query('SELECT 1')], 1],
  'several statements': [[query(`SELECT 1; ${SERIES}`)], 1],
  'an empty string': [[query('')], 1],
  'only a semicolon': [[query(' ; ')], 1],
  'a syntax error runs nothing': [[query('SELECT 1; SYNTAX')], 1],
  'an error ends the string': [[query(`SELECT 1; ${FAILS}; SELECT 1`)], 1],
  'a transaction': [[query('BEGIN'), query('SELECT 1'), query('COMMIT')], 3],
  'a failed transaction': [[query('BEGIN'), query(FAILS), query('SELECT 1'), query('ROLLBACK')], 4],
  'an extended query': [[parse('SELECT 1'), bind(), describePortal(), execute(), sync], 1],
  'describing a statement': [[parse('SELECT $1::int4, $2::text'), describeStatement(), sync], 1],
  'pipelined queries': [
    [parse('SELECT 1'), bind(), execute(), sync, parse(SERIES), bind(), execute(), sync],
    2,
  ],
  'a row limit': [[parse(SERIES), bind(), execute('', 2), execute('', 2), sync], 1],
  'a row limit that is met exactly': [[parse(SERIES), bind(), execute('', 3), execute('', 3), sync], 1],
  'a negative row limit': [[parse(SERIES), bind(), execute('', -5), sync], 1],
  'skipping until Sync': [
    [parse('SYNTAX'), bind(), execute(), query('SELECT 1'), parse('SELECT 1'), sync, query('SELECT 1')],
    2,
  ],
  'an error while running': [[parse(FAILS), bind(), describePortal(), execute(), execute(), sync], 1],
  'an empty statement': [[parse(''), describeStatement(), bind(), describePortal(), execute(), sync], 1],
  'an unknown statement': [[bind('', 'nope'), sync], 1],
  'an unknown portal': [[execute('nope'), sync], 1],
  'describing what does not exist': [[describeStatement('nope'), sync, describePortal('nope'), sync], 2],
  'closing what does not exist': [[closeStatement('nope'), closePortal('nope'), sync], 1],
  'a taken statement name': [
    [parse('SELECT 1', 's1'), sync, parse('SELECT 1', 's1'), sync, closeStatement('s1'), sync],
    3,
  ],
  'a taken portal name': [
    [query('BEGIN'), parse('SELECT 1'), bind('p'), bind('p'), sync, query('ROLLBACK')],
    3,
  ],
  'a portal that outlives Sync in a transaction': [
    [
      query('BEGIN'),
      parse(SERIES),
      bind('p'),
      execute('p', 1),
      sync,
      execute('p', 1),
      sync,
      query('COMMIT'),
      execute('p'),
      sync,
    ],
    5,
  ],
  'a portal that does not outlive Sync outside': [
    [parse(SERIES), bind('p'), execute('p', 1), sync, execute('p'), sync],
    2,
  ],
  'a simple query drops the unnamed statement': [
    [parse('SELECT 1'), sync, query('SELECT 1'), bind(), sync],
    3,
  ],
  'a failed Parse leaves no unnamed statement': [
    [parse('SELECT 1'), sync, parse('SYNTAX'), sync, bind(), sync],
    3,
  ],
  'BEGIN by extended query': [[parse('BEGIN'), bind(), execute(), sync, query('ROLLBACK')], 2],
  'an error in a transaction by extended query': [
    [query('BEGIN'), parse(FAILS), bind(), execute(), sync, parse('SELECT 1'), sync, query('ROLLBACK')],
    4,
  ],
  'a suspended portal in a failed transaction': [
    [query('BEGIN'), parse(SERIES), bind('p'), execute('p', 1), sync, query(FAILS), execute('p', 1), sync],
    4,
  ],
  'a finished portal in a failed transaction': [
    [query('BEGIN'), parse(SERIES), bind('p'), execute('p'), sync, query(FAILS), execute('p'), sync],
    4,
  ],
  'describing in a failed transaction': [
    [
      ...[query('BEGIN'), parse(SERIES, 's'), bind('p', 's'), sync, query(FAILS)],
      ...[
        describePortal('p'),
        sync,
        describeStatement('s'),
        sync,
        parse('ROLLBACK'),
        describeStatement(),
        sync,
      ],
    ],
    6,
  ],
  'Sync alone': [[sync, sync], 2],
  'binary results': [
    [parse('SELECT 1'), { ...bind(), resultFormats: [1] } as FrontendMessage, describePortal(), sync],
    1,
  ],
  'too many formats': [[parse('SELECT 1'), { ...bind(), resultFormats: [1, 1] } as FrontendMessage, sync], 1],
  'COPY out': [[query('COPY (SELECT generate_series(1,3)) TO STDOUT')], 1],
  'COPY in': [[query('COPY t FROM STDIN'), copyData('1\n2'), copyData('\n'), copyDone], 1],
  'COPY in that fails': [
    [query('COPY t FROM STDIN'), copyData('1\n'), copyFail('enough'), query('SELECT 1')],
    2,
  ],
  'COPY in by extended query': [
    [parse('COPY t FROM STDIN'), bind(), describePortal(), execute(), sync, copyData('1\n'), copyDone, sync],
    1,
  ],
  'a malformed Bind': [[parse('SELECT 1'), { kind: 'describe', target: 'portal', name: 'x' }, sync], 1],
};

let wire: WireServer;
let postgres: TestPostgres | null;

beforeAll(async () => {
  wire = await startWireServer();
  postgres = await startPostgres();
  await postgres?.psql('CREATE TABLE t (n int4)');
});
afterAll(async () => {
  await wire.server.stop(0);
  await postgres?.stop();
});

async function play(
  port: number,
  user: string,
  [messages, ready]: readonly [readonly FrontendMessage[], number],
): Promise<string[]> {
  const client = await WireClient.login(port, { user });
  client.send(...messages);
  const said = transcript(await client.until('readyForQuery', ready));
  client.close();
  return said;
}

describe('as PostgreSQL', () => {
  it.for(Object.entries(SCRIPTS))('%s', async ([, script], { skip }) => {
    const ours = await play(wire.port, 'materialize', script);
    expect(ours.filter((line) => line.startsWith('ready'))).toHaveLength(script[1]);
    if (postgres === null) return skip('PostgreSQL is not installed');
    expect(ours).toEqual(await play(postgres.port, postgres.superuser, script));
  });

  it('answers Flush without Sync', async ({ skip }) => {
    if (postgres === null) return skip('PostgreSQL is not installed');
    for (const [port, user] of [
      [wire.port, 'materialize'],
      [postgres.port, postgres.superuser],
    ] as const) {
      const client = await WireClient.login(port, { user });
      client.send(parse(SERIES), flush);
      expect(transcript(await client.until('parseComplete'))).toEqual(['parseComplete']);
      client.send(bind(), execute('', 1), flush);
      expect(transcript(await client.until('portalSuspended'))).toEqual([
        'bindComplete',
        'row 1',
        'portalSuspended',
      ]);
      client.send(execute('', 0), flush);
      expect(transcript(await client.until('commandComplete'))).toEqual([
        'row 2',
        'row 3',
        'complete SELECT 2',
      ]);
      client.send(sync);
      expect(transcript(await client.until('readyForQuery'))).toEqual(['ready I']);
      client.close();
    }
  });

  it('sends an error without waiting for Sync', async ({ skip }) => {
    if (postgres === null) return skip('PostgreSQL is not installed');
    for (const [port, user] of [
      [wire.port, 'materialize'],
      [postgres.port, postgres.superuser],
    ] as const) {
      const client = await WireClient.login(port, { user });
      client.send(parse('SYNTAX'));
      expect(transcript(await client.until('errorResponse'))).toEqual(['error ERROR 42601']);
      client.close();
    }
  });

  it('negotiates the version of the protocol', async ({ skip }) => {
    if (postgres === null) return skip('PostgreSQL is not installed');
    const answers = await Promise.all(
      (
        [
          [wire.port, 'materialize'],
          [postgres.port, postgres.superuser],
        ] as const
      ).map(async ([port, user]) => {
        const client = await WireClient.open(port);
        client.startup({ user, database: 'postgres', '_pq_.later': 'on' }, 7);
        const messages = await client.until('readyForQuery');
        client.close();
        return [messages[0], messages.at(-1)];
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.[0]).toEqual({
      kind: 'negotiateProtocolVersion',
      version: 196608,
      unknownOptions: ['_pq_.later'],
    });
  });
});
