/** Drivers of Node: connect, introspect, take values there and back in text and binary, prepare, and see errors. */
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAILS, type Recorder } from './support/recorder.ts';
import { canServe, keepFigures, versionOf, startLiveServer, type LiveServer } from './support/live-server.ts';

/** Values that must come back as they went; the type is what the parameter is cast to. */
const ROUND_TRIPS: readonly (readonly [type: string, value: unknown])[] = [
  ['int2', -32768],
  ['int4', 2147483647],
  ['int8', '9007199254740993'],
  ['float8', 0.1],
  ['numeric', '12345678901234567890.0123456789'],
  ['bool', true],
  ['text', "it's 'ünï' \\ \u{1f600}"],
  ['varchar', 'abc'],
  ['bytea', Buffer.from([0, 1, 254, 255])],
  ['uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['int4[]', [1, 2, 3]],
  ['text[]', ['a', 'b,c', '"', null]],
  ['jsonb', { a: [1, 'x', null] }],
];

describe.skipIf(!canServe)('drivers of Node', () => {
  let live: LiveServer;
  beforeAll(async () => {
    live = await startLiveServer();
  });
  afterAll(() => live.stop());

  describe('node-postgres', () => {
    let recorder: Recorder;
    let client: pg.Client;
    beforeAll(async () => {
      recorder = await live.record();
      client = new pg.Client({
        host: '127.0.0.1',
        port: recorder.port,
        user: 'materialize',
        database: 'materialize',
      });
      await client.connect();
    });
    afterAll(async () => {
      await client.end();
      const checks = [
        'connect',
        'typed round trips',
        'prepared',
        'binary',
        'errors',
        'transactions',
        'types',
      ];
      keepFigures('node-postgres', versionOf('pg'), checks, recorder);
    });

    it.each(ROUND_TRIPS)('takes %s there and back', async (type, value) => {
      const sent = type === 'jsonb' ? JSON.stringify(value) : value;
      const { rows } = await client.query<{ v: unknown }>(`SELECT $1::${type} AS v`, [sent]);
      expect(rows[0]?.v).toEqual(value);
    });

    it('names columns with the types of PostgreSQL', async () => {
      const result = await client.query('SELECT id, name, born, score, tags, seen FROM people ORDER BY id');
      expect(result.fields.map(({ name, dataTypeID }) => [name, dataTypeID])).toEqual([
        ['id', 23],
        ['name', 25],
        ['born', 1082],
        ['score', 1700],
        ['tags', 1009],
        ['seen', 1184],
      ]);
      expect(result.rows[0]).toMatchObject({ id: 1, name: 'Ann', score: '12.50', tags: ['a', 'b'] });
      expect((result.rows[0] as { seen: Date }).seen.toISOString()).toBe('2024-05-06T07:08:09.123Z');
    });

    it('reads binary results', async () => {
      // The types of the package leave out a setting that it documents.
      const config = {
        text: 'SELECT $1::int4 AS a, 2.5::float8 AS b',
        values: ['7'],
        binary: true,
      } as pg.QueryConfig;
      expect((await client.query(config)).rows).toEqual([{ a: 7, b: 2.5 }]);
    });

    it('runs a named statement again', async () => {
      for (const id of [1, 2]) {
        const { rows } = await client.query({
          name: 'by-id',
          text: 'SELECT id FROM people WHERE id = $1',
          values: [id],
        });
        expect(rows).toEqual([{ id }]);
      }
    });

    it('reports errors with SQLSTATE, and goes on', async () => {
      await expect(client.query(`SELECT * FROM missing ${FAILS}`)).rejects.toMatchObject({ code: 'XX000' });
      await expect(client.query(`SELECT 1/0 ${FAILS}`)).rejects.toMatchObject({ severity: 'ERROR' });
      await expect(client.query(`SELEC 1 ${FAILS}`)).rejects.toMatchObject({ code: '42601' });
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    });

    it('takes names of the catalog as parameters', async () => {
      const { rows } = await client.query('SELECT $1::regclass::text AS c, $2::regtype::oid::int4 AS t', [
        'public.people',
        'text',
      ]);
      expect(rows).toEqual([{ c: 'people', t: 25 }]);
      const missing = client.query(`SELECT $1::regclass ${FAILS}`, ['nobody']);
      await expect(missing).rejects.toMatchObject({ severity: 'ERROR' });
    });

    it('resets a connection as poolers do', async () => {
      await client.query('SET application_name = changed');
      await client.query('BEGIN');
      await client.query('DECLARE c CURSOR FOR SELECT 1');
      await client.query('CLOSE ALL');
      await expect(client.query(`FETCH 1 FROM c ${FAILS}`)).rejects.toMatchObject({ severity: 'ERROR' });
      await client.query('ROLLBACK');
      await client.query('SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL');
      expect((await client.query('SHOW application_name')).rows).toEqual([{ application_name: '' }]);
    });

    it('sets time zones as mappers do', async () => {
      await client.query("SET TIME ZONE INTERVAL '+00:00' HOUR TO MINUTE");
      expect((await client.query('SHOW timezone')).rows).toEqual([{ timezone: 'UTC' }]);
    });

    it('copies with options in their older form', async () => {
      await expect(client.query(`COPY people FROM STDIN WITH NONSENSE ${FAILS}`)).rejects.toMatchObject({
        code: '42601',
      });
    });

    it('reads the types of the catalog', async () => {
      const { rows } = await client.query<{ typname: string; oid: number }>(
        "SELECT oid, typname, typarray, typelem, typtype FROM pg_type WHERE typname = 'int4'",
      );
      expect(rows).toEqual([{ oid: 23, typname: 'int4', typarray: 1007, typelem: 0, typtype: 'b' }]);
    });

    it('sends nothing that the server does not take', () => {
      expect(recorder.statements.length).toBeGreaterThan(20);
      expect(recorder.failures()).toEqual([]);
    });
  });

  describe('postgres.js', () => {
    let recorder: Recorder;
    let sql: postgres.Sql;
    beforeAll(async () => {
      recorder = await live.record();
      sql = postgres({
        host: '127.0.0.1',
        port: recorder.port,
        user: 'materialize',
        database: 'materialize',
        max: 1,
        onnotice: () => undefined,
      });
      // It learns the types of arrays with the first query of a connection.
      await sql`SELECT 1`;
    });
    afterAll(async () => {
      await sql.end();
      const checks = ['connect', 'typed round trips', 'array types', 'errors', 'cursors', 'transactions'];
      keepFigures('postgres.js', versionOf('postgres'), checks, recorder);
    });

    it('takes values there and back', async () => {
      const [row] = await sql`SELECT ${'x'}::text AS t, ${5}::int4 AS i, ${true}::bool AS b,
        ${sql.json({ a: 1 })}::jsonb AS j, ${sql.array([1, 2])}::int4[] AS a, ${new Date(0)}::timestamptz AS d`;
      expect(row).toEqual({ t: 'x', i: 5, b: true, j: { a: 1 }, a: [1, 2], d: new Date(0) });
    });

    it('describes columns', async () => {
      const result = await sql`SELECT * FROM people ORDER BY id`;
      expect(result.columns.map(({ name, type }) => [name, type])).toContainEqual(['score', 1700]);
      expect(result[0]?.['tags']).toEqual(['a', 'b']);
    });

    it('inserts many rows in a transaction and reads them back', async () => {
      const rows = [
        { sku: 'a', price: 1.5 },
        { sku: 'b', price: null },
      ];
      await sql.begin((t) => t`INSERT INTO shop.items ${t(rows, 'sku', 'price')}`);
      expect([...(await sql`SELECT sku, price FROM shop.items ORDER BY sku`)]).toEqual(rows);
    });

    it('reads with a cursor', async () => {
      const seen: unknown[] = [];
      await sql`SELECT generate_series(1, 5) AS n`.cursor(2, (rows) => {
        seen.push(...rows.map((row) => row['n'] as number));
      });
      expect(seen).toEqual([1, 2, 3, 4, 5]);
    });

    it('reports errors', async () => {
      await expect(sql.unsafe(`SELECT nope FROM people ${FAILS}`)).rejects.toMatchObject({ code: 'XX000' });
    });

    it('sends nothing that the server does not take', () => {
      expect(recorder.statements.length).toBeGreaterThan(5);
      expect(recorder.failures()).toEqual([]);
    });
  });
});
