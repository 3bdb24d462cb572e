/** What the built-in rotation functions must do with a database, whichever it is: the tests of PostgreSQL and MySQL share it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFunction, type Failure, type FunctionEvent, type TestFunction } from './function.ts';
import { startAws, token, type TestAws } from './harness.ts';
import { RowContext } from './rows/row.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** A real database and what the tests do with it behind the service's back. */
export interface RotatedDatabase {
  /** `engine` of its secrets. */
  readonly engine: string;
  /** Of the built-in functions: `tumbler-postgres-`. */
  readonly functions: string;
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
  /** May make and change users. */
  readonly administrator: Login;
  addUser(name: string, password: string): Promise<void>;
  /** Gives a user a password that the service knows nothing of. */
  setPassword(name: string, password: string): Promise<void>;
  /** Whether these let one in, over TCP. */
  canLogIn(login: Login): Promise<boolean>;
}

export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
const FAILURES: readonly Failure[] = ['crash', 'crash after', 'error'];
const STRATEGIES = ['single-user', 'alternating-users'] as const;
type Strategy = (typeof STRATEGIES)[number];

const LAMBDA = 'arn:aws:lambda:us-east-1:123456789012:function:';

let users = 0;

/** A server that rotates secrets of a database, and what tests ask of it. */
export class Rotations {
  readonly server: TestAws;
  readonly t: RowContext;
  readonly db: RotatedDatabase;

  constructor(server: TestAws, db: RotatedDatabase) {
    this.server = server;
    this.t = new RowContext(server);
    this.db = db;
  }

  /** SecretString of a login, in the structure that AWS's rotation functions take. */
  secretFor({ username, password }: Login, more: Record<string, unknown> = {}): string {
    const { engine, host, port, dbname } = this.db;
    return JSON.stringify({ engine, host, port, username, password, dbname, ...more });
  }

  /** A new user of the database, with its secret, and an administrator's secret beside it. */
  async newUser(more: Record<string, unknown> = {}): Promise<Login & { readonly secret: string }> {
    users += 1;
    const login = { username: `user${users}`, password: `first-${users}` };
    await this.db.addUser(login.username, login.password);
    const admin = await this.t.make({ SecretString: this.secretFor(this.db.administrator) });
    const SecretString = this.secretFor(login, { masterarn: admin.arn, ...more });
    const { name } = await this.t.make({ SecretString });
    return { ...login, secret: name };
  }

  async current(secret: string): Promise<Login> {
    return JSON.parse(String((await this.t.get(secret))['SecretString'])) as Login;
  }

  /** Rotates and waits; answers the new version. */
  async rotate(secret: string, functionName?: string): Promise<string> {
    const ClientRequestToken = token();
    const more = functionName === undefined ? {} : { RotationLambdaARN: LAMBDA + functionName };
    await this.t.ok('RotateSecret', { SecretId: secret, ClientRequestToken, ...more });
    await this.server.aws.idle();
    return ClientRequestToken;
  }

  /** Rotates with the built-in function of a strategy. */
  rotateBy(secret: string, strategy: Strategy): Promise<string> {
    return this.rotate(secret, this.db.functions + strategy);
  }

  /** The time of the next try comes. */
  async tryAgain(): Promise<void> {
    this.server.advance(3_600_000);
    await this.server.aws.sweep();
    await this.server.aws.idle();
  }

  /** The rotation failed: the labels are as they were but for the pending version, and the database is untouched. */
  async expectFailed(user: Login & { readonly secret: string }, version: string): Promise<void> {
    const stages = await this.t.stages(user.secret);
    expect(stages[version]).toEqual(['AWSPENDING']);
    expect(Object.values(stages)).toContainEqual(['AWSCURRENT']);
    expect(await this.t.describe(user.secret)).not.toHaveProperty('LastRotatedDate');
    const { password } = await this.current(user.secret);
    expect(password).toBe(user.password);
  }
}

