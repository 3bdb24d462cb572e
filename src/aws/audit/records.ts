/** Records of the audit log. Source: reference aws-secrets-manager 6.1 and 6.2. */
import { randomUUID } from 'node:crypto';
import type { Shape, StructureShape } from '../protocol/shape.ts';
import type { AwsError } from '../protocol/errors.ts';
import type { Caller } from '../caller.ts';
import type { AuditRecord } from './log.ts';

/** What every record of a call tells of it. */
export interface CallFacts {
  readonly eventSource: string;
  readonly eventName: string;
  readonly region: string;
  readonly accountId: string;
  readonly requestId: string;
  readonly now: number;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly caller: Caller | undefined;
  readonly readOnly: boolean;
}

export interface CallResult {
  readonly requestParameters: AuditRecord | null;
  readonly responseElements: AuditRecord | null;
  readonly error?: AwsError | undefined;
}

/** ISO 8601 in whole seconds. */
export function isoSeconds(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

export function callRecord(facts: CallFacts, result: CallResult): AuditRecord {
  const { error } = result;
  return {
    eventVersion: '1.09',
    userIdentity: identityOf(facts),
    eventTime: isoSeconds(facts.now),
    eventSource: facts.eventSource,
    eventName: facts.eventName,
    awsRegion: facts.region,
    sourceIPAddress: facts.sourceIp,
    userAgent: facts.userAgent,
    ...(error === undefined ? {} : { errorCode: errorCode(error), errorMessage: error.message }),
    requestParameters: result.requestParameters,
    responseElements: result.responseElements,
    requestID: facts.requestId,
    readOnly: facts.readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: facts.accountId,
    eventCategory: 'Management',
  };
}

function identityOf({ caller, accountId }: CallFacts): AuditRecord {
  if (caller === undefined) return { type: 'Unknown', accountId };
  if (caller.accessKeyId === '') {
    return { type: 'AWSService', invokedBy: 'secretsmanager.amazonaws.com', accountId };
  }
  return {
    type: 'IAMUser',
    principalId: caller.accessKeyId,
    arn: caller.principalArn,
    accountId: caller.accountId,
    accessKeyId: caller.accessKeyId,
    userName: caller.userName,
  };
}

function errorCode({ code }: AwsError): string {
  return code === 'AccessDeniedException' ? 'AccessDenied' : code;
}

/** Something the service did by itself. */
export function serviceRecord(facts: {
  readonly eventName: string;
  readonly region: string;
  readonly accountId: string;
  readonly secretArn: string;
  readonly now: number;
  readonly errorMessage?: string | undefined;
}): AuditRecord {
  return {
    eventVersion: '1.09',
    userIdentity: { accountId: facts.accountId, invokedBy: 'secretsmanager.amazonaws.com' },
    eventTime: isoSeconds(facts.now),
    eventSource: 'secretsmanager.amazonaws.com',
    eventName: facts.eventName,
    awsRegion: facts.region,
    sourceIPAddress: 'secretsmanager.amazonaws.com',
    userAgent: 'secretsmanager.amazonaws.com',
    ...(facts.errorMessage === undefined ? {} : { errorMessage: facts.errorMessage }),
    requestParameters: null,
    responseElements: null,
    additionalEventData: { SecretId: facts.secretArn },
    requestID: `Rotation-${facts.secretArn}-${randomUUID()}`,
    readOnly: false,
    eventType: 'AwsServiceEvent',
    managementEvent: true,
    recipientAccountId: facts.accountId,
    eventCategory: 'Management',
  };
}

/** Input as a record may show it: names start in lower case, sensitive members and bytes are left out. */
export function auditInput(shape: StructureShape, input: Readonly<Record<string, unknown>>): AuditRecord {
  return redact(shape, input) as AuditRecord;
}

function redact(shape: Shape, value: unknown): unknown {
  if (shape.kind === 'list') {
    return (value as readonly unknown[]).map((element) => redact(shape.of, element));
  }
  if (shape.kind !== 'structure') return value;
  const fields: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(shape.members)) {
    const inner = (value as Readonly<Record<string, unknown>>)[name];
    if (inner === undefined || isSensitive(member.shape)) continue;
    fields[lowerFirst(name)] = redact(member.shape, inner);
  }
  return fields;
}

function isSensitive(shape: Shape): boolean {
  return 'sensitive' in shape && shape.sensitive === true;
}

/** CloudTrail's spelling of a member: `secretId`. */
function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
