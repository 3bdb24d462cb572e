/**
 * One request's way: target, body, signature, types, constraints, operation, audit. The order is the real front end's.
 * Source: reference aws-secrets-manager 1.4.
 */
import { randomUUID } from 'node:crypto';
import { checkAccount } from './accounts.ts';
import type { Credentials } from './auth/credentials.ts';
import { claimedScope, headerOf, type SignedRequest } from './auth/signature-parts.ts';
import { verifySignature } from './auth/sigv4.ts';
import type { Caller } from './caller.ts';
import { AwsError, frontEndError, internalError } from './protocol/errors.ts';
import { JsonText, type Fields, type Output } from './protocol/operation.ts';
import { parseBody, readInput } from './protocol/read-input.ts';
import type { Service, ServiceOperation } from './protocol/service.ts';
import type { AwsRoom } from './room.ts';
import { runOperation, type Request } from './run-operation.ts';
import { SERVICES } from './services.ts';

/** `none` accepts any key, and none; `sigv4` checks against credentials. */
export type AwsAuthentication =
  { readonly mode: 'none' } | { readonly mode: 'sigv4'; readonly credentials: Credentials };

export interface HttpRequest extends SignedRequest {
  readonly sourceIp: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly requestId: string;
  /** JSON text, or empty. */
  readonly body: string;
}

const JSON_TYPE = /^application\/x-amz-json-1\.[01]\s*(?:;|$)/i;

interface Target {
  readonly service: Service;
  readonly name: string;
  readonly operation: ServiceOperation;
}

const SERVICE_BY_PREFIX = new Map(SERVICES.map((service) => [service.targetPrefix, service]));

/** Finds what a request is for. Throws the front end's errors. */
function targetOf(request: HttpRequest): Target {
  const target = headerOf(request, 'x-amz-target');
  const isJson = JSON_TYPE.test(headerOf(request, 'content-type') ?? '');
  const at = target?.lastIndexOf('.') ?? -1;
  const service = target === undefined ? undefined : SERVICE_BY_PREFIX.get(target.slice(0, at));
  if (!isJson && service === undefined) {
    throw frontEndError(
      'AccessDeniedException',
      'Unable to determine service/operation name to be authorized',
      403,
    );
  }
  if (!isJson) throw frontEndError('UnknownOperationException', '', 404);
  const name = target?.slice(at + 1) ?? '';
  const known = service !== undefined && Object.hasOwn(service.operations, name);
  const operation = known ? service.operations[name] : undefined;
  if (service === undefined || operation === undefined) throw frontEndError('UnknownOperationException');
  return { service, name, operation };
}

/** Answers one POST. Never rejects. */
export async function dispatch(
  room: AwsRoom,
  authentication: AwsAuthentication,
  request: HttpRequest,
): Promise<HttpAnswer> {
  const requestId = randomUUID();
  try {
    const output = await answer(room, authentication, request, requestId);
    return { status: 200, requestId, body: jsonOf(output) };
  } catch (error) {
    const { status, body } = asAwsError(room, error, requestId);
    return { status, requestId, body: JSON.stringify(body) };
  }
}

function jsonOf(output: Output): string {
  if (output === undefined) return '';
  return output instanceof JsonText ? output.text : JSON.stringify(output);
}

interface ErrorAnswer {
  readonly status: number;
  readonly body: Fields;
}

function asAwsError(room: AwsRoom, error: unknown, requestId: string): ErrorAnswer {
  const known = error instanceof AwsError ? error : internalError();
  if (!(error instanceof AwsError)) room.logger.error({ err: error, requestId }, 'an AWS request failed');
  return { status: known.status, body: known.body() };
}

async function answer(
  room: AwsRoom,
  authentication: AwsAuthentication,
  request: HttpRequest,
  requestId: string,
): Promise<Output> {
  const target = targetOf(request);
  const body = parseBody(request.body);
  const { caller, region } = authenticate(room, authentication, request, target.service);
  const call: Request = {
    room,
    region,
    caller,
    requestId,
    action: target.name,
    now: room.clock(),
    sourceIp: request.sourceIp,
    userAgent: headerOf(request, 'user-agent') ?? '',
  };
  const { service, operation } = target;
  return runOperation(call, service.eventSource, operation, () => {
    const input = readInput(operation.shape, body) as Fields;
    checkAccount(call, service.signingName, input);
    return input;
  });
}

function authenticate(
  room: AwsRoom,
  authentication: AwsAuthentication,
  request: HttpRequest,
  service: Service,
): { readonly caller: Caller; readonly region: string } {
  const { accountId } = room.home;
  if (authentication.mode === 'none') {
    const scope = claimedScope(request);
    const accessKeyId = scope?.accessKeyId ?? 'anonymous';
    const principalArn = `arn:aws:iam::${accountId}:user/${accessKeyId}`;
    const region = /^([a-z]+-)+\d+$/.test(scope?.region ?? '') ? scope!.region : room.home.region;
    return {
      caller: { accessKeyId, userName: accessKeyId, principalArn, accountId, role: undefined },
      region,
    };
  }
  const { credential, region } = verifySignature(
    request,
    authentication.credentials,
    service.signingName,
    room.clock(),
  );
  const { accessKeyId, role } = credential;
  const account = credential.accountId ?? accountId;
  const principalArn = `arn:aws:iam::${account}:user/${role}`;
  return { caller: { accessKeyId, userName: role, principalArn, accountId: account, role }, region };
}
