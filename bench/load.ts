/** Runs the load generator in a process of its own and reads its result. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Where to send statements. */
export interface Target {
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

export interface Load {
  readonly connections: number;
  /** `%n` counts operations, `%m` is that modulo {@link modulo}; both may stand in the text or the parameters. */
  readonly sql: string;
  /** Text parameters; with them the statement is prepared once for each connection. */
  readonly parameters?: readonly string[];
  readonly modulo?: number;
  /** Number of the first operation: names stay unique over several loads. */
  readonly first?: number;
  /** Rows that every answer must have; left out where the two servers have different ones. */
  readonly rows?: number;
  /** Statements of each connection before it begins. */
  readonly setup?: readonly string[];
  /** Goes before each operation, without being measured; with `%n`. */
  readonly before?: string;
  /** Milliseconds of measuring after a third as much of warming up; or a number of operations instead. */
  readonly measureMs?: number;
  readonly operations?: number;
}

export interface Measured {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly operations: number;
  /** Number of the operation that would come next. */
  readonly next: number;
}

/** Runs a load to its end. Throws with the server's error text. */
export function runLoad(target: Target, load: Load): Promise<Measured> {
  const measureMs = load.measureMs ?? 0;
  const argument = JSON.stringify({
    ...target,
    connections: load.connections,
    warmupMs: Math.ceil(measureMs / 3),
    measureMs,
    operations: load.operations ?? 0,
    first: load.first ?? 0,
    modulo: load.modulo ?? 1,
    rows: load.rows,
    setup: load.setup ?? [],
    before: load.before,
    statement: { sql: load.sql, prepared: load.parameters !== undefined, parameters: load.parameters ?? [] },
  });
  const child = spawn(process.execPath, [join('bench', 'load-generator.js'), argument], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as Measured);
      else reject(new Error(`${load.sql}: ${errors.trim()}`));
    });
  });
}
