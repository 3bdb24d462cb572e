import { expect } from 'vitest';
import { token } from '../harness.ts';
import {
  BOTH_VALUES,
  INVALID_NAME,
  MARKED,
  NOT_FOUND,
  REPLICA,
  TOKEN_MISSING,
  violation,
  type Row,
} from './row.ts';

export const UPDATE_ROWS: readonly Row[] = [
  {
    id: 'B084',
    title: 'nothing but the id',
    run: async (t) => {
      const { name, arn } = await t.make();
      const before = await t.describe(name);
      expect(await t.ok('UpdateSecret', { SecretId: name })).toEqual({ ARN: arn, Name: name });
      expect(await t.describe(name)).toEqual(before);
    },
  },
  {
    id: 'B085',
    title: 'description',
    run: async (t) => {
      const { name, arn } = await t.make();
      const before = await t.describe(name);
      const answer = await t.ok('UpdateSecret', { SecretId: name, Description: 'MyDescription' });
      expect(answer).toEqual({ ARN: arn, Name: name });
      const after = await t.describe(name);
      expect(after['Description']).toBe('MyDescription');
      expect(after['VersionIdsToStages']).toEqual(before['VersionIdsToStages']);
    },
  },
  {
    id: 'B086',
    title: 'description and value',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const input = { SecretId: name, Description: 'd', SecretString: 'v2' };
      const v2 = String((await t.ok('UpdateSecret', input))['VersionId']);
      expect(await t.stages(name)).toEqual({ [v1]: ['AWSPREVIOUS'], [v2]: ['AWSCURRENT'] });
      expect((await t.describe(name))['Description']).toBe('d');
    },
  },
  {
    id: 'B087',
    title: 'value alone',
    run: async (t) => {
      const { name } = await t.make({ Description: 'kept' });
      expect(await t.ok('UpdateSecret', { SecretId: name, SecretString: 'v2' })).toHaveProperty('VersionId');
      expect((await t.describe(name))['Description']).toBe('kept');
    },
  },
  {
    id: 'B088',
    title: 'empty description',
    run: async (t) => {
      const { name } = await t.make({ Description: 'gone' });
      await t.ok('UpdateSecret', { SecretId: name, Description: '' });
      expect(await t.describe(name)).not.toHaveProperty('Description');
    },
  },
  {
    id: 'B089',
    title: 'the same value again',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const before = await t.describe(name);
      t.server.advance(5);
      const answer = await t.ok('UpdateSecret', { SecretId: name, SecretString: 'v1' });
      expect(answer['VersionId']).not.toBe(v1);
      const after = await t.describe(name);
      expect(after['LastChangedDate']).toBeGreaterThan(before['LastChangedDate'] as number);
      expect(after['CreatedDate']).toBe(before['CreatedDate']);
    },
  },
  {
    id: 'B090',
    title: 'twice',
    run: async (t) => {
      const { name } = await t.make();
      const v2 = String((await t.ok('UpdateSecret', { SecretId: name, SecretString: 'v2' }))['VersionId']);
      const v3 = String((await t.ok('UpdateSecret', { SecretId: name, SecretString: 'v3' }))['VersionId']);
      expect(await t.stages(name)).toEqual({ [v2]: ['AWSPREVIOUS'], [v3]: ['AWSCURRENT'] });
    },
  },
  {
    id: 'B091',
    title: 'token and value of an existing version',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const input = { SecretId: name, SecretString: 'v1', ClientRequestToken: v1 };
      expect((await t.ok('UpdateSecret', input))['VersionId']).toBe(v1);
      expect(await t.versions(name, true)).toHaveLength(1);
    },
  },
  {
    id: 'B092',
    title: 'token of an existing version, another value',
    run: async (t) => {
      const { name, arn, v1 } = await t.make();
      const input = { SecretId: name, SecretString: 'v2', ClientRequestToken: v1 };
      const text = `You can't use ClientRequestToken ${v1} because that value is already in use for a version of secret ${arn}.`;
      await t.fails('UpdateSecret', input, 'ResourceExistsException', text);
    },
  },
  {
    id: 'B093',
    title: 'no token',
    run: async (t) => {
      const input = { SecretId: 'not-there', SecretString: 'a' };
      await t.failsRaw('UpdateSecret', input, 'InvalidRequestException', TOKEN_MISSING);
    },
  },
  {
    id: 'B094',
    title: 'unknown secret',
    run: async (t) => {
      const input = { SecretId: 'not-there', SecretString: 'a' };
      await t.fails('UpdateSecret', input, 'ResourceNotFoundException', NOT_FOUND);
    },
  },
  {
    id: 'B095',
    title: 'scheduled for deletion',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('DeleteSecret', { SecretId: name });
      await t.fails('UpdateSecret', { SecretId: name, SecretString: 'a' }, 'InvalidRequestException', MARKED);
    },
  },
  {
    id: 'B096',
    title: 'back to the default key',
    run: async (t) => {
      const key = await t.createKey();
      const { name } = await t.make({ KmsKeyId: key.arn });
      await t.ok('UpdateSecret', { SecretId: name, KmsKeyId: '' });
      expect(await t.describe(name)).not.toHaveProperty('KmsKeyId');
      await t.put(name, 'v2');
      expect((await t.versions(name)).at(-1)!['KmsKeyIds']).toEqual(['DefaultEncryptionKey']);
    },
  },
  {
    id: 'B097',
    title: 'default key by its alias',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('UpdateSecret', { SecretId: name, KmsKeyId: 'alias/aws/secretsmanager' });
      expect((await t.describe(name))['KmsKeyId']).toBe('alias/aws/secretsmanager');
    },
  },
  {
    id: 'B098',
    title: 'another key',
    run: async (t) => {
      const key = await t.createKey();
      const { name, v1 } = await t.make();
      const v2 = await t.put(name, 'v2');
      const v3 = await t.put(name, 'v3', ['AWSPENDING']);
      const v4 = await t.put(name, 'v4', ['CUSTOM']);
      const answer = await t.ok('UpdateSecret', { SecretId: name, KmsKeyId: key.arn });
      expect(answer).not.toHaveProperty('VersionId');
      expect((await t.describe(name))['KmsKeyId']).toBe(key.arn);
      const keys = Object.fromEntries(
        (await t.versions(name)).map((v) => [String(v['VersionId']), v['KmsKeyIds']]),
      );
      const both = ['DefaultEncryptionKey', key.arn];
      expect(keys).toEqual({ [v1]: both, [v2]: both, [v3]: both, [v4]: ['DefaultEncryptionKey'] });
      for (const id of [v1, v2, v3, v4]) await t.get(name, { VersionId: id });
    },
  },
  {
    id: 'B099',
    title: 'binary',
    run: async (t) => {
      const { name } = await t.make();
      const SecretBinary = Buffer.from([0xfe, 0xfd]).toString('base64');
      await t.ok('UpdateSecret', { SecretId: name, SecretBinary });
      expect((await t.get(name))['SecretBinary']).toBe(SecretBinary);
    },
  },
  {
    id: 'B100',
    title: 'both values',
    run: async (t) => {
      const { name } = await t.make();
      const input = { SecretId: name, SecretString: 'a', SecretBinary: 'YQ==' };
      await t.fails('UpdateSecret', input, 'InvalidParameterException', BOTH_VALUES);
    },
  },
  {
    id: 'B101',
    title: 'invalid name',
    run: async (t) => {
      const input = { SecretId: 'Inv Name', SecretString: 'a' };
      await t.fails('UpdateSecret', input, 'ValidationException', INVALID_NAME);
    },
  },
  {
    id: 'B102',
    title: 'replica',
    run: async (t) => {
      const { name } = await t.make({ AddReplicaRegions: [{ Region: 'us-west-2' }] });
      const input = { SecretId: name, Description: 'x' };
      await t.inRegion('us-west-2').fails('UpdateSecret', input, 'InvalidParameterException', REPLICA);
    },
  },
  {
    id: 'B103',
    title: 'long description',
    run: async (t) => {
      const { name } = await t.make();
      const input = { SecretId: name, Description: 'x'.repeat(2049) };
      await t.fails(
        'UpdateSecret',
        input,
        'ValidationException',
        /'description'.*less than or equal to 2048$/,
      );
    },
  },
  {
    id: 'B104',
    title: 'while a rotation is not finished',
    run: async (t) => {
      const { name, v1 } = await t.make();
      await t.put(name, 'v2', ['AWSPENDING']);
      const v3 = String((await t.ok('UpdateSecret', { SecretId: name, SecretString: 'v3' }))['VersionId']);
      expect(await t.stages(name)).toEqual({ [v1]: ['AWSPREVIOUS'], [v3]: ['AWSCURRENT'] });
    },
  },
  {
    id: 'B105',
    title: 'names of the members',
    run: async (t) => {
      const { name } = await t.make();
      const answer = await t.ok('UpdateSecret', {
        SecretId: name,
        SecretString: 'a',
        ClientRequestToken: token(),
      });
      expect(Object.keys(answer).sort()).toEqual(['ARN', 'Name', 'VersionId']);
    },
  },
];

