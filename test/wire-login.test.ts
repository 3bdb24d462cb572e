import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect as connectTls } from 'node:tls';
import pg from 'pg';
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { SqlError } from '../src/errors.ts';
import type { BackendMessage } from '../src/pgproto/backend-messages.ts';
import type { ListenerOptions } from '../src/pgwire/server.ts';
import { makeSelfSigned } from '../src/pgwire/self-signed.ts';
import { hashPassword } from '../src/secrets/scram.ts';
import { WireClient, query, transcript } from './support/wire-client.ts';
import { eventually, startWireServer, type WireServer } from './support/wire-server.ts';

const run = promisify(execFile);
const LISTENERS = {
  plain: {},
  tls: { tls: 'self-signed' },
  onlyTls: { tls: 'self-signed', requireTls: true },
  internal: { internal: true },
  scram: { authentication: 'password', tls: 'self-signed' },
  cleartext: { authentication: 'cleartext' },
} satisfies Record<string, Partial<ListenerOptions>>;

let wires: Record<keyof typeof LISTENERS, WireServer>;

beforeAll(async () => {
  const hash = await hashPassword('sésame', 4096);
  const started = Object.entries(LISTENERS).map(async ([name, listener]) => {
    const wire = await startWireServer(listener);
    wire.factory.hashes.set('bob', hash);
    return [name, wire] as const;
  });
  wires = Object.fromEntries(await Promise.all(started)) as typeof wires;
});
afterAll(async () => {
  await Promise.all(Object.values(wires).map((wire) => wire.server.stop(0)));
});

function errorText(messages: readonly BackendMessage[]): string {
  const error = messages.find((message) => message.kind === 'errorResponse');
  if (error?.kind !== 'errorResponse') return 'no error';
  return `${error.fields.get('S')} ${error.fields.get('C')} ${error.fields.get('M')}`;
}

async function loginError(
  wire: WireServer,
  parameters: Record<string, string>,
  version = [3, 0],
): Promise<string> {
  const client = await WireClient.open(wire.port);
  client.startup(parameters, version[1], version[0]);
  const said = await client.untilClosed();
  client.close();
  return errorText(said);
}

describe('start-up', () => {
  it('sends AuthenticationOk, parameters, key data, notices, ReadyForQuery', async () => {
    wires.plain.factory.greeting = 'welcome';
    const client = await WireClient.open(wires.plain.port);
    client.startup({ user: 'materialize', application_name: 'me' });
    const said = await client.until('readyForQuery');
    expect(transcript(said)).toEqual([
      'authentication',
      'set application_name',
      'set client_encoding',
      'set server_version',
      'backendKeyData',
      'notice NOTICE 00000',
      'ready I',
    ]);
    const { connectionId, secretKey } = wires.plain.session();
    expect(said[4]).toEqual({ kind: 'backendKeyData', processId: connectionId, secretKey });
    expect(said[5]?.kind === 'noticeResponse' && said[5].fields.get('M')).toBe('welcome');
    wires.plain.factory.greeting = undefined;
    client.close();
  });

  it('hands the parameters to the engine, without the options of the protocol', async () => {
    const client = await WireClient.login(wires.plain.port, { options: '--cluster=prod', '_pq_.x': '1' });
    expect(Object.fromEntries(wires.plain.session().settings)).toEqual({
      user: 'materialize',
      database: 'postgres',
      options: '--cluster=prod',
    });
    expect(wires.plain.session().principal).toEqual({
      user: 'materialize',
      clientIp: '127.0.0.1',
      internal: false,
    });
    client.close();
  });

  it('refuses other major versions', async () => {
    const text = "FATAL 08004 server does not support the client's requested protocol version";
    expect(await loginError(wires.plain, { user: 'materialize' }, [2, 0])).toBe(text);
    expect(await loginError(wires.plain, { user: 'materialize' }, [4, 0])).toBe(text);
  });

  it('refuses a login without a user, and what the engine refuses', async () => {
    expect(await loginError(wires.plain, { database: 'd' })).toBe(
      'FATAL 28000 no PostgreSQL user name specified in startup packet',
    );
    expect(await loginError(wires.plain, { user: 'ghost' })).toBe('FATAL 28000 role "ghost" does not exist');
  });

  it('admits by name', async () => {
    for (const user of ['mz_system', 'pg_x', 'external_x', 'public']) {
      expect(await loginError(wires.plain, { user })).toBe(
        `FATAL 42501 unauthorized login to user '${user}'`,
      );
    }
    expect(await loginError(wires.internal, { user: 'materialize' })).toMatch(/^FATAL 42501/);
    const client = await WireClient.login(wires.internal.port, { user: 'mz_system' });
    expect(wires.internal.session().principal.internal).toBe(true);
    client.close();
  });

  it('refuses malformed packets', async () => {
    for (const bytes of [
      '00000007',
      '00002711',
      '0000000900030000ff',
      '7fffffff',
      '0000000c04d2162e00000001',
    ]) {
      const client = await WireClient.open(wires.plain.port);
      client.raw(Buffer.from(bytes.padEnd(24, '0'), 'hex'));
      expect(errorText(await client.untilClosed())).toMatch(/^FATAL 08P01/);
      client.close();
    }
  });

  it('answers GSSENCRequest with N and goes on, but not for ever', async () => {
    const client = await WireClient.open(wires.plain.port);
    client.packet({ kind: 'gssEncRequest' });
    expect(await client.rawByte()).toBe('N');
    client.packet({ kind: 'sslRequest' });
    expect(await client.rawByte()).toBe('N');
    client.startup({ user: 'materialize' });
    expect((await client.until('readyForQuery')).at(-1)).toEqual({ kind: 'readyForQuery', status: 'I' });
    client.close();
  });

  it('gives up on a client that says nothing', async () => {
    const wire = await startWireServer({}, { limits: { loginMs: 50, lingerMs: 50 } });
    const client = await WireClient.open(wire.port);
    expect(errorText(await client.untilClosed())).toBe('FATAL 57014 canceling authentication due to timeout');
    client.close();
    await wire.server.stop(0);
  });

  it('closes without a word when the client leaves', async () => {
    const client = await WireClient.open(wires.plain.port);
    client.raw(Buffer.from([0, 0]));
    client.socket.end();
    expect(await client.untilClosed()).toEqual([]);
    client.close();
  });
});

