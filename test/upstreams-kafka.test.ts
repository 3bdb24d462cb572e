/** Kafka connections against Apache's broker: every protocol and mechanism, tunnels, several brokers, a rotation. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveUpstreams } from '../src/connections/live.ts';
import type { KafkaSettings, SshTunnelSettings, TlsSettings } from '../src/connections/resolved.ts';
import { generateKeySet } from '../src/connections/ssh-keys.ts';
import { start, type TumblerServer } from '../src/index.ts';
import { SecretBytes } from '../src/secrets/secret-bytes.ts';
import { hasOpenSsh, startBastion, type BastionOptions } from './support/bastion.ts';
import { makeAuthority, type TestAuthority } from './support/certificates.ts';
import { hasKafka, startKafka, type KafkaListener, type TestKafka } from './support/kafka-broker.ts';
import { freePort } from './support/postgres.ts';
import { untilFailure } from './support/failure.ts';

const PASSWORD = 'correct-horse-battery';
const never = new AbortController().signal;
const authority = makeAuthority('Kafka test authority');

describe.skipIf(!hasKafka() || authority === null)('Kafka brokers', () => {
  const ca = authority?.cert ?? '';
  let kafka: TestKafka;
  beforeAll(async () => {
    const login = { user: 'mz', password: PASSWORD };
    kafka = await startKafka({ brokers: 2, login, authority: authority as TestAuthority });
  });
  afterAll(() => kafka.stop());
  const live = liveUpstreams({ kafkaMetadataMs: 10_000 });
  afterAll(() => live.close());

  const port = (listener: KafkaListener, broker = 0): number => kafka.brokers[broker]?.ports[listener] ?? 0;
  const at = (listener: KafkaListener, over: Partial<KafkaSettings> = {}): KafkaSettings => ({
    type: 'kafka',
    brokers: [{ host: '127.0.0.1', port: port(listener) }],
    securityProtocol: listener === 'INSIDE' || listener === 'MUTUAL' ? 'PLAINTEXT' : listener,
    ...over,
  });
  const sasl = (mechanism: string, password = PASSWORD): Pick<KafkaSettings, 'sasl'> => ({
    sasl: { mechanism, username: 'mz', password: SecretBytes.fromText(password) },
  });
  const tls = (over: Partial<TlsSettings> = {}): { readonly tls: TlsSettings } => ({
    tls: { mode: 'verify-full', certificateAuthority: ca, ...over },
  });
  const validate = (settings: KafkaSettings): Promise<void> => live.validate(settings, never);
  const check = (connection: KafkaSettings): Promise<void> =>
    live.check({ kind: 'kafka-sink', connection, topic: 'orders' }, never);
  const text = async (settings: KafkaSettings): Promise<string> =>
    (await untilFailure(validate(settings))).message;
  const transport = (listener: KafkaListener, cause: string): string =>
    `Meta data fetch error: BrokerTransportFailure (Local: Broker transport failure): 127.0.0.1:${String(port(listener))}: ${cause}`;

  it('answer in clear text', async () => {
    await validate(at('PLAINTEXT'));
    await check(at('PLAINTEXT'));
  });

  it.each(['PLAIN', 'scram-sha-256', 'SCRAM-SHA-512'])('take a login by %s', async (mechanism) => {
    await validate(at('SASL_PLAINTEXT', sasl(mechanism)));
    await validate(at('SASL_SSL', { ...sasl(mechanism), ...tls() }));
    await check(at('SASL_SSL', { ...sasl(mechanism), ...tls() }));
    const refusal =
      mechanism === 'PLAIN'
        ? 'Authentication failed: Invalid username or password'
        : `Authentication failed during authentication due to invalid credentials with SASL mechanism ${mechanism.toUpperCase()}`;
    const wrong = at('SASL_PLAINTEXT', sasl(mechanism, 'wrong-one'));
    expect(await text(wrong)).toBe(`SASL authentication error: ${refusal}`);
    expect(await untilFailure(check(wrong))).toMatchObject({ namespace: 'kafka' });
  });

  it('show a certificate, and ask for one', async () => {
    await validate(at('SSL', tls()));
    const { cert, key } = (authority as TestAuthority).issue('client');
    const identity = { certificate: cert, key: SecretBytes.fromText(key) };
    await validate(at('MUTUAL', tls(identity)));
    expect(await text(at('MUTUAL', tls()))).toBe(
      transport('MUTUAL', 'SSL handshake failed: sslv3 alert bad certificate'),
    );
    const stranger = makeAuthority('another authority');
    const other = stranger?.issue('client');
    const unknown = { certificate: other?.cert ?? '', key: SecretBytes.fromText(other?.key ?? '') };
    expect(await text(at('MUTUAL', tls(unknown)))).toContain('SSL handshake failed: ');
    for (const certificateAuthority of [undefined, stranger?.cert ?? '']) {
      const { tls: settings } = tls();
      const { certificateAuthority: _none, ...without } = settings;
      const wrong = certificateAuthority === undefined ? without : { ...without, certificateAuthority };
      expect(await text(at('SSL', { tls: wrong }))).toMatch(
        /: SSL handshake failed: certificate verify failed: (unable to|self.signed)/,
      );
    }
    expect(await text(at('SSL', { ...tls(), brokers: [{ host: 'localhost', port: port('SSL') }] }))).toMatch(
      /SSL handshake failed: certificate verify failed: Hostname\/IP does not match certificate's altnames/,
    );
  });

  it('are spoken to in the wrong protocol', async () => {
    const disconnected = 'Disconnected: connection closed by peer: receive 0 after POLLIN';
    expect(await text(at('SSL'))).toBe(transport('SSL', disconnected));
    expect(await text(at('SASL_PLAINTEXT'))).toBe(transport('SASL_PLAINTEXT', disconnected));
    expect(await text(at('PLAINTEXT', tls()))).toBe(
      transport('PLAINTEXT', 'Broker does not support SSL connections'),
    );
    expect(await text(at('PLAINTEXT', sasl('PLAIN')))).toContain(
      'SASL PLAIN mechanism handshake failed: Broker: Request not valid in current SASL state',
    );
    const closed = await freePort();
    const brokers = [{ host: '127.0.0.1', port: closed }];
    expect(await text(at('PLAINTEXT', { brokers }))).toContain(
      `127.0.0.1:${String(closed)}: Connection refused`,
    );
    await validate(
      at('PLAINTEXT', { brokers: [...brokers, { host: '127.0.0.1', port: port('PLAINTEXT', 1) }] }),
    );
  });

  describe('behind a bastion', () => {
    const keys = generateKeySet();
    const open = async (options: BastionOptions): Promise<[SshTunnelSettings, () => Promise<void>]> => {
      const bastion = await startBastion(options);
      bastion.authorize([keys.primary.publicKey]);
      const { host, port: sshPort, user } = bastion;
      const tunnel = { name: 'materialize.public.bastion', host, port: sshPort, user };
      return [{ ...tunnel, keys: [keys.primary, keys.secondary] }, () => bastion.stop()];
    };

    it.skipIf(!hasOpenSsh())('of OpenSSH, one for each broker or one for all', async () => {
      const local = (broker: number): string => `127.0.0.1:${String(port('PLAINTEXT', broker))}`;
      const [first, stopFirst] = await open({ kind: 'openssh', permitOpen: [local(0)] });
      const [second, stopSecond] = await open({ kind: 'openssh', permitOpen: [local(1)] });
      const [both, stopBoth] = await open({ kind: 'openssh', permitOpen: [local(0), local(1)] });
      const broker = (index: number, tunnel?: SshTunnelSettings): KafkaSettings['brokers'][number] => ({
        host: '127.0.0.1',
        port: port('PLAINTEXT', index),
        ...(tunnel === undefined ? {} : { tunnel }),
      });
      try {
        for (const brokers of [[broker(0, first), broker(1, second)], [broker(1, second)]]) {
          await validate(at('PLAINTEXT', { brokers }));
          await check(at('PLAINTEXT', { brokers }));
        }
        // Neither bastion forwards to the other's broker: who gets through went through the right one.
        const crossed = await text(at('PLAINTEXT', { brokers: [broker(0, second)] }));
        expect(crossed).toMatch(
          /^error setting up ssh: failed to open SSH tunnel: .* cannot reach 127\.0\.0\.1:/,
        );
        const gone = { ...second, name: 'materialize.public.gone', port: await freePort() };
        expect(await text(at('PLAINTEXT', { brokers: [broker(0), broker(1, gone)] }))).toMatch(
          /^error setting up ssh: failed to connect to the remote host: .*Connection refused/,
        );
        // The cluster names both brokers; the second is reached by the tunnel for all.
        await check(at('PLAINTEXT', { brokers: [broker(0, first)], tunnel: both }));
        await validate(at('PLAINTEXT', { brokers: [broker(1)], tunnel: both }));
      } finally {
        await Promise.all([stopFirst(), stopSecond(), stopBoth()]);
      }
    });

    it('that alone knows the addresses they give', async () => {
      const names = new Map(
        kafka.brokers.map(({ insideAddress, ports }) => [insideAddress, ports.INSIDE] as const),
      );
      const [tunnel, stop] = await open({ kind: 'ssh2', names });
      try {
        await validate(at('INSIDE'));
        expect(await untilFailure(check(at('INSIDE')))).toMatchObject({
          namespace: 'kafka',
          message: expect.stringMatching(
            /broker-\d\.kafka\.invalid:9092: Failed to resolve hostname: /,
          ) as string,
        });
        const [host = '', number] = (kafka.brokers[1]?.insideAddress ?? '').split(':');
        const inside = at('INSIDE', { brokers: [{ host, port: Number(number) }], tunnel });
        await validate(inside);
        await check(inside);
      } finally {
        await stop();
      }
    });
  });

  describe('and a sink that runs', () => {
    let tumbler: TumblerServer;
    let client: pg.Client;
    const log: string[] = [];
    beforeAll(async () => {
      tumbler = await start({
        upstreams: 'live',
        healthIntervalMs: 100,
        logLevel: 'trace',
        logDestination: { write: (line: string) => void log.push(line) },
      });
      client = new pg.Client(tumbler.connectionString);
      await client.connect();
    });
    afterAll(async () => {
      await client.end();
      await tumbler.stop();
    });
    const status = async (): Promise<unknown> => {
      const { rows } = await client.query(
        "SELECT status, error FROM mz_internal.mz_sink_statuses WHERE name = 'orders_sink'",
      );
      return rows[0] as unknown;
    };
    const refused = {
      status: 'stalled',
      error:
        'kafka: SASL authentication error: Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512',
    };
    const running = { status: 'running', error: null };

    it('stalls when the password changes, until ALTER SECRET and new replicas', async () => {
      const create = (name: string): string =>
        `CREATE CONNECTION ${name} TO KAFKA (BROKER '127.0.0.1:${String(port('SASL_SSL'))}',
          SECURITY PROTOCOL SASL_SSL, SASL MECHANISMS 'SCRAM-SHA-512', SASL USERNAME 'mz',
          SASL PASSWORD SECRET kafka_password, SSL CERTIFICATE AUTHORITY '${ca}')`;
      await client.query("CREATE SECRET kafka_password AS 'wrong-at-first'");
      const creation = await untilFailure(client.query(create('kafka')));
      expect(creation).toMatchObject({ code: '58000', message: refused.error.replace('kafka: ', '') });
      await client.query(`ALTER SECRET kafka_password AS '${PASSWORD}'`);
      await client.query(create('kafka'));
      await client.query('CREATE TABLE orders (id int)');
      await client.query("CREATE CLUSTER outbound (SIZE = '25cc', REPLICATION FACTOR = 1)");
      await client.query(
        "CREATE SINK orders_sink IN CLUSTER outbound FROM orders INTO KAFKA CONNECTION kafka (TOPIC 'orders') FORMAT JSON ENVELOPE DEBEZIUM",
      );
      await expect.poll(status).toEqual(running);

      await kafka.setPassword('SCRAM-SHA-512', 'changed-on-the-broker');
      await expect.poll(status).toEqual(refused);
      await client.query("ALTER SECRET kafka_password AS 'changed-on-the-broker'");
      await client.query('VALIDATE CONNECTION kafka');
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(await status()).toEqual(refused);
      const stale = await client.query('SELECT object, replica FROM mz_tumbler.stale_secrets');
      expect(stale.rows).toEqual([{ object: 'materialize.public.orders_sink', replica: 'r1' }]);

      await client.query('ALTER CLUSTER outbound SET (REPLICATION FACTOR = 0)');
      await expect
        .poll(async () => (await status()) as { status: string })
        .toMatchObject({ status: 'paused' });
      await client.query('ALTER CLUSTER outbound SET (REPLICATION FACTOR = 1)');
      await expect.poll(status).toEqual(running);

      const history = await client.query(
        `SELECT h.status FROM mz_internal.mz_sink_status_history h JOIN mz_sinks s ON s.id = h.sink_id
         WHERE s.name = 'orders_sink' ORDER BY h.occurred_at`,
      );
      expect(history.rows.map((row: { status: string }) => row.status)).toEqual([
        'starting',
        'running',
        'stalled',
        'paused',
        'starting',
        'running',
      ]);
      const details = await client.query(
        "SELECT details FROM mz_internal.mz_sink_status_history WHERE status = 'stalled'",
      );
      expect(details.rows).toEqual([
        { details: { namespaced: { kafka: refused.error.replace('kafka: ', '') } } },
      ]);
      for (const value of [PASSWORD, 'changed-on-the-broker', 'wrong-at-first']) {
        expect(log.join('')).not.toContain(value);
      }
    });
  });
});
