/**
 * psql's backslash commands send catalog queries. Every one of them must parse. They are taken from psql itself, run with
 * -E (show hidden queries) against a throwaway PostgreSQL; without the binaries the tests are skipped.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadParser, parseScript } from './parser.ts';
import { printStatement } from './printer.ts';

const BIN = process.env['TUMBLER_TEST_PG_BIN'] ?? '/usr/lib/postgresql/15/bin';
const isRoot = userInfo().uid === 0;
/** PostgreSQL refuses to run as root: then its own user runs it. */
const postgresUser = isRoot ? ids('postgres') : { uid: userInfo().uid, gid: userInfo().gid };
const canRun = existsSync(join(BIN, 'initdb')) && existsSync(join(BIN, 'psql')) && postgresUser !== null;

function ids(user: string): { uid: number; gid: number } | null {
  const number = (flag: string): number =>
    Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout.trim() || NaN);
  const found = { uid: number('-u'), gid: number('-g') };
  return Number.isInteger(found.uid) && Number.isInteger(found.gid) ? found : null;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Objects for the commands to describe: psql asks its follow-up queries only for what it finds. */
const OBJECTS = `
  CREATE TABLE p (id int PRIMARY KEY, t text DEFAULT 'x', CHECK (id > 0)) ;
  CREATE TABLE c (id int REFERENCES p (id), n numeric) INHERITS (p);
  CREATE INDEX ON c (n);
  CREATE VIEW v AS SELECT * FROM p;
  CREATE MATERIALIZED VIEW mv AS SELECT * FROM p;
  CREATE SEQUENCE s;
  CREATE TYPE e AS ENUM ('a');
  CREATE DOMAIN d AS int;
  CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE PUBLICATION pub FOR TABLE p;`;

const COMMANDS = [
  '\\\\d',
  '\\\\d+',
  '\\\\d p',
  '\\\\d+ c',
  '\\\\d c_n_idx',
  '\\\\d v',
  '\\\\d+ mv',
  '\\\\d s',
  '\\\\d pg_catalog.pg_class',
  '\\\\dt',
  '\\\\dt *.*',
  '\\\\dv',
  '\\\\dm',
  '\\\\di',
  '\\\\di+',
  '\\\\ds',
  '\\\\dn',
  '\\\\dn+',
  '\\\\df',
  '\\\\df+ f',
  '\\\\dT',
  '\\\\dT+ e',
  '\\\\dD',
  '\\\\du',
  '\\\\du+',
  '\\\\dg',
  '\\\\dp',
  '\\\\ddp',
  '\\\\l',
  '\\\\l+',
  '\\\\db',
  '\\\\dC',
  '\\\\dd',
  '\\\\des',
  '\\\\deu',
  '\\\\dew',
  '\\\\dF',
  '\\\\dFd',
  '\\\\dFp',
  '\\\\dL',
  '\\\\do',
  '\\\\dO',
  '\\\\dc',
  '\\\\dRp',
  '\\\\dRs',
  '\\\\drds',
  '\\\\dx',
  '\\\\dy',
  '\\\\dA',
  '\\\\dP',
  '\\\\sf f',
  '\\\\sv v',
  '\\\\z',
].map((command) => command.replaceAll('\\\\', '\\'));

describe.skipIf(!canRun)("psql's own queries", () => {
  const directory = mkdtempSync(join(tmpdir(), 'tumbler-psql-'));
  let server: ChildProcess | null = null;
  let queries: string[] = [];

  beforeAll(async () => {
    await loadParser();
    if (postgresUser === null) return;
    chmodSync(directory, 0o700);
    if (isRoot) chownSync(directory, postgresUser.uid, postgresUser.gid);
    const data = join(directory, 'data');
    const options = { ...postgresUser, cwd: directory, encoding: 'utf8' } as const;
    const made = spawnSync(
      join(BIN, 'initdb'),
      ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync'],
      options,
    );
    if (made.status !== 0) throw new Error(made.stderr);
    const port = await freePort();
    server = spawn(
      join(BIN, 'postgres'),
      [
        '-D',
        data,
        '-p',
        String(port),
        '-h',
        '127.0.0.1',
        '-k',
        directory,
        '-c',
        'fsync=off',
        '-c',
        'wal_level=logical',
      ],
      { ...postgresUser, cwd: directory, stdio: 'ignore' },
    );
    const psql = (args: readonly string[], input: string): string => {
      const base = ['-X', '-h', '127.0.0.1', '-p', String(port), '-U', 'postgres'];
      const run = spawnSync(join(BIN, 'psql'), [...base, ...args], { ...options, input });
      return run.status === 0 ? run.stdout : '';
    };
    const deadline = Date.now() + 30_000;
    while (psql(['-c', 'SELECT 1'], '') === '') {
      if (Date.now() > deadline) throw new Error('PostgreSQL did not start');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    psql(['-q'], OBJECTS);
    const output = psql(['-E'], COMMANDS.join('\n'));
    // -E frames each query: a line `********* QUERY **********` before, a line of stars after.
    queries = [...output.matchAll(/^\*+ QUERY \*+$\n([\s\S]*?)^\*{20,}$/gm)].map((match) => match[1] ?? '');
  }, 60_000);

  afterAll(async () => {
    if (server !== null) {
      const ended = new Promise((resolve) => server?.once('exit', resolve));
      server.kill('SIGQUIT');
      await ended;
    }
    rmSync(directory, { recursive: true, force: true });
  });

  it('are many', () => {
    expect(queries.length).toBeGreaterThan(80);
  });

  it('all parse, and parse again from their normal form', () => {
    const failed: string[] = [];
    for (const query of queries) {
      try {
        for (const { node } of parseScript(query)) {
          const printed = printStatement(node);
          const again = parseScript(printed).map((statement) => printStatement(statement.node));
          if (again.length !== 1 || again[0] !== printed) failed.push(`not a fixed point: ${printed}`);
        }
      } catch (cause) {
        failed.push(`${String(cause)}\n${query}`);
      }
    }
    expect(failed).toEqual([]);
  });
});
