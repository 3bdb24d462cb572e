import pg from 'pg';
import { start, type TumblerServer } from 'tumbler';
import { afterAll, beforeAll, expect, it } from 'vitest';

let tumbler: TumblerServer;
let client: pg.Client;

beforeAll(async () => {
  tumbler = await start();
  client = new pg.Client(tumbler.connectionString);
  await client.connect();
  await client.query("CREATE SECRET db_password AS 'first'");
  await client.query(
    'CREATE CONNECTION db TO POSTGRES (HOST localhost, DATABASE app, USER app, PASSWORD SECRET db_password)',
  );
  await client.query("CREATE CLUSTER ingest (SIZE = '25cc', REPLICATION FACTOR = 2)");
  await client.query(
    "CREATE SOURCE app IN CLUSTER ingest FROM POSTGRES CONNECTION db (PUBLICATION 'p') FOR ALL TABLES",
  );
});

afterAll(async () => {
  await client.end();
  await tumbler.stop();
});

it('leaves nothing on the old password', async () => {
  await client.query("ALTER SECRET db_password AS 'second'");
  const stale = await client.query('SELECT DISTINCT remedy FROM mz_tumbler.stale_secrets');
  expect(stale.rows).toHaveLength(1);
  // What the runbook under test does.
  for (const statement of stale.rows[0].remedy.split(/(?<=;) /)) await client.query(statement);
  expect((await client.query('SELECT * FROM mz_tumbler.stale_secrets')).rows).toEqual([]);
});
