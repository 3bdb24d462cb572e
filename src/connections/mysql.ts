/** MySQL upstreams: log in, and ask for what replication needs (reference: secrets-connections 4.3). */
import type { Duplex } from 'node:stream';
import type { Connection, ConnectionOptions, QueryError, SslOptions } from 'mysql2';
import { TimedOut, within } from './deadline.ts';
import { asFailure, systemText, UpstreamFailure } from './failure.ts';
import type { MysqlSettings } from './resolved.ts';
import { tlsFailure } from './tls-failure.ts';
import { openText, secretsAmong, tlsOptions, tlsSecrets } from './tls-options.ts';
import { openStream, type Transport } from './transport.ts';

/** VALIDATE CONNECTION. Throws {@link UpstreamFailure} in the words of Materialize's driver. */
export async function validateMysql(
  transport: Transport,
  settings: MysqlSettings,
  signal: AbortSignal,
): Promise<void> {
  const secrets = [...secretsAmong([settings.user, settings.password]), ...tlsSecrets(settings.tls)];
  try {
    const stream = await openStream(transport, settings, 'mysql', signal).catch(asConnectFailure);
    try {
      await within(transport.timeouts.sessionMs, 'MySQL session', signal, () => session(stream, settings));
    } finally {
      stream.destroy();
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw asFailure(asSessionFailure(error), 'mysql', secrets);
  }
}

async function session(stream: Duplex, settings: MysqlSettings): Promise<void> {
  const connection = await connect(stream, settings);
  await checkReplication((name) => systemVariable(connection, name));
  // Leaves politely, so that the server counts no aborted client; nobody waits for it.
  connection.end(() => {});
}

async function connect(stream: Duplex, settings: MysqlSettings): Promise<Connection> {
  // Loaded when the first database is contacted: a server that contacts none starts without the driver.
  const { createConnection } = await import('mysql2');
  const ssl = sslOptions(settings);
  // Where the driver names no server, as for addresses, Node compares the certificate with this field of the socket.
  Object.assign(stream, { _host: settings.host });
  const options: ConnectionOptions = {
    host: settings.host,
    port: settings.port,
    user: openText(settings.user),
    ...(settings.password === undefined ? {} : { password: settings.password.openText() }),
    ...(ssl === undefined ? {} : { ssl }),
    stream,
    connectTimeout: 0,
    connectAttributes: { program_name: 'materialize' },
  };
  const connection = createConnection(options);
  containParser(connection, stream);
  // Errors also reject what is awaited; without a listener a late one would end the process.
  connection.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error === null ? resolve() : reject(error)));
  });
  return connection;
}

function sslOptions({ tls, host }: MysqlSettings): SslOptions | undefined {
  const options = tlsOptions(tls, host);
  if (options === undefined) return undefined;
  const { ca, cert, key, rejectUnauthorized } = options;
  const material = Object.entries({ ca, cert, key }).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(material) as Record<string, string>),
    rejectUnauthorized: rejectUnauthorized ?? true,
    verifyIdentity: tls.mode === 'verify-full',
  };
}

/**
 * What the driver throws on a packet that it cannot read outside a command it throws in the stream's event, where it
 * would end the process.
 */
function containParser(connection: Connection, stream: Duplex): void {
  const inner = connection as Connection & { handlePacket(packet: unknown): void };
  const handle = inner.handlePacket.bind(inner);
  inner.handlePacket = (packet) => {
    try {
      handle(packet);
    } catch {
      stream.destroy(new UpstreamFailure('mysql', 'Input/output error: malformed packet'));
    }
  };
}

type ReadVariable = (name: string) => Promise<string>;

/** Settings by what they are for, with their values; of each group the first that differs is reported. */
const REPLICATION_SETTINGS = [
  [
    ['gtid_mode', 'ON'],
    ['enforce_gtid_consistency', 'ON'],
    ['gtid_next', 'AUTOMATIC'],
  ],
  [
    ['log_bin', '1'],
    ['binlog_format', 'ROW'],
    ['binlog_row_image', 'FULL'],
  ],
] as const;

async function checkReplication(read: ReadVariable): Promise<void> {
  const wrong: string[] = [];
  for (const group of REPLICATION_SETTINGS) {
    for (const [name, expected] of group) {
      const actual = await read(name);
      if (actual === expected) continue;
      wrong.push(`${name}: expected ${expected}, got ${actual}`);
      break;
    }
  }
  // A replica that applies in parallel may commit in another order than its primary.
  const workers = await renamed(read, 'parallel_workers');
  const order = await renamed(read, 'preserve_commit_order');
  if (Number(workers.value) > 1 && order.value !== '1') {
    wrong.push(`${order.name}: expected 1, got ${order.value}`);
  }
  if (wrong.length === 0) return;
  throw new UpstreamFailure('mysql', 'Invalid MySQL system replication settings', {
    detail: wrong.join('; '),
    hint: 'Set the necessary MySQL database system settings.',
  });
}

/** A variable that MySQL 8.0.26 gave another name. */
async function renamed(
  read: ReadVariable,
  suffix: string,
): Promise<{ readonly name: string; readonly value: string }> {
  const [now, before] = [`replica_${suffix}`, `slave_${suffix}`];
  try {
    return { name: now, value: await read(now) };
  } catch (error) {
    if ((error as Partial<QueryError>).code !== 'ER_UNKNOWN_SYSTEM_VARIABLE') throw error;
    return { name: before, value: await read(before) };
  }
}

function systemVariable(connection: Connection, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    connection.query({ sql: `SELECT @@${name}`, rowsAsArray: true }, (error, rows) => {
      if (error !== null) reject(error);
      else resolve(String((rows as unknown[][])[0]?.[0]));
    });
  });
}

function asConnectFailure(error: unknown): never {
  if (error instanceof UpstreamFailure && error.namespace === 'mysql') {
    throw new UpstreamFailure('mysql', `Input/output error: ${error.message}`, { detail: error.detail });
  }
  throw error;
}

function asSessionFailure(error: unknown): unknown {
  if (error instanceof UpstreamFailure) return error;
  if (error instanceof TimedOut) return new UpstreamFailure('mysql', error.message);
  const { code, errno, sqlState, sqlMessage } = error as Partial<QueryError> & { sqlMessage?: string };
  if (typeof errno === 'number' && sqlMessage !== undefined) {
    const state = sqlState === undefined || sqlState === '' ? 'HY000' : sqlState;
    return new UpstreamFailure('mysql', `Server error: \`ERROR ${state} (${String(errno)}): ${sqlMessage}'`);
  }
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') {
    return new UpstreamFailure(
      'mysql',
      "Driver error: `Client asked for SSL but server does not have this capability'",
    );
  }
  const tls = code === 'HANDSHAKE_SSL_ERROR' ? handshakeFailure(error) : tlsFailure(error);
  const text = tls === undefined ? systemText(error) : `TLS error: \`${tls}'`;
  return new UpstreamFailure('mysql', `Input/output error: ${text}`);
}

/** The driver puts a code of its own in place of Node's; what else the error has tells where it comes from. */
function handshakeFailure(error: unknown): string {
  const { library, reason, syscall, message } = error as Error & Partial<Record<string, unknown>>;
  if (typeof library === 'string' && typeof reason === 'string') return reason;
  return syscall === undefined ? `certificate verify failed: ${message}` : message;
}
