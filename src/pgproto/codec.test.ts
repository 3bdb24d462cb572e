import fc from 'fast-check';
import { parse as parseWithPeer, serialize } from 'pg-protocol';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { SqlError } from '../errors.ts';
import { decodeBackend } from './backend-decode.ts';
import { encodeBackend } from './backend-encode.ts';
import { BACKEND, type BackendMessage } from './backend-messages.ts';
import { ByteReader } from './byte-reader.ts';
import { DEFAULT_FRAME_LIMITS, FrameReader } from './frame-reader.ts';
import { decodeFrontend, decodeSaslInitialResponse, decodeStartup } from './frontend-decode.ts';
import { encodeFrontend, encodeStartup } from './frontend-encode.ts';
import { FRONTEND, type FrontendMessage, type StartupPacket } from './frontend-messages.ts';
import { MessageWriter } from './message-writer.ts';

function backendBytes(...messages: readonly BackendMessage[]): Buffer {
  const writer = new MessageWriter(8);
  for (const message of messages) encodeBackend(writer, message);
  return writer.view();
}

function frontendBytes(...messages: readonly FrontendMessage[]): Buffer {
  const writer = new MessageWriter(8);
  for (const message of messages) encodeFrontend(writer, message);
  return writer.view();
}

function readFrames(...chunks: readonly Buffer[]): FrontendMessage[] {
  const reader = new FrameReader();
  const messages: FrontendMessage[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    while (reader.next()) messages.push(decodeFrontend(reader.type, reader.body));
  }
  expect(reader.buffered).toBe(0);
  return messages;
}

/** What the npm package pg-protocol makes of our bytes. */
async function peerReads(bytes: Buffer): Promise<Record<string, unknown>[]> {
  const messages: Record<string, unknown>[] = [];
  await parseWithPeer(Readable.from([bytes]) as never, (message) => {
    messages.push(message as unknown as Record<string, unknown>);
  });
  return messages;
}

const fields = new Map([
  ['S', 'ERROR'],
  ['C', '42601'],
  ['M', 'syntax error'],
  ['D', 'detail'],
  ['H', 'hint'],
  ['P', '7'],
]);
const columnOf = {
  name: 'größe',
  tableOid: 0,
  attribute: 0,
  typeOid: 23,
  typeLength: 4,
  typeModifier: -1,
  format: 1,
} as const;

const BACKEND_SAMPLES = {
  authentication: { kind: 'authentication', code: 0, data: Buffer.alloc(0) },
  backendKeyData: { kind: 'backendKeyData', processId: 7, secretKey: 4_000_000_000 },
  bindComplete: { kind: 'bindComplete' },
  closeComplete: { kind: 'closeComplete' },
  commandComplete: { kind: 'commandComplete', tag: 'SELECT 1' },
  copyBothResponse: { kind: 'copyBothResponse', format: 0, columns: [0] },
  copyData: { kind: 'copyData', data: Buffer.from('1\t2\n') },
  copyDone: { kind: 'copyDone' },
  copyInResponse: { kind: 'copyInResponse', format: 0, columns: [0, 0] },
  copyOutResponse: { kind: 'copyOutResponse', format: 1, columns: [1, 1] },
  dataRow: { kind: 'dataRow', values: [Buffer.from('1'), null, Buffer.alloc(0)] },
  emptyQueryResponse: { kind: 'emptyQueryResponse' },
  errorResponse: { kind: 'errorResponse', fields },
  functionCallResponse: { kind: 'functionCallResponse', value: Buffer.from('x') },
  negotiateProtocolVersion: { kind: 'negotiateProtocolVersion', version: 196608, unknownOptions: ['_pq_.x'] },
  noData: { kind: 'noData' },
  noticeResponse: { kind: 'noticeResponse', fields },
  notificationResponse: { kind: 'notificationResponse', processId: 1, channel: 'c', payload: 'p' },
  parameterDescription: { kind: 'parameterDescription', types: [23, 25] },
  parameterStatus: { kind: 'parameterStatus', name: 'TimeZone', value: 'UTC' },
  parseComplete: { kind: 'parseComplete' },
  portalSuspended: { kind: 'portalSuspended' },
  readyForQuery: { kind: 'readyForQuery', status: 'T' },
  rowDescription: { kind: 'rowDescription', fields: [columnOf] },
} satisfies { [K in BackendMessage['kind']]: Extract<BackendMessage, { kind: K }> };

