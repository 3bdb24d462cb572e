/** A byte stream to an upstream server: straight over TCP, or through a bastion. */
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TimedOut, within } from './deadline.ts';
import { externalAddress } from './external-address.ts';
import { lookupText, systemText, UpstreamFailure, type FailureNamespace } from './failure.ts';
import type { SshTunnelSettings } from './resolved.ts';
import type { SshTunnels } from './ssh-tunnels.ts';
import type { UpstreamLimits } from './timeouts.ts';

/** Where to. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tunnel?: SshTunnelSettings | undefined;
}

/** What opening a stream needs. */
export interface Transport {
  readonly tunnels: SshTunnels;
  readonly timeouts: UpstreamLimits;
}

/**
 * Opens the stream. The caller destroys it. Throws {@link UpstreamFailure}: in the namespace `ssh` when the bastion
 * failed, else in the given one with the socket error's text.
 */
export function openStream(
  transport: Transport,
  endpoint: Endpoint,
  namespace: FailureNamespace,
  signal: AbortSignal,
): Promise<Duplex> {
  const { host, port, tunnel } = endpoint;
  if (tunnel !== undefined) return transport.tunnels.open(tunnel, host, port, signal);
  return openTcp(host, port, transport.timeouts, namespace, signal);
}

async function openTcp(
  host: string,
  port: number,
  { connectMs, externalOnly }: UpstreamLimits,
  namespace: FailureNamespace,
  signal: AbortSignal,
): Promise<Duplex> {
  try {
    return await within(connectMs, `connecting to ${host}:${String(port)}`, signal, async (inner) => {
      const address = externalOnly ? await externalAddress(host) : host;
      inner.throwIfAborted();
      return tcp(address, port, inner);
    });
  } catch (error) {
    const text =
      error instanceof TimedOut ? 'Connection timed out' : (lookupText(error) ?? systemText(error));
    throw new UpstreamFailure(namespace, text, {
      detail: error instanceof TimedOut ? `${error.message}.` : undefined,
    });
  }
}

function tcp(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true });
    const onAbort = (): void => void socket.destroy();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
