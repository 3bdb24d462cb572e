/** Rotation on a real MariaDB: the built-in functions for MySQL, the TLS option of a secret, and what SQL shows afterwards. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { createLogger } from '../src/log.ts';
import { startServer, type TumblerServer } from '../src/server.ts';
import { RawClient, startAws, token, type TestAws } from './aws/harness.ts';
import { ADMINISTRATOR, canLogIn, databaseOf } from './aws/mysql-database.ts';
import { Rotations, rotationSuite, type Login } from './aws/rotation-suite.ts';
import { makeCertificate } from './support/certificates.ts';
import { startMariadb } from './support/mariadb.ts';
import { startPostgres } from './support/postgres.ts';

const mariadb = await startMariadb();
afterAll(() => mariadb?.stop());

const db = mariadb === null ? null : await databaseOf(mariadb);
rotationSuite('MariaDB', db);

describe.skipIf(mariadb === null)('MySQL accounts', () => {
  let server: TestAws;
  let r: Rotations;
  beforeAll(async () => {
    server = await startAws();
    r = new Rotations(server, db!);
  });
  afterAll(() => server.stop());

  it('a clone has the grants of every account of its user, also those that came later', async () => {
    await mariadb!.sql("CREATE USER 'many'@'%' IDENTIFIED BY 'pw'");
    await mariadb!.sql("CREATE USER 'many'@'127.0.0.1' IDENTIFIED BY 'pw'");
    await mariadb!.sql('CREATE DATABASE `to be`');
    await mariadb!.sql('CREATE TABLE `to be`.`what? TO x@y` (a int, b int)');
    await mariadb!.sql('CREATE ROLE reader');
    await mariadb!.sql(`GRANT reader TO '${ADMINISTRATOR.username}'@'%' WITH ADMIN OPTION`);
    for (const host of ['%', '127.0.0.1']) {
      await mariadb!.sql(`GRANT ALL ON app.* TO 'many'@'${host}' WITH GRANT OPTION`);
      await mariadb!.sql(`GRANT SELECT (a), INSERT ON \`to be\`.\`what? TO x@y\` TO 'many'@'${host}'`);
      await mariadb!.sql(`GRANT reader TO 'many'@'${host}'`);
    }
    const admin = await r.t.make({ SecretString: r.secretFor(ADMINISTRATOR) });
    const login = { username: 'many', password: 'pw' };
    const { name } = await r.t.make({ SecretString: r.secretFor(login, { masterarn: admin.arn }) });
    const grants = async (user: string, host: string): Promise<string[]> => {
      const rows = await mariadb!.sql(`SHOW GRANTS FOR '${user}'@'${host}'`);
      const texts = rows.map((row) => String(Object.values(row)[0]).replaceAll('many_clone', 'many'));
      return texts.map((text) => text.replace(/IDENTIFIED BY PASSWORD '\*\w+'/, '')).sort();
    };
    await r.rotateBy(name, 'alternating-users');
    for (const host of ['%', '127.0.0.1']) {
      expect(await grants('many_clone', host)).toEqual(await grants('many', host));
    }
    await mariadb!.sql("GRANT PROCESS ON *.* TO 'many'@'%'");
    await r.rotate(name);
    await r.rotate(name);
    expect(await grants('many_clone', '%')).toEqual(await grants('many', '%'));
    expect(await db!.canLogIn(await r.current(name))).toBe(true);
  });

  it('a password is never read as SQL, whatever the mode of the server', async () => {
    await mariadb!.sql("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'");
    try {
      const user = await r.newUser();
      const pending = String.raw`x\' OR 1=1; -- "`;
      const version = await r.t.put(user.secret, r.secretFor({ ...user, password: pending }), ['AWSPENDING']);
      const found = server.aws.room.functions.find(
        'arn:aws:lambda:us-east-1:123456789012:function:tumbler-mysql-single-user',
      );
      const described = await r.t.describe(user.secret);
      const event = { SecretId: String(described['ARN']), ClientRequestToken: version };
      await found!.invoke({ Step: 'setSecret', ...event });
      expect(await db!.canLogIn({ ...user, password: pending })).toBe(true);
    } finally {
      await mariadb!.sql('SET GLOBAL sql_mode = DEFAULT');
    }
  });

  it('a server that is away fails the rotation, and it goes on when it is back', async () => {
    const away = (await startMariadb())!;
    const { addUser, ...database } = await databaseOf(away);
    await addUser('patient', 'first');
    const patient = new Rotations(server, { ...database, addUser });
    const login = { username: 'patient', password: 'first' };
    const { name } = await r.t.make({ SecretString: patient.secretFor(login) });
    await away.pause();
    const version = await r.rotateBy(name, 'single-user');
    expect((await r.t.stages(name))[version]).toEqual(['AWSPENDING']);
    await away.resume();
    await r.tryAgain();
    const now = await r.current(name);
    expect(await canLogIn(away, now)).toBe(true);
    expect(await canLogIn(away, login)).toBe(false);
    await away.stop();
  });
});

const certificate = makeCertificate('localhost');
const secure = mariadb === null || certificate === null ? null : await startMariadb({ tls: certificate });
afterAll(() => secure?.stop());

describe.skipIf(secure === null)('the ssl option of a secret', () => {
  let server: TestAws;
  let r: Rotations;
  beforeAll(async () => {
    server = await startAws();
    r = new Rotations(server, await databaseOf(secure!));
  });
  afterAll(() => server.stop());

  async function user(required: string, ssl: unknown): Promise<{ secret: string; login: Login }> {
    const { secret, ...login } = await r.newUser(ssl === undefined ? {} : { ssl });
    await secure!.sql(`ALTER USER '${login.username}'@'%' REQUIRE ${required}`);
    return { secret, login };
  }

  it.each([
    // A user that may not come without TLS: it was used.
    ['SSL', undefined, true],
    ['SSL', false, false],
    ['SSL', 'false', false],
    // A certificate nobody vouches for.
    ['SSL', true, false],
    ['NONE', true, false],
    ['NONE', 'True', false],
    ['NONE', false, true],
    ['NONE', undefined, true],
  ])('user REQUIRE %s, ssl %j: %j', async (required, ssl, works) => {
    const { secret, login } = await user(required, ssl);
    const version = await r.rotateBy(secret, 'single-user');
    const stages = (await r.t.stages(secret))[version];
    expect(stages?.includes('AWSCURRENT')).toBe(works);
    const now = await r.current(secret);
    expect(await canLogIn(secure!, now, true)).toBe(true);
    expect(now.password !== login.password).toBe(works);
  });

  it('a clone needs TLS when its user does', async () => {
    const { secret } = await user('SSL', undefined);
    await r.rotateBy(secret, 'alternating-users');
    const clone = await r.current(secret);
    expect(clone.username).toMatch(/_clone$/);
    expect(await canLogIn(secure!, clone, true)).toBe(true);
    expect(await canLogIn(secure!, clone, false)).toBe(false);
  });
});

const upstream =
  mariadb === null
    ? null
    : await startPostgres({ conf: ['wal_level = logical'], hba: 'host all all 127.0.0.1/32 trust\n' });
afterAll(() => upstream?.stop());

describe.skipIf(upstream === null)('a rotated secret that a running source holds', () => {
  let tumbler: TumblerServer;
  let sql: pg.Client;
  let aws: RawClient;
  beforeAll(async () => {
    await upstream!.psql('CREATE TABLE t (a int PRIMARY KEY)');
    await upstream!.psql('ALTER TABLE t REPLICA IDENTITY FULL');
    await upstream!.psql('CREATE PUBLICATION p FOR ALL TABLES');
    const loopback = (door: string): string => `--${door}-listen-addr=127.0.0.1:0`;
    const config = readConfig(
      ['--data-dir=:memory:', loopback('sql'), loopback('internal-sql'), loopback('http')],
      {},
    );
    tumbler = await startServer(config, { logger: createLogger('silent') });
    sql = new pg.Client({ connectionString: tumbler.connectionString });
    await sql.connect();
    aws = new RawClient(tumbler.httpPort ?? 0);
  });
  afterAll(async () => {
    await sql.end();
    await tumbler.stop();
  });

  it('is stale in SQL once the rotation is done', async () => {
    const { engine, host, port, addUser } = db!;
    await addUser('shown', 'first');
    const SecretString = JSON.stringify({ engine, host, port, username: 'shown', password: 'first' });
    await aws.call('CreateSecret', { Name: 'prod/shown', SecretString, ClientRequestToken: token() });
    await sql.query(
      `CREATE CONNECTION c TO POSTGRES (HOST '127.0.0.1', PORT ${upstream!.port}, DATABASE postgres, USER postgres,
         PASSWORD SECRET aws.secretsmanager."prod/shown")`,
    );
    await sql.query("CREATE CLUSTER ingest (SIZE = '25cc')");
    await sql.query(
      "CREATE SOURCE s IN CLUSTER ingest FROM POSTGRES CONNECTION c (PUBLICATION 'p') FOR ALL TABLES",
    );
    const stale = async (): Promise<unknown[]> =>
      (await sql.query('SELECT object, secret, current_version FROM mz_tumbler.stale_secrets')).rows;
    expect(await stale()).toEqual([]);
    const ClientRequestToken = token();
    await aws.call('RotateSecret', {
      SecretId: 'prod/shown',
      ClientRequestToken,
      RotationLambdaARN: `arn:aws:lambda:us-east-1:000000000000:function:tumbler-mysql-single-user`,
    });
    await expect
      .poll(async () => (await aws.call('DescribeSecret', { SecretId: 'prod/shown' }))['LastRotatedDate'], {
        timeout: 20_000,
      })
      .toBeDefined();
    expect(await stale()).toEqual([
      {
        object: 'materialize.public.s',
        secret: 'aws.secretsmanager."prod/shown"',
        current_version: ClientRequestToken,
      },
    ]);
    await sql.query('ALTER CLUSTER ingest SET (REPLICATION FACTOR = 0)');
    await sql.query('ALTER CLUSTER ingest SET (REPLICATION FACTOR = 1)');
    expect(await stale()).toEqual([]);
    const { SecretString: after } = await aws.call('GetSecretValue', { SecretId: 'prod/shown' });
    expect(await db!.canLogIn(JSON.parse(String(after)) as Login)).toBe(true);
    expect(await db!.canLogIn({ username: 'shown', password: 'first' })).toBe(false);
  });
});
