/** Runs a client written in another language; its package is looked for, never installed. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where scripts/setup-clients.sh puts what the clients need. */
export const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tumbler-test-clients');

const PROGRAMS = join(import.meta.dirname, '../programs');

export interface ForeignClient {
  readonly name: string;
  /** Command and arguments that run its program. */
  readonly command: readonly [string, ...string[]];
  /** Answers with success when the runtime and the package are there. */
  readonly probe: readonly [string, ...string[]];
  /** Takes long to start: only when all clients are asked for. */
  readonly slow?: boolean;
}

const python = join(CACHE, 'python/bin/python');
const jar = join(CACHE, 'java/postgresql-42.7.7.jar');

const inPython = (name: string, module: string, file: string): ForeignClient => ({
  name,
  command: [python, join(PROGRAMS, file)],
  probe: [python, '-c', `import ${module}`],
});

/** pgjdbc beside PostgreSQL: CLIENT_JDBC_POSTGRES is its address. */
export const JDBC_METADATA: ForeignClient = {
  name: 'pgjdbc metadata',
  command: ['java', '-cp', jar, join(PROGRAMS, 'JdbcMetadata.java')],
  probe: ['java', '-cp', jar, '-version'],
};

/** Every client outside Node. */
export const FOREIGN_CLIENTS: readonly ForeignClient[] = [
  inPython('psycopg 2', 'psycopg2', 'psycopg2_client.py'),
  inPython('psycopg 3', 'psycopg', 'psycopg3_client.py'),
  inPython('asyncpg', 'asyncpg', 'asyncpg_client.py'),
  inPython('Peewee', 'peewee, psycopg2', 'peewee_client.py'),
  inPython('pgcli', 'pgcli', 'pgcli_client.py'),
  inPython('Django', 'django, psycopg', 'django_client.py'),
  inPython('SQLAlchemy', 'sqlalchemy, psycopg2, psycopg', 'sqlalchemy_client.py'),
  {
    name: 'pgjdbc',
    command: ['java', '-cp', jar, join(PROGRAMS, 'Jdbc.java')],
    probe: ['java', '-cp', jar, '-version'],
  },
  {
    name: 'pgx and lib-pq',
    command: [join(CACHE, 'go/clients')],
    probe: ['test', '-x', join(CACHE, 'go/clients')],
  },
  {
    name: 'ruby-pg',
    command: ['ruby', join(PROGRAMS, 'pg_client.rb')],
    probe: ['ruby', '-e', "require 'pg'"],
  },
  { name: 'DBD-Pg', command: ['perl', join(PROGRAMS, 'dbd_pg.pl')], probe: ['perl', '-MDBD::Pg', '-e', '1'] },
  {
    name: 'PHP PDO',
    command: ['php', join(PROGRAMS, 'pdo.php')],
    probe: ['php', '-r', 'exit(extension_loaded("pdo_pgsql") ? 0 : 1);'],
  },
  {
    name: 'psqlODBC',
    command: ['perl', join(PROGRAMS, 'odbc.pl')],
    probe: ['perl', '-MDBD::ODBC', '-e', 'exit(`odbcinst -q -d` =~ /PostgreSQL Unicode/ ? 0 : 1)'],
  },
];

/** Whether a client can run here. */
export function isInstalled({ probe, command }: ForeignClient): boolean {
  if (command[0] === 'java' && !existsSync(jar)) return false;
  const [program, ...args] = probe;
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

export interface ForeignRun {
  readonly version: string;
  /** Names of the checks that went well, in order. */
  readonly checks: readonly string[];
  readonly exitCode: number | null;
  /** Everything it wrote, for the message of a failing test. */
  readonly output: string;
}

/** Runs a client against a server on a port of this machine. */
export function runForeign(
  client: ForeignClient,
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<ForeignRun> {
  const [program, ...args] = client.command;
  const place = `host=127.0.0.1;port=${port};dbname=materialize;sslmode=disable`;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CLIENT_DSN: `host=127.0.0.1 port=${port} user=materialize dbname=materialize sslmode=disable`,
      CLIENT_URL: `postgres://materialize@127.0.0.1:${port}/materialize`,
      CLIENT_JDBC: `jdbc:postgresql://127.0.0.1:${port}/materialize?user=materialize&sslmode=disable`,
      CLIENT_DBI: place,
      CLIENT_PDO: place,
      CLIENT_ODBC: `Server=127.0.0.1;Port=${port};Database=materialize;Uid=materialize;SSLmode=disable`,
      ...env,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      const checks = [...output.matchAll(/^ok (.*)$/gm)].map((match) => match[1] ?? '');
      resolve({ version: /^version (.*)$/m.exec(output)?.[1] ?? '', checks, exitCode, output });
    });
  });
}
