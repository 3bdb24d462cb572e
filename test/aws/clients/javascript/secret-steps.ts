/** Secrets, their versions, labels, lists and tags, through the JavaScript SDK. */
import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidNextTokenException,
  InvalidParameterException,
  InvalidRequestException,
  ListSecretsCommand,
  paginateBatchGetSecretValue,
  paginateListSecrets,
  paginateListSecretVersionIds,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
  type CreateSecretCommandOutput,
  type Filter,
  type ListSecretsCommandInput,
} from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { expectRecent, refused, refusedAs, PREFIX, type Clients, type StepTable } from './clients.ts';

const TOKEN = '11111111-2222-3333-4444-555555555555';
const FULL = `${PREFIX}full`;

export function make({ secrets }: Clients, name: string, value = 'x'): Promise<CreateSecretCommandOutput> {
  return secrets.send(new CreateSecretCommand({ Name: PREFIX + name, SecretString: value }));
}

export async function valueOf({ secrets }: Clients, id: string | undefined): Promise<string | undefined> {
  return (await secrets.send(new GetSecretValueCommand({ SecretId: id }))).SecretString;
}

function full({ secrets }: Clients, value: string): Promise<CreateSecretCommandOutput> {
  return secrets.send(
    new CreateSecretCommand({
      Name: FULL,
      ClientRequestToken: TOKEN,
      Description: 'Every parameter, häö',
      KmsKeyId: 'alias/aws/secretsmanager',
      SecretString: value,
      Type: 'JavaScriptClient',
      Tags: [{ Key: 'team', Value: 'tumbler' }],
      AddReplicaRegions: [{ Region: 'eu-west-1', KmsKeyId: 'alias/aws/secretsmanager' }],
      ForceOverwriteReplicaSecret: true,
    }),
  );
}

async function names({ secrets }: Clients, request: ListSecretsCommandInput): Promise<string> {
  let found = '';
  for await (const page of paginateListSecrets({ client: secrets }, request)) {
    for (const entry of page.SecretList ?? []) {
      expectRecent(entry.CreatedDate);
      found += entry.Name?.at(-1);
    }
  }
  return found;
}

const BY_NAME: Filter = { Key: 'name', Values: [`${PREFIX}list/`] };

