import { expect } from 'vitest';
import { token } from '../harness.ts';
import { BOTH_VALUES, MARKED, NOT_FOUND, REPLICA, TOKEN_MISSING, violation, type Row } from './row.ts';

const NO_VALUE = 'You must provide either SecretString or SecretBinary.';

export const PUT_ROWS: readonly Row[] = [
  {
    id: 'B055',
    title: 'default labels',
    run: async (t) => {
      const { name, arn } = await t.make();
      const crt = token();
      const input = { SecretId: name, SecretString: 'v2', ClientRequestToken: crt };
      expect(await t.ok('PutSecretValue', input)).toEqual({
        ARN: arn,
        Name: name,
        VersionId: crt,
        VersionStages: ['AWSCURRENT'],
      });
    },
  },
  {
    id: 'B056',
    title: 'the old value is AWSPREVIOUS',
    run: async (t) => {
      const { name } = await t.make();
      await t.put(name, 'v2');
      expect((await t.get(name, { VersionStage: 'AWSPREVIOUS' }))['SecretString']).toBe('v1');
    },
  },
  {
    id: 'B057',
    title: 'third value',
    run: async (t) => {
      const { name } = await t.make();
      const v2 = await t.put(name, 'v2');
      const v3 = await t.put(name, 'v3');
      expect(await t.stages(name)).toEqual({ [v2]: ['AWSPREVIOUS'], [v3]: ['AWSCURRENT'] });
      expect((await t.versions(name)).map((v) => v['VersionId'])).toEqual([v2, v3]);
    },
  },
  {
    id: 'B058',
    title: 'fourth value, all versions',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const ids = [v1, await t.put(name, 'v2'), await t.put(name, 'v3'), await t.put(name, 'v4')];
      const listed = await t.versions(name, true);
      expect(listed.map((v) => v['VersionId'])).toEqual(ids);
      expect(listed.map((v) => v['VersionStages'])).toEqual([
        undefined,
        undefined,
        ['AWSPREVIOUS'],
        ['AWSCURRENT'],
      ]);
    },
  },
  {
    id: 'B059',
    title: 'custom labels leave the current value',
    run: async (t) => {
      const { name } = await t.make();
      const input = { SecretId: name, SecretString: 'v2', VersionStages: ['SAMPLESTAGE1', 'SAMPLESTAGE0'] };
      const stages = (await t.ok('PutSecretValue', input))['VersionStages'] as string[];
      expect([...stages].sort()).toEqual(['SAMPLESTAGE0', 'SAMPLESTAGE1']);
      expect((await t.get(name))['SecretString']).toBe('v1');
    },
  },
  {
    id: 'B060',
    title: 'custom labels move',
    run: async (t) => {
      const { name, v1 } = await t.make();
      await t.put(name, 'v2', ['A', 'B']);
      const v3 = await t.put(name, 'v3', ['A', 'B']);
      expect(await t.stages(name)).toEqual({ [v1]: ['AWSCURRENT'], [v3]: ['A', 'B'] });
    },
  },
  {
    id: 'B061',
    title: 'AWSPENDING',
    run: async (t) => {
      const { name } = await t.make();
      const input = { SecretId: name, SecretString: 'v2', VersionStages: ['AWSPENDING'] };
      expect((await t.ok('PutSecretValue', input))['VersionStages']).toEqual(['AWSPENDING']);
      expect((await t.get(name))['SecretString']).toBe('v1');
    },
  },
  {
    id: 'B062',
    title: 'AWSCURRENT by name',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const v2 = await t.put(name, 'v2', ['AWSCURRENT']);
      expect(await t.stages(name)).toEqual({ [v1]: ['AWSPREVIOUS'], [v2]: ['AWSCURRENT'] });
    },
  },
  {
    id: 'B063',
    title: 'AWSCURRENT and a custom label',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const v2 = await t.put(name, 'v2', ['AWSCURRENT', 'PUT0']);
      expect(await t.stages(name)).toEqual({ [v1]: ['AWSPREVIOUS'], [v2]: ['AWSCURRENT', 'PUT0'] });
    },
  },
  {
    id: 'B064',
    title: 'a label that begins with AWS',
    run: async (t) => {
      const { name } = await t.make();
      const v2 = await t.put(name, 'v2', ['AWSPENDING', 'AWSSOMETHING', 'PUT1']);
      expect((await t.stages(name))[v2]).toEqual(['AWSPENDING', 'AWSSOMETHING', 'PUT1']);
    },
  },
  {
    id: 'B065',
    title: 'all labels taken',
    run: async (t) => {
      const { name, v1 } = await t.make();
      await t.put(name, 'v2', ['one', 'two', 'three']);
      const v3 = await t.put(name, 'v3', ['one', 'two', 'three', 'four']);
      expect(await t.stages(name)).toEqual({ [v1]: ['AWSCURRENT'], [v3]: ['four', 'one', 'three', 'two'] });
    },
  },
  {
    id: 'B066',
    title: 'some labels taken',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const v2 = await t.put(name, 'v2', ['one', 'two', 'three']);
      const v3 = await t.put(name, 'v3', ['one', 'two', 'four']);
      expect(await t.stages(name)).toEqual({
        [v1]: ['AWSCURRENT'],
        [v2]: ['three'],
        [v3]: ['four', 'one', 'two'],
      });
    },
  },
  {
    id: 'B067',
    title: 'AWSPENDING leaves the current version',
    run: async (t) => {
      const { name } = await t.make();
      const v2 = await t.put(name, 'v2', ['AWSCURRENT', 'AWSPENDING']);
      const v3 = await t.put(name, 'v3', ['AWSPENDING']);
      expect(await t.stages(name)).toMatchObject({ [v2]: ['AWSCURRENT'], [v3]: ['AWSPENDING'] });
    },
  },
  {
    id: 'B068',
    title: 'AWSPENDING does not go with AWSPREVIOUS',
    run: async (t) => {
      const { name } = await t.make();
      const v2 = await t.put(name, 'v2', ['AWSCURRENT', 'AWSPENDING']);
      const v3 = await t.put(name, 'v3');
      expect(await t.stages(name)).toEqual({ [v2]: ['AWSPREVIOUS'], [v3]: ['AWSCURRENT'] });
    },
  },
  {
    id: 'B069',
    title: 'first value',
    run: async (t) => {
      const { name } = await t.makeEmpty();
      const answer = await t.ok('PutSecretValue', { SecretId: name, SecretString: 'a' });
      expect(answer['VersionStages']).toEqual(['AWSCURRENT']);
    },
  },
  {
    id: 'B070',
    title: 'first value with AWSPENDING',
    run: async (t) => {
      const { name } = await t.makeEmpty();
      const version = await t.put(name, 'a', ['AWSPENDING']);
      expect((await t.stages(name))[version]).toEqual(['AWSCURRENT', 'AWSPENDING']);
    },
  },
  {
    id: 'B071',
    title: 'no value',
    run: async (t) => {
      const { name } = await t.make();
      await t.fails('PutSecretValue', { SecretId: name }, 'InvalidRequestException', NO_VALUE);
    },
  },
  {
    id: 'B072',
    title: 'empty string',
    run: async (t) => {
      const { name } = await t.make();
      const input = { SecretId: name, SecretString: '' };
      await t.fails('PutSecretValue', input, 'InvalidRequestException', NO_VALUE);
    },
  },
  {
    id: 'B073',
    title: 'both values',
    run: async (t) => {
      const { name } = await t.make();
      const input = { SecretId: name, SecretString: 'a', SecretBinary: 'YQ==' };
      await t.fails('PutSecretValue', input, 'InvalidParameterException', BOTH_VALUES);
    },
  },
  {
    id: 'B074',
    title: 'same token, same value',
    run: async (t) => {
      const { name } = await t.make();
      const input = { SecretId: name, SecretString: 'v2', ClientRequestToken: token() };
      await t.ok('PutSecretValue', input);
      expect(await t.ok('PutSecretValue', input)).toMatchObject({
        VersionId: input.ClientRequestToken,
        VersionStages: ['AWSCURRENT'],
      });
      expect(await t.versions(name, true)).toHaveLength(2);
    },
  },
  {
    id: 'B075',
    title: 'same token, another value',
    run: async (t) => {
      const { name, arn } = await t.make();
      const input = { SecretId: name, SecretString: 'v2', ClientRequestToken: token() };
      await t.ok('PutSecretValue', input);
      const text = `You can't use ClientRequestToken ${input.ClientRequestToken} because that value is already in use for a version of secret ${arn}.`;
      await t.fails('PutSecretValue', { ...input, SecretString: 'v3' }, 'ResourceExistsException', text);
    },
  },
  {
    id: 'B076',
    title: 'no token, before the secret is looked up',
    run: async (t) => {
      const input = { SecretId: 'not-there', SecretString: 'a' };
      await t.failsRaw('PutSecretValue', input, 'InvalidRequestException', TOKEN_MISSING);
    },
  },
  {
    id: 'B077',
    title: 'unknown secret',
    run: async (t) => {
      const input = { SecretId: 'not-there', SecretString: 'a' };
      await t.fails('PutSecretValue', input, 'ResourceNotFoundException', NOT_FOUND);
    },
  },
  {
    id: 'B078',
    title: 'scheduled for deletion',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('DeleteSecret', { SecretId: name });
      const input = { SecretId: name, SecretString: 'a' };
      await t.fails('PutSecretValue', input, 'InvalidRequestException', MARKED);
    },
  },
  {
    id: 'B079',
    title: 'replica',
    run: async (t) => {
      const { name } = await t.make({ AddReplicaRegions: [{ Region: 'us-west-2' }] });
      const input = { SecretId: name, SecretString: 'a' };
      await t.inRegion('us-west-2').fails('PutSecretValue', input, 'InvalidParameterException', REPLICA);
    },
  },
  {
    id: 'B080',
    title: 'no labels',
    run: async (t) => {
      const { name } = await t.make();
      const input = { SecretId: name, SecretString: 'a', VersionStages: [] };
      const text = violation("Value '[]'", 'versionStages', 'have length greater than or equal to 1');
      await t.fails('PutSecretValue', input, 'ValidationException', text);
    },
  },
  {
    id: 'B081',
    title: '21 labels',
    run: async (t) => {
      const { name } = await t.make();
      const VersionStages = Array.from({ length: 21 }, (_, i) => `L${i}`);
      const input = { SecretId: name, SecretString: 'a', VersionStages };
      await t.fails('PutSecretValue', input, 'ValidationException', /have length less than or equal to 20$/);
    },
  },
  {
    id: 'B082',
    title: 'short rotation token',
    run: async (t) => {
      const { name } = await t.make();
      const input = { SecretId: name, SecretString: 'a', RotationToken: 'short' };
      const text = violation('Value', 'rotationToken', 'have length greater than or equal to 36');
      await t.fails('PutSecretValue', input, 'ValidationException', text);
    },
  },
  {
    id: 'B083',
    title: 'binary over string',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('PutSecretValue', { SecretId: name, SecretBinary: 'AAE=' });
      const answer = await t.get(name);
      expect(answer['SecretBinary']).toBe('AAE=');
      expect(answer).not.toHaveProperty('SecretString');
    },
  },
];
