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
import type { AuditEvent, Numbered } from './log.ts';

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
  EventCategory: optional(string(undefined, undefined, { values: ['insight'] })),
  MaxResults: optional(integer(1, 50)),
  NextToken: optional(string()),
});

type LookupInput = ValueOf<typeof shape>;

const SECRET_TYPE = 'AWS::SecretsManager::Secret';
const KEY_TYPE = 'AWS::KMS::Key';
const PAGE = 50;

interface Facts {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly readOnly: string;
  readonly user: string | undefined;
  readonly accessKeyId: string | undefined;
  readonly resources: readonly Resource[];
}

interface Resource {
  readonly type: string;
  readonly name: string;
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
  const asked = record['requestParameters'];
  const secrets = [
    field(asked, 'secretId'),
    field(asked, 'name'),
    field(record['responseElements'], 'arn'),
    field(record['additionalEventData'], 'SecretId'),
  ];
  const keys = [field(asked, 'keyId'), field(asked, 'targetKeyId')];
  return {
    id,
    name: text(record['eventName']) ?? '',
    source: text(record['eventSource']) ?? '',
    readOnly: String(record['readOnly'] === true),
    user: text(field(record['userIdentity'], 'userName')),
    accessKeyId: text(field(record['userIdentity'], 'accessKeyId')),
    resources: [...resourcesOf(SECRET_TYPE, secrets), ...resourcesOf(KEY_TYPE, keys)],
  };
}

function resourcesOf(type: string, named: readonly unknown[]): readonly Resource[] {
  const names = new Set(named.map(text).filter((name) => name !== undefined));
  return [...names].map((name) => ({ type, name }));
}

const TESTS = {
  EventId: (facts, value) => facts.id === value,
  EventName: (facts, value) => facts.name === value,
  ReadOnly: (facts, value) => facts.readOnly === value,
  Username: (facts, value) => facts.user === value,
  ResourceType: (facts, value) => facts.resources.some(({ type }) => type === value),
  ResourceName: (facts, value) => facts.resources.some(({ name }) => name === value),
  EventSource: (facts, value) => facts.source === value,
  AccessKeyId: (facts, value) => facts.accessKeyId === value,
} satisfies Record<(typeof ATTRIBUTES)[number], (facts: Facts, value: string) => boolean>;

function isWithin(event: AuditEvent, { StartTime, EndTime }: LookupInput): boolean {
  return event.time >= (StartTime ?? 0) * 1000 && event.time <= (EndTime ?? Infinity) * 1000;
}

function hasAttributes(event: AuditEvent, attributes: LookupInput['LookupAttributes'] = []): boolean {
  if (attributes.length === 0) return true;
  const facts = factsOf(event);
  return attributes.every(({ AttributeKey: key, AttributeValue: value }) =>
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
    Resources: facts.resources.map(({ type, name }) => ({ ResourceType: type, ResourceName: name })),
    CloudTrailEvent: JSON.stringify(event.record),
  });
}

/** Events of the caller's region, newest first. */
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
  // Insights are told of unusual activity; nobody looks for that here.
  if (input.EventCategory !== undefined) return { Events: [] };
  const { NextToken, MaxResults, ...query } = input;
  const before = NextToken === undefined ? undefined : Number(readPageToken(keyRing, query, NextToken));
  const page: Numbered[] = [];
  for (const numbered of audit.newestFirst(before)) {
    const { event } = numbered;
    if (event.record['awsRegion'] !== call.region || !isWithin(event, input)) continue;
    if (!hasAttributes(event, input.LookupAttributes)) continue;
    if (page.length === (MaxResults ?? PAGE)) {
      const token = pageToken(keyRing, query, String(page.at(-1)!.number));
      return { Events: page.map((one) => shown(one.event)), NextToken: token };
    }
    page.push(numbered);
  }
  return { Events: page.map((one) => shown(one.event)) };
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
