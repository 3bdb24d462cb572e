/** Bytes on the AWS door's sockets that no HTTP client would send, and requests sent twice, late, in pieces or by halves. */
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { start, type TumblerServer } from '../src/index.ts';
import {
  ACCESS_KEY,
  raw,
  RawClient,
  REGION,
  SECRET_KEY,
  signHeaders,
  startAws,
  token,
  type TestAws,
} from './aws/harness.ts';

const TYPE = 'content-type: application/x-amz-json-1.1';
const CREATE = 'x-amz-target: secretsmanager.CreateSecret';
const PASSWORD = 'x-amz-target: secretsmanager.GetRandomPassword';
const VALUE = 'fake-only-in-tests';

let server: TestAws;
let name: string;
beforeAll(async () => {
  server = await startAws();
});
afterAll(() => server.stop());
beforeEach(() => {
  name = `bytes/${token()}`;
});

/** Sends bytes as they are and gives all that comes back until the connection ends. */
function exchange(port: number, bytes: string | Buffer, end = true): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let seen = '';
    socket.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(seen));
    if (end) socket.end(bytes);
    else socket.write(bytes, () => socket.destroySoon());
  });
}

function request(headers: readonly string[], body: string): string {
  return `POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
}

function creation(more = ''): string {
  return `{"Name":"${name}","ClientRequestToken":"${token()}","SecretString":"${VALUE}"${more}}`;
}

function sized(body: string): string {
  return `content-length: ${Buffer.byteLength(body)}`;
}

/** In pieces of so many characters. */
function chunked(body: string, size: number): string {
  const pieces = body.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
  return [...pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`), '0\r\n\r\n'].join('');
}

async function stored(): Promise<boolean> {
  const Filters = [{ Key: 'name', Values: [name] }];
  const { SecretList } = await new RawClient(server.port).call('ListSecrets', { Filters });
  return (SecretList as unknown[]).length > 0;
}

const CHUNKS = 'transfer-encoding: chunked';

