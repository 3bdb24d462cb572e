/** What time and states bring about: windows of deletion and rotation, retention, keys that are disabled or lost. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVersion } from '../src/engine/secret-value.ts';
import { memoryStore } from '../src/store/memory-store.ts';
import { LAMBDA, startFunction, type TestFunction } from './aws/function.ts';
import { startAws, type TestAws } from './aws/harness.ts';
import { NOT_FOUND, RowContext } from './aws/rows/row.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let server: TestAws;
let lambda: TestFunction;
let t: RowContext;

beforeAll(async () => {
  lambda = await startFunction();
  server = await startAws({ functions: new Map([[LAMBDA, lambda.url]]) });
  lambda.connect(server.port);
  t = new RowContext(server);
});
afterAll(async () => {
  await server.stop();
  await lambda.stop();
});

/** The clock moves on and everything that is due is done. */
async function pass(milliseconds: number): Promise<void> {
  server.advance(milliseconds);
  await server.aws.sweep();
  await server.aws.idle();
}

function itemId(name: string): string {
  const found = [...server.committer.current().items.values()].find((item) => item.name === name);
  if (found === undefined) throw new Error(`no item ${name}`);
  return found.id;
}

describe('deletion', () => {
  it('happens at the end of the window and not before', async () => {
    const { name } = await t.make();
    await t.ok('DeleteSecret', { SecretId: name, RecoveryWindowInDays: 7 });
    await pass(7 * DAY - HOUR);
    await t.describe(name);
    await pass(2 * HOUR);
    await t.fails('DescribeSecret', { SecretId: name }, 'ResourceNotFoundException', NOT_FOUND);
    await t.make({ Name: name });
  });

  it('waits for what depends on the secret, and says so', async () => {
    const { name, arn } = await t.make();
    const secret = server.committer.current().items.get(itemId(name))!;
    const connection = {
      ...secret,
      aws: undefined,
      kind: 'connection',
      id: 'u9001',
      oid: 90_001,
      name: 'uses_it',
      connectionType: 'postgres',
      options: [],
      dependsOn: [secret.id],
    } as const;
    await server.committer.commit(() => ({
      changes: [{ kind: 'put', collection: 'item', record: connection }],
      result: undefined,
    }));
    const force = { SecretId: name, ForceDeleteWithoutRecovery: true };
    await t.fails('DeleteSecret', force, 'InvalidRequestException', /still used by CONNECTION .*uses_it/);
    await t.ok('DeleteSecret', { SecretId: name, RecoveryWindowInDays: 7 });
    await pass(8 * DAY);
    await t.describe(name);
    expect(server.logged()).toContain('still used by CONNECTION');
    expect(server.logged()).toContain(arn);
    await server.committer.commit(() => ({
      changes: [{ kind: 'delete', collection: 'item', key: 'u9001' }],
      result: undefined,
    }));
    await pass(0);
    await t.fails('DescribeSecret', { SecretId: name }, 'ResourceNotFoundException', NOT_FOUND);
  });
});

describe('retention', () => {
  it('refuses the version past a hundred young ones, and takes old ones a day later', async () => {
    const { name, v1 } = await t.make();
    for (let i = 2; i <= 100; i += 1) await t.put(name, `v${i}`);
    const input = { SecretId: name, SecretString: 'more' };
    await t.fails('PutSecretValue', input, 'LimitExceededException', /100 versions/);
    server.advance(DAY + HOUR);
    await t.ok('PutSecretValue', input);
    const ids = [];
    let NextToken: unknown;
    do {
      const more = NextToken === undefined ? {} : { NextToken };
      const page = await t.ok('ListSecretVersionIds', { SecretId: name, IncludeDeprecated: true, ...more });
      ids.push(...(page['Versions'] as { VersionId: string }[]).map((v) => v.VersionId));
      NextToken = page['NextToken'];
    } while (NextToken !== undefined);
    expect(ids).toHaveLength(100);
    expect(ids).not.toContain(v1);
  });

  it('holds the number of labels', async () => {
    const { name } = await t.make();
    const labels = Array.from({ length: 19 }, (_, i) => `L${i}`);
    await t.put(name, 'a', labels);
    const input = { SecretId: name, SecretString: 'b', VersionStages: ['ONE-MORE'] };
    await t.fails('PutSecretValue', input, 'LimitExceededException', /20 staging labels/);
  });
});

