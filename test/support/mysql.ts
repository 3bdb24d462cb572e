/**
 * A throwaway MySQL 8 (Oracle's, not MariaDB) for tests: its own data folder and socket in a temporary folder, a free
 * loopback port, ended by pid. `scripts/setup-upstreams.sh` installs it.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestCertificate } from './certificates.ts';
import { endProcess, whenReady } from './mysql-process.ts';
import { freePort } from './postgres.ts';

const run = promisify(execFile);
const HOME = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'tumbler-test-clients',
  'mysql',
);
const SERVER = join(HOME, 'bin', 'mysqld');

export interface TestMysql {
  readonly host: string;
  readonly port: number;
  /** Runs one statement as root, over the socket. */
  sql(text: string): Promise<void>;
  stop(): Promise<void>;
}

export interface TestMysqlOptions {
  readonly tls: TestCertificate & { readonly ca: string };
  /** Further settings of the server, as `--name=value`. */
  readonly settings?: readonly string[];
}

export function hasMysql(): boolean {
  return existsSync(SERVER);
}

/** Starts a server and waits until it answers. Throws when it does not. */
export async function startMysql({ tls, settings = [] }: TestMysqlOptions): Promise<TestMysql> {
  const folder = mkdtempSync(join(tmpdir(), 'tumbler-mysql-'));
  const file = (name: string, text = ''): string => {
    const path = join(folder, name);
    if (text !== '') writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const layout = ['--no-defaults', `--basedir=${HOME}`, `--datadir=${file('data')}`];
  // The server asks whoever runs it as root to say so.
  if (process.getuid?.() === 0) layout.push('--user=root');
  let child: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (child !== undefined) await endProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await run(SERVER, [...layout, '--initialize-insecure']);
    const port = await freePort();
    const own = [`--socket=${file('socket')}`, `--pid-file=${file('pid')}`, '--mysqlx=OFF'];
    const network = [`--port=${String(port)}`, '--bind-address=127.0.0.1', '--skip-name-resolve'];
    const certificates = [
      `--ssl-ca=${file('ca.pem', tls.ca)}`,
      `--ssl-cert=${file('cert.pem', tls.cert)}`,
      `--ssl-key=${file('key.pem', tls.key)}`,
    ];
    child = spawn(SERVER, [...layout, ...own, ...network, ...certificates, ...settings], { stdio: 'ignore' });
    const root = await whenReady(child, file('socket'));
    return {
      host: '127.0.0.1',
      port,
      sql: async (text) => void (await root.query(text)),
      stop: async () => {
        root.destroy();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
