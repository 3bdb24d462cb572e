/** Policies of secrets and keys with signatures checked: who is let in and kept out, by the conditions of real requests. */
import * as kms from '@aws-sdk/client-kms';
import * as sm from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { put } from '../src/catalog/changes.ts';
import { REGION, SECRET_KEY, startAws, type TestAws } from './aws/harness.ts';

const ROLES = { OWNER: 'materialize', APP: 'app', ADMIN: 'admin' } as const;
type Who = keyof typeof ROLES;

let server: TestAws;
const clients = new Map<Who, { readonly secrets: sm.SecretsManagerClient; readonly keys: kms.KMSClient }>();

beforeAll(async () => {
  const credentials = Object.fromEntries(
    Object.entries(ROLES).map(([who, role]) => [`AKIA${who}`, { secretAccessKey: SECRET_KEY, role }]),
  );
  server = await startAws({ credentials });
  const snapshot = server.committer.current();
  const role = snapshot.roles.get(snapshot.roleByName.get('materialize')!)!;
  const made = [
    put('role', { ...role, id: 'u901', oid: 90_001, name: 'app', superuser: false }),
    put('role', { ...role, id: 'u902', oid: 90_002, name: 'admin', superuser: true }),
  ];
  await server.committer.commit(() => ({ changes: made, result: undefined }));
  for (const who of Object.keys(ROLES) as Who[]) {
    const options = {
      endpoint: server.endpoint,
      region: REGION,
      maxAttempts: 1,
      credentials: { accessKeyId: `AKIA${who}`, secretAccessKey: SECRET_KEY },
    };
    const secrets = new sm.SecretsManagerClient({ ...options, customUserAgent: who });
    clients.set(who, { secrets, keys: new kms.KMSClient(options) });
  }
});
afterAll(async () => {
  for (const { secrets, keys } of clients.values()) {
    secrets.destroy();
    keys.destroy();
  }
  await server.stop();
});

let serial = 0;

/** A secret of the owner's. */
async function newSecret(more: Partial<sm.CreateSecretCommandInput> = {}): Promise<string> {
  serial += 1;
  const Name = `policies/${serial}`;
  const { secrets } = clients.get('OWNER')!;
  await secrets.send(new sm.CreateSecretCommand({ Name, SecretString: 'v', ...more }));
  return Name;
}

type Statement = Readonly<Record<string, unknown>>;

async function attach(SecretId: string, ...statements: readonly Statement[]): Promise<void> {
  const whole = statements.map((one) => ({
    Effect: 'Allow',
    Principal: '*',
    Action: 'secretsmanager:*',
    Resource: '*',
    ...one,
  }));
  const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement: whole });
  await clients.get('OWNER')!.secrets.send(new sm.PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
}

async function outcome(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'allowed';
  } catch (error) {
    const { name, message } = error as Error;
    return name === 'AccessDeniedException' ? `denied: ${message}` : name;
  }
}

function read(
  who: Who,
  SecretId: string,
  more: Partial<sm.GetSecretValueCommandInput> = {},
): Promise<string> {
  return outcome(clients.get(who)!.secrets.send(new sm.GetSecretValueCommand({ SecretId, ...more })));
}

const APP = 'arn:aws:iam::123456789012:user/app';

