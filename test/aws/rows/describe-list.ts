import { expect } from 'vitest';
import { NOT_FOUND, violation, type Row, type RowContext } from './row.ts';

/** A filter that keeps a row to its own secrets. */
const tagged = (key: string): { Key: string; Values: string[] } => ({ Key: 'tag-key', Values: [key] });

/** Secrets with names or descriptions given, under a tag of their own. */
async function family(
  t: RowContext,
  secrets: readonly { Name?: string; Description?: string; Tags?: readonly unknown[] }[],
): Promise<{ tag: string; names: string[] }> {
  const tag = t.name('tag');
  const names: string[] = [];
  for (const { Tags = [], ...fields } of secrets) {
    const made = await t.make({ ...fields, Tags: [{ Key: tag, Value: '' }, ...Tags] });
    names.push(made.name);
  }
  return { tag, names };
}

function listRow(
  id: string,
  title: string,
  secrets: readonly { Name?: string; Description?: string }[],
  filters: readonly { Key: string; Values: readonly string[] }[],
  expected: readonly number[],
): Row {
  return {
    id,
    title,
    run: async (t) => {
      const unique = t.name('f');
      const place = (text: string): string => text.replace('@', unique);
      const made = await family(
        t,
        secrets.map((s) => (s.Name === undefined ? s : { ...s, Name: place(s.Name) })),
      );
      const Filters = [tagged(made.tag), ...filters.map((f) => ({ ...f, Values: f.Values.map(place) }))];
      expect(await t.listed({ Filters })).toEqual(expected.map((i) => made.names[i]));
    },
  };
}

const DESCRIPTIONS = ['a secret', 'an secret', 'asecret', 'thesecret'].map((Description) => ({
  Description,
}));
const WORDS = ['SecretOne', 'COMPANYthings'];

export const DESCRIBE_ROWS: readonly Row[] = [
  {
    id: 'B121',
    title: 'empty secret',
    run: async (t) => {
      const { name } = await t.makeEmpty();
      expect(Object.keys(await t.describe(name)).sort()).toEqual([
        'ARN',
        'CreatedDate',
        'LastChangedDate',
        'Name',
      ]);
    },
  },
  {
    id: 'B122',
    title: 'secret with a value',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const described = await t.describe(name);
      expect(described['VersionIdsToStages']).toEqual({ [v1]: ['AWSCURRENT'] });
      expect(Object.values(described)).not.toContain('');
      expect(Object.values(described)).not.toContain(null);
    },
  },
  {
    id: 'B123',
    title: 'never rotated',
    run: async (t) => {
      const described = await t.describe((await t.make()).name);
      for (const member of ['RotationEnabled', 'RotationLambdaARN', 'RotationRules']) {
        expect(described).not.toHaveProperty(member);
      }
    },
  },
  {
    id: 'B124',
    title: 'after a soft delete',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('DeleteSecret', { SecretId: name });
      const described = await t.describe(name);
      expect(described['DeletedDate']).toEqual(expect.any(Number));
      expect(described).toHaveProperty('VersionIdsToStages');
    },
  },
  {
    id: 'B125',
    title: 'after a forced delete',
    run: async (t) => {
      const { name } = await t.make();
      await t.ok('DeleteSecret', { SecretId: name, ForceDeleteWithoutRecovery: true });
      await t.fails('DescribeSecret', { SecretId: name }, 'ResourceNotFoundException', NOT_FOUND);
    },
  },
  {
    id: 'B126',
    title: 'unknown',
    run: async (t) => {
      await t.fails('DescribeSecret', { SecretId: 'not-there' }, 'ResourceNotFoundException', NOT_FOUND);
    },
  },
  {
    id: 'B127',
    title: 'times are seconds with a fraction',
    run: async (t) => {
      const before = t.server.now() / 1000;
      const { CreatedDate } = await t.describe((await t.make()).name);
      expect(CreatedDate).toBeGreaterThanOrEqual(before - 0.001);
      expect(CreatedDate).toBeLessThan(before + 60);
      // A whole second on every one of twenty would mean that fractions are cut off.
      const fractions = new Set<number>();
      for (let i = 0; i < 20; i += 1) {
        const created = (await t.describe((await t.makeEmpty()).name))['CreatedDate'] as number;
        fractions.add(created % 1);
      }
      expect(fractions.size).toBeGreaterThan(1);
    },
  },
  {
    id: 'B129',
    title: 'default key',
    run: async (t) => expect(await t.describe((await t.make()).name)).not.toHaveProperty('KmsKeyId'),
  },
  {
    id: 'B130',
    title: 'versions of a new secret',
    run: async (t) => {
      const { name, arn, v1 } = await t.make();
      expect(await t.ok('ListSecretVersionIds', { SecretId: name })).toEqual({
        ARN: arn,
        Name: name,
        Versions: [
          {
            VersionId: v1,
            VersionStages: ['AWSCURRENT'],
            CreatedDate: expect.any(Number),
            KmsKeyIds: ['DefaultEncryptionKey'],
          },
        ],
      });
    },
  },
  {
    id: 'B131',
    title: 'versions of an unknown secret',
    run: async (t) => {
      await t.fails('ListSecretVersionIds', { SecretId: 'no' }, 'ResourceNotFoundException', NOT_FOUND);
    },
  },
  {
    id: 'B132',
    title: 'deprecated versions',
    run: async (t) => {
      const { name, v1 } = await t.make();
      await t.put(name, 'v2');
      await t.put(name, 'v3');
      const found = (await t.versions(name, true)).find((v) => v['VersionId'] === v1);
      expect(found).toBeDefined();
      expect(found).not.toHaveProperty('VersionStages');
    },
  },
  {
    id: 'B133',
    title: 'versions in pages',
    run: async (t) => {
      const { name, v1 } = await t.make();
      const v2 = await t.put(name, 'v2');
      const first = await t.ok('ListSecretVersionIds', { SecretId: name, MaxResults: 1 });
      expect((first['Versions'] as { VersionId: string }[]).map((v) => v.VersionId)).toEqual([v1]);
      const NextToken = first['NextToken'];
      const second = await t.ok('ListSecretVersionIds', { SecretId: name, MaxResults: 1, NextToken });
      expect((second['Versions'] as { VersionId: string }[]).map((v) => v.VersionId)).toEqual([v2]);
      expect(second).not.toHaveProperty('NextToken');
    },
  },
];

