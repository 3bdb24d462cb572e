/**
 * A stand-in for a Kafka broker, for what a real one does not do when asked: it answers SaslHandshake, SaslAuthenticate
 * (PLAIN) and Metadata, hangs up, or says something else. Real brokers are in kafka-broker.ts.
 */
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

export interface FakeKafka {
  readonly port: number;
  /** Connections open now. */
  connections(): number;
  stop(): Promise<void>;
}

export interface FakeKafkaOptions {
  /** PLAIN login that is required. */
  readonly login?: { readonly username: string; readonly password: string };
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Closes every connection at its first bytes, as a TLS listener does to clear text. */
  readonly hangUp?: boolean;
  /** Answers every request with these bytes. */
  readonly says?: Buffer;
}

/** API keys with the range of versions served. */
const METADATA = 3;
const SASL_HANDSHAKE = 17;
const SASL_AUTHENTICATE = 36;
const SASL_AUTHENTICATION_FAILED = 58;
const UNSUPPORTED_SASL_MECHANISM = 33;

export function startFakeKafka(options: FakeKafkaOptions = {}): Promise<FakeKafka> {
  const sockets = new Set<Socket>();
  const onSocket = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    let buffered = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      if (options.hangUp === true) {
        socket.destroy();
        return;
      }
      if (options.says !== undefined) {
        socket.write(options.says);
        return;
      }
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= 4 && buffered.length >= 4 + buffered.readInt32BE(0)) {
        const end = 4 + buffered.readInt32BE(0);
        answer(socket, buffered.subarray(4, end));
        buffered = buffered.subarray(end);
      }
    });
  };
  const server = options.tls === undefined ? createServer(onSocket) : createTlsServer(options.tls, onSocket);
  server.on('tlsClientError', () => {});
  let port = 0;

  function answer(socket: Socket, request: Buffer): void {
    const key = request.readInt16BE(0);
    // Key, version, correlation id, client id (its length may be -1).
    const body = request.subarray(10 + Math.max(0, request.readInt16BE(8)));
    const response = respond(key, body);
    if (response === null) {
      socket.destroy();
      return;
    }
    const frame = Buffer.concat([int32(response.length + 4), request.subarray(4, 8), response]);
    socket.write(frame);
  }

  function respond(key: number, body: Buffer): Buffer | null {
    switch (key) {
      case SASL_HANDSHAKE: {
        const mechanism = body.subarray(2).toString('utf8');
        return Buffer.concat([
          int16(mechanism === 'PLAIN' ? 0 : UNSUPPORTED_SASL_MECHANISM),
          int32(1),
          string('PLAIN'),
        ]);
      }
      case SASL_AUTHENTICATE: {
        const [, username, password] = body.subarray(4).toString('utf8').split('\0');
        const good = username === options.login?.username && password === options.login?.password;
        if (good) return Buffer.concat([int16(0), int16(-1), int32(0)]);
        const message = 'Authentication failed: Invalid username or password';
        return Buffer.concat([int16(SASL_AUTHENTICATION_FAILED), string(message), int32(0)]);
      }
      case METADATA: {
        const throttle = int32(0);
        const broker = [int32(7), string('127.0.0.1'), int32(port), int16(-1)];
        const [cluster, controller, topics] = [int16(-1), int32(7), int32(0)];
        return Buffer.concat([throttle, int32(1), ...broker, cluster, controller, topics]);
      }
      default:
        return null;
    }
  }

  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      port = (server.address() as { port: number }).port;
      resolve({
        port,
        connections: () => sockets.size,
        stop: () =>
          new Promise((done) => {
            server.close(() => done());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}

function int16(n: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(n);
  return bytes;
}

function int32(n: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(n);
  return bytes;
}

function string(text: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)]);
}