describe('schedules', () => {
  it.each([
    { AutomaticallyAfterDays: 2 },
    { ScheduleExpression: 'rate(2 days)' },
    { ScheduleExpression: 'rate(12 hours)', Duration: '2h' },
    { ScheduleExpression: 'cron(0 8 * * ? *)', Duration: '4h' },
  ])('%o rotates in its window', async (RotationRules) => {
    const { name } = await t.make();
    await t.ok('RotateSecret', { SecretId: name, RotationLambdaARN: LAMBDA, RotationRules });
    await server.aws.idle();
    const first = (await t.get(name))['VersionId'];
    await pass(0);
    expect((await t.get(name))['VersionId']).toBe(first);
    const next = (await t.describe(name))['NextRotationDate'] as number;
    await pass(next * 1000 - server.now());
    expect((await t.get(name))['VersionId']).not.toBe(first);
    const after = await t.describe(name);
    expect(after['NextRotationDate']).toBeGreaterThan(next);
    await t.ok('CancelRotateSecret', { SecretId: name });
  });

  it.each(['cron(5 8 * * ? *)', 'cron(0 8 * * * *)', 'cron(0 8/2 * * ? *)', 'cron(0 8 31 2 ? *)', 'often'])(
    'refuses %s',
    async (ScheduleExpression) => {
      const { name } = await t.make();
      const input = { SecretId: name, RotationLambdaARN: LAMBDA, RotationRules: { ScheduleExpression } };
      await t.fails('RotateSecret', input, 'InvalidParameterException', /^Invalid rotation schedule/);
    },
  );
});

describe('keys', () => {
  it('a disabled key makes exactly its versions unreadable, in SQL as well', async () => {
    const key = await t.createKey();
    const { name, v1 } = await t.make({ KmsKeyId: key.id });
    const other = await t.make();
    const id = itemId(name);
    const open = async (): Promise<string> =>
      (await openVersion(server.store, server.keyRing, id, v1)).openText();
    expect(await open()).toBe('v1');
    await t.ok('TrentService.DisableKey', { KeyId: key.id });
    await t.fails('GetSecretValue', { SecretId: name }, 'DecryptionFailure', /can't decrypt/);
    await expect(open()).rejects.toThrow(/key .* is not available/);
    await t.fails(
      'PutSecretValue',
      { SecretId: name, SecretString: 'x' },
      'EncryptionFailure',
      /can't encrypt/,
    );
    expect((await t.get(other.name))['SecretString']).toBe('v1');
    await t.describe(name);
    await t.ok('TrentService.EnableKey', { KeyId: key.id });
    expect((await t.get(name))['SecretString']).toBe('v1');
  });

  it('after a change of key either opens what was wrapped again; what has other labels keeps the old one', async () => {
    const [old, fresh] = [await t.createKey(), await t.createKey()];
    const { name } = await t.make({ KmsKeyId: old.id });
    const custom = await t.put(name, 'custom', ['MINE']);
    await t.ok('UpdateSecret', { SecretId: name, KmsKeyId: fresh.id });
    await t.ok('TrentService.DisableKey', { KeyId: old.id });
    expect((await t.get(name))['SecretString']).toBe('v1');
    await t.fails(
      'GetSecretValue',
      { SecretId: name, VersionId: custom },
      'DecryptionFailure',
      /can't decrypt/,
    );
    await t.ok('TrentService.EnableKey', { KeyId: old.id });
    await t.ok('TrentService.DisableKey', { KeyId: fresh.id });
    expect((await t.get(name))['SecretString']).toBe('v1');
  });

  it('a deleted key is gone with its values', async () => {
    const key = await t.createKey();
    const { name } = await t.make({ KmsKeyId: key.id });
    await t.ok('TrentService.ScheduleKeyDeletion', { KeyId: key.id, PendingWindowInDays: 7 });
    await pass(8 * DAY);
    const gone = await t.send('TrentService.DescribeKey', { KeyId: key.id });
    expect(gone.json['__type']).toBe('NotFoundException');
    await t.fails('GetSecretValue', { SecretId: name }, 'DecryptionFailure', /can't decrypt/);
  });
});

describe('a restart', () => {
  it('keeps secrets, keys, rotations and the audit log', async () => {
    const store = memoryStore();
    const first = await startAws({ store });
    const before = new RowContext(first);
    const key = await before.createKey();
    const { name } = await before.make({ KmsKeyId: key.id, Description: 'kept' });
    const described = await before.describe(name);
    await first.stop();
    const second = await startAws({ store });
    try {
      const after = new RowContext(second);
      expect(await after.describe(name)).toEqual(described);
      expect((await after.get(name))['SecretString']).toBe('v1');
      const names = second.aws.events().map(({ record }) => record['eventName']);
      expect(names.slice(0, 3)).toEqual(['CreateKey', 'CreateSecret', 'DescribeSecret']);
    } finally {
      await second.stop();
    }
  });

  it('takes up a rotation that the first run did not finish', async () => {
    const store = memoryStore();
    const first = await startAws({ store, functions: new Map([[LAMBDA, lambda.url]]) });
    const { name } = await new RowContext(first).make();
    lambda.connect(first.port);
    lambda.before('setSecret', async () => first.aws.room.rotations.stop());
    await new RowContext(first).ok('RotateSecret', { SecretId: name, RotationLambdaARN: LAMBDA });
    await first.aws.idle();
    await first.stop();
    const second = await startAws({ store, functions: new Map([[LAMBDA, lambda.url]]) });
    try {
      lambda.connect(second.port);
      await second.aws.sweep();
      await second.aws.idle();
      expect(await new RowContext(second).describe(name)).toHaveProperty('LastRotatedDate');
    } finally {
      lambda.connect(server.port);
      await second.stop();
    }
  });
});
