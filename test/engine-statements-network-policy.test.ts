/** Network policies: their rules, and who is let in. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  errorText,
  startEngine,
  type ErrorText,
  type TestEngine,
  type TestSession,
} from './support/engine.ts';

let engine: TestEngine;
let system: TestSession;
let admin: TestSession;

beforeEach(async () => {
  engine = await startEngine();
  system = await engine.session('mz_system');
  admin = await engine.session('materialize');
});
afterEach(() => engine.close());

function rule(address: string): string {
  return `(ACTION = 'allow', DIRECTION = 'ingress', ADDRESS = '${address}')`;
}

async function loginError(clientIp: string): Promise<ErrorText | null> {
  try {
    (await engine.session('materialize', { clientIp })).close();
    return null;
  } catch (error) {
    return errorText(error);
  }
}

describe('CREATE and ALTER NETWORK POLICY', () => {
  it('keeps the rules and logs the policy', async () => {
    expect(
      await admin.all(`CREATE NETWORK POLICY np (RULES (a ${rule('10.0.0.0/8')}, b ${rule('fd00::/8')}))`),
    ).toEqual(['CREATE NETWORKPOLICY']);
    const policy = engine.snapshot().small.networkPolicy.find((p) => p.name === 'np')!;
    expect(policy.rules).toEqual([
      { name: 'a', action: 'allow', direction: 'ingress', address: '10.0.0.0/8' },
      { name: 'b', action: 'allow', direction: 'ingress', address: 'fd00::/8' },
    ]);
    expect(engine.snapshot().auditEvents.last()).toMatchObject({
      eventType: 'create',
      objectType: 'network-policy',
      details: { id: policy.id, name: 'np' },
    });
    expect(await admin.all('ALTER NETWORK POLICY np SET (RULES ())')).toEqual(['ALTER NETWORK POLICY']);
    expect(engine.snapshot().small.networkPolicy.get(policy.id)!.rules).toEqual([]);
  });

  it.each([
    [
      `CREATE NETWORK POLICY default_ (RULES (a (ACTION = 'allow', ADDRESS = '10.0.0.0/8')))`,
      'Direction, Address, and Action must specified when creating a rule',
    ],
    [`CREATE NETWORK POLICY mz_x (RULES ())`, 'network policy name "mz_x" is reserved'],
    [`CREATE NETWORK POLICY "default" (RULES ())`, "network policy 'default' already exists"],
    [`ALTER NETWORK POLICY nope SET (RULES ())`, "unknown network policy 'nope'"],
    [`CREATE NETWORK POLICY p (RULES (a ${rule('10.0.0.0')}))`, 'invalid IP address syntax'],
    [
      `CREATE NETWORK POLICY p (RULES (${Array.from({ length: 26 }, (_, i) => `r${i} ${rule('10.0.0.0/8')}`).join(', ')}))`,
      'RULES count exceeds max_rules_per_network_policy.',
    ],
  ])('refuses %s', async (sql, message) => {
    expect(await admin.error(sql)).toMatchObject({ code: 'XX000', message });
  });

  it('needs a privilege on SYSTEM, then ownership', async () => {
    await admin.exec(`CREATE NETWORK POLICY np (RULES ())`);
    const joe = await engine.session('joe');
    expect(await joe.error('CREATE NETWORK POLICY q (RULES ())')).toMatchObject({
      code: '42501',
      detail: "The 'joe' role needs CREATENETWORKPOLICY privileges on SYSTEM",
    });
    expect(await joe.error('ALTER NETWORK POLICY np SET (RULES ())')).toMatchObject({
      code: '42501',
      message: 'must be owner of NETWORK POLICY np',
    });
  });
});

describe('the policy in force', () => {
  it('lets in the addresses of its rules only', async () => {
    await admin.exec(
      `CREATE NETWORK POLICY office (RULES (a ${rule('127.0.0.0/8')}, b ${rule('10.1.0.0/16')}))`,
    );
    await system.exec("ALTER SYSTEM SET network_policy = 'office'");
    expect(await loginError('10.1.2.3')).toBeNull();
    expect(await loginError('::ffff:10.1.2.3')).toBeNull();
    expect(await loginError('10.2.2.3')).toEqual({
      code: 'MZ011',
      severity: 'FATAL',
      message: 'session denied',
      detail: 'Access denied for address 10.2.2.3.',
    });
    await admin.exec(`ALTER NETWORK POLICY office SET (RULES (a ${rule('127.0.0.1/32')}))`);
    expect(await loginError('10.1.2.3')).toMatchObject({ code: 'MZ011' });
  });

  it('makes no role for a client that stays outside', async () => {
    await admin.exec(`CREATE NETWORK POLICY office (RULES (a ${rule('127.0.0.1/32')}))`);
    await system.exec("ALTER SYSTEM SET network_policy = 'office'");
    await expect(engine.session('newcomer', { clientIp: '10.1.2.3' })).rejects.toMatchObject({
      code: 'MZ011',
    });
    expect(engine.snapshot().roleByName.has('newcomer')).toBe(false);
  });

  it('cannot shut out who sets it', async () => {
    await admin.all(
      `CREATE NETWORK POLICY far (RULES (a ${rule('203.0.113.0/24')}))`,
      `CREATE NETWORK POLICY near (RULES (a ${rule('127.0.0.1/32')}))`,
    );
    expect(await system.error("ALTER SYSTEM SET network_policy = 'far'")).toMatchObject({
      message: 'policy would block current session IP',
    });
    await system.exec("ALTER SYSTEM SET network_policy = 'near'");
    expect(
      await admin.error(`ALTER NETWORK POLICY near SET (RULES (a ${rule('203.0.113.0/24')}))`),
    ).toMatchObject({
      message: 'policy would block current session IP',
    });
    expect(await admin.error('DROP NETWORK POLICY near')).toMatchObject({
      message: 'network policy is currently in use',
    });
  });

  it('never shuts out built-in users', async () => {
    await admin.exec(`CREATE NETWORK POLICY office (RULES (a ${rule('127.0.0.1/32')}))`);
    await system.exec("ALTER SYSTEM SET network_policy = 'office'");
    const other = await engine.session('mz_system', { clientIp: '10.9.9.9' });
    expect(await other.all('ALTER SYSTEM RESET max_sources')).toEqual(['ALTER SYSTEM']);
  });
});
