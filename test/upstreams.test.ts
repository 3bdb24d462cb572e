/** Upstream connections against a real PostgreSQL with SCRAM, through an OpenSSH and an ssh2 bastion. */
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveUpstreams } from '../src/connections/live.ts';
import type { PostgresSettings, SshTunnelSettings } from '../src/connections/resolved.ts';
import { HealthError } from '../src/connections/resolved.ts';
import { generateKeyPair, generateKeySet } from '../src/connections/ssh-keys.ts';
import { SshTunnels } from '../src/connections/ssh-tunnels.ts';
import { DEFAULT_TIMEOUTS } from '../src/connections/timeouts.ts';
import { SqlError } from '../src/errors.ts';
import { SecretBytes } from '../src/secrets/secret-bytes.ts';
import { makeCertificate } from './support/certificates.ts';
import { hasOpenSsh, startBastion, type Bastion } from './support/bastion.ts';
import { findPostgresBinaries, freePort, startPostgres, type TestPostgres } from './support/postgres.ts';

const PASSWORD = 'correct horse battery';
const never = new AbortController().signal;

async function failure(promise: Promise<unknown>): Promise<SqlError | HealthError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SqlError || error instanceof HealthError) return error;
    throw error;
  }
  throw new Error('did not fail');
}

describe.skipIf(findPostgresBinaries() === undefined)('PostgreSQL upstream', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    const started = await startPostgres({
      conf: ['wal_level = logical', 'password_encryption = scram-sha-256'],
      hba: [
        'host all postgres 127.0.0.1/32 trust',
        'host all hostssl 127.0.0.1/32 reject',
        'host all all 127.0.0.1/32 scram-sha-256',
        '',
      ].join('\n'),
    });
    if (started === null) throw new Error('PostgreSQL cannot be run by this user');
    postgres = started;
    await postgres.psql(`
      CREATE ROLE mz LOGIN REPLICATION PASSWORD '${PASSWORD}';
      CREATE SCHEMA app;
      CREATE TABLE app.orders (id int PRIMARY KEY, "Total" numeric(10,2) NOT NULL, note varchar(20), at timestamptz);
      CREATE TABLE public.plain (a text, b int[]);
      ALTER TABLE app.orders REPLICA IDENTITY FULL;
      GRANT USAGE ON SCHEMA app TO mz;
      GRANT SELECT ON app.orders TO mz;
      CREATE PUBLICATION mz_source FOR ALL TABLES;
      CREATE PUBLICATION narrow FOR TABLE app.orders (id, note);`);
  });
  afterAll(() => postgres.stop());

  const settings = (over: Partial<PostgresSettings> = {}): PostgresSettings => ({
    type: 'postgres',
    host: postgres.host,
    port: postgres.port,
    database: 'postgres',
    user: 'mz',
    password: SecretBytes.fromText(PASSWORD),
    tls: { mode: 'disable' },
    ...over,
  });
  const live = liveUpstreams({ connectMs: 2000, sessionMs: 5000, sshConnectMs: 2000 });
  afterAll(() => live.close());

  it('validates with SCRAM', async () => {
    await live.validate(settings(), never);
    await live.validate(settings({ user: SecretBytes.fromText('mz') }), never);
  });

  it.each<[string, () => Partial<PostgresSettings>, string]>([
    [
      'a wrong password',
      () => ({ password: SecretBytes.fromText('wrong-one') }),
      'db error: FATAL: password authentication failed for user "mz"',
    ],
    ['no password', () => ({ password: undefined as never }), 'invalid configuration: password missing'],
    ['a missing database', () => ({ database: 'nope' }), 'db error: FATAL: database "nope" does not exist'],
    [
      'TLS on a server without',
      () => ({ tls: { mode: 'require' } }),
      'error performing TLS handshake: server does not support TLS',
    ],
    ['an unknown host', () => ({ host: 'no-such-host.invalid' }), 'failed to lookup address information: '],
    [
      'a user that echoes as a secret',
      () => ({ user: SecretBytes.fromText('sekret-user') }),
      'db error: FATAL: password authentication failed for user "[redacted]"',
    ],
  ])('reports %s', async (_name, over, text) => {
    const error = await failure(live.validate(settings(over()), never));
    expect(error).toMatchObject({ code: '58000', message: expect.stringContaining(text) as string });
  });

  it('reports a closed port', async () => {
    const error = await failure(live.validate(settings({ port: await freePort() }), never));
    expect(error.message).toBe('error connecting to server: Connection refused');
  });

  it('does not take a password from the environment', async () => {
    process.env['PGPASSWORD'] = PASSWORD;
    try {
      const { password: _none, ...without } = settings();
      expect((await failure(live.validate(without, never))).message).toContain('password missing');
    } finally {
      delete process.env['PGPASSWORD'];
    }
  });

  it('reads the tables of a publication', async () => {
    const tables = await live.publicationTables(settings(), 'mz_source', never);
    expect(tables.map((t) => `${t.schema}.${t.name} ${t.replicaIdentity}`)).toEqual([
      'app.orders f',
      'public.plain d',
    ]);
    expect(tables[0]?.columns).toEqual([
      { name: 'id', typeOid: 23, typmod: -1, typeName: 'integer', nullable: false },
      { name: 'Total', typeOid: 1700, typmod: 655366, typeName: 'numeric(10,2)', nullable: false },
      { name: 'note', typeOid: 1043, typmod: 24, typeName: 'character varying(20)', nullable: true },
      { name: 'at', typeOid: 1184, typmod: -1, typeName: 'timestamp with time zone', nullable: true },
    ]);
    expect(tables[0]?.privileges).toEqual({ schemaUsage: true, select: true, rowSecurity: false });
    expect(tables[1]?.privileges.select).toBe(false);
    const narrow = await live.publicationTables(settings(), 'narrow', never);
    expect(narrow[0]?.columns.map((c) => c.name)).toEqual(['id', 'note']);
  });

  it('names a missing publication, at creation and at run time', async () => {
    expect(await failure(live.publicationTables(settings(), 'gone', never))).toMatchObject({
      code: 'XX000',
      message: 'failed to connect to PostgreSQL database',
      detail: 'publication "gone" does not exist',
    });
    const target = { kind: 'postgres-source', connection: settings(), publication: 'gone' } as const;
    expect(await failure(live.check(target, never))).toMatchObject({
      namespace: 'postgres',
      message: 'publication "gone" does not exist',
    });
    await live.check({ ...target, publication: 'mz_source' }, never);
  });

  it('asks for a server that can replicate', async () => {
    const plain = await startPostgres({ conf: ['wal_level = replica'] });
    const busy = await startPostgres({ conf: ['wal_level = logical', 'max_replication_slots = 1'] });
    try {
      if (plain === null || busy === null) throw new Error('PostgreSQL cannot be run by this user');
      const at = (p: TestPostgres): PostgresSettings => settings({ port: p.port, user: p.superuser });
      expect((await failure(live.validate(at(plain), never))).message).toBe(
        'server must have wal_level >= logical, but has replica',
      );
      expect(await failure(live.validate(at(busy), never))).toMatchObject({
        message: 'PostgreSQL server has insufficient number of replication slots available',
        detail: 'executing this statement requires 2 replication slots',
      });
    } finally {
      await plain?.stop();
      await busy?.stop();
    }
  });

  it.skipIf(makeCertificate('x') === null)(
    'checks certificates as SSL MODE says, and shows its own',
    async () => {
      const good = makeCertificate('127.0.0.1');
      const other = makeCertificate('elsewhere.example');
      const client = makeCertificate('certuser');
      if (good === null || other === null || client === null) throw new Error('no openssl');
      const hba = 'hostssl all certuser 127.0.0.1/32 cert\nhost all all 127.0.0.1/32 trust\n';
      const conf = ['wal_level = logical'];
      const tls = { certificate: good.cert, key: good.key, authority: client.cert };
      const server = await startPostgres({ conf, hba, tls });
      const misnamed = await startPostgres({ conf, hba, tls: { certificate: other.cert, key: other.key } });
      try {
        if (server === null || misnamed === null) throw new Error('PostgreSQL cannot be run by this user');
        const validate = (p: TestPostgres, over: PostgresSettings['tls'], user = 'postgres'): Promise<void> =>
          live.validate(settings({ port: p.port, user, tls: over }), never);
        await server.psql('CREATE ROLE certuser LOGIN REPLICATION');
        await validate(server, { mode: 'require' });
        await validate(server, { mode: 'verify-full', certificateAuthority: good.cert });
        await validate(misnamed, { mode: 'verify-ca', certificateAuthority: other.cert });
        const refused: [TestPostgres, PostgresSettings['tls']][] = [
          [server, { mode: 'verify-ca' }],
          [server, { mode: 'verify-ca', certificateAuthority: other.cert }],
          [misnamed, { mode: 'verify-full', certificateAuthority: other.cert }],
        ];
        for (const [at, over] of refused) {
          expect((await failure(validate(at, over))).message).toMatch(
            /^error performing TLS handshake: certificate verify failed: /,
          );
        }
        const identity = { certificate: client.cert, key: SecretBytes.fromText(client.key) };
        await validate(server, { mode: 'require', ...identity }, 'certuser');
        expect((await failure(validate(server, { mode: 'require' }, 'certuser'))).message).toBe(
          'db error: FATAL: connection requires a valid client certificate',
        );
      } finally {
        await server?.stop();
        await misnamed?.stop();
      }
    },
  );

  it('gives up on a server that accepts and says nothing, and lets go of the socket', async () => {
    const sockets = new Set<Socket>();
    const silent: Server = createServer((socket) => {
      sockets.add(socket);
      socket.resume();
      socket.once('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const port = (silent.address() as { port: number }).port;
    const quick = liveUpstreams({ sessionMs: 200 });
    try {
      const error = await failure(quick.validate(settings({ port }), never));
      expect(error.message).toBe('PostgreSQL session timed out after 0.2 s');
      const abort = new AbortController();
      const pending = failure(live.validate(settings({ port }), abort.signal));
      setTimeout(() => abort.abort(new SqlError('57014', 'canceling statement due to user request')), 50);
      const started = performance.now();
      expect(await pending).toMatchObject({ code: '57014' });
      expect(performance.now() - started).toBeLessThan(1000);
      await expect.poll(() => sockets.size).toBe(0);
    } finally {
      silent.close();
      await quick.close();
    }
  });

  describe.each(['openssh', 'ssh2'] as const)('through a bastion (%s)', (kind) => {
    describe.skipIf(kind === 'openssh' && !hasOpenSsh())('', () => {
      let bastion: Bastion;
      const keys = generateKeySet();
      beforeAll(async () => {
        bastion = await startBastion({ kind });
      });
      afterAll(() => bastion.stop());
      const tunnel = (over: Partial<SshTunnelSettings> = {}): SshTunnelSettings => ({
        name: 'materialize.public.bastion',
        host: bastion.host,
        port: bastion.port,
        user: bastion.user,
        keys: [keys.primary, keys.secondary],
        ...over,
      });

      it('is refused until a public key is on the bastion, and takes either', async () => {
        bastion.authorize([]);
        const error = await failure(live.validate({ type: 'ssh-tunnel', tunnel: tunnel() }, never));
        expect(error).toMatchObject({
          code: '58000',
          message: `failed to connect to the remote host: ${bastion.user}@127.0.0.1:${String(bastion.port)}: Permission denied (publickey,keyboard-interactive).`,
        });
        bastion.authorize([generateKeyPair().publicKey, keys.secondary.publicKey]);
        await live.validate({ type: 'ssh-tunnel', tunnel: tunnel() }, never);
        await live.validate(settings({ tunnel: tunnel() }), never);
        bastion.authorize([keys.primary.publicKey]);
        await live.validate(settings({ tunnel: tunnel() }), never);
      });

      it('names the hop that failed', async () => {
        bastion.authorize([]);
        const denied = await failure(live.validate(settings({ tunnel: tunnel() }), never));
        expect(denied.message).toMatch(
          /^error setting up ssh: failed to connect to the remote host: .*Permission denied/,
        );
        expect((denied as SqlError).detail).toContain('"materialize.public.bastion"');
        const check = { kind: 'postgres-source', publication: 'mz_source' } as const;
        const stalled = await failure(
          live.check({ ...check, connection: settings({ tunnel: tunnel() }) }, never),
        );
        expect(stalled).toMatchObject({ namespace: 'ssh' });

        bastion.authorize([keys.primary.publicKey]);
        const closed = await freePort();
        const refused = await failure(live.validate(settings({ tunnel: tunnel({ port: closed }) }), never));
        expect(refused.message).toBe(
          `error setting up ssh: failed to connect to the remote host: connect to host 127.0.0.1 port ${String(closed)}: Connection refused`,
        );
        const unknown = await failure(
          live.validate({ type: 'ssh-tunnel', tunnel: tunnel({ host: 'no-such-host.invalid' }) }, never),
        );
        expect(unknown.message).toContain('failed to lookup address information');
        const behind = await failure(live.validate(settings({ tunnel: tunnel(), port: closed }), never));
        expect(behind.message).toContain(`cannot reach 127.0.0.1:${String(closed)}`);
        const password = SecretBytes.fromText('wrong-one');
        const auth = await failure(live.validate(settings({ tunnel: tunnel(), password }), never));
        expect(auth.message).toBe('db error: FATAL: password authentication failed for user "mz"');
      });

      it('shares a session among concurrent streams and closes it after the last', async () => {
        bastion.authorize([keys.primary.publicKey]);
        const tunnels = new SshTunnels({ ...DEFAULT_TIMEOUTS, externalOnly: false });
        const before = bastion.logins();
        const streams = await Promise.all(
          Array.from({ length: 8 }, () => tunnels.open(tunnel(), postgres.host, postgres.port, never)),
        );
        expect(tunnels.size).toBe(1);
        if (kind === 'ssh2') expect(bastion.logins() - before).toBe(1);
        for (const stream of streams.slice(1)) stream.destroy();
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(tunnels.size).toBe(1);
        streams[0]?.destroy();
        await expect.poll(() => tunnels.size).toBe(0);
        if (kind === 'ssh2') await expect.poll(() => bastion.sessions()).toBe(0);
        tunnels.close();
      });

      it('opens another session for other keys, and lets go when aborted', async () => {
        bastion.authorize([keys.primary.publicKey, keys.secondary.publicKey]);
        const tunnels = new SshTunnels({ ...DEFAULT_TIMEOUTS, externalOnly: false });
        const one = await tunnels.open(tunnel(), postgres.host, postgres.port, never);
        const two = await tunnels.open(
          tunnel({ keys: [keys.secondary] }),
          postgres.host,
          postgres.port,
          never,
        );
        expect(tunnels.size).toBe(2);
        one.destroy();
        two.destroy();
        await expect.poll(() => tunnels.size).toBe(0);
        const abort = new AbortController();
        const opening = tunnels.open(tunnel(), postgres.host, postgres.port, abort.signal);
        abort.abort(new Error('enough'));
        await expect(opening).rejects.toThrow('enough');
        expect(tunnels.size).toBe(0);
        tunnels.close();
      });
    });
  });
});
