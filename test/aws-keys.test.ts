/** Keys that are disabled or lost, seen through both doors: exactly the values they seal cannot be read, and sources say so. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { createLogger } from '../src/log.ts';
import { startServer, type TumblerServer } from '../src/server.ts';
import { RawClient, RawError, token } from './aws/harness.ts';
import { startPostgres } from './support/postgres.ts';

const PASSWORDS = { one: 'first-password', two: 'second-password' };

const upstream = await startPostgres({
  conf: ['wal_level = logical'],
  hba: ['host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256', ''].join('\n'),
});
afterAll(() => upstream?.stop());

let tumbler: TumblerServer;
let sql: pg.Client;
let aws: RawClient;

beforeAll(async () => {
  const loopback = (door: string): string => `--${door}-listen-addr=127.0.0.1:0`;
  const doors = ['sql', 'internal-sql', 'http'].map(loopback);
  const config = readConfig(['--data-dir=:memory:', '--health-interval=50', ...doors], {});
  tumbler = await startServer(config, { logger: createLogger('silent') });
  sql = new pg.Client({ connectionString: tumbler.connectionString });
  await sql.connect();
  aws = new RawClient(tumbler.httpPort ?? 0);
});
afterAll(async () => {
  await sql.end();
  await tumbler.stop();
});

async function newKey(region = aws): Promise<string> {
  const { KeyMetadata } = await region.call('TrentService.CreateKey');
  return (KeyMetadata as { KeyId: string }).KeyId;
}

function create(Name: string, SecretString: string, more = {}): Promise<Record<string, unknown>> {
  return aws.call('CreateSecret', { Name, SecretString, ClientRequestToken: token(), ...more });
}

async function errorOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof RawError) return String(error.answer.json['__type']);
    return `${(error as { code?: string }).code ?? ''} ${(error as Error).message}`;
  }
  throw new Error('did not fail');
}

interface Status {
  readonly name: string;
  readonly status: string;
  readonly error: string | null;
}

async function statuses(): Promise<Status[]> {
  await tumbler.settled();
  const text =
    "SELECT name, status, error FROM mz_internal.mz_source_statuses WHERE name IN ('shop_one', 'shop_two') ORDER BY 1";
  return (await sql.query<Status>(text)).rows;
}

describe.skipIf(upstream === null)(
  `sources${upstream === null ? ' (PostgreSQL is not installed)' : ''}`,
  () => {
    it('whose replica starts while the key is disabled cannot read their secret, and say so', async () => {
      const [one, two] = [await newKey(), await newKey()];
      for (const [user, KmsKeyId] of [
        ['one', one],
        ['two', two],
      ] as const) {
        await upstream!.psql(`CREATE ROLE ${user} LOGIN REPLICATION PASSWORD '${PASSWORDS[user]}'`);
        await upstream!.psql(`CREATE TABLE ${user}_t (a int PRIMARY KEY)`);
        await upstream!.psql(
          `ALTER TABLE ${user}_t REPLICA IDENTITY FULL; GRANT SELECT ON ${user}_t TO ${user}`,
        );
        await upstream!.psql(`CREATE PUBLICATION ${user}_p FOR TABLE ${user}_t`);
        await create(`shop/${user}`, PASSWORDS[user], { KmsKeyId });
        await sql.query(
          `CREATE CONNECTION c_${user} TO POSTGRES (HOST '127.0.0.1', PORT ${upstream!.port}, DATABASE postgres,
           USER ${user}, PASSWORD SECRET aws.secretsmanager."shop/${user}")`,
        );
        await sql.query(`CREATE CLUSTER cl_${user} (SIZE = '25cc')`);
        await sql.query(
          `CREATE SOURCE shop_${user} IN CLUSTER cl_${user} FROM POSTGRES CONNECTION c_${user} (PUBLICATION '${user}_p')
           FOR ALL TABLES`,
        );
      }
      const running = { status: 'running', error: null };
      await expect.poll(statuses).toEqual([
        { name: 'shop_one', ...running },
        { name: 'shop_two', ...running },
      ]);

      await aws.call('TrentService.DisableKey', { KeyId: one });
      expect(await errorOf(aws.call('GetSecretValue', { SecretId: 'shop/one' }))).toBe('DecryptionFailure');
      expect((await aws.call('GetSecretValue', { SecretId: 'shop/two' }))['SecretString']).toBe(
        PASSWORDS.two,
      );
      const validation = await errorOf(sql.query('VALIDATE CONNECTION c_one'));
      expect(validation).toMatch(/key kms:us-east-1:.* is not available/);
      await sql.query('VALIDATE CONNECTION c_two');

      // A replica that runs holds what it read when it started: several checks later it still runs.
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect((await statuses()).map(({ status }) => status)).toEqual(['running', 'running']);

      const restart = async (user: string): Promise<void> => {
        await sql.query(`ALTER CLUSTER cl_${user} SET (REPLICATION FACTOR = 0)`);
        await sql.query(`ALTER CLUSTER cl_${user} SET (REPLICATION FACTOR = 1)`);
      };
      await restart('one');
      await restart('two');
      await expect.poll(statuses).toEqual([
        {
          name: 'shop_one',
          status: 'stalled',
          error: expect.stringMatching(
            new RegExp(`reading secret u\\d+: key kms:us-east-1:${one} is not available`),
          ),
        },
        { name: 'shop_two', ...running },
      ]);

      await aws.call('TrentService.EnableKey', { KeyId: one });
      await restart('one');
      await expect.poll(statuses).toEqual([
        { name: 'shop_one', ...running },
        { name: 'shop_two', ...running },
      ]);
    });
  },
);

describe('writing', () => {
  it('with a disabled key is refused in both doors, and changes nothing', async () => {
    const key = await newKey();
    await create('materialize/public/kept', 'one', { KmsKeyId: key });
    await aws.call('TrentService.DisableKey', { KeyId: key });
    const input = { SecretId: 'materialize/public/kept', SecretString: 'two', ClientRequestToken: token() };
    for (const operation of ['UpdateSecret', 'PutSecretValue']) {
      expect(await errorOf(aws.call(operation, input))).toBe('EncryptionFailure');
    }
    expect(await errorOf(sql.query("ALTER SECRET kept AS 'two'"))).toMatch(/^XX000 .*is not available/);
    await aws.call('TrentService.EnableKey', { KeyId: key });
    const listed = await aws.call('ListSecretVersionIds', {
      SecretId: input.SecretId,
      IncludeDeprecated: true,
    });
    expect(listed['Versions']).toHaveLength(1);
    await sql.query("ALTER SECRET kept AS 'two'");
    expect((await aws.call('GetSecretValue', { SecretId: input.SecretId }))['SecretString']).toBe('two');
  });

  it("of a secret whose copy in another region has a disabled key is refused with the service's error", async () => {
    const west = aws.inRegion('us-west-2');
    const key = await newKey(west);
    await create('copied', 'one', { AddReplicaRegions: [{ Region: 'us-west-2', KmsKeyId: key }] });
    await west.call('TrentService.DisableKey', { KeyId: key });
    for (const operation of ['UpdateSecret', 'PutSecretValue']) {
      const input = { SecretId: 'copied', SecretString: 'two', ClientRequestToken: token() };
      expect(await errorOf(aws.call(operation, input))).toBe('EncryptionFailure');
    }
    const alter = sql.query(`ALTER SECRET aws.secretsmanager.copied AS 'two'`);
    expect(await errorOf(alter)).toMatch(/^XX000 .*is not available/);
    expect((await aws.call('GetSecretValue', { SecretId: 'copied' }))['SecretString']).toBe('one');
    expect(await errorOf(west.call('GetSecretValue', { SecretId: 'copied' }))).toBe('DecryptionFailure');
    await west.call('TrentService.EnableKey', { KeyId: key });
    const input = { SecretId: 'copied', SecretString: 'three', ClientRequestToken: token() };
    await aws.call('UpdateSecret', input);
    expect((await west.call('GetSecretValue', { SecretId: 'copied' }))['SecretString']).toBe('three');
  });

  it('a rotation that is only tested fails once where the key is disabled, and is not tried without end', async () => {
    const key = await newKey();
    const SecretString = JSON.stringify({ host: '127.0.0.1', username: 'x', password: 'y' });
    await create('tested', SecretString, { KmsKeyId: key });
    await aws.call('TrentService.DisableKey', { KeyId: key });
    await aws.call('RotateSecret', {
      SecretId: 'tested',
      ClientRequestToken: token(),
      RotateImmediately: false,
      RotationLambdaARN: 'arn:aws:lambda:us-east-1:000000000000:function:tumbler-postgres-single-user',
    });
    const failures = `SELECT count(*)::int AS n FROM mz_tumbler.aws_events
      WHERE event_name = 'RotationFailed' AND record -> 'additionalEventData' ->> 'SecretId' LIKE '%tested%'`;
    const count = async (): Promise<number> => (await sql.query<{ n: number }>(failures)).rows[0]!.n;
    await expect.poll(count).toBe(1);
    const { Versions } = await aws.call('ListSecretVersionIds', {
      SecretId: 'tested',
      IncludeDeprecated: true,
    });
    expect(Versions).toHaveLength(1);
  });
});

it('a key that is gone takes exactly its values with it', async () => {
  const [gone, kept] = [await newKey(), await newKey()];
  await create('mixed', 'old', { KmsKeyId: gone });
  await aws.call('UpdateSecretVersionStage', {
    SecretId: 'mixed',
    VersionStage: 'MINE',
    MoveToVersionId: (await aws.call('GetSecretValue', { SecretId: 'mixed' }))['VersionId'],
  });
  const update = (SecretString: string, more = {}): Promise<unknown> =>
    aws.call('UpdateSecret', { SecretId: 'mixed', SecretString, ClientRequestToken: token(), ...more });
  await update('middle');
  await update('newer');
  await update('newest', { KmsKeyId: kept });
  await aws.call('TrentService.ScheduleKeyDeletion', { KeyId: gone, PendingWindowInDays: 7 });
  const read = (VersionStage: string): Promise<Record<string, unknown>> =>
    aws.call('GetSecretValue', { SecretId: 'mixed', VersionStage });
  expect((await read('AWSCURRENT'))['SecretString']).toBe('newest');
  // It was current when the key changed, so that the other key opens it as well.
  expect((await read('AWSPREVIOUS'))['SecretString']).toBe('newer');
  expect(await errorOf(read('MINE'))).toBe('DecryptionFailure');
});
