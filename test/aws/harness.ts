/** A server with the AWS door alone: store, catalog, committer, HTTP. SQL is not needed to test the protocol. */
import fastify from 'fastify';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { openAwsRoom, type OpenAwsRoom } from '../../src/aws/create-room.ts';
import { parseCredentials } from '../../src/aws/auth/credentials.ts';
import type { AwsAuthentication } from '../../src/aws/dispatch.ts';
import { registerAwsDoor } from '../../src/aws/routes.ts';
import { openCatalog } from '../../src/catalog/open.ts';
import { Committer } from '../../src/engine/committer.ts';
import { createLogger } from '../../src/log.ts';
import { KeyRing } from '../../src/secrets/key-ring.ts';
import { SecretBytes } from '../../src/secrets/secret-bytes.ts';
import { memoryStore } from '../../src/store/memory-store.ts';
import type { Store } from '../../src/store/store.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';
/** Credentials of {@link startAws} with `credentials`; any others do when keys are not checked. */
export const ACCESS_KEY = 'AKIATESTTESTTESTTEST';
export const SECRET_KEY = 'test-secret-access-key';

export interface TestAws {
  readonly endpoint: string;
  readonly port: number;
  readonly aws: OpenAwsRoom;
  readonly committer: Committer;
  readonly store: Store;
  readonly keyRing: KeyRing;
  /** Everything that was logged so far. */
  logged(): string;
  /** Moves the clock on. */
  advance(milliseconds: number): void;
  now(): number;
  stop(): Promise<void>;
}

export interface TestAwsOptions {
  /** Access key id to credentials: signatures are checked then. */
  readonly credentials?: unknown;
  readonly functions?: ReadonlyMap<string, string>;
  readonly store?: Store;
  readonly masterKey?: SecretBytes;
  readonly upstreams?: 'live' | 'simulated';
  /** Milliseconds that the clock is ahead of real time at first. */
  readonly offset?: number;
}

export async function startAws(options: TestAwsOptions = {}): Promise<TestAws> {
  let offset = options.offset ?? 0;
  const clock = (): number => Date.now() + offset;
  const store = options.store ?? memoryStore();
  const { snapshot } = await openCatalog(store, clock());
  const committer = new Committer(store, snapshot, clock);
  const keyRing = new KeyRing([options.masterKey ?? new SecretBytes(Buffer.alloc(32, 7))]);
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const logger = createLogger('trace', sink);
  const aws = await openAwsRoom({
    services: { committer, store, keyRing, clock, logger, aws: { accountId: ACCOUNT, region: REGION } },
    functions: options.functions ?? new Map(),
    upstreams: options.upstreams ?? 'live',
  });
  const authentication: AwsAuthentication =
    options.credentials === undefined
      ? { mode: 'none' }
      : { mode: 'sigv4', credentials: parseCredentials(options.credentials, 'test') };
  const server = fastify({ logger: false, forceCloseConnections: true });
  registerAwsDoor(server, aws.room, authentication);
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    aws,
    committer,
    store,
    keyRing,
    logged: () => lines.join(''),
    advance: (milliseconds) => (offset += milliseconds),
    now: clock,
    async stop() {
      await server.close();
      await aws.idle();
      await aws.close();
    },
  };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export interface RawRequest {
  readonly target?: string;
  readonly body?: string | Buffer;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly region?: string;
  /** false: no Authorization header. */
  readonly sign?: boolean | SignOptions;
}

export interface SignOptions {
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly service?: string;
  readonly region?: string;
  readonly date?: Date;
  readonly scopeDate?: string;
  readonly terminator?: string;
}

/** One request over a connection of its own, byte for byte as given. */
export function raw(port: number, options: RawRequest = {}): Promise<RawAnswer> {
  const body = Buffer.from(options.body ?? '{}');
  const headers: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.1',
    ...(options.target === undefined ? {} : { 'x-amz-target': options.target }),
    ...options.headers,
  };
  const path = options.path ?? '/';
  const method = options.method ?? 'POST';
  if (options.sign !== false) {
    const sign = typeof options.sign === 'object' ? options.sign : {};
    const service = options.target?.startsWith('TrentService') ? 'kms' : 'secretsmanager';
    Object.assign(
      headers,
      signHeaders(
        { method, path, body, headers, host: `127.0.0.1:${port}` },
        {
          service,
          region: options.region ?? REGION,
          ...sign,
        },
      ),
    );
  }
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parse(text) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

interface Signable {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly host: string;
}

function hash(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** A signature of our own making, for requests no SDK would send. */
export function signHeaders(requested: Signable, options: SignOptions): Record<string, string> {
  const date = (options.date ?? new Date()).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = options.scopeDate ?? date.slice(0, 8);
  const region = options.region ?? REGION;
  const service = options.service ?? 'secretsmanager';
  const terminator = options.terminator ?? 'aws4_request';
  const all: Record<string, string> = { ...requested.headers, host: requested.host, 'x-amz-date': date };
  const names = Object.keys(all)
    .map((name) => name.toLowerCase())
    .sort();
  const lines = names.map((name) => `${name}:${all[name]!.trim()}\n`).join('');
  const [path = '/', query = ''] = requested.path.split('?');
  const canonical = [requested.method, path, query, lines, names.join(';'), hash(requested.body)].join('\n');
  const scope = `${day}/${region}/${service}/${terminator}`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, hash(canonical)].join('\n');
  const key = [day, region, service, terminator].reduce<string | Buffer>(
    (last, part) => hmac(last, part),
    `AWS4${options.secretKey ?? SECRET_KEY}`,
  );
  const signature = hmac(key as Buffer, toSign).toString('hex');
  const credential = `${options.accessKey ?? ACCESS_KEY}/${scope}`;
  return {
    'x-amz-date': date,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

/** A client without an SDK's help: members go over the wire as they are given. */
export class RawClient {
  readonly #port: number;
  readonly #region: string;

  constructor(port: number, region = REGION) {
    this.#port = port;
    this.#region = region;
  }

  /** The answer's body; throws {@link RawError} for an error. */
  async call(operation: string, input: unknown = {}): Promise<Record<string, unknown>> {
    const answer = await this.send(operation, input);
    if (answer.status !== 200) throw new RawError(answer);
    return answer.json;
  }

  send(operation: string, input: unknown = {}): Promise<RawAnswer> {
    const target = operation.includes('.') ? operation : `secretsmanager.${operation}`;
    return raw(this.#port, { target, body: JSON.stringify(input), region: this.#region });
  }

  inRegion(region: string): RawClient {
    return new RawClient(this.#port, region);
  }
}

export class RawError extends Error {
  readonly answer: RawAnswer;
  constructor(answer: RawAnswer) {
    super(answer.text);
    this.answer = answer;
  }
}

export function token(): string {
  return randomUUID();
}
