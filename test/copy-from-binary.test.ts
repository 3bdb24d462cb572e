/**
 * COPY FROM STDIN in binary: what PostgreSQL wrote itself is read back, however it is cut, and malformed data is refused as
 * PostgreSQL refuses it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start, type TumblerServer } from 'tumbler';
import { findPostgresBinaries, startPostgres, type TestPostgres } from './support/postgres.ts';
import { WireClient, copyData, copyDone, query } from './support/wire-client.ts';

const COLUMNS = `i int4, t text, n numeric(12,3), b bool, d date, s timestamptz, y bytea, u uuid, a int4[], j jsonb,
  v varchar(5), f float8`;

const ROWS = `values
  (1, 'plain', 12.5, true, date '2024-02-29', timestamptz '2024-02-29 12:30:00.123456+00', '\\x00ff'::bytea,
    '11111111-2222-3333-4444-555555555555'::uuid, array[1,null,3], '{"a":[1,2]}'::jsonb, 'abc'::varchar, 1.5),
  (-2147483648, '', -0.001, false, 'infinity', '-infinity', '', null, '{}', '"x"', '', 'NaN'),
  (null, null, null, null, null, null, null, null, null, null, null, null),
  (0, E'tab\\t\\\\N \\u00e4\\u20ac\\U0001F600', 123456789.123, null, '0001-01-01 BC', '1999-12-31', '\\x0a',
    null, '{{1,2},{3,4}}', 'null', 'äöüß€', 1e300)`;

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const header = (flags = 0, extension = 0): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(flags, 0);
  bytes.writeInt32BE(extension, 4);
  return Buffer.concat([SIGNATURE, bytes]);
};
const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff]);
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const field = (bytes: Buffer): Buffer => Buffer.concat([int32(bytes.length), bytes]);
const row = (i: number, t: string): Buffer =>
  Buffer.concat([int16(2), field(int32(i)), field(Buffer.from(t))]);
const END = int16(-1);

/** Data for `pair (i int4, t text)`. */
const PAYLOADS: Readonly<Record<string, readonly Buffer[]>> = {
  'rows and a trailer': [header(), row(1, 'a'), row(2, 'b'), END],
  'no trailer': [header(), row(1, 'a')],
  'no rows': [header(), END],
  'a header extension': [header(0, 5), Buffer.from('hello'), row(1, 'a'), END],
  'flags that may be ignored': [header(1), row(1, 'a'), END],
  'the half of a field count at the end': [header(), row(1, 'a'), Buffer.from([0])],
  'nothing at all': [],
  'another signature': [Buffer.from('1\tone\n2\ttwo\n3\tthree\n')],
  'a signature that is cut off': [SIGNATURE.subarray(0, 5)],
  'no flags': [SIGNATURE, Buffer.from([0])],
  'no length of the extension': [SIGNATURE, int32(0)],
  'a negative length of the extension': [header(0, -1)],
  'an extension that is cut off': [header(0, 5), Buffer.from('he')],
  'row ids': [header(0x10000), END],
  'critical flags': [header(0x20000), END],
  'too many fields': [header(), int16(3), END],
  'too few fields': [header(), int16(1), field(int32(1)), END],
  'a negative field size': [header(), int16(2), int32(-2)],
  'a row that is cut off': [header(), row(1, 'abc').subarray(0, -1)],
  'a row that ends behind its count': [header(), int16(2)],
  'data behind the trailer': [header(), END, row(1, 'a')],
  'text that is no UTF-8': [header(), int16(2), field(int32(1)), field(Buffer.from([0xff])), END],
  'too many bytes for the type': [header(), int16(2), field(Buffer.alloc(5)), field(Buffer.from('a')), END],
};

describe.skipIf(findPostgresBinaries() === undefined)('COPY FROM STDIN in binary', () => {
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
    ours = await WireClient.login(Number(new URL(tumbler.connectionString).port), {
      database: 'materialize',
    });
    for (const client of [theirs, ours]) {
      for (const sql of [`set timezone = 'UTC'`, `create table every (${COLUMNS})`]) await said(client, sql);
      await said(client, 'create table pair (i int4, t text)');
    }
  });
  afterAll(async () => {
    theirs.close();
    ours.close();
    await tumbler.stop();
    await postgres.stop();
  });

  /** Answers of a statement: rows, tags, errors. */
  async function said(client: WireClient, sql: string, data?: readonly Buffer[]): Promise<readonly string[]> {
    client.send(query(sql));
    if (data !== undefined) {
      await client.until('copyInResponse');
      client.send(...data.map((bytes) => copyData(bytes)), copyDone);
    }
    const answers: string[] = [];
    for (const message of await client.until('readyForQuery')) {
      if (message.kind === 'dataRow') answers.push(message.values.map((value) => String(value)).join('|'));
      if (message.kind === 'commandComplete') answers.push(message.tag);
      if (message.kind === 'errorResponse')
        answers.push(`${message.fields.get('C')} ${message.fields.get('M')}`);
    }
    return answers;
  }

  async function written(sql: string): Promise<Buffer> {
    theirs.send(query(`copy (${sql}) to stdout (format binary)`));
    const messages = await theirs.until('readyForQuery');
    return Buffer.concat(messages.flatMap((message) => (message.kind === 'copyData' ? [message.data] : [])));
  }

  it.each([1, 2, 7, 64, 100_000])('reads what PostgreSQL wrote, %i bytes at a time', async (size) => {
    await said(theirs, 'delete from every');
    await said(theirs, `insert into every ${ROWS}`);
    const bytes = await written('table every');
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    for (const client of [theirs, ours]) {
      await said(client, 'delete from every');
      expect(await said(client, 'copy every from stdin (format binary)', chunks)).toEqual(['COPY 4']);
    }
    const select = `select i, t, n, b, d, s, y, u, a, replace(j::text, ' ', ''), v, f from every order by i, t`;
    expect(await said(ours, select)).toEqual(await said(theirs, select));
  });

  it.each(Object.entries(PAYLOADS))('%s', async (_name, data) => {
    const outcomes: (readonly string[])[] = [];
    for (const client of [theirs, ours]) {
      await said(client, 'delete from pair');
      const copied = await said(client, 'copy pair from stdin with binary', data);
      // What a type says about bad bytes is its own; the code is PostgreSQL's.
      const coded = copied.map((answer) => (/^22(?!P04)/.test(answer) ? answer.slice(0, 5) : answer));
      outcomes.push([...coded, ...(await said(client, 'select * from pair order by i'))]);
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
  });

  it('fills columns that are not there, in the order that is asked for', async () => {
    const data = [header(), int16(1), field(Buffer.from('only')), END];
    for (const client of [theirs, ours]) {
      await said(client, `create table filled (i int4 default 7, t text, z text not null default 'z')`);
      expect(await said(client, 'copy filled (t) from stdin (format binary)', data)).toEqual(['COPY 1']);
      expect(await said(client, 'select * from filled')).toEqual(['7|only|z', 'SELECT 1']);
    }
  });

  it.each([
    `copy pair from stdin (format binary, delimiter ',')`,
    `copy pair from stdin (format binary, null 'x')`,
  ])('%s', async (sql) => {
    expect(await said(ours, sql)).toEqual(await said(theirs, sql));
  });
});
