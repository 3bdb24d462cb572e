/**
 * Programs of AWS clients in other languages. What they need is looked for where scripts/setup-aws-clients.sh puts it,
 * never installed. Each prints `version ...`, then `ok <step>` for every step of {@link STEPS}.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where scripts/setup-aws-clients.sh puts what clients need. */
export const CACHE = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'tumbler-test-clients',
  'aws',
);

/** What every program does, in its own language; together all 23 operations with all their parameters, and KMS. */
export const STEPS = [
  'create',
  'idempotency',
  'get',
  'binary',
  'put',
  'update',
  'stages',
  'describe',
  'list',
  'versions',
  'batch',
  'tags',
  'policy',
  'password',
  'replication',
  'rotation',
  'deletion',
  'keys',
  'errors',
  'wrong keys',
  'clock skew',
  'retries',
  'query signature',
] as const;

export type Step = (typeof STEPS)[number];

export interface Program {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Whether the runtime and the client are there. */
  readonly installed: boolean;
  /** Steps that the client has no means for, each with the reason. */
  readonly without?: Readonly<Partial<Record<Step, string>>>;
  /** Steps of its own, after the others. */
  readonly more?: readonly string[];
}

const java = join(CACHE, 'java');
const kotlin = join(CACHE, 'kotlin');
const SOURCES = import.meta.dirname;
/** The Python that has botocore and boto3, where `scripts/setup-aws-clients.sh` was run. */
export const PYTHON = join(CACHE, 'python/bin/python');

const javaClass = (name: string): Pick<Program, 'command' | 'installed'> => ({
  command: ['java', '-XX:TieredStopAtLevel=1', '-cp', `${java}/classes:${java}/lib/*`, name],
  installed: existsSync(`${java}/classes/${name}.class`) && works('java', '-version'),
});

/** Every program. */
export const PROGRAMS: readonly Program[] = [
  {
    name: 'boto3',
    command: [PYTHON, join(SOURCES, 'python/main.py')],
    installed: works(PYTHON, '-c', 'import boto3'),
    without: { 'query signature': 'botocore moves the body of such a request into its query' },
  },
  {
    name: 'Java SDK v2',
    ...javaClass('Main'),
  },
  {
    name: 'Kotlin SDK',
    command: ['java', '-XX:TieredStopAtLevel=1', '-cp', `${kotlin}/classes:${kotlin}/lib/*`, 'MainKt'],
    installed: existsSync(`${kotlin}/classes/MainKt.class`) && works('java', '-version'),
    without: {
      keys: 'its KMS package is not built',
      'query signature': 'its signer is not public',
    },
  },
  {
    name: 'Go SDK v2',
    command: [join(CACHE, 'go/aws')],
    installed: existsSync(join(CACHE, 'go/aws')),
    more: ['secret', 'policy', 'version', 'rotation', 'replicas'].map((name) => `provider: ${name}`),
  },
];

/** Clients that keep what they read, with the steps that each has. */
export const CACHING_PROGRAMS: readonly (Program & { readonly steps: readonly string[] })[] = [
  {
    name: 'caching client for Python, Powertools for Lambda',
    command: [PYTHON, join(SOURCES, 'python/caching.py')],
    installed: works(PYTHON, '-c', 'import aws_secretsmanager_caching, aws_lambda_powertools'),
    steps: ['keeps what it read', 'refreshes', 'decorates', 'powertools'],
  },
  {
    name: 'caching client for Java, JDBC driver for PostgreSQL',
    ...javaClass('Caching'),
    steps: ['cache', 'login by a secret', 'login after a rotation'],
  },
];

export interface ProgramRun {
  readonly version: string;
  readonly steps: readonly string[];
  readonly exitCode: number | null;
  /** All that it wrote. */
  readonly output: string;
}

/** Runs a program to its end. */
export function runProgram(
  [program, ...args]: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>>,
): Promise<ProgramRun> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, ...environment },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      const steps = [...output.matchAll(/^ok (.*)$/gm)].map((match) => match[1] ?? '');
      resolve({ version: /^version (.*)$/m.exec(output)?.[1] ?? '', steps, exitCode, output });
    });
  });
}

/** Whether a command ends well. */
export function works(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