describe('TLS', () => {
  it('starts at SSLRequest', async () => {
    const client = await WireClient.open(wires.tls.port);
    client.packet({ kind: 'sslRequest' });
    expect(await client.rawByte()).toBe('S');
    await client.upgrade();
    client.startup({ user: 'materialize' });
    await client.until('readyForQuery');
    client.send(query('SELECT blobs(50, 20000)'));
    const rows = (await client.until('readyForQuery')).filter((each) => each.kind === 'dataRow');
    expect(rows).toHaveLength(50);
    client.close();
  });

  it('starts at once with ALPN, as PostgreSQL 17 does, and not without', async () => {
    const direct = (protocols: string[]): Promise<string> =>
      new Promise((resolve) => {
        const socket = connectTls(
          { port: wires.tls.port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: protocols },
          () => {
            const packet = Buffer.from('\0\0\0\0\0\x03\0\0user\0materialize\0\0', 'latin1');
            packet.writeInt32BE(packet.length, 0);
            socket.write(packet);
          },
        );
        socket.once('data', (chunk: Buffer) => {
          resolve(String.fromCharCode(chunk[0] as number));
          socket.destroy();
        });
        socket.once('close', () => resolve('closed'));
        socket.once('error', () => resolve('closed'));
      });
    expect(await direct(['postgresql'])).toBe('R');
    expect(await direct([])).toBe('closed');
  });

  it('refuses plain bytes behind the request', async () => {
    const client = await WireClient.open(wires.tls.port);
    client.raw(Buffer.from('0000000804d2162f0000000804d2162f', 'hex'));
    await client.rawByte();
    expect(errorText(await client.untilClosed())).toBe(
      'FATAL 08P01 received unencrypted data after SSL request',
    );
    client.close();
  });

  it('uses the certificate that it is given', async () => {
    const pair = makeSelfSigned(['localhost', '127.0.0.1']);
    const wire = await startWireServer({ tls: pair });
    const client = await WireClient.open(wire.port);
    client.packet({ kind: 'sslRequest' });
    await client.rawByte();
    await client.upgrade({ ca: pair.cert, rejectUnauthorized: true, servername: 'localhost' });
    client.startup({ user: 'materialize' });
    expect((await client.until('readyForQuery')).at(-1)).toEqual({ kind: 'readyForQuery', status: 'I' });
    client.close();
    await wire.server.stop(0);
  });

  it('can be required', async () => {
    expect(await loginError(wires.onlyTls, { user: 'materialize' })).toBe(
      'FATAL 08004 TLS encryption is required',
    );
  });
});

