/** The built server (`dist/main.js`) as a process of its own: started, watched, killed and started again on its ports. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { freePort } from './postgres.ts';

/** Program to run; another build can be tried by naming it in the environment. */
export const PROGRAM = process.env['TUMBLER_TEST_PROGRAM'] ?? 'dist/main.js';

/** False when `npm run build` has not been run. */
export function isBuilt(): boolean {
  return existsSync(PROGRAM);
}

export interface ServerProcess {
  readonly sqlPort: number;
  readonly internalSqlPort: number;
  readonly httpPort: number;
  /** URL for the user `materialize`. */
  readonly url: string;
  /** URL of the internal listener for the user `mz_system`. */
  readonly systemUrl: string;
  /** The running process; another one after a restart. */
  readonly child: ChildProcess;
  readonly pid: number;
  /** Everything that this and earlier runs wrote to standard output and standard error. */
  output(): string;
  /** Resident memory in bytes. */
  residentBytes(): number;
  /** Starts the program (again), and waits until all its doors are open. */
  start(): Promise<void>;
  /** Starts the program and kills it so many milliseconds later, ready or not. */
  startAndKillAfter(ms: number): Promise<void>;
  /** Ends it with a signal and waits for its end; answers the exit code or the signal. */
  kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

export interface ServerProcessOptions {
  /** Flags beside the ports. */
  readonly flags: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Flags for node itself. */
  readonly node?: readonly string[];
}

/** Takes free ports and starts the server on them. */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const [sqlPort, internalSqlPort, httpPort] = [await freePort(), await freePort(), await freePort()];
  const args = [
    ...(options.node ?? []),
    PROGRAM,
    `--sql-listen-addr=127.0.0.1:${sqlPort}`,
    `--internal-sql-listen-addr=127.0.0.1:${internalSqlPort}`,
    `--http-listen-addr=127.0.0.1:${httpPort}`,
    ...options.flags,
  ];
  let child: ChildProcess | undefined;
  const chunks: Buffer[] = [];
  const running = (): ChildProcess => {
    if (child === undefined) throw new Error('the server was not started');
    return child;
  };
  const launch = (): ChildProcess => {
    const started = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    }
    return started;
  };
  const server: ServerProcess = {
    sqlPort,
    internalSqlPort,
    httpPort,
    url: `postgres://materialize@127.0.0.1:${sqlPort}/materialize`,
    systemUrl: `postgres://mz_system@127.0.0.1:${internalSqlPort}/materialize`,
    get child() {
      return running();
    },
    get pid() {
      return running().pid ?? -1;
    },
    output: () => Buffer.concat(chunks).toString(),
    residentBytes: () => residentBytes(running().pid ?? -1),
    async start() {
      // The HTTP door opens last.
      await untilListening(launch(), httpPort, server.output);
    },
    async startAndKillAfter(ms) {
      const launched = launch();
      await new Promise((resolve) => setTimeout(resolve, ms));
      await end(launched, 'SIGKILL');
    },
    kill: (signal) => end(running(), signal),
  };
  await server.start();
  return server;
}

/** Resident memory of a process in bytes (Linux). */
export function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? Number.NaN) * 1024;
}

async function untilListening(child: ChildProcess, port: number, output: () => string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`the server did not start:\n${output().slice(-4000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (open: boolean) => (): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.kill(signal);
    await gone;
  }
  return child.signalCode ?? child.exitCode;
}
