/** A MySQL or MariaDB as the tests of rotation use it. */
import { createConnection } from 'mysql2/promise';
import type { Login, RotatedDatabase } from './rotation-suite.ts';

export const ADMINISTRATOR = { username: 'admin', password: 'admin-password' };

interface Server {
  readonly host: string;
  readonly port: number;
  /** Runs a statement as root. */
  sql(text: string): Promise<unknown>;
}

/** Whether a login lets one in, over TCP. */
export async function canLogIn(server: Server, login: Login, tls = false): Promise<boolean> {
  try {
    const client = await createConnection({
      host: server.host,
      port: server.port,
      user: login.username,
      password: login.password,
      ...(tls ? { ssl: { rejectUnauthorized: false } } : {}),
    });
    await client.query('SELECT 1');
    await client.end();
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ER_ACCESS_DENIED_ERROR') return false;
    throw error;
  }
}

/** Makes an administrator and a database `app`. */
export async function databaseOf(server: Server): Promise<RotatedDatabase> {
  const { username, password } = ADMINISTRATOR;
  await server.sql(`CREATE USER '${username}'@'%' IDENTIFIED BY '${password}'`);
  await server.sql(`GRANT ALL ON *.* TO '${username}'@'%' WITH GRANT OPTION`);
  await server.sql('CREATE DATABASE app');
  return {
    engine: 'mysql',
    functions: 'tumbler-mysql-',
    host: server.host,
    port: server.port,
    dbname: 'app',
    administrator: ADMINISTRATOR,
    async addUser(name, secret) {
      await server.sql(`CREATE USER '${name}'@'%' IDENTIFIED BY '${secret}'`);
      await server.sql(`GRANT SELECT ON app.* TO '${name}'@'%'`);
    },
    setPassword: async (name, secret) =>
      void (await server.sql(`ALTER USER '${name}'@'%' IDENTIFIED BY '${secret}'`)),
    canLogIn: (login) => canLogIn(server, login),
  };
}
