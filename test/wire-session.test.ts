import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FrontendMessage } from '../src/pgproto/frontend-messages.ts';
import {
  WireClient,
  bind,
  closePortal,
  closeStatement,
  copyData,
  copyDone,
  copyFail,
  describePortal,
  describeStatement,
  execute,
  flush,
  parse,
  query,
  sync,
  transcript,
} from './support/wire-client.ts';
import { eventually, startWireServer, type WireServer } from './support/wire-server.ts';

let wire: WireServer;
const clients: WireClient[] = [];

beforeAll(async () => {
  wire = await startWireServer();
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(() => wire.server.stop(0));

async function login(parameters: Record<string, string> = {}): Promise<WireClient> {
  const client = await WireClient.login(wire.port, parameters);
  clients.push(client);
  return client;
}

/** Sends messages at once and answers the transcript up to the `ready`-th ReadyForQuery. */
async function talk(client: WireClient, messages: readonly FrontendMessage[], ready = 1): Promise<string[]> {
  client.send(...messages);
  return transcript(await client.until('readyForQuery', ready));
}

describe('simple query', () => {
  it('sends notices and parameters before CommandComplete', async () => {
    const client = await login();
    expect(await talk(client, [query('RAISE hello; SET timezone = UTC')])).toEqual([
      'notice NOTICE 00000',
      'complete RAISE',
      'set timezone',
      'complete SET',
      'ready I',
    ]);
  });

  it('describes rows before it runs the statement', async () => {
    const client = await login();
    expect(await talk(client, [query('SELECT 1/0')])).toEqual([
      'columns 23:0',
      'error ERROR 22012',
      'ready I',
    ]);
    expect(wire.session().calls).toContain('(rollback)');
  });

  it('commits the last statement before its CommandComplete', async () => {
    const client = await login();
    const session = wire.session();
    session.endImplicit = () => {
      throw new Error('the disk is full');
    };
    expect(await talk(client, [query('SET a = b')])).toEqual(['set a', 'error ERROR XX000', 'ready I']);
  });

  it('tells nothing of a defect', async () => {
    const client = await login();
    client.send(query('CRASH'));
    const [error] = await client.until('readyForQuery');
    expect(error?.kind === 'errorResponse' ? error.fields : new Map()).toEqual(
      new Map([
        ['S', 'ERROR'],
        ['C', 'XX000'],
        ['M', 'internal error'],
      ]),
    );
  });

  it('refuses parameters, and texts that are too long', async () => {
    const client = await login();
    expect(await talk(client, [query('SELECT $1::int4, $2::text')])).toEqual([
      'error ERROR 42P02',
      'ready I',
    ]);
    client.send(query(' '.repeat(1_000_001)));
    const [error] = await client.until('readyForQuery');
    expect(error).toMatchObject({ kind: 'errorResponse' });
    expect(error?.kind === 'errorResponse' && error.fields.get('M')).toBe(
      'statement batch size cannot exceed 976.6 KiB',
    );
    expect(await talk(client, [query(' '.repeat(1_000_000))])).toEqual(['emptyQueryResponse', 'ready I']);
  });

  it('ends the connection at a FATAL error', async () => {
    const client = await login();
    client.send(query('FATAL; SELECT 1'));
    expect(transcript(await client.untilClosed())).toEqual(['error FATAL 57P01']);
    await eventually(() => wire.session().closed === 1);
  });
});

describe('extended query', () => {
  it('sends values in the formats that were asked for', async () => {
    const client = await login();
    const messages = (formats: readonly (0 | 1)[]): FrontendMessage[] => [
      parse('SELECT mixed'),
      { ...bind(), resultFormats: formats } as FrontendMessage,
      describePortal(),
      execute(),
      sync,
    ];
    client.send(...messages([1]));
    const binary = await client.until('readyForQuery');
    expect(transcript(binary.filter((each) => each.kind === 'rowDescription'))).toEqual([
      'columns 16:1 20:1 25:1 23:1',
    ]);
    const rows = binary.flatMap((each) => (each.kind === 'dataRow' ? [each.values] : []));
    expect(rows).toEqual([
      [
        Buffer.from([1]),
        Buffer.from('4000000000000000', 'hex'),
        Buffer.from('ä\n'),
        Buffer.from('fffffff9', 'hex'),
      ],
      [null, null, null, null],
    ]);
    expect(await talk(client, messages([0, 0, 1, 0]))).toContain('row t|4611686018427387904|ä\n|-7');
    expect(await talk(client, messages([0, 1]))).toEqual(['parseComplete', 'error ERROR 08P01', 'ready I']);
  });

  it('takes parameters in text and binary', async () => {
    const client = await login();
    const echo = (formats: readonly (0 | 1)[], values: readonly (Buffer | null)[]): FrontendMessage[] => [
      parse('SELECT $1::int4, $2::text'),
      { ...bind(), parameterFormats: formats, parameters: values } as FrontendMessage,
      execute(),
      sync,
    ];
    const four = Buffer.from([0, 0, 0, 4]);
    expect(await talk(client, echo([1, 0], [four, Buffer.from('ü')]))).toContain('row 4|ü');
    expect(await talk(client, echo([], [Buffer.from('-4'), null]))).toContain('row -4|NULL');
    const refused = async (
      values: readonly (Buffer | null)[],
      formats: readonly (0 | 1)[] = [],
    ): Promise<unknown> => {
      client.send(...echo(formats, values));
      const error = (await client.until('readyForQuery')).find((each) => each.kind === 'errorResponse');
      return error?.kind === 'errorResponse'
        ? `${error.fields.get('C')} ${error.fields.get('M')}`
        : undefined;
    };
    expect(await refused([four])).toBe(
      '08P01 bind message supplies 1 parameters, but prepared statement "" requires 2',
    );
    expect(await refused([four, null], [1, 1, 1])).toBe(
      '08P01 expected 2 field format specifiers, but got 3',
    );
    expect(await refused([Buffer.from('four'), null])).toMatch(
      /^22023 unable to decode parameter: invalid input/,
    );
    expect(await refused([Buffer.from([4]), null], [1])).toMatch(/^22023 unable to decode parameter: /);
    expect(await refused([null, Buffer.from([0xff])])).toMatch(
      /^22023 unable to decode parameter: invalid byte/,
    );
  });

  it('commits an Execute when the next statement begins, and drops its portal', async () => {
    const client = await login();
    const said = await talk(client, [
      parse('SELECT generate_series(1,3)', 's'),
      bind('p', 's'),
      execute('p', 1),
      parse('SET a = b'),
      bind(),
      execute(),
      execute('p', 1),
      sync,
    ]);
    expect(said.slice(-2)).toEqual(['error ERROR 34000', 'ready I']);
    expect(wire.session().calls.slice(0, 3)).toEqual([
      'SELECT generate_series(1,3)',
      '(commit)',
      'SET a = b',
    ]);
    expect(wire.session().cursors[0]?.closed).toBeGreaterThan(0);
  });

  it('refuses the same name twice, and lets names go', async () => {
    const client = await login();
    expect(await talk(client, [parse('SELECT 1', 's'), parse('SELECT 1', 's'), sync])).toEqual([
      'parseComplete',
      'error ERROR 42P05',
      'ready I',
    ]);
    expect(await talk(client, [bind('p', 's'), bind('p', 's'), sync])).toEqual([
      'bindComplete',
      'error ERROR 42P03',
      'ready I',
    ]);
    expect(
      await talk(client, [
        closeStatement('s'),
        closeStatement('s'),
        closePortal('none'),
        bind('', 's'),
        sync,
      ]),
    ).toEqual(['closeComplete', 'closeComplete', 'closeComplete', 'error ERROR 26000', 'ready I']);
  });

  it('runs a finished portal again only when it has rows', async () => {
    const client = await login();
    expect(await talk(client, [parse('SELECT 1'), bind(), execute(), execute(), sync])).toEqual([
      'parseComplete',
      'bindComplete',
      'row 1',
      'complete SELECT 1',
      'complete SELECT 0',
      'ready I',
    ]);
    expect((await talk(client, [parse('SET a = b'), bind(), execute(), execute(), sync])).slice(-2)).toEqual([
      'error ERROR 55000',
      'ready I',
    ]);
  });

  it('keeps portals in a transaction, and drops them at its end', async () => {
    const client = await login();
    await talk(client, [query('BEGIN')]);
    await talk(client, [parse('SELECT generate_series(1,3)', 's'), bind('p', 's'), execute('p', 1), sync]);
    expect(await talk(client, [execute('p', 1), sync])).toEqual(['row 2', 'portalSuspended', 'ready T']);
    await talk(client, [parse('COMMIT'), bind(), execute(), sync]);
    expect(await talk(client, [execute('p', 1), sync])).toEqual(['error ERROR 34000', 'ready I']);
  });

  it('answers COPY without a description', async () => {
    const client = await login();
    const copy = 'COPY (SELECT generate_series(1,2)) TO STDOUT';
    expect(
      await talk(client, [parse(copy), describeStatement(), bind(), describePortal(), execute(), sync]),
    ).toEqual([
      'parseComplete',
      'parameters ',
      'noData',
      'bindComplete',
      'noData',
      'copyOutResponse',
      'data 1\n',
      'data 2\n',
      'copyDone',
      'complete COPY 2',
      'ready I',
    ]);
  });

  it('limits statements and portals', async () => {
    const small = await startWireServer({}, { limits: { statements: 2, portals: 2 } });
    const client = await WireClient.login(small.port);
    const named = ['a', 'b', 'c'].map((name) => parse('SELECT 1', name));
    expect((await talk(client, [...named, sync])).slice(-2)).toEqual(['error ERROR 53400', 'ready I']);
    await talk(client, [query('BEGIN')]);
    const portals = ['a', 'b', 'c'].map((name) => bind(name, 'a'));
    expect((await talk(client, [...portals, sync])).slice(-2)).toEqual(['error ERROR 53400', 'ready E']);
    client.close();
    await small.server.stop(0);
  });

  it('limits what statements and portals hold', async () => {
    const small = await startWireServer({}, { limits: { statements: 100, portals: 100, heldBytes: 10_000 } });
    const client = await WireClient.login(small.port);
    const texts = ['a', 'b', 'c'].map((name) => parse(`RAISE ${name.repeat(4000)}`, name));
    expect(await talk(client, [...texts, sync])).toEqual([
      'parseComplete',
      'parseComplete',
      'error ERROR 53200',
      'ready I',
    ]);
    await talk(client, [query('BEGIN'), parse('SELECT $1::int4, $2::text', 'p'), sync], 2);
    const value = Buffer.alloc(4000, 'x');
    const portals = ['a', 'b', 'c'].map(
      (name) => ({ ...bind(name, 'p'), parameters: [null, value] }) as FrontendMessage,
    );
    expect(await talk(client, [...portals, sync])).toEqual([
      'bindComplete',
      'bindComplete',
      'error ERROR 53200',
      'ready E',
    ]);
    await talk(client, [query('ROLLBACK; BEGIN')]);
    expect(await talk(client, [...portals.slice(0, 2), sync])).toEqual([
      'bindComplete',
      'bindComplete',
      'ready T',
    ]);
    client.close();
    await small.server.stop(0);
  });
});

describe('COPY FROM STDIN', () => {
  it('takes data, also slowly, and ignores Sync and Flush', async () => {
    const client = await login();
    client.send(query('COPY t FROM STDIN; SELECT 1'));
    await client.until('copyInResponse');
    const said = await talk(client, [
      copyData('1\n'),
      sync,
      flush,
      copyData('slow\n'),
      copyData('3\n'),
      copyDone,
    ]);
    expect(said).toEqual(['complete COPY 3', 'columns 23:0', 'row 1', 'complete SELECT 1', 'ready I']);
    expect(wire.session().copied).toBe('1\nslow\n3\n');
  });

  it('fails with what the client said', async () => {
    const client = await login();
    client.send(query('COPY t FROM STDIN'), copyData('1\n'), copyFail('no more'));
    const error = (await client.until('readyForQuery')).find((each) => each.kind === 'errorResponse');
    expect(error?.kind === 'errorResponse' && error.fields.get('M')).toBe('COPY from stdin failed: no more');
    expect(wire.session().abortedCopies).toBe(1);
    expect(await talk(client, [query('SELECT 1')])).toContain('row 1');
  });

  it('ignores what follows a bad row, and stays usable', async () => {
    const client = await login();
    const messages = [
      query('COPY t FROM STDIN'),
      copyData('bad\n'),
      copyData('2\n'),
      copyDone,
      query('SELECT 1'),
    ];
    expect(await talk(client, messages, 2)).toEqual([
      'copyInResponse',
      'error ERROR 22P02',
      'ready I',
      'columns 23:0',
      'row 1',
      'complete SELECT 1',
      'ready I',
    ]);
  });

  it('refuses another message', async () => {
    const client = await login();
    expect(
      await talk(client, [query('COPY t FROM STDIN'), query('SELECT 1'), copyDone, query('SELECT 1')], 2),
    ).toEqual([
      'copyInResponse',
      'error ERROR 08P01',
      'ready I',
      'columns 23:0',
      'row 1',
      'complete SELECT 1',
      'ready I',
    ]);
  });

  it('tells the sink when the client goes away', async () => {
    const client = await login();
    const session = wire.session();
    client.send(query('COPY t FROM STDIN'), copyData('1\n'));
    await client.until('copyInResponse');
    client.close();
    await eventually(() => session.closed === 1);
    expect(session.abortedCopies).toBe(1);
  });
});

describe('stray messages', () => {
  it('of COPY or of a login start the skipping, silently', async () => {
    const client = await login();
    for (const stray of [
      copyData('x'),
      copyDone,
      copyFail('x'),
      { kind: 'password', data: Buffer.from('x\0') } as const,
    ]) {
      expect(await talk(client, [stray, query('SELECT 1'), sync])).toEqual(['ready I']);
    }
  });

  it('of an unknown type end the connection', async () => {
    const client = await login();
    client.raw(Buffer.from([0x46, 0, 0, 0, 4]));
    const [error] = await client.untilClosed();
    expect(error?.kind === 'errorResponse' && error.fields.get('M')).toBe('unknown message type 70');
    expect(transcript(error === undefined ? [] : [error])).toEqual(['error FATAL 08P01']);
  });
});

describe('time', () => {
  it('stops a statement at statement_timeout', async () => {
    const client = await login();
    for (const slow of ['SLEEP 60000', 'SPIN']) {
      expect((await talk(client, [query(`SET statement_timeout = 30; ${slow}`)])).slice(-2)).toEqual([
        'error ERROR 57014',
        'ready I',
      ]);
    }
    expect(wire.session().closedSpins).toBe(1);
  });

  it('stops a statement at a cancel request, and ignores one with a wrong key', async () => {
    const client = await login();
    const { connectionId, secretKey } = wire.session();
    client.send(query('SPIN'));
    const cancel = async (key: number): Promise<void> => {
      const other = await WireClient.open(wire.port);
      other.packet({ kind: 'cancelRequest', processId: connectionId, secretKey: key });
      expect(await other.untilClosed()).toEqual([]);
      other.close();
    };
    await cancel(secretKey ^ 1);
    const answered = client.until('readyForQuery');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(client.messages.some((each) => each.kind === 'errorResponse')).toBe(false);
    await cancel(secretKey);
    expect(transcript(await answered).slice(-2)).toEqual(['error ERROR 57014', 'ready I']);
  });

  it('ends a session that idles in a transaction', async () => {
    const client = await login();
    await talk(client, [query('SET idle_timeout = 40')]);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(await talk(client, [query('BEGIN')])).toEqual(['complete BEGIN', 'ready T']);
    const [error] = await client.untilClosed();
    expect(error?.kind === 'errorResponse' && `${error.fields.get('C')} ${error.fields.get('M')}`).toBe(
      '25P03 terminating connection due to idle-in-transaction timeout',
    );
  });

  it('lets a busy session idle for less than the timeout', async () => {
    const client = await login();
    await talk(client, [query('SET idle_timeout = 900; BEGIN')]);
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await talk(client, [query('SELECT 1')])).toContain('ready T');
    }
  });

  it('stops what runs when the client goes away', async () => {
    const client = await login();
    const session = wire.session();
    client.send(query('SPIN'));
    await eventually(() => session.calls.includes('SPIN'));
    client.close();
    await eventually(() => session.closed === 1);
    expect(session.closedSpins).toBe(1);
  });

  it('lets others work while one connection pipelines without end', async () => {
    const busy = await login();
    const batch = Array.from({ length: 20_000 }, () => query('SELECT 1'));
    busy.send(...batch);
    busy.send(...batch);
    const other = await login();
    const start = performance.now();
    for (let i = 0; i < 5; i++) await talk(other, [query('SELECT 1')]);
    const waited = performance.now() - start;
    const done = busy.messages.filter((each) => each.kind === 'readyForQuery').length;
    expect(done).toBeLessThan(40_000);
    expect(waited).toBeLessThan(3000);
    await busy.until('readyForQuery', 40_000);
  });
});
