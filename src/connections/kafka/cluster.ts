/**
 * Kafka upstreams (reference: secrets-connections 4.3). Validation logs in at a broker, through its tunnel if it has one,
 * and fetches the cluster's metadata. The check of a sink then logs in, at the address that the cluster gives, at the
 * broker that the sink would write to.
 *
 * No client library: the ones there are for Node are no longer kept or compile C at install, and a check needs three of
 * the protocol's requests. On streams of our own, tunnels, limits and cancellation work as for every other upstream.
 */
import { createSecureContext } from 'node:tls';
import type { Duplex } from 'node:stream';
import { SqlError } from '../../errors.ts';
import type { SecretBytes } from '../../secrets/secret-bytes.ts';
import { within } from '../deadline.ts';
import { asFailure, UpstreamFailure } from '../failure.ts';
import type { KafkaSettings } from '../resolved.ts';
import { secureStream } from '../secure-stream.ts';
import { openText, secretsAmong, tlsOptions, tlsSecrets } from '../tls-options.ts';
import { openStream, type Transport } from '../transport.ts';
import { addressText, brokerFailure, connectFailure, handshakeFailure } from './failure.ts';
import { fetchMetadata, type Address, type Metadata } from './metadata.ts';
import { logIn, saslMechanism } from './sasl.ts';
import { KafkaWire } from './wire.ts';

/** VALIDATE CONNECTION. Throws {@link UpstreamFailure} of the last broker that did not answer. */
export function validateKafka(
  transport: Transport,
  settings: KafkaSettings,
  signal: AbortSignal,
): Promise<void> {
  return guarded(settings, signal, async () => {
    await enterBastions(transport, settings, signal);
    await inTime(transport, signal, async (inner) => {
      await clusterMetadata(transport, settings, undefined, inner);
    });
  });
}

/** A running sink's check. */
export function checkKafkaSink(
  transport: Transport,
  settings: KafkaSettings,
  topic: string,
  signal: AbortSignal,
): Promise<void> {
  return guarded(settings, signal, () =>
    inTime(transport, signal, async (inner) => {
      const { asked, brokers, leaders } = await clusterMetadata(transport, settings, topic, inner);
      const leader = brokers.get(leaders[0] ?? -1) ?? [...brokers.values()][0];
      if (leader === undefined || addressText(leader) === addressText(asked)) return;
      await withBroker(transport, settings, leader, inner, () => Promise.resolve());
    }),
  );
}

/** Every bastion on the way to a broker has to let us in, whether or not its broker is asked then. */
async function enterBastions(
  transport: Transport,
  settings: KafkaSettings,
  signal: AbortSignal,
): Promise<void> {
  const tunnels = settings.brokers.flatMap(({ tunnel }) => tunnel ?? settings.tunnel ?? []);
  const distinct = new Map(tunnels.map((tunnel) => [tunnel.name, tunnel]));
  await Promise.all([...distinct.values()].map((tunnel) => transport.tunnels.check(tunnel, signal)));
}

function inTime(
  transport: Transport,
  signal: AbortSignal,
  step: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  return within(transport.timeouts.kafkaMetadataMs, 'fetching Kafka metadata', signal, step);
}

/** Refuses what needs no contact to be refused, and strikes secrets out of what is thrown. */
async function guarded(
  settings: KafkaSettings,
  signal: AbortSignal,
  step: () => Promise<void>,
): Promise<void> {
  try {
    checkClient(settings);
    await step();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof SqlError) throw error;
    const addresses = settings.brokers.map(addressText).join(',');
    throw asFailure(brokerFailure(error, addresses), 'kafka', secretsOf(settings));
  }
}

/** Metadata from the first broker that answers; each has its share of the time. */
async function clusterMetadata(
  transport: Transport,
  settings: KafkaSettings,
  topic: string | undefined,
  signal: AbortSignal,
): Promise<Metadata & { readonly asked: Address }> {
  const share = transport.timeouts.kafkaMetadataMs / settings.brokers.length;
  let last: unknown = new UpstreamFailure('kafka', 'zero brokers given');
  for (const broker of settings.brokers) {
    try {
      const metadata = await within(share, 'the broker', signal, (inner) =>
        withBroker(transport, settings, broker, inner, (wire) => fetchMetadata(wire, topic)),
      );
      return { ...metadata, asked: broker };
    } catch (error) {
      if (signal.aborted) throw error;
      last = brokerFailure(error, addressText(broker));
    }
  }
  throw last;
}

/** Connects, logs in, asks, and lets go of the stream whatever happens. */
async function withBroker<T>(
  transport: Transport,
  settings: KafkaSettings,
  address: Address,
  signal: AbortSignal,
  ask: (wire: KafkaWire) => Promise<T>,
): Promise<T> {
  const stream = await connect(transport, settings, address, signal);
  const letGo = (): void => void stream.destroy();
  signal.addEventListener('abort', letGo, { once: true });
  try {
    const wire = new KafkaWire(stream);
    if (settings.sasl !== undefined) await logIn(wire, settings.sasl);
    return await ask(wire);
  } catch (error) {
    throw brokerFailure(error, addressText(address));
  } finally {
    signal.removeEventListener('abort', letGo);
    letGo();
  }
}

/** A broker goes through the tunnel that was given for its very address, else through the connection's, if any. */
async function connect(
  transport: Transport,
  settings: KafkaSettings,
  { host, port }: Address,
  signal: AbortSignal,
): Promise<Duplex> {
  const configured = settings.brokers.find((broker) => broker.host === host && broker.port === port);
  const tunnel = configured?.tunnel ?? settings.tunnel;
  const address = addressText({ host, port });
  const raw = await openStream(transport, { host, port, tunnel }, 'kafka', signal).catch((error: unknown) => {
    throw connectFailure(error, address);
  });
  const tls = settings.tls === undefined ? undefined : tlsOptions(settings.tls, host);
  if (tls === undefined) return raw;
  return secureStream(raw, host, tls, signal).catch((error: unknown) => {
    throw signal.aborted ? signal.reason : handshakeFailure(error, address);
  });
}

/** What librdkafka refuses before it contacts anything. */
function checkClient(settings: KafkaSettings): void {
  if (settings.sasl !== undefined) saslMechanism(settings.sasl);
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

function secretsOf(settings: KafkaSettings): readonly SecretBytes[] {
  return [...secretsAmong([settings.sasl?.username, settings.sasl?.password]), ...tlsSecrets(settings.tls)];
}
