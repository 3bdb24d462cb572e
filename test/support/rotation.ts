/**
 * The main job, once, for the demo and for its test: a stock psql rotates a password and an SSH key pair against a real
 * PostgreSQL behind a real bastion, with the server killed in between. Each step throws when what it sees is not so.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasOpenSsh, startBastion, type Bastion } from './bastion.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';
import { psql, psqlRows, type PsqlResult } from './psql.ts';
import { startServerProcess, type ServerProcess } from './server-process.ts';

/** Who is told what happens: the demo prints it, the test does not. */
export interface Teller {
  /** A sentence about what happens next or has been seen. */
  say(text: string): void;
  /** A script that psql ran, and what it printed. */
  ran(prompt: string, script: string, result: PsqlResult): void;
}

/** Everything the steps work with. */
export interface Stage {
  readonly server: ServerProcess;
  readonly postgres: TestPostgres;
  readonly bastion: Bastion;
  readonly teller: Teller;
  /** Ends every process and removes every file that belongs to the stage. */
  stop(): Promise<void>;
}

const FIRST_PASSWORD = 'correct-horse-battery';
const SECOND_PASSWORD = 'staple-of-the-year';
const THIRD_PASSWORD = 'third-time-lucky';

const HBA = [
  'host all postgres 127.0.0.1/32 trust',
  'host all all 127.0.0.1/32 scram-sha-256',
  'host replication all 127.0.0.1/32 scram-sha-256',
  '',
].join('\n');

const UPSTREAM = `
  CREATE ROLE app LOGIN REPLICATION PASSWORD '${FIRST_PASSWORD}';
  CREATE DATABASE shop OWNER app`;
const TABLES = `
  CREATE TABLE orders (id bigint PRIMARY KEY, total numeric(10,2) NOT NULL, placed_at timestamptz);
  CREATE TABLE customers (id int PRIMARY KEY, email text NOT NULL);
  ALTER TABLE orders REPLICA IDENTITY FULL;
  ALTER TABLE customers REPLICA IDENTITY FULL;
  GRANT SELECT ON ALL TABLES IN SCHEMA public TO app;
  CREATE PUBLICATION shop_tables FOR ALL TABLES;`;

/** Starts a PostgreSQL that demands SCRAM, a bastion, and the server with its store in a folder of its own. */
export async function startStage(teller: Teller): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'tumbler-rotation-'));
  const stops: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const postgres = await startPostgres({
      conf: ['wal_level = logical', 'password_encryption = scram-sha-256'],
      hba: HBA,
    });
    if (postgres === null) throw new Error('PostgreSQL is not installed, or no user can run it');
    stops.push(() => postgres.stop());
    const bastion = await startBastion({ kind: hasOpenSsh() ? 'openssh' : 'ssh2' });
    stops.push(() => bastion.stop());
    const server = await startServerProcess({
      flags: [`--data-dir=${join(folder, 'data')}`, '--health-interval=500', '--ssh-connect-timeout=5000'],
    });
    stops.push(() => server.kill('SIGTERM'));
    const stage = { server, postgres, bastion, teller, stop };
    teller.say(
      `A PostgreSQL that demands SCRAM listens on port ${postgres.port}, a bastion (${bastion.kind}) on port ${bastion.port}, Tumbler on port ${server.sqlPort}.`,
    );
    for (const statement of UPSTREAM.split(';')) await upstream(stage, `${statement.trim()};`, 'postgres');
    await upstream(stage, TABLES);
    return stage;
  } catch (error) {
    await stop();
    throw error;
  }
}

function check(holds: boolean, what: string, seen: unknown): asserts holds {
  if (!holds) throw new Error(`${what}; seen: ${typeof seen === 'string' ? seen : JSON.stringify(seen)}`);
}

function dedent(script: string): string {
  const lines = script.replace(/^\n/, '').trimEnd().split('\n');
  const indent = Math.min(
    ...lines.filter((l) => l.trim() !== '').map((l) => l.length - l.trimStart().length),
  );
  return lines.map((line) => line.slice(indent)).join('\n');
}