export const LIST_ROWS: readonly Row[] = [
  {
    id: 'B136',
    title: 'an entry',
    run: async (t) => {
      const { tag } = await family(t, [{ Description: 'd' }]);
      const listed = await t.ok('ListSecrets', { Filters: [tagged(tag)] });
      expect(listed).not.toHaveProperty('NextToken');
      expect(Object.keys((listed['SecretList'] as object[])[0]!).sort()).toEqual([
        'ARN',
        'CreatedDate',
        'Description',
        'LastChangedDate',
        'Name',
        'SecretVersionsToStages',
        'Tags',
      ]);
    },
  },
  {
    id: 'B137',
    title: 'the same every time',
    run: async (t) => {
      const { tag } = await family(t, [{}, {}]);
      const list = (): Promise<unknown> => t.ok('ListSecrets', { Filters: [tagged(tag)] });
      const first = await list();
      expect([await list(), await list()]).toEqual([first, first]);
    },
  },
  listRow('B138', 'oldest first', [{}, {}, {}], [], [0, 1, 2]),
  listRow(
    'B139',
    'name prefix',
    [{ Name: '/@/two' }, { Name: '@/one' }],
    [{ Key: 'name', Values: ['/'] }],
    [0],
  ),
  listRow(
    'B140',
    'not a name prefix',
    [{ Name: '/@/two' }, { Name: '@/one' }],
    [{ Key: 'name', Values: ['!/'] }],
    [1],
  ),
  listRow('B141', 'name with a space', [{ Name: '@/one' }], [{ Key: 'name', Values: ['@ one'] }], []),
  listRow('B142', 'name in another case', [{ Name: '@/One' }], [{ Key: 'name', Values: ['@/one'] }], []),
  listRow(
    'B143',
    'words of a description',
    DESCRIPTIONS,
    [{ Key: 'description', Values: ['A Secret'] }],
    [0, 1],
  ),
  listRow('B144', 'no word of a description', DESCRIPTIONS, [{ Key: 'description', Values: ['!a'] }], [3]),
  {
    id: 'B145',
    title: 'start of a word anywhere',
    run: async (t) => {
      const { tag, names } = await family(t, [{ Description: WORDS[0]! }]);
      for (const word of ['sec', 'Secret', 'secret', 'SecretOne', 'one']) {
        const found = await t.listed({ Filters: [tagged(tag), { Key: 'all', Values: [word] }] });
        expect(found, word).toEqual(names);
      }
      const company = await family(t, [{ Description: WORDS[1]! }]);
      for (const [word, count] of [
        ['Ythings', 1],
        ['company', 0],
        ['things', 0],
        ['pany', 0],
        ['N', 0],
      ] as const) {
        const Filters = [tagged(company.tag), { Key: 'all', Values: [word] }];
        expect(await t.listed({ Filters }), word).toHaveLength(count);
      }
    },
  },
  {
    id: 'B146',
    title: 'inside of a word',
    run: async (t) => {
      const { tag } = await family(t, [{ Description: WORDS[0]! }]);
      for (const word of ['ret', 'SomeSecret']) {
        expect(await t.listed({ Filters: [tagged(tag), { Key: 'all', Values: [word] }] })).toEqual([]);
      }
    },
  },
  listRow('B147', 'punctuation alone', [{ Name: '@+x' }], [{ Key: 'all', Values: ['+'] }], []),
  {
    id: 'B148',
    title: 'unknown filter',
    run: async (t) => {
      const Filters = [{ Key: 'invalid', Values: ['x'] }];
      const pattern =
        /^1 validation error detected: Value 'invalid' at 'filters\.1\.member\.key' failed to satisfy constraint: Member must satisfy enum value set: \[.*name.*\]$/;
      await t.fails('ListSecrets', { Filters }, 'ValidationException', pattern);
    },
  },
  listRow(
    'B149',
    'two filters',
    [
      { Name: '@a', Description: 'one' },
      { Name: '@b', Description: 'one' },
      { Name: '@a2', Description: 'two' },
    ],
    [
      { Key: 'name', Values: ['@a'] },
      { Key: 'description', Values: ['one'] },
    ],
    [0],
  ),
  listRow(
    'B150',
    'two values',
    [{ Name: '@a' }, { Name: '@b' }, { Name: '@c' }],
    [{ Key: 'name', Values: ['@a', '@c'] }],
    [0, 2],
  ),
  {
    id: 'B151',
    title: 'tags',
    run: async (t) => {
      const key = t.name('key');
      const { tag, names } = await family(t, [{ Tags: [{ Key: key, Value: `${key}value` }] }, {}]);
      expect(await t.listed({ Filters: [tagged(key)] })).toEqual([names[0]]);
      expect(await t.listed({ Filters: [{ Key: 'tag-value', Values: [`${key}v`] }] })).toEqual([names[0]]);
      const upper = { Key: 'tag-key', Values: [key.toUpperCase()] };
      expect(await t.listed({ Filters: [tagged(tag), upper] })).toEqual([]);
    },
  },
  {
    id: 'B152',
    title: 'pages',
    run: async (t) => {
      const { tag, names } = await family(t, [{}, {}, {}, {}, {}]);
      const Filters = [tagged(tag)];
      const first = await t.ok('ListSecrets', { Filters, MaxResults: 2 });
      expect(first['SecretList']).toHaveLength(2);
      expect(first).toHaveProperty('NextToken');
      expect(await t.listed({ Filters, MaxResults: 2 })).toEqual(names);
      expect(await t.listed({ Filters, MaxResults: 2, SortOrder: 'desc' })).toEqual([...names].reverse());
    },
  },
  {
    id: 'B153',
    title: 'a token of nobody',
    run: async (t) => {
      await t.fails('ListSecrets', { NextToken: 'garbage' }, 'InvalidNextTokenException', /./);
      const { tag } = await family(t, [{}, {}]);
      const page = await t.ok('ListSecrets', { Filters: [tagged(tag)], MaxResults: 1 });
      await t.fails('ListSecrets', { NextToken: page['NextToken'] }, 'InvalidNextTokenException', /./);
    },
  },
  {
    id: 'B154',
    title: 'sizes of a page',
    run: async (t) => {
      const low = violation("Value '0'", 'maxResults', 'have value greater than or equal to 1');
      const high = violation("Value '101'", 'maxResults', 'have value less than or equal to 100');
      await t.fails('ListSecrets', { MaxResults: 0 }, 'ValidationException', low);
      await t.fails('ListSecrets', { MaxResults: 101 }, 'ValidationException', high);
    },
  },
  {
    id: 'B155',
    title: 'scheduled for deletion',
    run: async (t) => {
      const { tag, names } = await family(t, [{}, {}]);
      await t.ok('DeleteSecret', { SecretId: names[0] });
      expect(await t.listed({ Filters: [tagged(tag)] })).toEqual([names[1]]);
    },
  },
  {
    id: 'B156',
    title: 'scheduled for deletion, asked for',
    run: async (t) => {
      const { tag, names } = await family(t, [{}]);
      await t.ok('DeleteSecret', { SecretId: names[0] });
      const listed = await t.ok('ListSecrets', { Filters: [tagged(tag)], IncludePlannedDeletion: true });
      expect((listed['SecretList'] as object[])[0]).toHaveProperty('DeletedDate');
    },
  },
  {
    id: 'B157',
    title: 'by name',
    run: async (t) => {
      const base = t.name('s');
      const { tag } = await family(
        t,
        ['b', 'c', 'a'].map((letter) => ({ Name: base + letter })),
      );
      const Filters = [tagged(tag)];
      const names = ['a', 'b', 'c'].map((letter) => base + letter);
      expect(await t.listed({ Filters, SortBy: 'name', SortOrder: 'asc' })).toEqual(names);
      expect(await t.listed({ Filters, SortBy: 'name', SortOrder: 'desc', MaxResults: 1 })).toEqual(
        [...names].reverse(),
      );
    },
  },
  {
    id: 'B158',
    title: 'nothing',
    run: async (t) => expect(await t.inRegion('ap-south-2').ok('ListSecrets')).toEqual({ SecretList: [] }),
  },
];
