/**
 * The context of a request that conditions ask about: global keys, those of Secrets Manager and of KMS. A key that has no
 * value here is missing, as it is for IAM. Source: service authorization reference of AWS Secrets Manager; IAM user guide,
 * "AWS global condition context keys".
 */
import type { Call, Fields } from '../protocol/operation.ts';
import type { Context } from './conditions.ts';

/** What a request is about. */
export interface Subject {
  /** ARN of the secret; absent for other resources. */
  readonly secretArn?: string;
  readonly primaryRegion?: string | undefined;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

type Facts = Readonly<Record<string, (call: Call, subject: Subject) => unknown>>;

/** A member of the input. */
const given =
  (...path: readonly string[]) =>
  (call: Call): unknown =>
    path.reduce<unknown>((from, name) => (from as Fields | undefined)?.[name], call.input);

/** Keys with one value or with several, by name in lower case. */
const FACTS: Facts = {
  'aws:currenttime': ({ now }) => new Date(now).toISOString(),
  'aws:epochtime': ({ now }) => Math.floor(now / 1000),
  'aws:principalaccount': ({ caller }) => caller.accountId,
  'aws:principalarn': ({ caller }) => caller.principalArn,
  'aws:principaltype': () => 'User',
  'aws:principalisawsservice': () => false,
  'aws:requestedregion': ({ region }) => region,
  'aws:resourceaccount': ({ room }) => room.home.accountId,
  // Doors speak plain HTTP.
  'aws:securetransport': () => false,
  'aws:sourceip': ({ sourceIp }) => (/^[\d.:a-f]+$/i.test(sourceIp) ? sourceIp : undefined),
  // As CloudTrail has it: no longer.
  'aws:useragent': ({ userAgent }) => userAgent.slice(0, 1024) || undefined,
  'aws:userid': ({ caller }) => caller.accessKeyId || undefined,
  'aws:username': ({ caller }) => caller.userName,
  'aws:viaawsservice': () => false,
  'aws:tagkeys': (call) => tagKeys(call.input),
  'secretsmanager:addreplicaregions': (call) => members(given('AddReplicaRegions')(call), 'Region'),
  'secretsmanager:blockpublicpolicy': given('BlockPublicPolicy'),
  'secretsmanager:description': given('Description'),
  'secretsmanager:forcedeletewithoutrecovery': given('ForceDeleteWithoutRecovery'),
  'secretsmanager:forceoverwritereplicasecret': given('ForceOverwriteReplicaSecret'),
  'secretsmanager:kmskeyid': given('KmsKeyId'),
  'secretsmanager:modifyrotationrules': (call) =>
    call.action === 'RotateSecret' ? given('RotationRules')(call) !== undefined : undefined,
  'secretsmanager:name': given('Name'),
  'secretsmanager:recoverywindowindays': given('RecoveryWindowInDays'),
  'secretsmanager:rotateimmediately': given('RotateImmediately'),
  'secretsmanager:rotationlambdaarn': given('RotationLambdaARN'),
  'secretsmanager:secretid': (_call, { secretArn }) => secretArn,
  'secretsmanager:secretprimaryregion': (_call, { primaryRegion }) => primaryRegion,
  'secretsmanager:type': given('Type'),
  'secretsmanager:versionid': given('VersionId'),
  'secretsmanager:versionstage': given('VersionStage'),
  'kms:viaservice': (call, { secretArn }) =>
    secretArn === undefined ? undefined : `secretsmanager.${call.region}.amazonaws.com`,
  'kms:calleraccount': ({ caller }) => caller.accountId,
  'kms:encryptioncontextkeys': (call, subject) => Object.keys(encryptionContext(call, subject)),
  'kms:requestalias': (call) => /(?:^|:)(alias\/.+)$/.exec(String(given('KeyId')(call)))?.[1],
};

/** Keys that end in a name: of a tag, or of a part of an encryption context. */
const NAMED: Readonly<Record<string, (call: Call, subject: Subject, name: string) => unknown>> = {
  'aws:resourcetag/': (_call, { tags }, tag) => valueOf(tags, tag),
  'secretsmanager:resourcetag/': (_call, { tags }, tag) => valueOf(tags, tag),
  'aws:requesttag/': ({ input }, _subject, tag) =>
    valueOf(
      requestTags(input).map((one) => ({
        key: one['Key'] ?? one['TagKey'],
        value: one['Value'] ?? one['TagValue'],
      })),
      tag,
    ),
  'kms:encryptioncontext:': (call, subject, name) =>
    Object.entries(encryptionContext(call, subject)).find(([key]) => key.toLowerCase() === name)?.[1],
};

/** Of a KMS operation, or of what the service does with a key for the sake of a secret. */
function encryptionContext(call: Call, { secretArn }: Subject): Fields {
  if (secretArn !== undefined) return { SecretARN: secretArn };
  const context = call.input['EncryptionContext'] ?? call.input['DestinationEncryptionContext'];
  return (context ?? {}) as Fields;
}

/** Names of tags in condition keys do not tell case apart. */
function valueOf(
  tags: readonly { readonly key?: unknown; readonly value?: unknown }[],
  wanted: string,
): unknown {
  return tags.find(({ key }) => typeof key === 'string' && key.toLowerCase() === wanted)?.value;
}

function requestTags(input: Fields): readonly Fields[] {
  return Array.isArray(input['Tags']) ? (input['Tags'] as readonly Fields[]) : [];
}

function tagKeys(input: Fields): readonly unknown[] | undefined {
  const keys = Array.isArray(input['TagKeys']) ? (input['TagKeys'] as readonly unknown[]) : undefined;
  const named = requestTags(input).map(({ Key, TagKey }) => Key ?? TagKey);
  return keys ?? (named.length === 0 ? undefined : named);
}

function members(list: unknown, name: string): readonly unknown[] | undefined {
  return Array.isArray(list) ? (list as readonly Fields[]).map((one) => one[name]) : undefined;
}

function textsOf(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one) => one !== undefined).map(String);
}

/** The context of a call about a subject. */
export function contextOf(call: Call, subject: Subject): Context {
  return (key) => {
    if (Object.hasOwn(FACTS, key)) return textsOf(FACTS[key]!(call, subject));
    const prefix = Object.keys(NAMED).find((start) => key.startsWith(start));
    if (prefix === undefined) return undefined;
    return textsOf(NAMED[prefix]!(call, subject, key.slice(prefix.length)));
  };
}
