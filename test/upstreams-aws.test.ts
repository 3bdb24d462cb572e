/** AWS connections against moto's server, which checks keys and signatures, and servers that are none. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signedHeaders } from '../src/connections/aws/signature.ts';
import { liveUpstreams } from '../src/connections/live.ts';
import type { AwsSettings } from '../src/connections/resolved.ts';
import { SqlError } from '../src/errors.ts';
import { start } from '../src/index.ts';
import { SecretBytes } from '../src/secrets/secret-bytes.ts';
import { untilFailure } from './support/failure.ts';
import { freePort } from './support/postgres.ts';

const MOTO = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'tumbler-test-clients/python/bin/moto_server',
);
const never = new AbortController().signal;
const live = liveUpstreams({ connectMs: 2000, sessionMs: 20_000 });
afterAll(() => live.close());

const at = (port: number, over: Partial<AwsSettings> = {}): AwsSettings => ({
  type: 'aws',
  endpoint: new URL(`http://127.0.0.1:${String(port)}`),
  region: 'eu-west-1',
  keys: { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: SecretBytes.fromText('a-secret-key') },
  ...over,
});
const text = async (settings: AwsSettings): Promise<string> =>
  (await untilFailure(live.validate(settings, never))).message;

describe.skipIf(!existsSync(MOTO))('the Security Token Service (moto)', () => {
  let moto: ChildProcess;
  let port: number;
  let keys: { readonly id: string; readonly secret: string };

  /** A request of IAM's query protocol, signed with keys that nobody checks yet. */
  async function iam(parameters: Readonly<Record<string, string>>): Promise<string> {
    const body = new URLSearchParams({ Version: '2010-05-08', ...parameters }).toString();
    const contentType = 'application/x-www-form-urlencoded';
    const request = {
      host: `127.0.0.1:${String(port)}`,
      region: 'us-east-1',
      service: 'iam',
      body,
      contentType,
    };
    const unchecked = { accessKeyId: 'any', secretAccessKey: 'any' };
    const { host: _host, ...headers } = signedHeaders({ ...request, now: new Date() }, unchecked);
    const response = await fetch(`http://${request.host}/`, { method: 'POST', body, headers });
    return response.text();
  }

  beforeAll(async () => {
    port = await freePort();
    moto = spawn(MOTO, ['-H', '127.0.0.1', '-p', String(port)], {
      stdio: 'ignore',
      // After the three that make a user, every action is authenticated and authorized.
      env: { ...process.env, INITIAL_NO_AUTH_ACTION_COUNT: '3' },
    });
    await vi.waitFor(() => fetch(`http://127.0.0.1:${String(port)}/moto-api/`), { timeout: 60_000 });
    await iam({ Action: 'CreateUser', UserName: 'tumbler' });
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
    await iam({
      Action: 'PutUserPolicy',
      UserName: 'tumbler',
      PolicyName: 'all',
      PolicyDocument: JSON.stringify(policy),
    });
    const made = await iam({ Action: 'CreateAccessKey', UserName: 'tumbler' });
    const element = (name: string): string => new RegExp(`<${name}>([^<]*)<`).exec(made)?.[1] ?? '';
    keys = { id: element('AccessKeyId'), secret: element('SecretAccessKey') };
  });
  afterAll(() => moto.kill('SIGKILL'));

  it('knows whose keys these are', async () => {
    const secretAccessKey = SecretBytes.fromText(keys.secret);
    await live.validate(at(port, { keys: { accessKeyId: keys.id, secretAccessKey } }), never);
    const hidden = { accessKeyId: SecretBytes.fromText(keys.id), secretAccessKey };
    await live.validate(at(port, { keys: hidden }), never);
  });

  it('is asked by VALIDATE CONNECTION, with the key that the secret holds now', async () => {
    const tumbler = await start({ upstreams: 'live' });
    const client = new pg.Client(tumbler.connectionString);
    await client.connect();
    await client.query(`CREATE SECRET aws_key AS '${keys.secret}'`);
    await client.query(
      `CREATE CONNECTION aws TO AWS (ENDPOINT 'http://127.0.0.1:${String(port)}', REGION 'eu-west-1',
         ACCESS KEY ID '${keys.id}', SECRET ACCESS KEY SECRET aws_key)`,
    );
    await client.query('VALIDATE CONNECTION aws');
    await client.query("ALTER SECRET aws_key AS 'wrong-secret-key'");
    expect(await untilFailure(client.query('VALIDATE CONNECTION aws'))).toMatchObject({
      code: '58000',
      message: expect.stringContaining('SignatureDoesNotMatch') as string,
    });
    await client.end();
    await tumbler.stop();
  });

  it('refuses a wrong secret key, and an id it does not know', async () => {
    const wrong = { accessKeyId: keys.id, secretAccessKey: SecretBytes.fromText('wrong-secret-key') };
    expect(await untilFailure(live.validate(at(port, { keys: wrong }), never))).toMatchObject({
      code: '58000',
      message: expect.stringMatching(
        /^service error: unhandled error \(SignatureDoesNotMatch\): The request signature we calculated/,
      ) as string,
    });
    expect(await text(at(port))).toMatch(
      /^service error: unhandled error \(InvalidClientTokenId\): The security token included in the request is invalid/,
    );
  });
});

