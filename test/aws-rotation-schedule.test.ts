/** When rotations happen and what leaves them half done: windows, functions that fail, cancellation, tokens sent again. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LAMBDA, startFunction, type TestFunction } from './aws/function.ts';
import { startAws, token, type TestAws } from './aws/harness.ts';
import { RowContext } from './aws/rows/row.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FAILING = `${LAMBDA}-failing`;
/** A Friday, half past seven. */
const BEGIN = Date.parse('2026-05-01T07:30:00Z');
const UNFINISHED = 'A previous rotation isn’t complete. That rotation will be reattempted.';

let lambda: TestFunction;
let failing: Server;
let respond: (response: ServerResponse) => void;
let server: TestAws;
let t: RowContext;

beforeAll(async () => {
  lambda = await startFunction();
  failing = createServer((_request, response) => respond(response));
  await new Promise<void>((resolve) => failing.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await lambda.stop();
  failing.closeAllConnections();
  failing.close();
});
beforeEach(async () => {
  const { port } = failing.address() as AddressInfo;
  const functions = new Map([
    [LAMBDA, lambda.url],
    [FAILING, `http://127.0.0.1:${port}/`],
  ]);
  server = await startAws({ functions, offset: BEGIN - Date.now() });
  lambda.connect(server.port);
  t = new RowContext(server);
});
afterEach(() => server.stop());

async function passTo(time: string | number): Promise<void> {
  server.advance((typeof time === 'string' ? Date.parse(time) : time) - server.now());
  await server.aws.sweep();
  await server.aws.idle();
}

async function rotating(RotationRules: Record<string, unknown>): Promise<string> {
  const { name } = await t.make();
  await t.ok('RotateSecret', { SecretId: name, RotationLambdaARN: LAMBDA, RotationRules });
  await server.aws.idle();
  return name;
}

async function current(name: string): Promise<string> {
  return String((await t.get(name))['VersionId']);
}

async function nextDate(name: string): Promise<string> {
  return new Date(Number((await t.describe(name))['NextRotationDate']) * 1000).toISOString();
}

function eventsOf(name: string, event: string): unknown[] {
  const found = server.aws.events().filter(({ record }) => record['eventName'] === event);
  return found.filter(({ record }) => JSON.stringify(record['additionalEventData']).includes(`:${name}-`));
}

describe('a window', () => {
  it.each([
    // The last second of the window is what is shown; times are UTC.
    [{ ScheduleExpression: 'cron(0 2 * * ? *)', Duration: '3h' }, '02T02:00', '02T04:59:59'],
    [{ ScheduleExpression: 'cron(0 2 ? * SUN *)' }, '03T02:00', '03T23:59:59'],
    [{ ScheduleExpression: 'cron(0 8/8 * * ? *)', Duration: '2h' }, '01T08:00', '01T09:59:59'],
    [{ ScheduleExpression: 'rate(6 hours)', Duration: '1h' }, '01T12:00', '01T12:59:59'],
    [{ ScheduleExpression: 'rate(10 days)', Duration: '4h' }, '11T00:00', '11T03:59:59'],
    [{ AutomaticallyAfterDays: 7 }, '08T00:00', '08T23:59:59'],
  ])('%j opens on time and not before', async (rules, opens, closes) => {
    const name = await rotating(rules);
    const first = await current(name);
    expect(await nextDate(name)).toBe(`2026-05-${closes}.000Z`);
    const start = Date.parse(`2026-05-${opens}:00Z`);
    await passTo(start - 1_000);
    expect(await current(name)).toBe(first);
    await passTo(start + 1_000);
    const second = await current(name);
    expect(second).not.toBe(first);
    await passTo(start + 30 * 60_000);
    expect(await current(name)).toBe(second);
    expect(Date.parse(await nextDate(name))).toBeGreaterThan(start + HOUR);
  });

  it.each([
    [{ ScheduleExpression: 'cron(0 2 * * ? *)', Duration: '2h' }, '06T02:00:00'],
    [{ ScheduleExpression: 'cron(0 2 ? * SUN *)', Duration: '2h' }, '10T02:00:00'],
    [{ ScheduleExpression: 'rate(2 days)', Duration: '2h' }, '06T00:00:00'],
  ])('%j that nobody was there for is not made up for outside of a window', async (rules, opens) => {
    const name = await rotating(rules);
    const first = await current(name);
    // As if the server had been off for some days.
    await passTo('2026-05-05T12:00:00Z');
    expect(await current(name)).toBe(first);
    const start = Date.parse(`2026-05-${opens}Z`);
    expect(await nextDate(name)).toBe(new Date(start + 2 * HOUR - 1_000).toISOString());
    await passTo(start);
    expect(await current(name)).not.toBe(first);
  });

  it('of a whole day is made up for at once', async () => {
    const name = await rotating({ AutomaticallyAfterDays: 2 });
    const first = await current(name);
    await passTo('2026-05-20T12:00:00Z');
    expect(await current(name)).not.toBe(first);
  });

  it('waits for the next one when a value was written by hand', async () => {
    const name = await rotating({ AutomaticallyAfterDays: 7 });
    await passTo('2026-05-06T12:00:00Z');
    const version = await t.put(name, 'by hand');
    await passTo('2026-05-09T12:00:00Z');
    expect(await current(name)).toBe(version);
    expect(await nextDate(name)).toBe('2026-05-13T23:59:59.000Z');
  });

  it.each([
    [{ ScheduleExpression: 'cron(0 22 * * ? *)', Duration: '4h' }],
    [{ ScheduleExpression: 'rate(4 hours)', Duration: '5h' }],
    [{ ScheduleExpression: 'rate(1 day)', Duration: '25h' }],
  ])('%j runs into the next', async (RotationRules) => {
    const { name } = await t.make();
    const input = { SecretId: name, RotationLambdaARN: LAMBDA, RotationRules };
    await t.fails('RotateSecret', input, 'InvalidParameterException', /window must not run into/);
  });
});

describe('not at once', () => {
  it('only tests, with a copy that is gone afterwards, and rotates in the window', async () => {
    const { name, v1 } = await t.make();
    let during: Record<string, string[]> = {};
    lambda.before('testSecret', async ({ ClientRequestToken, SecretId }) => {
      during = await t.stages(SecretId);
      const copy = { VersionId: ClientRequestToken, VersionStage: 'AWSPENDING' };
      expect((await t.get(SecretId, copy))['SecretString']).toBe('v1');
    });
    const before = lambda.events.length;
    const input = { SecretId: name, RotationLambdaARN: LAMBDA, RotationRules: { AutomaticallyAfterDays: 1 } };
    const { VersionId } = await t.ok('RotateSecret', { ...input, RotateImmediately: false });
    await server.aws.idle();
    expect(lambda.problems()).toEqual([]);
    expect(during).toEqual({ [v1]: ['AWSCURRENT'], [String(VersionId)]: ['AWSPENDING'] });
    expect(lambda.events.slice(before).map((event) => event.Step)).toEqual(['testSecret']);
    expect(await t.stages(name)).toEqual({ [v1]: ['AWSCURRENT'] });
    expect(await t.describe(name)).not.toHaveProperty('LastRotatedDate');
    await passTo('2026-05-02T00:00:01Z');
    expect(await current(name)).not.toBe(v1);
  });

  it('a test that fails leaves nothing behind', async () => {
    const { name, v1 } = await t.make();
    respond = (response) => response.end('{"errorMessage": "no", "errorType": "Error"}');
    const input = { SecretId: name, RotationLambdaARN: FAILING, RotateImmediately: false };
    await t.ok('RotateSecret', input);
    await server.aws.idle();
    expect(await t.versions(name, true)).toHaveLength(1);
    expect((await t.describe(name))['RotationEnabled']).toBe(true);
    expect(eventsOf(name, 'RotationFailed')).toHaveLength(1);
    expect(await current(name)).toBe(v1);
  });
});

describe('a function that fails', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['with an error object', (r) => r.end('{"errorMessage": "no", "errorType": "ValueError"}')],
    ['by the header', (r) => r.setHeader('X-Amz-Function-Error', 'Unhandled').end('{}')],
    ['with text', (r) => r.end('Task timed out after 3.00 seconds')],
    ['with a status', (r) => r.writeHead(500).end()],
    ['by hanging up', (r) => r.destroy()],
  ])('%s is tried again, ever later, and given up after five times', async (_title, how) => {
    respond = how;
    const { name, v1 } = await t.make();
    const ClientRequestToken = token();
    await t.ok('RotateSecret', { SecretId: name, RotationLambdaARN: FAILING, ClientRequestToken });
    await server.aws.idle();
    const failures = (): number => eventsOf(name, 'RotationFailed').length;
    expect(failures()).toBe(1);
    await passTo(server.now() + 30_000);
    expect(failures()).toBe(1);
    for (const [tries, minutes] of [1, 2, 4, 8].entries()) {
      await passTo(server.now() + minutes * 60_000);
      expect(failures()).toBe(tries + 2);
    }
    await passTo(server.now() + 10 * DAY);
    expect(failures()).toBe(5);
    expect(await t.stages(name)).toEqual({ [v1]: ['AWSCURRENT'], [ClientRequestToken]: ['AWSPENDING'] });
    // Asking for another one tries this one again.
    await t.fails('RotateSecret', { SecretId: name }, 'InvalidRequestException', UNFINISHED);
    await server.aws.idle();
    expect(failures()).toBe(6);
  });

  it('that never makes its version current has failed', async () => {
    respond = (response) => response.end('null');
    const { name, v1 } = await t.make();
    await t.ok('RotateSecret', { SecretId: name, RotationLambdaARN: FAILING });
    await server.aws.idle();
    expect(eventsOf(name, 'RotationFailed')).toHaveLength(1);
    expect(await current(name)).toBe(v1);
  });
});

