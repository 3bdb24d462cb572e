/** ListSecrets among many secrets that change: every order and page is what the secrets themselves say. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { put } from '../src/catalog/changes.ts';
import { startAws, token, type TestAws } from './aws/harness.ts';
import { RowContext } from './aws/rows/row.ts';

const SECRETS = 2_300;
const DAY = 86_400_000;
let server: TestAws;
let t: RowContext;

interface Shown {
  readonly Name: string;
  readonly CreatedDate: number;
  readonly LastChangedDate: number;
  readonly LastAccessedDate?: number;
}

const nameOf = (n: number): string => `s/${(n * 7919) % SECRETS}/${n}`;

beforeAll(async () => {
  server = await startAws();
  t = new RowContext(server);
  for (let n = 0; n < SECRETS; n += 50) {
    const some = Array.from({ length: Math.min(50, SECRETS - n) }, (_, i) => nameOf(n + i));
    await Promise.all(some.map((Name) => t.make({ Name, Description: Name.endsWith('7') ? 'odd one' : '' })));
    server.advance(1_000);
  }
}, 60_000);
afterAll(() => server.stop());

async function listed(input: Record<string, unknown>, between?: () => Promise<void>): Promise<Shown[]> {
  const secrets: Shown[] = [];
  let page: Record<string, unknown> = {};
  do {
    const next = page['NextToken'] === undefined ? {} : { NextToken: page['NextToken'] };
    page = await t.ok('ListSecrets', { MaxResults: 100, ...input, ...next });
    secrets.push(...(page['SecretList'] as Shown[]));
    if (page['NextToken'] !== undefined) await between?.();
  } while (page['NextToken'] !== undefined);
  return secrets;
}

const KEYS = {
  'created-date': (secret: Shown) => secret.CreatedDate,
  'last-changed-date': (secret: Shown) => secret.LastChangedDate,
  'last-accessed-date': (secret: Shown) => secret.LastAccessedDate ?? 0,
  name: (secret: Shown) => secret.Name,
} as const satisfies Record<string, (secret: Shown) => number | string>;
type Key = keyof typeof KEYS;

/** Whether a listing is in order, and of what. */
function expectOrdered(secrets: readonly Shown[], sortBy: Key, descending: boolean): void {
  const keyOf: (secret: Shown) => number | string = KEYS[sortBy];
  const keys = secrets.map((secret) => keyOf(secret));
  const [low, high] = descending ? [1, 0] : [0, 1];
  const wrong = keys.findIndex((_, i) => i > 0 && keys[i - 1 + low]! > keys[i - 1 + high]!);
  expect(wrong).toBe(-1);
}

describe.each(Object.keys(KEYS) as Key[])('sorted by %s', (SortBy) => {
  it.each(['asc', 'desc'])('%s, while secrets come, change, are read and go', async (SortOrder) => {
    expectOrdered(await listed({ SortBy, SortOrder }), SortBy, SortOrder === 'desc');
    for (let round = 0; round < 3; round += 1) {
      server.advance(DAY);
      const n = (i: number): string => nameOf((round * 97 + i * 13) % SECRETS);
      await Promise.all([
        t.ok('UpdateSecret', { SecretId: n(0), SecretString: token() }),
        t.ok('UpdateSecret', { SecretId: n(1), Description: token() }),
        t.ok('TagResource', { SecretId: n(2), Tags: [{ Key: 'a', Value: token() }] }),
        t.get(n(3)),
        t.make({ Name: `s/made/${SortBy}/${SortOrder}/${round}` }),
      ]);
      const gone = `s/gone/${SortBy}/${SortOrder}/${round}`;
      await t.make({ Name: gone });
      const before = await listed({ SortBy, SortOrder });
      expect(before.map((secret) => secret.Name)).toContain(gone);
      await t.ok('DeleteSecret', { SecretId: gone, ForceDeleteWithoutRecovery: true });
      const after = await listed({ SortBy, SortOrder });
      expectOrdered(after, SortBy, SortOrder === 'desc');
      const names = after.map((secret) => secret.Name);
      expect(new Set(names).size).toBe(names.length);
      const left = before.map((secret) => secret.Name).filter((name) => name !== gone);
      expect(names.toSorted()).toEqual(left.toSorted());
    }
  });
});

