import { expect } from 'vitest';
import { MARKED, NOT_FOUND, REPLICA, type Row } from './row.ts';

function policy(Principal: unknown, more: Record<string, unknown> = {}): string {
  const Action = 'secretsmanager:GetSecretValue';
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action, Resource: '*', ...more }],
  });
}

const PUBLIC = policy('*');
const GOOD = policy({ AWS: 'arn:aws:iam::123456789012:root' });

export const POLICY_ROWS: readonly Row[] = [
  {
    id: 'B207',
    title: 'none',
    run: async (t) => {
      const { name, arn } = await t.make();
      expect(await t.ok('GetResourcePolicy', { SecretId: name })).toEqual({ ARN: arn, Name: name });
    },
  },
  {
    id: 'B208',
    title: 'for everybody',
    run: async (t) => {
      const { name, arn } = await t.make();
      const answer = await t.ok('PutResourcePolicy', { SecretId: name, ResourcePolicy: PUBLIC });
      expect(answer).toEqual({ ARN: arn, Name: name });
    },
  },
  {
    id: 'B209',
    title: 'comes back',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('PutResourcePolicy', { SecretId: name, ResourcePolicy: PUBLIC });
      const { ResourcePolicy } = await t.ok('GetResourcePolicy', { SecretId: name });
      expect(JSON.parse(String(ResourcePolicy))).toEqual(JSON.parse(PUBLIC));
    },
  },
  {
    id: 'B210',
    title: 'the public kept out',
    run: async (t) => {
      const { name } = await t.make();
      const text = "You can't attach a resource-based policy that allows broad access to the secret.";
      const input = { SecretId: name, ResourcePolicy: PUBLIC, BlockPublicPolicy: true };
      await t.fails('PutResourcePolicy', input, 'PublicPolicyException', text);
      const Condition = { StringEquals: { 'aws:SourceAccount': '123456789012' } };
      const narrowed = { ...input, ResourcePolicy: policy('*', { Condition }) };
      await t.ok('PutResourcePolicy', narrowed);
    },
  },
  {
    id: 'B211',
    title: 'not JSON, not a policy',
    run: async (t) => {
      const { name } = await t.make();
      const text = 'This resource policy contains a syntax error.';
      for (const ResourcePolicy of ['nope', '[]', '{}', PUBLIC.replace('Allow', 'Perhaps')]) {
        const input = { SecretId: name, ResourcePolicy };
        await t.fails('PutResourcePolicy', input, 'MalformedPolicyDocumentException', text);
      }
    },
  },
  {
    id: 'B212',
    title: 'principal that is none',
    run: async (t) => {
      const { name } = await t.make();
      const ResourcePolicy = policy({ AWS: 'arn:aws:iam::123456789012:nobody' });
      const text = 'This resource policy contains an unsupported principal.';
      const input = { SecretId: name, ResourcePolicy };
      await t.fails('PutResourcePolicy', input, 'MalformedPolicyDocumentException', text);
    },
  },
  {
    id: 'B213',
    title: 'delete',
    run: async (t) => {
      const { name, arn } = await t.make();
      await t.ok('PutResourcePolicy', { SecretId: name, ResourcePolicy: GOOD });
      expect(await t.ok('DeleteResourcePolicy', { SecretId: name })).toEqual({ ARN: arn, Name: name });
      expect(await t.ok('GetResourcePolicy', { SecretId: name })).not.toHaveProperty('ResourcePolicy');
    },
  },
  {
    id: 'B214',
    title: 'delete again',
    run: async (t) => void (await t.ok('DeleteResourcePolicy', { SecretId: (await t.make()).name })),
  },
  {
    id: 'B215',
    title: 'validate a good one',
    run: async (t) => {
      expect(await t.ok('ValidateResourcePolicy', { ResourcePolicy: GOOD })).toEqual({
        PolicyValidationPassed: true,
        ValidationErrors: [],
      });
    },
  },
  {
    id: 'B216',
    title: 'validate a public one',
    run: async (t) => {
      expect(await t.ok('ValidateResourcePolicy', { ResourcePolicy: PUBLIC })).toEqual({
        PolicyValidationPassed: false,
        ValidationErrors: [{ CheckName: expect.any(String), ErrorMessage: expect.any(String) }],
      });
    },
  },
  {
    id: 'B217',
    title: 'on a replica',
    run: async (t) => {
      const { name } = await t.make({ AddReplicaRegions: [{ Region: 'us-west-2' }] });
      const input = { SecretId: name, ResourcePolicy: GOOD };
      await t.inRegion('us-west-2').fails('PutResourcePolicy', input, 'InvalidParameterException', REPLICA);
    },
  },
];

