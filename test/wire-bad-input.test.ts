/** What a hostile or broken client can do: the server answers with an error or closes that one connection. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FrontendMessage } from '../src/pgproto/frontend-messages.ts';
import { encodeFrontend } from '../src/pgproto/frontend-encode.ts';
import { MessageWriter } from '../src/pgproto/message-writer.ts';
import {
  WireClient,
  bind,
  closePortal,
  copyData,
  copyDone,
  copyFail,
  describeStatement,
  execute,
  flush,
  parse,
  query,
  sync,
  terminate,
  transcript,
} from './support/wire-client.ts';
import { eventually, startWireServer, type WireServer } from './support/wire-server.ts';

const MEGABYTE = 1024 * 1024;

let wire: WireServer;

beforeAll(async () => {
  wire = await startWireServer({}, { limits: { lingerMs: 100 } });
});
afterAll(() => wire.server.stop(0));

async function stillServes(): Promise<void> {
  const client = await WireClient.login(wire.port);
  client.send(query('SELECT 1'));
  expect(transcript(await client.until('readyForQuery'))).toContain('row 1');
  client.close();
}

/** Bytes of memory that buffers hold, after what is garbage has had a moment to go. */
async function heldBytes(): Promise<number> {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

describe('random bytes', () => {
  it('before and after the login close that connection only', async () => {
    const bystander = await WireClient.login(wire.port);
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.boolean(),
        async (bytes, loggedIn) => {
          const client = loggedIn ? await WireClient.login(wire.port) : await WireClient.open(wire.port);
          client.raw(bytes);
          client.socket.end();
          for (const message of await client.untilClosed()) {
            if (message.kind === 'errorResponse') expect(message.fields.get('C')).not.toBe('XX000');
          }
          client.close();
        },
      ),
      { numRuns: 300 },
    );
    bystander.send(query('SELECT 1'));
    expect(transcript(await bystander.until('readyForQuery'))).toContain('row 1');
    bystander.close();
    await eventually(() => wire.server.metrics.connectionsOpen === 0);
    expect(wire.factory.sessions.every((session) => session.closed === 1)).toBe(true);
  });

  it('inside good messages give errors and leave the session usable or closed', async () => {
    const samples: readonly FrontendMessage[] = [
      query('SELECT 1'),
      parse('SELECT $1::int4, $2::text'),
      {
        ...bind(),
        parameterFormats: [0, 1],
        parameters: [Buffer.from('1'), Buffer.from('x')],
      } as FrontendMessage,
      describeStatement(),
      execute('', 1),
      closePortal('x'),
    ];
    const edit = fc.tuple(fc.constantFrom(...samples), fc.nat(60), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 8 }), async (edits) => {
        const client = await WireClient.login(wire.port);
        for (const [message, at, byte] of edits) {
          const writer = new MessageWriter();
          encodeFrontend(writer, message);
          const bytes = Buffer.from(writer.view());
          // The header stays: the frame is right and what is in it is not.
          if (bytes.length > 5) bytes[5 + (at % (bytes.length - 5))] = byte;
          client.raw(bytes);
        }
        client.send(sync, query('SELECT 1'), terminate);
        const messages = await client.untilClosed();
        expect(transcript(messages)).toContain('row 1');
        const errors = messages.filter((message) => message.kind === 'errorResponse');
        // XX000 is also how a Parse of two statements is refused, which one byte can make of one.
        const faults = errors.filter(
          ({ fields }) =>
            fields.get('C') === 'XX000' && !fields.get('M')?.startsWith('cannot insert multiple commands'),
        );
        expect(faults).toEqual([]);
        expect(errors.filter(({ fields }) => fields.get('S') === 'FATAL')).toEqual([]);
        client.close();
      }),
      { numRuns: 200 },
    );
    await stillServes();
  });
});

