/**
 * What hostile or broken clients do to the whole server, in a process of its own: it answers with an error or closes that
 * one connection, its memory stays bounded, and other sessions keep their latency.
 */
import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isBuilt, startServerProcess, type ServerProcess } from './support/server-process.ts';
import { WireClient, query, terminate, transcript } from './support/wire-client.ts';

const MEGABYTE = 1024 * 1024;
/** What the server may hold at its worst: its idle size, a large garbage heap, and what sockets hold. */
const MEMORY_BOUND = 512 * MEGABYTE;
/** Longest that a small query of another session may take; the machine of the tests is shared and slow. */
const WORST_MS = 3000;
const MEDIAN_MS = 50;

let server: ServerProcess;

beforeAll(async () => {
  if (!isBuilt()) return;
  server = await startServerProcess({
    flags: ['--data-dir=:memory:', '--upstreams=simulated', '--log-level=warn'],
  });
});
afterAll(() => server?.kill('SIGKILL'));

/** A session that asks small questions without a pause and notes how long each took, and how large the server is. */
class Bystander {
  readonly latencies: number[] = [];
  peak = 0;
  #running = true;
  #done: Promise<void> = Promise.resolve();
  #client!: WireClient;

  async begin(): Promise<void> {
    this.#client = await login();
    this.#done = this.#run();
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const from = performance.now();
      this.#client.send(query("SELECT name FROM mz_clusters WHERE id = 'u1'"));
      const answer = transcript(await this.#client.until('readyForQuery'));
      if (answer.at(-1) !== 'ready I') throw new Error(`the bystander was told ${answer.join()}`);
      this.#client.forget();
      this.latencies.push(performance.now() - from);
      this.peak = Math.max(this.peak, server.residentBytes());
      await sleep(2);
    }
  }

  async end(): Promise<void> {
    this.#running = false;
    await this.#done;
    this.#client.close();
  }
}

async function login(): Promise<WireClient> {
  const client = await WireClient.open(server.sqlPort);
  client.startup({ user: 'materialize', database: 'materialize' });
  await client.until('readyForQuery');
  return client;
}

async function ask(client: WireClient, sql: string): Promise<readonly string[]> {
  client.send(query(sql));
  return transcript(await client.until('readyForQuery'));
}

