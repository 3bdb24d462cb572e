/** What the steps of the JavaScript SDK share: clients, and what is held of answers and errors. */
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import type { Setting } from '../setting.ts';

export const PREFIX = 'js/';

export interface Clients {
  readonly setting: Setting;
  readonly secrets: SecretsManagerClient;
  readonly kms: KMSClient;
}

export type StepTable = Readonly<Record<string, (clients: Clients) => Promise<void>>>;

type ClientConfig = NonNullable<ConstructorParameters<typeof SecretsManagerClient>[0]>;

/** A client with the settings of the environment, and others in their place. */
export function secretsClient({ environment }: Setting, changes: ClientConfig = {}): SecretsManagerClient {
  return new SecretsManagerClient({ ...configuration(environment), ...changes });
}

export function openClients(setting: Setting): Clients {
  return { setting, secrets: secretsClient(setting), kms: new KMSClient(configuration(setting.environment)) };
}

function configuration(environment: Setting['environment']): {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
} {
  return {
    region: environment['AWS_REGION']!,
    endpoint: environment['AWS_ENDPOINT_URL']!,
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID']!,
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY']!,
    },
  };
}

/** Holds that a time of the server was read as a time of the last minutes. */
export function expectRecent(at: Date | undefined): void {
  expect(Math.abs(Date.now() - Number(at))).toBeLessThan(600_000);
}

/** Holds the class of an error, as users tell errors apart, and its text. */
export async function refused(
  call: Promise<unknown>,
  type: new (...args: never[]) => Error,
  text: string,
): Promise<void> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(type);
  expect((error as Error).message).toContain(text);
}

/** Holds the code and text of an error that the SDK has no class for. */
export function refusedAs(call: Promise<unknown>, name: string, text: string): Promise<void> {
  return expect(call).rejects.toMatchObject({ name, message: expect.stringContaining(text) as string });
}
