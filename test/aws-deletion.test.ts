/** Deletion with a recovery window, seen through both doors, with a clock that moves; and copies in other regions. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { createLogger } from '../src/log.ts';
import { startServer, type TumblerServer } from '../src/server.ts';
import { RawClient, RawError, token } from './aws/harness.ts';

const DAY = 86_400_000;
let offset = 0;
let tumbler: TumblerServer;
let sql: pg.Client;
let aws: RawClient;

beforeAll(async () => {
  const loopback = (door: string): string => `--${door}-listen-addr=127.0.0.1:0`;
  const doors = ['sql', 'internal-sql', 'http'].map(loopback);
  const config = readConfig(['--data-dir=:memory:', '--upstreams=simulated', ...doors], {});
  const clock = (): number => Date.now() + offset;
  tumbler = await startServer(config, { logger: createLogger('silent'), clock });
  sql = new pg.Client({ connectionString: tumbler.connectionString });
  await sql.connect();
  aws = new RawClient(tumbler.httpPort ?? 0);
});
afterAll(async () => {
  await sql.end();
  await tumbler.stop();
});

function create(Name: string, more = {}): Promise<Record<string, unknown>> {
  return aws.call('CreateSecret', { Name, SecretString: 'one', ClientRequestToken: token(), ...more });
}

function update(SecretId: string, SecretString: string): Promise<Record<string, unknown>> {
  return aws.call('UpdateSecret', { SecretId, SecretString, ClientRequestToken: token() });
}

async function errorOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof RawError)) return (error as Error).message;
    const { __type, Message, message } = error.answer.json;
    return `${String(__type)}: ${String(Message ?? message)}`;
  }
  throw new Error('did not fail');
}

function connect(name: string, secret: string): Promise<unknown> {
  return sql.query(
    `CREATE CONNECTION ${name} TO POSTGRES (HOST localhost, DATABASE app, USER app, PASSWORD SECRET ${secret})`,
  );
}

async function isThere(SecretId: string): Promise<boolean> {
  const { status } = await aws.send('DescribeSecret', { SecretId });
  return status === 200;
}

describe('a secret in its recovery window', () => {
  it('keeps working for what uses it, takes no new uses and no value, and goes once nothing uses it', async () => {
    await create('prod/db');
    const secret = 'aws.secretsmanager."prod/db"';
    await connect('first', secret);
    await sql.query("CREATE CLUSTER ingest (SIZE = '25cc')");
    const source = "FROM POSTGRES CONNECTION first (PUBLICATION 'p') FOR ALL TABLES";
    await sql.query(`CREATE SOURCE app IN CLUSTER ingest ${source}`);
    await aws.call('DeleteSecret', { SecretId: 'prod/db', RecoveryWindowInDays: 7 });

    const scheduled = /is scheduled for deletion/;
    expect(await errorOf(connect('second', secret))).toMatch(scheduled);
    expect(await errorOf(sql.query(`ALTER SECRET ${secret} AS 'x'`))).toMatch(scheduled);
    expect(await errorOf(update('prod/db', 'x'))).toMatch(/marked for deletion/);
    // What runs goes on, also on a replica that starts now.
    await sql.query('ALTER CLUSTER ingest SET (REPLICATION FACTOR = 2)');
    await tumbler.settled();
    const running = "SELECT status FROM mz_internal.mz_source_statuses WHERE name = 'app'";
    expect((await sql.query(running)).rows).toEqual([{ status: 'running' }]);

    offset += 8 * DAY;
    const reminded = `SELECT record ->> 'errorMessage' AS why FROM mz_tumbler.aws_events
      WHERE event_name = 'EndSecretVersionDelete'`;
    await expect
      .poll(async () => (await sql.query(reminded)).rows, { timeout: 5_000 })
      .toEqual([
        {
          why: "The secret can't be deleted because it is still used by CONNECTION materialize.public.first",
        },
      ]);
    expect(await isThere('prod/db')).toBe(true);
    const force = aws.call('DeleteSecret', { SecretId: 'prod/db', ForceDeleteWithoutRecovery: true });
    expect(await errorOf(force)).toMatch(/still used by CONNECTION materialize.public.first/);

    await sql.query('DROP SOURCE app CASCADE');
    await sql.query('DROP CONNECTION first');
    await expect.poll(() => isThere('prod/db'), { timeout: 5_000 }).toBe(false);
    const left = "SELECT count(*)::int AS n FROM mz_catalog.mz_secrets WHERE name = 'prod/db'";
    expect((await sql.query(left)).rows).toEqual([{ n: 0 }]);
    expect((await sql.query('SELECT * FROM mz_tumbler.replica_secrets')).rows).toEqual([]);
    await create('prod/db');
  });

  it('can be restored until the end', async () => {
    await create('saved');
    await aws.call('DeleteSecret', { SecretId: 'saved', RecoveryWindowInDays: 7 });
    offset += 6 * DAY;
    await aws.call('RestoreSecret', { SecretId: 'saved' });
    offset += 30 * DAY;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect((await aws.call('GetSecretValue', { SecretId: 'saved' }))['SecretString']).toBe('one');
  });

  it('does not rotate', async () => {
    const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:tumbler-postgres-single-user';
    const SecretString = JSON.stringify({ host: 'localhost', username: 'u', password: 'p' });
    await create('rotated', { SecretString });
    const rotate = {
      SecretId: 'rotated',
      RotationLambdaARN: functionArn,
      RotationRules: { AutomaticallyAfterDays: 1 },
    };
    await aws.call('RotateSecret', { ...rotate, ClientRequestToken: token() });
    await expect
      .poll(async () => (await aws.call('DescribeSecret', { SecretId: 'rotated' }))['LastRotatedDate'])
      .toBeDefined();
    await aws.call('DeleteSecret', { SecretId: 'rotated', RecoveryWindowInDays: 30 });
    const again = aws.call('RotateSecret', { ...rotate, ClientRequestToken: token() });
    expect(await errorOf(again)).toMatch(/^InvalidRequestException: .*marked for deletion/);
    const rotation = async (): Promise<unknown> => {
      const shown = await aws.call('DescribeSecret', { SecretId: 'rotated' });
      return [shown['LastRotatedDate'], shown['VersionIdsToStages']];
    };
    const before = await rotation();
    offset += 5 * DAY;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await rotation()).toEqual(before);
    // It rotates in the next window after it is restored.
    await aws.call('RestoreSecret', { SecretId: 'rotated' });
    await expect.poll(rotation, { timeout: 5_000 }).not.toEqual(before);
  });
});

it('a version that a replica holds outlives retention', async () => {
  await create('pinned');
  await connect('holder', 'aws.secretsmanager.pinned');
  await sql.query("CREATE CLUSTER holding (SIZE = '25cc')");
  await sql.query(
    "CREATE SOURCE held IN CLUSTER holding FROM POSTGRES CONNECTION holder (PUBLICATION 'p') FOR ALL TABLES",
  );
  const pins = `SELECT version_id FROM mz_tumbler.replica_secrets r JOIN mz_catalog.mz_secrets s ON s.id = r.secret_id
    WHERE s.name = 'pinned' GROUP BY 1`;
  const { rows } = await sql.query<{ version_id: string }>(pins);
  expect(rows).toHaveLength(1);
  const versions = async (): Promise<string[]> => {
    const ids: string[] = [];
    let page: Record<string, unknown> = {};
    do {
      const next = page['NextToken'] === undefined ? {} : { NextToken: page['NextToken'] };
      page = await aws.call('ListSecretVersionIds', { SecretId: 'pinned', IncludeDeprecated: true, ...next });
      ids.push(...(page['Versions'] as { VersionId: string }[]).map((version) => version.VersionId));
    } while (page['NextToken'] !== undefined);
    return ids;
  };
  for (let i = 0; i < 90; i += 1) await update('pinned', `a${i}`);
  offset += 2 * DAY;
  for (let i = 0; i < 90; i += 1) await update('pinned', `b${i}`);
  offset += 2 * DAY;
  for (let i = 0; i < 90; i += 1) await update('pinned', `c${i}`);
  const kept = await versions();
  expect(kept).toContain(rows[0]!.version_id);
  expect(kept.length).toBeLessThan(110);
  await sql.query('DROP CLUSTER holding CASCADE');
  offset += 2 * DAY;
  await update('pinned', 'last');
  expect(await versions()).not.toContain(rows[0]!.version_id);
});

describe('copies in other regions', () => {
  it('keep their secret from being deleted, and are not removed while SQL uses them', async () => {
    await create('shared', { AddReplicaRegions: [{ Region: 'us-west-2' }, { Region: 'eu-west-1' }] });
    expect(await errorOf(aws.call('DeleteSecret', { SecretId: 'shared' }))).toMatch(
      /still has replica regions \[eu-west-1, us-west-2\]/,
    );
    await connect('western', 'aws."us-west-2".shared');
    const remove = (...RemoveReplicaRegions: string[]): Promise<unknown> =>
      aws.call('RemoveRegionsFromReplication', { SecretId: 'shared', RemoveReplicaRegions });
    expect(await errorOf(remove('eu-west-1', 'us-west-2'))).toBe(
      "InvalidRequestException: You can't remove the replica in region us-west-2 because it is still used by CONNECTION materialize.public.western.",
    );
    // Nothing of it was done.
    expect((await aws.call('DescribeSecret', { SecretId: 'shared' }))['ReplicationStatus']).toHaveLength(2);
    await remove('eu-west-1');
    await sql.query('DROP CONNECTION western');
    await remove('us-west-2');
    await aws.call('DeleteSecret', { SecretId: 'shared' });
  });

  it('take no value and no name of their own in SQL', async () => {
    await create('copied', { AddReplicaRegions: [{ Region: 'us-west-2' }] });
    const copy = 'aws."us-west-2".copied';
    for (const text of [`ALTER SECRET ${copy} AS 'x'`, `ALTER SECRET ${copy} RENAME TO y`]) {
      expect(await errorOf(sql.query(text))).toMatch(/is a copy of a secret of another region/);
    }
    expect(await errorOf(sql.query('ALTER SECRET aws.secretsmanager.copied RENAME TO z'))).toMatch(
      /has copies in other regions/,
    );
    const west = aws.inRegion('us-west-2');
    await sql.query(`ALTER SECRET aws.secretsmanager.copied AS 'two'`);
    expect((await west.call('GetSecretValue', { SecretId: 'copied' }))['SecretString']).toBe('two');
    await west.call('StopReplicationToReplica', { SecretId: 'copied' });
    await sql.query(`ALTER SECRET ${copy} AS 'its own'`);
    expect((await aws.call('GetSecretValue', { SecretId: 'copied' }))['SecretString']).toBe('two');
  });

  it('that SQL dropped show as failed, and can be made again', async () => {
    await create('dropped', { AddReplicaRegions: [{ Region: 'us-west-2' }] });
    await sql.query('DROP SECRET aws."us-west-2".dropped');
    const { ReplicationStatus } = await aws.call('DescribeSecret', { SecretId: 'dropped' });
    expect(ReplicationStatus).toMatchObject([{ Region: 'us-west-2', Status: 'Failed' }]);
    const AddReplicaRegions = [{ Region: 'us-west-2' }];
    const again = await aws.call('ReplicateSecretToRegions', { SecretId: 'dropped', AddReplicaRegions });
    expect(again['ReplicationStatus']).toMatchObject([{ Region: 'us-west-2', Status: 'InSync' }]);
  });
});
