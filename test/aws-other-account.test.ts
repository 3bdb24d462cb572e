/** Access keys of another account: what they can ask for, and what lets them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCESS_KEY, raw, SECRET_KEY, startAws, token, type RawAnswer, type TestAws } from './aws/harness.ts';
import { parseCredentials } from '../src/aws/auth/credentials.ts';
import { RowContext } from './aws/rows/row.ts';

const THEIRS = '210987654321';
let server: TestAws;
let own: RowContext;
beforeAll(async () => {
  const key = { secretAccessKey: SECRET_KEY, role: 'mz_system' };
  server = await startAws({ credentials: { [ACCESS_KEY]: key, AKIATHEIRS: { ...key, accountId: THEIRS } } });
  own = new RowContext(server);
});
afterAll(() => server.stop());

function theirs(operation: string, input: object = {}, service?: string): Promise<RawAnswer> {
  const target = operation.includes('.') ? operation : `secretsmanager.${operation}`;
  const sign = { accessKey: 'AKIATHEIRS', ...(service === undefined ? {} : { service }) };
  return raw(server.port, { target, body: JSON.stringify(input), sign });
}

function allowing(Action: string, service = 'secretsmanager'): string {
  const Principal = { AWS: `arn:aws:iam::${THEIRS}:root` };
  const statement = { Effect: 'Allow', Principal, Action: `${service}:${Action}`, Resource: '*' };
  const ours = { AWS: 'arn:aws:iam::123456789012:root' };
  const administration = { Effect: 'Allow', Principal: ours, Action: `${service}:*`, Resource: '*' };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement, administration] });
}

it('reads what the policies of a secret and of its key give it, by ARN', async () => {
  const Policy = allowing('*', 'kms');
  const made = await own.client.call('TrentService.CreateKey', { Policy });
  const { KeyId } = made['KeyMetadata'] as { KeyId: string };
  const { name, arn } = await own.make({ KmsKeyId: KeyId });
  const refused = await theirs('GetSecretValue', { SecretId: arn });
  expect(refused.json['__type']).toBe('AccessDeniedException');
  expect(refused.json['Message']).toBe(
    `User: arn:aws:iam::${THEIRS}:user/mz_system is not authorized to perform: secretsmanager:GetSecretValue on resource: ${arn} because no resource-based policy allows the secretsmanager:GetSecretValue action`,
  );
  await own.ok('PutResourcePolicy', { SecretId: arn, ResourcePolicy: allowing('GetSecretValue') });
  expect((await theirs('GetSecretValue', { SecretId: arn })).json['SecretString']).toBe('v1');
  const byName = await theirs('GetSecretValue', { SecretId: name });
  expect(byName.json['__type']).toBe('ResourceNotFoundException');
  expect((await theirs('DescribeSecret', { SecretId: arn })).json['__type']).toBe('AccessDeniedException');
  const batch = await theirs('BatchGetSecretValue', { SecretIdList: [arn, name] });
  expect(batch.json).toMatchObject({
    SecretValues: [{ SecretString: 'v1' }],
    Errors: [{ SecretId: name, ErrorCode: 'ResourceNotFoundException' }],
  });
  const identity = server.aws.events().at(-1)!.record['userIdentity'];
  expect(identity).toMatchObject({ accountId: THEIRS });
});

it('needs a key that is shared with it', async () => {
  const made = await own.client.call('TrentService.CreateKey', {});
  const { KeyId } = made['KeyMetadata'] as { KeyId: string };
  const { arn } = await own.make({ KmsKeyId: KeyId });
  await own.ok('PutResourcePolicy', { SecretId: arn, ResourcePolicy: allowing('*') });
  const read = await theirs('GetSecretValue', { SecretId: arn });
  expect(read.json).toMatchObject({
    __type: 'AccessDeniedException',
    Message: 'Access to KMS is not allowed',
  });
  expect((await theirs('DescribeSecret', { SecretId: arn })).status).toBe(200);
});

it.each([
  ['ListSecrets', {}],
  ['CreateSecret', { Name: 'theirs', SecretString: 'x', ClientRequestToken: token() }],
  ['BatchGetSecretValue', { Filters: [{ Key: 'name', Values: ['r'] }] }],
  ['TrentService.ListKeys', {}],
  ['TrentService.CreateKey', {}],
  ['com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents', {}, 'cloudtrail'],
])('may not ask for %s, whatever its role', async (operation, input, service?: string) => {
  const answer = await theirs(operation, input, service);
  expect(answer.json['__type']).toBe('AccessDeniedException');
});

it('is told from its own by twelve digits', () => {
  const key = { secretAccessKey: SECRET_KEY, role: 'mz_system', accountId: '12' };
  expect(() => parseCredentials({ AKIATHEIRS: key }, 'file')).toThrow(
    '--aws-credentials-file: file: AKIATHEIRS has an "accountId" that is not 12 digits',
  );
});

it('may ask for a password', async () => {
  expect((await theirs('GetRandomPassword')).status).toBe(200);
});
