/** A server with a small catalog for clients to look at, and a proxy that writes down what one client sends. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { isBuilt, startServerProcess, type ServerProcess } from '../../support/server-process.ts';
import { startRecorder, type Recorder } from './recorder.ts';

/** Whether the tests of clients can run: they need the built server. */
export const canServe = isBuilt();

/** Clients that take long to compile or start run only in `npm run conformance`. */
export const allClients = process.env['TUMBLER_CLIENTS'] === 'all';

/** Where the figures of each client go, one file for each, when somebody asks for them. */
const FIGURES = process.env['TUMBLER_CONFORMANCE_DIR'];

/** Statements of the catalog that PostgreSQL takes as well. */
export const SHARED_CATALOG: readonly string[] = [
  `CREATE TABLE people (id int4 NOT NULL, name text, born date DEFAULT '2000-01-01', score numeric(10,2), tags text[], seen timestamptz)`,
  `CREATE VIEW adults AS SELECT id, name FROM people WHERE born < '2008-01-01'`,
  `CREATE MATERIALIZED VIEW names AS SELECT name, count(*) AS n FROM people GROUP BY name`,
  `CREATE INDEX people_id ON people (id)`,
  `CREATE SCHEMA shop`,
  `CREATE TABLE shop.items (sku text NOT NULL, price float8)`,
  `COMMENT ON TABLE people IS 'Everybody'`,
  `COMMENT ON COLUMN people.name IS 'Full name'`,
  `CREATE ROLE reader`,
  `GRANT SELECT ON people TO reader`,
  `ALTER DEFAULT PRIVILEGES FOR ROLE materialize IN SCHEMA public GRANT SELECT ON TABLES TO reader`,
  `INSERT INTO people VALUES (1, 'Ann', '1990-02-03', 12.50, ARRAY['a','b'], '2024-05-06 07:08:09.123456+00'), (2, NULL, NULL, NULL, NULL, NULL)`,
];

const CATALOG = [
  `CREATE SECRET upstream_password AS 'fake-only-in-tests'`,
  ...SHARED_CATALOG,
  `CREATE TYPE int_list AS LIST (ELEMENT TYPE = int4)`,
];

export interface LiveServer {
  /** Starts writing down what a client sends on one of the doors; `port` is the one to connect to. */
  record(door?: 'external' | 'internal'): Promise<Recorder>;
  stop(): Promise<void>;
}

/** Starts the server on a data folder of its own, with further flags if there are any, and makes the catalog. */
export async function startLiveServer(flags: readonly string[] = []): Promise<LiveServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tumbler-clients-'));
  const server: ServerProcess = await startServerProcess({
    flags: [`--data-dir=${folder}`, '--log-level=warn', ...flags],
  });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  for (const statement of CATALOG) await client.query(statement);
  await client.end();
  const recorders: Recorder[] = [];
  return {
    async record(door = 'external') {
      const port = door === 'external' ? server.sqlPort : server.internalSqlPort;
      const recorder = await startRecorder(port);
      recorders.push(recorder);
      return recorder;
    },
    async stop() {
      for (const recorder of recorders) await recorder.close();
      await server.kill('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Version of an installed package of Node. */
export function versionOf(name: string): string {
  const file = join(import.meta.dirname, '../../../node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Keeps the figures of a client for `npm run conformance`; without a folder for them it does nothing. */
export function keepFigures(
  client: string,
  version: string,
  checks: readonly string[],
  recorder: Recorder,
): void {
  if (FIGURES === undefined) return;
  mkdirSync(FIGURES, { recursive: true });
  const figures = { client, version, checks, tried: recorder.statements.length, refused: recorder.refused() };
  writeFileSync(
    join(FIGURES, `${client.replaceAll(/[^a-z0-9]+/gi, '-')}.json`),
    JSON.stringify(figures, null, 2),
  );
}
