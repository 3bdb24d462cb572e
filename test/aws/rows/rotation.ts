import { expect } from 'vitest';
import { LAMBDA, type TestFunction } from '../function.ts';
import { CANNOT_INVOKE, NOT_FOUND, TOKEN_MISSING, type Row, type RowContext } from './row.ts';
import { token } from '../harness.ts';

/** A row that has a rotation function at hand. */
export interface RotationRow extends Omit<Row, 'run'> {
  readonly run: (t: RowContext, lambda: TestFunction) => Promise<void>;
}

/** Starts a rotation and waits for its end; answers the token. */
async function rotate(t: RowContext, name: string, more: Record<string, unknown> = {}): Promise<string> {
  const ClientRequestToken = token();
  await t.ok('RotateSecret', { SecretId: name, RotationLambdaARN: LAMBDA, ClientRequestToken, ...more });
  await t.server.aws.idle();
  return ClientRequestToken;
}

const DAILY = { RotationRules: { AutomaticallyAfterDays: 1 } };

export const ROTATION_ROWS: readonly RotationRow[] = [
  {
    id: 'B128',
    title: 'described after a rotation',
    run: async (t) => {
      const { name } = await t.make();
      await rotate(t, name, DAILY);
      expect(await t.describe(name)).toMatchObject({
        RotationEnabled: true,
        RotationLambdaARN: LAMBDA,
        RotationRules: { AutomaticallyAfterDays: 1 },
        LastRotatedDate: expect.any(Number),
        NextRotationDate: expect.any(Number),
        LastAccessedDate: expect.any(Number),
      });
    },
  },
  {
    id: 'B134',
    title: 'versions during createSecret',
    run: async (t, lambda) => {
      const { name, v1 } = await t.make();
      lambda.before('createSecret', async () => {
        expect((await t.versions(name)).map((v) => v['VersionId'])).toEqual([v1]);
      });
      await rotate(t, name);
      expect(lambda.problems()).toEqual([]);
    },
  },
  {
    id: 'B135',
    title: 'described during createSecret',
    run: async (t, lambda) => {
      const { name } = await t.make();
      lambda.before('createSecret', async ({ ClientRequestToken }) => {
        expect((await t.stages(name))[ClientRequestToken]).toEqual(['AWSPENDING']);
      });
      await rotate(t, name);
      expect(lambda.problems()).toEqual([]);
    },
  },
  {
    id: 'B187',
    title: 'no function ever',
    run: async (t) => {
      const { name } = await t.make();
      const text = 'No Lambda rotation function ARN is associated with this secret.';
      await t.fails('RotateSecret', { SecretId: name }, 'InvalidRequestException', text);
    },
  },
  {
    id: 'B188',
    title: 'function that cannot be called',
    run: async (t) => {
      const { name } = await t.make();
      for (const function_ of ['unknown', 'nobody-listens']) {
        const RotationLambdaARN = `arn:aws:lambda:us-east-1:123456789012:function:${function_}`;
        const input = { SecretId: name, RotationLambdaARN };
        await t.fails('RotateSecret', input, 'AccessDeniedException', CANNOT_INVOKE);
      }
    },
  },
  {
    id: 'B189',
    title: 'described after that',
    run: async (t) => {
      const { name } = await t.make();
      const before = await t.describe(name);
      const RotationLambdaARN = 'arn:aws:lambda:us-east-1:123456789012:function:unknown';
      await t.send('RotateSecret', { SecretId: name, RotationLambdaARN, ...DAILY });
      expect(await t.describe(name)).toEqual(before);
    },
  },
  {
    id: 'B190',
    title: 'answer',
    run: async (t) => {
      const { name, arn } = await t.make();
      const ClientRequestToken = token();
      const input = { SecretId: name, RotationLambdaARN: LAMBDA, ClientRequestToken, ...DAILY };
      expect(await t.ok('RotateSecret', input)).toEqual({
        ARN: arn,
        Name: name,
        VersionId: ClientRequestToken,
      });
    },
  },
  {
    id: 'B191',
    title: 'labels after success',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const version = await rotate(t, name);
      const stages = await t.stages(name);
      expect(stages[v1]).toEqual(['AWSPREVIOUS']);
      expect(stages[version]).toContain('AWSCURRENT');
    },
  },
  {
    id: 'B192',
    title: 'again with what is stored',
    run: async (t) => {
      const { name } = await t.make();
      await rotate(t, name, DAILY);
      const { VersionId } = await t.ok('RotateSecret', { SecretId: name });
      await t.server.aws.idle();
      expect((await t.get(name))['VersionId']).toBe(VersionId);
      expect((await t.describe(name))['RotationRules']).toEqual({ AutomaticallyAfterDays: 1 });
    },
  },
  {
    id: 'B193',
    title: 'not at once',
    run: async (t, lambda) => {
      const { name, v1 } = await t.make();
      const before = lambda.events.length;
      await rotate(t, name, { RotateImmediately: false, ...DAILY });
      expect(lambda.events.slice(before).map((event) => event.Step)).toEqual(['testSecret']);
      expect(await t.stages(name)).toEqual({ [v1]: ['AWSCURRENT'] });
      expect(await t.versions(name, true)).toHaveLength(1);
      expect(await t.describe(name)).toMatchObject({ RotationEnabled: true });
    },
  },
  {
    id: 'B194',
    title: 'no token',
    run: async (t) => {
      await t.failsRaw('RotateSecret', { SecretId: 'no' }, 'InvalidParameterException', TOKEN_MISSING);
    },
  },
  {
    id: 'B195',
    title: 'days and expression',
    run: async (t) => {
      const { name } = await t.make();
      const RotationRules = { AutomaticallyAfterDays: 1, ScheduleExpression: 'rate(1 day)' };
      const input = { SecretId: name, RotationLambdaARN: LAMBDA, RotationRules };
      const text = 'You cannot specify both rotation frequency and schedule expression together.';
      await t.fails('RotateSecret', input, 'InvalidParameterException', text);
    },
  },
  {
    id: 'B196',
    title: 'expression described',
    run: async (t) => {
      const { name } = await t.make();
      await rotate(t, name, { RotationRules: { ScheduleExpression: 'rate(10 hours)' } });
      expect((await t.describe(name))['RotationRules']).toEqual({
        AutomaticallyAfterDays: 1,
        ScheduleExpression: 'rate(10 hours)',
      });
    },
  },
  {
    id: 'B197',
    title: 'days out of range',
    run: async (t) => {
      const { name } = await t.make();
      for (const AutomaticallyAfterDays of [0, 1001]) {
        const input = {
          SecretId: name,
          RotationLambdaARN: LAMBDA,
          RotationRules: { AutomaticallyAfterDays },
        };
        await t.fails(
          'RotateSecret',
          input,
          'ValidationException',
          /'rotationRules\.automaticallyAfterDays'/,
        );
      }
    },
  },
  {
    id: 'B198',
    title: 'too often',
    run: async (t) => {
      const { name } = await t.make();
      const RotationRules = { ScheduleExpression: 'rate(3 hours)' };
      const input = { SecretId: name, RotationLambdaARN: LAMBDA, RotationRules };
      await t.fails('RotateSecret', input, 'InvalidParameterException', /four hours/);
    },
  },
  {
    id: 'B199',
    title: 'while an earlier one is not finished',
    run: async (t) => {
      const { name } = await t.make();
      await t.put(name, 'v2', ['AWSPENDING']);
      const text = 'A previous rotation isn’t complete. That rotation will be reattempted.';
      const input = { SecretId: name, RotationLambdaARN: LAMBDA };
      await t.fails('RotateSecret', input, 'InvalidRequestException', text);
    },
  },
  {
    id: 'B200',
    title: 'cancel',
    run: async (t) => {
      const { name, arn } = await t.make();
      await rotate(t, name, DAILY);
      expect(await t.ok('CancelRotateSecret', { SecretId: name })).toEqual({ ARN: arn, Name: name });
      const described = await t.describe(name);
      expect(described).toMatchObject({ RotationEnabled: false, RotationLambdaARN: LAMBDA });
      expect(described['RotationRules']).toEqual({ AutomaticallyAfterDays: 1 });
      expect(described).not.toHaveProperty('NextRotationDate');
    },
  },
  {
    id: 'B201',
    title: 'cancel what is not there',
    run: async (t) => {
      await t.fails('CancelRotateSecret', { SecretId: 'no' }, 'ResourceNotFoundException', NOT_FOUND);
    },
  },
  {
    id: 'B202',
    title: 'rotate what is not there',
    run: async (t) => {
      const input = { SecretId: 'no', RotationLambdaARN: LAMBDA };
      await t.fails('RotateSecret', input, 'ResourceNotFoundException', NOT_FOUND);
    },
  },
  {
    id: 'B203',
    title: 'four calls in order',
    run: async (t, lambda) => {
      const { name, arn } = await t.make();
      const before = lambda.events.length;
      const ClientRequestToken = await rotate(t, name);
      const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];
      expect(lambda.events.slice(before)).toEqual(
        steps.map((Step) => ({ Step, SecretId: arn, ClientRequestToken })),
      );
    },
  },
  {
    id: 'B204',
    title: 'the pending value before it is put',
    run: async (t, lambda) => {
      const { name } = await t.make();
      lambda.before('createSecret', async ({ ClientRequestToken }) => {
        const input = { SecretId: name, VersionId: ClientRequestToken, VersionStage: 'AWSPENDING' };
        await t.fails('GetSecretValue', input, 'ResourceNotFoundException', /VersionId/);
      });
      await rotate(t, name);
      expect(lambda.problems()).toEqual([]);
    },
  },
  {
    id: 'B205',
    title: 'failure in setSecret',
    run: async (t, lambda) => {
      const { name, arn, v1 } = await t.make();
      lambda.failIn('setSecret');
      const version = await rotate(t, name);
      lambda.failIn(undefined);
      expect(await t.stages(name)).toEqual({ [v1]: ['AWSCURRENT'], [version]: ['AWSPENDING'] });
      const failures = t.server.aws
        .events()
        .filter(({ record }) => record['eventName'] === 'RotationFailed')
        .filter(({ record }) => JSON.stringify(record['additionalEventData']).includes(arn));
      expect(failures.map(({ record }) => record['errorMessage'])).toEqual([
        `Error when executing lambda ${LAMBDA} during setSecret step`,
      ]);
    },
  },
];
