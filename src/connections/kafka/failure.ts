/** What goes wrong at a Kafka broker, in the words of librdkafka, which Materialize passes on. */
import { TimedOut } from '../deadline.ts';
import { systemText, UpstreamFailure } from '../failure.ts';
import { HandshakeAborted } from '../secure-stream.ts';
import { tlsFailure } from '../tls-failure.ts';

/** `host:port`, with brackets around an IPv6 address. */
export function addressText({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

/** Why the stream could not be opened. A bastion's failure is left as it is. */
export function connectFailure(error: unknown, address: string): unknown {
  if (!(error instanceof UpstreamFailure) || error.namespace !== 'kafka') return error;
  const unknownName = error.message.startsWith('failed to lookup');
  return transportFailure(
    unknownName ? `Failed to resolve hostname: ${error.message}` : error.message,
    address,
  );
}

/** Why the TLS handshake failed. */
export function handshakeFailure(error: unknown, address: string): unknown {
  if (error instanceof TimedOut) return error;
  // A broker that speaks no TLS takes the handshake for a request of absurd size, and hangs up.
  const { code } = error as { code?: unknown };
  const reason = tlsFailure(error);
  if (error instanceof HandshakeAborted || code === 'ECONNRESET' || reason === 'wrong version number') {
    return transportFailure('Broker does not support SSL connections', address);
  }
  return transportFailure(`SSL handshake failed: ${reason ?? systemText(error)}`, address);
}

/** Whatever else went wrong: the failures above, the broker's own words, time that ran out, broken streams. */
export function brokerFailure(error: unknown, address: string): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  if (error instanceof TimedOut) {
    const text = `Meta data fetch error: OperationTimedOut (Local: Timed out): ${address}: ${error.message}`;
    return new UpstreamFailure('kafka', text);
  }
  // With TLS 1.3 a broker refuses a client's certificate after the handshake.
  const reason = tlsFailure(error);
  return transportFailure(
    reason === undefined ? systemText(error) : `SSL handshake failed: ${reason}`,
    address,
  );
}

function transportFailure(cause: string, address: string): UpstreamFailure {
  return new UpstreamFailure(
    'kafka',
    `Meta data fetch error: BrokerTransportFailure (Local: Broker transport failure): ${address}: ${cause}`,
  );
}