describe('a resource policy', () => {
  it('lets in who is not the owner, and only to what it says', async () => {
    const name = await newSecret();
    const none =
      /^denied: .*user\/app is not authorized to perform: secretsmanager:GetSecretValue .*no identity-based policy/;
    expect(await read('APP', name)).toMatch(none);
    await attach(name, { Principal: { AWS: APP }, Action: 'secretsmanager:GetSecretValue' });
    expect(await read('APP', name)).toBe('allowed');
    const update = new sm.UpdateSecretCommand({ SecretId: name, SecretString: 'x' });
    expect(await outcome(clients.get('APP')!.secrets.send(update))).toMatch(/^denied/);
  });

  it.each<[string, Statement, boolean, boolean]>([
    // Condition of an Allow for everybody; whether the app may read then, and whether the stage matters.
    ['a stage', { StringEquals: { 'secretsmanager:VersionStage': 'AWSCURRENT' } }, false, true],
    [
      'a stage, where there is one',
      { StringEqualsIfExists: { 'secretsmanager:VersionStage': 'AWSCURRENT' } },
      true,
      true,
    ],
    ['another stage', { StringEquals: { 'secretsmanager:VersionStage': 'AWSPENDING' } }, false, false],
    ['a tag', { StringEquals: { 'secretsmanager:ResourceTag/team': 'red' } }, true, true],
    ['a tag by its global name', { StringLike: { 'aws:ResourceTag/team': 'r*' } }, true, true],
    ['another value of a tag', { StringEquals: { 'aws:ResourceTag/team': 'blue' } }, false, false],
    [
      'a tag that is the name of the user',
      { StringEquals: { 'aws:ResourceTag/for': '${aws:username}' } },
      true,
      true,
    ],
    ['the principal', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/a*' } }, true, true],
    ['the account', { StringEquals: { 'aws:PrincipalAccount': '123456789012' } }, true, true],
    ['loopback', { IpAddress: { 'aws:SourceIp': ['127.0.0.0/8', '::1/128'] } }, true, true],
    ['another network', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, false, false],
    ['TLS', { Bool: { 'aws:SecureTransport': 'true' } }, false, false],
    ['the region', { StringEquals: { 'aws:RequestedRegion': REGION } }, true, true],
    ['the client', { StringLike: { 'aws:UserAgent': '*APP*' } }, true, true],
    ['a time that is past', { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } }, false, false],
    ['a time to come', { DateLessThan: { 'aws:CurrentTime': '2100-01-01T00:00:00Z' } }, true, true],
    ['a key that has no value here', { StringEquals: { 'aws:SourceVpc': 'vpc-1' } }, false, false],
    ['the lack of it', { Null: { 'aws:SourceVpc': 'true' } }, true, true],
  ])('with a condition on %s', async (_title, Condition, plain, staged) => {
    const Tags = [
      { Key: 'team', Value: 'red' },
      { Key: 'for', Value: 'app' },
    ];
    const name = await newSecret({ Tags });
    await attach(name, { Condition });
    const shown = (may: boolean): unknown => (may ? 'allowed' : expect.stringMatching(/^denied/));
    expect(await read('APP', name)).toEqual(shown(plain));
    expect(await read('APP', name, { VersionStage: 'AWSCURRENT' })).toEqual(shown(staged));
    // As a deny it keeps out the owner as well.
    await attach(name, { Effect: 'Deny', Condition, Action: 'secretsmanager:GetSecretValue' });
    const owner = await read('OWNER', name);
    const aboutApp = /PrincipalArn|username|UserAgent/.test(JSON.stringify(Condition));
    if (!aboutApp) expect(owner.startsWith('denied')).toBe(plain);
    if (owner.startsWith('denied')) expect(owner).toMatch(/explicit deny in a resource-based policy$/);
  });

  it('asks about members of the request', async () => {
    const name = await newSecret();
    const SecretId = name;
    await attach(name, {
      Effect: 'Deny',
      Action: 'secretsmanager:DeleteSecret',
      Condition: { NumericLessThan: { 'secretsmanager:RecoveryWindowInDays': 10 } },
    });
    const { secrets } = clients.get('OWNER')!;
    const remove = (RecoveryWindowInDays: number): Promise<string> =>
      outcome(secrets.send(new sm.DeleteSecretCommand({ SecretId, RecoveryWindowInDays })));
    expect(await remove(7)).toMatch(/^denied/);
    expect(await remove(10)).toBe('allowed');
    await secrets.send(new sm.RestoreSecretCommand({ SecretId }));
    await attach(name, {
      Effect: 'Deny',
      Action: 'secretsmanager:TagResource',
      Condition: { 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['team', 'stage'] } },
    });
    const tag = (...keys: readonly string[]): Promise<string> =>
      outcome(
        secrets.send(new sm.TagResourceCommand({ SecretId, Tags: keys.map((Key) => ({ Key, Value: 'x' })) })),
      );
    expect(await tag('team', 'stage')).toBe('allowed');
    expect(await tag('team', 'other')).toMatch(/^denied/);
  });

  it('speaks of the secrets that its resources name', async () => {
    const name = await newSecret();
    await attach(name, { Resource: `arn:aws:secretsmanager:*:*:secret:${name}-*` });
    expect(await read('APP', name)).toBe('allowed');
    await attach(name, { Resource: 'arn:aws:secretsmanager:*:*:secret:other-*' });
    expect(await read('APP', name)).toMatch(/^denied/);
  });

  it('that would keep the caller from changing it again is refused, conditions and all', async () => {
    const name = await newSecret();
    const locking = { Effect: 'Deny', Action: 'secretsmanager:Put*' };
    const refused = outcome(attach(name, locking));
    expect(await refused).toBe('MalformedPolicyDocumentException');
    await attach(name, { ...locking, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } });
    const { secrets } = clients.get('OWNER')!;
    const Statement = { Principal: '*', Resource: '*', ...locking };
    const validated = await secrets.send(
      new sm.ValidateResourcePolicyCommand({ SecretId: name, ResourcePolicy: JSON.stringify({ Statement }) }),
    );
    expect(validated.ValidationErrors?.map((one) => one.CheckName)).toEqual(['REFLEXIVE_PRINCIPAL_CHECK']);
  });
});

