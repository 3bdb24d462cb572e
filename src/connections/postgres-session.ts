/** One short PostgreSQL session over a stream of ours: connect, log in, ask, leave. */
import type { Duplex } from 'node:stream';
import type { DatabaseError } from 'pg';
import { TimedOut, within } from './deadline.ts';
import { asFailure, systemText, UpstreamFailure } from './failure.ts';
import type { PostgresSettings } from './resolved.ts';
import { tlsFailure } from './tls-failure.ts';
import { openText, secretsAmong, tlsOptions, tlsSecrets } from './tls-options.ts';
import { openStream, type Transport } from './transport.ts';

/** A row with columns by name, values in PostgreSQL's text form. */
export type TextRow = Readonly<Record<string, string | null>>;

/** A logged-in session. */
export interface PostgresSession {
  query(sql: string, parameters?: readonly string[]): Promise<readonly TextRow[]>;
}

/**
 * Opens a session, runs the body and closes the session whatever happens. Throws {@link UpstreamFailure} with the
 * texts of the reference (`db error: FATAL: ...`, `error connecting to server: ...`), free of secret values.
 */
export async function withPostgres<T>(
  transport: Transport,
  settings: PostgresSettings,
  signal: AbortSignal,
  body: (session: PostgresSession) => Promise<T>,
): Promise<T> {
  const secrets = [...secretsAmong([settings.user, settings.password]), ...tlsSecrets(settings.tls)];
  try {
    const stream = await openStream(transport, settings, 'postgres', signal).catch(asConnectFailure);
    try {
      return await within(transport.timeouts.sessionMs, 'PostgreSQL session', signal, () =>
        session(stream, settings, body),
      );
    } finally {
      stream.destroy();
    }
  } catch (error) {
    // A cancelled statement answers with the reason of the cancellation.
    if (signal.aborted) throw signal.reason;
    throw asFailure(asSessionFailure(error), 'postgres', secrets);
  }
}

async function session<T>(
  stream: Duplex,
  settings: PostgresSettings,
  body: (session: PostgresSession) => Promise<T>,
): Promise<T> {
  // Loaded when the first database is contacted: a server that contacts none starts without the driver.
  const { Client } = (await import('pg')).default;
  const client = new Client({
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: openText(settings.user),
    // A function, always: otherwise the client would look in the environment and in ~/.pgpass.
    password: () => {
      if (settings.password === undefined)
        throw new UpstreamFailure('postgres', 'invalid configuration: password missing');
      return settings.password.openText();
    },
    ssl: tlsOptions(settings.tls, settings.host) ?? false,
    application_name: 'materialize',
    stream: () => asConnected(stream) as never,
  });
  // Errors also reject what is awaited; without a listener a late one would end the process.
  client.on('error', () => {});
  await client.connect();
  const result = await body({
    query: async (sql, parameters = []) => {
      const types = { getTypeParser: () => (value: string) => value };
      const answer = await client.query({ text: sql, values: [...parameters], types: types as never });
      return answer.rows as TextRow[];
    },
  });
  // Terminate politely, so that the server does not log a lost connection; nobody waits for it.
  client.end().catch(() => {});
  return result;
}

/** Gives a stream that is open already the socket methods that the client calls. */
function asConnected(stream: Duplex): Duplex {
  return Object.assign(stream, {
    connect: () => {
      process.nextTick(() => stream.emit('connect'));
      return stream;
    },
    setNoDelay: () => stream,
    setKeepAlive: () => stream,
    ref: () => stream,
    unref: () => stream,
  });
}

function asConnectFailure(error: unknown): never {
  if (
    error instanceof UpstreamFailure &&
    error.namespace === 'postgres' &&
    !error.message.startsWith('failed to lookup')
  ) {
    throw new UpstreamFailure('postgres', `error connecting to server: ${error.message}`, {
      detail: error.detail,
    });
  }
  throw error;
}

function asSessionFailure(error: unknown): unknown {
  if (error instanceof UpstreamFailure) return error;
  if (isDatabaseError(error)) {
    const text = `db error: ${error.severity ?? 'ERROR'}: ${error.message}`;
    return new UpstreamFailure('postgres', text, { detail: error.detail, hint: error.hint });
  }
  if (error instanceof TimedOut) return new UpstreamFailure('postgres', error.message);
  const tls = tlsFailure(error);
  if (tls !== undefined) return new UpstreamFailure('postgres', `error performing TLS handshake: ${tls}`);
  const message = error instanceof Error ? error.message : '';
  const known = CLIENT_TEXTS.find(([pattern]) => pattern.test(message));
  return new UpstreamFailure('postgres', known?.[1] ?? systemText(error));
}

/** An ErrorResponse of the server, told by what only those have: severity and a five-character code. */
function isDatabaseError(error: unknown): error is DatabaseError {
  const { severity, code } = error as Partial<DatabaseError>;
  return error instanceof Error && typeof severity === 'string' && /^[0-9A-Z]{5}$/.test(code ?? '');
}

/** The client library's words for what the reference says otherwise. */
const CLIENT_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/^Connection terminated/, 'connection closed'],
  [/does not support SSL/, 'error performing TLS handshake: server does not support TLS'],
  [
    /error establishing an SSL connection/,
    'error performing TLS handshake: unexpected answer to the TLS request',
  ],
  [/client password must be a/, 'invalid configuration: password missing'],
];