it('pages go on after what they ended with, though secrets come and go in between', async () => {
  let made = 0;
  const between = async (): Promise<void> => {
    made += 1;
    await t.make({ Name: `a/before/${made}` });
    await t.make({ Name: `z/behind/${made}` });
  };
  const names = (await listed({ SortBy: 'name' }, between)).map((secret) => secret.Name);
  expect(new Set(names).size).toBe(names.length);
  expect(
    names.filter((name) => name.startsWith('s/') && /\/\d+$/.test(name) && !/made/.test(name)),
  ).toHaveLength(SECRETS);
  // What sorts before a page that was given is not in a later one; what sorts behind is.
  expect(names.filter((name) => name.startsWith('a/before/'))).toEqual([]);
  expect(names.filter((name) => name.startsWith('z/behind/'))).toHaveLength(made);
});

it('filters look at all of them', async () => {
  const odd = await listed({ Filters: [{ Key: 'description', Values: ['odd'] }] });
  const expected = Array.from({ length: SECRETS }, (_, n) => nameOf(n)).filter((name) => name.endsWith('7'));
  // Those that were given another description meanwhile are odd no more.
  const names = odd.map((secret) => secret.Name);
  for (const name of names) expect(expected).toContain(name);
  expect(names.length).toBeGreaterThan(expected.length - 30);
  expect(await listed({ Filters: [{ Key: 'name', Values: ['nothing'] }] })).toEqual([]);
});

it('several that ask at once for an order that nobody had yet get the same', async () => {
  const region = t.inRegion('eu-central-1');
  await Promise.all(Array.from({ length: 30 }, (_, n) => region.make({ Name: `r${n}` })));
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => region.ok('ListSecrets', { SortBy: 'name' })),
  );
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]!['SecretList']).toHaveLength(30);
});

it('a schema that gets another name takes its secrets along', async () => {
  const region = t.inRegion('eu-north-1');
  const { name } = await region.make();
  expect(await region.listed({ SortBy: 'name' })).toEqual([name]);
  const schema = [...server.committer.current().schemas.values()].find((one) => one.name === 'eu-north-1')!;
  const renamed = put('schema', { ...schema, name: 'eu-south-1' });
  await server.committer.commit(() => ({ changes: [renamed], result: undefined }));
  expect(await region.listed({ SortBy: 'name' })).toEqual([]);
  expect(await t.inRegion('eu-south-1').listed({ SortBy: 'name' })).toEqual([name]);
});

it('an entry says what DescribeSecret says, after every kind of change', async () => {
  const region = t.inRegion('ap-south-1');
  const { name } = await region.make();
  const key = await region.createKey();
  const entry = async (): Promise<unknown> => {
    const { SecretList } = await region.ok('ListSecrets');
    const { SecretVersionsToStages, ...rest } = (SecretList as Record<string, unknown>[])[0]!;
    return { ...rest, VersionIdsToStages: SecretVersionsToStages };
  };
  const seen = new Set<string>();
  const SecretId = name;
  const changes: readonly (() => Promise<unknown>)[] = [
    async () => undefined,
    () => region.ok('UpdateSecret', { SecretId, Description: 'told' }),
    () => region.ok('UpdateSecret', { SecretId, Description: '' }),
    () => region.ok('TagResource', { SecretId, Tags: [{ Key: 'a', Value: 'b' }] }),
    () => region.ok('UntagResource', { SecretId, TagKeys: ['a'] }),
    () => region.ok('UpdateSecret', { SecretId, SecretString: 'two' }),
    () => region.put(name, 'three', ['MINE']),
    () => region.ok('UpdateSecret', { SecretId, KmsKeyId: key.id }),
    () => region.get(name),
    async () => {
      server.advance(2 * DAY);
      await region.get(name);
    },
    () => region.ok('ReplicateSecretToRegions', { SecretId, AddReplicaRegions: [{ Region: 'sa-east-1' }] }),
  ];
  for (const change of changes) {
    await change();
    const { ReplicationStatus: _status, ...described } = await region.describe(name);
    const shown = await entry();
    expect(shown).toEqual(described);
    seen.add(JSON.stringify(shown));
  }
  expect(seen.size).toBe(changes.length);
});
