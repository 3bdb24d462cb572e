/** The server that is measured: the built program with a data folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test/support/postgres.ts';
import { PROGRAM, residentBytes } from '../test/support/server-process.ts';
import type { Target } from './load.ts';

export interface Subject {
  readonly target: Target;
  /** The internal listener, as mz_system. */
  readonly system: Target;
  /** Starts the server and returns at once. */
  start(): void;
  stop(): Promise<void>;
  residentBytes(): number;
  /** Processor seconds the process has used. */
  cpuSeconds(): number;
  /** Forgets the data. */
  remove(): void;
}

/** Clock ticks a second of /proc: 100 on every Linux that Node runs on. */
const TICKS = 100;

export async function createSubject(): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'tumbler-bench-'));
  const [port, internal] = [await freePort(), await freePort()];
  let child: ChildProcess | undefined;
  const pid = (): number => child?.pid ?? -1;
  return {
    target: { port, user: 'materialize', database: 'materialize' },
    system: { port: internal, user: 'mz_system', database: 'materialize' },
    start() {
      const flags = [
        `--data-dir=${join(folder, 'data')}`,
        `--sql-listen-addr=127.0.0.1:${port}`,
        `--internal-sql-listen-addr=127.0.0.1:${internal}`,
        '--http-listen-addr=127.0.0.1:0',
        '--log-level=warn',
      ];
      child = spawn(process.execPath, [PROGRAM, ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
    },
    async stop() {
      const running = child;
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
      const gone = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGTERM');
      await gone;
    },
    residentBytes: () => residentBytes(pid()),
    cpuSeconds() {
      const fields = readFileSync(`/proc/${pid()}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
