/**
 * A throwaway PostgreSQL for tests: its own cluster in a temporary folder, on a free loopback port, stopped by pid.
 */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/** A running throwaway server. */
export interface TestPostgres {
  readonly host: string;
  readonly port: number;
  /** Login role with every right; loopback connections need no password unless `hba` says otherwise. */
  readonly superuser: string;
  /** URL of the database `postgres` for {@link superuser}. */
  readonly connectionString: string;
  /** Runs SQL (several statements allowed) over a connection of its own; rows of the last statement as text arrays. */
  psql(sql: string): Promise<readonly (readonly (string | null)[])[]>;
  /** Stops the server at once and removes its folder. */
  stop(): Promise<void>;
}

/** How to set the server up. */
export interface TestPostgresOptions {
  /** Lines of postgresql.conf beside the loopback and speed settings; later lines win. */
  readonly conf?: readonly string[];
  /** Whole pg_hba.conf; by default everybody on loopback is trusted. */
  readonly hba?: string;
  /** Keep fsync on; off by default, which is what makes it fast. */
  readonly durable?: boolean;
  /** PEM files for `ssl = on`; copied into the data folder with the mode PostgreSQL demands. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly authority?: string };
}

const SUPERUSER = 'postgres';

/** Folder with `initdb` and `postgres`: the newest below /usr/lib/postgresql, else the one on PATH; undefined without any. */
export function findPostgresBinaries(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(root, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':').filter((folder) => folder !== ''),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The user to run a database as: it refuses root. undefined means "as we are"; null means there is none. */
export function serverUser(): ServerUser | undefined | null {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const uid = Number(
        execFileSync('id', ['-u', name], { stdio: ['ignore', 'pipe', 'ignore'] }).toString(),
      );
      const gid = Number(
        execFileSync('id', ['-g', name], { stdio: ['ignore', 'pipe', 'ignore'] }).toString(),
      );
      return { name, uid, gid };
    } catch {
      // Not on this machine; try the next.
    }
  }
  return null;
}

/** A loopback TCP port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/**
 * Starts a throwaway PostgreSQL on 127.0.0.1 and waits until it answers.
 * Returns null when PostgreSQL is not installed or no user can run it: the test should then skip visibly.
 */
export async function startPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres | null> {
  const bin = findPostgresBinaries();
  const user = serverUser();
  if (bin === undefined || user === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'tumbler-postgres-'));
  const data = join(folder, 'data');
  const identity = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', TZ: 'UTC', HOME: folder };
  try {
    await run(
      join(bin, 'initdb'),
      ['-D', data, '-U', SUPERUSER, '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
      { ...identity, env, cwd: folder },
    );
    const port = await freePort();
    writeSettings(data, port, options, user);
    const child = spawn(join(bin, 'postgres'), ['-D', data], {
      ...identity,
      env,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const stop = (): Promise<void> => stopServer(child, folder);
    const log: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => {
      if (log.length < 200) log.push(chunk.toString());
    });
    await waitUntilReady(child, log, stop);
    const connectionString = `postgres://${SUPERUSER}@127.0.0.1:${String(port)}/postgres`;
    return {
      host: '127.0.0.1',
      port,
      superuser: SUPERUSER,
      connectionString,
      psql: (sql) => query(connectionString, sql),
      stop,
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function writeSettings(
  data: string,
  port: number,
  options: TestPostgresOptions,
  user: ServerUser | undefined,
): void {
  const conf = [
    `port = ${String(port)}`,
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''",
    "timezone = 'UTC'",
    'shared_buffers = 16MB',
    'max_connections = 50',
    'autovacuum = off',
  ];
  if (options.durable !== true)
    conf.push('fsync = off', 'synchronous_commit = off', 'full_page_writes = off');
  const own = (path: string, text: string): void => {
    writeFileSync(path, text, { mode: 0o600 });
    if (user !== undefined) chownSync(path, user.uid, user.gid);
  };
  if (options.tls !== undefined) {
    own(join(data, 'test.crt'), options.tls.certificate);
    own(join(data, 'test.key'), options.tls.key);
    conf.push('ssl = on', "ssl_cert_file = 'test.crt'", "ssl_key_file = 'test.key'");
    if (options.tls.authority !== undefined) {
      own(join(data, 'test-ca.crt'), options.tls.authority);
      conf.push("ssl_ca_file = 'test-ca.crt'");
    }
  }
  own(join(data, 'postgresql.conf'), [...conf, ...(options.conf ?? []), ''].join('\n'));
  own(
    join(data, 'pg_hba.conf'),
    options.hba ?? 'host all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n',
  );
}

async function waitUntilReady(
  child: ChildProcess,
  log: readonly string[],
  stop: () => Promise<void>,
): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!log.join('').includes('ready to accept connections')) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`PostgreSQL did not start:\n${log.join('')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** SIGQUIT is PostgreSQL's immediate shutdown: nothing of a throwaway cluster is worth a checkpoint. */
async function stopServer(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGQUIT');
    await gone;
  }
  rmSync(folder, { recursive: true, force: true });
}

async function query(
  connectionString: string,
  sql: string,
): Promise<readonly (readonly (string | null)[])[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const asText = { getTypeParser: () => (value: string) => value };
    const result: unknown = await client.query({ text: sql, rowMode: 'array', types: asText as never });
    const last = (Array.isArray(result) ? result.at(-1) : result) as
      { rows: (string | null)[][] } | undefined;
    return last?.rows ?? [];
  } finally {
    await client.end();
  }
}
