/** Requests of the 23 operations of Secrets Manager. Source: reference aws-secrets-manager 2.0 to 2.17. */
import {
  blob,
  boolean,
  integer,
  list,
  optional,
  required,
  string,
  structure,
  type StructureShape,
  type ValueOf,
} from './protocol/shape.ts';

const secretId = string(1, 2048);
const name = string(1, 512);
const description = string(0, 2048);
const kmsKeyId = string(0, 2048);
const token = string(32, 64);
const versionId = string(32, 64);
const stage = string(1, 256);
const stages = list(stage, 1, 20);
/** Length limits count bytes as well; the operations check that for text beyond ASCII. */
const secretString = string(1, 65536, { sensitive: true });
/** PutSecretValue takes an empty text for no value and says so itself. */
const secretStringOrEmpty = string(0, 65536, { sensitive: true });
const secretBinary = blob(1, 65536);
const rotationToken = string(36, 256, { pattern: '^[a-zA-Z0-9\\-]+$', sensitive: true });
const nextToken = string(1, 4096);
const externalType = string(0, 256);
const policy = string(1, 20480);
const region = string(1, 128, { pattern: '^([a-z]+-)+\\d+$' });

const tag = structure({ Key: optional(string(1, 128)), Value: optional(string(0, 256)) });
const replicaRegion = structure({ Region: optional(region), KmsKeyId: optional(kmsKeyId) });

export const FILTER_KEYS = [
  'description',
  'name',
  'tag-key',
  'tag-value',
  'primary-region',
  'owning-service',
  'all',
] as const;

const filter = structure({
  Key: optional(string(undefined, undefined, { values: FILTER_KEYS })),
  Values: optional(list(string(0, 512, { pattern: '^\\!?[a-zA-Z0-9 :_@\\/\\+\\=\\.\\-\\!]*$' }), 1, 10)),
});
const filters = list(filter, 0, 10);

const rotationRules = structure({
  AutomaticallyAfterDays: optional(integer(1, 1000)),
  Duration: optional(string(2, 3, { pattern: '[0-9]+h' })),
  ScheduleExpression: optional(string(1, 256, { pattern: '[0-9A-Za-z\\(\\)#\\?\\*\\-\\/, ]+' })),
});
const externalMetadata = list(structure({ Key: required(string(1, 256)), Value: required(string(1, 2048)) }));

export type Tag = ValueOf<typeof tag>;
export type Filter = ValueOf<typeof filter>;
export type ReplicaRegion = ValueOf<typeof replicaRegion>;
export type RotationRules = ValueOf<typeof rotationRules>;

const onlySecretId = structure({ SecretId: required(secretId) });
const policyName = string(1, 64, { pattern: '[0-9A-Za-z\\-\\_]+' });
const namedPolicy = structure({ SecretId: required(secretId), PolicyName: optional(policyName) });

