/**
 * Any input to any operation, valid and not: the server always answers, never with a fault of its own, and what it has
 * stays whole. Inputs are made from the shapes of the operations, with values that mean something among ones that do not.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SERVICES } from '../src/aws/services.ts';
import type { Shape } from '../src/aws/protocol/shape.ts';
import { LAMBDA } from './aws/function.ts';
import { RawClient, startAws, token, type TestAws } from './aws/harness.ts';

const NAMES = ['any/one', 'any/two', 'any/three'];
const TOKENS = Array.from({ length: 3 }, token);
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Deny', Principal: '*', Action: 'secretsmanager:PutSecretValue', Resource: '*' },
});

let server: TestAws;
let client: RawClient;
const secretIds: string[] = [...NAMES];
const keyIds: string[] = ['alias/any', 'alias/aws/secretsmanager'];
/** Values that mean something, by the member that they are for. */
const MEANT: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^SecretId/, secretIds],
  [/^Name$/, NAMES],
  [/Token$|VersionId$/, TOKENS],
  [/^VersionStage/, ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS', 'MINE']],
  [/Region/, ['eu-west-1', 'us-east-1']],
  [/^(Kms)?KeyId$|^TargetKeyId$/, keyIds],
  [/^AliasName$/, ['alias/any']],
  [/Policy$/, [POLICY]],
  [/^RotationLambdaARN$/, [LAMBDA]],
  [/^ScheduleExpression$/, ['rate(4 hours)', 'cron(0 8 ? * MON-FRI *)']],
  [/^Duration$/, ['2h']],
];
const ANY = ['x', '!any', 'any', 'name', ...NAMES, ...TOKENS];

beforeAll(async () => {
  server = await startAws({ functions: new Map([[LAMBDA, 'http://127.0.0.1:1/']]) });
  client = new RawClient(server.port);
  for (const Name of NAMES) {
    const made = await client.call('CreateSecret', { Name, SecretString: 'x', ClientRequestToken: token() });
    secretIds.push(String(made['ARN']));
    TOKENS.push(String(made['VersionId']));
  }
  const { KeyMetadata } = await client.call('TrentService.CreateKey', {});
  const { KeyId } = KeyMetadata as { KeyId: string };
  keyIds.push(KeyId);
  await client.call('TrentService.CreateAlias', { AliasName: 'alias/any', TargetKeyId: KeyId });
});
afterAll(() => server.stop());

function text(member: string): fc.Arbitrary<string> {
  const meant = MEANT.find(([pattern]) => pattern.test(member))?.[1] ?? ANY;
  return fc.oneof(
    { weight: 30, arbitrary: fc.nat().map((n) => meant[n % meant.length] ?? '') },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
    { weight: 1, arbitrary: fc.nat({ max: 3000 }).map((length) => 'a'.repeat(length)) },
  );
}

/** Mostly what the shape wants. */
function fitting(shape: Shape, member = ''): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'string':
      return shape.values === undefined
        ? text(member)
        : fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...shape.values) }, text(member));
    case 'integer':
    case 'timestamp':
      return fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 40 }) }, fc.double(), fc.integer());
    case 'boolean':
      return fc.boolean();
    case 'blob':
      return fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64'));
    case 'map':
      return fc.dictionary(fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }));
    case 'list':
      return fc.array(value(shape.of, member), { maxLength: 3 });
    case 'structure': {
      const members = Object.entries(shape.members).map(
        ([name, member]) => [name, { of: value(member.shape, name), required: member.required }] as const,
      );
      const all = Object.fromEntries(members.map(([name, { of }]) => [name, of]));
      const requiredKeys = members.filter(([, { required }]) => required).map(([name]) => name);
      return fc.oneof(
        { weight: 9, arbitrary: fc.record(all, { requiredKeys }) },
        // With few members more of what is asked for can be done.
        { weight: 9, arbitrary: fc.record(all, { requiredKeys }).chain((full) => few(full, requiredKeys)) },
        { weight: 1, arbitrary: fc.record(all, { requiredKeys: [] }) },
      );
    }
  }
}

function few(full: Readonly<Record<string, unknown>>, kept: readonly string[]): fc.Arbitrary<unknown> {
  const names = Object.keys(full);
  return fc
    .subarray(names, { maxLength: Math.min(2, names.length) })
    .map((some) =>
      Object.fromEntries([...kept, 'ClientRequestToken', ...some].map((name) => [name, full[name]])),
    );
}

function value(shape: Shape, member = ''): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 60, arbitrary: fitting(shape, member) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
}

const calls = SERVICES.flatMap(({ targetPrefix, operations }) =>
  Object.entries(operations)
    .filter(([, { shape }]) => Object.keys(shape.members).length > 0)
    .map(([name, { shape }]) =>
      fitting(shape).map((input) => ({ target: `${targetPrefix}.${name}`, input })),
    ),
);

it('never answers with a fault of its own', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(...calls), async ({ target, input }) => {
      const answer = await client.send(target, input);
      expect(answer.status, `${target}: ${answer.text.slice(0, 500)}`).toBeOneOf([200, 400]);
      if (answer.status === 400) expect(answer.json['__type']).toMatch(/^[A-Z][A-Za-z]+$/);
    }),
    { numRuns: 1500 },
  );
  await server.aws.idle();
  expect(server.logged()).not.toContain('an AWS request failed');
}, 240_000);

it('leaves at most one current version on each secret, and every list readable', async () => {
  const { SecretList } = await client.call('ListSecrets', { IncludePlannedDeletion: true });
  for (const { ARN } of SecretList as { ARN: string }[]) {
    const described = await client.call('DescribeSecret', { SecretId: ARN });
    const stages = Object.values((described['VersionIdsToStages'] ?? {}) as Record<string, string[]>).flat();
    expect(new Set(stages).size).toBe(stages.length);
    await client.call('ListSecretVersionIds', { SecretId: ARN, IncludeDeprecated: true });
  }
});
