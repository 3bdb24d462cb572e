/**
 * Kafka upstreams: log in at a broker, through its tunnel if it has one, and fetch the cluster's metadata within the time
 * limit of the reference (secrets-connections 4.3). Validation and health checks are the same act.
 *
 * The client library does the protocol; the streams under it are ours, so that tunnels, time limits and cancellation work
 * as for every other upstream, and nothing stays open after a check.
 */
import { connect as connectTls, createSecureContext, type ConnectionOptions } from 'node:tls';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ISocketFactory, KafkaConfig, SASLOptions } from 'kafkajs';
import { SqlError, unsupported } from '../errors.ts';
import type { SecretBytes } from '../secrets/secret-bytes.ts';
import { TimedOut, within } from './deadline.ts';
import { asFailure, systemText, UpstreamFailure } from './failure.ts';
import { LateStream } from './late-stream.ts';
import type { KafkaSettings } from './resolved.ts';
import { openText, secretsAmong, tlsOptions, tlsSecrets } from './tls-options.ts';
import { openStream, type Endpoint, type Transport } from './transport.ts';

/** Fetches metadata from the first broker that answers. Throws {@link UpstreamFailure} of the last one that did not. */
export async function fetchKafkaMetadata(
  transport: Transport,
  settings: KafkaSettings,
  signal: AbortSignal,
): Promise<void> {
  const secrets = secretsOf(settings);
  try {
    const sasl = saslOptions(settings);
    const limit = transport.timeouts.kafkaMetadataMs;
    await within(limit, 'fetching Kafka metadata', signal, (inner) =>
      firstAnswering(transport, settings, sasl, inner),
    );
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof SqlError) throw error;
    throw asFailure(kafkaFailure(error), 'kafka', secrets);
  }
}

async function firstAnswering(
  transport: Transport,
  settings: KafkaSettings,
  sasl: SASLOptions | undefined,
  signal: AbortSignal,
): Promise<void> {
  let last: unknown = new UpstreamFailure('kafka', 'zero brokers given');
  for (const broker of settings.brokers) {
    try {
      await metadataFrom(transport, settings, broker, sasl, signal);
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      last = error;
    }
  }
  throw last;
}

async function metadataFrom(
  transport: Transport,
  settings: KafkaSettings,
  broker: Endpoint,
  sasl: SASLOptions | undefined,
  signal: AbortSignal,
): Promise<void> {
  // Loaded on first use: the library is large, and most servers never speak to Kafka.
  const { Kafka } = await import('kafkajs');
  const streams = new StreamSet(transport, settings, signal);
  const limit = transport.timeouts.kafkaMetadataMs;
  const config: KafkaConfig = {
    clientId: 'materialize',
    brokers: [`${bracketed(broker.host)}:${String(broker.port)}`],
    connectionTimeout: limit,
    authenticationTimeout: limit,
    requestTimeout: limit,
    retry: { retries: 0 },
    logCreator: () => () => {},
    socketFactory: streams.factory,
    ...(sasl === undefined ? {} : { sasl }),
  };
  const admin = new Kafka(config).admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.brokers.length === 0) {
      throw new UpstreamFailure('kafka', 'zero brokers discovered in metadata request');
    }
  } catch (error) {
    throw streams.failure ?? error;
  } finally {
    admin.disconnect().catch(() => {});
    streams.destroy();
  }
}

/** Every stream that one client opens, so that all can be closed; and why the first of them failed. */
class StreamSet {
  readonly factory: ISocketFactory;
  readonly #open = new Set<LateStream>();
  failure: unknown;

  constructor(transport: Transport, settings: KafkaSettings, signal: AbortSignal) {
    this.factory = ({ host, port, onConnect }) => {
      const configured = settings.brokers.find((b) => b.host === host && b.port === port);
      const tunnel = configured?.tunnel ?? settings.tunnel;
      const tls = settings.tls === undefined ? undefined : tlsOptions(settings.tls, host);
      const opening = openStream(transport, { host, port, tunnel }, 'kafka', signal)
        .then((raw) => (tls === undefined ? raw : secure(raw, host, tls, signal)))
        .catch((error: unknown) => {
          this.failure ??= brokerFailure(error, host, port);
          throw error;
        });
      const stream = new LateStream(opening);
      this.#open.add(stream);
      // The client may have let go by then; an error nobody listens for would end the process.
      stream.on('error', () => {});
      stream.once('close', () => stream.emit('end'));
      opening.then(
        () => onConnect(),
        () => {},
      );
      // The client uses the stream part of a socket only; see LateStream for the rest.
      return stream as unknown as Socket;
    };
    signal.addEventListener('abort', () => this.destroy(), { once: true });
  }

