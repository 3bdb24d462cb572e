import { expect } from 'vitest';
import { MARKED, NOT_FOUND, REPLICA, type Row } from './row.ts';

const DAY = 86_400;

function about(value: unknown, expected: number): void {
  expect(Math.abs(Number(value) - expected)).toBeLessThan(60);
}

export const DELETE_ROWS: readonly Row[] = [
  {
    id: 'B159',
    title: 'no parameters',
    run: async (t) => {
      const { name } = await t.make();
      const answer = await t.ok('DeleteSecret', { SecretId: name });
      about(answer['DeletionDate'], t.server.now() / 1000 + 30 * DAY);
    },
  },
  {
    id: 'B160',
    title: 'seven days',
    run: async (t) => {
      const { name } = await t.make();
      const answer = await t.ok('DeleteSecret', { SecretId: name, RecoveryWindowInDays: 7 });
      about(answer['DeletionDate'], t.server.now() / 1000 + 7 * DAY);
    },
  },
  {
    id: 'B161',
    title: 'window out of range',
    run: async (t) => {
      const { name } = await t.make();
      const text = 'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).';
      for (const RecoveryWindowInDays of [6, 31]) {
        const input = { SecretId: name, RecoveryWindowInDays };
        await t.fails('DeleteSecret', input, 'InvalidParameterException', text);
      }
    },
  },
  {
    id: 'B162',
    title: 'window and force',
    run: async (t) => {
      const { name } = await t.make();
      const input = { SecretId: name, RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true };
      const text = "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.";
      await t.fails('DeleteSecret', input, 'InvalidParameterException', text);
    },
  },
  {
    id: 'B163',
    title: 'force',
    run: async (t) => {
      const { name } = await t.make();
      const answer = await t.ok('DeleteSecret', { SecretId: name, ForceDeleteWithoutRecovery: true });
      about(answer['DeletionDate'], t.server.now() / 1000);
    },
  },
  {
    id: 'B164',
    title: 'force on an unknown name',
    run: async (t) => {
      const answer = await t.ok('DeleteSecret', {
        SecretId: 'never-there',
        ForceDeleteWithoutRecovery: true,
      });
      expect(answer).toMatchObject({ Name: 'never-there', ARN: expect.stringMatching(/never-there-\w{6}$/) });
      about(answer['DeletionDate'], t.server.now() / 1000);
    },
  },
  {
    id: 'B165',
    title: 'force on a scheduled one',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('DeleteSecret', { SecretId: name });
      await t.ok('DeleteSecret', { SecretId: name, ForceDeleteWithoutRecovery: true });
      await t.fails('DescribeSecret', { SecretId: name }, 'ResourceNotFoundException', NOT_FOUND);
    },
  },
  {
    id: 'B166',
    title: 'unknown',
    run: async (t) => {
      await t.fails('DeleteSecret', { SecretId: 'not-there' }, 'ResourceNotFoundException', NOT_FOUND);
    },
  },
  {
    id: 'B167',
    title: 'scheduled already',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('DeleteSecret', { SecretId: name });
      await t.fails('DeleteSecret', { SecretId: name }, 'InvalidRequestException', MARKED);
    },
  },
  {
    id: 'B168',
    title: 'primary with replicas',
    run: async (t) => {
      const AddReplicaRegions = ['us-west-2', 'ap-northeast-2', 'us-east-2'].map((Region) => ({ Region }));
      const { name, arn } = await t.make({ AddReplicaRegions });
      const text = `You can't delete secret ${arn} that still has replica regions [ap-northeast-2, us-east-2, us-west-2].`;
      await t.fails('DeleteSecret', { SecretId: name }, 'InvalidParameterException', text);
    },
  },
  {
    id: 'B169',
    title: 'replica',
    run: async (t) => {
      const { name } = await t.make({ AddReplicaRegions: [{ Region: 'us-west-2' }] });
      const there = t.inRegion('us-west-2');
      await there.fails('DeleteSecret', { SecretId: name }, 'InvalidParameterException', REPLICA);
    },
  },
  {
    id: 'B170',
    title: 'restore',
    run: async (t) => {
      const { name, arn, v1 } = await t.make();
      await t.ok('DeleteSecret', { SecretId: name });
      expect(await t.ok('RestoreSecret', { SecretId: name })).toEqual({ ARN: arn, Name: name });
      expect(await t.describe(name)).not.toHaveProperty('DeletedDate');
      expect((await t.get(name))['VersionId']).toBe(v1);
    },
  },
  {
    id: 'B171',
    title: 'restore what is not deleted',
    run: async (t) => {
      const { name, arn } = await t.make();
      expect(await t.ok('RestoreSecret', { SecretId: name })).toEqual({ ARN: arn, Name: name });
    },
  },
  {
    id: 'B172',
    title: 'restore what is not there',
    run: async (t) => {
      await t.fails('RestoreSecret', { SecretId: 'not-there' }, 'ResourceNotFoundException', NOT_FOUND);
    },
  },
  {
    id: 'B173',
    title: 'restore after force',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('DeleteSecret', { SecretId: name, ForceDeleteWithoutRecovery: true });
      await t.fails('RestoreSecret', { SecretId: name }, 'ResourceNotFoundException', NOT_FOUND);
    },
  },
  {
    id: 'B174',
    title: 'writing to a scheduled one',
    run: async (t) => {
      const { name, v1 } = await t.make();
      await t.ok('DeleteSecret', { SecretId: name });
      const stage = { VersionStage: 'X', MoveToVersionId: v1 };
      for (const [operation, more] of [
        ['PutSecretValue', { SecretString: 'a' }],
        ['UpdateSecret', { SecretString: 'a' }],
        ['RotateSecret', {}],
        ['CancelRotateSecret', {}],
        ['UpdateSecretVersionStage', stage],
      ] as const) {
        await t.fails(operation, { SecretId: name, ...more }, 'InvalidRequestException', MARKED);
      }
    },
  },
  {
    id: 'B175',
    title: 'policy of a scheduled one',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('DeleteSecret', { SecretId: name });
      await t.fails('GetResourcePolicy', { SecretId: name }, 'InvalidRequestException', MARKED);
    },
  },
  {
    id: 'B176',
    title: 'tags of a scheduled one',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('DeleteSecret', { SecretId: name });
      const Tags = [{ Key: 'a', Value: 'b' }];
      await t.fails('TagResource', { SecretId: name, Tags }, 'InvalidRequestException', MARKED);
      const TagKeys = ['a'];
      await t.fails('UntagResource', { SecretId: name, TagKeys }, 'InvalidRequestException', MARKED);
    },
  },
];