describe('sizes', () => {
  const header = (type: string, length: number): Buffer => {
    const bytes = Buffer.alloc(5, type);
    bytes.writeInt32BE(length, 1);
    return bytes;
  };

  it.each([
    ['a statement of 16 MB', header('Q', 16 * MEGABYTE), 'error FATAL 08006'],
    ['a Bind of 2 GB', header('B', 0x7fffffff), 'error FATAL 08006'],
    ['a length of zero', header('Q', 0), 'error FATAL 08P01'],
    ['a negative length', header('S', -5), 'error FATAL 08P01'],
    ['a long Sync', header('S', 100_000), 'error FATAL 08P01'],
  ])('%s is refused by its header', async (_name, bytes, expected) => {
    const client = await WireClient.login(wire.port);
    client.raw(bytes);
    expect(transcript(await client.untilClosed())).toEqual([expected]);
    client.close();
  });

  it('a statement of 16 MB that is really sent is refused, and the client gets to read why', async () => {
    const client = await WireClient.login(wire.port);
    client.raw(header('Q', 16 * MEGABYTE));
    client.raw(Buffer.alloc(16 * MEGABYTE, 'x'));
    const [error] = await client.untilClosed();
    expect(error?.kind === 'errorResponse' && error.fields.get('M')).toBe('request larger than 1.9 MiB');
    client.close();
  });

  it('a half-sent message costs what was sent of it', async () => {
    const before = await heldBytes();
    const clients = await Promise.all(Array.from({ length: 100 }, () => WireClient.login(wire.port)));
    for (const client of clients) client.raw(Buffer.concat([header('Q', 1_900_000), Buffer.from('SELECT')]));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await heldBytes()) - before).toBeLessThan(40 * MEGABYTE);
    for (const client of clients) client.close();
    await eventually(() => wire.server.metrics.connectionsOpen === 0);
  });
});

