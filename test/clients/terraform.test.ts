/**
 * Terraform with Materialize's provider: plan, apply, refresh, change, destroy. The provider is looked for, never installed:
 * in the folder that TUMBLER_TERRAFORM_PROVIDER names, or in `terraform/` beside the other clients' files.
 */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CACHE } from './support/foreign.ts';
import { canServe, keepFigures, startLiveServer, type LiveServer } from './support/live-server.ts';
import type { Recorder } from './support/recorder.ts';

const PROVIDER = process.env['TUMBLER_TERRAFORM_PROVIDER'] ?? join(CACHE, 'terraform');
const CONFIGURATION = join(import.meta.dirname, 'programs/terraform/main.tf');

const installed =
  existsSync(join(PROVIDER, 'terraform-provider-materialize')) &&
  spawnSync('terraform', ['version'], { stdio: 'ignore' }).status === 0;

/** Relations of later versions of Materialize; the provider takes their absence for "nothing under way". */
const LATER = /unknown catalog item 'mz_internal\.mz_cluster_(reconfigurations|auto_scaling_strategies)'/;

/** Exit code of `plan -detailed-exitcode` when there is something to do. */
const CHANGES = 2;

interface Run {
  readonly exitCode: number | null;
  readonly output: string;
}

interface Values {
  readonly database_password: string;
  readonly broker_password: string;
  readonly cluster_size: string;
}

/** Runs terraform in a folder that holds the configuration. */
function terraform(folder: string, port: number, values: Values, ...args: string[]): Promise<Run> {
  const variables = { port: String(port), ...values };
  const child = spawn('terraform', args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      TF_CLI_CONFIG_FILE: join(folder, 'terraform.rc'),
      CHECKPOINT_DISABLE: '1',
      ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, value])),
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, output }));
  });
}

describe.skipIf(!canServe || !installed)('Terraform', () => {
  let live: LiveServer;
  let recorder: Recorder;
  let client: pg.Client;
  let folder = '';
  const first: Values = { database_password: 'one', broker_password: 'two', cluster_size: '25cc' };

  const run = (values: Values, ...args: string[]) =>
    terraform(folder, recorder.port, values, ...args, '-no-color', '-input=false');
  const apply = async (values: Values, ...args: string[]): Promise<string> => {
    const { exitCode, output } = await run(values, 'apply', '-auto-approve', ...args);
    expect(exitCode, output).toBe(0);
    return output;
  };
  const names = async (sql: string): Promise<readonly unknown[]> =>
    (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows.map(([name]) => name);

  beforeAll(async () => {
    live = await startLiveServer(['--upstreams=simulated']);
    recorder = await live.record('internal');
    client = new pg.Client({
      host: '127.0.0.1',
      port: (await live.record('internal')).port,
      user: 'mz_system',
      database: 'materialize',
    });
    await client.connect();
    folder = mkdtempSync(join(tmpdir(), 'tumbler-terraform-'));
    copyFileSync(CONFIGURATION, join(folder, 'main.tf'));
    const overrides = `"MaterializeInc/materialize" = ${JSON.stringify(PROVIDER)}`;
    writeFileSync(
      join(folder, 'terraform.rc'),
      `provider_installation {\n  dev_overrides {\n    ${overrides}\n  }\n  direct {}\n}\n`,
    );
  });
  afterAll(async () => {
    const version = /Terraform v(\S+)/.exec(spawnSync('terraform', ['version'], { encoding: 'utf8' }).stdout);
    const checks = ['plan', 'apply', 'refresh', 'a changed secret', 'destroy'];
    keepFigures('Terraform', version?.[1] ?? '', checks, recorder);
    await client.end();
    await live.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes every resource, and has nothing to change afterwards', async () => {
    expect((await run(first, 'plan', '-detailed-exitcode')).exitCode).toBe(CHANGES);
    expect(await apply(first)).toMatch(/Apply complete! Resources: 34 added/);
    const again = await run(first, 'plan', '-detailed-exitcode');
    expect(again.exitCode, again.output).toBe(0);
    expect(await names(`SHOW SECRETS FROM tf_shop.ingest`)).toEqual(['Kafka Password', 'database_password']);
  }, 60_000);

  it('changes a secret in place; the sink keeps what it holds until its cluster is resized', async () => {
    const changed = { ...first, broker_password: 'three' };
    expect(await apply(changed)).toMatch(/Resources: 0 added, 1 changed, 0 destroyed/);
    expect(await names('SELECT object FROM mz_tumbler.stale_secrets')).toEqual([
      'tf_shop.ingest.prices_out',
      'tf_shop.ingest.prices_out',
    ]);
    const resized = { ...changed, cluster_size: '50cc' };
    expect(await apply(resized)).toMatch(/Resources: 0 added, 1 changed, 0 destroyed/);
    expect(await names('SELECT object FROM mz_tumbler.stale_secrets')).toEqual([]);
    const again = await run(resized, 'plan', '-detailed-exitcode');
    expect(again.exitCode, again.output).toBe(0);
  }, 60_000);

  it('sees what others changed, and puts it right', async () => {
    await client.query(`COMMENT ON SECRET tf_shop.ingest.database_password IS 'by hand'`);
    const seen = await run(first, 'plan', '-detailed-exitcode');
    expect(seen.exitCode, seen.output).toBe(CHANGES);
    expect(seen.output).toMatch(/comment +=? *"by hand" -> "it's rotated monthly"/);
    await apply(first);
    const comments = `SELECT comment FROM mz_internal.mz_comments WHERE object_type = 'secret'`;
    expect(await names(comments)).toEqual(["it's rotated monthly"]);
  }, 60_000);

  it('destroys what it made', async () => {
    const { exitCode, output } = await run(first, 'destroy', '-auto-approve');
    expect(exitCode, output).toBe(0);
    expect(await names(`SELECT name FROM mz_databases WHERE name LIKE 'tf%'`)).toEqual([]);
    expect(await names(`SELECT name FROM mz_roles WHERE name LIKE 'tf%'`)).toEqual([]);
    expect(await names(`SELECT name FROM mz_clusters WHERE name LIKE 'tf%'`)).toEqual([]);
  }, 60_000);

  it('sends nothing that the server does not take', () => {
    expect(recorder.statements.length).toBeGreaterThan(200);
    expect(recorder.failures().filter((failure) => !LATER.test(failure))).toEqual([]);
  });
});
