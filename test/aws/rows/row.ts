/** A row of the behaviour table: a request and what the service is known to answer. */
import { expect } from 'vitest';
import { RawClient, token, type RawAnswer, type TestAws } from '../harness.ts';

export interface Row {
  /** Number in the table of behaviours. */
  readonly id: string;
  readonly title: string;
  readonly run: (t: RowContext) => Promise<void>;
}

type Json = Record<string, unknown>;

/** Operations whose token an SDK fills in. */
const TOKENED = new Set(['CreateSecret', 'PutSecretValue', 'UpdateSecret', 'RotateSecret']);

export const NOT_FOUND = "Secrets Manager can't find the specified secret.";
export const MARKED = "You can't perform this operation on the secret because it was marked for deletion.";
export const BOTH_VALUES =
  "You can't specify both a binary secret value and a string secret value in the same secret.";
export const TOKEN_MISSING = 'You must provide a ClientRequestToken value. We recommend a UUID-type value.';
export const INVALID_NAME =
  'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!';
export const REPLICA =
  "Operation not permitted on a replica secret. Call must be made in primary secret's region.";
export const CANNOT_INVOKE =
  'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.';

export interface Made {
  readonly name: string;
  readonly arn: string;
  /** Version made with the secret; empty when it has no value. */
  readonly v1: string;
}

let serial = 0;

/** What a row works with: one server, names of its own. */
export class RowContext {
  readonly server: TestAws;
  readonly client: RawClient;

  constructor(server: TestAws, client = new RawClient(server.port)) {
    this.server = server;
    this.client = client;
  }

  inRegion(region: string): RowContext {
    return new RowContext(this.server, this.client.inRegion(region));
  }

  name(prefix = 'row'): string {
    serial += 1;
    return `${prefix}${serial}x`;
  }

  /** Sends as an SDK does, with a token where one is needed. */
  send(operation: string, input: Json = {}): Promise<RawAnswer> {
    const filled = TOKENED.has(operation) ? { ClientRequestToken: token(), ...input } : input;
    return this.client.send(operation, filled);
  }

  async ok(operation: string, input: Json = {}): Promise<Json> {
    const answer = await this.send(operation, input);
    expect(answer.text, `${operation} answered ${answer.status}`).toSatisfy(() => answer.status === 200);
    return answer.json;
  }

  /** A refusal: code and message; modelled errors spell the member with a capital. */
  async fails(operation: string, input: Json, code: string, message: string | RegExp): Promise<Json> {
    return this.refused(await this.send(operation, input), code, message);
  }

  /** The same without a token filled in. */
  async failsRaw(operation: string, input: Json, code: string, message: string | RegExp): Promise<Json> {
    return this.refused(await this.client.send(operation, input), code, message);
  }

  refused(answer: RawAnswer, code: string, message: string | RegExp): Json {
    expect({ status: answer.status, type: answer.json['__type'] }).toEqual({ status: 400, type: code });
    const text = String(answer.json['Message'] ?? answer.json['message']);
    if (typeof message === 'string') expect(text).toBe(message);
    else expect(text).toMatch(message);
    const unmodelled = code === 'ValidationException';
    expect('message' in answer.json).toBe(unmodelled || code === 'AccessDeniedException');
    return answer.json;
  }

  /** A secret with one value. */
  async make(fields: Json = {}): Promise<Made> {
    const name = String(fields['Name'] ?? this.name());
    const made = await this.ok('CreateSecret', { Name: name, SecretString: 'v1', ...fields });
    return { name, arn: String(made['ARN']), v1: String(made['VersionId']) };
  }

  async makeEmpty(): Promise<Made> {
    const name = this.name();
    const made = await this.ok('CreateSecret', { Name: name });
    return { name, arn: String(made['ARN']), v1: '' };
  }

  /** Puts a value; answers its version. */
  async put(secretId: string, value: string, stages?: readonly string[]): Promise<string> {
    const more = stages === undefined ? {} : { VersionStages: stages };
    const answer = await this.ok('PutSecretValue', { SecretId: secretId, SecretString: value, ...more });
    return String(answer['VersionId']);
  }

  async get(secretId: string, version: Json = {}): Promise<Json> {
    return this.ok('GetSecretValue', { SecretId: secretId, ...version });
  }

  async describe(secretId: string): Promise<Json> {
    return this.ok('DescribeSecret', { SecretId: secretId });
  }

  /** Labels by version, sorted. */
  async stages(secretId: string): Promise<Record<string, string[]>> {
    const described = await this.describe(secretId);
    const labels = (described['VersionIdsToStages'] ?? {}) as Record<string, string[]>;
    return Object.fromEntries(Object.entries(labels).map(([id, stages]) => [id, [...stages].sort()]));
  }

  async versions(secretId: string, all = false): Promise<Json[]> {
    const listed = await this.ok('ListSecretVersionIds', { SecretId: secretId, IncludeDeprecated: all });
    return listed['Versions'] as Json[];
  }

  /** Names that a listing gives, in order. */
  async listed(input: Json): Promise<string[]> {
    const names: string[] = [];
    let page: Json = {};
    do {
      const next = page['NextToken'] === undefined ? {} : { NextToken: page['NextToken'] };
      page = await this.ok('ListSecrets', { ...input, ...next });
      names.push(...(page['SecretList'] as Json[]).map((entry) => String(entry['Name'])));
    } while (page['NextToken'] !== undefined);
    return names;
  }

  async createKey(input: Json = {}): Promise<{ id: string; arn: string }> {
    const { KeyMetadata } = await this.ok('TrentService.CreateKey', input);
    const { KeyId, Arn } = KeyMetadata as { KeyId: string; Arn: string };
    return { id: KeyId, arn: Arn };
  }
}

/** `ValidationException` of one member. */
export function violation(value: string, path: string, must: string): string {
  return `1 validation error detected: ${value} at '${path}' failed to satisfy constraint: Member must ${must}`;
}
