import { describe, expect, it } from 'vitest';
import { applyChanges, emptySnapshot } from '../catalog/apply.ts';
import { bootstrapChanges } from '../catalog/bootstrap.ts';
import { put, type Change } from '../catalog/changes.ts';
import type { SecretItem } from '../catalog/records.ts';
import { arnOf, locationFor, placeOf, resolveSecret, secretNamed, suffixOf } from './names.ts';

const home = { region: 'us-east-1', accountId: '123456789012' };

function database(id: string, name: string): Change {
  return put('database', { id, oid: 30_000 + Number(id.slice(1)), name, ownerId: 'u1', privileges: [] });
}

function schema(id: string, databaseId: string, name: string): Change {
  const oid = 31_000 + Number(id.slice(1));
  return put('schema', { id, oid, name, databaseId, ownerId: 'u1', privileges: [] });
}

function secret(id: string, schemaId: string, name: string): SecretItem {
  const oid = 32_000 + Number(id.slice(1));
  return {
    kind: 'secret',
    id,
    oid,
    schemaId,
    name,
    ownerId: 'u1',
    privileges: [],
    dependsOn: [],
    createdAt: 1,
  };
}

const items = [
  secret('u1', 'u101', 'in_b'),
  secret('u2', 'u102', 'deep/er'),
  secret('u3', 'u103', 'prod/My.App'),
  secret('u4', 'u104', 'prod/My.App'),
  secret('u5', 'u103', 'short-a1b2c3'),
];
const snapshot = applyChanges(emptySnapshot(), [
  ...bootstrapChanges(0),
  database('u50', 'a'),
  database('u51', 'a/x'),
  database('u52', 'aws'),
  schema('u101', 'u50', 'b'),
  schema('u102', 'u51', 'c'),
  schema('u103', 'u52', 'secretsmanager'),
  schema('u104', 'u52', 'eu-west-1'),
  ...items.map((item) => put('item', item)),
]);

const NAMES = ['a/b/in_b', 'a/x/c/deep/er', 'prod/My.App', 'prod/My.App', 'short-a1b2c3'];
const REGIONS = ['us-east-1', 'us-east-1', 'us-east-1', 'eu-west-1', 'us-east-1'];

describe('names and places', () => {
  it.each(items.map((item, i) => [item.id, item, NAMES[i]!, REGIONS[i]!] as const))(
    '%s there and back',
    (_id, item, name, region) => {
      expect(placeOf(snapshot, home, item)).toEqual({ region, name });
      expect(secretNamed(snapshot, home, { region, name })?.id).toBe(item.id);
      const arn = arnOf(snapshot, home, item);
      expect(arn).toBe(`arn:aws:secretsmanager:${region}:123456789012:secret:${name}-${suffixOf(item)}`);
      expect(resolveSecret(snapshot, home, region, arn)?.id).toBe(item.id);
    },
  );

  it('a name that looks like a full ARN needs its own', () => {
    const arn = arnOf(snapshot, home, items[4]!);
    expect(resolveSecret(snapshot, home, 'us-east-1', arn.slice(0, -7))).toBeUndefined();
    expect(resolveSecret(snapshot, home, 'us-east-1', arn)?.id).toBe('u5');
  });

  it('regions and accounts are apart', () => {
    const arn = arnOf(snapshot, home, items[2]!);
    expect(resolveSecret(snapshot, home, 'eu-west-1', arn)).toBeUndefined();
    expect(
      resolveSecret(snapshot, home, 'us-east-1', arn.replace('123456789012', '000000000000')),
    ).toBeUndefined();
    expect(secretNamed(snapshot, home, { region: 'eu-west-1', name: 'a/b/in_b' })).toBeUndefined();
  });

  it.each([
    ['a/b/new', 'u101', 'new'],
    ['a/b/new/er', 'u101', 'new/er'],
    ['a/none/new', 'u103', 'a/none/new'],
    ['new', 'u103', 'new'],
    ['/a/b/c', 'u103', '/a/b/c'],
    ['a/b/', 'u103', 'a/b/'],
    ['aws/secretsmanager/new', 'u103', 'aws/secretsmanager/new'],
  ])('%s is made in %s as %s', (name, schemaId, item) => {
    expect(locationFor(snapshot, home, { region: 'us-east-1', name })).toMatchObject({ schemaId, item });
  });

  it('a region without a schema gets one', () => {
    const location = locationFor(snapshot, home, { region: 'ap-south-1', name: 'x' });
    expect(location).toEqual({ database: 'aws', schema: 'ap-south-1', item: 'x' });
  });
});
