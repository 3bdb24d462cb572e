/** SQL sessions and AWS calls at the same time, on a store on disk: nobody ever sees half a change. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { createLogger } from '../src/log.ts';
import { startServer, type TumblerServer } from '../src/server.ts';
import { RawClient, RawError, token } from './aws/harness.ts';

const NAMES = ['materialize/public/a', 'materialize/public/b', 'materialize/public/c'];
const WRITES = 30;
const folder = mkdtempSync(join(tmpdir(), 'tumbler-concurrency-'));
let tumbler: TumblerServer;
let aws: RawClient;

beforeAll(async () => {
  const loopback = (door: string): string => `--${door}-listen-addr=127.0.0.1:0`;
  const doors = ['sql', 'internal-sql', 'http'].map(loopback);
  const config = readConfig([`--data-dir=${folder}`, '--upstreams=simulated', ...doors], {});
  tumbler = await startServer(config, { logger: createLogger('silent') });
  aws = new RawClient(tumbler.httpPort ?? 0);
});
afterAll(async () => {
  await tumbler.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function session<T>(use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: tumbler.connectionString });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

interface Version {
  readonly VersionId: string;
  readonly VersionStages?: readonly string[];
}

/** Labels of a secret as one answer shows them; each is on one version, and the current one is there. */
function checkLabels(versions: readonly { readonly id: string; readonly stages: readonly string[] }[]): void {
  const labels = versions.flatMap(({ stages }) => stages);
  expect(labels.toSorted()).toEqual([...new Set(labels)].sort());
  expect(labels).toContain('AWSCURRENT');
  const both = versions.filter(
    ({ stages }) => stages.includes('AWSCURRENT') && stages.includes('AWSPREVIOUS'),
  );
  expect(both).toEqual([]);
}

const stagesOf = (versions: unknown): { id: string; stages: readonly string[] }[] =>
  (versions as Version[]).map(({ VersionId, VersionStages }) => ({
    id: VersionId,
    stages: VersionStages ?? [],
  }));

/** Refusals that two writers at once may give each other. */
const EXPECTED =
  /must be set to the version that currently has|currently attached to version|marked for deletion|scheduled for deletion|can't find the specified secret value/;

async function tolerant(promise: Promise<unknown>): Promise<boolean> {
  try {
    await promise;
    return true;
  } catch (error) {
    const text = error instanceof RawError ? error.answer.text : (error as Error).message;
    expect(text).toMatch(EXPECTED);
    return false;
  }
}