/** Runs a script in psql against Tumbler. */
async function sql(stage: Stage, script: string, expected: 'ok' | 'fails' = 'ok'): Promise<PsqlResult> {
  const result = await psql(quiet(stage), dedent(script));
  stage.teller.ran('materialize', dedent(script), result);
  check(result.ok === (expected === 'ok'), `a script that ${expected} was expected: ${script}`, result);
  return result;
}

/** Runs a script in psql on the upstream database. */
async function upstream(stage: Stage, script: string, database = 'shop'): Promise<void> {
  const { host, port } = stage.postgres;
  const result = await psql(`postgres://postgres@${host}:${port}/${database}`, dedent(script));
  stage.teller.ran(database, dedent(script), result);
  check(result.ok, 'the upstream refused a script', result.messages);
}

const rows = (stage: Stage, query: string): Promise<readonly (readonly string[])[]> =>
  psqlRows(quiet(stage), query);

/** Without the greeting that every session begins with. */
const quiet = (stage: Stage): string => `${stage.server.url}?options=-c%20welcome_message%3Doff`;

/** `status: error` of a source, as the catalog shows it. */
async function statusOf(stage: Stage, source: string): Promise<string> {
  const query = `SELECT status, coalesce(error, '') FROM mz_internal.mz_source_statuses WHERE name = '${source}'`;
  const [row] = await rows(stage, query);
  return row === undefined ? 'absent' : row[1] === '' ? row[0]! : `${row[0]}: ${row[1]}`;
}

/** Waits until the status of a source looks as said; shows it. */
async function becomes(stage: Stage, source: string, wanted: RegExp): Promise<void> {
  const deadline = Date.now() + 30_000;
  let seen = await statusOf(stage, source);
  while (!wanted.test(seen)) {
    check(Date.now() < deadline, `source ${source} never became ${wanted.source}`, seen);
    await new Promise((resolve) => setTimeout(resolve, 100));
    seen = await statusOf(stage, source);
  }
  await sql(
    stage,
    `SELECT name, status, error FROM mz_internal.mz_source_statuses WHERE name = '${source}';`,
  );
}

/** `cluster.replica` of every stale use, in order. */
async function stale(stage: Stage): Promise<readonly string[]> {
  const query = `SELECT cluster || '.' || replica FROM mz_tumbler.stale_secrets ORDER BY 1`;
  return (await rows(stage, query)).map(([name]) => name!);
}

async function staleIs(stage: Stage, ...wanted: readonly string[]): Promise<void> {
  await sql(
    stage,
    `
    SELECT cluster, replica, object, secret, cached_version <> current_version AS stale
    FROM mz_tumbler.stale_secrets ORDER BY 1, 2;`,
  );
  const seen = await stale(stage);
  check(seen.join() === wanted.join(), `stale uses should be [${wanted.join(', ')}]`, seen);
}

async function publicKeys(stage: Stage): Promise<readonly [string, string]> {
  const query = `SELECT public_key_1, public_key_2 FROM mz_ssh_tunnel_connections t
                 JOIN mz_connections c ON c.id = t.id WHERE c.name = 'bastion'`;
  const [row] = await rows(stage, query);
  check(row?.length === 2 && row.every((key) => key.startsWith('ssh-ed25519 ')), 'two public keys', row);
  return [row[0]!, row[1]!];
}

async function validates(stage: Stage, connection: string): Promise<void> {
  const result = await sql(stage, `VALIDATE CONNECTION ${connection};`);
  check(result.output.includes('VALIDATE CONNECTION'), 'the connection validates', result);
}

async function tunnel(stage: Stage): Promise<void> {
  const { bastion } = stage;
  await sql(
    stage,
    `CREATE CONNECTION bastion TO SSH TUNNEL (HOST '${bastion.host}', PORT ${bastion.port}, USER '${bastion.user}');`,
  );
  await sql(
    stage,
    `
    SELECT c.name, t.public_key_1, t.public_key_2
    FROM mz_ssh_tunnel_connections t JOIN mz_connections c ON c.id = t.id;`,
  );
  const keys = await publicKeys(stage);
  stage.teller.say('Before the bastion knows a key:');
  const refused = await sql(stage, 'VALIDATE CONNECTION bastion;', 'fails');
  check(/Permission denied/.test(refused.messages), 'the bastion refuses unknown keys', refused.messages);
  bastion.authorize(keys);
  stage.teller.say('Both public keys are put into authorized_keys on the bastion.');
  await validates(stage, 'bastion');
}