const FRONTEND_SAMPLES = {
  bind: {
    kind: 'bind',
    portal: 'p',
    statement: 's',
    parameterFormats: [0, 1],
    parameters: [Buffer.from('1'), null],
    resultFormats: [1],
  },
  close: { kind: 'close', target: 'portal', name: 'p' },
  copyData: { kind: 'copyData', data: Buffer.from('1\n') },
  copyDone: { kind: 'copyDone' },
  copyFail: { kind: 'copyFail', message: 'no more' },
  describe: { kind: 'describe', target: 'statement', name: 's' },
  execute: { kind: 'execute', portal: 'p', maxRows: 5 },
  flush: { kind: 'flush' },
  parse: { kind: 'parse', name: 's', sql: 'SELECT $1', parameterTypes: [23, 4_000_000_000] },
  password: { kind: 'password', data: Buffer.from('secret\0') },
  query: { kind: 'query', sql: 'SELECT ä' },
  sync: { kind: 'sync' },
  terminate: { kind: 'terminate' },
} satisfies { [K in FrontendMessage['kind']]: Extract<FrontendMessage, { kind: K }> };

describe('backend messages', () => {
  it.each(Object.values(BACKEND_SAMPLES))('come back from their bytes: $kind', (message) => {
    const bytes = backendBytes(message);
    expect(bytes[0]).toBe(BACKEND[message.kind]);
    expect(bytes.readInt32BE(1)).toBe(bytes.length - 1);
    expect(decodeBackend(bytes[0] as number, new ByteReader(bytes, 5))).toEqual(message);
  });

  it('are what pg-protocol reads', async () => {
    const seen = await peerReads(
      backendBytes(
        BACKEND_SAMPLES.authentication,
        BACKEND_SAMPLES.parameterStatus,
        BACKEND_SAMPLES.backendKeyData,
        BACKEND_SAMPLES.readyForQuery,
        BACKEND_SAMPLES.rowDescription,
        BACKEND_SAMPLES.dataRow,
        BACKEND_SAMPLES.commandComplete,
        BACKEND_SAMPLES.errorResponse,
        BACKEND_SAMPLES.noticeResponse,
        BACKEND_SAMPLES.parameterDescription,
        BACKEND_SAMPLES.copyInResponse,
        BACKEND_SAMPLES.copyOutResponse,
        BACKEND_SAMPLES.copyData,
        BACKEND_SAMPLES.notificationResponse,
        BACKEND_SAMPLES.portalSuspended,
        BACKEND_SAMPLES.noData,
        { kind: 'authentication', code: 10, data: Buffer.from('SCRAM-SHA-256\0\0') },
      ),
    );
    expect(seen.map((message) => message['name'])).toEqual([
      'authenticationOk',
      'parameterStatus',
      'backendKeyData',
      'readyForQuery',
      'rowDescription',
      'dataRow',
      'commandComplete',
      'error',
      'notice',
      'parameterDescription',
      'copyInResponse',
      'copyOutResponse',
      'copyData',
      'notification',
      'portalSuspended',
      'noData',
      'authenticationSASL',
    ]);
    expect(seen[1]).toMatchObject({ parameterName: 'TimeZone', parameterValue: 'UTC' });
    expect(seen[2]).toMatchObject({ processID: 7, secretKey: 4_000_000_000 | 0 });
    expect(seen[4]).toMatchObject({
      fields: [{ name: 'größe', dataTypeID: 23, dataTypeSize: 4, dataTypeModifier: -1, format: 'binary' }],
    });
    expect(seen[5]).toMatchObject({ fields: ['1', null, ''] });
    expect(seen[7]).toMatchObject({
      severity: 'ERROR',
      code: '42601',
      detail: 'detail',
      hint: 'hint',
      position: '7',
    });
    expect(seen[9]).toMatchObject({ dataTypeIDs: [23, 25] });
    expect(seen[16]).toMatchObject({ mechanisms: ['SCRAM-SHA-256'] });
  });
});