describe('passwords', () => {
  const connect = async (wire: WireServer, user: string, password: string): Promise<string> => {
    const tls = wire === wires.scram;
    const settings = {
      host: '127.0.0.1',
      port: wire.port,
      user,
      password,
      database: 'd',
      // The challenge of an unknown user has the server's default, which is above this client's own limit.
      scramMaxIterations: 1_000_000,
      ssl: tls ? { rejectUnauthorized: false } : false,
    };
    const client = new pg.Client(settings);
    try {
      await client.connect();
      const { rows } = await client.query<{ n: number }>('SELECT generate_series(1,3)');
      return rows.map((row) => row.n).join();
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return `${code} ${message}`;
    } finally {
      await client.end().catch(() => undefined);
    }
  };

  it.each(['scram', 'cleartext'] as const)('let in who knows them, and nobody else: %s', async (name) => {
    expect(await connect(wires[name], 'bob', 'sésame')).toBe('1,2,3');
    expect(await connect(wires[name], 'bob', 'sesame')).toBe('28P01 invalid password');
    expect(await connect(wires[name], 'nobody', 'sésame')).toBe('28P01 invalid password');
  });

  it('show an unknown user the same challenge each time', async () => {
    const challenge = async (user: string): Promise<string> => {
      const client = await WireClient.open(wires.scram.port);
      client.startup({ user });
      await client.until('authentication');
      const first = Buffer.from('n,,n=,r=abcdef');
      const data = Buffer.concat([Buffer.from('SCRAM-SHA-256\0\0\0\0\0'), first]);
      data.writeInt32BE(first.length, 14);
      client.send({ kind: 'password', data });
      const said = (await client.until('authentication')).at(-1);
      client.close();
      return said?.kind === 'authentication' ? said.data.toString().replace(/^r=[^,]*,/, '') : 'nothing';
    };
    const [first, second, other, known] = await Promise.all(['x', 'x', 'y', 'bob'].map(challenge));
    expect(first).toMatch(/^s=.{44},i=600000$/);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
    expect(known).toMatch(/^s=.{44},i=4096$/);
  });

  it.each([
    ['scram', { kind: 'sync' }, '28000 expected SASLInitialResponse message'],
    [
      'scram',
      { kind: 'password', data: Buffer.from('SCRAM-SHA-1\0\0\0\0\x01x') },
      '28000 unsupported SASL mechanism',
    ],
    ['scram', { kind: 'password', data: Buffer.from('junk') }, '08P01 invalid string in message'],
    ['cleartext', { kind: 'query', sql: 'SELECT 1' }, '28000 expected Password message'],
    ['cleartext', { kind: 'password', data: Buffer.from('no end') }, '08P01 invalid password packet size'],
  ] as const)('refuse a broken exchange: %s %o', async (name, message, expected) => {
    const client = await WireClient.open(wires[name].port);
    client.startup({ user: 'bob' });
    await client.until('authentication');
    client.send(message);
    expect(errorText(await client.untilClosed())).toBe(`FATAL ${expected}`);
    client.close();
  });
});

describe('psql', () => {
  const psql = async (wire: WireServer, settings: string, ...commands: string[]): Promise<string> => {
    const { stdout, stderr } = await run(
      'psql',
      [
        `host=127.0.0.1 port=${wire.port} dbname=d ${settings}`,
        '-XAt',
        ...commands.flatMap((each) => ['-c', each]),
      ],
      { env: { ...process.env, PGPASSWORD: 'sésame', PGCONNECT_TIMEOUT: '10' } },
    ).catch((error: unknown) => error as { stdout: string; stderr: string });
    return stdout + stderr;
  };
  let installed = true;
  beforeAll(() => {
    try {
      execFileSync('psql', ['--version']);
    } catch {
      installed = false;
    }
  });

  it('logs in every way', async ({ skip }) => {
    if (!installed) return skip('psql is not installed');
    expect(await psql(wires.plain, 'user=materialize sslmode=disable', 'SELECT generate_series(1,2)')).toBe(
      '1\n2\n',
    );
    expect(await psql(wires.plain, 'user=materialize sslmode=prefer', 'SELECT 1')).toBe('1\n');
    expect(await psql(wires.onlyTls, 'user=materialize sslmode=require', 'SELECT 1')).toBe('1\n');
    expect(await psql(wires.scram, 'user=bob sslmode=require', 'SELECT 1')).toBe('1\n');
    expect(await psql(wires.cleartext, 'user=bob', 'SELECT 1')).toBe('1\n');
    expect(await psql(wires.plain, 'user=materialize sslmode=require', 'SELECT 1')).toContain(
      'does not support SSL',
    );
  });

  it('shows where a syntax error is', async ({ skip }) => {
    if (!installed) return skip('psql is not installed');
    expect(await psql(wires.plain, 'user=materialize', 'SELECT  SYNTAX')).toBe(
      'ERROR:  syntax error at or near "SYNTAX"\nLINE 1: SELECT  SYNTAX\n                ^\n',
    );
  });
});