/** In the order in which they are run. */
export const SECRET_STEPS = {
  async create(clients) {
    const made = await full(clients, 'first ✓');
    expect(made).toMatchObject({ VersionId: TOKEN, ReplicationStatus: [{ Status: 'InSync' }] });
    const empty = await clients.secrets.send(new CreateSecretCommand({ Name: `${PREFIX}empty` }));
    expect(empty.VersionId).toBeUndefined();
    await refused(valueOf(clients, empty.ARN), ResourceNotFoundException, 'staging label: AWSCURRENT');
  },
  async idempotency(clients) {
    expect((await full(clients, 'first ✓')).VersionId).toBe(TOKEN);
    const inUse = `You can't use ClientRequestToken ${TOKEN}`;
    await refused(full(clients, 'another'), ResourceExistsException, inUse);
    const exists = `The operation failed because the secret ${FULL} already exists.`;
    await refused(make(clients, 'full'), ResourceExistsException, exists);
  },
  async get({ secrets }) {
    const { ARN = '' } = await secrets.send(new DescribeSecretCommand({ SecretId: FULL }));
    for (const SecretId of [FULL, ARN, ARN.slice(0, -7)]) {
      const version = { VersionId: TOKEN, VersionStage: 'AWSCURRENT' };
      const got = await secrets.send(new GetSecretValueCommand({ SecretId, ...version }));
      expect(got).toMatchObject({ SecretString: 'first ✓', VersionStages: ['AWSCURRENT'] });
      expectRecent(got.CreatedDate);
    }
    const wrong = { SecretId: ARN, VersionId: TOKEN, VersionStage: 'AWSPREVIOUS' };
    await refused(
      secrets.send(new GetSecretValueCommand(wrong)),
      InvalidRequestException,
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  },
  async binary(clients) {
    const { secrets } = clients;
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const { ARN } = await secrets.send(
      new CreateSecretCommand({ Name: `${PREFIX}binary`, SecretBinary: bytes }),
    );
    const got = await secrets.send(new GetSecretValueCommand({ SecretId: ARN }));
    expect([...(got.SecretBinary ?? [])]).toEqual([...bytes]);
    expect(got.SecretString).toBeUndefined();
    const large = 'ü'.repeat(32768);
    await secrets.send(new PutSecretValueCommand({ SecretId: ARN, SecretString: large }));
    expect(await valueOf(clients, ARN)).toBe(large);
    await refusedAs(
      secrets.send(new PutSecretValueCommand({ SecretId: ARN, SecretBinary: new Uint8Array(65537) })),
      'ValidationException',
      'Member must have length less than or equal to 65536',
    );
  },
  async put(clients) {
    const { secrets } = clients;
    const { ARN: SecretId } = await make(clients, 'put', 'one');
    const staged = await secrets.send(
      new PutSecretValueCommand({
        SecretId,
        ClientRequestToken: '22222222-2222-3333-4444-555555555555',
        SecretString: 'two',
        VersionStages: ['TESTING', 'AWSPENDING'],
        RotationToken: '33333333-2222-3333-4444-555555555555',
      }),
    );
    expect(staged.VersionStages?.toSorted()).toEqual(['AWSPENDING', 'TESTING']);
    expect(await valueOf(clients, SecretId)).toBe('one');
    const bytes = new Uint8Array([0, 255]);
    const binary = await secrets.send(new PutSecretValueCommand({ SecretId, SecretBinary: bytes }));
    expect(binary.VersionStages).toEqual(['AWSCURRENT']);
    const neither = secrets.send(new PutSecretValueCommand({ SecretId }));
    await refused(neither, InvalidRequestException, 'You must provide either SecretString or SecretBinary.');
    const both = { SecretId, SecretString: 'a', SecretBinary: bytes };
    await refused(
      secrets.send(new PutSecretValueCommand(both)),
      InvalidParameterException,
      "You can't specify both",
    );
  },
  async update(clients) {
    const { secrets } = clients;
    const { Name: SecretId } = await make(clients, 'update', 'one');
    const changed = await secrets.send(
      new UpdateSecretCommand({
        SecretId,
        ClientRequestToken: '44444444-2222-3333-4444-555555555555',
        Description: 'changed',
        KmsKeyId: 'alias/aws/secretsmanager',
        SecretString: 'two',
        Type: 'JavaScriptClient',
      }),
    );
    expect(changed.VersionId).toBe('44444444-2222-3333-4444-555555555555');
    const SecretBinary = new Uint8Array([1]);
    const binary = await secrets.send(new UpdateSecretCommand({ SecretId, SecretBinary }));
    expect(binary.VersionId).not.toBe(changed.VersionId);
    const quiet = await secrets.send(new UpdateSecretCommand({ SecretId, Description: '' }));
    expect(quiet.VersionId).toBeUndefined();
    const described = await secrets.send(new DescribeSecretCommand({ SecretId }));
    expect(described.Description).toBeUndefined();
    expect(described.KmsKeyId).toBe('alias/aws/secretsmanager');
    const none = { SecretId: `${PREFIX}none`, SecretString: 'x' };
    const text = "Secrets Manager can't find the specified secret.";
    await refused(secrets.send(new UpdateSecretCommand(none)), ResourceNotFoundException, text);
  },
  async stages(clients) {
    const { secrets } = clients;
    const { ARN: SecretId, VersionId: first = '' } = await make(clients, 'stages', 'one');
    const { VersionId: second = '' } = await secrets.send(
      new PutSecretValueCommand({ SecretId, SecretString: 'two' }),
    );
    const move = (more: object): Promise<unknown> =>
      secrets.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSCURRENT', ...more }));
    await move({ MoveToVersionId: first, RemoveFromVersionId: second });
    const { VersionIdsToStages } = await secrets.send(new DescribeSecretCommand({ SecretId }));
    expect(VersionIdsToStages).toEqual({ [first]: ['AWSCURRENT'], [second]: ['AWSPREVIOUS'] });
    await refused(
      move({ MoveToVersionId: second }),
      InvalidParameterException,
      "The parameter RemoveFromVersionId can't be empty.",
    );
    await refused(
      move({ RemoveFromVersionId: first }),
      InvalidParameterException,
      'You can only move staging label AWSCURRENT',
    );
  },
  async describe(clients) {
    await valueOf(clients, FULL);
    const got = await clients.secrets.send(new DescribeSecretCommand({ SecretId: FULL }));
    expect(got).toMatchObject({
      Description: 'Every parameter, häö',
      Type: 'JavaScriptClient',
      Tags: [{ Key: 'team', Value: 'tumbler' }],
      VersionIdsToStages: { [TOKEN]: ['AWSCURRENT'] },
      PrimaryRegion: 'us-east-1',
      ReplicationStatus: [{ Region: 'eu-west-1' }],
    });
    expectRecent(got.CreatedDate);
    expectRecent(got.LastChangedDate);
    expect(Number(got.LastAccessedDate) % 86_400_000).toBe(0);
    expect([got.DeletedDate, got.RotationEnabled]).toEqual([undefined, undefined]);
  },
  async list(clients) {
    const { secrets } = clients;
    for (const name of ['list/b', 'list/a', 'list/c']) {
      const Tags = [{ Key: 'javascript-list', Value: name }];
      await secrets.send(
        new CreateSecretCommand({
          Name: PREFIX + name,
          SecretString: 'x',
          Description: 'listed here',
          Tags,
        }),
      );
    }
    const Filters = [BY_NAME];
    const byName = {
      Filters,
      MaxResults: 2,
      SortBy: 'name',
      SortOrder: 'desc',
      IncludePlannedDeletion: true,
    } as const;
    expect(await names(clients, byName)).toBe('cba');
    const oldest = { Filters, MaxResults: 1, SortBy: 'created-date', SortOrder: 'asc' } as const;
    expect(await names(clients, oldest)).toBe('bac');
    const tagged: Filter = { Key: 'tag-value', Values: ['list/a'] };
    expect(await names(clients, { Filters: [BY_NAME, tagged] })).toBe('a');
    await refused(
      secrets.send(new ListSecretsCommand({ NextToken: 'nonsense' })),
      InvalidNextTokenException,
      '',
    );
    await refusedAs(
      secrets.send(new ListSecretsCommand({ MaxResults: 101 })),
      'ValidationException',
      'Member must have value less than or equal to 100',
    );
  },
  async versions(clients) {
    const { secrets } = clients;
    const { ARN: SecretId } = await make(clients, 'versions', '1');
    for (const SecretString of ['2', '3', '4']) {
      await secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
    }
    const count = async (request: object): Promise<number> => {
      let found = 0;
      const pages = paginateListSecretVersionIds({ client: secrets }, { SecretId, ...request });
      for await (const { Versions = [] } of pages) {
        found += Versions.length;
        for (const version of Versions) {
          expect(version.KmsKeyIds).toEqual(['DefaultEncryptionKey']);
          expectRecent(version.CreatedDate);
        }
      }
      return found;
    };
    expect(await count({ MaxResults: 1 })).toBe(2);
    expect(await count({ MaxResults: 3, IncludeDeprecated: true })).toBe(4);
  },
  async batch({ secrets }) {
    const SecretIdList = [FULL, `${PREFIX}none`, `${PREFIX}empty`];
    const got = await secrets.send(new BatchGetSecretValueCommand({ SecretIdList }));
    expect(got.SecretValues?.map((one) => one.SecretString)).toEqual(['first ✓']);
    const missing = 'ResourceNotFoundException';
    expect(got.Errors?.map((one) => one.ErrorCode)).toEqual([missing, missing]);
    let found = 0;
    const request = { Filters: [BY_NAME], MaxResults: 2 };
    for await (const page of paginateBatchGetSecretValue({ client: secrets }, request)) {
      found += page.SecretValues?.length ?? 0;
    }
    expect(found).toBe(3);
    await refused(
      secrets.send(new BatchGetSecretValueCommand({})),
      InvalidParameterException,
      "Either 'SecretIdList' or 'Filters' must be provided",
    );
  },
  async tags(clients) {
    const { secrets } = clients;
    const { ARN: SecretId } = await make(clients, 'tags');
    const Tags = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '' },
    ];
    await secrets.send(new TagResourceCommand({ SecretId, Tags }));
    await secrets.send(new UntagResourceCommand({ SecretId, TagKeys: ['b', 'never'] }));
    const described = await secrets.send(new DescribeSecretCommand({ SecretId }));
    expect(described.Tags).toEqual(Tags.slice(0, 1));
  },
} satisfies StepTable;
