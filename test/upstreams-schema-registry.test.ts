/** Schema registry connections against HTTP servers that answer as a registry does, and some that do not. */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { liveUpstreams } from '../src/connections/live.ts';
import type { SchemaRegistrySettings } from '../src/connections/resolved.ts';
import { generateKeySet } from '../src/connections/ssh-keys.ts';
import { SqlError } from '../src/errors.ts';
import { start } from '../src/index.ts';
import { SecretBytes } from '../src/secrets/secret-bytes.ts';
import { startBastion } from './support/bastion.ts';
import { makeAuthority } from './support/certificates.ts';
import { untilFailure } from './support/failure.ts';
import { startFakeKafka } from './support/kafka.ts';
import { freePort } from './support/postgres.ts';

const PASSWORD = 'correct:horse battery';
const never = new AbortController().signal;
const authority = makeAuthority('registry test authority');

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** What Confluent's server says to whoever may not come in. */
const UNAUTHORIZED = JSON.stringify({ error_code: 401, message: 'Unauthorized' });

const registry: Answer = (request, response) => {
  const expected = `Basic ${Buffer.from(`mz:${PASSWORD}`).toString('base64')}`;
  const known = request.headers.authorization === expected;
  response.writeHead(known ? 200 : 401, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
  response.end(known && request.url === '/subjects' ? '["orders-key","orders-value"]' : UNAUTHORIZED);
};

interface Running {
  readonly port: number;
  connections(): Promise<number>;
  close(): void;
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    connections: () => new Promise((resolve) => server.getConnections((_error, count) => resolve(count))),
    close: () => void server.close(),
  };
}

const serve = (answer: Answer): Promise<Running> => listen(createHttpServer(answer));

/** One answer for whoever asks. */
const saying =
  (status: number, body: string): Answer =>
  (_request, response) => {
    response.writeHead(status);
    response.end(body);
  };

const live = liveUpstreams({ connectMs: 2000, sessionMs: 5000 });
afterAll(() => live.close());

const settings = (url: string, over: Partial<SchemaRegistrySettings> = {}): SchemaRegistrySettings => ({
  type: 'confluent-schema-registry',
  url: new URL(url),
  port: Number(new URL(url).port),
  login: { user: 'mz', password: SecretBytes.fromText(PASSWORD) },
  tls: { mode: 'verify-full' },
  ...over,
});
const validate = (asked: SchemaRegistrySettings): Promise<void> => live.validate(asked, never);
const text = async (asked: SchemaRegistrySettings): Promise<string> =>
  (await untilFailure(validate(asked))).message;