describe('frontend messages', () => {
  it.each(Object.values(FRONTEND_SAMPLES))('come back from their bytes: $kind', (message) => {
    expect(readFrames(frontendBytes(message))).toEqual([message]);
  });

  it('are read from what pg-protocol writes', () => {
    const bytes = Buffer.concat([
      serialize.query('SELECT 1'),
      serialize.parse({ name: 's', text: 'SELECT $1', types: [23] }),
      serialize.bind({ portal: 'p', statement: 's', values: ['7', null, Buffer.from([1])], binary: true }),
      serialize.describe({ type: 'P', name: 'p' }),
      serialize.execute({ portal: 'p', rows: 3 }),
      serialize.close({ type: 'S', name: 's' }),
      serialize.flush(),
      serialize.sync(),
      serialize.copyData(Buffer.from('x')),
      serialize.copyDone(),
      serialize.copyFail('why'),
      serialize.password('pw'),
      serialize.end(),
    ]);
    expect(readFrames(bytes)).toEqual([
      { kind: 'query', sql: 'SELECT 1' },
      { kind: 'parse', name: 's', sql: 'SELECT $1', parameterTypes: [23] },
      {
        kind: 'bind',
        portal: 'p',
        statement: 's',
        parameterFormats: [0, 0, 1],
        parameters: [Buffer.from('7'), null, Buffer.from([1])],
        resultFormats: [1],
      },
      { kind: 'describe', target: 'portal', name: 'p' },
      { kind: 'execute', portal: 'p', maxRows: 3 },
      { kind: 'close', target: 'statement', name: 's' },
      { kind: 'flush' },
      { kind: 'sync' },
      { kind: 'copyData', data: Buffer.from('x') },
      { kind: 'copyDone' },
      { kind: 'copyFail', message: 'why' },
      { kind: 'password', data: Buffer.from('pw\0') },
      { kind: 'terminate' },
    ]);
    const sasl = serialize.sendSASLInitialResponseMessage('SCRAM-SHA-256', 'n,,n=,r=abc');
    expect(decodeSaslInitialResponse(sasl.subarray(5))).toEqual({
      mechanism: 'SCRAM-SHA-256',
      data: Buffer.from('n,,n=,r=abc'),
    });
  });

  it('are the same however the bytes are cut', () => {
    const all = Object.values(FRONTEND_SAMPLES).filter((message) => message.kind !== 'copyData');
    const bytes = frontendBytes(...all, ...all);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        const points = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = points.slice(1).map((end, i) => Buffer.from(bytes.subarray(points[i], end)));
        expect(readFrames(...chunks)).toEqual([...all, ...all]);
      }),
    );
  });

  it('keep their bytes while later chunks arrive', () => {
    const reader = new FrameReader();
    const first = frontendBytes({ ...FRONTEND_SAMPLES.bind, parameters: [Buffer.from('keep me'), null] });
    reader.push(Buffer.from(first.subarray(0, 9)));
    expect(reader.next()).toBe(false);
    reader.push(Buffer.from(first.subarray(9)));
    expect(reader.next()).toBe(true);
    const message = decodeFrontend(reader.type, reader.body);
    for (let i = 0; i < 50; i++)
      reader.push(Buffer.from(frontendBytes({ kind: 'query', sql: 'y'.repeat(100) })));
    expect(message).toMatchObject({ parameters: [Buffer.from('keep me'), null] });
  });
});

describe('start-up packets', () => {
  const packets: readonly StartupPacket[] = [
    { kind: 'sslRequest' },
    { kind: 'gssEncRequest' },
    { kind: 'cancelRequest', processId: 3, secretKey: 4_000_000_001 },
    {
      kind: 'startup',
      major: 3,
      minor: 2,
      parameters: new Map([
        ['user', 'u'],
        ['options', ''],
      ]),
    },
  ];
  it.each(packets)('come back from their bytes: $kind', (packet) => {
    const writer = new MessageWriter();
    encodeStartup(writer, packet);
    const reader = new FrameReader();
    reader.push(writer.view());
    expect(reader.nextStartup()).toBe(true);
    expect(decodeStartup(reader.body)).toEqual(packet);
  });

  it('are read from what pg-protocol writes', () => {
    const reader = new FrameReader();
    reader.push(serialize.startup({ user: 'me', database: 'd' }));
    expect(reader.nextStartup()).toBe(true);
    expect(decodeStartup(reader.body)).toMatchObject({
      kind: 'startup',
      major: 3,
      minor: 0,
      parameters: new Map([
        ['user', 'me'],
        ['database', 'd'],
        ['client_encoding', 'UTF8'],
      ]),
    });
  });
});