describe('every message in every state', () => {
  const messages: readonly FrontendMessage[] = [
    query('SELECT 1'),
    query(''),
    parse('SELECT 1'),
    parse('SYNTAX'),
    bind(),
    bind('', 'nope'),
    describeStatement(),
    execute(),
    closePortal(),
    flush,
    sync,
    copyData('1\n'),
    copyDone,
    copyFail('x'),
    { kind: 'password', data: Buffer.from('x\0') },
    terminate,
  ];
  const STATES: Readonly<Record<string, readonly FrontendMessage[]>> = {
    idle: [],
    'in a transaction': [query('BEGIN')],
    'in a failed transaction': [query('BEGIN; SELECT 1/0')],
    'inside an extended query': [parse('SELECT generate_series(1,3)'), bind(), execute('', 1)],
    skipping: [parse('SYNTAX')],
    'in COPY FROM STDIN': [query('COPY t FROM STDIN')],
    'in COPY by extended query': [parse('COPY t FROM STDIN'), bind(), execute()],
    'after a failed COPY': [query('COPY t FROM STDIN'), copyData('bad\n')],
    'while a statement waits': [query('SLEEP 20')],
  };

  it.each(Object.entries(STATES))('%s', async (_name, lead) => {
    for (const message of messages) {
      const client = await WireClient.login(wire.port);
      const session = wire.session();
      // Whatever the state, CopyFail and two Syncs bring a session back that has not ended.
      client.send(
        ...lead,
        message,
        copyFail('stop'),
        sync,
        sync,
        query('ROLLBACK'),
        query('SELECT 1'),
        terminate,
      );
      const said = transcript(await client.untilClosed());
      if (message.kind !== 'terminate')
        expect(said.slice(-4)).toEqual(['columns 23:0', 'row 1', 'complete SELECT 1', 'ready I']);
      expect(said.filter((line) => line.includes('FATAL') || line.includes('XX000'))).toEqual([]);
      client.close();
      await eventually(() => session.closed === 1);
    }
  });

  it('any sequence of messages leaves a session that Sync brings back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...messages.filter((message) => message.kind !== 'terminate')), {
          maxLength: 25,
        }),
        async (sequence) => {
          const client = await WireClient.login(wire.port);
          client.send(...sequence, sync, query('SELECT 1'), terminate);
          const said = transcript(await client.untilClosed());
          expect(said.slice(-4)).toEqual(['columns 23:0', 'row 1', 'complete SELECT 1', 'ready I']);
          expect(said.filter((line) => line.includes('FATAL') || line.includes('XX000'))).toEqual([]);
          client.close();
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('connections', () => {
  it('opened and dropped by the thousand leave nothing behind', async () => {
    const before = wire.server.metrics.connectionsTotal;
    for (let round = 0; round < 15; round++) {
      const clients = await Promise.all(Array.from({ length: 200 }, () => WireClient.open(wire.port)));
      clients.forEach((client, i) => {
        if (i % 3 === 0) client.startup({ user: 'materialize' });
        if (i % 3 === 1) client.raw(Buffer.from([0, 0, 0]));
        if (i % 2 === 0) client.socket.resetAndDestroy();
        else client.close();
      });
    }
    await eventually(() => wire.server.metrics.connectionsOpen === 0, 20_000);
    expect(wire.server.metrics.connectionsTotal - before).toBe(3000);
    await eventually(() => wire.factory.sessions.every((session) => session.closed === 1));
    await stillServes();
  });
});

describe('a client that reads in bursts', () => {
  it.each(['plain', 'tls'] as const)('gets every byte of every answer in order: %s', async (kind) => {
    const other = await startWireServer({ tls: 'self-signed' });
    const client = await WireClient.open(other.port);
    if (kind === 'tls') {
      client.packet({ kind: 'sslRequest' });
      await client.rawByte();
      await client.upgrade();
    }
    client.startup({ user: 'materialize' });
    await client.until('readyForQuery');
    const start = client.messages.length;
    const sizes = Array.from({ length: 1500 }, (_, i) => 1 + ((i * 7919) % 300));
    for (let i = 0; i < sizes.length; i += 30) {
      client.send(...sizes.slice(i, i + 30).map((size) => query(`SELECT generate_series(1,${size})`)));
      if (i % 90 === 0) client.socket.pause();
      await new Promise((resolve) => setTimeout(resolve, i % 60 === 0 ? 3 : 0));
      client.socket.resume();
    }
    await client.until('readyForQuery', sizes.length);
    const seen = client.messages.slice(start).flatMap((message): (number | string)[] => {
      if (message.kind === 'dataRow') return [Number(message.values[0]?.toString())];
      return message.kind === 'commandComplete' ? [message.tag] : [];
    });
    const expected = sizes.flatMap((size) => [
      ...Array.from({ length: size }, (_, i) => i + 1),
      `SELECT ${size}`,
    ]);
    expect(seen).toEqual(expected);
    client.close();
    await other.server.stop(0);
  });
});

describe('a client that stops reading', () => {
  it('stops the query, not the server, and memory stays bounded', async () => {
    const before = await heldBytes();
    const client = await WireClient.login(wire.port);
    const session = wire.session();
    client.socket.pause();
    client.send(query('SELECT blobs(1000000, 1000)'));
    await eventually(() => (session.cursors[0]?.fetched ?? 0) > 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const fetched = session.cursors[0]?.fetched ?? 0;
    // What fits into the sockets' own buffers, and no more: a small part of the gigabyte.
    expect(fetched).toBeLessThan(50_000);
    expect((await heldBytes()) - before).toBeLessThan(64 * MEGABYTE);
    await stillServes();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(session.cursors[0]?.fetched).toBe(fetched);
    client.close();
    await eventually(() => session.closed === 1);
    expect(session.cursors[0]?.closed).toBeGreaterThan(0);
  });

  it('can be cancelled', async () => {
    const client = await WireClient.login(wire.port);
    const session = wire.session();
    client.socket.pause();
    client.send(query('SELECT blobs(1000000, 1000)'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    session.interrupt?.raise();
    await eventually(() => (session.cursors[0]?.closed ?? 0) > 0);
    client.socket.resume();
    expect(transcript(await client.until('readyForQuery')).slice(-2)).toEqual([
      'error ERROR 57014',
      'ready I',
    ]);
    client.close();
  });

  it('goes on when it reads again', async () => {
    const client = await WireClient.login(wire.port);
    client.socket.pause();
    client.send(query('SELECT blobs(20000, 1000)'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    client.socket.resume();
    expect(transcript((await client.until('readyForQuery')).slice(-2))).toEqual([
      'complete SELECT 20000',
      'ready I',
    ]);
    client.close();
  });

  it('may send questions without end, and they wait in its own socket', async () => {
    const before = await heldBytes();
    const client = await WireClient.login(wire.port);
    client.socket.pause();
    const batch = Array.from({ length: 200 }, () => query(`SELECT blobs(1, 10000)`));
    const calls = wire.session().calls;
    let sent = 0;
    for (; sent < 500 && client.socket.writableLength < 4 * MEGABYTE; sent++) {
      client.send(...batch);
      if (sent % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(calls.filter((call) => call.startsWith('SELECT')).length).toBeLessThan(5000);
    expect((await heldBytes()) - before).toBeLessThan(64 * MEGABYTE);
    client.close();
    await stillServes();
  });
});
