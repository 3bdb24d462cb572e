/** The AWS door through the AWS CLI, as people type it: every operation with its parameters, pages, errors. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CACHE } from './aws/clients/programs.ts';
import { startSetting, type Setting } from './aws/clients/setting.ts';
import { ACCESS_KEY } from './aws/harness.ts';

const run = promisify(execFile);
/** PyPI's, and Debian's, which is of the second line and run when all clients are asked for: each call takes a second. */
const PLACES = [
  join(CACHE, 'python/bin/aws'),
  ...(process.env['TUMBLER_CLIENTS'] === 'all' ? ['/usr/bin/aws'] : []),
];

/** From `aws-cli/2.9.19 ...`; nothing where it is not installed. */
function versionOf(command: string): string | undefined {
  if (!existsSync(command)) return undefined;
  return /^aws-cli\/(\S+)/.exec(execFileSync(command, ['--version'], { encoding: 'utf8' }))?.[1];
}

type Answer = Readonly<Record<string, unknown>>;
const policy = (principal: unknown): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: principal, Action: 'secretsmanager:GetSecretValue', Resource: '*' },
    ],
  });

describe.each(PLACES.map((command) => [command, versionOf(command) ?? 'not installed'] as const))(
  'AWS CLI %s, %s',
  (command, version) => {
    let setting: Setting;
    let folder: string;
    beforeAll(async () => {
      setting = await startSetting();
      folder = mkdtempSync(join(tmpdir(), 'tumbler-cli-'));
      writeFileSync(join(folder, 'binary'), Buffer.from([0, 255, 10]));
    });
    afterAll(async () => {
      await setting.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function aws(line: string, ...more: readonly string[]): Promise<Answer> {
      // Older lines do not look for the endpoint in the environment.
      const common = ['--output', 'json', '--endpoint-url', setting.server.endpoint];
      const args = [...line.split(' '), ...more, ...common];
      const env = { PATH: process.env['PATH'], HOME: folder, ...setting.environment, LC_ALL: 'C.UTF-8' };
      const { stdout } = await run(command, args, { env, cwd: folder });
      return stdout === '' ? {} : (JSON.parse(stdout) as Answer);
    }
    const secrets = (line: string, ...more: readonly string[]): Promise<Answer> =>
      aws(`secretsmanager ${line}`, ...more);
    const refused = (call: Promise<unknown>, code: string): Promise<void> =>
      expect(call).rejects.toMatchObject({ stderr: expect.stringContaining(`(${code})`) as string });
    /** The 2.9 line is older than some operations. */
    const knowsBatches = !version.startsWith('2.9');

    const cli = it.skipIf(version === 'not installed');
    cli(
      'creates and reads',
      async () => {
        const token = '11111111-2222-3333-4444-555555555555';
        const made = await secrets(
          `create-secret --name cli/full --client-request-token ${token} --kms-key-id alias/aws/secretsmanager`,
          ...['--description', 'Every parameter, häö', '--secret-string', '{"a": "ü"}'],
          ...['--tags', 'Key=team,Value=tumbler', '--add-replica-regions', 'Region=eu-west-1'],
          '--force-overwrite-replica-secret',
        );
        expect(made).toMatchObject({ VersionId: token, ReplicationStatus: [{ Status: 'InSync' }] });
        const got = await secrets(
          `get-secret-value --secret-id cli/full --version-id ${token} --version-stage AWSCURRENT`,
        );
        expect(got).toMatchObject({ SecretString: '{"a": "ü"}', VersionStages: ['AWSCURRENT'] });
        // The first line prints seconds, the second a date.
        const created = got['CreatedDate'];
        const at = typeof created === 'number' ? created * 1000 : Date.parse(String(created));
        expect(Math.abs(at - Date.now())).toBeLessThan(600_000);
        const described = await secrets('describe-secret --secret-id cli/full');
        expect(described).toMatchObject({
          Description: 'Every parameter, häö',
          Tags: [{ Key: 'team', Value: 'tumbler' }],
          PrimaryRegion: 'us-east-1',
        });
        await refused(secrets('create-secret --name cli/full --secret-string x'), 'ResourceExistsException');
        await refused(secrets('get-secret-value --secret-id cli/none'), 'ResourceNotFoundException');
        await refused(secrets('describe-secret --secret-id', 'a b'), 'ValidationException');
      },
      300_000,
    );

    cli(
      'changes values, labels and tags',
      async () => {
        const made = await secrets('create-secret --name cli/values --secret-binary fileb://binary');
        const first = String(made['VersionId']);
        const got = await secrets('get-secret-value --secret-id cli/values');
        expect(got['SecretBinary']).toBe('AP8K');
        const put = 'put-secret-value --secret-id cli/values --secret-string two';
        expect(await secrets(`${put} --version-stages AWSCURRENT TESTING`)).toMatchObject({
          VersionStages: expect.arrayContaining(['AWSCURRENT', 'TESTING']) as string[],
        });
        const updated = await secrets(
          'update-secret --secret-id cli/values --secret-string three --description changed',
        );
        const second = String(updated['VersionId']);
        await secrets(
          `update-secret-version-stage --secret-id cli/values --version-stage AWSCURRENT --move-to-version-id ${first} --remove-from-version-id ${second}`,
        );
        const versions = await secrets(
          'list-secret-version-ids --secret-id cli/values --include-deprecated --max-results 100',
        );
        const listed = versions['Versions'] as { VersionId: string; VersionStages?: string[] }[];
        expect(listed).toHaveLength(3);
        expect(listed.find((one) => one.VersionStages?.includes('AWSCURRENT'))?.VersionId).toBe(first);
        const tagged = secrets(
          'tag-resource --secret-id cli/values --tags',
          'Key=a,Value=b c',
          'Key=d,Value=',
        );
        expect(await tagged).toEqual({});
        expect(await secrets('untag-resource --secret-id cli/values --tag-keys d')).toEqual({});
        const { Tags } = await secrets('describe-secret --secret-id cli/values');
        expect(Tags).toEqual([{ Key: 'a', Value: 'b c' }]);
        await refused(secrets('put-secret-value --secret-id cli/values'), 'InvalidRequestException');
      },
      300_000,
    );

    cli(
      'lists page by page',
      async () => {
        for (const name of ['b', 'a', 'c'])
          await secrets(`create-secret --name cli/list/${name} --secret-string x`);
        const filter = '--filters Key=name,Values=cli/list/';
        const names = async (line: string): Promise<string> => {
          const { SecretList } = await secrets(`list-secrets ${filter} ${line}`);
          return (SecretList as { Name: string }[]).map((entry) => entry.Name.slice(-1)).join('');
        };
        expect(await names('--page-size 1 --sort-order asc')).toBe('bac');
        expect(await names('--sort-order desc --include-planned-deletion')).toBe('cab');
        const part = await secrets(`list-secrets ${filter} --max-items 2`);
        const token = String(part['NextToken']);
        expect(await names(`--starting-token ${token}`)).toBe('c');
        if (!knowsBatches) return;
        const batch = await secrets(
          'batch-get-secret-value --secret-id-list cli/list/a cli/list/none cli/list/b',
        );
        expect(batch).toMatchObject({
          SecretValues: [{ Name: 'cli/list/a' }, { Name: 'cli/list/b' }],
          Errors: [{ SecretId: 'cli/list/none', ErrorCode: 'ResourceNotFoundException' }],
        });
        const filtered = await secrets(`batch-get-secret-value ${filter} --max-results 20`);
        expect(filtered['SecretValues']).toHaveLength(3);
      },
      300_000,
    );

    cli(
      'sets policies and makes passwords',
      async () => {
        await secrets('create-secret --name cli/policy --secret-string x');
        const document = policy({ AWS: 'arn:aws:iam::123456789012:root' });
        const on = '--secret-id cli/policy';
        await secrets(`put-resource-policy ${on} --block-public-policy --resource-policy`, document);
        const got = await secrets(`get-resource-policy ${on}`);
        expect(got['ResourcePolicy']).toBe(document);
        const broad = policy('*');
        expect(await secrets(`validate-resource-policy ${on} --resource-policy`, broad)).toMatchObject({
          PolicyValidationPassed: false,
        });
        await refused(
          secrets(`put-resource-policy ${on} --block-public-policy --resource-policy`, broad),
          'PublicPolicyException',
        );
        await secrets(`delete-resource-policy ${on}`);
        expect(await secrets(`get-resource-policy ${on}`)).not.toHaveProperty('ResourcePolicy');
        const { RandomPassword } = await secrets(
          'get-random-password --password-length 40 --exclude-characters abc --exclude-numbers --exclude-punctuation --exclude-uppercase --no-exclude-lowercase --include-space --require-each-included-type',
        );
        expect(RandomPassword).toMatch(/^[d-z ]{40}$/);
      },
      300_000,
    );

    cli(
      'replicates and rotates',
      async () => {
        await secrets('create-secret --name cli/life --secret-string old');
        const on = '--secret-id cli/life';
        const added = await secrets(
          `replicate-secret-to-regions ${on} --force-overwrite-replica-secret --add-replica-regions Region=eu-west-1 Region=eu-west-2`,
        );
        expect(added['ReplicationStatus']).toHaveLength(2);
        await refused(secrets(`delete-secret ${on}`), 'InvalidParameterException');
        await secrets(`stop-replication-to-replica ${on} --region eu-west-1`);
        await secrets(`remove-regions-from-replication ${on} --remove-replica-regions eu-west-2`);
        const rules = 'AutomaticallyAfterDays=10,Duration=3h';
        await secrets(
          `rotate-secret ${on} --rotation-lambda-arn ${setting.environment['LAMBDA_ARN']} --rotation-rules ${rules} --rotate-immediately`,
        );
        await setting.server.aws.idle();
        const described = await secrets(`describe-secret ${on}`);
        expect(described).toMatchObject({
          RotationEnabled: true,
          RotationRules: { AutomaticallyAfterDays: 10, Duration: '3h' },
          LastRotatedDate: expect.anything() as unknown,
        });
        await secrets(`cancel-rotate-secret ${on}`);
        expect(await secrets(`describe-secret ${on}`)).toMatchObject({ RotationEnabled: false });
      },
      300_000,
    );

    cli(
      'deletes and restores, which CloudTrail tells',
      async () => {
        await secrets('create-secret --name cli/gone --secret-string x');
        const on = '--secret-id cli/gone';
        await secrets(`delete-secret ${on} --recovery-window-in-days 7`);
        await refused(secrets(`get-secret-value ${on}`), 'InvalidRequestException');
        await secrets(`restore-secret ${on}`);
        await secrets(`delete-secret ${on} --force-delete-without-recovery`);
        await refused(secrets(`describe-secret ${on}`), 'ResourceNotFoundException');
        const attribute = 'AttributeKey=EventName,AttributeValue=RestoreSecret';
        const events = await aws(`cloudtrail lookup-events --lookup-attributes ${attribute}`);
        const [event] = events['Events'] as { Username: string; CloudTrailEvent: string }[];
        expect(JSON.parse(event!.CloudTrailEvent)).toMatchObject({
          eventName: 'RestoreSecret',
          requestParameters: { secretId: 'cli/gone' },
          userIdentity: { accessKeyId: ACCESS_KEY },
        });
      },
      300_000,
    );

    cli(
      'makes keys',
      async () => {
        const { KeyMetadata } = await aws('kms create-key --description cli');
        const key = (KeyMetadata as { KeyId: string }).KeyId;
        await aws(`kms create-alias --alias-name alias/cli --target-key-id ${key}`);
        await secrets('create-secret --name cli/key --kms-key-id alias/cli --secret-string x');
        await aws(`kms disable-key --key-id ${key}`);
        await refused(secrets('get-secret-value --secret-id cli/key'), 'DecryptionFailure');
        await aws(`kms enable-key --key-id ${key}`);
        expect(await secrets('get-secret-value --secret-id cli/key')).toMatchObject({ SecretString: 'x' });
        const aliases = (await aws('kms list-aliases'))['Aliases'] as { AliasName: string }[];
        expect(aliases.map((alias) => alias.AliasName)).toContain('alias/cli');
      },
      300_000,
    );
  },
);