type Values = { Name: string; SecretString: string }[];

export const BATCH_ROWS: readonly Row[] = [
  {
    id: 'B218',
    title: 'two',
    run: async (t) => {
      const [a, b] = [await t.make(), await t.make({ SecretString: 'w' })];
      const answer = await t.ok('BatchGetSecretValue', { SecretIdList: [a.name, b.arn] });
      expect((answer['SecretValues'] as Values).map((v) => [v.Name, v.SecretString])).toEqual([
        [a.name, 'v1'],
        [b.name, 'w'],
      ]);
      expect(answer['Errors']).toEqual([]);
    },
  },
  {
    id: 'B219',
    title: 'one and one unknown',
    run: async (t) => {
      const { name } = await t.make();
      const answer = await t.ok('BatchGetSecretValue', { SecretIdList: [name, 'not-there'] });
      expect(answer['SecretValues']).toHaveLength(1);
      expect(answer['Errors']).toEqual([
        { SecretId: 'not-there', ErrorCode: 'ResourceNotFoundException', Message: NOT_FOUND },
      ]);
    },
  },
  {
    id: 'B220',
    title: 'scheduled for deletion',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('DeleteSecret', { SecretId: name });
      const answer = await t.ok('BatchGetSecretValue', { SecretIdList: [name] });
      expect(answer['Errors']).toEqual([
        { SecretId: name, ErrorCode: 'InvalidRequestException', Message: MARKED },
      ]);
    },
  },
  {
    id: 'B221',
    title: 'both selectors, and none',
    run: async (t) => {
      const text = "Either 'SecretIdList' or 'Filters' must be provided, but not both.";
      const both = { SecretIdList: ['a'], Filters: [{ Key: 'name', Values: ['a'] }] };
      for (const input of [both, {}]) {
        await t.fails('BatchGetSecretValue', input, 'InvalidParameterException', text);
      }
    },
  },
  {
    id: 'B222',
    title: 'page size with a list',
    run: async (t) => {
      const text = "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.";
      const input = { SecretIdList: ['a'], MaxResults: 5 };
      await t.fails('BatchGetSecretValue', input, 'InvalidParameterException', text);
    },
  },
  {
    id: 'B223',
    title: 'filters, one without value',
    run: async (t) => {
      const base = t.name('batch');
      await t.make({ Name: `${base}a` });
      await t.ok('CreateSecret', { Name: `${base}b` });
      const Filters = [{ Key: 'name', Values: [base] }];
      const answer = await t.ok('BatchGetSecretValue', { Filters });
      expect((answer['SecretValues'] as Values).map((v) => v.Name)).toEqual([`${base}a`]);
      expect(answer['Errors']).toMatchObject([{ ErrorCode: 'ResourceNotFoundException' }]);
    },
  },
  {
    id: 'B224',
    title: '21 ids',
    run: async (t) => {
      const SecretIdList = Array.from({ length: 21 }, (_, i) => `s${i}`);
      const pattern = /'secretIdList'.*length less than or equal to 20$/;
      await t.fails('BatchGetSecretValue', { SecretIdList }, 'ValidationException', pattern);
    },
  },
  {
    id: 'B225',
    title: 'password by default',
    run: async (t) => {
      const password = String((await t.ok('GetRandomPassword'))['RandomPassword']);
      expect(password).toHaveLength(32);
      for (const letters of [/[a-z]/, /[A-Z]/, /\d/, /[!-/:-@[-`{-~]/]) expect(password).toMatch(letters);
    },
  },
  {
    id: 'B226',
    title: 'password too short for its classes',
    run: async (t) => {
      const text = 'Password length is too short based on the required types.';
      await t.fails('GetRandomPassword', { PasswordLength: 3 }, 'InvalidParameterException', text);
      const input = { PasswordLength: 3, ExcludePunctuation: true };
      expect((await t.ok('GetRandomPassword', input))['RandomPassword']).toHaveLength(3);
    },
  },
  {
    id: 'B227',
    title: 'password too long',
    run: async (t) => {
      const pattern = /'passwordLength'.*value less than or equal to 4096$/;
      await t.fails('GetRandomPassword', { PasswordLength: 4097 }, 'ValidationException', pattern);
    },
  },
  {
    id: 'B228',
    title: 'password of nothing',
    run: async (t) => {
      const input = {
        ExcludeNumbers: true,
        ExcludePunctuation: true,
        ExcludeUppercase: true,
        ExcludeLowercase: true,
      };
      await t.fails('GetRandomPassword', input, 'InvalidParameterException', /have been excluded/);
    },
  },
  {
    id: 'B229',
    title: 'password without some letters',
    run: async (t) => {
      const input = { ExcludeCharacters: 'abc', PasswordLength: 4096 };
      expect((await t.ok('GetRandomPassword', input))['RandomPassword']).not.toMatch(/[abc]/);
    },
  },
  {
    id: 'B230',
    title: 'password with spaces',
    run: async (t) => {
      const long = { IncludeSpace: true, PasswordLength: 4096 };
      expect((await t.ok('GetRandomPassword', long))['RandomPassword']).toContain(' ');
      const plain = await t.ok('GetRandomPassword', { PasswordLength: 4096 });
      expect(plain['RandomPassword']).not.toContain(' ');
    },
  },
  {
    id: 'B231',
    title: 'replicate',
    run: async (t) => {
      const { name, arn } = await t.make({ Description: 'd' });
      const input = { SecretId: name, AddReplicaRegions: [{ Region: 'us-east-2' }] };
      expect(await t.ok('ReplicateSecretToRegions', input)).toMatchObject({
        ARN: arn,
        ReplicationStatus: [{ Region: 'us-east-2', Status: 'InSync' }],
      });
      const there = t.inRegion('us-east-2');
      const copy = await there.get(name);
      expect(copy).toMatchObject({ SecretString: 'v1', ARN: arn.replace('us-east-1', 'us-east-2') });
      await t.put(name, 'v2');
      expect((await there.get(name))['SecretString']).toBe('v2');
      expect(await there.describe(name)).toMatchObject({ Description: 'd', PrimaryRegion: 'us-east-1' });
    },
  },
  {
    id: 'B232',
    title: 'replicate onto a name that is taken',
    run: async (t) => {
      const { name } = await t.make();
      await t.inRegion('us-east-2').make({ Name: name, SecretString: 'theirs' });
      const input = { SecretId: name, AddReplicaRegions: [{ Region: 'us-east-2' }] };
      const { ReplicationStatus } = await t.ok('ReplicateSecretToRegions', input);
      expect(ReplicationStatus).toMatchObject([
        {
          Status: 'Failed',
          StatusMessage: `Replication failed: Secret name ${name} already exists in region us-east-2.`,
        },
      ]);
      expect((await t.inRegion('us-east-2').get(name))['SecretString']).toBe('theirs');
    },
  },
  {
    id: 'B233',
    title: 'replicate over it',
    run: async (t) => {
      const { name } = await t.make();
      await t.inRegion('us-east-2').make({ Name: name, SecretString: 'theirs' });
      const more = { AddReplicaRegions: [{ Region: 'us-east-2' }], ForceOverwriteReplicaSecret: true };
      const { ReplicationStatus } = await t.ok('ReplicateSecretToRegions', { SecretId: name, ...more });
      expect(ReplicationStatus).toMatchObject([{ Status: 'InSync' }]);
      expect((await t.inRegion('us-east-2').get(name))['SecretString']).toBe('v1');
    },
  },
  {
    id: 'B234',
    title: 'remove a region',
    run: async (t) => {
      const { name } = await t.make({ AddReplicaRegions: [{ Region: 'us-east-2' }] });
      const input = { SecretId: name, RemoveReplicaRegions: ['us-east-2'] };
      expect((await t.ok('RemoveRegionsFromReplication', input))['ReplicationStatus']).toEqual([]);
      const there = t.inRegion('us-east-2');
      await there.fails('GetSecretValue', { SecretId: name }, 'ResourceNotFoundException', NOT_FOUND);
      await t.ok('RemoveRegionsFromReplication', input);
    },
  },
  {
    id: 'B235',
    title: 'promote a replica',
    run: async (t) => {
      const { name, arn } = await t.make({ AddReplicaRegions: [{ Region: 'us-east-2' }], Description: 'd' });
      const there = t.inRegion('us-east-2');
      expect(await there.ok('StopReplicationToReplica', { SecretId: name })).toEqual({
        ARN: arn.replace('us-east-1', 'us-east-2'),
      });
      await there.put(name, 'own');
      expect((await t.get(name))['SecretString']).toBe('v1');
      expect(await there.describe(name)).toMatchObject({ Description: 'd' });
      expect(await t.describe(name)).not.toHaveProperty('ReplicationStatus');
    },
  },
];