const tag = (Key: string, Value = ''): { Key: string; Value: string } => ({ Key, Value });

export const TAG_ROWS: readonly Row[] = [
  {
    id: 'B177',
    title: 'empty answer',
    run: async (t) => {
      const { name } = await t.make();
      const answer = await t.send('TagResource', { SecretId: name, Tags: [tag('tag1', 'v1')] });
      expect({ status: answer.status, text: answer.text, length: answer.headers['content-length'] }).toEqual({
        status: 200,
        text: '',
        length: '0',
      });
    },
  },
  {
    id: 'B178',
    title: 'second tag',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('TagResource', { SecretId: name, Tags: [tag('tag1', 'a')] });
      await t.ok('TagResource', { SecretId: name, Tags: [tag('tag2', 'b')] });
      expect((await t.describe(name))['Tags']).toEqual([tag('tag1', 'a'), tag('tag2', 'b')]);
    },
  },
  {
    id: 'B179',
    title: 'another value keeps its place',
    run: async (t) => {
      const { name } = await t.make({ Tags: [tag('tag1', 'a'), tag('tag2', 'b')] });
      await t.ok('TagResource', { SecretId: name, Tags: [tag('tag1', 'c')] });
      expect((await t.describe(name))['Tags']).toEqual([tag('tag1', 'c'), tag('tag2', 'b')]);
    },
  },
  {
    id: 'B180',
    title: 'take the first off',
    run: async (t) => {
      const { name } = await t.make({ Tags: [tag('tag1'), tag('tag2')] });
      await t.ok('UntagResource', { SecretId: name, TagKeys: ['tag1'] });
      expect((await t.describe(name))['Tags']).toEqual([tag('tag2')]);
    },
  },
  {
    id: 'B181',
    title: 'take the last off',
    run: async (t) => {
      const { name } = await t.make({ Tags: [tag('tag1')] });
      await t.ok('UntagResource', { SecretId: name, TagKeys: ['tag1'] });
      expect((await t.describe(name))['Tags']).toEqual([]);
    },
  },
  {
    id: 'B182',
    title: 'several at once',
    run: async (t) => {
      const { name } = await t.make();
      const Tags = [tag('b'), tag('a'), tag('c')];
      await t.ok('TagResource', { SecretId: name, Tags });
      expect((await t.describe(name))['Tags']).toEqual(Tags);
    },
  },
  {
    id: 'B183',
    title: 'take an unknown one off',
    run: async (t) => {
      const { name } = await t.make({ Tags: [tag('a')] });
      await t.ok('UntagResource', { SecretId: name, TagKeys: ['b'] });
      expect((await t.describe(name))['Tags']).toEqual([tag('a')]);
    },
  },
  {
    id: 'B184',
    title: 'reserved prefix',
    run: async (t) => {
      const { name } = await t.make();
      await t.fails(
        'TagResource',
        { SecretId: name, Tags: [tag('aws:x')] },
        'InvalidParameterException',
        /aws:/,
      );
    },
  },
  {
    id: 'B185',
    title: 'case of keys',
    run: async (t) => {
      const { name } = await t.make();
      const Tags = [tag('ABC'), tag('abc')];
      await t.ok('TagResource', { SecretId: name, Tags });
      expect((await t.describe(name))['Tags']).toEqual(Tags);
    },
  },
  {
    id: 'B186',
    title: 'fifty-first tag',
    run: async (t) => {
      const { name } = await t.make({ Tags: Array.from({ length: 50 }, (_, i) => tag(`k${i}`)) });
      await t.fails(
        'TagResource',
        { SecretId: name, Tags: [tag('more')] },
        'InvalidParameterException',
        /50 tags/,
      );
    },
  },
];
