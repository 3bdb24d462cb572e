/** Errors, signatures and retries, through the JavaScript SDK. */
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { SECRET_KEY } from '../../harness.ts';
import { SESSION_TOKEN } from '../setting.ts';
import { PREFIX, refusedAs, secretsClient, type StepTable } from './clients.ts';
import { valueOf } from './secret-steps.ts';

/** In the order in which they are run. */
export const PROTOCOL_STEPS = {
  async errors(clients) {
    const error: unknown = await valueOf(clients, `${PREFIX}none`).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ResourceNotFoundException);
    expect(error).toMatchObject({
      message: "Secrets Manager can't find the specified secret.",
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[-0-9a-f]{36}$/) as string },
    });
    await refusedAs(
      clients.secrets.send(new DescribeSecretCommand({ SecretId: 'no spaces' })),
      'ValidationException',
      'Invalid name. Must be a valid name containing alphanumeric characters',
    );
    await refusedAs(
      clients.secrets.send(new DescribeSecretCommand({ SecretId: undefined })),
      'ValidationException',
      "Value null at 'secretId' failed to satisfy constraint: Member must not be null",
    );
  },
  async 'wrong keys'({ setting }) {
    const list = (accessKeyId: string, secretAccessKey: string, sessionToken?: string): Promise<unknown> => {
      const token = sessionToken === undefined ? {} : { sessionToken };
      const credentials = { accessKeyId, secretAccessKey, ...token };
      return secretsClient(setting, { credentials }).send(new ListSecretsCommand({}));
    };
    const known = setting.environment['AWS_ACCESS_KEY_ID']!;
    await refusedAs(
      list(known, 'another'),
      'InvalidSignatureException',
      'The request signature we calculated does not match',
    );
    const invalid = 'The security token included in the request is invalid.';
    await refusedAs(list('AKIANOBODY', 'another'), 'UnrecognizedClientException', invalid);
    await refusedAs(list('AKIATEMPORARY', SECRET_KEY), 'UnrecognizedClientException', invalid);
    await refusedAs(list('AKIATEMPORARY', SECRET_KEY, 'another'), 'UnrecognizedClientException', invalid);
    await list('AKIATEMPORARY', SECRET_KEY, SESSION_TOKEN);
  },
  /** The other server's clock is an hour ahead: the SDK sets its own right by the answer. */
  async 'clock skew'({ setting }) {
    const ahead = secretsClient(setting, { endpoint: setting.environment['SKEWED_ENDPOINT']! });
    await ahead.send(new ListSecretsCommand({}));
    await ahead.send(new GetRandomPasswordCommand({}));
  },
  /** The first answer is lost, the second request throttled: one version comes of it. */
  async retries({ setting }) {
    const faulty = secretsClient(setting, { endpoint: setting.environment['FAULTY_ENDPOINT']! });
    setting.network.next('lost', 'throttled');
    const made = await faulty.send(new CreateSecretCommand({ Name: `${PREFIX}retries`, SecretString: 'x' }));
    expect(made.$metadata.attempts).toBe(3);
    const all = { SecretId: made.ARN, IncludeDeprecated: true };
    expect((await faulty.send(new ListSecretVersionIdsCommand(all))).Versions).toHaveLength(1);
  },
} satisfies StepTable;
