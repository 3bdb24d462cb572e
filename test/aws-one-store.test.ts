/** One store behind both doors: what SQL makes AWS finds, and the reverse; a whole server, real sockets. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { createLogger } from '../src/log.ts';
import { startServer, type TumblerServer } from '../src/server.ts';
import { RawClient, token } from './aws/harness.ts';

let tumbler: TumblerServer;
let sql: pg.Client;
let system: pg.Client;
let aws: RawClient;

beforeAll(async () => {
  const config = readConfig(
    [
      '--data-dir=:memory:',
      '--sql-listen-addr=127.0.0.1:0',
      '--internal-sql-listen-addr=127.0.0.1:0',
      '--http-listen-addr=127.0.0.1:0',
      '--upstreams=simulated',
    ],
    {},
  );
  tumbler = await startServer(config, { logger: createLogger('silent') });
  sql = new pg.Client({ connectionString: tumbler.connectionString });
  await sql.connect();
  system = new pg.Client({
    host: '127.0.0.1',
    port: tumbler.internalSqlPort ?? 0,
    user: 'mz_system',
    database: 'materialize',
  });
  await system.connect();
  aws = new RawClient(tumbler.httpPort ?? 0);
});
afterAll(async () => {
  await sql.end();
  await system.end();
  await tumbler.stop();
});

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await sql.query<Record<string, unknown>>(text)).rows;
}

function update(SecretId: string, SecretString: string): Promise<Record<string, unknown>> {
  return aws.call('UpdateSecret', { SecretId, SecretString, ClientRequestToken: token() });
}

async function value(SecretId: string): Promise<unknown> {
  return (await aws.call('GetSecretValue', { SecretId }))['SecretString'];
}

describe('names', () => {
  it('a secret made in SQL has the path of its schema, and a lasting ARN', async () => {
    await sql.query("CREATE SECRET kafka_password AS 'one'");
    expect(await value('materialize/public/kafka_password')).toBe('one');
    const { ARN } = await aws.call('DescribeSecret', { SecretId: 'materialize/public/kafka_password' });
    await update(String(ARN), 'two');
    await aws.call('TagResource', { SecretId: ARN, Tags: [{ Key: 'a', Value: 'b' }] });
    const again = await aws.call('DescribeSecret', { SecretId: 'materialize/public/kafka_password' });
    expect(again['ARN']).toBe(ARN);
    await sql.query("ALTER SECRET kafka_password AS 'three'");
    expect(await value(String(ARN))).toBe('three');
  });

  it('a secret made through AWS is in database aws, or in the schema its name says', async () => {
    await aws.call('CreateSecret', { Name: 'prod/MyApp', SecretString: 'x', ClientRequestToken: token() });
    const made = { Name: 'materialize/public/by_aws', SecretString: 'y', ClientRequestToken: token() };
    await aws.call('CreateSecret', made);
    expect(
      await rows(`
        SELECT d.name AS database, s.name AS schema, x.name
        FROM mz_catalog.mz_secrets x
        JOIN mz_catalog.mz_schemas s ON s.id = x.schema_id
        JOIN mz_catalog.mz_databases d ON d.id = s.database_id
        WHERE x.name IN ('prod/MyApp', 'by_aws') ORDER BY 1`),
    ).toEqual([
      { database: 'aws', schema: 'secretsmanager', name: 'prod/MyApp' },
      { database: 'materialize', schema: 'public', name: 'by_aws' },
    ]);
    await sql.query(`ALTER SECRET aws.secretsmanager."prod/MyApp" AS 'from sql'`);
    expect(await value('prod/MyApp')).toBe('from sql');
    const taken = aws.call('CreateSecret', { ...made, ClientRequestToken: token() });
    await expect(taken).rejects.toThrow('already exists');
  });

  it('a comment is the description, both ways', async () => {
    await aws.call('UpdateSecret', {
      SecretId: 'prod/MyApp',
      Description: 'from aws',
      ClientRequestToken: token(),
    });
    const comment = "SELECT comment FROM mz_internal.mz_comments WHERE object_type = 'secret'";
    expect(await rows(comment)).toEqual([{ comment: 'from aws' }]);
    await sql.query(`COMMENT ON SECRET aws.secretsmanager."prod/MyApp" IS 'from sql'`);
    const described = await aws.call('DescribeSecret', { SecretId: 'prod/MyApp' });
    expect(described['Description']).toBe('from sql');
    await sql.query(`COMMENT ON SECRET aws.secretsmanager."prod/MyApp" IS NULL`);
    expect(await aws.call('DescribeSecret', { SecretId: 'prod/MyApp' })).not.toHaveProperty('Description');
  });
});

describe('running sources', () => {
  beforeAll(async () => {
    await aws.call('CreateSecret', { Name: 'prod/db', SecretString: 'first', ClientRequestToken: token() });
    await sql.query(
      `CREATE CONNECTION db TO POSTGRES (HOST localhost, DATABASE app, USER app, PASSWORD SECRET aws.secretsmanager."prod/db")`,
    );
    await sql.query("CREATE CLUSTER ingest (SIZE = '25cc')");
    await sql.query(
      "CREATE SOURCE app IN CLUSTER ingest FROM POSTGRES CONNECTION db (PUBLICATION 'p') FOR ALL TABLES",
    );
  });

  it('show as stale as soon as UpdateSecret has answered', async () => {
    expect(await rows('SELECT * FROM mz_tumbler.stale_secrets')).toEqual([]);
    const { VersionId } = await update('prod/db', 'second');
    expect(await rows('SELECT secret, current_version FROM mz_tumbler.stale_secrets')).toEqual([
      { secret: 'aws.secretsmanager."prod/db"', current_version: VersionId },
    ]);
    const [stale] = await rows('SELECT remedy FROM mz_tumbler.stale_secrets');
    for (const statement of String(stale?.['remedy']).split(/(?<=;) /)) await sql.query(statement);
    expect(await rows('SELECT * FROM mz_tumbler.stale_secrets')).toEqual([]);
  });

  it('keep their secret from being deleted, and nothing new may use it', async () => {
    const force = aws.call('DeleteSecret', { SecretId: 'prod/db', ForceDeleteWithoutRecovery: true });
    await expect(force).rejects.toThrow('still used by CONNECTION materialize.public.db');
    await aws.call('DeleteSecret', { SecretId: 'prod/db', RecoveryWindowInDays: 7 });
    const use = sql.query(
      `CREATE CONNECTION more TO POSTGRES (HOST localhost, DATABASE app, USER app, PASSWORD SECRET aws.secretsmanager."prod/db")`,
    );
    await expect(use).rejects.toThrow('is scheduled for deletion');
    const alter = sql.query(`ALTER SECRET aws.secretsmanager."prod/db" AS 'x'`);
    await expect(alter).rejects.toThrow('is scheduled for deletion');
    await aws.call('RestoreSecret', { SecretId: 'prod/db' });
    await sql.query(`ALTER SECRET aws.secretsmanager."prod/db" AS 'third'`);
    expect(await value('prod/db')).toBe('third');
  });
});

it('max_secrets is for SQL alone', async () => {
  await system.query('ALTER SYSTEM SET max_secrets = 1');
  try {
    await expect(sql.query("CREATE SECRET one_more AS 'x'")).rejects.toThrow('max_secrets');
    await aws.call('CreateSecret', { Name: 'one/more', SecretString: 'x', ClientRequestToken: token() });
  } finally {
    await system.query('ALTER SYSTEM RESET max_secrets');
  }
});

it('values of SQL and of AWS written at once leave a history without holes', async () => {
  await sql.query("CREATE SECRET busy AS '0'");
  const name = 'materialize/public/busy';
  const reader = new pg.Client({ connectionString: tumbler.connectionString });
  await reader.connect();
  const throughAws = async (): Promise<void> => {
    for (let i = 0; i < 20; i += 1) await update(name, `aws${i}`);
  };
  const throughSql = async (): Promise<void> => {
    for (let i = 0; i < 20; i += 1) await sql.query(`ALTER SECRET busy AS 'sql${i}'`);
  };
  let done = false;
  const all = Promise.all([throughAws(), throughSql()]).then(() => (done = true));
  const seen = `
    SELECT count(*) FILTER (WHERE 'AWSCURRENT' = ANY (v.stages))::text AS current
    FROM mz_tumbler.secret_versions v JOIN mz_catalog.mz_secrets s ON s.id = v.secret_id WHERE s.name = 'busy'`;
  while (!done) {
    expect((await reader.query(seen)).rows).toEqual([{ current: '1' }]);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await all;
  await reader.end();
  const listed = await aws.call('ListSecretVersionIds', { SecretId: name, IncludeDeprecated: true });
  expect(listed['Versions']).toHaveLength(41);
});

it('calls show in mz_tumbler.aws_events', async () => {
  const events = await rows(
    "SELECT event_name, count(*)::text AS n FROM mz_tumbler.aws_events WHERE event_name = 'DeleteSecret' GROUP BY 1",
  );
  expect(events).toEqual([{ event_name: 'DeleteSecret', n: '2' }]);
});