it('labels, copies, values and what is stale are never seen half changed', async () => {
  await session(async (sql) => {
    await sql.query("CREATE CLUSTER ingest (SIZE = '25cc', REPLICATION FACTOR = 2)");
    for (const Name of NAMES) {
      const AddReplicaRegions = [{ Region: 'us-west-2' }];
      await aws.call('CreateSecret', {
        Name,
        SecretString: 'start',
        ClientRequestToken: token(),
        AddReplicaRegions,
      });
      const short = Name.slice(-1);
      await sql.query(
        `CREATE CONNECTION c_${short} TO POSTGRES (HOST localhost, DATABASE d, USER u, PASSWORD SECRET ${short})`,
      );
      await sql.query(
        `CREATE SOURCE s_${short} IN CLUSTER ingest FROM POSTGRES CONNECTION c_${short} (PUBLICATION 'p') FOR ALL TABLES`,
      );
    }
  });
  /** What each version held when it was written. */
  const values = new Map<string, string>();
  let writing = true;
  let seen = 0;

  const name = (i: number): string => NAMES[i % NAMES.length]!;
  const updating = async (worker: number): Promise<void> => {
    for (let i = 0; i < WRITES; i += 1) {
      const ClientRequestToken = token();
      const SecretString = `update ${worker} ${i}`;
      values.set(ClientRequestToken, SecretString);
      const done = await tolerant(
        aws.call('UpdateSecret', { SecretId: name(i), SecretString, ClientRequestToken }),
      );
      // Acknowledged: there for the next reader, in the other door as well.
      if (!done || i % 10 !== 0) continue;
      await session(async (sql) => {
        const text = 'SELECT count(*)::int AS n FROM mz_tumbler.secret_versions WHERE version_id = $1';
        const { rows } = await sql.query<{ n: number }>(text, [ClientRequestToken]);
        // Its copy in the other region has the same id.
        expect(rows).toEqual([{ n: 2 }]);
      });
    }
  };
  const pending = async (): Promise<void> => {
    for (let i = 0; i < WRITES; i += 1) {
      const ClientRequestToken = token();
      const SecretString = `pending ${i}`;
      values.set(ClientRequestToken, SecretString);
      const VersionStages = i % 2 === 0 ? ['AWSPENDING'] : ['MINE', 'YOURS'];
      const input = { SecretId: name(i), SecretString, ClientRequestToken, VersionStages };
      await tolerant(aws.call('PutSecretValue', input));
    }
  };
  const moving = async (): Promise<void> => {
    for (let i = 0; i < WRITES; i += 1) {
      const SecretId = name(i);
      const listed = await aws.call('ListSecretVersionIds', { SecretId, IncludeDeprecated: true });
      const versions = stagesOf(listed['Versions']);
      const VersionStage = i % 3 === 0 ? 'MINE' : 'AWSCURRENT';
      const RemoveFromVersionId = versions.find(({ stages }) => stages.includes(VersionStage))?.id;
      const MoveToVersionId = versions[(i * 7) % versions.length]!.id;
      const from = RemoveFromVersionId === undefined ? {} : { RemoveFromVersionId };
      await tolerant(
        aws.call('UpdateSecretVersionStage', { SecretId, VersionStage, MoveToVersionId, ...from }),
      );
    }
  };
  const altering = (): Promise<void> =>
    session(async (sql) => {
      for (let i = 0; i < WRITES; i += 1) {
        await tolerant(sql.query(`ALTER SECRET ${name(i).slice(-1)} AS 'sql ${i}'`));
      }
    });
  const restarting = (): Promise<void> =>
    session(async (sql) => {
      for (let i = 0; i < 10; i += 1) {
        await sql.query('ALTER CLUSTER ingest SET (REPLICATION FACTOR = 0)');
        await sql.query('ALTER CLUSTER ingest SET (REPLICATION FACTOR = 2)');
      }
    });

  const seeing = (): Promise<void> =>
    session(async (sql) => {
      const counts = new Map<string, number>();
      while (writing) {
        // One statement, one catalog: labels of both copies, pins and what is stale agree.
        const { rows } = await sql.query<{
          secret: string;
          id: string;
          stages: string[];
          current: string | null;
        }>(`
          SELECT s.name || '/' || sc.name AS secret, v.version_id AS id, v.stages,
            (SELECT max(st.current_version) FROM mz_tumbler.stale_secrets st
              WHERE st.secret = 'materialize.public.' || s.name) AS current
          FROM mz_tumbler.secret_versions v JOIN mz_catalog.mz_secrets s ON s.id = v.secret_id
          JOIN mz_catalog.mz_schemas sc ON sc.id = s.schema_id ORDER BY 1, 2`);
        const bySecret = grouped(rows, (row) => row.secret);
        expect(bySecret.size).toBe(2 * NAMES.length);
        for (const [secret, versions] of bySecret) {
          checkLabels(versions);
          expect(versions.length).toBeGreaterThanOrEqual(counts.get(secret) ?? 0);
          counts.set(secret, versions.length);
          const current = versions.find(({ stages }) => stages.includes('AWSCURRENT'))!.id;
          const stale = versions[0]!.current;
          if (stale !== null && secret.endsWith('/public')) expect(stale).toBe(current);
        }
        for (const short of ['a', 'b', 'c']) {
          const labels = (secret: string): unknown =>
            bySecret.get(secret)!.map(({ id, stages }) => [id, stages.toSorted()]);
          const copy = `materialize/public/${short}/us-west-2`;
          expect(labels(copy)).toEqual(labels(`${short}/public`));
        }
        seen += 1;
      }
    });
  const reading = async (client: RawClient): Promise<void> => {
    for (let i = 0; writing; i += 1) {
      const SecretId = name(i);
      const [listed, described, got] = await Promise.all([
        client.call('ListSecretVersionIds', { SecretId, IncludeDeprecated: true }),
        client.call('DescribeSecret', { SecretId }),
        client.call('GetSecretValue', { SecretId }),
      ]);
      if (listed['NextToken'] === undefined) checkLabels(stagesOf(listed['Versions']));
      const stages = Object.entries(described['VersionIdsToStages'] as Record<string, string[]>);
      checkLabels(stages.map(([id, labels]) => ({ id, stages: labels })));
      const written = values.get(String(got['VersionId']));
      if (written !== undefined) expect(got['SecretString']).toBe(written);
      expect(got['VersionStages']).toContain('AWSCURRENT');
      seen += 1;
    }
  };

  const writers = [updating(1), updating(2), pending(), moving(), altering(), restarting()];
  const done = Promise.allSettled(writers).finally(() => (writing = false));
  const all = [...writers, seeing(), seeing(), reading(aws), reading(aws.inRegion('us-west-2'))];
  // Sessions end by themselves, also where one has failed.
  await Promise.allSettled([...all, done]);
  await Promise.all(all);
  expect(seen).toBeGreaterThan(20);
}, 120_000);
