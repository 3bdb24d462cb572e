/** What clients ask of the catalog, on the same tables in both servers: psql's commands, and joins as drivers send them. */
import { spawnSync } from 'node:child_process';
import type { Load, Target } from './load.ts';

/** Tables on both servers. */
export const TABLES = 1000;
/** psql commands of one kind in a run. */
const COMMANDS = 200;

/** Makes the tables. */
export const MAKE_TABLES: Load = {
  connections: 1,
  operations: TABLES,
  rows: 0,
  sql: 'CREATE TABLE bench_t%n (id int NOT NULL, name text, at timestamptz, price numeric(10,2), flag bool)',
};

/** Limits of a fresh server that so many tables would meet. */
export const RAISE_LIMITS: readonly string[] = [
  'ALTER SYSTEM SET max_tables = 100000',
  'ALTER SYSTEM SET max_objects_per_schema = 1000000',
];

export const PSQL_COMMANDS = ['\\d', '\\d+'] as const;

/**
 * Milliseconds that psql takes for one command about one table, the start of psql taken off. undefined where psql is not
 * installed or the command fails.
 */
export function psqlMs(target: Target, command: (typeof PSQL_COMMANDS)[number]): number | undefined {
  const run = (script: string): number | undefined => {
    const begun = performance.now();
    const { status } = spawnSync(
      'psql',
      [
        '-h',
        '127.0.0.1',
        '-p',
        String(target.port),
        '-U',
        target.user,
        '-d',
        target.database,
        '-qX',
        '-o',
        '/dev/null',
        '-v',
        'ON_ERROR_STOP=1',
      ],
      { input: script, stdio: ['pipe', 'ignore', 'ignore'], env: { ...process.env, PGOPTIONS: '' } },
    );
    return status === 0 ? performance.now() - begun : undefined;
  };
  const idle = run('SELECT 1;\n');
  const lines = Array.from({ length: COMMANDS }, (_, i) => `${command} bench_t${(i * 7) % TABLES}`);
  const busy = run(`${lines.join('\n')}\n`);
  return idle === undefined || busy === undefined ? undefined : (busy - idle) / COMMANDS;
}

/** Queries in the manner of DatabaseMetaData.getTables and getColumns, and of drivers that load types at connect. */
export const QUERIES: readonly { readonly what: string; readonly load: Load }[] = [
  {
    what: 'tables of a schema (as getTables)',
    load: {
      connections: 1,
      rows: TABLES,
      sql: "SELECT n.nspname, c.relname, c.relkind FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname LIKE 'bench\\_t%' ORDER BY n.nspname, c.relname",
    },
  },
  {
    what: 'columns of one table (as getColumns)',
    load: {
      connections: 1,
      rows: 5,
      sql: "SELECT n.nspname, c.relname, a.attname, a.atttypid, a.attnotnull, a.atttypmod, a.attnum, t.typname FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid JOIN pg_catalog.pg_type t ON a.atttypid = t.oid WHERE c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname = 'public' AND c.relname = 'bench_t500' ORDER BY a.attnum",
    },
  },
  {
    what: 'types with their elements (as drivers at connect)',
    load: {
      connections: 1,
      rows: 7,
      sql: "SELECT t.oid, t.typname, t.typtype, t.typelem, e.typname AS element FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem WHERE t.oid = ANY ('{16,20,23,25,1007,1009,1184}'::oid[]) ORDER BY t.oid",
    },
  },
];
