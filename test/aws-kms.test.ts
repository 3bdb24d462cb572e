/** The KMS API through its JavaScript SDK: what Terraform's aws_kms_key needs, rotation of key material, policies. */
import * as kms from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_KEY, REGION, SECRET_KEY, startAws, type TestAws } from './aws/harness.ts';
import { RowContext } from './aws/rows/row.ts';

const DAY = 86_400_000;
const ROOT = 'arn:aws:iam::123456789012:root';

let server: TestAws;
let client: kms.KMSClient;
let t: RowContext;

function clientOf(to: TestAws, accessKeyId = ACCESS_KEY): kms.KMSClient {
  return new kms.KMSClient({
    endpoint: to.endpoint,
    region: REGION,
    credentials: { accessKeyId, secretAccessKey: SECRET_KEY },
    maxAttempts: 1,
  });
}

beforeAll(async () => {
  server = await startAws();
  client = clientOf(server);
  t = new RowContext(server);
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

async function newKey(input: kms.CreateKeyCommandInput = {}): Promise<{ id: string; arn: string }> {
  const { KeyMetadata } = await client.send(new kms.CreateKeyCommand(input));
  return { id: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
}

async function errorOf(promise: Promise<unknown>): Promise<{ name: string; message: string }> {
  try {
    await promise;
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
  throw new Error('did not fail');
}

function policy(...statements: readonly Record<string, unknown>[]): string {
  const whole = statements.map((one) => ({ Effect: 'Allow', Action: 'kms:*', Resource: '*', ...one }));
  return JSON.stringify({ Version: '2012-10-17', Statement: whole });
}

describe('what a key shows', () => {
  it('has a policy that leaves it to the account, and takes another', async () => {
    const { id, arn } = await newKey();
    const first = await client.send(new kms.GetKeyPolicyCommand({ KeyId: id, PolicyName: 'default' }));
    expect(first.PolicyName).toBe('default');
    expect(JSON.parse(first.Policy ?? '')).toMatchObject({
      Statement: [{ Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'kms:*', Resource: '*' }],
    });
    const Policy = policy({ Principal: { AWS: ROOT }, Sid: 'mine' });
    await client.send(new kms.PutKeyPolicyCommand({ KeyId: arn, PolicyName: 'default', Policy }));
    expect((await client.send(new kms.GetKeyPolicyCommand({ KeyId: id }))).Policy).toBe(Policy);
    const listed = await client.send(new kms.ListKeyPoliciesCommand({ KeyId: id }));
    expect(listed).toMatchObject({ PolicyNames: ['default'], Truncated: false });
    const made = await newKey({ Policy });
    expect((await client.send(new kms.GetKeyPolicyCommand({ KeyId: made.id }))).Policy).toBe(Policy);
  });

  it('refuses policies that are none, that lock out, and that are called otherwise', async () => {
    const { id } = await newKey();
    const put = (Policy: string, more = {}): Promise<unknown> =>
      client.send(new kms.PutKeyPolicyCommand({ KeyId: id, Policy, ...more }));
    expect((await errorOf(put('nope'))).name).toBe('MalformedPolicyDocumentException');
    const locking = policy(
      { Principal: '*' },
      { Principal: '*', Effect: 'Deny', Action: 'kms:PutKeyPolicy' },
    );
    expect(await errorOf(put(locking))).toEqual({
      name: 'MalformedPolicyDocumentException',
      message: 'The new key policy will not allow you to update the key policy in the future.',
    });
    expect((await errorOf(newKey({ Policy: locking }))).name).toBe('MalformedPolicyDocumentException');
    expect((await errorOf(put(policy({ Principal: '*' }), { PolicyName: 'other' }))).name).toBe(
      'NotFoundException',
    );
    await put(locking, { BypassPolicyLockoutSafetyCheck: true });
    expect((await errorOf(put(policy({ Principal: '*' })))).name).toBe('AccessDeniedException');
  });

  it('has tags', async () => {
    const { id } = await newKey({ Tags: [{ TagKey: 'a', TagValue: '1' }] });
    const list = async (input = {}): Promise<kms.ListResourceTagsCommandOutput> =>
      client.send(new kms.ListResourceTagsCommand({ KeyId: id, ...input }));
    await client.send(
      new kms.TagResourceCommand({
        KeyId: id,
        Tags: [
          { TagKey: 'b', TagValue: '2' },
          { TagKey: 'a', TagValue: '3' },
        ],
      }),
    );
    expect((await list()).Tags).toEqual([
      { TagKey: 'b', TagValue: '2' },
      { TagKey: 'a', TagValue: '3' },
    ]);
    const first = await list({ Limit: 1 });
    expect(first).toMatchObject({ Truncated: true, Tags: [{ TagKey: 'b' }] });
    const second = await list({ Limit: 1, Marker: first.NextMarker });
    expect(second).toMatchObject({ Truncated: false, Tags: [{ TagKey: 'a' }] });
    expect((await errorOf(list({ Marker: 'x' }))).name).toBe('InvalidMarkerException');
    await client.send(new kms.UntagResourceCommand({ KeyId: id, TagKeys: ['b', 'none'] }));
    expect((await list()).Tags).toEqual([{ TagKey: 'a', TagValue: '3' }]);
    const Tags = Array.from({ length: 50 }, (_, i) => ({ TagKey: `k${i}`, TagValue: '' }));
    expect((await errorOf(client.send(new kms.TagResourceCommand({ KeyId: id, Tags })))).name).toBe(
      'LimitExceededException',
    );
    const reserved = new kms.TagResourceCommand({ KeyId: id, Tags: [{ TagKey: 'aws:x', TagValue: '' }] });
    expect((await errorOf(client.send(reserved))).name).toBe('TagException');
  });

  it('has a description that can be changed', async () => {
    const { id } = await newKey({ Description: 'one' });
    await client.send(new kms.UpdateKeyDescriptionCommand({ KeyId: id, Description: 'two' }));
    const { KeyMetadata } = await client.send(new kms.DescribeKeyCommand({ KeyId: id }));
    expect(KeyMetadata?.Description).toBe('two');
  });

  it('is named by id or ARN where an alias will not do', async () => {
    const { id } = await newKey();
    await client.send(new kms.CreateAliasCommand({ AliasName: 'alias/named', TargetKeyId: id }));
    const error = await errorOf(client.send(new kms.GetKeyPolicyCommand({ KeyId: 'alias/named' })));
    expect(error).toEqual({ name: 'NotFoundException', message: "Invalid keyId 'alias/named'" });
    const missing = '00000000-0000-4000-8000-000000000000';
    for (const command of [
      new kms.GetKeyPolicyCommand({ KeyId: missing }),
      new kms.GetKeyRotationStatusCommand({ KeyId: missing }),
      new kms.ListResourceTagsCommand({ KeyId: missing }),
    ]) {
      const { name, message } = await errorOf(client.send(command as never));
      expect(name).toBe('NotFoundException');
      expect(message).toContain(missing);
    }
  });

  it("the service's own key can be looked at and not changed", async () => {
    const described = await client.send(new kms.DescribeKeyCommand({ KeyId: 'alias/aws/secretsmanager' }));
    const KeyId = described.KeyMetadata?.KeyId;
    expect(described.KeyMetadata?.KeyManager).toBe('AWS');
    expect((await client.send(new kms.DescribeKeyCommand({ KeyId }))).KeyMetadata).toEqual(
      described.KeyMetadata,
    );
    await client.send(new kms.GetKeyPolicyCommand({ KeyId }));
    const listed = await client.send(new kms.ListAliasesCommand({ KeyId }));
    expect(listed.Aliases?.map((alias) => alias.AliasName)).toEqual(['alias/aws/secretsmanager']);
    expect((await errorOf(client.send(new kms.DisableKeyCommand({ KeyId })))).name).toBe(
      'AccessDeniedException',
    );
  });

  it('a key that is to be deleted refuses what would change it', async () => {
    const { id, arn } = await newKey();
    await client.send(new kms.ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
    await client.send(new kms.GetKeyPolicyCommand({ KeyId: id }));
    await client.send(new kms.ListResourceTagsCommand({ KeyId: id }));
    for (const command of [
      new kms.UpdateKeyDescriptionCommand({ KeyId: id, Description: 'x' }),
      new kms.TagResourceCommand({ KeyId: id, Tags: [{ TagKey: 'a', TagValue: '' }] }),
      new kms.EnableKeyRotationCommand({ KeyId: id }),
      new kms.EncryptCommand({ KeyId: id, Plaintext: Buffer.from('x') }),
    ]) {
      expect(await errorOf(client.send(command as never))).toEqual({
        name: 'KMSInvalidStateException',
        message: `${arn} is pending deletion.`,
      });
    }
  });
});

describe('cryptography', () => {
  it('a ciphertext moves to another key without being seen', async () => {
    const [from, to] = [await newKey(), await newKey()];
    const EncryptionContext = { purpose: 'test' };
    const { CiphertextBlob } = await client.send(
      new kms.EncryptCommand({ KeyId: from.id, Plaintext: Buffer.from('hello'), EncryptionContext }),
    );
    const moved = await client.send(
      new kms.ReEncryptCommand({
        CiphertextBlob,
        SourceEncryptionContext: EncryptionContext,
        DestinationKeyId: to.id,
      }),
    );
    expect(moved).toMatchObject({ SourceKeyId: from.arn, KeyId: to.arn });
    const opened = await client.send(new kms.DecryptCommand({ CiphertextBlob: moved.CiphertextBlob }));
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('hello');
    const wrong = new kms.ReEncryptCommand({ CiphertextBlob, DestinationKeyId: to.id });
    expect((await errorOf(client.send(wrong))).name).toBe('InvalidCiphertextException');
  });

  it('a data key comes without its plaintext, and random bytes come in any number', async () => {
    const { id } = await newKey();
    const input = { KeyId: id, KeySpec: 'AES_128' } as const;
    const sealed = await client.send(new kms.GenerateDataKeyWithoutPlaintextCommand(input));
    expect(sealed).not.toHaveProperty('Plaintext');
    const { Plaintext } = await client.send(
      new kms.DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob }),
    );
    expect(Plaintext).toHaveLength(16);
    const random = await client.send(new kms.GenerateRandomCommand({ NumberOfBytes: 1000 }));
    expect(random.Plaintext).toHaveLength(1000);
    expect((await errorOf(client.send(new kms.GenerateRandomCommand({})))).name).toBe('ValidationException');
  });

  it('what is not there is refused by name', async () => {
    const { id } = await newKey();
    const grant = new kms.CreateGrantCommand({ KeyId: id, GranteePrincipal: ROOT, Operations: ['Decrypt'] });
    expect(await errorOf(client.send(grant))).toEqual({
      name: 'UnsupportedOperationException',
      message: 'CreateGrant is not supported.',
    });
    const rsa = newKey({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
    expect((await errorOf(rsa)).name).toBe('UnsupportedOperationException');
    expect((await t.send('TrentService.Nonsense')).json['__type']).toBe('UnknownOperationException');
  });
});

describe('rotation of key material', () => {
  it('seals with the new material and opens with all of them, secrets as well', async () => {
    const { id } = await newKey();
    const { name, v1 } = await t.make({ KmsKeyId: id });
    const encrypt = async (): Promise<Uint8Array | undefined> =>
      (await client.send(new kms.EncryptCommand({ KeyId: id, Plaintext: Buffer.from('x') }))).CiphertextBlob;
    const blobs = [await encrypt()];
    for (let i = 0; i < 3; i += 1) {
      await client.send(new kms.RotateKeyOnDemandCommand({ KeyId: id }));
      blobs.push(await encrypt());
      await t.put(name, `value ${i}`, [`L${i}`]);
    }
    for (const CiphertextBlob of blobs) {
      const { Plaintext } = await client.send(new kms.DecryptCommand({ CiphertextBlob }));
      expect(Buffer.from(Plaintext ?? []).toString()).toBe('x');
    }
    expect(
      new Set(
        blobs.map((blob) =>
          Buffer.from(blob ?? [])
            .subarray(0, 45)
            .toString(),
        ),
      ).size,
    ).toBe(4);
    expect((await t.get(name, { VersionId: v1 }))['SecretString']).toBe('v1');
    for (let i = 0; i < 3; i += 1) {
      expect((await t.get(name, { VersionStage: `L${i}` }))['SecretString']).toBe(`value ${i}`);
    }
    for (const version of await t.versions(name)) {
      expect(version['KmsKeyIds']).toEqual([`arn:aws:kms:us-east-1:123456789012:key/${id}`]);
    }
    const { Rotations } = await client.send(new kms.ListKeyRotationsCommand({ KeyId: id }));
    expect(Rotations?.map((one) => one.RotationType)).toEqual(['ON_DEMAND', 'ON_DEMAND', 'ON_DEMAND']);
    await client.send(new kms.DisableKeyCommand({ KeyId: id }));
    await t.fails('GetSecretValue', { SecretId: name }, 'DecryptionFailure', /can't decrypt/);
    expect((await errorOf(client.send(new kms.RotateKeyOnDemandCommand({ KeyId: id })))).name).toBe(
      'DisabledException',
    );
  });

  it('happens by itself when its time has come', async () => {
    const { id, arn } = await newKey();
    const status = (): Promise<kms.GetKeyRotationStatusCommandOutput> =>
      client.send(new kms.GetKeyRotationStatusCommand({ KeyId: id }));
    expect((await status()).KeyRotationEnabled).toBe(false);
    await client.send(new kms.EnableKeyRotationCommand({ KeyId: id, RotationPeriodInDays: 90 }));
    const { NextRotationDate, ...rest } = await status();
    expect(rest).toMatchObject({ KeyRotationEnabled: true, KeyId: arn, RotationPeriodInDays: 90 });
    const left = (NextRotationDate?.getTime() ?? 0) - server.now();
    expect(left).toBeGreaterThan(89 * DAY);
    const rotations = async (): Promise<(string | undefined)[] | undefined> =>
      (await client.send(new kms.ListKeyRotationsCommand({ KeyId: id }))).Rotations?.map(
        (one) => one.RotationType,
      );
    server.advance(89 * DAY);
    await server.aws.sweep();
    expect(await rotations()).toEqual([]);
    server.advance(2 * DAY);
    await server.aws.sweep();
    await server.aws.sweep();
    expect(await rotations()).toEqual(['AUTOMATIC']);
    await client.send(new kms.DisableKeyRotationCommand({ KeyId: id }));
    server.advance(400 * DAY);
    await server.aws.sweep();
    expect(await rotations()).toEqual(['AUTOMATIC']);
    const short = new kms.EnableKeyRotationCommand({ KeyId: id, RotationPeriodInDays: 30 });
    expect(await errorOf(client.send(short))).toEqual({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value '30' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value greater than or equal to 90",
    });
  });
});
