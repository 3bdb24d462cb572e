/** A whole server and upstreams that accept a connection and never answer: nothing hangs, nothing stays open, nothing leaks. */
import { createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { start, type TumblerServer } from '../src/index.ts';
import { startBastion, type Bastion } from './support/bastion.ts';
import { untilFailure } from './support/failure.ts';
import { startFakeKafka } from './support/kafka.ts';

const SECRET = 'Xk7-not-to-be-seen';

describe('upstreams that say nothing', () => {
  const sockets = new Set<Socket>();
  const log: string[] = [];
  let silent: Server;
  let port: number;
  let tumbler: TumblerServer;
  let client: pg.Client;
  let other: pg.Client;

  const serve = (): Promise<TumblerServer> =>
    start({
      upstreams: 'live',
      healthIntervalMs: 50,
      shutdownGraceMs: 200,
      logLevel: 'trace',
      logDestination: { write: (line: string) => void log.push(line) },
    });
  const connect = async (to: TumblerServer): Promise<pg.Client> => {
    const made = new pg.Client(to.connectionString);
    made.on('error', () => {});
    await made.connect();
    return made;
  };
  const quiet = async (): Promise<void> => {
    await expect.poll(() => sockets.size).toBe(0);
    await expect.poll(() => bastion.sessions()).toBe(0);
  };

  beforeAll(async () => {
    silent = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => sockets.delete(socket));
      socket.resume();
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    port = (silent.address() as { port: number }).port;
    tumbler = await serve();
    other = await connect(tumbler);
    await other.query(`CREATE SECRET hidden AS '${SECRET}'`);
    await other.query(
      `CREATE CONNECTION bastion TO SSH TUNNEL (HOST '127.0.0.1', USER 'mz', PORT ${String(port)})`,
    );
  });
  afterAll(async () => {
    await other.end();
    await tumbler.stop();
    silent.close();
  });
  beforeEach(async () => {
    client = await connect(tumbler);
    return () => client.end();
  });

  let bastion: Bastion;
  beforeAll(async () => {
    bastion = await startBastion({ kind: 'ssh2' });
    await other.query(
      `CREATE CONNECTION open_bastion TO SSH TUNNEL (HOST '127.0.0.1', USER '${bastion.user}', PORT ${String(bastion.port)})`,
    );
    const { rows } = await other.query('SELECT public_key_1 FROM mz_ssh_tunnel_connections');
    bastion.authorize(rows.map((row: { public_key_1: string }) => row.public_key_1));
  });
  afterAll(() => bastion.stop());

  const login = `HOST '127.0.0.1', USER SECRET hidden, PASSWORD SECRET hidden`;
  const sasl = `SASL MECHANISMS 'PLAIN', SASL USERNAME SECRET hidden, SASL PASSWORD SECRET hidden`;
  const CONNECTIONS: readonly [string, (at: string) => string][] = [
    ['POSTGRES', (at) => `POSTGRES (${login}, DATABASE 'd', PORT ${at})`],
    ['POSTGRES with TLS', (at) => `POSTGRES (${login}, DATABASE 'd', PORT ${at}, SSL MODE 'require')`],
    ['POSTGRES behind a bastion', () => `POSTGRES (${login}, DATABASE 'd', SSH TUNNEL bastion)`],
    ['KAFKA', (at) => `KAFKA (BROKER '127.0.0.1:${at}', SECURITY PROTOCOL PLAINTEXT)`],
    ['KAFKA with TLS', (at) => `KAFKA (BROKER '127.0.0.1:${at}', SECURITY PROTOCOL SASL_SSL, ${sasl})`],
    [
      'KAFKA with a login',
      (at) => `KAFKA (BROKER '127.0.0.1:${at}', SECURITY PROTOCOL SASL_PLAINTEXT, ${sasl})`,
    ],
    [
      'KAFKA behind a bastion',
      () => `KAFKA (BROKER 'k:1' USING SSH TUNNEL bastion, SECURITY PROTOCOL PLAINTEXT)`,
    ],
    ['MYSQL', (at) => `MYSQL (${login}, PORT ${at})`],
    ['MYSQL behind a bastion', () => `MYSQL (${login}, SSH TUNNEL bastion)`],
    ['a registry', (at) => `CONFLUENT SCHEMA REGISTRY (URL 'http://127.0.0.1:${at}', USER SECRET hidden)`],
    [
      'a registry with TLS',
      (at) => `CONFLUENT SCHEMA REGISTRY (URL 'https://127.0.0.1:${at}', USER SECRET hidden)`,
    ],
    [
      'AWS',
      (at) => `AWS (ENDPOINT 'http://127.0.0.1:${at}', ACCESS KEY ID 'a', SECRET ACCESS KEY SECRET hidden)`,
    ],
    [
      'POSTGRES through a bastion',
      (at) => `POSTGRES (${login}, DATABASE 'd', PORT ${at}, SSH TUNNEL open_bastion)`,
    ],
    [
      'KAFKA through a bastion',
      (at) => `KAFKA (BROKER '127.0.0.1:${at}' USING SSH TUNNEL open_bastion, SECURITY PROTOCOL PLAINTEXT)`,
    ],
    ['MYSQL through a bastion', (at) => `MYSQL (${login}, PORT ${at}, SSH TUNNEL open_bastion)`],
    [
      'a registry through a bastion',
      (at) => `CONFLUENT SCHEMA REGISTRY (URL 'https://127.0.0.1:${at}', SSH TUNNEL open_bastion)`,
    ],
    ['SSH TUNNEL', (at) => `SSH TUNNEL (HOST '127.0.0.1', USER 'mz', PORT ${at})`],
  ];
  const creation = (definition: (at: string) => string): string =>
    `CREATE CONNECTION c TO ${definition(String(port))} WITH (VALIDATE = true)`;

  it.each(CONNECTIONS)('are left when the statement is cancelled: %s', async (_name, definition) => {
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    const failed = untilFailure(client.query(creation(definition)));
    await expect.poll(() => sockets.size).toBe(1);
    await other.query(`SELECT pg_cancel_backend(${String((rows[0] as { pid: number }).pid)})`);
    expect(await failed).toMatchObject({ code: '57014' });
    await quiet();
    expect((await client.query("SELECT 1 FROM mz_connections WHERE name = 'c'")).rows).toEqual([]);
  });

  it.each(CONNECTIONS)('are left when statement_timeout is over: %s', async (_name, definition) => {
    await client.query("SET statement_timeout = '150ms'");
    expect(await untilFailure(client.query(creation(definition)))).toMatchObject({ code: '57014' });
    await quiet();
  });

  it.each(CONNECTIONS)('are left when the client goes: %s', async (_name, definition) => {
    const gone = await connect(tumbler);
    const failed = untilFailure(gone.query(creation(definition)));
    await expect.poll(() => sockets.size).toBe(1);
    (gone as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
    await failed;
    await quiet();
  });

  it('are left by a sink that is dropped, or whose replica is', async () => {
    const broker = await startFakeKafka();
    const address = (number: number): string => `'127.0.0.1:${String(number)}'`;
    await client.query(
      `CREATE CONNECTION k TO KAFKA (BROKER ${address(broker.port)}, SECURITY PROTOCOL PLAINTEXT)`,
    );
    await client.query('CREATE TABLE t (a int)');
    await client.query("CREATE CLUSTER out (SIZE = '25cc', REPLICATION FACTOR = 1)");
    for (const name of ['s1', 's2']) {
      await client.query(
        `CREATE SINK ${name} IN CLUSTER out FROM t INTO KAFKA CONNECTION k (TOPIC 't') FORMAT JSON ENVELOPE DEBEZIUM`,
      );
    }
    await client.query(`ALTER CONNECTION k SET (BROKER ${address(port)}) WITH (VALIDATE = false)`);
    await expect.poll(() => sockets.size).toBe(2);
    await client.query('DROP SINK s1');
    await expect.poll(() => sockets.size).toBe(1);
    await client.query('ALTER CLUSTER out SET (REPLICATION FACTOR = 0)');
    await quiet();
    await expect.poll(() => broker.connections()).toBe(0);
    await broker.stop();
  });

  it.each(CONNECTIONS)(
    'are not contacted where only the public internet may be: %s',
    async (_name, definition) => {
      const system = new pg.Client({
        host: '127.0.0.1',
        port: tumbler.internalSqlPort ?? 0,
        user: 'mz_system',
        database: 'materialize',
      });
      await system.connect();
      await system.query('ALTER SYSTEM SET storage_enforce_external_addresses = on');
      try {
        const failed = await untilFailure(client.query(creation(definition)));
        expect(failed).toMatchObject({
          code: '58000',
          message: expect.stringContaining(
            'Address resolved to a private IP. The provided host is not routable on the public internet',
          ) as string,
        });
        expect(sockets.size).toBe(0);
      } finally {
        await system.query('ALTER SYSTEM RESET storage_enforce_external_addresses');
        await system.end();
      }
    },
  );

  it('are left when the server stops', async () => {
    const second = await serve();
    const waiting = await connect(second);
    const [, definition] = CONNECTIONS[3] as (typeof CONNECTIONS)[number];
    const failed = untilFailure(waiting.query(creation(definition)));
    await expect.poll(() => sockets.size).toBe(1);
    await second.stop();
    await failed;
    await quiet();
  });

  it('never show in the log what they were to be told', () => {
    expect(log.length).toBeGreaterThan(0);
    const text = log.join('');
    for (const form of [SECRET, Buffer.from(SECRET).toString('base64')]) expect(text).not.toContain(form);
  });
});
