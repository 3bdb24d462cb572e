/** Kafka connections against brokers that misbehave, and a stand-in for one that does not, with and without a bastion. */
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveUpstreams } from '../src/connections/live.ts';
import type { KafkaSettings } from '../src/connections/resolved.ts';
import { HealthError } from '../src/connections/resolved.ts';
import { generateKeySet } from '../src/connections/ssh-keys.ts';
import { SqlError } from '../src/errors.ts';
import { SecretBytes } from '../src/secrets/secret-bytes.ts';
import { startBastion } from './support/bastion.ts';
import { makeCertificate } from './support/certificates.ts';
import { startFakeKafka, type FakeKafka } from './support/kafka.ts';
import { freePort } from './support/postgres.ts';

const never = new AbortController().signal;

async function failure(promise: Promise<unknown>): Promise<SqlError | HealthError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SqlError || error instanceof HealthError) return error;
    throw error;
  }
  throw new Error('did not fail');
}

const certificate = makeCertificate('127.0.0.1');

describe('Kafka upstream', () => {
  let plain: FakeKafka;
  let locked: FakeKafka;
  beforeAll(async () => {
    plain = await startFakeKafka();
    locked = await startFakeKafka({ login: { username: 'mz', password: 'open sesame' } });
  });
  afterAll(async () => {
    await plain.stop();
    await locked.stop();
  });
  const live = liveUpstreams({ kafkaMetadataMs: 3000 });
  afterAll(() => live.close());

  const settings = (port: number, over: Partial<KafkaSettings> = {}): KafkaSettings => ({
    type: 'kafka',
    brokers: [{ host: '127.0.0.1', port }],
    securityProtocol: 'PLAINTEXT',
    ...over,
  });
  const sasl = (password: string, mechanism = 'plain'): Partial<KafkaSettings> => ({
    securityProtocol: 'SASL_PLAINTEXT',
    sasl: { mechanism, username: 'mz', password: SecretBytes.fromText(password) },
  });

  it('fetches metadata and closes every connection after', async () => {
    await live.validate(settings(plain.port), never);
    await live.check({ kind: 'kafka-sink', connection: settings(plain.port), topic: 't' }, never);
    await expect.poll(() => plain.connections()).toBe(0);
  });

  it('tries the next broker when one is down', async () => {
    const brokers = [
      { host: '127.0.0.1', port: await freePort() },
      { host: '127.0.0.1', port: plain.port },
    ];
    await live.validate(settings(0, { brokers }), never);
  });

  it('logs in with SASL, and passes the refusal of the broker on', async () => {
    await live.validate(settings(locked.port, sasl('open sesame')), never);
    const error = await failure(live.validate(settings(locked.port, sasl('wrong one')), never));
    expect(error).toMatchObject({
      code: '58000',
      message: 'SASL authentication error: Authentication failed: Invalid username or password',
    });
    const check = {
      kind: 'kafka-sink',
      topic: 't',
      connection: settings(locked.port, sasl('wrong one')),
    } as const;
    expect(await failure(live.check(check, never))).toMatchObject({ namespace: 'kafka' });
    await expect.poll(() => locked.connections()).toBe(0);
  });

  it.each([
    ['GSSAPI', 'Client creation error: No provider for SASL mechanism GSSAPI'],
    ['garbage', 'Client creation error: Unsupported SASL mechanism: GARBAGE'],
  ])('refuses the mechanism %s', async (mechanism, message) => {
    const error = await failure(live.validate(settings(locked.port, sasl('x', mechanism)), never));
    expect(error.message).toBe(message);
  });

  it('says what is wrong on the way', async () => {
    const closed = await freePort();
    const prefix = 'Meta data fetch error: BrokerTransportFailure (Local: Broker transport failure): ';
    expect((await failure(live.validate(settings(closed), never))).message).toBe(
      `${prefix}127.0.0.1:${String(closed)}: Connection refused`,
    );
    const unknown = settings(0, { brokers: [{ host: 'no-such-host.invalid', port: 9092 }] });
    expect((await failure(live.validate(unknown, never))).message).toContain(
      'no-such-host.invalid:9092: Failed to resolve hostname: failed to lookup address information',
    );
    const rude = await startFakeKafka({ hangUp: true });
    expect((await failure(live.validate(settings(rude.port), never))).message).toBe(
      `${prefix}127.0.0.1:${String(rude.port)}: Disconnected: connection closed by peer: receive 0 after POLLIN`,
    );
    await rude.stop();
    const tls = settings(plain.port, {
      securityProtocol: 'SSL',
      tls: { mode: 'verify-full', certificateAuthority: 'this is not a certificate' },
    });
    expect((await failure(live.validate(tls, never))).message).toContain('not in PEM format?:');
  });

  it.each([
    ['HTTP/1.1 400 Bad Request', 'malformed response: invalid size 1213486160'],
    ['\0\0\0\x04\xff\xff\xff\xff', 'malformed response: it answers nothing that was asked'],
    ['\0\0\0\x0c\0\0\0\x01\0\0\0\0\x7f\xff\xff\xff', 'malformed response: too short'],
    ['\0\0\0\x10\0\0\0\x01\0\0\0\0\0\0\0\0\xff\xff\xff\xff', 'malformed response: too short'],
  ])('does not stumble over the answer %j', async (says, message) => {
    const rude = await startFakeKafka({ says: Buffer.from(says, 'latin1') });
    expect((await failure(live.validate(settings(rude.port), never))).message).toContain(`: ${message}`);
    await expect.poll(() => rude.connections()).toBe(0);
    await rude.stop();
  });

  it('does not wait for one broker with the time of all', async () => {
    const silent = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const brokers = [(silent.address() as { port: number }).port, plain.port];
    const quick = liveUpstreams({ kafkaMetadataMs: 3000 });
    await quick.validate(
      settings(0, { brokers: brokers.map((port) => ({ host: '127.0.0.1', port })) }),
      never,
    );
    silent.close();
  });

  it.skipIf(certificate === null)('speaks TLS and checks the certificate', async () => {
    const secure = await startFakeKafka({ tls: certificate ?? { cert: '', key: '' } });
    const over = (authority?: string): Partial<KafkaSettings> => ({
      securityProtocol: 'SSL',
      tls: { mode: 'verify-full', ...(authority === undefined ? {} : { certificateAuthority: authority }) },
    });
    await live.validate(settings(secure.port, over(certificate?.cert)), never);
    expect((await failure(live.validate(settings(secure.port, over()), never))).message).toMatch(
      /self.signed certificate/,
    );
    await expect.poll(() => secure.connections()).toBe(0);
    await secure.stop();
  });

  it('gives up on a broker that says nothing, and when it is cancelled', async () => {
    const silent = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const port = (silent.address() as { port: number }).port;
    const quick = liveUpstreams({ kafkaMetadataMs: 200 });
    expect((await failure(quick.validate(settings(port), never))).message).toContain('Local: Timed out');
    const abort = new AbortController();
    setTimeout(() => abort.abort(new SqlError('57014', 'canceling statement due to user request')), 50);
    const started = performance.now();
    expect(await failure(live.validate(settings(port), abort.signal))).toMatchObject({ code: '57014' });
    expect(performance.now() - started).toBeLessThan(1000);
    silent.close();
  });

  it('goes through a bastion, and names it when it is in the way', async () => {
    const bastion = await startBastion({ kind: 'ssh2' });
    const keys = generateKeySet();
    bastion.authorize([keys.secondary.publicKey]);
    const tunnel = {
      name: 'materialize.public.bastion',
      host: bastion.host,
      port: bastion.port,
      user: bastion.user,
      keys: [keys.primary, keys.secondary],
    };
    await live.validate(settings(plain.port, { tunnel }), never);
    expect(bastion.logins()).toBeGreaterThan(0);
    await expect.poll(() => bastion.sessions()).toBe(0);
    bastion.authorize([]);
    const error = await failure(live.validate(settings(plain.port, { tunnel }), never));
    expect(error.message).toMatch(
      /^error setting up ssh: failed to connect to the remote host: .*Permission denied/,
    );
    const check = { kind: 'kafka-sink', topic: 't', connection: settings(plain.port, { tunnel }) } as const;
    expect(await failure(live.check(check, never))).toMatchObject({ namespace: 'ssh' });
    await bastion.stop();

    // The bastion has its own time limit, and its own failure when that is over.
    const silent = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const mute = { ...tunnel, port: (silent.address() as { port: number }).port };
    const quick = liveUpstreams({ kafkaMetadataMs: 100, sshConnectMs: 300 });
    const late = await failure(quick.validate(settings(plain.port, { tunnel: mute }), never));
    expect(late.message).toMatch(/^error setting up ssh: failed to connect .*Connection timed out$/);
    silent.close();
  });
});