describe('framing', () => {
  it('takes a body in pieces', async () => {
    const answer = await exchange(server.port, request([TYPE, CREATE, CHUNKS], chunked(creation(), 7)));
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(await stored()).toBe(true);
  });

  it.each([
    ['a piece of no length', (body: string) => [CHUNKS, `zz\r\n${body}\r\n0\r\n\r\n`]],
    ['pieces that end early', (body: string) => [CHUNKS, `fff\r\n${body}`]],
    ['a length beside pieces', (body: string) => [`${CHUNKS}\r\n${sized(body)}`, chunked(body, 99)]],
    ['two lengths', (body: string) => [`${sized(body)}\r\ncontent-length: 2`, body]],
    ['a length past the end', (body: string) => ['content-length: 9999', body]],
    ['a length short of the end', (body: string) => ['content-length: 20', body]],
    ['a negative length', (body: string) => ['content-length: -1', body]],
    ['another transfer coding', (body: string) => ['transfer-encoding: gzip', body]],
    [
      'a compressed body that is none',
      (body: string) => [`content-encoding: gzip\r\n${sized(body)}`, `\x1f${body}`],
    ],
  ])('stores nothing of %s', async (_title, frame) => {
    const [header = '', body = ''] = frame(creation());
    const answer = await exchange(server.port, request([TYPE, CREATE, header], body));
    expect(answer).not.toMatch(/^HTTP\/1\.1 200 /);
    expect(await stored()).toBe(false);
  });

  it('refuses ten megabytes in pieces before they have all come', async () => {
    const piece = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`;
    const answer = await exchange(server.port, request([TYPE, CREATE, CHUNKS], piece.repeat(160)), false);
    // The connection is cut while the client still writes: it may not read the answer.
    expect(answer).toMatch(/^(HTTP\/1\.1 413 |$)/);
    expect(await stored()).toBe(false);
  });

  it('answers requests that follow each other on a connection in order', async () => {
    const one = (body: string): string =>
      `POST / HTTP/1.1\r\nhost: x\r\n${TYPE}\r\n${PASSWORD}\r\n${sized(body)}\r\n\r\n${body}`;
    const bytes = one('{"PasswordLength":5}') + one('{') + one('{"PasswordLength":7}');
    const answer = await exchange(server.port, bytes);
    const bodies = [...answer.matchAll(/\r\n\r\n(\{[^]*?\})/g)].map(
      (match) => JSON.parse(match[1] ?? '') as Record<string, string>,
    );
    expect(bodies.map((body) => body['RandomPassword']?.length ?? body['__type'])).toEqual([
      5,
      'SerializationException',
      7,
    ]);
  });

  it.each([
    ['a TLS hello', Buffer.from('16030100c4010000c003030000', 'hex')],
    ['a PostgreSQL start-up', Buffer.from('0000000804d2162f', 'hex')],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['no header lines', 'POST / HTTP/1.1\r\n\r\n'],
    ['a NUL in a header', `POST / HTTP/1.1\r\nhost: x\r\nx-a: \0\r\n\r\n`],
    ['a header on two lines', 'POST / HTTP/1.1\r\nhost: x\r\nx-a: b\r\n c\r\n\r\n'],
    ['another protocol', 'POST / SMTP/1.1\r\n\r\n'],
  ])('goes on after %s', async (_title, bytes) => {
    expect(await exchange(server.port, bytes)).not.toMatch(/^HTTP\/1\.1 (200|500) /);
    await new RawClient(server.port).call('GetRandomPassword');
  });
});

describe('JSON', () => {
  const call = (target: string, body: string): ReturnType<typeof raw> =>
    raw(server.port, { target: `secretsmanager.${target}`, body });

  it('takes the last of members with one name', async () => {
    const answer = await call('CreateSecret', creation(',"SecretString":"last"'));
    expect(answer.status).toBe(200);
    const { SecretString } = await new RawClient(server.port).call('GetSecretValue', { SecretId: name });
    expect(SecretString).toBe('last');
  });

  it('skips what it does not know, however deep', async () => {
    const deep = `${'['.repeat(300_000)}${']'.repeat(300_000)}`;
    expect((await call('CreateSecret', creation(`,"Unknown":${deep}`))).status).toBe(200);
    const policy = `${'{"Statement":['.repeat(700)}${']}'.repeat(700)}`;
    const put = JSON.stringify({ SecretId: name, ResourcePolicy: policy });
    expect((await call('PutResourcePolicy', put)).json['__type']).toBe('MalformedPolicyDocumentException');
  });

  it('says of a hundred thousand mistakes no more than fits a screen or two', async () => {
    const tags = Array.from({ length: 80_000 }, () => ({ Key: '' }));
    const many = await call('TagResource', JSON.stringify({ SecretId: name, Tags: tags }));
    expect(many.json['__type']).toBe('ValidationException');
    expect(many.text.length).toBeLessThan(65_536);
  });

  it.each([
    ['SecretString', { SecretString: '\ud800' }],
    ['Description', { Description: 'a\udc00b' }],
    ['Tags', { Tags: [{ Key: 'k', Value: '\udbff' }] }],
  ])('refuses half a character in %s', async (_title, input) => {
    const sent = { Name: name, ClientRequestToken: token(), SecretString: VALUE, ...input };
    const answer = await call('CreateSecret', JSON.stringify(sent));
    expect([answer.status, answer.json['__type']]).toEqual([400, 'SerializationException']);
    expect(await stored()).toBe(false);
  });

  it.each([
    ['a number of days as text', 'DeleteSecret', { RecoveryWindowInDays: '7' }],
    ['a number as a truth', 'DeleteSecret', { ForceDeleteWithoutRecovery: 1 }],
    ['a list of numbers', 'UntagResource', { TagKeys: [1] }],
    ['a list as an object', 'TagResource', { Tags: { Key: 'a' } }],
    ['a text as rules', 'RotateSecret', { RotationRules: 'rate(1 day)' }],
    ['a number as bytes', 'PutSecretValue', { SecretBinary: 5 }],
    ['bytes in another alphabet', 'PutSecretValue', { SecretBinary: '_-__' }],
  ])('refuses %s', async (_title, target, input) => {
    const answer = await call(target, JSON.stringify({ SecretId: name, ...input }));
    expect([answer.status, answer.json['__type']]).toEqual([400, 'SerializationException']);
  });
});

describe('signatures', () => {
  let checked: TestAws;
  beforeAll(async () => {
    checked = await startAws({
      credentials: { [ACCESS_KEY]: { secretAccessKey: SECRET_KEY, role: 'mz_system' } },
    });
  });
  afterAll(() => checked.stop());

  it('sent again make nothing new, and after five minutes nothing at all', async () => {
    const body = creation();
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.CreateSecret',
    };
    const host = `127.0.0.1:${checked.port}`;
    const date = new Date(checked.now());
    const signed = { method: 'POST', path: '/', body: Buffer.from(body), headers, host };
    const sent = {
      body,
      sign: false,
      headers: { ...headers, ...signHeaders(signed, { region: REGION, date }) },
    };
    const first = await raw(checked.port, sent);
    expect(first.status).toBe(200);
    expect((await raw(checked.port, sent)).json).toEqual(first.json);
    checked.advance(6 * 60_000);
    const late = await raw(checked.port, sent);
    expect(late.json['__type']).toBe('InvalidSignatureException');
    expect(late.json['message']).toMatch(
      /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/,
    );
  });

  it('are for a body in pieces as well', async () => {
    const body = creation();
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.CreateSecret',
    };
    const signature = (of: string): string[] => {
      const signed = { method: 'POST', path: '/', body: Buffer.from(of), headers, host: 'x' };
      const all = { ...headers, ...signHeaders(signed, { date: new Date(checked.now()) }) };
      return Object.entries(all).map(([key, value]) => `${key}: ${value}`);
    };
    const send = (of: string): Promise<string> =>
      exchange(checked.port, request([...signature(of), CHUNKS], chunked(body, 11)));
    expect(await send(`${body} `)).toMatch(/^HTTP\/1\.1 400 [^]*InvalidSignatureException/);
    expect(await send(body)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('the listener', () => {
  let tumbler: TumblerServer;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    tumbler = await start();
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await tumbler.stop();
  });

  it('keeps idle connections longer than the pools of clients do', async () => {
    const port = Number(new URL(tumbler.awsEndpoint!).port);
    const { headers } = await new RawClient(port).send('GetRandomPassword');
    expect(headers['connection']).toBe('keep-alive');
    expect(Number(/timeout=(\d+)/.exec(String(headers['keep-alive']))?.[1])).toBeGreaterThan(60);
  });

  it('serves while many connections send a request a byte at a time', async () => {
    const port = Number(new URL(tumbler.awsEndpoint!).port);
    const half = `POST / HTTP/1.1\r\nhost: x\r\n${TYPE}\r\n${CREATE}\r\ncontent-length: 500\r\n\r\n{"Name":"`;
    for (let i = 0; i < 400; i += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.once('connect', resolve));
      // Some stop within the headers, some within the body.
      socket.write(i % 2 === 0 ? half : half.slice(0, 40 + (i % 60)));
      sockets.push(socket);
    }
    for (const socket of sockets) socket.write('x');
    const made = await new RawClient(port).call('CreateSecret', {
      Name: name,
      ClientRequestToken: token(),
      SecretString: VALUE,
    });
    expect(made['VersionId']).toBeDefined();
  });
});
