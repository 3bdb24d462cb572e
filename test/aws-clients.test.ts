/** The AWS door through clients that others wrote: the JavaScript SDK, boto3 and the AWS CLI, with signatures checked. */
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  paginateListSecrets,
  ResourceNotFoundException,
  SecretsManagerClient,
  TagResourceCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_KEY, REGION, SECRET_KEY, startAws, type TestAws } from './aws/harness.ts';

const run = promisify(execFile);
let server: TestAws;
let folder: string;

beforeAll(async () => {
  server = await startAws({
    credentials: {
      [ACCESS_KEY]: { secretAccessKey: SECRET_KEY, role: 'mz_system' },
      AKIATEMPORARY: {
        secretAccessKey: SECRET_KEY,
        role: 'mz_system',
        sessionToken: 'the-session-token',
        expiration: new Date(Date.now() + 3_600_000).toISOString(),
      },
    },
  });
  folder = mkdtempSync(join(tmpdir(), 'tumbler-aws-'));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function options(sessionToken?: string): ConstructorParameters<typeof SecretsManagerClient>[0] {
  const accessKeyId = sessionToken === undefined ? ACCESS_KEY : 'AKIATEMPORARY';
  const token = sessionToken === undefined ? {} : { sessionToken };
  return {
    endpoint: server.endpoint,
    region: REGION,
    credentials: { accessKeyId, secretAccessKey: SECRET_KEY, ...token },
  };
}

/** Environment of a client that is a program. */
function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: folder,
    AWS_ACCESS_KEY_ID: ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    AWS_DEFAULT_REGION: REGION,
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  };
}

function works(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('JavaScript SDK', () => {
  it('creates, reads, updates, lists and deletes', async () => {
    const client = new SecretsManagerClient(options() ?? {});
    const made = await client.send(
      new CreateSecretCommand({ Name: 'js/one', SecretString: 'hällo', Tags: [{ Key: 'a', Value: 'b' }] }),
    );
    const got = await client.send(new GetSecretValueCommand({ SecretId: made.ARN }));
    expect(got).toMatchObject({ SecretString: 'hällo', VersionId: made.VersionId });
    expect(got.CreatedDate).toBeInstanceOf(Date);
    await client.send(new UpdateSecretCommand({ SecretId: 'js/one', SecretBinary: Buffer.from([0, 255]) }));
    const binary = await client.send(new GetSecretValueCommand({ SecretId: 'js/one' }));
    expect([...(binary.SecretBinary ?? [])]).toEqual([0, 255]);
    await client.send(new TagResourceCommand({ SecretId: 'js/one', Tags: [{ Key: 'c', Value: 'd' }] }));
    const described = await client.send(new DescribeSecretCommand({ SecretId: 'js/one' }));
    expect(described.Tags).toHaveLength(2);
    await client.send(new DeleteSecretCommand({ SecretId: 'js/one', ForceDeleteWithoutRecovery: true }));
    const gone = client.send(new GetSecretValueCommand({ SecretId: 'js/one' }));
    await expect(gone).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  it('walks pages and batches', async () => {
    const client = new SecretsManagerClient(options() ?? {});
    const names = Array.from({ length: 7 }, (_, i) => `js/page${i}`);
    for (const Name of names) await client.send(new CreateSecretCommand({ Name, SecretString: Name }));
    const found: unknown[] = [];
    const Filters = [{ Key: 'name' as const, Values: ['js/page'] }];
    for await (const page of paginateListSecrets({ client, pageSize: 3 }, { Filters })) {
      found.push(...(page.SecretList ?? []).map((entry) => entry.Name));
    }
    expect(found).toEqual(names);
    const batch = await client.send(new BatchGetSecretValueCommand({ SecretIdList: names }));
    expect(batch.SecretValues?.map((value) => value.SecretString)).toEqual(names);
  });

  it('takes temporary credentials with their token, and no other', async () => {
    const command = new CreateSecretCommand({ Name: 'js/temporary', SecretString: 'x' });
    await new SecretsManagerClient(options('the-session-token') ?? {}).send(command);
    const wrong = new SecretsManagerClient(options('another-token') ?? {}).send(command);
    await expect(wrong).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });
});

describe('KMS through the JavaScript SDK', () => {
  it('encrypts under a context, follows aliases and the states of keys', async () => {
    const kms = new KMSClient(options() ?? {});
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'test' }));
    const KeyId = KeyMetadata?.KeyId ?? '';
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/test', TargetKeyId: KeyId }));
    const context = { EncryptionContext: { a: '1', b: '2' } };
    const Plaintext = Buffer.from('text');
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId: 'alias/test', Plaintext, ...context }),
    );
    const open = (more: object): Promise<{ Plaintext?: Uint8Array | undefined }> =>
      kms.send(new DecryptCommand({ CiphertextBlob, ...more }));
    const reordered = { EncryptionContext: { b: '2', a: '1' } };
    expect(Buffer.from((await open(reordered)).Plaintext ?? []).toString()).toBe('text');
    await expect(open({})).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
    const data = await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
    expect(data.Plaintext).toHaveLength(32);
    await kms.send(new DisableKeyCommand({ KeyId }));
    await expect(open(context)).rejects.toMatchObject({ name: 'DisabledException' });
    await kms.send(new EnableKeyCommand({ KeyId }));
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await expect(open(context)).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    const described = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/test' }));
    expect(described.KeyMetadata).toMatchObject({ KeyId, KeyState: 'Disabled', Description: 'test' });
    expect((await kms.send(new ListKeysCommand({}))).Keys?.map((key) => key.KeyId)).toContain(KeyId);
    const aliases = (await kms.send(new ListAliasesCommand({}))).Aliases?.map((alias) => alias.AliasName);
    expect(aliases).toEqual(expect.arrayContaining(['alias/aws/secretsmanager', 'alias/test']));
  });
});