describe('a key policy', () => {
  async function newKey(...statements: readonly Statement[]): Promise<string> {
    const { keys } = clients.get('ADMIN')!;
    const whole = statements.map((one) => ({ Effect: 'Allow', Action: 'kms:*', Resource: '*', ...one }));
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: whole });
    const { KeyMetadata } = await keys.send(
      new kms.CreateKeyCommand(statements.length === 0 ? {} : { Policy }),
    );
    return KeyMetadata?.KeyId ?? '';
  }
  const ROOT = { Principal: { AWS: 'arn:aws:iam::123456789012:root' } };
  const encrypt = (who: Who, KeyId: string): Promise<string> =>
    outcome(clients.get(who)!.keys.send(new kms.EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })));

  it('leaves a key to the account, whose administrators are superusers, or names who may use it', async () => {
    const own = await newKey();
    expect(await encrypt('ADMIN', own)).toBe('allowed');
    expect(await encrypt('APP', own)).toMatch(
      /^denied: .*no identity-based policy allows the kms:Encrypt action/,
    );
    const shared = await newKey(ROOT, { Principal: { AWS: APP }, Action: 'kms:Encrypt' });
    expect(await encrypt('APP', shared)).toBe('allowed');
    const described = outcome(clients.get('APP')!.keys.send(new kms.DisableKeyCommand({ KeyId: shared })));
    expect(await described).toMatch(/^denied/);
    const admin = { Principal: { AWS: 'arn:aws:iam::123456789012:user/admin' } };
    const closed = await newKey(admin);
    expect(await encrypt('OWNER', closed)).toMatch(/no resource-based policy allows the kms:Encrypt action/);
  });

  it('that lets nobody here change it is refused', async () => {
    const made = outcome(newKey({ Principal: { AWS: APP } }));
    expect(await made).toBe('MalformedPolicyDocumentException');
  });

  it('counts for the secrets that the key seals', async () => {
    const via = { StringEquals: { 'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com` } };
    const onlyService = await newKey(
      ROOT,
      { Effect: 'Deny', Principal: '*', Action: 'kms:Encrypt' },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Condition: { StringNotEquals: via.StringEquals },
      },
    );
    const name = await newSecret({ KmsKeyId: onlyService });
    expect(await read('OWNER', name)).toBe('allowed');
    expect(await encrypt('ADMIN', onlyService)).toMatch(/explicit deny/);
    const dataKey = new kms.GenerateDataKeyCommand({ KeyId: onlyService, KeySpec: 'AES_256' });
    expect(await outcome(clients.get('ADMIN')!.keys.send(dataKey))).toMatch(/explicit deny/);
    const closed = await newKey({ Principal: { AWS: 'arn:aws:iam::123456789012:user/admin' } });
    expect(await outcome(newSecret({ KmsKeyId: closed }))).toBe('denied: Access to KMS is not allowed');
  });
});