const move = (
  SecretId: string,
  VersionStage: string,
  to?: string,
  from?: string,
): Record<string, unknown> => ({
  SecretId,
  VersionStage,
  ...(to === undefined ? {} : { MoveToVersionId: to }),
  ...(from === undefined ? {} : { RemoveFromVersionId: from }),
});

const STAGE = 'UpdateSecretVersionStage';

export const STAGE_ROWS: readonly Row[] = [
  {
    id: 'B106',
    title: 'move AWSCURRENT',
    run: async (t) => {
      const { name, arn, v1 } = await t.make();
      const v2 = await t.put(name, 'v2', ['AWSPENDING']);
      expect(await t.ok(STAGE, move(name, 'AWSCURRENT', v2, v1))).toEqual({ ARN: arn, Name: name });
    },
  },
  {
    id: 'B107',
    title: 'labels after the move',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const v2 = await t.put(name, 'v2', ['AWSPENDING']);
      await t.ok(STAGE, move(name, 'AWSCURRENT', v2, v1));
      expect(await t.stages(name)).toEqual({ [v1]: ['AWSPREVIOUS'], [v2]: ['AWSCURRENT', 'AWSPENDING'] });
    },
  },
  {
    id: 'B108',
    title: 'value after the move',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const v2 = await t.put(name, 'v2', ['AWSPENDING']);
      await t.ok(STAGE, move(name, 'AWSCURRENT', v2, v1));
      const answer = await t.get(name);
      expect(answer['SecretString']).toBe('v2');
      expect([...(answer['VersionStages'] as string[])].sort()).toEqual(['AWSCURRENT', 'AWSPENDING']);
    },
  },
  {
    id: 'B109',
    title: 'custom labels stay on the target',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const v2 = await t.put(name, 'v2', ['MINE']);
      await t.ok(STAGE, move(name, 'AWSCURRENT', v2, v1));
      expect((await t.stages(name))[v2]).toEqual(['AWSCURRENT', 'MINE']);
    },
  },
  {
    id: 'B110',
    title: 'custom labels stay on the source',
    run: async (t) => {
      const { name } = await t.make();
      const v2 = await t.put(name, 'v2', ['AWSCURRENT', 'MINE']);
      const v3 = await t.put(name, 'v3', ['AWSPENDING']);
      await t.ok(STAGE, move(name, 'AWSCURRENT', v3, v2));
      expect((await t.stages(name))[v2]).toEqual(['AWSPREVIOUS', 'MINE']);
    },
  },
  {
    id: 'B111',
    title: 'a third version keeps its custom label',
    run: async (t) => {
      const { name, v1 } = await t.make();
      await t.ok(STAGE, move(name, 'PUT0', v1));
      const v2 = await t.put(name, 'v2');
      const v3 = await t.put(name, 'v3', ['AWSPENDING']);
      await t.ok(STAGE, move(name, 'AWSCURRENT', v3, v2));
      expect(await t.stages(name)).toEqual({
        [v1]: ['PUT0'],
        [v2]: ['AWSPREVIOUS'],
        [v3]: ['AWSCURRENT', 'AWSPENDING'],
      });
    },
  },
  {
    id: 'B112',
    title: 'a third version without other labels is deprecated',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const v2 = await t.put(name, 'v2');
      const v3 = await t.put(name, 'v3', ['AWSPENDING']);
      await t.ok(STAGE, move(name, 'AWSCURRENT', v3, v2));
      expect(await t.stages(name)).not.toHaveProperty(v1);
    },
  },
  {
    id: 'B113',
    title: 'without the version it is on',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const v2 = await t.put(name, 'v2', ['AWSPENDING']);
      const text = `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${v1}, so you must explicitly reference that version in RemoveFromVersionId.`;
      await t.fails(STAGE, move(name, 'AWSCURRENT', v2), 'InvalidParameterException', text);
    },
  },
  {
    id: 'B114',
    title: 'take a custom label off',
    run: async (t) => {
      const { name } = await t.make();
      const v2 = await t.put(name, 'v2', ['AWSCURRENT', 'PENDING']);
      await t.ok(STAGE, move(name, 'PENDING', undefined, v2));
      expect((await t.stages(name))[v2]).toEqual(['AWSCURRENT']);
    },
  },
  {
    id: 'B115',
    title: 'AWSPREVIOUS is not touched by a custom label',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const v2 = await t.put(name, 'v2', ['AWSCURRENT', 'MINE']);
      await t.ok(STAGE, move(name, 'MINE', v1, v2));
      expect(await t.stages(name)).toEqual({ [v1]: ['AWSPREVIOUS', 'MINE'], [v2]: ['AWSCURRENT'] });
    },
  },
  {
    id: 'B116',
    title: 'take AWSCURRENT off',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const text =
        'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.';
      await t.fails(STAGE, move(name, 'AWSCURRENT', undefined, v1), 'InvalidParameterException', text);
    },
  },
  {
    id: 'B117',
    title: 'take a label off a version without it',
    run: async (t) => {
      const { name, v1 } = await t.make();
      await t.put(name, 'v2', ['MINE']);
      const pattern = /it must be set to the version that currently has the staging label MINE\.$/;
      await t.fails(STAGE, move(name, 'MINE', undefined, v1), 'InvalidParameterException', pattern);
    },
  },
  {
    id: 'B118',
    title: 'AWSCURRENT on a secret that has none',
    run: async (t) => {
      const { name } = await t.makeEmpty();
      const version = await t.put(name, 'a', ['AWSPENDING']);
      // The first version is current at once, so the move is to where the label is: nothing changes.
      await t.ok(STAGE, move(name, 'AWSCURRENT', version));
      expect((await t.get(name))['VersionId']).toBe(version);
    },
  },
  {
    id: 'B119',
    title: 'attach a custom label',
    run: async (t) => {
      const { name, v1 } = await t.make();
      await t.ok(STAGE, move(name, 'MINE', v1));
      expect(await t.stages(name)).toEqual({ [v1]: ['AWSCURRENT', 'MINE'] });
    },
  },
  {
    id: 'B120',
    title: 'no label',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const text = violation('Value null', 'versionStage', 'not be null');
      await t.fails(STAGE, { SecretId: name, MoveToVersionId: v1 }, 'ValidationException', text);
    },
  },
];
