/**
 * The behaviour table of the service: each row is a request over HTTP and what is known to come back. Rows are numbered
 * as in the table.
 */
import { SecretsManagerClient, UpdateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAMBDA, startFunction, type TestFunction } from './aws/function.ts';
import { ACCESS_KEY, REGION, SECRET_KEY, startAws, type TestAws } from './aws/harness.ts';
import { CREATE_ROWS } from './aws/rows/create.ts';
import { DELETE_ROWS, TAG_ROWS } from './aws/rows/delete-tags.ts';
import { DESCRIBE_ROWS, LIST_ROWS } from './aws/rows/describe-list.ts';
import { GET_ROWS, REFUSED_ROWS } from './aws/rows/get.ts';
import { BATCH_ROWS, POLICY_ROWS } from './aws/rows/policies-batch.ts';
import { PROTOCOL_ROWS } from './aws/rows/protocol.ts';
import { PUT_ROWS } from './aws/rows/put.ts';
import { ROTATION_ROWS } from './aws/rows/rotation.ts';
import { RowContext, type Row } from './aws/rows/row.ts';
import { STAGE_ROWS, UPDATE_ROWS } from './aws/rows/update.ts';
import { memoryStore } from '../src/store/memory-store.ts';

const OPEN_ROWS: readonly Row[] = [
  ...CREATE_ROWS,
  ...GET_ROWS,
  ...PUT_ROWS,
  ...UPDATE_ROWS,
  ...STAGE_ROWS,
  ...DESCRIBE_ROWS,
  ...LIST_ROWS,
  ...DELETE_ROWS,
  ...TAG_ROWS,
  ...POLICY_ROWS,
  ...BATCH_ROWS,
];
const CHECKED_ROWS: readonly Row[] = [...REFUSED_ROWS, ...PROTOCOL_ROWS];
/** Run below on servers of their own. */
const OWN_SERVER = ['B206', 'B245'];

describe('rows of a server that accepts any key', () => {
  let server: TestAws;
  beforeAll(async () => {
    server = await startAws();
  });
  afterAll(() => server.stop());
  it.each(OPEN_ROWS.map((row) => [row.id, row.title, row] as const))('%s %s', async (_id, _title, row) => {
    await row.run(new RowContext(server));
  });
});

describe('rows of a server that checks signatures', () => {
  let server: TestAws;
  beforeAll(async () => {
    server = await startAws({
      credentials: {
        [ACCESS_KEY]: { secretAccessKey: SECRET_KEY, role: 'materialize' },
        AKIAELSEWHERE: { secretAccessKey: SECRET_KEY, role: 'materialize', accountId: '210987654321' },
        AKIANOROLE: { secretAccessKey: SECRET_KEY, role: 'no_such_role' },
      },
    });
  });
  afterAll(() => server.stop());
  it.each(CHECKED_ROWS.map((row) => [row.id, row.title, row] as const))('%s %s', async (_id, _title, row) => {
    await row.run(new RowContext(server));
  });
});

describe('rows with a rotation function', () => {
  let server: TestAws;
  let lambda: TestFunction;
  beforeAll(async () => {
    lambda = await startFunction();
    const functions = new Map([
      [LAMBDA, lambda.url],
      [LAMBDA.replace(/[^:]+$/, 'nobody-listens'), 'http://127.0.0.1:1/'],
    ]);
    server = await startAws({ functions });
    lambda.connect(server.port);
  });
  afterAll(async () => {
    await server.stop();
    await lambda.stop();
  });
  it.each(ROTATION_ROWS.map((row) => [row.id, row.title, row] as const))(
    '%s %s',
    async (_id, _title, row) => {
      await row.run(new RowContext(server), lambda);
    },
  );

  it('B206 next date after seven days', async () => {
    const at = Date.parse('2026-08-30T04:08:48Z');
    const moved = await startAws({ functions: new Map([[LAMBDA, lambda.url]]), offset: at - Date.now() });
    try {
      lambda.connect(moved.port);
      const t = new RowContext(moved);
      const { name } = await t.make();
      const RotationRules = { AutomaticallyAfterDays: 7 };
      await t.ok('RotateSecret', { SecretId: name, RotationLambdaARN: LAMBDA, RotationRules });
      await moved.aws.idle();
      const next = (await t.describe(name))['NextRotationDate'];
      expect(next).toBe(Date.parse('2026-09-06T23:59:59Z') / 1000);
    } finally {
      lambda.connect(server.port);
      await moved.stop();
    }
  });
});

it('B245 an SDK tries again after a fault of the server', async () => {
  let broken = false;
  const server = await startAws({
    store: memoryStore(() => (broken ? new Error('the disk is gone') : undefined)),
  });
  try {
    const { name } = await new RowContext(server).make();
    broken = true;
    const client = new SecretsManagerClient({
      endpoint: server.endpoint,
      region: REGION,
      credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY },
    });
    const update = client.send(new UpdateSecretCommand({ SecretId: name, SecretString: 'x' }));
    await expect(update).rejects.toMatchObject({ name: 'InternalServiceError', $metadata: { attempts: 3 } });
  } finally {
    await server.stop();
  }
});

it('has every row of the table once', () => {
  const rows = [...OPEN_ROWS, ...CHECKED_ROWS, ...ROTATION_ROWS].map((row) => row.id);
  const all = [...rows, ...OWN_SERVER].sort();
  expect(all).toEqual(Array.from({ length: 245 }, (_, i) => `B${String(i + 1).padStart(3, '0')}`));
});