describe.skipIf(!isBuilt())('the server under bad input', () => {
  let bystander: Bystander;
  beforeEach(async () => {
    bystander = new Bystander();
    await bystander.begin();
  });
  afterEach(async () => {
    await bystander.end();
    const sorted = bystander.latencies.toSorted((a, b) => a - b);
    expect(sorted.length).toBeGreaterThan(0);
    // Of a few answers the middle one may be the longest.
    if (sorted.length >= 50) expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(MEDIAN_MS);
    expect(sorted.at(-1)).toBeLessThan(WORST_MS);
    expect(bystander.peak / MEGABYTE).toBeLessThan(MEMORY_BOUND / MEGABYTE);
    expect(server.child.exitCode).toBeNull();
    expect(server.output()).not.toMatch(/"level":"(error|fatal)"/);
  });

  const deep = (open: string, middle: string, close: string, count: number): string =>
    `${open.repeat(count)}${middle}${close.repeat(count)}`;

  it.each<[string, string]>([
    ['parentheses', `SELECT ${deep('(', '1', ')', 100_000)}`],
    ['parentheses that never close', `SELECT ${'('.repeat(900_000)}`],
    ['brackets', `SELECT ${deep('ARRAY[', '1', ']', 100_000)}`],
    ['a secret in parentheses', `CREATE SECRET deep AS ${deep('(', "'x'", ')', 100_000)}`],
    ['subqueries', `SELECT ${deep('(SELECT ', '1', ')', 50_000)}`],
    ['CASE', `SELECT ${deep('CASE WHEN true THEN ', '1', ' END', 30_000)}`],
    ['NOT', `SELECT ${'NOT '.repeat(200_000)}true`],
    ['minus signs', `SELECT ${'- '.repeat(400_000)}1`],
    ['a sum', `SELECT 1${' + 1'.repeat(200_000)}`],
    ['casts', `SELECT 1${'::int'.repeat(150_000)}`],
    ['field selections', `SELECT a${'.b'.repeat(400_000)}`],
    ['UNION', `SELECT 1${' UNION SELECT 1'.repeat(60_000)}`],
    ['joins', `SELECT 1 FROM t${' JOIN t ON true'.repeat(60_000)}`],
    ['nested joins', `SELECT 1 FROM ${deep('(', 't', ' JOIN t ON true)', 50_000)}`],
    ['function calls', `SELECT ${deep('abs(', '1', ')', 100_000)}`],
    ['WITH', `${'WITH a AS ('.repeat(50_000)}SELECT 1${') SELECT 1'.repeat(50_000)}`],
    ['options', `CREATE CONNECTION c TO KAFKA (${'BROKERS ('.repeat(90_000)}`],
    ['EXPLAIN', `${'EXPLAIN '.repeat(100_000)}SELECT 1`],
    ['statements', 'SELECT 1/0;'.repeat(80_000)],
    ['a quoted name', `SELECT "${'x'.repeat(900_000)}"`],
  ])('many %s get an error', async (_name, sql) => {
    const client = await login();
    const said = await ask(client, sql);
    expect(said.filter((line) => line.startsWith('error'))).toHaveLength(1);
    expect(await ask(client, 'SELECT 1')).toContain('row 1');
    client.close();
  });

  it.each<[string, string]>([
    ['statements', 'SELECT 1;'.repeat(20_000)],
    ['values', `SELECT count(*) FROM (VALUES ${'(1),'.repeat(30_000)}(1)) v`],
    ['comments', `SELECT ${deep('/*', '', '*/', 200_000)} 1`],
    ['conditions', `SELECT true${' AND true'.repeat(100_000)}`],
    ['alternatives', `SELECT 1 IN (${'1,'.repeat(20_000)}2)`],
    ['columns', `SELECT ${'1,'.repeat(1500)}1`],
  ])('many %s get an answer or an error', async (_name, sql) => {
    const client = await login();
    const said = await ask(client, sql);
    expect(said.at(-1)).toBe('ready I');
    client.close();
  });

  it('statements of 16 MB are refused, several at a time', async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, login));
    const size = 16 * MEGABYTE;
    const answers = await Promise.all(
      clients.map(async (client) => {
        client.send(query('x'.repeat(size)));
        return transcript(await client.untilClosed());
      }),
    );
    for (const answer of answers) expect(answer).toEqual(['error FATAL 08006']);
    for (const client of clients) client.close();
  });

  it('statements as long as they may be are answered', async () => {
    const client = await login();
    const text = 'x'.repeat(990_000);
    expect(await ask(client, `SELECT length('${text}')`)).toContain('row 990000');
    client.close();
  });

  it('random bytes close that connection only', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 2000 }),
        fc.boolean(),
        async (bytes, loggedIn) => {
          const client = loggedIn ? await login() : await WireClient.open(server.sqlPort);
          client.raw(bytes);
          client.socket.end();
          for (const message of await client.untilClosed())
            if (message.kind === 'errorResponse') expect(message.fields.get('M')).not.toBe('internal error');
          client.close();
        },
      ),
      { numRuns: 300 },
    );
  });

  const SEEDS = [
    `SELECT c.name, count(*) FROM mz_clusters c LEFT JOIN mz_cluster_replicas r ON r.cluster_id = c.id GROUP BY 1 ORDER BY 2`,
    `CREATE SECRET s AS decode('aGVsbG8=', 'base64')`,
    `CREATE CONNECTION k TO KAFKA (BROKER 'b:9092', SASL MECHANISMS 'PLAIN', SASL USERNAME 'u', SASL PASSWORD SECRET s)`,
    `CREATE CLUSTER c (SIZE = '25cc', REPLICATION FACTOR = 2)`,
    `SELECT array_agg(x) FILTER (WHERE x > 1) OVER (PARTITION BY x % 2) FROM generate_series(1, 10) x`,
    `ALTER CLUSTER c SET (REPLICATION FACTOR = 0)`,
    `INSERT INTO t VALUES (1, 'a'), (2, $$b$$)`,
    `SHOW CREATE CONNECTION k`,
    `COPY (SELECT * FROM mz_secrets) TO STDOUT WITH (FORMAT CSV)`,
    `SELECT '2024-01-01'::timestamptz AT TIME ZONE 'UTC', interval '1 day' * 2, '{1,2}'::int[], 'x' ~ '^(a|b)+$'`,
  ] as const;

  it('statements with a piece changed, left out or repeated never find a defect', async () => {
    const client = await login();
    const edit = fc.record({
      at: fc.nat(1000),
      drop: fc.nat(12),
      put: fc.oneof(
        fc.string({ maxLength: 8 }),
        fc.constantFrom('(', ')', "'", '"', '$1', ';', '--', '::', 'NULL'),
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SEEDS),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        async (seed, edits) => {
          let text: string = seed;
          for (const { at, drop, put } of edits) {
            const from = at % (text.length + 1);
            text = text.slice(0, from) + put + text.slice(from + drop);
          }
          text = text.replaceAll('\0', '');
          const said = await ask(client, text);
          expect(said.filter((line) => line.includes('FATAL'))).toEqual([]);
          expect(said.at(-1)).toMatch(/^ready/);
          if (said.at(-1) !== 'ready I') await ask(client, 'ROLLBACK');
        },
      ),
      { numRuns: 1500 },
    );
    client.close();
  });

  it('a client that stops reading stops its own query only', async () => {
    const before = server.residentBytes();
    const clients = await Promise.all(Array.from({ length: 10 }, login));
    for (const client of clients) {
      client.socket.pause();
      client.send(query(`SELECT n, repeat('x', 1000) FROM generate_series(1, 100000000) n`));
    }
    await sleep(1500);
    expect(server.residentBytes() - before).toBeLessThan(200 * MEGABYTE);
    for (const client of clients) client.close();
    await sleep(300);
    const after = await login();
    const sessions = await ask(after, 'SELECT count(*) FROM mz_internal.mz_sessions');
    expect(Number(sessions.find((line) => line.startsWith('row'))?.slice(4))).toBeLessThan(6);
    after.close();
  });

  it('questions without end from a client that does not read wait in its own socket', async () => {
    const before = server.residentBytes();
    const client = await login();
    client.socket.pause();
    const batch = Array.from({ length: 200 }, () => query(`SELECT repeat('x', 10000)`));
    for (let sent = 0; sent < 500 && client.socket.writableLength < 8 * MEGABYTE; sent++) {
      client.send(...batch);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await sleep(500);
    expect(server.residentBytes() - before).toBeLessThan(200 * MEGABYTE);
    client.close();
  });

  it('a result past the limit on memory is an error', async () => {
    const client = await login();
    const said = await ask(
      client,
      `SELECT count(DISTINCT repeat(n::text, 1000)) FROM generate_series(1, 10000000) n`,
    );
    expect(said.find((line) => line.startsWith('error'))).toMatch(/^error ERROR (53200|53400|54000)/);
    expect(await ask(client, 'SELECT 1')).toContain('row 1');
    client.close();
  });

  it('an endless query is stopped by its time limit at once', async () => {
    const client = await login();
    await ask(client, `SET statement_timeout = '300ms'`);
    for (const sql of [
      'SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b',
      'SELECT count(*) FROM generate_series(1, 1000000000000)',
      'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT count(*) FROM r',
    ]) {
      const from = performance.now();
      const said = await ask(client, sql);
      const took = performance.now() - from;
      expect([sql, said.find((line) => line.startsWith('error'))?.slice(0, 17)]).toEqual([
        sql,
        expect.stringMatching(/^error ERROR (57014|0A000|42601)|^error ERROR 57/) as string,
      ]);
      expect(took).toBeLessThan(1500);
    }
    client.close();
  });

  it('thousands of connections opened and dropped leave nothing behind', async () => {
    const before = server.residentBytes();
    for (let round = 0; round < 15; round++) {
      const clients = await Promise.all(Array.from({ length: 200 }, () => WireClient.open(server.sqlPort)));
      clients.forEach((client, i) => {
        if (i % 3 === 0) client.startup({ user: 'materialize' });
        if (i % 3 === 1) client.raw(Buffer.from([0, 0, 0]));
        if (i % 2 === 0) client.socket.resetAndDestroy();
        else client.close();
      });
    }
    const metric = async (): Promise<number> => {
      const text = await (await fetch(`http://127.0.0.1:${server.httpPort}/metrics`)).text();
      return Number(/^tumbler_pgwire_connections_open (\d+)$/m.exec(text)?.[1]);
    };
    // The bystander's own is left.
    await expect.poll(metric, { timeout: 20_000 }).toBe(1);
    expect(server.residentBytes() - before).toBeLessThan(150 * MEGABYTE);
  });

  it('a thousand sessions at once are served', async () => {
    const clients = await Promise.all(Array.from({ length: 1000 }, login));
    const answers = await Promise.all(clients.map((client) => ask(client, 'SELECT 1')));
    expect(answers.every((answer) => answer.includes('row 1'))).toBe(true);
    for (const client of clients) client.send(terminate);
    await Promise.all(clients.map((client) => client.untilClosed()));
  });
});