describe('cancelled', () => {
  /** A rotation that is cancelled while a step runs. */
  async function cancelledIn(step: string): Promise<{ name: string; v1: string; version: string }> {
    const { name, v1 } = await t.make();
    const version = token();
    lambda.before(step, async () => {
      const answer = await t.ok('CancelRotateSecret', { SecretId: name });
      expect(answer['VersionId']).toBe(version);
    });
    await t.ok('RotateSecret', { SecretId: name, RotationLambdaARN: LAMBDA, ClientRequestToken: version });
    await server.aws.idle();
    expect(lambda.problems()).toEqual([]);
    return { name, v1, version };
  }

  it('in the middle leaves AWSPENDING where it is, and nothing goes on by itself', async () => {
    const { name, v1, version } = await cancelledIn('setSecret');
    const labels = { [v1]: ['AWSCURRENT'], [version]: ['AWSPENDING'] };
    expect(await t.stages(name)).toEqual(labels);
    const before = lambda.events.length;
    await passTo(server.now() + 30 * DAY);
    expect(lambda.events).toHaveLength(before);
    expect(await t.stages(name)).toEqual(labels);
    expect((await t.describe(name))['RotationEnabled']).toBe(false);
    await t.fails('RotateSecret', { SecretId: name }, 'InvalidRequestException', UNFINISHED);
    const remove = { SecretId: name, VersionStage: 'AWSPENDING', RemoveFromVersionId: version };
    await t.ok('UpdateSecretVersionStage', remove);
    await t.ok('RotateSecret', { SecretId: name });
    await server.aws.idle();
    expect(await current(name)).not.toBe(v1);
  });

  it('goes on where it was when it is asked for by its token again', async () => {
    const { name, version } = await cancelledIn('setSecret');
    const pending = (await t.get(name, { VersionId: version }))['SecretString'];
    await t.ok('RotateSecret', { SecretId: name, ClientRequestToken: version });
    await server.aws.idle();
    expect(await current(name)).toBe(version);
    expect((await t.get(name))['SecretString']).toBe(pending);
    expect(await t.describe(name)).toMatchObject({
      RotationEnabled: true,
      LastRotatedDate: expect.any(Number),
    });
  });

  it('before it had a value leaves nothing in the way of another', async () => {
    const { name, v1 } = await t.make();
    respond = (response) => response.destroy();
    await t.ok('RotateSecret', { SecretId: name, RotationLambdaARN: FAILING });
    await server.aws.idle();
    await t.ok('CancelRotateSecret', { SecretId: name });
    await t.ok('RotateSecret', { SecretId: name, RotationLambdaARN: LAMBDA });
    await server.aws.idle();
    expect(await current(name)).not.toBe(v1);
  });
});

