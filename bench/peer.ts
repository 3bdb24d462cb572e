/** The PostgreSQL that the server is measured beside: as its packagers set it up, with durable commits. */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPostgresBinaries, freePort } from '../test/support/postgres.ts';

const run = promisify(execFile);

export interface Peer {
  readonly version: string;
  readonly port: number;
  /** Starts the server and returns at once. */
  start(): void;
  /** Fast shutdown; resolves when the process is gone. */
  stop(): Promise<void>;
  /** Proportional resident bytes of the server with all its processes: shared memory counts once. */
  residentBytes(): number;
  remove(): void;
}

function postgresUser(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres']).toString());
  return { uid: id('-u'), gid: id('-g') };
}

/** Makes a fresh data folder; undefined when PostgreSQL is not installed. */
export async function createPeer(): Promise<Peer | undefined> {
  const bin = findPostgresBinaries();
  if (bin === undefined) return undefined;
  const identity = postgresUser();
  const folder = mkdtempSync(join(tmpdir(), 'tumbler-bench-postgres-'));
  if (identity.uid !== undefined && identity.gid !== undefined) chownSync(folder, identity.uid, identity.gid);
  const data = join(folder, 'data');
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', TZ: 'UTC', HOME: folder };
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '--locale=C.UTF-8'], {
    ...identity,
    env,
    cwd: folder,
  });
  const port = await freePort();
  appendFileSync(
    join(data, 'postgresql.conf'),
    [`port = ${port}`, "listen_addresses = '127.0.0.1'", "unix_socket_directories = ''", ''].join('\n'),
  );
  let child: ChildProcess | undefined;
  return {
    version: execFileSync(join(bin, 'postgres'), ['--version']).toString().trim(),
    port,
    start() {
      child = spawn(join(bin, 'postgres'), ['-D', data], { ...identity, env, cwd: folder, stdio: 'ignore' });
    },
    async stop() {
      const running = child;
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
      const gone = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGINT');
      await gone;
    },
    residentBytes: () => proportionalBytes(child?.pid ?? -1),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Proportional set size of a process and its children, in bytes (Linux). */
export function proportionalBytes(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const own = [String(pid), ...children.filter((child) => child !== '')];
  return own.reduce((sum, each) => sum + pss(each), 0);
}

function pss(pid: string): number {
  try {
    const line = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    return Number(line?.[1] ?? 0) * 1024;
  } catch {
    // A helper process that has just ended.
    return 0;
  }
}
