/** Rotation on a real PostgreSQL: the built-in functions, the TLS option of a secret, and a rotation that another run left. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAws, type TestAws } from './aws/harness.ts';
import { Rotations, rotationSuite, type Login, type RotatedDatabase } from './aws/rotation-suite.ts';
import { makeCertificate } from './support/certificates.ts';
import { startPostgres, type TestPostgres } from './support/postgres.ts';

const ADMINISTRATOR = { username: 'admin', password: 'admin-password' };

/** Everybody must give a password but the superuser, who is the tests' own. */
const HBA = ['host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256', ''].join(
  '\n',
);
/** As {@link HBA}; members of a certain role may not come without TLS. */
const SECURE_HBA = [
  'host all postgres 127.0.0.1/32 trust',
  'hostnossl all +needs_tls 127.0.0.1/32 reject',
  'host all all 127.0.0.1/32 scram-sha-256',
  '',
].join('\n');

async function canLogIn(server: TestPostgres, { username, password }: Login, tls = false): Promise<boolean> {
  const { host, port } = server;
  const ssl = tls ? { rejectUnauthorized: false } : false;
  const client = new pg.Client({ host, port, user: username, password, database: 'postgres', ssl });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === '28P01' || code === '28000') return false;
    throw error;
  }
}

async function databaseOf(server: TestPostgres): Promise<RotatedDatabase> {
  const { username, password } = ADMINISTRATOR;
  await server.psql(`CREATE ROLE ${username} LOGIN SUPERUSER PASSWORD '${password}'`);
  return {
    engine: 'postgres',
    functions: 'tumbler-postgres-',
    host: server.host,
    port: server.port,
    dbname: 'postgres',
    administrator: ADMINISTRATOR,
    addUser: async (name, secret) =>
      void (await server.psql(`CREATE ROLE ${name} LOGIN PASSWORD '${secret}'`)),
    setPassword: async (name, secret) => void (await server.psql(`ALTER ROLE ${name} PASSWORD '${secret}'`)),
    canLogIn: (login) => canLogIn(server, login),
  };
}

const postgres = await startPostgres({ hba: HBA });
afterAll(() => postgres?.stop());
const db = postgres === null ? null : await databaseOf(postgres);
rotationSuite('PostgreSQL', db);

describe.skipIf(postgres === null)('PostgreSQL roles', () => {
  let server: TestAws;
  let r: Rotations;
  beforeAll(async () => {
    server = await startAws();
    r = new Rotations(server, db!);
  });
  afterAll(() => server.stop());

  it('a clone is a member of its role; names need no care', async () => {
    const username = `O'Brien "x"`;
    await postgres!.psql(`CREATE ROLE "O'Brien ""x""" LOGIN PASSWORD 'first'`);
    const admin = await r.t.make({ SecretString: r.secretFor(ADMINISTRATOR) });
    const login = { username, password: 'first' };
    const { name } = await r.t.make({ SecretString: r.secretFor(login, { masterarn: admin.arn }) });
    await r.rotateBy(name, 'alternating-users');
    expect(await db!.canLogIn(await r.current(name))).toBe(true);
    const members = `SELECT count(*)::text FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
      WHERE r.rolname = 'O''Brien "x"_clone' AND m.roleid = '"O''Brien ""x"""'::regrole`;
    expect(await postgres!.psql(members)).toEqual([['1']]);
  });

  it('passwords reach the database as verifiers, not as text', async () => {
    const user = await r.newUser();
    await r.rotateBy(user.secret, 'single-user');
    const [[verifier] = []] = await postgres!.psql(
      `SELECT rolpassword FROM pg_authid WHERE rolname = '${user.username}'`,
    );
    expect(verifier).toMatch(/^SCRAM-SHA-256\$/);
  });

  it('a rotation that a former run of the server left after setSecret is taken up', async () => {
    const user = await r.newUser();
    // The database has the pending password, the label has not moved.
    const pending = { ...user, password: 'changed-already' };
    const version = await r.t.put(user.secret, r.secretFor(pending), ['AWSPENDING']);
    await db!.setPassword(user.username, pending.password);
    const snapshot = server.committer.current();
    const item = [...snapshot.items.values()].find((i) => i.name === user.secret);
    if (item?.kind !== 'secret' || item.aws === undefined) throw new Error('not made');
    const rotation = {
      enabled: true,
      lambdaArn: 'arn:aws:lambda:us-east-1:123456789012:function:tumbler-postgres-single-user',
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
    expect((await r.t.get(user.secret))['VersionId']).toBe(version);
    expect(await db!.canLogIn(pending)).toBe(true);
  });
});

const certificate = makeCertificate('localhost');
const secure =
  postgres === null || certificate === null
    ? null
    : await startPostgres({
        hba: SECURE_HBA,
        tls: { certificate: certificate.cert, key: certificate.key },
      });
afterAll(() => secure?.stop());

describe.skipIf(secure === null)('the ssl option of a secret', () => {
  let server: TestAws;
  let r: Rotations;
  beforeAll(async () => {
    server = await startAws();
    r = new Rotations(server, await databaseOf(secure!));
    await secure!.psql('CREATE ROLE needs_tls');
  });
  afterAll(() => server.stop());

  it.each([
    // A user that may not come without TLS: it was used.
    [true, undefined, true],
    [true, false, false],
    [true, 'false', false],
    // A certificate nobody vouches for.
    [true, true, false],
    [false, true, false],
    [false, 'True', false],
    [false, false, true],
    [false, undefined, true],
  ])('user needs TLS: %j, ssl %j: %j', async (needed, ssl, works) => {
    const { secret, ...login } = await r.newUser(ssl === undefined ? {} : { ssl });
    if (needed) await secure!.psql(`GRANT needs_tls TO ${login.username}`);
    const version = await r.rotateBy(secret, 'single-user');
    expect((await r.t.stages(secret))[version]?.includes('AWSCURRENT')).toBe(works);
    const now = await r.current(secret);
    expect(await canLogIn(secure!, now, true)).toBe(true);
    expect(now.password !== login.password).toBe(works);
  });
});
