/**
 * Rotation functions by ARN: those of the operator's file, which run behind a Lambda runtime endpoint, and the built-in
 * ones. Source: reference aws-secrets-manager 2.11.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type Step = (typeof STEPS)[number];

/** What a function is called with. */
export interface RotationEvent {
  readonly Step: Step;
  readonly SecretId: string;
  readonly ClientRequestToken: string;
}

export interface RotationFunction {
  /** False when it cannot be called at all. */
  available(): Promise<boolean>;
  /** Rejects when the function fails. What it rejects with may name no secret value. */
  invoke(event: RotationEvent): Promise<void>;
}

export interface FunctionDirectory {
  find(arn: string): RotationFunction | undefined;
}

/** A function that failed; the text is the function's own error type, never its message, which may hold values. */
export class FunctionError extends Error {}

const INVOCATIONS = '/2015-03-31/functions/function/invocations';
/** Longest run of a Lambda function. */
const TIMEOUT_MS = 900_000;
const PROBE_MS = 2_000;

/** Reads the file of functions: a JSON object from ARN to URL. Throws an Error that names the file. */
export function readFunctions(path: string | null): ReadonlyMap<string, string> {
  if (path === null) return new Map();
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`--aws-functions: cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Error(`--aws-functions: ${path} must hold a JSON object from function ARN to URL`);
  }
  return new Map(Object.entries(parsed).map(([arn, url]) => [arn, functionUrl(path, arn, url as unknown)]));
}

function functionUrl(path: string, arn: string, value: unknown): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new Error(`--aws-functions: ${path}: ${arn} needs the URL of its runtime endpoint`);
  }
  if (url.pathname === '/') url.pathname = INVOCATIONS;
  return url.href;
}

/** Functions of the file first, then built-in ones. An ARN may end in a version or alias. */
export function functionDirectory(
  urls: ReadonlyMap<string, string>,
  builtIn: (name: string, arn: string) => RotationFunction | undefined,
): FunctionDirectory {
  return {
    find(arn) {
      const unqualified = arn.replace(/^((?:[^:]*:){6}[^:]+):[^:]+$/, '$1');
      const url = urls.get(arn) ?? urls.get(unqualified);
      if (url !== undefined) return runtimeFunction(url);
      const name = /^arn:aws[a-z-]*:lambda:[^:]*:[^:]*:function:([^:]+)$/.exec(unqualified)?.[1];
      return name === undefined ? undefined : builtIn(name, unqualified);
    },
  };
}

function runtimeFunction(url: string): RotationFunction {
  return {
    available: () => answers(new URL(url)),
    async invoke(event) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const body = await response.text();
      if (!response.ok) throw new FunctionError(`status ${response.status}`);
      if (response.headers.has('x-amz-function-error')) throw new FunctionError('the function failed');
      const type = errorType(body);
      if (type !== undefined) throw new FunctionError(type);
    },
  };
}

/** A runtime without the error header answers 200 with an error object. */
function errorType(body: string): string | undefined {
  try {
    const parsed = JSON.parse(body) as unknown;
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const { errorType: type, errorMessage } = parsed as Readonly<Record<string, unknown>>;
    if (typeof errorMessage !== 'string') return undefined;
    return typeof type === 'string' && /^[\w.]{1,100}$/.test(type) ? type : 'the function failed';
  } catch {
    return undefined;
  }
}

/** Whether somebody listens at the URL. */
function answers(url: URL): Promise<boolean> {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port, timeout: PROBE_MS });
    const done = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('timeout', () => done(false));
  });
}
