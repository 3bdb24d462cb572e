/** MySQL connections against Oracle's server, which can replicate as Materialize wants it, and MariaDB, which cannot. */
import { createServer, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveUpstreams } from '../src/connections/live.ts';
import type { MysqlSettings, TlsSettings } from '../src/connections/resolved.ts';
import { generateKeySet } from '../src/connections/ssh-keys.ts';
import { SqlError } from '../src/errors.ts';
import { start } from '../src/index.ts';
import { SecretBytes } from '../src/secrets/secret-bytes.ts';
import { startBastion } from './support/bastion.ts';
import { makeAuthority, type TestAuthority } from './support/certificates.ts';
import { untilFailure } from './support/failure.ts';
import { startMariadb, type TestMariadb } from './support/mariadb.ts';
import { hasMysql, startMysql, type TestMysql } from './support/mysql.ts';
import { freePort } from './support/postgres.ts';

const PASSWORD = 'correct horse battery';
const never = new AbortController().signal;
const authority = makeAuthority('MySQL test authority');

const live = liveUpstreams({ connectMs: 2000, sessionMs: 5000 });
afterAll(() => live.close());
const validate = (settings: MysqlSettings): Promise<void> => live.validate(settings, never);
const text = async (settings: MysqlSettings): Promise<string> =>
  (await untilFailure(validate(settings))).message;
const settingsOf = (port: number, over: Partial<MysqlSettings> = {}): MysqlSettings => ({
  type: 'mysql',
  host: '127.0.0.1',
  port,
  user: 'mz',
  password: SecretBytes.fromText(PASSWORD),
  tls: { mode: 'require' },
  ...over,
});

const REPLICATES = [
  '--server-id=1',
  '--gtid-mode=ON',
  '--enforce-gtid-consistency=ON',
  '--binlog-format=ROW',
  '--binlog-row-image=FULL',
];