async function source(stage: Stage): Promise<void> {
  const { postgres } = stage;
  await sql(
    stage,
    `
    CREATE SECRET shop_password AS '${FIRST_PASSWORD}';
    CREATE CONNECTION shop TO POSTGRES (
      HOST '${postgres.host}', PORT ${postgres.port}, DATABASE 'shop',
      USER 'app', PASSWORD SECRET shop_password, SSH TUNNEL bastion
    );
    CREATE CLUSTER ingest (SIZE = '25cc', REPLICATION FACTOR = 2);
    CREATE SOURCE shop_source IN CLUSTER ingest
      FROM POSTGRES CONNECTION shop (PUBLICATION 'shop_tables') FOR ALL TABLES;`,
  );
  await becomes(stage, 'shop_source', /^running$/);
  await sql(
    stage,
    `
    SELECT o.name AS "table", c.name AS "column", c.type FROM mz_columns c JOIN mz_objects o ON o.id = c.id
    WHERE o.name IN ('orders', 'customers') ORDER BY o.name, c.position;`,
  );
  const columns = await rows(
    stage,
    `SELECT c.name FROM mz_columns c JOIN mz_objects o ON o.id = c.id
     WHERE o.name IN ('orders', 'customers') ORDER BY o.name, c.position`,
  );
  check(columns.flat().join() === 'id,email,id,total,placed_at', 'columns of the tables', columns);
  await staleIs(stage);
}

async function rotatePassword(stage: Stage): Promise<void> {
  await upstream(stage, `ALTER ROLE app PASSWORD '${SECOND_PASSWORD}';`);
  const { messages } = await sql(stage, `ALTER SECRET shop_password AS '${SECOND_PASSWORD}';`);
  for (const part of [
    'materialize.public.shop_source',
    'ingest.r1',
    'ingest.r2',
    'REPLICATION FACTOR = 0',
    'REPLICATION FACTOR = 2',
  ]) {
    check(messages.includes(part), `the notice says ${part}`, messages);
  }
  await staleIs(stage, 'ingest.r1', 'ingest.r2');
  await becomes(stage, 'shop_source', /^stalled: postgres: .*password authentication failed for user "app"/);
  stage.teller.say('A source made now reads the secret now:');
  await sql(
    stage,
    `
    CREATE CLUSTER late (SIZE = '25cc', REPLICATION FACTOR = 1);
    CREATE SCHEMA late;
    CREATE SOURCE late.late_source IN CLUSTER late
      FROM POSTGRES CONNECTION shop (PUBLICATION 'shop_tables') FOR TABLES (orders AS late.orders);`,
  );
  await becomes(stage, 'late_source', /^running$/);
}

async function crash(stage: Stage): Promise<void> {
  stage.teller.say(`kill -9 ${stage.server.pid}, and a new start.`);
  await stage.server.kill('SIGKILL');
  await stage.server.start();
  await staleIs(stage, 'ingest.r1', 'ingest.r2');
  await becomes(stage, 'shop_source', /^stalled: postgres: .*password authentication failed/);
  await becomes(stage, 'late_source', /^running$/);
}

async function refreshManaged(stage: Stage): Promise<void> {
  const remedies = await rows(stage, 'SELECT DISTINCT remedy FROM mz_tumbler.stale_secrets');
  check(remedies.length === 1, 'one remedy for the cluster', remedies);
  await sql(stage, 'ALTER CLUSTER ingest SET (REPLICATION FACTOR = 0);');
  await becomes(stage, 'shop_source', /^paused$/);
  await sql(stage, 'ALTER CLUSTER ingest SET (REPLICATION FACTOR = 2);');
  await staleIs(stage);
  await becomes(stage, 'shop_source', /^running$/);
}

