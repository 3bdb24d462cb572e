/** dbt with Materialize's adapter: seeds, every kind of model, tests, docs, and a deployment that swaps two clusters. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CACHE } from './support/foreign.ts';
import {
  allClients,
  canServe,
  keepFigures,
  startLiveServer,
  type LiveServer,
} from './support/live-server.ts';
import type { Recorder } from './support/recorder.ts';

const DBT = join(CACHE, 'dbt/bin/dbt');
const PROJECT = join(import.meta.dirname, 'programs/dbt');

/** Relations of later versions of Materialize; the adapter takes their absence for "none configured". */
const LATER = /unknown catalog item '"?mz_internal"?\."?mz_cluster_auto_scaling_strategies"?'/;

interface CatalogEntry {
  readonly metadata: { readonly type: string; readonly comment: string | null };
  readonly columns: Readonly<Record<string, { readonly type: string; readonly comment: string | null }>>;
}

describe.skipIf(!canServe || !existsSync(DBT))('dbt', () => {
  let live: LiveServer;
  let recorder: Recorder;
  let client: pg.Client;
  let folder = '';
  let version = '';

  /** Runs dbt and expects it to succeed; answers what it wrote. */
  const dbt = async (...args: string[]): Promise<string> => {
    const child = spawn(DBT, ['--no-use-colors', ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        CLIENT_PORT: String(recorder.port),
        DBT_PROFILES_DIR: folder,
        DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const exitCode = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    expect(exitCode, output).toBe(0);
    return output;
  };
  const rows = async (sql: string): Promise<readonly unknown[]> =>
    (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows;

  beforeAll(async () => {
    live = await startLiveServer(['--upstreams=simulated']);
    recorder = await live.record();
    const system = new pg.Client({
      host: '127.0.0.1',
      port: (await live.record('internal')).port,
      user: 'mz_system',
      database: 'materialize',
    });
    await system.connect();
    await system.query('GRANT CREATECLUSTER ON SYSTEM TO materialize');
    await system.end();
    client = new pg.Client({
      host: '127.0.0.1',
      port: (await live.record()).port,
      user: 'materialize',
      database: 'materialize',
    });
    await client.connect();
    await client.query("CREATE CLUSTER dbt_models (SIZE = '25cc')");
    folder = mkdtempSync(join(tmpdir(), 'tumbler-dbt-'));
    cpSync(PROJECT, folder, { recursive: true });
  });
  afterAll(async () => {
    const checks = ['debug', 'seeds', 'models', 'tests', 'unit tests', 'docs', 'deployment'];
    keepFigures('dbt', version, checks, recorder);
    await client.end();
    await live.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('connects', async () => {
    const output = await dbt('debug');
    expect(output).toContain('All checks passed');
    version = /adapter: (materialize=\S+)/.exec(output)?.[1] ?? '';
  }, 120_000);

  it('builds seeds, models of every kind and their tests', async () => {
    expect(await dbt('build')).toMatch(/PASS=12 WARN=0 ERROR=0 SKIP=0 TOTAL=12/);
    expect(await rows('SELECT code, population, founded::text FROM analytics.countries ORDER BY 1')).toEqual([
      ['DE', 84000000, '1990-10-03'],
      ['NL', 17800000, '1815-03-16'],
      ['XX', null, null],
    ]);
    expect(await rows('SELECT code FROM analytics.large_countries')).toEqual([['DE']]);
    expect(await rows('SELECT year, n::int4 FROM analytics.by_year ORDER BY year')).toEqual([
      [1990, 1],
      [null, 1],
    ]);
    const kinds = `SELECT o.name, o.type FROM mz_objects o JOIN mz_schemas s ON s.id = o.schema_id
      WHERE s.name = 'analytics' AND o.type <> 'index' ORDER BY 1`;
    expect(await rows(kinds)).toEqual([
      ['by_year', 'materialized-view'],
      ['countries', 'table'],
      ['large_countries', 'materialized-view'],
      ['readers', 'view'],
      ['ticks', 'source'],
      ['ticks_progress', 'source'],
    ]);
  }, 120_000);

  it('replaces what is there', async () => {
    expect(await dbt('run', '--full-refresh', '--select', 'readers+')).toMatch(/PASS=2 WARN=0 ERROR=0/);
  }, 120_000);

  it('writes docs with types and comments', async () => {
    await dbt('docs', 'generate');
    const catalog = JSON.parse(readFileSync(join(folder, 'target/catalog.json'), 'utf8')) as {
      nodes: Record<string, CatalogEntry>;
      sources: Record<string, CatalogEntry>;
      errors: unknown;
    };
    expect(catalog.errors).toBeNull();
    const readers = catalog.nodes['model.shop.readers'];
    expect(readers?.metadata).toMatchObject({ type: 'view', comment: "Who reads. It's quoted." });
    expect(readers?.columns['id']).toMatchObject({ type: 'integer', comment: 'Number of the reader' });
    const people = catalog.sources['source.shop.office.people'];
    expect(people?.metadata).toMatchObject({ type: 'table', comment: 'Everybody' });
    expect(Object.values(people?.columns ?? {}).map(({ type }) => type)).toEqual([
      'integer',
      'text',
      'date',
      'numeric',
      'text[]',
      'timestamp with time zone',
    ]);
  }, 120_000);

  it.skipIf(!allClients)(
    'prepares a deployment, waits for it, swaps it in and cleans up',
    async () => {
      const before = await rows(`SELECT id FROM mz_clusters WHERE name = 'dbt_models'`);
      await dbt('run-operation', 'deploy_init');
      await dbt('run', '--select', 'readers', 'by_year', '--vars', 'deploy: true');
      await dbt('run-operation', 'deploy_await', '--args', 'poll_interval: 1');
      await dbt('run-operation', 'deploy_promote');
      await dbt('run-operation', 'deploy_cleanup');
      expect(await rows(`SELECT id FROM mz_clusters WHERE name = 'dbt_models'`)).not.toEqual(before);
      expect(await rows(`SELECT name FROM mz_clusters WHERE name LIKE '%deploy'`)).toEqual([]);
      expect(await rows('SELECT count(*)::int4 FROM analytics.readers')).toEqual([[2]]);
    },
    300_000,
  );

  it('sends nothing that the server does not take', () => {
    expect(recorder.statements.length).toBeGreaterThan(40);
    expect(recorder.failures().filter((failure) => !LATER.test(failure))).toEqual([]);
  });
});