describe.skipIf(!hasMysql() || authority === null)('MySQL 8', () => {
  let mysql: TestMysql;
  beforeAll(async () => {
    const { cert, issue } = authority as TestAuthority;
    mysql = await startMysql({ tls: { ...issue('127.0.0.1'), ca: cert }, settings: REPLICATES });
    await mysql.sql(`CREATE USER mz IDENTIFIED BY '${PASSWORD}'`);
    await mysql.sql(`CREATE USER old IDENTIFIED WITH mysql_native_password BY '${PASSWORD}'`);
    await mysql.sql('CREATE USER certified REQUIRE X509');
  });
  afterAll(() => mysql.stop());
  const settings = (over: Partial<MysqlSettings> = {}): MysqlSettings => settingsOf(mysql.port, over);
  const tls = (mode: TlsSettings['mode'], certificateAuthority?: string): Pick<MysqlSettings, 'tls'> => ({
    tls: { mode, ...(certificateAuthority === undefined ? {} : { certificateAuthority }) },
  });

  it('lets the user in, by the new plugin and the old, in clear text and with TLS', async () => {
    await validate(settings());
    await validate(settings({ ...tls('disable') }));
    await validate(settings({ user: SecretBytes.fromText('old') }));
    await validate(settings({ user: 'old', ...tls('disable') }));
  });

  it('refuses a wrong password, with the server’s words', async () => {
    const wrong = settings({ password: SecretBytes.fromText('wrong-one') });
    expect(await untilFailure(validate(wrong))).toMatchObject({
      code: '58000',
      message:
        "Server error: `ERROR 28000 (1045): Access denied for user 'mz'@'127.0.0.1' (using password: YES)'",
    });
    const { password: _none, ...without } = settings();
    expect(await text(without)).toContain("Access denied for user 'mz'@'127.0.0.1' (using password: NO)");
    expect(await text(settings({ user: SecretBytes.fromText('secret-user') }))).toContain(
      "Access denied for user '[redacted]'@'127.0.0.1'",
    );
  });

  it('shows a certificate, and asks for one', async () => {
    const { cert: ca, issue } = authority as TestAuthority;
    const stranger = makeAuthority('another authority')?.cert ?? '';
    await validate(settings(tls('verify-ca', ca)));
    await validate(settings(tls('verify-full', ca)));
    await validate(settings({ ...tls('verify-ca', ca), host: 'localhost' }));
    expect(await text(settings({ ...tls('verify-full', ca), host: 'localhost' }))).toMatch(
      /^Input\/output error: TLS error: `certificate verify failed: Hostname\/IP does not match/,
    );
    for (const mode of ['verify-ca', 'verify-full'] as const) {
      for (const wrong of [stranger, undefined]) {
        expect(await text(settings(tls(mode, wrong)))).toMatch(
          /^Input\/output error: TLS error: `certificate verify failed: /,
        );
      }
    }
    const { cert, key } = issue('client');
    const identity = { certificate: cert, key: SecretBytes.fromText(key) };
    const { password: _none, ...certified } = settings({ user: 'certified' });
    await validate({ ...certified, tls: { mode: 'require', ...identity } });
    expect(await text(certified)).toContain("Access denied for user 'certified'@'127.0.0.1'");
    expect(await text(settings(tls('verify-ca', 'this is no certificate')))).toMatch(
      /^Input\/output error: /,
    );
  });

  it('is found wanting when it cannot replicate', async () => {
    await mysql.sql("SET GLOBAL binlog_row_image = 'MINIMAL'");
    await mysql.sql('SET GLOBAL slave_parallel_workers = 4');
    try {
      expect(await untilFailure(validate(settings()))).toMatchObject({
        code: '58000',
        message: 'Invalid MySQL system replication settings',
        detail:
          'binlog_row_image: expected FULL, got MINIMAL; slave_preserve_commit_order: expected 1, got 0',
        hint: 'Set the necessary MySQL database system settings.',
      });
    } finally {
      await mysql.sql("SET GLOBAL binlog_row_image = 'FULL'");
      await mysql.sql('SET GLOBAL slave_parallel_workers = 0');
    }
    await validate(settings());
  });

  it('is validated by SQL, with the values that secrets have now', async () => {
    const { cert: ca, issue } = authority as TestAuthority;
    const { cert, key } = issue('client');
    const tumbler = await start({ upstreams: 'live' });
    const client = new pg.Client(tumbler.connectionString);
    await client.connect();
    try {
      for (const [name, value] of Object.entries({ password: PASSWORD, ca, cert, key })) {
        await client.query(`CREATE SECRET mysql_${name} AS '${value}'`);
      }
      await client.query(
        `CREATE CONNECTION mysql TO MYSQL (HOST '127.0.0.1', PORT ${String(mysql.port)}, USER 'mz',
           PASSWORD SECRET mysql_password, SSL MODE 'verify_identity', SSL CERTIFICATE SECRET mysql_cert,
           SSL KEY SECRET mysql_key, SSL CERTIFICATE AUTHORITY SECRET mysql_ca)`,
      );
      await client.query("ALTER SECRET mysql_password AS 'another-one'");
      expect(await untilFailure(client.query('VALIDATE CONNECTION mysql'))).toMatchObject({
        code: '58000',
        message: expect.stringContaining("Access denied for user 'mz'@'127.0.0.1'") as string,
      });
      await mysql.sql("ALTER USER mz IDENTIFIED BY 'another-one'");
      await client.query('VALIDATE CONNECTION mysql');
      await client.query("ALTER SECRET mysql_key AS 'no key at all'");
      const broken = await untilFailure(client.query('VALIDATE CONNECTION mysql'));
      expect(broken.message).toMatch(/^Input\/output error: TLS error: /);
      expect(broken.message).not.toContain('no key at all');
    } finally {
      await mysql.sql(`ALTER USER mz IDENTIFIED BY '${PASSWORD}'`);
      await client.end();
      await tumbler.stop();
    }
  });

  it('is reached through a bastion', async () => {
    const bastion = await startBastion({ kind: 'ssh2' });
    const keys = generateKeySet();
    bastion.authorize([keys.primary.publicKey]);
    const tunnel = {
      name: 'materialize.public.bastion',
      host: bastion.host,
      port: bastion.port,
      user: bastion.user,
      keys: [keys.primary, keys.secondary],
    };
    try {
      await validate(settings({ tunnel, ...tls('verify-full', authority?.cert) }));
      await expect.poll(() => bastion.sessions()).toBe(0);
      expect(await text(settings({ tunnel, port: await freePort() }))).toMatch(
        /^error setting up ssh: failed to open SSH tunnel: /,
      );
      bastion.authorize([]);
      expect(await text(settings({ tunnel }))).toMatch(/^error setting up ssh: .*Permission denied/);
    } finally {
      await bastion.stop();
    }
  });
});

