/** CloudTrail's LookupEvents over the audit log. Source: reference aws-secrets-manager 6; API of CloudTrail 2013-11-01. */
import { checkCaller } from '../access.ts';
import { pageToken, readPageToken } from '../page-token.ts';
import { AwsError } from '../protocol/errors.ts';
import { present, type Call, type Fields } from '../protocol/operation.ts';
import type { Service } from '../protocol/service.ts';
import {
  integer,
  list,
  optional,
  required,
  string,
  structure,
  timestamp,
  type ValueOf,
} from '../protocol/shape.ts';
import type { AuditEvent } from './log.ts';

const ATTRIBUTES = [
  'EventId',
  'EventName',
  'ReadOnly',
  'Username',
  'ResourceType',
  'ResourceName',
  'EventSource',
  'AccessKeyId',
] as const;

const shape = structure({
  LookupAttributes: optional(
    list(
      structure({
        AttributeKey: required(string(undefined, undefined, { values: ATTRIBUTES })),
        AttributeValue: required(string(1, 2000)),
      }),
      0,
      1,
    ),
  ),
  StartTime: optional(timestamp()),
  EndTime: optional(timestamp()),
  MaxResults: optional(integer(1, 50)),
  NextToken: optional(string()),
});

type LookupInput = ValueOf<typeof shape>;

const SECRET_TYPE = 'AWS::SecretsManager::Secret';
const PAGE = 50;

interface Facts {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly readOnly: string;
  readonly user: string | undefined;
  readonly accessKeyId: string | undefined;
  readonly resources: readonly string[];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function field(record: unknown, name: string): unknown {
  return typeof record === 'object' && record !== null
    ? (record as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function factsOf({ id, record }: AuditEvent): Facts {
  const named = [
    field(record['requestParameters'], 'secretId'),
    field(record['requestParameters'], 'name'),
    field(record['responseElements'], 'arn'),
    field(record['additionalEventData'], 'SecretId'),
  ];
  return {
    id,
    name: text(record['eventName']) ?? '',
    source: text(record['eventSource']) ?? '',
    readOnly: String(record['readOnly'] === true),
    user: text(field(record['userIdentity'], 'userName')),
    accessKeyId: text(field(record['userIdentity'], 'accessKeyId')),
    resources: [...new Set(named.map(text).filter((name) => name !== undefined))],
  };
}

const TESTS = {
  EventId: (facts, value) => facts.id === value,
  EventName: (facts, value) => facts.name === value,
  ReadOnly: (facts, value) => facts.readOnly === value,
  Username: (facts, value) => facts.user === value,
  ResourceType: (facts, value) => value === SECRET_TYPE && facts.resources.length > 0,
  ResourceName: (facts, value) => facts.resources.includes(value),
  EventSource: (facts, value) => facts.source === value,
  AccessKeyId: (facts, value) => facts.accessKeyId === value,
} satisfies Record<(typeof ATTRIBUTES)[number], (facts: Facts, value: string) => boolean>;

function matches(event: AuditEvent, input: LookupInput): boolean {
  if (input.StartTime !== undefined && event.time < input.StartTime * 1000) return false;
  if (input.EndTime !== undefined && event.time > input.EndTime * 1000) return false;
  const facts = factsOf(event);
  return (input.LookupAttributes ?? []).every(({ AttributeKey: key, AttributeValue: value }) =>
    TESTS[key as keyof typeof TESTS](facts, value),
  );
}

function shown(event: AuditEvent): Fields {
  const facts = factsOf(event);
  return present({
    EventId: event.id,
    EventName: facts.name,
    ReadOnly: facts.readOnly,
    AccessKeyId: facts.accessKeyId,
    EventTime: event.time / 1000,
    EventSource: facts.source,
    Username: facts.user,
    Resources: facts.resources.map((name) => ({ ResourceType: SECRET_TYPE, ResourceName: name })),
    CloudTrailEvent: JSON.stringify(event.record),
  });
}

function lookupEvents(call: Call, input: LookupInput): Fields {
  const { audit, committer, keyRing } = call.room;
  checkCaller(call, committer.current(), '*');
  if ((input.StartTime ?? 0) > (input.EndTime ?? Infinity)) {
    throw new AwsError(
      'InvalidTimeRangeException',
      'The start time must be before the end time.',
      400,
      'both',
    );
  }
  const { NextToken, MaxResults, ...query } = input;
  const after = NextToken === undefined ? undefined : readPageToken(keyRing, query, NextToken);
  // Newest first, events of the caller's region.
  const found = call.room.audit
    .events()
    .filter((event) => event.record['awsRegion'] === call.region && matches(event, input))
    .reverse();
  const start = after === undefined ? 0 : found.findIndex((event) => event.id === after) + 1;
  const page = found.slice(start, start + (MaxResults ?? PAGE));
  const more = start + page.length < found.length && audit.events().length > 0;
  return present({
    Events: page.map(shown),
    NextToken: more ? pageToken(keyRing, query, page.at(-1)!.id) : undefined,
  });
}

export const CLOUD_TRAIL: Service = {
  targetPrefix: 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101',
  signingName: 'cloudtrail',
  eventSource: 'cloudtrail.amazonaws.com',
  operations: {
    LookupEvents: {
      shape,
      readOnly: true,
      run: (call, input) => lookupEvents(call, input as LookupInput),
      // Looking at the log does not make it longer.
      auditsItself: true,
    },
  },
};
