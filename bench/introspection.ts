/** What clients ask of the catalog, on the same tables in both servers: psql's commands, and queries that drivers sent. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Another definition each time, without a catalog that grows. */
const DDL = 'CREATE OR REPLACE VIEW bench_other AS SELECT %n AS n';

/** A text as a client sent it; what describes it stands in comments above. */
function recorded(name: string): string {
  const text = readFileSync(join('bench', 'queries', `${name}.sql`), 'utf8');
  return text.replace(/^(--.*\n)+/, '').trim();
}

export interface CatalogQuery {
  readonly what: string;
  readonly load: Load;
  /** What the client sends to PostgreSQL before. */
  readonly peerSetup?: readonly string[];
}

/** What pgjdbc and asyncpg ask, about another table each time where they ask about one. */
export function catalogQueries(): readonly CatalogQuery[] {
  const one = (name: string): Load => ({ connections: 1, sql: recorded(name), modulo: TABLES });
  return [
    { what: 'pgjdbc getTables', load: { ...one('pgjdbc-get-tables'), rows: TABLES } },
    { what: 'pgjdbc getColumns', load: { ...one('pgjdbc-get-columns'), rows: 5 } },
    { what: 'pgjdbc getPrimaryKeys', load: { ...one('pgjdbc-get-primary-keys'), rows: 0 } },
    { what: 'pgjdbc getTypeInfo, types', load: one('pgjdbc-get-type-info') },
    { what: 'pgjdbc getTypeInfo, their SQL types', load: one('pgjdbc-sql-types') },
    {
      what: 'asyncpg, types and what they are made of',
      load: { ...one('asyncpg-types'), rows: 4, parameters: ['{1007,1231}'] },
      // asyncpg does this by itself: the estimate is so high that PostgreSQL compiles the query otherwise.
      peerSetup: ['SET jit = off'],
    },
  ];
}

/** The same right after a DDL statement, when nothing that was learned about the catalog may count any more. */
export function afterDdl(query: CatalogQuery): CatalogQuery {
  return { ...query, what: `${query.what}, after DDL`, load: { ...query.load, before: DDL } };
}