describe('stop', () => {
  it('ends idle sessions, lets running statements finish, and refuses new clients', async () => {
    const wire = await startWireServer();
    const idle = await WireClient.login(wire.port);
    const busy = await WireClient.login(wire.port);
    busy.send(query('SLEEP 200'));
    await eventually(() => wire.session().calls.length === 1);
    const stopped = wire.server.stop(5000);
    expect(errorText(await idle.untilClosed())).toBe(
      'FATAL 57P01 terminating connection due to administrator command',
    );
    expect(await loginError(wire, { user: 'materialize' })).toBe(
      'FATAL 57P03 the database system is shutting down',
    );
    expect(transcript(await busy.untilClosed())).toEqual(['complete SLEEP', 'ready I', 'error FATAL 57P01']);
    idle.close();
    busy.close();
    await stopped;
    expect(wire.factory.sessions.map((session) => session.closed)).toEqual([1, 1]);
    expect(wire.server.metrics).toMatchObject({ connectionsOpen: 0, logins: 2, connectionsRefused: 1 });
  });

  it('ends what does not finish in time', async () => {
    const wire = await startWireServer();
    const busy = await WireClient.login(wire.port);
    busy.send(query('SPIN'));
    await eventually(() => wire.session().calls.length === 1);
    const start = performance.now();
    const [said] = await Promise.all([busy.untilClosed(), wire.server.stop(50)]);
    expect(errorText(said)).toMatch(/^FATAL 57P01/);
    expect(performance.now() - start).toBeLessThan(3000);
    await eventually(() => wire.session().closed === 1);
    busy.close();
  });

  it('tells when a port is taken', async () => {
    const wire = await startWireServer();
    await expect(startWireServer({ port: wire.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await wire.server.stop(0);
  });
});

describe('a limit of connections', () => {
  it('turns the next client away', async () => {
    const wire = await startWireServer({}, { limits: { connections: 2 } });
    const first = await WireClient.login(wire.port);
    const second = await WireClient.login(wire.port);
    expect(await loginError(wire, { user: 'materialize' })).toBe(
      'FATAL 53300 sorry, too many clients already',
    );
    await eventually(() => wire.server.metrics.connectionsOpen === 2);
    first.close();
    await eventually(() => wire.server.metrics.connectionsOpen === 1);
    const third = await WireClient.login(wire.port);
    second.close();
    third.close();
    await wire.server.stop(0);
  });
});

describe('a flood past the limit', () => {
  it('is turned away at once', async () => {
    const wire = await startWireServer({}, { limits: { connections: 0, lingerMs: 200 } });
    const waiting = await Promise.all(Array.from({ length: 64 }, () => WireClient.open(wire.port)));
    const client = await WireClient.open(wire.port);
    expect(errorText(await client.untilClosed())).toBe('FATAL 53300 sorry, too many clients already');
    for (const each of [client, ...waiting]) each.close();
    await wire.server.stop(0);
    expect(wire.server.metrics).toMatchObject({ connectionsRefused: 65, connectionsOpen: 0 });
  });
});

describe('a defect in the engine', () => {
  it('does not tell its text to a client that logs in', async () => {
    const wire = await startWireServer();
    wire.factory.open = () => {
      throw new TypeError('secret');
    };
    expect(await loginError(wire, { user: 'materialize' })).toBe('FATAL XX000 internal error');
    wire.factory.open = () => Promise.reject(new SqlError('28000', 'later'));
    expect(await loginError(wire, { user: 'materialize' })).toBe('FATAL 28000 later');
    await wire.server.stop(0);
  });
});
