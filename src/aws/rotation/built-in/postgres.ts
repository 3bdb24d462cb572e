/** Rotation on PostgreSQL. Passwords are sent as SCRAM verifiers: they do not show in the server's log. */
import type pg from 'pg';
import { hashPassword } from '../../../secrets/scram.ts';
import type { DatabaseCredentials } from './credentials.ts';
import { CONNECT_TIMEOUT_MS, type DatabaseEngine } from './engine.ts';

/** PostgreSQL's own default; some clients refuse many more. */
const ITERATIONS = 4096;

/** SQLSTATEs of a login that is refused. */
const REFUSED = new Set(['28P01', '28000']);

async function connectOnce(
  credentials: DatabaseCredentials,
  tls: boolean,
  verify: boolean,
): Promise<pg.Client> {
  const { Client } = (await import('pg')).default;
  const client = new Client({
    host: credentials.host,
    port: credentials.port,
    user: credentials.username,
    password: credentials.password,
    database: credentials.dbname ?? 'postgres',
    ssl: tls ? { rejectUnauthorized: verify } : false,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CONNECT_TIMEOUT_MS,
    application_name: 'tumbler rotation',
  });
  // A connection that breaks while idle must not end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function open(credentials: DatabaseCredentials): Promise<pg.Client> {
  const { ssl } = credentials;
  if (ssl !== undefined) return connectOnce(credentials, ssl, true);
  try {
    return await connectOnce(credentials, true, false);
  } catch (error) {
    if (!(error as Error).message.includes('does not support SSL')) throw error;
    return connectOnce(credentials, false, false);
  }
}

async function withClient<T>(
  credentials: DatabaseCredentials,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await open(credentials);
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function setPassword(
  client: pg.Client,
  verb: 'ALTER' | 'CREATE',
  user: string,
  password: string,
): Promise<void> {
  const verifier = await hashPassword(password, ITERATIONS);
  const name = client.escapeIdentifier(user);
  await client.query(`${verb} ROLE ${name} WITH LOGIN PASSWORD ${client.escapeLiteral(verifier)}`);
}

export const POSTGRES: DatabaseEngine = {
  engines: ['postgres', 'postgresql', 'aurora-postgresql'],
  port: 5432,
  maxUserLength: 63,
  async canLogIn(credentials) {
    try {
      return await withClient(credentials, async (client) => {
        await client.query('SELECT now()');
        return true;
      });
    } catch (error) {
      if (REFUSED.has((error as { code?: string }).code ?? '')) return false;
      throw error;
    }
  },
  changeOwnPassword: (credentials, password) =>
    withClient(credentials, async (client) => {
      const verifier = await hashPassword(password, ITERATIONS);
      const name = client.escapeIdentifier(credentials.username);
      await client.query(`ALTER ROLE ${name} WITH PASSWORD ${client.escapeLiteral(verifier)}`);
    }),
  provideUser: (administrator, { name, password, like }) =>
    withClient(administrator, async (client) => {
      const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
      // As one: a user that is there has its rights.
      await client.query('BEGIN');
      await setPassword(client, (rowCount ?? 0) > 0 ? 'ALTER' : 'CREATE', name, password);
      if (name !== like) {
        await client.query(`GRANT ${client.escapeIdentifier(like)} TO ${client.escapeIdentifier(name)}`);
      }
      await client.query('COMMIT');
    }),
};