describe('limits', () => {
  const header = (type: number, length: number): Buffer => {
    const bytes = Buffer.alloc(5);
    bytes[0] = type;
    bytes.writeInt32BE(length, 1);
    return bytes;
  };
  const refusal = (bytes: Buffer): SqlError => {
    const reader = new FrameReader();
    reader.push(bytes);
    try {
      reader.next();
    } catch (error) {
      return error as SqlError;
    }
    throw new Error('not refused');
  };

  it('refuse a frame by its header alone', () => {
    expect(refusal(header(FRONTEND.query, 2_000_005))).toMatchObject({
      severity: 'FATAL',
      code: '08006',
      message: 'request larger than 1.9 MiB',
    });
    expect(refusal(header(FRONTEND.sync, 20_000))).toMatchObject({ severity: 'FATAL', code: '08P01' });
    expect(refusal(header(FRONTEND.password, 70_000))).toMatchObject({ severity: 'FATAL', code: '08P01' });
    expect(refusal(header(FRONTEND.query, 3))).toMatchObject({ message: 'invalid message length' });
    expect(refusal(header(FRONTEND.query, -1))).toMatchObject({ message: 'invalid message length' });
    expect(refusal(Buffer.from('F'))).toMatchObject({
      severity: 'FATAL',
      message: 'unknown message type 70',
    });
  });

  it('do not count for CopyData, which comes in pieces', () => {
    const reader = new FrameReader();
    reader.push(header(FRONTEND.copyData, 4 + 500_000_000));
    expect(reader.next()).toBe(false);
    reader.push(Buffer.from('abc'));
    expect(reader.next()).toBe(true);
    expect(reader.body.rest().toString()).toBe('abc');
    expect(reader.buffered).toBe(0);
  });

  it('hold memory in proportion to what arrived, not to what was promised', () => {
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 200 }, () => {
      const reader = new FrameReader(DEFAULT_FRAME_LIMITS);
      reader.push(header(FRONTEND.query, 1_900_000));
      reader.next();
      reader.push(Buffer.from('x'));
      return reader;
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
    expect(readers.every((reader) => !reader.next())).toBe(true);
  });
});

describe('bad bytes', () => {
  const onlySqlErrors = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      expect(['08P01', '22021', '08006']).toContain(error.code);
    }
  };

  it('in any body give a protocol error or a message', () => {
    const types = fc.constantFrom(...Object.values(FRONTEND));
    fc.assert(
      fc.property(types, fc.uint8Array({ maxLength: 200 }), (type, body) => {
        onlySqlErrors(() => decodeFrontend(type, new ByteReader(Buffer.from(body))));
      }),
      { numRuns: 3000 },
    );
  });

  it('in a good message give a protocol error or a message', () => {
    const samples = fc.constantFrom(...Object.values(FRONTEND_SAMPLES));
    fc.assert(
      fc.property(samples, fc.nat(), fc.nat(255), fc.nat(40), (message, at, byte, cut) => {
        const bytes = Buffer.from(frontendBytes(message));
        bytes[at % bytes.length] = byte;
        const reader = new FrameReader();
        onlySqlErrors(() => {
          reader.push(bytes.subarray(0, Math.max(0, bytes.length - cut)));
          while (reader.next()) decodeFrontend(reader.type, reader.body);
        });
      }),
      { numRuns: 3000 },
    );
  });

  it('in a start-up packet give a FATAL error or a packet', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 100 }), (body) => {
        onlySqlErrors(() => decodeStartup(new ByteReader(Buffer.from(body))));
      }),
      { numRuns: 2000 },
    );
  });

  it('that are not UTF-8 are refused, and a real replacement character is not', () => {
    expect(() => readFrames(Buffer.from([0x51, 0, 0, 0, 6, 0xff, 0]))).toThrow('invalid byte sequence');
    expect(readFrames(frontendBytes({ kind: 'query', sql: '\uFFFD' }))).toEqual([
      { kind: 'query', sql: '\uFFFD' },
    ]);
  });
});

describe('MessageWriter', () => {
  const fieldBytes = (write: (writer: MessageWriter) => void): Buffer => {
    const writer = new MessageWriter(1);
    write(writer);
    return Buffer.from(writer.view());
  };

  it('writes integers as their decimal digits', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.integer({ min: -20, max: 2000 })),
        (value) => {
          const bytes = fieldBytes((writer) => writer.integerField(value));
          expect(bytes.toString('latin1', 4)).toBe(String(value));
          expect(bytes.readInt32BE(0)).toBe(bytes.length - 4);
        },
      ),
    );
  });

  it('writes any text as UTF-8 with its length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 6000 }), (text) => {
        const bytes = fieldBytes((writer) => writer.textField(text));
        expect(bytes.readInt32BE(0)).toBe(Buffer.byteLength(text));
        expect(bytes.toString('utf8', 4)).toBe(text);
      }),
    );
  });

  it('takes back a message that failed half-way', () => {
    const writer = new MessageWriter();
    encodeBackend(writer, { kind: 'parseComplete' });
    writer.begin(BACKEND.dataRow);
    writer.textField('half');
    writer.abandon();
    writer.abandon();
    encodeBackend(writer, { kind: 'noData' });
    expect(writer.view()).toEqual(backendBytes({ kind: 'parseComplete' }, { kind: 'noData' }));
  });
});