/** Registers the tests. `db`: null where the database is not installed; the tests are skipped then. */
export function rotationSuite(title: string, db: RotatedDatabase | null): void {
  describe.skipIf(db === null)(`rotation with ${title}${db === null ? ' (not installed)' : ''}`, () => {
    let server: TestAws;
    let lambda: TestFunction;
    let r: Rotations;
    /** The strategy that the function behind the runtime endpoint follows. */
    let behindEndpoint: Strategy = 'single-user';

    beforeAll(async () => {
      lambda = await startFunction(async (event) => {
        const arn = LAMBDA + db!.functions + behindEndpoint;
        await server.aws.room.functions.find(arn)!.invoke(event as FunctionEvent & { Step: 'setSecret' });
      });
      server = await startAws({ functions: new Map([[`${LAMBDA}crashing`, lambda.url]]) });
      r = new Rotations(server, db!);
    });
    afterAll(async () => {
      await server.stop();
      await lambda.stop();
    });

    it('single user: the password changes in the database and in the secret', async () => {
      const user = await r.newUser({ note: 'stays', ssl: 'maybe' });
      const version = await r.rotateBy(user.secret, 'single-user');
      const answer = await r.t.get(user.secret);
      expect(answer['VersionId']).toBe(version);
      const { password, ...rest } = JSON.parse(String(answer['SecretString'])) as Login;
      const { password: _first, ...before } = JSON.parse(r.secretFor(user)) as Login;
      expect(rest).toMatchObject({ ...before, note: 'stays', ssl: 'maybe' });
      expect(password).toHaveLength(32);
      expect(await db!.canLogIn({ ...user, password })).toBe(true);
      expect(await db!.canLogIn(user)).toBe(false);
      await r.rotate(user.secret);
      expect(await db!.canLogIn(await r.current(user.secret))).toBe(true);
      expect(await db!.canLogIn({ ...user, password })).toBe(false);
    });

    it('alternating users: the other user gets the password, the first one keeps working', async () => {
      const user = await r.newUser();
      const clones: Login[] = [];
      for (const username of [`${user.username}_clone`, user.username, `${user.username}_clone`]) {
        await r.rotate(user.secret, `${db!.functions}alternating-users`);
        const now = await r.current(user.secret);
        expect(now.username).toBe(username);
        expect(await db!.canLogIn(now)).toBe(true);
        if (clones.length === 0) expect(await db!.canLogIn(user)).toBe(true);
        else expect(await db!.canLogIn(clones.at(-1)!)).toBe(true);
        clones.push(now);
      }
      expect(await db!.canLogIn(user)).toBe(false);
      expect(await db!.canLogIn(clones[0]!)).toBe(false);
    });

    describe.each(STRATEGIES)('a function that breaks off, %s', (strategy) => {
      const cases = STEPS.flatMap((step) => FAILURES.map((how) => [step, how] as const));
      it.each(cases)('in %s (%s) is tried again and comes to its end', async (step, how) => {
        behindEndpoint = strategy;
        const user = await r.newUser();
        lambda.failIn(step, how);
        const version = await r.rotate(user.secret, 'crashing');
        lambda.failIn(undefined);
        const stages = await r.t.stages(user.secret);
        // Only the last step moves the label, and only when it came as far as that.
        if (step !== 'finishSecret' || how !== 'crash after') {
          expect(stages[version]).toEqual(['AWSPENDING']);
          expect(Object.values(stages)).toContainEqual(['AWSCURRENT']);
          if (strategy === 'alternating-users') expect(await db!.canLogIn(user)).toBe(true);
        }
        await r.tryAgain();
        const now = await r.current(user.secret);
        expect((await r.t.get(user.secret))['VersionId']).toBe(version);
        expect(await db!.canLogIn(now)).toBe(true);
        expect(now.password).not.toBe(user.password);
        expect((await r.t.stages(user.secret))[version]).toContain('AWSCURRENT');
        expect(await r.t.describe(user.secret)).toHaveProperty('LastRotatedDate');
      });
    });

    it('a wrong current password fails the rotation and leaves everything as it was', async () => {
      const user = await r.newUser();
      await db!.setPassword(user.username, 'nobody-knows-it');
      const version = await r.rotateBy(user.secret, 'single-user');
      await r.expectFailed(user, version);
      expect(await db!.canLogIn({ ...user, password: 'nobody-knows-it' })).toBe(true);
      // The password is found again: the same rotation goes on.
      await db!.setPassword(user.username, user.password);
      await r.tryAgain();
      expect(await db!.canLogIn(await r.current(user.secret))).toBe(true);
    });

    it('the previous password does where a label moved and the password did not', async () => {
      const user = await r.newUser();
      await r.t.put(user.secret, r.secretFor({ ...user, password: 'never-set' }));
      await r.rotateBy(user.secret, 'single-user');
      expect(await db!.canLogIn(await r.current(user.secret))).toBe(true);
    });

    it.each<[string, (own: string) => Record<string, unknown> | null]>([
      ['with a wrong password', () => ({ ...db!.administrator, password: 'wrong' })],
      ['for another server', () => ({ ...db!.administrator, port: db!.port + 1 })],
      ['of a user who may not make users', () => ({ username: 'weak', password: 'weak-password' })],
      ['that is not there', () => null],
    ])("an administrator's secret %s fails the rotation", async (_title, make) => {
      const user = await r.newUser();
      await db!.addUser('weak', 'weak-password').catch(() => undefined);
      const login = make(user.secret);
      const admin =
        login === null
          ? { arn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:gone-AbCdEf' }
          : await r.t.make({ SecretString: r.secretFor(login as unknown as Login, login) });
      await r.t.put(user.secret, r.secretFor(user, { masterarn: admin.arn }));
      const version = await r.rotateBy(user.secret, 'alternating-users');
      await r.expectFailed(user, version);
      expect(await db!.canLogIn({ username: `${user.username}_clone`, password: 'x' })).toBe(false);
    });

    it('no administrator at all fails alternating users', async () => {
      const user = await r.newUser({ masterarn: undefined });
      await r.expectFailed(user, await r.rotateBy(user.secret, 'alternating-users'));
    });

    it("a secret that names somebody else does not get the administrator's help", async () => {
      const [victim, thief] = [await r.newUser(), await r.newUser()];
      const SecretString = String((await r.t.get(thief.secret))['SecretString']);
      const names = JSON.stringify({ ...(JSON.parse(SecretString) as object), username: victim.username });
      await r.t.put(thief.secret, names);
      await r.rotateBy(thief.secret, 'alternating-users');
      expect(await db!.canLogIn(victim)).toBe(true);
      expect(await db!.canLogIn({ username: `${victim.username}_clone`, password: 'x' })).toBe(false);
      expect((await r.current(thief.secret)).password).toBe(thief.password);
    });

    it.each<[string, (user: Login) => string]>([
      ['no JSON', () => 'postgres://user@host'],
      ['another engine', (user) => r.secretFor(user, { engine: 'oracle' })],
      ['no password', (user) => r.secretFor(user, { password: undefined })],
      ['no host', (user) => r.secretFor(user, { host: undefined })],
      ['a port that is none', (user) => r.secretFor(user, { port: 'x' })],
    ])('a secret with %s fails in the first step', async (_title, text) => {
      const user = await r.newUser();
      const v2 = await r.t.put(user.secret, text(user));
      const version = await r.rotateBy(user.secret, 'single-user');
      const stages = await r.t.stages(user.secret);
      expect(stages[v2]).toEqual(['AWSCURRENT']);
      expect(stages[version]).toEqual(['AWSPENDING']);
      expect(await db!.canLogIn(user)).toBe(true);
    });

    it('what a secret may leave out, and a port as text', async () => {
      const user = await r.newUser();
      const bare = r.secretFor(user, { engine: undefined, dbname: undefined, port: String(db!.port) });
      await r.t.put(user.secret, bare);
      await r.rotateBy(user.secret, 'single-user');
      expect(await db!.canLogIn(await r.current(user.secret))).toBe(true);
    });

    it('no password is in the log or in the audit log', async () => {
      const user = await r.newUser();
      await r.rotateBy(user.secret, 'single-user');
      const { password } = await r.current(user.secret);
      await db!.setPassword(user.username, 'nobody-knows-that');
      await r.rotate(user.secret);
      const written = server.logged() + JSON.stringify(server.aws.events());
      for (const secret of [user.password, password, 'nobody-knows-that', db!.administrator.password]) {
        expect(written).not.toContain(secret);
      }
    });
  });
}
