import { expect } from 'vitest';
import { raw, token } from '../harness.ts';
import { INVALID_NAME, MARKED, NOT_FOUND, type Row } from './row.ts';

const NO_LABEL = (label: string): string =>
  `Secrets Manager can't find the specified secret value for staging label: ${label}`;

const today = (now: number): number => Math.floor(now / 86_400_000) * 86_400;

export const GET_ROWS: readonly Row[] = [
  {
    id: 'B031',
    title: 'by name',
    run: async (t) => {
      const { name, arn, v1 } = await t.make();
      expect(await t.get(name)).toEqual({
        ARN: arn,
        Name: name,
        VersionId: v1,
        SecretString: 'v1',
        VersionStages: ['AWSCURRENT'],
        CreatedDate: expect.any(Number),
      });
    },
  },
  {
    id: 'B032',
    title: 'by ARN',
    run: async (t) => {
      const { name, arn } = await t.make();
      expect(await t.get(arn)).toEqual(await t.get(name));
    },
  },
  {
    id: 'B033',
    title: 'by partial ARN',
    run: async (t) => {
      const { name, arn } = await t.make();
      expect(await t.get(arn.slice(0, -7))).toEqual(await t.get(name));
    },
  },
  {
    id: 'B034',
    title: 'unknown name',
    run: async (t) => {
      const body = await t.fails(
        'GetSecretValue',
        { SecretId: 'nope' },
        'ResourceNotFoundException',
        NOT_FOUND,
      );
      expect(body).toEqual({ __type: 'ResourceNotFoundException', Message: NOT_FOUND });
    },
  },
  {
    id: 'B035',
    title: 'no versions',
    run: async (t) => {
      const { name } = await t.makeEmpty();
      await t.fails(
        'GetSecretValue',
        { SecretId: name },
        'ResourceNotFoundException',
        NO_LABEL('AWSCURRENT'),
      );
    },
  },
  ...(['AWSPREVIOUS', 'AWSPENDING'] as const).map((stage, i): Row => ({
    id: `B03${6 + i}`,
    title: `${stage} that is not there`,
    run: async (t) => {
      const { name } = await t.make();
      const input = { SecretId: name, VersionStage: stage };
      await t.fails('GetSecretValue', input, 'ResourceNotFoundException', NO_LABEL(stage));
    },
  })),
  {
    id: 'B038',
    title: 'unknown version',
    run: async (t) => {
      const { name } = await t.make();
      const VersionId = token();
      const text = `Secrets Manager can't find the specified secret value for VersionId: ${VersionId}`;
      await t.fails('GetSecretValue', { SecretId: name, VersionId }, 'ResourceNotFoundException', text);
    },
  },
  {
    id: 'B039',
    title: 'version and label that do not belong together',
    run: async (t) => {
      const { name, v1 } = await t.make();
      await t.put(name, 'v2', ['AWSPENDING']);
      const input = { SecretId: name, VersionId: v1, VersionStage: 'AWSPENDING' };
      const text = 'You provided a VersionStage that is not associated to the provided VersionId.';
      await t.fails('GetSecretValue', input, 'InvalidRequestException', text);
    },
  },
  {
    id: 'B040',
    title: 'version and its label',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const answer = await t.get(name, { VersionId: v1, VersionStage: 'AWSCURRENT' });
      expect(answer['SecretString']).toBe('v1');
    },
  },
  {
    id: 'B041',
    title: 'version alone',
    run: async (t) => {
      const { name, v1 } = await t.make();
      await t.put(name, 'v2');
      expect(await t.get(name, { VersionId: v1 })).toMatchObject({
        SecretString: 'v1',
        VersionStages: ['AWSPREVIOUS'],
      });
    },
  },
  {
    id: 'B042',
    title: 'custom label',
    run: async (t) => {
      const { name } = await t.make();
      await t.put(name, 'other', ['MINE']);
      expect((await t.get(name, { VersionStage: 'MINE' }))['SecretString']).toBe('other');
    },
  },
  {
    id: 'B043',
    title: 'scheduled for deletion',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('DeleteSecret', { SecretId: name });
      await t.fails('GetSecretValue', { SecretId: name }, 'InvalidRequestException', MARKED);
    },
  },
  {
    id: 'B044',
    title: 'invalid name',
    run: async (t) => {
      await t.fails('GetSecretValue', { SecretId: 'Inv Name' }, 'ValidationException', INVALID_NAME);
    },
  },
  {
    id: 'B045',
    title: 'binary on the wire',
    run: async (t) => {
      const { name } = await t.make({ SecretString: undefined, SecretBinary: 'AAEC/w==' });
      const answer = await t.get(name);
      expect(answer['SecretBinary']).toBe('AAEC/w==');
      expect(answer).not.toHaveProperty('SecretString');
    },
  },
  {
    id: 'B046',
    title: 'binary bytes are what was stored',
    run: async (t) => {
      for (const bytes of [Buffer.from([0, 1, 2, 255]), Buffer.from([0xfe, 0xfd])]) {
        const { name } = await t.make({ SecretString: undefined, SecretBinary: bytes.toString('base64') });
        expect(Buffer.from(String((await t.get(name))['SecretBinary']), 'base64')).toEqual(bytes);
      }
    },
  },
  {
    id: 'B047',
    title: 'date of access of the secret',
    run: async (t) => {
      const { name } = await t.make();
      expect(await t.describe(name)).not.toHaveProperty('LastAccessedDate');
      await t.get(name);
      expect((await t.describe(name))['LastAccessedDate']).toBe(today(t.server.now()));
    },
  },
  {
    id: 'B048',
    title: 'date of access of the version',
    run: async (t) => {
      const { name } = await t.make();
      expect((await t.versions(name))[0]).not.toHaveProperty('LastAccessedDate');
      await t.get(name);
      expect((await t.versions(name))[0]!['LastAccessedDate']).toBe(today(t.server.now()));
    },
  },
  {
    id: 'B049',
    title: 'deprecated version by id',
    run: async (t) => {
      const { name, v1 } = await t.make();
      await t.put(name, 'v2');
      await t.put(name, 'v3');
      const answer = await t.get(name, { VersionId: v1 });
      expect(answer['SecretString']).toBe('v1');
      expect(answer['VersionStages'] ?? []).toEqual([]);
    },
  },
  {
    id: 'B050',
    title: 'unknown member',
    run: async (t) => {
      const { name } = await t.make();
      expect((await t.get(name, { MinVersionId: 'x' }))['SecretString']).toBe('v1');
    },
  },
  {
    id: 'B051',
    title: 'id that is a number',
    run: async (t) => {
      const answer = await t.send('GetSecretValue', { SecretId: 5 });
      expect(answer.status).toBe(400);
      expect(answer.json).toEqual({
        __type: 'SerializationException',
        message: 'NUMBER_VALUE can not be converted to a String',
      });
    },
  },
  {
    id: 'B053',
    title: 'key whose policy denies',
    run: async (t) => {
      const statement = { Effect: 'Deny', Principal: '*', Action: 'kms:Decrypt', Resource: '*' };
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      const key = await t.createKey({ Policy });
      const { name } = await t.make({ KmsKeyId: key.arn });
      const text = 'Access to KMS is not allowed';
      await t.fails('GetSecretValue', { SecretId: name }, 'AccessDeniedException', text);
    },
  },
];

