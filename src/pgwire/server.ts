import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { SqlError } from '../errors.ts';
import type { SessionFactory } from '../engine/outcome.ts';
import type { Logger } from '../log.ts';
import { MessageWriter } from '../pgproto/message-writer.ts';
import type { Admission } from './admission.ts';
import type { AuthenticationKind } from './authentication.ts';
import { Connection, type ConnectionSetup } from './connection.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { createMetrics, type PgMetrics } from './metrics.ts';
import { writeError } from './responses.ts';
import { makeSelfSigned } from './self-signed.ts';

export { DEFAULT_LIMITS, type Limits } from './limits.ts';
export type { PgMetrics } from './metrics.ts';
export type { Admission } from './admission.ts';
export type { AuthenticationKind } from './authentication.ts';

/** One address that the door listens on. */
export interface ListenerOptions {
  readonly host: string;
  /** 0 takes a free port: `start` tells which. */
  readonly port: number;
  /** The internal listener: for built-in users, trusted by where it listens. */
  readonly internal: boolean;
  readonly authentication: AuthenticationKind;
  /** PEM texts, or a certificate made at start. Without it, SSLRequest is answered `N`. */
  readonly tls?:
    { readonly cert: string | Buffer; readonly key: string | Buffer } | 'self-signed' | undefined;
  /** Refuse logins in plain text. Only with `tls`. */
  readonly requireTls?: boolean | undefined;
  /** Who may log in; by default what Materialize has for this kind of listener. */
  readonly admission?: Admission | undefined;
}

export interface PgServerOptions {
  readonly factory: SessionFactory;
  readonly listeners: readonly ListenerOptions[];
  readonly limits?: Partial<Limits> | undefined;
  readonly logger?: Logger | undefined;
}

/** Where a listener really listens. */
export interface ListenerAddress {
  readonly host: string;
  readonly port: number;
  readonly internal: boolean;
}

/** The PostgreSQL door. */
export interface PgServer {
  /** Opens all listeners. Throws the system's error when one cannot be opened; the others are closed again. */
  start(): Promise<{ readonly addresses: readonly ListenerAddress[] }>;
  /**
   * New connections are refused with 57P03, idle ones end with 57P01, running statements have `graceMs` milliseconds to
   * finish. Settles when every socket is closed.
   */
  stop(graceMs: number): Promise<void>;
  readonly metrics: PgMetrics;
}

/** How long peers have to read the last error and close. */
const CLOSE_WAIT_MS = 1_000;

/** Clients that are refused politely, after their start-up packet, at any one time; more get the error at once. */
const REFUSED_AT_ONCE = 64;

type ServerState = 'new' | 'running' | 'stopping' | 'stopped';

/** Makes the door; nothing listens before `start`. */
export function createPgServer(options: PgServerOptions): PgServer {
  const metrics = createMetrics();
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const connections = new Set<Connection>();
  const servers: Server[] = [];
  let state: ServerState = 'new';
  let onEmpty: (() => void) | undefined;

  const accept = (socket: Socket, setup: ConnectionSetup): void => {
    metrics.connectionsTotal++;
    const refusal = refuse(state, connections.size, limits.connections);
    if (refusal !== null) {
      metrics.connectionsRefused++;
      if (connections.size >= limits.connections + REFUSED_AT_ONCE) {
        turnAway(socket, refusal, limits.lingerMs);
        return;
      }
    }
    metrics.connectionsOpen++;
    const rules = refusal === null ? setup.rules : { ...setup.rules, refusal };
    const connection = new Connection(socket, { ...setup, rules }, (closed) => {
      connections.delete(closed);
      metrics.connectionsOpen--;
      if (connections.size === 0) onEmpty?.();
    });
    connections.add(connection);
    void connection.run();
  };

  const open = async (listener: ListenerOptions): Promise<ListenerAddress> => {
    const setup = setUp(listener, options, limits, metrics);
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => accept(socket, setup));
    servers.push(server);
    await listen(server, listener);
    const { port } = server.address() as AddressInfo;
    options.logger?.info({ host: listener.host, port, internal: listener.internal }, 'listening for SQL');
    return { host: listener.host, port, internal: listener.internal };
  };

  const closeListeners = async (): Promise<void> => {
    await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    servers.length = 0;
  };

  return {
    metrics,
    async start() {
      if (state !== 'new') throw new Error('the server was started before');
      state = 'running';
      try {
        const addresses: ListenerAddress[] = [];
        for (const listener of options.listeners) addresses.push(await open(listener));
        return { addresses };
      } catch (cause) {
        state = 'stopped';
        await closeListeners();
        throw cause;
      }
    },
    async stop(graceMs) {
      if (state !== 'running') return;
      state = 'stopping';
      const allClosed = new Promise<void>((resolve) => (onEmpty = resolve));
      const reason = shutdownError('57P01', 'terminating connection due to administrator command');
      for (const connection of connections) connection.stop(reason);
      if (connections.size > 0) await Promise.race([allClosed, delay(graceMs)]);
      for (const connection of connections) connection.kill(reason);
      if (connections.size > 0) await Promise.race([allClosed, delay(CLOSE_WAIT_MS)]);
      for (const connection of connections) connection.destroy();
      state = 'stopped';
      await closeListeners();
    },
  };
}

function setUp(
  listener: ListenerOptions,
  options: PgServerOptions,
  limits: Limits,
  metrics: PgMetrics,
): ConnectionSetup {
  const { tls, requireTls = false, internal, authentication } = listener;
  if (requireTls && tls === undefined) throw new Error('a listener that requires TLS needs a certificate');
  return {
    factory: options.factory,
    rules: {
      internal,
      authentication,
      admission: listener.admission ?? defaultAdmission(internal, authentication),
      tls: tls === undefined ? 'off' : requireTls ? 'required' : 'offered',
      refusal: null,
    },
    secureContext: secureContext(tls),
    limits,
    metrics,
    logger: options.logger,
  };
}

/** With passwords, built-in users log in on the external listener too: they have to prove who they are. */
function defaultAdmission(internal: boolean, authentication: AuthenticationKind): Admission {
  if (internal) return 'internal';
  return authentication === 'none' ? 'normal' : 'both';
}

function secureContext(tls: ListenerOptions['tls']): SecureContext | undefined {
  if (tls === undefined) return undefined;
  return createSecureContext({ ...(tls === 'self-signed' ? makeSelfSigned() : tls), minVersion: 'TLSv1.2' });
}

function listen(server: Server, { host, port }: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function refuse(state: ServerState, open: number, limit: number): SqlError | null {
  if (state !== 'running') return shutdownError('57P03', 'the database system is shutting down');
  if (open >= limit) return new SqlError('53300', 'sorry, too many clients already', { severity: 'FATAL' });
  return null;
}

function shutdownError(code: string, message: string): SqlError {
  return new SqlError(code, message, { severity: 'FATAL' });
}

/** Answers the first bytes with an error, so that the client reads it instead of a reset, and closes. */
function turnAway(socket: Socket, error: SqlError, lingerMs: number): void {
  const writer = new MessageWriter(256);
  writeError(writer, error);
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => clearTimeout(timer));
  socket.on('end', () => socket.end());
  socket.resume();
  socket.end(writer.view());
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