async function refreshUnmanaged(stage: Stage): Promise<void> {
  await sql(
    stage,
    `
    CREATE CLUSTER by_hand REPLICAS (one (SIZE = '25cc'), two (SIZE = '25cc'));
    CREATE SCHEMA hand;
    CREATE SOURCE hand.hand_source IN CLUSTER by_hand
      FROM POSTGRES CONNECTION shop (PUBLICATION 'shop_tables') FOR TABLES (orders AS hand.orders);`,
  );
  await becomes(stage, 'hand_source', /^running$/);
  await upstream(stage, `ALTER ROLE app PASSWORD '${THIRD_PASSWORD}';`);
  await sql(
    stage,
    `
    SET tumbler_stale_notice = off;
    ALTER SECRET shop_password AS '${THIRD_PASSWORD}';
    ALTER CLUSTER ingest SET (REPLICATION FACTOR = 0);
    ALTER CLUSTER ingest SET (REPLICATION FACTOR = 2);
    ALTER CLUSTER late SET (REPLICATION FACTOR = 0);
    ALTER CLUSTER late SET (REPLICATION FACTOR = 1);`,
  );
  await staleIs(stage, 'by_hand.one', 'by_hand.two');
  await becomes(stage, 'hand_source', /^stalled: postgres: .*password authentication failed/);
  await sql(
    stage,
    `
    DROP CLUSTER REPLICA by_hand.one;
    CREATE CLUSTER REPLICA by_hand.one (SIZE = '25cc');`,
  );
  await staleIs(stage, 'by_hand.two');
  stage.teller.say('The other replica, with the statements that its remedy gives:');
  const [remedy] = (await rows(stage, 'SELECT remedy FROM mz_tumbler.stale_secrets')).flat();
  await sql(stage, remedy!);
  await staleIs(stage);
  await becomes(stage, 'hand_source', /^running$/);
}

async function rotateKeys(stage: Stage): Promise<void> {
  const { bastion, teller } = stage;
  const [first, second] = await publicKeys(stage);
  bastion.authorize([second]);
  teller.say('The bastion keeps the second key only.');
  await sql(stage, 'ALTER CONNECTION bastion ROTATE KEYS;');
  const [primary, fresh] = await publicKeys(stage);
  check(primary === second, 'the old second key is the first one now', { primary, second });
  check(![first, second].includes(fresh), 'the second key is a new one', fresh);
  await validates(stage, 'bastion');
  await becomes(stage, 'shop_source', /^running$/);
  teller.say('Once more, without telling the bastion:');
  await sql(stage, 'ALTER CONNECTION bastion ROTATE KEYS;');
  const refused = await sql(stage, 'VALIDATE CONNECTION bastion;', 'fails');
  check(/Permission denied \(publickey/.test(refused.messages), 'a clear refusal', refused.messages);
  await becomes(stage, 'shop_source', /^stalled: ssh: .*Permission denied \(publickey/);
  const keys = await publicKeys(stage);
  check(keys[0] === fresh, 'the second key moved up', keys);
  bastion.authorize([keys[1]]);
  teller.say('The newest key is put on the bastion.');
  await validates(stage, 'bastion');
  await becomes(stage, 'shop_source', /^running$/);
  await becomes(stage, 'hand_source', /^running$/);
}

/** The job in order; each step leaves the stage to the next. */
export const STEPS: readonly { readonly title: string; readonly run: (stage: Stage) => Promise<void> }[] = [
  { title: 'An SSH tunnel, and its keys on the bastion', run: tunnel },
  { title: 'A secret, a connection, two replicas, a source', run: source },
  { title: 'The password changes: what runs keeps the old one', run: rotatePassword },
  { title: 'The server is killed: what is stale stays known', run: crash },
  { title: 'REPLICATION FACTOR 0, then 2: current again', run: refreshManaged },
  { title: 'An unmanaged cluster, one replica at a time', run: refreshUnmanaged },
  { title: 'ROTATE KEYS, twice', run: rotateKeys },
];