describe('an AWS connection', () => {
  it('cannot assume a role: there is none that could', async () => {
    const { keys: _none, ...role } = at(1);
    expect(await untilFailure(live.validate(role, never))).toMatchObject({
      code: '58000',
      message: 'internal error: no AWS connection role configured',
    });
  });

  async function saying(answer: string): Promise<{ port: number; sockets: Set<Socket>; close: () => void }> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => sockets.delete(socket));
      socket.once('data', () => answer !== '' && socket.end(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as { port: number }).port, sockets, close: () => server.close() };
  }

  it.each([
    ['HTTP/1.1 200 OK\r\n\r\n<html/>', 'unhandled error: the endpoint is no Security Token Service'],
    ['HTTP/1.1 503 Busy\r\n\r\n', 'service error: unhandled error (503 Busy)'],
    [
      'HTTP/1.1 403 Forbidden\r\n\r\n<Error><Code>AccessDenied</Code><Message>not &quot;a-secret-key&quot;</Message></Error>',
      'service error: unhandled error (AccessDenied): not "[redacted]"',
    ],
    ['what?', 'dispatch failure: http://127.0.0.1:PORT: invalid HTTP version parsed'],
  ])('is told %j', async (answer, message) => {
    const server = await saying(answer);
    expect(await text(at(server.port))).toBe(message.replace('PORT', String(server.port)));
    await expect.poll(() => server.sockets.size).toBe(0);
    server.close();
  });

  it('is told nothing, by one who is there or not', async () => {
    const closed = await freePort();
    expect(await text(at(closed))).toBe(
      `dispatch failure: http://127.0.0.1:${String(closed)}: Connection refused`,
    );
    const silent = await saying('');
    const quick = liveUpstreams({ sessionMs: 200 });
    expect((await untilFailure(quick.validate(at(silent.port), never))).message).toContain(
      'operation timed out',
    );
    const abort = new AbortController();
    setTimeout(() => abort.abort(new SqlError('57014', 'canceling statement due to user request')), 50);
    expect(await untilFailure(live.validate(at(silent.port), abort.signal))).toMatchObject({ code: '57014' });
    await expect.poll(() => silent.sockets.size).toBe(0);
    silent.close();
  });

  it('of the PrivateLink kind needs a cloud', async () => {
    expect(await untilFailure(live.validate({ type: 'aws-privatelink' }, never))).toMatchObject({
      code: '58000',
      message: 'AWS PrivateLink connections are unsupported',
    });
  });
});
