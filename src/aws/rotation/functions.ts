/**
 * Rotation functions by ARN: those of the operator's file, which run behind a Lambda runtime endpoint, and the built-in
 * ones. Source: reference aws-secrets-manager 2.11.
 */
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
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
/** Longest answer of a Lambda function. */
const MAX_ANSWER_BYTES = 6 * 1024 * 1024;
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

/** Functions of the file first, then built-in ones. An ARN may end in a version or alias. `timeoutMs`: of one call. */
export function functionDirectory(
  urls: ReadonlyMap<string, string>,
  builtIn: (name: string, arn: string) => RotationFunction | undefined,
  timeoutMs = TIMEOUT_MS,
): FunctionDirectory {
  return {
    find(arn) {
      const unqualified = arn.replace(/^((?:[^:]*:){6}[^:]+):[^:]+$/, '$1');
      const url = urls.get(arn) ?? urls.get(unqualified);
      if (url !== undefined) return runtimeFunction(url, timeoutMs);
      const name = /^arn:aws[a-z-]*:lambda:[^:]*:[^:]*:function:([^:]+)$/.exec(unqualified)?.[1];
      return name === undefined ? undefined : builtIn(name, unqualified);
    },
  };
}

function runtimeFunction(url: string, timeoutMs: number): RotationFunction {
  return {
    available: () => answers(new URL(url)),
    async invoke(event) {
      const { status, failed, body } = await post(new URL(url), JSON.stringify(event), timeoutMs);
      if (status !== 200) throw new FunctionError(`status ${status}`);
      if (failed) throw new FunctionError('the function failed');
      const type = errorType(body);
      if (type !== undefined) throw new FunctionError(type);
    },
  };
}

interface RuntimeAnswer {
  readonly status: number;
  /** The runtime says that the function failed. */
  readonly failed: boolean;
  readonly body: string;
}

/** Sends an event and waits for the whole answer; a time-out or too long an answer is a failure of the function. */
function post(url: URL, event: string, timeoutMs: number): Promise<RuntimeAnswer> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(event) };
  return new Promise((resolve, reject) => {
    const outgoing = send(url, { method: 'POST', headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > MAX_ANSWER_BYTES) outgoing.destroy(new FunctionError('the answer is too long'));
      });
      response.on('error', reject);
      response.on('end', () => {
        const failed = response.headers['x-amz-function-error'] !== undefined;
        resolve({ status: response.statusCode ?? 0, failed, body: Buffer.concat(chunks).toString() });
      });
    });
    const timer = setTimeout(() => {
      outgoing.destroy(new FunctionError(`no answer within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    timer.unref();
    outgoing.on('error', reject);
    outgoing.on('close', () => clearTimeout(timer));
    outgoing.end(event);
  });
}

/**
 * What a failed function says where the runtime does not tell by a header: an error object, or, of a function that ran
 * out of time or ended its process, a line of text. A function's own result is JSON.
 */
function errorType(body: string): string | undefined {
  if (body === '') return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return 'the answer is no JSON';
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { errorType: type, errorMessage } = parsed as Readonly<Record<string, unknown>>;
  if (typeof errorMessage !== 'string') return undefined;
  return typeof type === 'string' && /^[\w.]{1,100}$/.test(type) ? type : 'the function failed';
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
