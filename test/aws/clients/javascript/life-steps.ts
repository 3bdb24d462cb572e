/** Policies, passwords, replicas, rotation, deletion and keys, through the JavaScript SDK. */
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  CancelKeyDeletionCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  InvalidCiphertextException,
  ListAliasesCommand,
  NotFoundException,
  paginateListKeys,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DecryptionFailure,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  EncryptionFailure,
  GetRandomPasswordCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  MalformedPolicyDocumentException,
  PublicPolicyException,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  RemoveRegionsFromReplicationCommand,
  ReplicateSecretToRegionsCommand,
  ResourceNotFoundException,
  RestoreSecretCommand,
  RotateSecretCommand,
  StopReplicationToReplicaCommand,
  ValidateResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { expectRecent, PREFIX, refused, secretsClient, type StepTable } from './clients.ts';
import { make, valueOf } from './secret-steps.ts';

const DAY = 86_400_000;

function statement(Principal: unknown): string {
  const allow = { Effect: 'Allow', Principal, Action: 'secretsmanager:GetSecretValue', Resource: '*' };
  return JSON.stringify({ Version: '2012-10-17', Statement: [allow] });
}

/** In the order in which they are run. */
export const LIFE_STEPS = {
  async policy(clients) {
    const { secrets } = clients;
    const { ARN: SecretId } = await make(clients, 'policy');
    const document = statement({ AWS: 'arn:aws:iam::123456789012:root' });
    const broad = statement('*');
    const put = (ResourcePolicy: string): Promise<unknown> =>
      secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy, BlockPublicPolicy: true }));
    await put(document);
    const read = async (): Promise<string | undefined> =>
      (await secrets.send(new GetResourcePolicyCommand({ SecretId }))).ResourcePolicy;
    expect(await read()).toBe(document);
    const validate = { SecretId, ResourcePolicy: document };
    expect(await secrets.send(new ValidateResourcePolicyCommand(validate))).toMatchObject({
      PolicyValidationPassed: true,
    });
    const checked = await secrets.send(new ValidateResourcePolicyCommand({ ResourcePolicy: broad }));
    expect(checked.PolicyValidationPassed).toBe(false);
    expect(checked.ValidationErrors?.[0]?.ErrorMessage).toBeTruthy();
    await refused(
      put(broad),
      PublicPolicyException,
      "You can't attach a resource-based policy that allows broad access to the secret.",
    );
    await refused(
      put('{'),
      MalformedPolicyDocumentException,
      'This resource policy contains a syntax error.',
    );
    await secrets.send(new DeleteResourcePolicyCommand({ SecretId }));
    expect(await read()).toBeUndefined();
  },
  async password({ secrets }) {
    const { RandomPassword } = await secrets.send(
      new GetRandomPasswordCommand({
        PasswordLength: 64,
        ExcludeCharacters: 'abc',
        ExcludeNumbers: true,
        ExcludePunctuation: true,
        ExcludeUppercase: true,
        ExcludeLowercase: false,
        IncludeSpace: true,
        RequireEachIncludedType: true,
      }),
    );
    expect(RandomPassword).toMatch(/^[d-z ]{64}$/);
    const short = secrets.send(new GetRandomPasswordCommand({ PasswordLength: 3 }));
    const text = 'Password length is too short based on the required types.';
    await refused(short, InvalidParameterException, text);
  },
  async replication(clients) {
    const { secrets, setting } = clients;
    const { ARN: SecretId, Name } = await make(clients, 'replication');
    const added = await secrets.send(
      new ReplicateSecretToRegionsCommand({
        SecretId,
        AddReplicaRegions: [{ Region: 'eu-west-1' }, { Region: 'eu-west-2' }],
        ForceOverwriteReplicaSecret: true,
      }),
    );
    expect(added.ReplicationStatus).toHaveLength(2);
    const deletion = secrets.send(new DeleteSecretCommand({ SecretId }));
    await refused(deletion, InvalidParameterException, 'that still has replica regions');
    const away = secretsClient(setting, { region: 'eu-west-1' });
    const copied = await away.send(new GetSecretValueCommand({ SecretId: Name }));
    expect(copied.ARN).toBe(SecretId?.replace('us-east-1', 'eu-west-1'));
    const write = new PutSecretValueCommand({ SecretId: Name, SecretString: 'y' });
    await refused(
      away.send(write),
      InvalidParameterException,
      'Operation not permitted on a replica secret.',
    );
    const stopped = await away.send(new StopReplicationToReplicaCommand({ SecretId: Name }));
    expect(stopped.ARN).toBe(copied.ARN);
    const removed = { SecretId, RemoveReplicaRegions: ['eu-west-2'] };
    const left = await secrets.send(new RemoveRegionsFromReplicationCommand(removed));
    expect(left.ReplicationStatus).toEqual([]);
    await away.send(write);
  },
  async rotation(clients) {
    const { secrets, setting } = clients;
    const { ARN: SecretId } = await make(clients, 'rotation', 'old');
    const rotate = (more: object): Promise<{ VersionId?: string | undefined }> =>
      secrets.send(new RotateSecretCommand({ SecretId, ...more }));
    await refused(
      rotate({}),
      InvalidRequestException,
      'No Lambda rotation function ARN is associated with this secret.',
    );
    const token = '55555555-2222-3333-4444-555555555555';
    const function_ = setting.environment['LAMBDA_ARN']!;
    const RotationRules = { ScheduleExpression: 'rate(10 days)', Duration: '3h' };
    const started = await rotate({
      ClientRequestToken: token,
      RotationLambdaARN: function_,
      RotationRules,
      RotateImmediately: true,
    });
    expect(started.VersionId).toBe(token);
    await setting.server.aws.idle();
    const described = await secrets.send(new DescribeSecretCommand({ SecretId }));
    expect(described).toMatchObject({ RotationEnabled: true, RotationLambdaARN: function_, RotationRules });
    expectRecent(described.LastRotatedDate);
    expect(Number(described.NextRotationDate)).toBeGreaterThan(Date.now());
    expect(await valueOf(clients, SecretId)).not.toBe('old');
    const both = { ScheduleExpression: 'rate(1 day)', AutomaticallyAfterDays: 3 };
    await refused(
      rotate({ RotateImmediately: false, RotationRules: both }),
      InvalidParameterException,
      'You cannot specify both rotation frequency and schedule expression together.',
    );
    await secrets.send(new CancelRotateSecretCommand({ SecretId }));
    const cancelled = await secrets.send(new DescribeSecretCommand({ SecretId }));
    expect(cancelled.RotationEnabled).toBe(false);
  },
  async deletion(clients) {
    const { secrets } = clients;
    const { ARN: SecretId } = await make(clients, 'deletion');
    const drop = (more: object): Promise<{ DeletionDate?: Date | undefined }> =>
      secrets.send(new DeleteSecretCommand({ SecretId, ...more }));
    await refused(
      drop({ RecoveryWindowInDays: 6 }),
      InvalidParameterException,
      'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
    );
    const { DeletionDate } = await drop({ RecoveryWindowInDays: 7 });
    expect(Math.abs(Number(DeletionDate) - Date.now() - 7 * DAY)).toBeLessThan(DAY / 24);
    await refused(valueOf(clients, SecretId), InvalidRequestException, 'because it was marked for deletion.');
    const again = 'a secret with this name is already scheduled for deletion.';
    await refused(make(clients, 'deletion'), InvalidRequestException, again);
    await secrets.send(new RestoreSecretCommand({ SecretId }));
    expect(await valueOf(clients, SecretId)).toBe('x');
    await drop({ ForceDeleteWithoutRecovery: true });
    const gone = secrets.send(new DescribeSecretCommand({ SecretId }));
    const text = "Secrets Manager can't find the specified secret.";
    await refused(gone, ResourceNotFoundException, text);
  },
  async keys(clients) {
    const { secrets, kms } = clients;
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'javascript' }));
    const KeyId = KeyMetadata?.KeyId ?? '';
    expectRecent(KeyMetadata?.CreationDate);
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/js', TargetKeyId: KeyId }));
    const { ARN: SecretId } = await secrets.send(
      new CreateSecretCommand({ Name: `${PREFIX}keys`, KmsKeyId: 'alias/js', SecretString: 'x' }),
    );
    const EncryptionContext = { a: '1', b: '2' };
    const Plaintext = Buffer.from('text');
    const sealed = await kms.send(new EncryptCommand({ KeyId: 'alias/js', Plaintext, EncryptionContext }));
    const CiphertextBlob = sealed.CiphertextBlob;
    const reordered = { CiphertextBlob, EncryptionContext: { b: '2', a: '1' } };
    const opened = await kms.send(new DecryptCommand(reordered));
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('text');
    await refused(kms.send(new DecryptCommand({ CiphertextBlob })), InvalidCiphertextException, '');
    const data = await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
    expect(data.Plaintext).toHaveLength(32);
    await kms.send(new DisableKeyCommand({ KeyId }));
    await refused(
      valueOf(clients, SecretId),
      DecryptionFailure,
      "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
    );
    const write = secrets.send(new PutSecretValueCommand({ SecretId, SecretString: 'y' }));
    await refused(write, EncryptionFailure, "Secrets Manager can't encrypt the protected secret text");
    await kms.send(new EnableKeyCommand({ KeyId }));
    expect(await valueOf(clients, SecretId)).toBe('x');
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    const described = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/js' }));
    expect(described.KeyMetadata).toMatchObject({ KeyId, KeyState: 'PendingDeletion' });
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    const listed: unknown[] = [];
    for await (const page of paginateListKeys({ client: kms }, { Limit: 1 })) {
      listed.push(...(page.Keys ?? []).map((key) => key.KeyId));
    }
    expect(listed).toContain(KeyId);
    expect((await kms.send(new ListAliasesCommand({ KeyId }))).Aliases).toHaveLength(1);
    await kms.send(new DeleteAliasCommand({ AliasName: 'alias/js' }));
    await refused(kms.send(new DescribeKeyCommand({ KeyId: 'alias/js' })), NotFoundException, '');
  },
} satisfies StepTable;
