/**
 * A throwaway MariaDB for tests: its own data folder and socket in a temporary folder, a free loopback port, ended by pid.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Connection } from 'mysql2/promise';
import { endProcess, whenReady } from './mysql-process.ts';
import { freePort, serverUser, type ServerUser } from './postgres.ts';

const run = promisify(execFile);

/** A running throwaway server. */
export interface TestMariadb {
  readonly host: string;
  readonly port: number;
  /** Runs one statement as root, over the socket; rows as objects of text. */
  sql(text: string): Promise<readonly Readonly<Record<string, string>>[]>;
  /** Ends the server at once; {@link resume} starts it again on the same data and port. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends the server at once and removes its folder. */
  stop(): Promise<void>;
}

export interface TestMariadbOptions {
  /** PEM texts: the server takes TLS. Without them it has none. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Further settings of the server, as `--name=value`. */
  readonly settings?: readonly string[];
}

function programs(): { readonly server: string; readonly install: string } | undefined {
  const folders = ['/usr/sbin', '/usr/bin', ...(process.env['PATH'] ?? '').split(':')];
  const find = (name: string): string | undefined =>
    folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  const server = find('mariadbd');
  const install = find('mariadb-install-db');
  return server === undefined || install === undefined ? undefined : { server, install };
}

/** Starts a server and waits until it answers. Null when MariaDB is not installed or no user can run it. */
export async function startMariadb(options: TestMariadbOptions = {}): Promise<TestMariadb | null> {
  const found = programs();
  const user = serverUser();
  if (found === undefined || user === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'tumbler-mariadb-'));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const identity = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  const data = join(folder, 'data');
  const socket = join(folder, 'socket');
  let child: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (child !== undefined) await endProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const layout = [`--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'];
    await run(found.install, ['--no-defaults', ...layout], { ...identity, cwd: folder });
    const port = await freePort();
    const own = [`--datadir=${data}`, `--socket=${socket}`, `--pid-file=${join(folder, 'pid')}`];
    const network = [`--port=${String(port)}`, '--bind-address=127.0.0.1', '--skip-name-resolve'];
    const speed = ['--innodb-buffer-pool-size=16M', '--innodb-flush-log-at-trx-commit=0'];
    const tls = options.tls === undefined ? ['--skip-ssl'] : tlsSettings(folder, options.tls, user);
    const args = ['--no-defaults', ...own, ...network, ...speed, ...tls, ...(options.settings ?? [])];
    let root: Connection;
    const resume = async (): Promise<void> => {
      child = spawn(found.server, args, { ...identity, cwd: folder, stdio: 'ignore' });
      root = await whenReady(child, socket);
    };
    const pause = async (): Promise<void> => {
      root.destroy();
      if (child !== undefined) await endProcess(child);
    };
    await resume();
    return {
      host: '127.0.0.1',
      port,
      async sql(text) {
        const [rows] = await root.query(text);
        return Array.isArray(rows) ? (rows as Readonly<Record<string, string>>[]) : [];
      },
      pause,
      resume,
      async stop() {
        root.destroy();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function tlsSettings(
  folder: string,
  { cert, key }: NonNullable<TestMariadbOptions['tls']>,
  user: ServerUser | undefined,
): readonly string[] {
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    if (user !== undefined) chownSync(path, user.uid, user.gid);
    return path;
  };
  return [`--ssl-cert=${write('cert.pem', cert)}`, `--ssl-key=${write('key.pem', key)}`];
}
