/** A rotation function behind a Lambda runtime endpoint, as a test of its own: it stores a new value and moves the label. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RawClient, RawError } from './harness.ts';

export const LAMBDA = 'arn:aws:lambda:us-east-1:123456789012:function:rotate';

export interface FunctionEvent {
  readonly Step: string;
  readonly SecretId: string;
  readonly ClientRequestToken: string;
}

/** `crash`: the connection breaks before the step's work, or `crash after` it; `error`: the runtime reports an error. */
export type Failure = 'crash' | 'crash after' | 'error';

type Hook = (event: FunctionEvent) => Promise<void>;

export interface TestFunction {
  readonly url: string;
  /** Every event so far. */
  readonly events: FunctionEvent[];
  /** Where the service is; set once it runs. */
  connect(port: number): void;
  /** Runs once, before the function's own work in a step. */
  before(step: string, hook: Hook): void;
  /** What the hooks complained of since the last call. */
  problems(): unknown[];
  /** How it fails from now on in a step; `undefined`: nowhere. */
  failIn(step: string | undefined, how?: Failure): void;
  stop(): Promise<void>;
}

/** `work`: what the function does, unless it is what the public rotation templates do. */
export async function startFunction(work?: Hook): Promise<TestFunction> {
  const events: FunctionEvent[] = [];
  const hooks = new Map<string, Hook>();
  let problems: unknown[] = [];
  let failing: { step: string | undefined; how: Failure } = { step: undefined, how: 'error' };
  let client: RawClient | undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void answer(JSON.parse(Buffer.concat(chunks).toString()) as FunctionEvent).then(
        (body) => response.end(body),
        () => response.destroy(),
      );
    });
  });

  async function answer(event: FunctionEvent): Promise<string> {
    events.push(event);
    const hook = hooks.get(event.Step);
    hooks.delete(event.Step);
    await hook?.(event).catch((error: unknown) => problems.push(error));
    if (failing.step === event.Step && failing.how !== 'crash after') {
      if (failing.how === 'crash') throw new Error('crash');
      return JSON.stringify({ errorType: 'Error', errorMessage: 'on purpose' });
    }
    await (work === undefined ? templateWork(client!, event) : work(event));
    if (failing.step === event.Step) throw new Error('crash');
    return 'null';
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/2015-03-31/functions/function/invocations`,
    events,
    connect: (service) => (client = new RawClient(service)),
    before: (step, hook) => void hooks.set(step, hook),
    problems() {
      const found = problems;
      problems = [];
      return found;
    },
    failIn: (step, how = 'error') => (failing = { step, how }),
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

/** What the public rotation templates do in each step, as far as the service sees it. */
async function templateWork(client: RawClient, event: FunctionEvent): Promise<void> {
  const { Step, SecretId, ClientRequestToken } = event;
  const described = await client.call('DescribeSecret', { SecretId });
  const stages = described['VersionIdsToStages'] as Record<string, string[]>;
  if (described['RotationEnabled'] !== true) throw new Error('rotation is not enabled');
  if (stages[ClientRequestToken]?.includes('AWSCURRENT') === true) return;
  if (stages[ClientRequestToken]?.includes('AWSPENDING') !== true) throw new Error('not pending');
  if (Step === 'createSecret') await create(client, SecretId, ClientRequestToken);
  if (Step === 'testSecret') {
    await client.call('GetSecretValue', {
      SecretId,
      VersionId: ClientRequestToken,
      VersionStage: 'AWSPENDING',
    });
  }
  if (Step === 'finishSecret') {
    const current = Object.keys(stages).find((id) => stages[id]!.includes('AWSCURRENT'));
    await client.call('UpdateSecretVersionStage', {
      SecretId,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: ClientRequestToken,
      RemoveFromVersionId: current,
    });
  }
}

async function create(client: RawClient, SecretId: string, token: string): Promise<void> {
  await client.call('GetSecretValue', { SecretId, VersionStage: 'AWSCURRENT' });
  try {
    await client.call('GetSecretValue', { SecretId, VersionId: token, VersionStage: 'AWSPENDING' });
    return;
  } catch (error) {
    if (!(error instanceof RawError) || error.answer.json['__type'] !== 'ResourceNotFoundException')
      throw error;
  }
  const { RandomPassword } = await client.call('GetRandomPassword', {});
  await client.call('PutSecretValue', {
    SecretId,
    ClientRequestToken: token,
    SecretString: RandomPassword,
    VersionStages: ['AWSPENDING'],
  });
}
