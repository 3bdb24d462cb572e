import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FunctionError, functionDirectory, type RotationFunction } from './functions.ts';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:rotate';
const EVENT = { Step: 'setSecret', SecretId: 'arn:x', ClientRequestToken: 'token' } as const;

let answer: (response: ServerResponse) => void;
let received = '';
const server = createServer((request, response) => {
  received = '';
  request.on('data', (chunk: Buffer) => (received += chunk.toString()));
  request.on('end', () => answer(response));
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function find(arn = ARN, timeoutMs = 60_000): RotationFunction {
  const { port } = server.address() as AddressInfo;
  const urls = new Map([[ARN, `http://127.0.0.1:${port}/`]]);
  const found = functionDirectory(urls, () => undefined, timeoutMs).find(arn);
  if (found === undefined) throw new Error('not found');
  return found;
}

it.each(['null', '', '{}', '"done"', '{"statusCode": 200}'])('%j is success', async (body) => {
  answer = (response) => response.end(body);
  await find().invoke(EVENT);
  expect(JSON.parse(received)).toEqual(EVENT);
});

it.each([
  [
    'an error object',
    'ValueError',
    (r: ServerResponse) => r.end('{"errorType":"ValueError","errorMessage":"x"}'),
  ],
  ['an error object alone', 'the function failed', (r: ServerResponse) => r.end('{"errorMessage":"x"}')],
  [
    'the header',
    'the function failed',
    (r: ServerResponse) => r.setHeader('X-Amz-Function-Error', 'Unhandled').end('{}'),
  ],
  [
    'a line of text',
    'the answer is no JSON',
    (r: ServerResponse) => r.end('Task timed out after 3.00 seconds'),
  ],
  ['half an answer', 'the answer is no JSON', (r: ServerResponse) => r.end('{"a":')],
  ['a status', 'status 502', (r: ServerResponse) => r.writeHead(502).end()],
  ['a redirect', 'status 307', (r: ServerResponse) => r.writeHead(307, { location: '/elsewhere' }).end()],
  ['a long answer', 'the answer is too long', (r: ServerResponse) => r.end(`"${'x'.repeat(7_000_000)}"`)],
])('%s is a failure', async (_title, message, respond) => {
  answer = respond;
  await expect(find().invoke(EVENT)).rejects.toThrow(new FunctionError(message));
});

it('a function whose connection breaks fails', async () => {
  answer = (response) => response.destroy();
  await expect(find().invoke(EVENT)).rejects.toThrow(/socket hang up|ECONNRESET/);
});

it('a function that says nothing fails when its time is up', async () => {
  answer = () => undefined;
  await expect(find(ARN, 50).invoke(EVENT)).rejects.toThrow('no answer within 0.05 s');
});

it('a function that does not come to the end of its answer fails when its time is up', async () => {
  answer = (response) => void response.writeHead(200, { 'content-length': '10' }).write('"');
  await expect(find(ARN, 50).invoke(EVENT)).rejects.toThrow();
});

it('an ARN may name a version; others are not found', async () => {
  answer = (response) => response.end('null');
  await find(`${ARN}:7`).invoke(EVENT);
  expect(functionDirectory(new Map(), () => undefined).find(ARN)).toBeUndefined();
});
