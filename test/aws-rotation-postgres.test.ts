/** Rotation on a real PostgreSQL: the built-in functions change the password there, and a function that breaks off in any step leaves a working secret. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAMBDA, startFunction, type TestFunction } from './aws/function.ts';
import { startAws, token, type TestAws } from './aws/harness.ts';
import { RowContext } from './aws/rows/row.ts';
import { startPostgres, type TestPostgres } from './support/postgres.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:tumbler-postgres-';
const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

/** Everybody must give a password but the superuser. */
const HBA = ['host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256', ''].join(
  '\n',
);

const postgres = await startPostgres({ hba: HBA });
let server: TestAws;
let lambda: TestFunction;
let t: RowContext;

beforeAll(async () => {
  lambda = await startFunction();
  server = await startAws({ functions: new Map([[LAMBDA, lambda.url]]) });
  lambda.connect(server.port);
  t = new RowContext(server);
});

afterAll(async () => {
  await server.stop();
  await lambda.stop();
  await postgres?.stop();
});

function secretFor(db: TestPostgres, username: string, password: string, more = {}): string {
  const { host, port } = db;
  return JSON.stringify({ engine: 'postgres', host, port, username, password, dbname: 'postgres', ...more });
}

interface Login {
  readonly username: string;
  readonly password: string;
}

async function current(secretId: string): Promise<Login> {
  return JSON.parse(String((await t.get(secretId))['SecretString'])) as Login;
}

async function canLogIn(db: TestPostgres, { username, password }: Login): Promise<boolean> {
  const client = new pg.Client({
    host: db.host,
    port: db.port,
    user: username,
    password,
    database: 'postgres',
  });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

async function rotate(secretId: string, RotationLambdaARN?: string): Promise<string> {
  const ClientRequestToken = token();
  const more = RotationLambdaARN === undefined ? {} : { RotationLambdaARN };
  await t.ok('RotateSecret', { SecretId: secretId, ClientRequestToken, ...more });
  await server.aws.idle();
  return ClientRequestToken;
}

describe.skipIf(postgres === null)(
  `rotation with PostgreSQL${postgres === null ? ' (not installed)' : ''}`,
  () => {
    const db = postgres as TestPostgres;

    it('single user: the password changes in the database and in the secret', async () => {
      await db.psql("CREATE ROLE single LOGIN PASSWORD 'first'");
      const { name } = await t.make({ SecretString: secretFor(db, 'single', 'first') });
      const version = await rotate(name, `${FUNCTION}single-user`);
      const after = await current(name);
      expect((await t.get(name))['VersionId']).toBe(version);
      expect(after.username).toBe('single');
      expect(after.password).toHaveLength(32);
      expect(await canLogIn(db, after)).toBe(true);
      expect(await canLogIn(db, { username: 'single', password: 'first' })).toBe(false);
      // And again, with the function and rules it has.
      await rotate(name);
      expect(await canLogIn(db, await current(name))).toBe(true);
      expect(await canLogIn(db, after)).toBe(false);
    });

    it('alternating users: the clone gets the password, the first user keeps working', async () => {
      await db.psql("CREATE ROLE app LOGIN PASSWORD 'first'");
      const admin = await t.make({ SecretString: secretFor(db, 'postgres', 'unused') });
      const { name } = await t.make({
        SecretString: secretFor(db, 'app', 'first', { masterarn: admin.arn }),
      });
      await rotate(name, `${FUNCTION}alternating-users`);
      const clone = await current(name);
      expect(clone.username).toBe('app_clone');
      expect(await canLogIn(db, clone)).toBe(true);
      expect(await canLogIn(db, { username: 'app', password: 'first' })).toBe(true);
      await rotate(name);
      const back = await current(name);
      expect(back.username).toBe('app');
      expect(await canLogIn(db, back)).toBe(true);
      expect(await canLogIn(db, clone)).toBe(true);
      const memberships = await db.psql("SELECT pg_has_role('app_clone', 'app', 'member')::text");
      expect(memberships).toEqual([['true']]);
    });

    it('a wrong current password fails the rotation and leaves everything as it was', async () => {
      await db.psql("CREATE ROLE wrong LOGIN PASSWORD 'real'");
      const { name, v1 } = await t.make({ SecretString: secretFor(db, 'wrong', 'not it') });
      const version = await rotate(name, `${FUNCTION}single-user`);
      expect(await t.stages(name)).toEqual({ [v1]: ['AWSCURRENT'], [version]: ['AWSPENDING'] });
      expect(await canLogIn(db, { username: 'wrong', password: 'real' })).toBe(true);
      expect(server.logged()).not.toContain('not it');
    });

    it.each(STEPS)('a function that crashes in %s is tried again and comes to its end', async (step) => {
      const { name, v1 } = await t.make();
      lambda.failIn(step, 'crash');
      const version = await rotate(name, LAMBDA);
      const failed = await t.stages(name);
      expect(failed[v1]).toEqual(['AWSCURRENT']);
      expect(failed[version]).toEqual(['AWSPENDING']);
      expect(await t.describe(name)).not.toHaveProperty('LastRotatedDate');
      lambda.failIn(undefined);
      server.advance(61_000);
      await server.aws.sweep();
      await server.aws.idle();
      expect((await t.get(name))['VersionId']).toBe(version);
      expect(await t.describe(name)).toHaveProperty('LastRotatedDate');
    });

    it('a rotation that breaks off after the password changed in the database recovers', async () => {
      await db.psql("CREATE ROLE halfway LOGIN PASSWORD 'first'");
      const { name } = await t.make({ SecretString: secretFor(db, 'halfway', 'first') });
      // As if the server had ended after setSecret: the database has the pending password, the label has not moved.
      const pending = { username: 'halfway', password: 'changed-already' };
      const version = await t.put(name, secretFor(db, pending.username, pending.password), ['AWSPENDING']);
      await db.psql("ALTER ROLE halfway PASSWORD 'changed-already'");
      const snapshot = server.committer.current();
      const item = [...snapshot.items.values()].find((i) => i.name === name);
      if (item?.kind !== 'secret' || item.aws === undefined) throw new Error('not made');
      const rotation = {
        enabled: true,
        lambdaArn: `${FUNCTION}single-user`,
        configuredAt: server.now(),
        attempt: { token: version, hasValue: true, kind: 'rotate', startedAt: server.now(), failures: 0 },
      } as const;
      const record = { ...item, aws: { ...item.aws, rotation } };
      await server.committer.commit(() => ({
        changes: [{ kind: 'put', collection: 'item', record }],
        result: undefined,
      }));
      await server.aws.sweep();
      await server.aws.idle();
      expect((await t.get(name))['VersionId']).toBe(version);
      expect(await canLogIn(db, pending)).toBe(true);
    });
  },
);
