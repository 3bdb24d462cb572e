/** Rotation on MySQL and MariaDB. */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { DatabaseCredentials } from './credentials.ts';
import { CONNECT_TIMEOUT_MS, type DatabaseEngine } from './engine.ts';

/** Error codes of a login that is refused. */
const REFUSED = new Set(['ER_ACCESS_DENIED_ERROR', 'ER_DBACCESS_DENIED_ERROR']);

async function connectOnce(
  credentials: DatabaseCredentials,
  tls: boolean,
  verify: boolean,
): Promise<Connection> {
  const { createConnection } = await import('mysql2/promise');
  return createConnection({
    host: credentials.host,
    port: credentials.port,
    user: credentials.username,
    password: credentials.password,
    ...(credentials.dbname === undefined ? {} : { database: credentials.dbname }),
    ...(tls ? { ssl: { rejectUnauthorized: verify } } : {}),
    connectTimeout: CONNECT_TIMEOUT_MS,
  });
}

async function open(credentials: DatabaseCredentials): Promise<Connection> {
  const { ssl } = credentials;
  if (ssl !== undefined) return connectOnce(credentials, ssl, true);
  try {
    return await connectOnce(credentials, true, false);
  } catch (error) {
    if ((error as { code?: string }).code !== 'HANDSHAKE_NO_SSL_SUPPORT') throw error;
    return connectOnce(credentials, false, false);
  }
}

async function withConnection<T>(
  credentials: DatabaseCredentials,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await open(credentials);
  connection.on('error', () => undefined);
  try {
    return await use(connection);
  } finally {
    await connection.end().catch(() => undefined);
  }
}

/** Accounts of a user: one for each host it may come from. */
async function accountsOf(connection: Connection, user: string): Promise<readonly string[]> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT Host FROM mysql.user WHERE User = ?', [
    user,
  ]);
  return rows.map((row) => String(row['Host']));
}

/** The grants of an account, for another user. */
async function copyGrants(connection: Connection, from: string, to: string, host: string): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>('SHOW GRANTS FOR ?@?', [from, host]);
  for (const row of rows) {
    const grant = String(Object.values(row)[0]);
    const parts = /^(GRANT .*) TO .+?(?: IDENTIFIED .*?)?( WITH GRANT OPTION)?$/s.exec(grant);
    if (parts === null) continue;
    await connection.query(`${parts[1]} TO ?@?${parts[2] ?? ''}`, [to, host]);
  }
}

export const MYSQL: DatabaseEngine = {
  engines: ['mysql', 'mariadb', 'aurora-mysql'],
  port: 3306,
  maxUserLength: 32,
  async canLogIn(credentials) {
    try {
      return await withConnection(credentials, async (connection) => {
        await connection.query('SELECT now()');
        return true;
      });
    } catch (error) {
      if (REFUSED.has((error as { code?: string }).code ?? '')) return false;
      throw error;
    }
  },
  changeOwnPassword: (credentials, password) =>
    withConnection(credentials, async (connection) => {
      await connection.query('ALTER USER CURRENT_USER() IDENTIFIED BY ?', [password]);
    }),
  provideUser: (administrator, { name, password, like }) =>
    withConnection(administrator, async (connection) => {
      const existing = await accountsOf(connection, name);
      for (const host of existing)
        await connection.query('ALTER USER ?@? IDENTIFIED BY ?', [name, host, password]);
      if (existing.length > 0) return;
      for (const host of await accountsOf(connection, like)) {
        await connection.query('CREATE USER ?@? IDENTIFIED BY ?', [name, host, password]);
        if (name !== like) await copyGrants(connection, like, name, host);
      }
    }),
};