const AWS = works('aws', ['--version']);
describe.skipIf(!AWS)(`AWS CLI${AWS ? '' : ' (not installed)'}`, () => {
  async function aws(...args: readonly string[]): Promise<unknown> {
    const { stdout } = await run('aws', [...args, '--output', 'json'], { env: environment() });
    return stdout === '' ? undefined : JSON.parse(stdout);
  }

  it('runs a life of a secret', async () => {
    await aws('secretsmanager', 'create-secret', '--name', 'cli/one', '--secret-string', 'first');
    await aws('secretsmanager', 'update-secret', '--secret-id', 'cli/one', '--secret-string', 'second');
    const value = (await aws('secretsmanager', 'get-secret-value', '--secret-id', 'cli/one')) as Record<
      string,
      unknown
    >;
    expect(value['SecretString']).toBe('second');
    const tags = ['--tags', 'Key=a,Value=b'];
    expect(await aws('secretsmanager', 'tag-resource', '--secret-id', 'cli/one', ...tags)).toBeUndefined();
    const list = ['list-secrets', '--filters', 'Key=name,Values=cli/', '--page-size', '1'];
    const listed = (await aws('secretsmanager', ...list)) as { SecretList: { Name: string }[] };
    expect(listed.SecretList.map((entry) => entry.Name)).toEqual(['cli/one']);
    await aws('secretsmanager', 'delete-secret', '--secret-id', 'cli/one', '--recovery-window-in-days', '7');
    const read = aws('secretsmanager', 'get-secret-value', '--secret-id', 'cli/one');
    await expect(read).rejects.toMatchObject({
      stderr: expect.stringContaining('(InvalidRequestException)') as string,
    });
    await aws('secretsmanager', 'restore-secret', '--secret-id', 'cli/one');
    const attribute = 'AttributeKey=EventName,AttributeValue=RestoreSecret';
    const events = (await aws('cloudtrail', 'lookup-events', '--lookup-attributes', attribute)) as {
      Events: { EventName: string; CloudTrailEvent: string }[];
    };
    expect(events.Events).toHaveLength(1);
    expect(JSON.parse(events.Events[0]!.CloudTrailEvent)).toMatchObject({
      eventName: 'RestoreSecret',
      requestParameters: { secretId: 'cli/one' },
    });
  }, 120_000);
});

const PYTHON = process.env['TUMBLER_TEST_PYTHON'] ?? 'python3';
const BOTO3 = works(PYTHON, ['-c', 'import boto3']);
const SCRIPT = `
import boto3, botocore.exceptions, uuid
c = boto3.client('secretsmanager')
made = c.create_secret(Name='boto/one', SecretBinary=b'\\x00\\xff', Description='d')
assert c.get_secret_value(SecretId=made['ARN'])['SecretBinary'] == b'\\x00\\xff'
second = c.put_secret_value(SecretId='boto/one', SecretString='two')
assert second['VersionStages'] == ['AWSCURRENT'], second
c.update_secret_version_stage(SecretId='boto/one', VersionStage='AWSCURRENT',
    MoveToVersionId=made['VersionId'], RemoveFromVersionId=second['VersionId'])
stages = c.describe_secret(SecretId='boto/one')['VersionIdsToStages']
assert stages == {made['VersionId']: ['AWSCURRENT'], second['VersionId']: ['AWSPREVIOUS']}, stages
try:
    c.get_secret_value(SecretId='boto/none')
    raise SystemExit('found what is not there')
except c.exceptions.ResourceNotFoundException as e:
    assert e.response['ResponseMetadata']['HTTPStatusCode'] == 400
    assert e.response['Message'] == e.response['Error']['Message']
pages = c.get_paginator('list_secrets').paginate(PaginationConfig={'PageSize': 1})
assert 'boto/one' in [s['Name'] for page in pages for s in page['SecretList']]
assert len(c.get_random_password(PasswordLength=20)['RandomPassword']) == 20
print('done')
`;
describe.skipIf(!BOTO3)(`boto3${BOTO3 ? '' : ' (not installed)'}`, () => {
  it('runs a script', async () => {
    const { stdout } = await run(PYTHON, ['-c', SCRIPT], { env: environment() });
    expect(stdout.trim()).toBe('done');
  }, 60_000);
});
