/** TLS over a stream that is open already, straight or through a bastion. */
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions } from 'node:tls';

/** The peer closed the stream before the handshake was over. */
export class HandshakeAborted extends Error {
  constructor() {
    super('connection closed by peer during the TLS handshake');
    this.name = 'HandshakeAborted';
  }
}

/**
 * Resolves when the handshake is over. The caller destroys the stream, which destroys the inner one; on failure and on
 * abort both are destroyed here. Rejects with Node's error, or {@link HandshakeAborted}.
 */
export function secureStream(
  raw: Duplex,
  host: string,
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      raw.destroy();
      reject(error);
    };
    if (signal.aborted) {
      fail(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      socket?.destroy();
      fail(signal.reason as Error);
    };
    let socket: Duplex | undefined;
    try {
      // No SNI for addresses: RFC 6066 forbids it.
      const name = isIP(host) === 0 ? { servername: host } : {};
      socket = connect({ socket: raw, ...name, ...options }, () => {
        signal.removeEventListener('abort', onAbort);
        if (socket !== undefined) resolve(socket);
      });
    } catch (error) {
      // Certificates and keys that cannot be read.
      fail(error as Error);
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('error', fail);
    socket.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      fail(new HandshakeAborted());
    });
  });
}