describe('a token', () => {
  it('sent again is the same rotation', async () => {
    const { name } = await t.make();
    const input = { SecretId: name, RotationLambdaARN: LAMBDA, ClientRequestToken: token() };
    const first = await t.ok('RotateSecret', input);
    await server.aws.idle();
    const before = lambda.events.length;
    expect(await t.ok('RotateSecret', input)).toEqual(first);
    await server.aws.idle();
    expect(lambda.events).toHaveLength(before);
  });

  it('of a value that waits as AWSPENDING rotates to that value', async () => {
    const { name } = await t.make();
    const version = await t.put(name, 'prepared', ['AWSPENDING']);
    const other = { SecretId: name, RotationLambdaARN: LAMBDA };
    await t.fails('RotateSecret', other, 'InvalidRequestException', UNFINISHED);
    await t.ok('RotateSecret', { ...other, ClientRequestToken: version });
    await server.aws.idle();
    expect((await t.get(name))['SecretString']).toBe('prepared');
    expect(await current(name)).toBe(version);
  });
});

it('a secret that is marked for deletion is not rotated, nor is one that is marked meanwhile', async () => {
  const { name, v1 } = await t.make();
  lambda.before('setSecret', async () => void (await t.ok('DeleteSecret', { SecretId: name })));
  await t.ok('RotateSecret', { SecretId: name, RotationLambdaARN: LAMBDA });
  await server.aws.idle();
  const marked = /marked for deletion/;
  await t.fails('RotateSecret', { SecretId: name }, 'InvalidRequestException', marked);
  expect((await t.stages(name))[v1]).toEqual(['AWSCURRENT']);
});
