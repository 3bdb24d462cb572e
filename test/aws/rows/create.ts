import { expect } from 'vitest';
import { token } from '../harness.ts';
import { BOTH_VALUES, INVALID_NAME, TOKEN_MISSING, violation, type Row, type RowContext } from './row.ts';

async function findable(t: RowContext, name: string, partialWorks: boolean): Promise<void> {
  const { arn } = await t.make({ Name: name });
  expect(arn).toMatch(new RegExp(`:secret:${name}-[A-Za-z0-9]{6}$`));
  for (const id of [name, arn]) expect((await t.get(id))['SecretString']).toBe('v1');
  const partial = arn.slice(0, -7);
  if (partialWorks) expect((await t.get(partial))['SecretString']).toBe('v1');
  else {
    const text = "Secrets Manager can't find the specified secret.";
    await t.fails('GetSecretValue', { SecretId: partial }, 'ResourceNotFoundException', text);
  }
}

function badName(id: string, name: string): Row {
  return {
    id,
    title: `name ${JSON.stringify(name)}`,
    run: async (t) => {
      await t.fails('CreateSecret', { Name: name, SecretString: 'x' }, 'ValidationException', INVALID_NAME);
    },
  };
}

export const CREATE_ROWS: readonly Row[] = [
  {
    id: 'B001',
    title: 'name and string',
    run: async (t) => {
      const crt = token();
      const made = await t.ok('CreateSecret', { Name: t.name(), SecretString: 'a', ClientRequestToken: crt });
      expect(Object.keys(made).sort()).toEqual(['ARN', 'Name', 'VersionId']);
      expect(made['VersionId']).toBe(crt);
    },
  },
  {
    id: 'B002',
    title: 'name alone',
    run: async (t) => {
      expect(Object.keys(await t.ok('CreateSecret', { Name: t.name() })).sort()).toEqual(['ARN', 'Name']);
    },
  },
  {
    id: 'B003',
    title: 'binary',
    run: async (t) => {
      const { name } = await t.make({ SecretString: undefined, SecretBinary: 'Zm9vdGVzdA==' });
      expect((await t.get(name))['SecretBinary']).toBe('Zm9vdGVzdA==');
    },
  },
  {
    id: 'B004',
    title: 'both values',
    run: async (t) => {
      const input = { Name: t.name(), SecretString: 'a', SecretBinary: 'YQ==' };
      await t.fails('CreateSecret', input, 'InvalidParameterException', BOTH_VALUES);
    },
  },
  {
    id: 'B005',
    title: 'empty string',
    run: async (t) => {
      const text = violation('Value', 'secretString', 'have length greater than or equal to 1');
      await t.fails('CreateSecret', { Name: t.name(), SecretString: '' }, 'ValidationException', text);
    },
  },
  {
    id: 'B006',
    title: '65,537 bytes',
    run: async (t) => {
      const text = violation('Value', 'secretBinary', 'have length less than or equal to 65536');
      const SecretBinary = Buffer.alloc(65537).toString('base64');
      await t.fails('CreateSecret', { Name: t.name(), SecretBinary }, 'ValidationException', text);
      const long = { Name: t.name(), SecretString: 'é'.repeat(40_000) };
      await t.fails('CreateSecret', long, 'ValidationException', /'secretString'.*65536/);
    },
  },
  {
    id: 'B007',
    title: 'no token',
    run: async (t) => {
      const input = { Name: t.name(), SecretString: 'a' };
      const body = await t.failsRaw('CreateSecret', input, 'InvalidRequestException', TOKEN_MISSING);
      expect(body).toEqual({ __type: 'InvalidRequestException', Message: TOKEN_MISSING });
    },
  },
  {
    id: 'B008',
    title: 'every allowed character',
    run: async (t) => {
      const { arn } = await t.make({ Name: 'Valid/_+=.@-Name' });
      expect(arn).toMatch(/:secret:Valid\/_\+=\.@-Name-[A-Za-z0-9]{6}$/);
    },
  },
  { id: 'B009', title: 'name ends in hyphen and four', run: (t) => findable(t, `${t.name()}-a1b2`, true) },
  { id: 'B010', title: 'name ends in hyphen', run: (t) => findable(t, `${t.name()}-a1b2c3-`, true) },
  { id: 'B011', title: 'name ends in hyphen and six', run: (t) => findable(t, `${t.name()}-a1b2c3`, false) },
  badName('B012', 'Inv Name'),
  badName('B013', ' Inv Name'),
  badName('B014', ' Inv*Name? '),
  badName('B015', ' Inv *?!]Name\\-'),
  {
    id: 'B016',
    title: 'same name, another token',
    run: async (t) => {
      const { name } = await t.make();
      const text = `The operation failed because the secret ${name} already exists.`;
      await t.fails('CreateSecret', { Name: name, SecretString: 'v1' }, 'ResourceExistsException', text);
    },
  },
  {
    id: 'B017',
    title: 'same request again',
    run: async (t) => {
      const input = { Name: t.name(), SecretString: 'a', ClientRequestToken: token() };
      expect(await t.ok('CreateSecret', input)).toEqual(await t.ok('CreateSecret', input));
    },
  },
  {
    id: 'B018',
    title: 'same token, another value',
    run: async (t) => {
      const input = { Name: t.name(), SecretString: 'a', ClientRequestToken: token() };
      const { ARN } = await t.ok('CreateSecret', input);
      const text = `You can't use ClientRequestToken ${input.ClientRequestToken} because that value is already in use for a version of secret ${String(ARN)}.`;
      await t.fails('CreateSecret', { ...input, SecretString: 'b' }, 'ResourceExistsException', text);
    },
  },
  {
    id: 'B019',
    title: 'name in its recovery window',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('DeleteSecret', { SecretId: name });
      const text =
        "You can't create this secret because a secret with this name is already scheduled for deletion.";
      await t.fails('CreateSecret', { Name: name, SecretString: 'a' }, 'InvalidRequestException', text);
    },
  },
  {
    id: 'B020',
    title: 'name just force-deleted',
    run: async (t) => {
      const { name, arn } = await t.make();
      await t.ok('DeleteSecret', { SecretId: name, ForceDeleteWithoutRecovery: true });
      expect((await t.make({ Name: name })).arn).not.toBe(arn);
    },
  },
  {
    id: 'B021',
    title: 'name force-deleted a moment ago: no lag here',
    run: async (t) => {
      const name = t.name();
      for (let i = 0; i < 5; i += 1) {
        await t.make({ Name: name });
        await t.ok('DeleteSecret', { SecretId: name, ForceDeleteWithoutRecovery: true });
      }
    },
  },
  {
    id: 'B022',
    title: 'empty description',
    run: async (t) => {
      const { name } = await t.make({ Description: '' });
      expect(await t.describe(name)).not.toHaveProperty('Description');
    },
  },
  {
    id: 'B023',
    title: 'tags keep their order',
    run: async (t) => {
      const Tags = [
        { Key: 'z', Value: '1' },
        { Key: 'a', Value: '2' },
      ];
      const { name } = await t.make({ Tags });
      expect((await t.describe(name))['Tags']).toEqual(Tags);
    },
  },
  {
    id: 'B024',
    title: 'no tags',
    run: async (t) => expect(await t.describe((await t.make()).name)).not.toHaveProperty('Tags'),
  },
  {
    id: 'B025',
    title: 'replica in the own region',
    run: async (t) => {
      const name = t.name();
      const input = { Name: name, SecretString: 'a', AddReplicaRegions: [{ Region: 'us-east-1' }] };
      await t.fails('CreateSecret', input, 'InvalidParameterException', 'Invalid replica region.');
      await t.fails('DescribeSecret', { SecretId: name }, 'ResourceNotFoundException', /can't find/);
    },
  },
  {
    id: 'B026',
    title: 'replica elsewhere',
    run: async (t) => {
      const input = { Name: t.name(), SecretString: 'a', AddReplicaRegions: [{ Region: 'us-east-2' }] };
      const made = await t.ok('CreateSecret', input);
      expect(made['ReplicationStatus']).toEqual([
        expect.objectContaining({ Region: 'us-east-2', Status: 'InSync' }),
      ]);
      expect((await t.inRegion('us-east-2').get(input.Name))['SecretString']).toBe('a');
    },
  },
  {
    id: 'B027',
    title: 'key that is not there',
    run: async (t) => {
      const KmsKeyId = 'arn:aws:kms:us-east-1:123456789012:key/00000000-0000-4000-8000-000000000000';
      const input = { Name: t.name(), SecretString: 'a', KmsKeyId };
      await t.fails('CreateSecret', input, 'AccessDeniedException', 'Access to KMS is not allowed');
    },
  },
  {
    id: 'B028',
    title: 'exactly 65,536 bytes',
    run: async (t) => {
      const SecretString = 'x'.repeat(65536);
      const { name } = await t.make({ SecretString });
      expect((await t.get(name))['SecretString']).toBe(SecretString);
    },
  },
  {
    id: 'B029',
    title: 'no name',
    run: async (t) => {
      const text = violation('Value null', 'name', 'not be null');
      await t.fails('CreateSecret', { SecretString: 'a' }, 'ValidationException', text);
    },
  },
  {
    id: 'B030',
    title: 'token of 31 characters',
    run: async (t) => {
      const ClientRequestToken = 'x'.repeat(31);
      const text = violation(
        `Value '${ClientRequestToken}'`,
        'clientRequestToken',
        'have length greater than or equal to 32',
      );
      const input = { Name: t.name(), SecretString: 'a', ClientRequestToken };
      await t.fails('CreateSecret', input, 'ValidationException', text);
    },
  },
];