const mariadb = await startMariadb();
afterAll(() => mariadb?.stop());

describe.skipIf(mariadb === null)('MariaDB', () => {
  const { port = 0, sql } = (mariadb ?? {}) as Partial<TestMariadb>;

  it('has no GTIDs of MySQL’s kind, and no TLS here', async () => {
    await sql?.(`CREATE USER mz IDENTIFIED BY '${PASSWORD}'`);
    expect(await text(settingsOf(port, { tls: { mode: 'disable' } }))).toBe(
      "Server error: `ERROR HY000 (1193): Unknown system variable 'gtid_mode''",
    );
    expect(await text(settingsOf(port))).toBe(
      "Driver error: `Client asked for SSL but server does not have this capability'",
    );
    const wrong = { tls: { mode: 'disable' }, password: SecretBytes.fromText('wrong-one') } as const;
    expect(await text(settingsOf(port, wrong))).toContain("Access denied for user 'mz'@'127.0.0.1'");
  });
});

describe('what is no MySQL', () => {
  it('does not answer, or is not there', async () => {
    expect(await text(settingsOf(await freePort()))).toBe('Input/output error: Connection refused');
    expect(await text(settingsOf(3306, { host: 'no-such-host.invalid' }))).toContain(
      'failed to lookup address information: ',
    );
  });

  /** A server whose sockets get the bytes, or nothing. */
  async function say(bytes: Buffer): Promise<{ port: number; sockets: Set<Socket>; close: () => void }> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => sockets.delete(socket));
      socket.resume();
      if (bytes.length > 0) socket.write(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as { port: number }).port, sockets, close: () => server.close() };
  }

  it('accepts and says nothing, until the time is over or the statement is cancelled', async () => {
    const silent = await say(Buffer.alloc(0));
    const quick = liveUpstreams({ sessionMs: 200 });
    expect((await untilFailure(quick.validate(settingsOf(silent.port), never))).message).toBe(
      'MySQL session timed out after 0.2 s',
    );
    const abort = new AbortController();
    setTimeout(() => abort.abort(new SqlError('57014', 'canceling statement due to user request')), 50);
    expect(await untilFailure(live.validate(settingsOf(silent.port), abort.signal))).toMatchObject({
      code: '57014',
    });
    await expect.poll(() => silent.sockets.size).toBe(0);
    silent.close();
  });

  it.each([
    ['an error packet cut short', '01000000ff'],
    ['a greeting cut short', '050000000a382e30'],
    ['an error packet', '17000000ff10042330384'.padEnd(54, '0')],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n').toString('hex')],
    ['packets out of order', '0100000500010000090001000009ff'],
    ['zeros', '00'.repeat(4096)],
    ['ones', 'ff'.repeat(4096)],
  ])('says %s', async (_what, hex) => {
    const rude = await say(Buffer.from(hex, 'hex'));
    const quick = liveUpstreams({ sessionMs: 300 });
    expect(await untilFailure(quick.validate(settingsOf(rude.port), never))).toMatchObject({ code: '58000' });
    await expect.poll(() => rude.sockets.size).toBe(0);
    rude.close();
  });
});
