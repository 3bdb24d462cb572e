/** Rotation on MySQL and MariaDB. */
import { randomBytes } from 'node:crypto';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { CredentialsError, type DatabaseCredentials } from './credentials.ts';
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
    // The driver escapes with backslashes, and grants are read in their usual quotes.
    await connection.query("SET SESSION sql_mode = ''");
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

const QUOTED = String.raw`(?:\`(?:[^\`]|\`\`)*\`|'(?:[^'\\]|''|\\.)*')`;
/** What is granted, up to the account it is granted to, and whether it may be passed on. */
const GRANT = new RegExp(`^(GRANT .+) TO ${QUOTED}@${QUOTED}.*?( WITH (?:GRANT|ADMIN) OPTION)?$`, 's');

/** Gives a user the grants and the TLS requirement that an account of another user has. May be repeated. */
async function copyRights(connection: Connection, from: string, to: string, host: string): Promise<void> {
  const account = connection.format('?@?', [to, host]);
  const [rows] = await connection.query<RowDataPacket[]>('SHOW GRANTS FOR ?@?', [from, host]);
  for (const row of rows) {
    const parts = GRANT.exec(String(Object.values(row)[0]));
    if (parts !== null) await connection.query(`${parts[1]} TO ${account}${parts[2] ?? ''}`);
  }
  const [required] = await connection.query<RowDataPacket[]>(
    'SELECT ssl_type AS type FROM mysql.user WHERE User = ? AND Host = ?',
    [from, host],
  );
  const type = String(required[0]?.['type']);
  if (type === 'SPECIFIED') {
    throw new CredentialsError('a user that needs a certain certificate has no clone with the same one');
  }
  const clause = { ANY: 'SSL', X509: 'X509' }[type];
  if (clause !== undefined) await connection.query(`ALTER USER ${account} REQUIRE ${clause}`);
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
      try {
        await connection.query('ALTER USER CURRENT_USER() IDENTIFIED BY ?', [password]);
      } catch (error) {
        // MariaDB wants CREATE USER for that even of oneself; MySQL has no PASSWORD() any more.
        if ((error as { code?: string }).code !== 'ER_SPECIFIC_ACCESS_DENIED_ERROR') throw error;
        await connection.query('SET PASSWORD = PASSWORD(?)', [password]);
      }
    }),
  provideUser: (administrator, { name, password, like }) =>
    withConnection(administrator, async (connection) => {
      const existing = new Set(await accountsOf(connection, name));
      const wanted = name === like ? existing : await accountsOf(connection, like);
      // The password comes last: until then nobody takes the user for complete.
      for (const host of wanted) {
        if (!existing.has(host)) {
          const unknown = randomBytes(24).toString('base64');
          await connection.query('CREATE USER ?@? IDENTIFIED BY ?', [name, host, unknown]);
        }
        if (name !== like) await copyRights(connection, like, name, host);
      }
      for (const host of new Set([...existing, ...wanted]))
        await connection.query('ALTER USER ?@? IDENTIFIED BY ?', [name, host, password]);
    }),
};