  destroy(): void {
    for (const stream of this.#open) stream.destroy();
    this.#open.clear();
  }
}

function secure(raw: Duplex, host: string, options: ConnectionOptions, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const isName = !/^[\d.]+$|:/.test(host);
    let socket: Duplex;
    try {
      socket = connectTls({ socket: raw, ...(isName ? { servername: host } : {}), ...options }, () =>
        resolve(socket),
      );
    } catch (error) {
      raw.destroy();
      reject(error as Error);
      return;
    }
    socket.once('error', (error) => {
      raw.destroy();
      reject(error);
    });
    socket.once('close', () => {
      raw.destroy();
      reject(new Error('Disconnected: connection closed by peer during SSL handshake'));
    });
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
  });
}

/** SASL settings of the client. Throws for mechanisms it has no provider for. */
function saslOptions(settings: KafkaSettings): SASLOptions | undefined {
  checkAuthority(settings);
  const sasl = settings.sasl;
  if (sasl === undefined) return undefined;
  const mechanism = sasl.mechanism.toUpperCase();
  const login = { username: openText(sasl.username), password: sasl.password.openText() };
  switch (mechanism) {
    case 'PLAIN':
      return { mechanism: 'plain', ...login };
    case 'SCRAM-SHA-256':
      return { mechanism: 'scram-sha-256', ...login };
    case 'SCRAM-SHA-512':
      return { mechanism: 'scram-sha-512', ...login };
    case 'GSSAPI':
    case 'KERBEROS':
      throw new UpstreamFailure(
        'kafka',
        `Client creation error: No provider for SASL mechanism ${mechanism}`,
      );
    case 'OAUTHBEARER':
      throw unsupported('OAUTHBEARER authentication for Kafka is');
    default:
      throw new UpstreamFailure('kafka', `Client creation error: Unsupported SASL mechanism: ${mechanism}`);
  }
}

function checkAuthority(settings: KafkaSettings): void {
  const authority = settings.tls?.certificateAuthority;
  if (authority === undefined) return;
  const pem = openText(authority);
  if (!pem.includes('-----BEGIN')) {
    throw new UpstreamFailure(
      'kafka',
      'Client creation error: failed to read certificate #0 from ssl.ca.pem: not in PEM format?: ',
    );
  }
  try {
    createSecureContext({ ca: pem });
  } catch {
    throw new UpstreamFailure('kafka', 'Client creation error: Invalid CA certificate');
  }
}

function brokerFailure(error: unknown, host: string, port: number): unknown {
  if (error instanceof UpstreamFailure && error.namespace === 'ssh') return error;
  const broker = `${bracketed(host)}:${String(port)}`;
  const text = error instanceof Error ? error.message : '';
  const code = (error as { code?: unknown } | null)?.code;
  if (text.startsWith('failed to lookup'))
    return transportFailure(`Failed to resolve hostname: ${broker}: ${text}`);
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO') {
    return transportFailure(`${broker}: Broker does not support SSL connections`);
  }
  return transportFailure(`${broker}: ${systemText(error)}`);
}

function transportFailure(cause: string): UpstreamFailure {
  return new UpstreamFailure(
    'kafka',
    `Meta data fetch error: BrokerTransportFailure (Local: Broker transport failure): ${cause}`,
  );
}

function kafkaFailure(error: unknown): unknown {
  if (error instanceof TimedOut) {
    return new UpstreamFailure(
      'kafka',
      `Meta data fetch error: OperationTimedOut (Local: Timed out): ${error.message}`,
    );
  }
  const name = (error as { name?: unknown } | null)?.name;
  if (
    name === 'KafkaJSConnectionClosedError' ||
    (error instanceof Error && error.message === 'Closed connection')
  ) {
    return transportFailure('Disconnected: connection closed by peer: receive 0 after POLLIN');
  }
  if (name === 'KafkaJSNumberOfRetriesExceeded' || name === 'KafkaJSNonRetriableError') {
    const cause = (error as { cause?: unknown }).cause;
    if (cause !== undefined && cause !== error) return kafkaFailure(cause);
  }
  return error;
}

function secretsOf(settings: KafkaSettings): readonly SecretBytes[] {
  return [...secretsAmong([settings.sasl?.username, settings.sasl?.password]), ...tlsSecrets(settings.tls)];
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
