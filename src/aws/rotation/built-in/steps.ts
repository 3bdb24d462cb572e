/**
 * The four steps of the built-in rotation functions. Each may be run again after it broke off anywhere. Source: reference
 * aws-secrets-manager 2.11; AWS's documentation of the two rotation strategies.
 */
import { AwsError } from '../../protocol/errors.ts';
import { randomPassword } from '../../random-password.ts';
import type { RotationEvent, Step } from '../functions.ts';
import type { Api } from './api.ts';
import {
  CredentialsError,
  databaseCredentials,
  parseObject,
  type DatabaseCredentials,
} from './credentials.ts';
import type { DatabaseEngine } from './engine.ts';

export interface StepContext {
  readonly api: Api;
  readonly engine: DatabaseEngine;
  readonly strategy: 'single-user' | 'alternating-users';
  /** Nothing is contacted. */
  readonly simulated: boolean;
}

type StepFunction = (context: StepContext, event: RotationEvent) => Promise<void>;

const PASSWORD_LENGTH = 32;
/** Characters that clients tend to stumble over in connection strings. */
const PASSWORD_EXCLUDES = '/@"\'\\:%#?&;`$ ';
const CLONE = '_clone';

interface Stored {
  readonly json: Readonly<Record<string, unknown>>;
  readonly credentials: DatabaseCredentials;
}

async function stored(
  { api, engine }: StepContext,
  secretId: string,
  version: { readonly VersionId?: string; readonly VersionStage: string },
): Promise<Stored> {
  const answer = await api('GetSecretValue', { SecretId: secretId, ...version });
  const json = parseObject(answer['SecretString']);
  return { json, credentials: databaseCredentials(json, engine) };
}

/** The same, or undefined when there is no such version. */
async function storedIfThere(...args: Parameters<typeof stored>): Promise<Stored | undefined> {
  try {
    return await stored(...args);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

function pendingOf(context: StepContext, { SecretId, ClientRequestToken }: RotationEvent): Promise<Stored> {
  return stored(context, SecretId, { VersionId: ClientRequestToken, VersionStage: 'AWSPENDING' });
}

const createSecret: StepFunction = async (context, event) => {
  const { api, strategy, engine } = context;
  const { SecretId, ClientRequestToken: token } = event;
  const current = await stored(context, SecretId, { VersionStage: 'AWSCURRENT' });
  const pending = { VersionId: token, VersionStage: 'AWSPENDING' };
  if ((await storedIfThere(context, SecretId, pending)) !== undefined) return;
  const password = randomPassword({
    length: PASSWORD_LENGTH,
    exclude: PASSWORD_EXCLUDES,
    numbers: true,
    punctuation: true,
    uppercase: true,
    lowercase: true,
    space: false,
    requireEach: true,
  });
  const { username } = current.credentials;
  const next = strategy === 'single-user' ? username : otherUser(username, engine.maxUserLength);
  const value = JSON.stringify({ ...current.json, username: next, password });
  await api('PutSecretValue', {
    SecretId,
    ClientRequestToken: token,
    SecretString: value,
    VersionStages: ['AWSPENDING'],
  });
};

/** A user and its clone take turns. */
function otherUser(name: string, maxLength: number): string {
  if (name.endsWith(CLONE)) return name.slice(0, -CLONE.length);
  if (name.length + CLONE.length > maxLength)
    throw new CredentialsError('the name of the user is too long to clone');
  return name + CLONE;
}

const setSecret: StepFunction = async (context, event) => {
  if (context.simulated) return;
  const { engine, strategy } = context;
  const pending = (await pendingOf(context, event)).credentials;
  if (await engine.canLogIn(pending)) return;
  const current = (await stored(context, event.SecretId, { VersionStage: 'AWSCURRENT' })).credentials;
  if (!sameServer(current, pending)) throw new CredentialsError('the pending secret is for another host');
  if (strategy === 'single-user') await setOwn(context, event, { pending, current });
  else await setByAdministrator(context, { pending, current });
};

function sameServer(a: DatabaseCredentials, b: DatabaseCredentials): boolean {
  return a.host === b.host && a.port === b.port;
}

interface Pair {
  readonly pending: DatabaseCredentials;
  readonly current: DatabaseCredentials;
}

async function setOwn(
  context: StepContext,
  { SecretId }: RotationEvent,
  { pending, current }: Pair,
): Promise<void> {
  const { engine } = context;
  if (current.username !== pending.username) {
    throw new CredentialsError('the pending secret is for another user');
  }
  if (await engine.canLogIn(current)) {
    await engine.changeOwnPassword(current, pending.password);
    return;
  }
  // An earlier rotation may have moved the label and not the password.
  const previous = await storedIfThere(context, SecretId, { VersionStage: 'AWSPREVIOUS' });
  const usable =
    previous !== undefined &&
    previous.credentials.username === pending.username &&
    sameServer(previous.credentials, pending) &&
    (await engine.canLogIn(previous.credentials));
  if (!usable) throw new CredentialsError('neither the current nor the previous password lets the user in');
  await engine.changeOwnPassword(previous.credentials, pending.password);
}

/** The administrator's rights serve only who proves to be the user, or its clone: a secret may name anybody. */
async function setByAdministrator(context: StepContext, { pending, current }: Pair): Promise<void> {
  if (pending.username !== otherUser(current.username, context.engine.maxUserLength)) {
    throw new CredentialsError('the pending secret is for another user');
  }
  if (!(await context.engine.canLogIn(current))) {
    throw new CredentialsError('the current password does not let the user in');
  }
  if (current.masterarn === undefined) throw new CredentialsError('the secret has no masterarn');
  const administrator = (await stored(context, current.masterarn, { VersionStage: 'AWSCURRENT' }))
    .credentials;
  if (!sameServer(administrator, current)) {
    throw new CredentialsError('the secret of the administrator is for another host');
  }
  const database = pending.dbname ?? administrator.dbname;
  await context.engine.provideUser(
    { ...administrator, dbname: database },
    { name: pending.username, password: pending.password, like: pending.username.replace(/_clone$/, '') },
  );
}

const testSecret: StepFunction = async (context, event) => {
  const pending = (await pendingOf(context, event)).credentials;
  if (context.simulated) return;
  if (!(await context.engine.canLogIn(pending))) {
    throw new CredentialsError('the pending password does not let the user in');
  }
};

const finishSecret: StepFunction = async ({ api }, { SecretId, ClientRequestToken: token }) => {
  const described = await api('DescribeSecret', { SecretId });
  const stages = (described['VersionIdsToStages'] ?? {}) as Readonly<Record<string, readonly string[]>>;
  const current = Object.keys(stages).find((id) => stages[id]?.includes('AWSCURRENT'));
  if (current === token) return;
  await api('UpdateSecretVersionStage', {
    SecretId,
    VersionStage: 'AWSCURRENT',
    MoveToVersionId: token,
    ...(current === undefined ? {} : { RemoveFromVersionId: current }),
  });
};

export const ROTATION_STEPS = {
  createSecret,
  setSecret,
  testSecret,
  finishSecret,
} satisfies Record<Step, StepFunction>;