describe('schema registry', () => {
  it('lists its subjects to whoever logs in', async () => {
    const server = await serve(registry);
    const url = `http://127.0.0.1:${String(server.port)}`;
    await validate(settings(url));
    await validate(
      settings(url, {
        login: { user: SecretBytes.fromText('mz'), password: SecretBytes.fromText(PASSWORD) },
      }),
    );
    const { login: _none, ...stranger } = settings(url);
    for (const asked of [stranger, settings(url, { login: { user: 'mz' } })]) {
      expect(await untilFailure(validate(asked))).toMatchObject({
        code: '58000',
        message: 'server error 401: Unauthorized',
      });
    }
    await expect.poll(() => server.connections()).toBe(0);
    server.close();
  });

  it.each<[string, Answer, string]>([
    ['a page', saying(200, '<html></html>'), 'error decoding response body: a list of subjects was expected'],
    [
      'something else',
      saying(200, '{"a":1}'),
      'error decoding response body: a list of subjects was expected',
    ],
    [
      'an error of its own',
      saying(500, '{"error_code":50001,"message":"no store"}'),
      'server error 50001: no store',
    ],
    ['an error without a body', saying(503, ''), 'server error 503: Service Unavailable'],
    ['an error with null', saying(404, 'null'), 'server error 404: Not Found'],
    [
      'a way elsewhere',
      (_request, response) => {
        response.writeHead(302, { location: 'http://127.0.0.1:1/' });
        response.end();
      },
      'server error 302: Found',
    ],
    [
      'what it was sent',
      (request, response) => {
        response.writeHead(400);
        const message = `${PASSWORD} ${request.headers.authorization ?? ''}`;
        response.end(JSON.stringify({ error_code: 400, message }));
      },
      'server error 400: [redacted] Basic [redacted]',
    ],
    [
      'nothing, and hangs up',
      (request) => request.socket.destroy(),
      'error sending request for url (http://127.0.0.1:PORT/subjects): Connection reset by peer',
    ],
    [
      'half of it',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('[');
        setTimeout(() => request.socket.destroy(), 20);
      },
      'error sending request for url (http://127.0.0.1:PORT/subjects): Connection reset by peer',
    ],
  ])('may answer %s', async (_what, answer, message) => {
    const server = await serve(answer);
    const found = await text(settings(`http://127.0.0.1:${String(server.port)}`));
    expect(found).toBe(message.replace('PORT', String(server.port)));
    server.close();
  });

  it('may have very many subjects', async () => {
    const many = JSON.stringify(Array.from({ length: 200_000 }, (_, i) => `subject-${String(i)}`));
    const server = await serve(saying(200, many));
    await validate(settings(`http://127.0.0.1:${String(server.port)}`));
    await expect.poll(() => server.connections()).toBe(0);
    server.close();
  });

  it('may not be there', async () => {
    const closed = String(await freePort());
    const sending = (url: string): string => `error sending request for url (${url}/subjects): `;
    expect(await text(settings(`http://127.0.0.1:${closed}`))).toBe(
      `${sending(`http://127.0.0.1:${closed}`)}Connection refused`,
    );
    // A user in the URL is not repeated.
    expect(await text(settings('http://me:my-password@no-such-host.invalid:8081'))).toMatch(
      /^error sending request for url \(http:\/\/no-such-host\.invalid:8081\/subjects\): failed to lookup address information: /,
    );
  });

  it('may accept and say nothing', async () => {
    const silent = await listen(createTcpServer((socket: Socket) => socket.resume()));
    const quick = liveUpstreams({ sessionMs: 200 });
    for (const scheme of ['http', 'https']) {
      const asked = settings(`${scheme}://127.0.0.1:${String(silent.port)}`);
      expect((await untilFailure(quick.validate(asked, never))).message).toContain('): operation timed out');
      const abort = new AbortController();
      setTimeout(() => abort.abort(new SqlError('57014', 'canceling statement due to user request')), 50);
      expect(await untilFailure(live.validate(asked, abort.signal))).toMatchObject({ code: '57014' });
    }
    await expect.poll(() => silent.connections()).toBe(0);
    silent.close();
  });

  it('is reached through a bastion', async () => {
    const server = await serve(registry);
    const names = new Map([['registry.invalid:8081', server.port]]);
    const bastion = await startBastion({ kind: 'ssh2', names });
    const keys = generateKeySet();
    bastion.authorize([keys.primary.publicKey]);
    const { host, port, user } = bastion;
    const tunnel = {
      name: 'materialize.public.bastion',
      host,
      port,
      user,
      keys: [keys.primary, keys.secondary],
    };
    await validate(settings('http://registry.invalid:8081', { tunnel }));
    await expect.poll(() => bastion.sessions()).toBe(0);
    bastion.authorize([]);
    expect(await text(settings('http://registry.invalid:8081', { tunnel }))).toMatch(
      /^error setting up ssh: .*Permission denied/,
    );
    await bastion.stop();
    server.close();
  });

  it.skipIf(authority === null)('shows a certificate, and asks for one', async () => {
    const ca = authority?.cert ?? '';
    const own = authority?.issue('127.0.0.1');
    const client = authority?.issue('client');
    const strict = { ...own, ca, requestCert: true, rejectUnauthorized: true };
    const server = await listen(createHttpsServer({ ...own }, registry));
    const mutual = await listen(createHttpsServer(strict, registry));
    const [open, closed] = [server, mutual].map(({ port }) => `https://127.0.0.1:${String(port)}`);
    const tls = { mode: 'verify-full', certificateAuthority: ca } as const;
    const identity = { certificate: client?.cert ?? '', key: SecretBytes.fromText(client?.key ?? '') };
    await validate(settings(open ?? '', { tls }));
    await validate(settings(closed ?? '', { tls: { ...tls, ...identity } }));
    expect(await text(settings(open ?? ''))).toMatch(/: certificate verify failed: /);
    expect(await text(settings((open ?? '').replace('127.0.0.1', 'localhost'), { tls }))).toMatch(
      /: certificate verify failed: Hostname\/IP does not match/,
    );
    expect(await text(settings(closed ?? '', { tls }))).toMatch(/alert certificate required|bad certificate/);
    const plain = await serve(registry);
    expect(await text(settings(`https://127.0.0.1:${String(plain.port)}`, { tls }))).toContain(
      'wrong version number',
    );
    // Node's server resets the stream, Java's says an alert first.
    const alert = await listen(createTcpServer((socket) => socket.end(Buffer.from('15030300020246', 'hex'))));
    expect(await text(settings(`http://127.0.0.1:${String(alert.port)}`))).toContain(
      'invalid HTTP version parsed',
    );
    for (const { close } of [server, mutual, plain, alert]) close();
  });
});