export const SHAPES = {
  BatchGetSecretValue: structure({
    SecretIdList: optional(list(secretId, 1, 20)),
    Filters: optional(filters),
    MaxResults: optional(integer(1, 20)),
    NextToken: optional(nextToken),
  }),
  CancelRotateSecret: onlySecretId,
  CreateSecret: structure({
    Name: required(name),
    ClientRequestToken: optional(token),
    Description: optional(description),
    KmsKeyId: optional(kmsKeyId),
    SecretBinary: optional(secretBinary),
    SecretString: optional(secretString),
    Tags: optional(list(tag)),
    AddReplicaRegions: optional(list(replicaRegion, 1)),
    ForceOverwriteReplicaSecret: optional(boolean()),
    Type: optional(externalType),
    CrossAccountPrimaryARN: optional(string(20, 2048)),
  }),
  DeleteResourcePolicy: namedPolicy,
  DeleteSecret: structure({
    SecretId: required(secretId),
    RecoveryWindowInDays: optional(integer()),
    ForceDeleteWithoutRecovery: optional(boolean()),
  }),
  DescribeSecret: onlySecretId,
  GetRandomPassword: structure({
    PasswordLength: optional(integer(1, 4096)),
    ExcludeCharacters: optional(string(0, 4096)),
    ExcludeNumbers: optional(boolean()),
    ExcludePunctuation: optional(boolean()),
    ExcludeUppercase: optional(boolean()),
    ExcludeLowercase: optional(boolean()),
    IncludeSpace: optional(boolean()),
    RequireEachIncludedType: optional(boolean()),
  }),
  GetResourcePolicy: namedPolicy,
  GetSecretValue: structure({
    SecretId: required(secretId),
    VersionId: optional(versionId),
    VersionStage: optional(stage),
  }),
  ListSecretVersionIds: structure({
    SecretId: required(secretId),
    MaxResults: optional(integer(1, 100)),
    NextToken: optional(nextToken),
    IncludeDeprecated: optional(boolean()),
  }),
  ListSecrets: structure({
    IncludePlannedDeletion: optional(boolean()),
    MaxResults: optional(integer(1, 100)),
    NextToken: optional(nextToken),
    Filters: optional(filters),
    SortOrder: optional(string(undefined, undefined, { values: ['asc', 'desc'] })),
    SortBy: optional(
      string(undefined, undefined, {
        values: ['created-date', 'last-accessed-date', 'last-changed-date', 'name'],
      }),
    ),
  }),
  PutResourcePolicy: structure({
    SecretId: required(secretId),
    ResourcePolicy: required(policy),
    PolicyName: optional(policyName),
    BlockPublicPolicy: optional(boolean()),
  }),
  PutSecretValue: structure({
    SecretId: required(secretId),
    ClientRequestToken: optional(token),
    SecretBinary: optional(secretBinary),
    SecretString: optional(secretStringOrEmpty),
    VersionStages: optional(stages),
    RotationToken: optional(rotationToken),
  }),
  RemoveRegionsFromReplication: structure({
    SecretId: required(secretId),
    RemoveReplicaRegions: required(list(region, 1)),
  }),
  ReplicateSecretToRegions: structure({
    SecretId: required(secretId),
    AddReplicaRegions: required(list(replicaRegion, 1)),
    ForceOverwriteReplicaSecret: optional(boolean()),
  }),
  RestoreSecret: onlySecretId,
  RotateSecret: structure({
    SecretId: required(secretId),
    ClientRequestToken: optional(token),
    RotationLambdaARN: optional(string(0, 2048)),
    RotationRules: optional(rotationRules),
    RotateImmediately: optional(boolean()),
    ExternalSecretRotationMetadata: optional(externalMetadata),
    ExternalSecretRotationRoleArn: optional(string(20, 2048)),
  }),
  StopReplicationToReplica: onlySecretId,
  TagResource: structure({ SecretId: required(secretId), Tags: required(list(tag)) }),
  UntagResource: structure({ SecretId: required(secretId), TagKeys: required(list(string(1, 128))) }),
  UpdateSecret: structure({
    SecretId: required(secretId),
    ClientRequestToken: optional(token),
    Description: optional(description),
    KmsKeyId: optional(kmsKeyId),
    SecretBinary: optional(secretBinary),
    SecretString: optional(secretString),
    Type: optional(externalType),
  }),
  UpdateSecretVersionStage: structure({
    SecretId: required(secretId),
    VersionStage: required(stage),
    RemoveFromVersionId: optional(versionId),
    MoveToVersionId: optional(versionId),
  }),
  ValidateResourcePolicy: structure({
    SecretId: optional(secretId),
    ResourcePolicy: required(policy),
  }),
} as const satisfies Readonly<Record<string, StructureShape>>;

export type OperationName = keyof typeof SHAPES;

/** Input of an operation, read and checked. */
export type Input<O extends OperationName> = ValueOf<(typeof SHAPES)[O]>;