/** Rows of a server that checks signatures and has an access key without a role. */
export const REFUSED_ROWS: readonly Row[] = [
  {
    id: 'B052',
    title: 'a caller of another account, default key',
    run: async (t) => {
      const { arn } = await t.make();
      const Principal = { AWS: 'arn:aws:iam::210987654321:root' };
      const statement = {
        Effect: 'Allow',
        Principal,
        Action: 'secretsmanager:GetSecretValue',
        Resource: '*',
      };
      const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      await t.ok('PutResourcePolicy', { SecretId: arn, ResourcePolicy: policy });
      const answer = await raw(t.server.port, {
        target: 'secretsmanager.GetSecretValue',
        body: JSON.stringify({ SecretId: arn }),
        sign: { accessKey: 'AKIAELSEWHERE' },
      });
      t.refused(
        answer,
        'InvalidRequestException',
        "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.",
      );
    },
  },
  {
    id: 'B054',
    title: 'not authorised, whatever is there',
    run: async (t) => {
      const answer = await raw(t.server.port, {
        target: 'secretsmanager.GetSecretValue',
        body: '{"SecretId":"not-there"}',
        sign: { accessKey: 'AKIANOROLE' },
      });
      t.refused(
        answer,
        'AccessDeniedException',
        'User: arn:aws:iam::123456789012:user/no_such_role is not authorized to perform: secretsmanager:GetSecretValue on resource: not-there because no identity-based policy allows the secretsmanager:GetSecretValue action',
      );
    },
  },
];