describe('a sink that publishes schemas', () => {
  it('logs in at the registry when it starts, with what its replica holds', async () => {
    let password = PASSWORD;
    const registry = await serve((request, response) => {
      const expected = `Basic ${Buffer.from(`mz:${password}`).toString('base64')}`;
      const known = request.headers.authorization === expected;
      response.writeHead(known ? 200 : 401);
      response.end(known ? '[]' : UNAUTHORIZED);
    });
    const broker = await startFakeKafka();
    const tumbler = await start({ upstreams: 'live', healthIntervalMs: 50 });
    const client = new pg.Client(tumbler.connectionString);
    await client.connect();
    const status = async (): Promise<unknown> => {
      const { rows } = await client.query('SELECT status, error FROM mz_internal.mz_sink_statuses');
      return rows[0] as unknown;
    };
    const replicas = (factor: number): Promise<unknown> =>
      client.query(`ALTER CLUSTER outbound SET (REPLICATION FACTOR = ${String(factor)})`);
    const running = { status: 'running', error: null };
    try {
      await client.query(`CREATE SECRET registry_password AS '${PASSWORD}'`);
      await client.query(
        `CREATE CONNECTION registry TO CONFLUENT SCHEMA REGISTRY
           (URL 'http://127.0.0.1:${String(registry.port)}', USER 'mz', PASSWORD SECRET registry_password)`,
      );
      await client.query(
        `CREATE CONNECTION kafka TO KAFKA
           (BROKER '127.0.0.1:${String(broker.port)}', SECURITY PROTOCOL PLAINTEXT)`,
      );
      await client.query('CREATE TABLE orders (id int)');
      await client.query("CREATE CLUSTER outbound (SIZE = '25cc', REPLICATION FACTOR = 1)");
      await client.query(
        `CREATE SINK orders_sink IN CLUSTER outbound FROM orders INTO KAFKA CONNECTION kafka (TOPIC 'orders')
           FORMAT AVRO USING CONFLUENT SCHEMA REGISTRY CONNECTION registry ENVELOPE DEBEZIUM`,
      );
      await expect.poll(status).toEqual(running);

      password = 'changed';
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await status()).toEqual(running);
      await replicas(0);
      await replicas(1);
      await expect.poll(status).toEqual({
        status: 'stalled',
        error:
          'kafka: error publishing kafka schemas for sink: unable to publish schema to registry in kafka sink: server error 401: Unauthorized',
      });
      await client.query("ALTER SECRET registry_password AS 'changed'");
      await replicas(0);
      await replicas(1);
      await expect.poll(status).toEqual(running);
    } finally {
      await client.end();
      await tumbler.stop();
      await broker.stop();
      registry.close();
    }
  });
});
