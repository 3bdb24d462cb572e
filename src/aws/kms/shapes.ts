/** Requests of the KMS operations. Source: API reference of AWS KMS. */
import {
  blob,
  boolean,
  integer,
  list,
  map,
  optional,
  required,
  string,
  structure,
  type StructureShape,
  type ValueOf,
} from '../protocol/shape.ts';

const keyId = string(1, 2048);
const aliasName = string(1, 256, { pattern: '^[a-zA-Z0-9:/_-]+$' });
const onlyKeyId = structure({ KeyId: required(keyId) });
const policy = string(1, 131072, { pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' });
const policyName = string(1, 128, { pattern: '[\\w]+' });
const owner = string(undefined, undefined, { values: ['SELF', 'OTHER_ACCOUNTS_VIA_RAM'] });
/** Of an enclave. */
const recipient = optional(structure({}));
const dryRunModifiers = optional(list(string(undefined, undefined, { values: ['IGNORE_CIPHERTEXT'] })));

const KEY_USAGES = [
  'SIGN_VERIFY',
  'ENCRYPT_DECRYPT',
  'GENERATE_VERIFY_MAC',
  'KEY_AGREEMENT',
  'ENCAPSULATE_DECAPSULATE',
];
const OLDER_KEY_SPECS = [
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'ECC_NIST_P256',
  'ECC_NIST_P384',
  'ECC_NIST_P521',
  'ECC_SECG_P256K1',
  'SYMMETRIC_DEFAULT',
  'HMAC_224',
  'HMAC_256',
  'HMAC_384',
  'HMAC_512',
  'SM2',
];
const NEWER_KEY_SPECS = [
  'ML_DSA_44',
  'ML_DSA_65',
  'ML_DSA_87',
  'ECC_NIST_EDWARDS25519',
  'ML_KEM_512',
  'ML_KEM_768',
  'ML_KEM_1024',
];
const ORIGINS = ['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'];
const keySpec = string(undefined, undefined, { values: ['AES_128', 'AES_256'] });
const tag = structure({ TagKey: required(string(1, 128)), TagValue: required(string(0, 256)) });
const marker = string(1, 1024);
const grantTokens = optional(list(string(1, 8192), 0, 10));
const symmetric = ['SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE'];
const algorithm = optional(string(undefined, undefined, { values: symmetric }));

export const KMS_SHAPES = {
  CreateKey: structure({
    Policy: optional(policy),
    Description: optional(string(0, 8192)),
    KeyUsage: optional(string(undefined, undefined, { values: KEY_USAGES })),
    KeySpec: optional(string(undefined, undefined, { values: [...OLDER_KEY_SPECS, ...NEWER_KEY_SPECS] })),
    CustomerMasterKeySpec: optional(string(undefined, undefined, { values: OLDER_KEY_SPECS })),
    Origin: optional(string(undefined, undefined, { values: ORIGINS })),
    CustomKeyStoreId: optional(string(1, 64)),
    XksKeyId: optional(string(1, 128)),
    BypassPolicyLockoutSafetyCheck: optional(boolean()),
    MultiRegion: optional(boolean()),
    Tags: optional(list(tag)),
  }),
  DescribeKey: structure({ KeyId: required(keyId), GrantTokens: grantTokens }),
  ListKeys: structure({
    ResourceOwners: optional(list(owner, 1, 2)),
    Limit: optional(integer(1, 1000)),
    Marker: optional(marker),
  }),
  CreateAlias: structure({ AliasName: required(aliasName), TargetKeyId: required(keyId) }),
  UpdateAlias: structure({ AliasName: required(aliasName), TargetKeyId: required(keyId) }),
  DeleteAlias: structure({ AliasName: required(aliasName) }),
  ListAliases: structure({
    KeyId: optional(keyId),
    Limit: optional(integer(1, 1000)),
    Marker: optional(marker),
  }),
  EnableKey: onlyKeyId,
  DisableKey: onlyKeyId,
  ScheduleKeyDeletion: structure({
    KeyId: required(keyId),
    PendingWindowInDays: optional(integer(7, 30)),
  }),
  CancelKeyDeletion: onlyKeyId,
  UpdateKeyDescription: structure({ KeyId: required(keyId), Description: required(string(0, 8192)) }),
  GetKeyPolicy: structure({ KeyId: required(keyId), PolicyName: optional(policyName) }),
  PutKeyPolicy: structure({
    KeyId: required(keyId),
    PolicyName: optional(policyName),
    Policy: required(policy),
    BypassPolicyLockoutSafetyCheck: optional(boolean()),
  }),
  ListKeyPolicies: structure({
    KeyId: required(keyId),
    Limit: optional(integer(1, 1000)),
    Marker: optional(marker),
  }),
  ListResourceTags: structure({
    KeyId: required(keyId),
    Limit: optional(integer(1, 1000)),
    Marker: optional(marker),
  }),
  TagResource: structure({ KeyId: required(keyId), Tags: required(list(tag)) }),
  UntagResource: structure({ KeyId: required(keyId), TagKeys: required(list(string(1, 128))) }),
  EnableKeyRotation: structure({
    KeyId: required(keyId),
    RotationPeriodInDays: optional(integer(90, 2560)),
  }),
  DisableKeyRotation: onlyKeyId,
  GetKeyRotationStatus: onlyKeyId,
  RotateKeyOnDemand: onlyKeyId,
  ListKeyRotations: structure({
    KeyId: required(keyId),
    IncludeKeyMaterial: optional(
      string(undefined, undefined, { values: ['ALL_KEY_MATERIAL', 'ROTATIONS_ONLY'] }),
    ),
    Limit: optional(integer(1, 1000)),
    Marker: optional(marker),
  }),
  Encrypt: structure({
    KeyId: required(keyId),
    Plaintext: required(blob(1, 4096)),
    EncryptionContext: optional(map()),
    EncryptionAlgorithm: algorithm,
    GrantTokens: grantTokens,
    DryRun: optional(boolean()),
  }),
  Decrypt: structure({
    KeyId: optional(keyId),
    CiphertextBlob: required(blob(1, 6144)),
    EncryptionContext: optional(map()),
    EncryptionAlgorithm: algorithm,
    GrantTokens: grantTokens,
    Recipient: recipient,
    DryRun: optional(boolean()),
    DryRunModifiers: dryRunModifiers,
  }),
  GenerateDataKey: structure({
    KeyId: required(keyId),
    KeySpec: optional(keySpec),
    NumberOfBytes: optional(integer(1, 1024)),
    EncryptionContext: optional(map()),
    GrantTokens: grantTokens,
    Recipient: recipient,
    DryRun: optional(boolean()),
  }),
  GenerateDataKeyWithoutPlaintext: structure({
    KeyId: required(keyId),
    KeySpec: optional(keySpec),
    NumberOfBytes: optional(integer(1, 1024)),
    EncryptionContext: optional(map()),
    GrantTokens: grantTokens,
    DryRun: optional(boolean()),
  }),
  ReEncrypt: structure({
    CiphertextBlob: required(blob(1, 6144)),
    SourceEncryptionContext: optional(map()),
    SourceKeyId: optional(keyId),
    DestinationKeyId: required(keyId),
    DestinationEncryptionContext: optional(map()),
    SourceEncryptionAlgorithm: algorithm,
    DestinationEncryptionAlgorithm: algorithm,
    GrantTokens: grantTokens,
    DryRun: optional(boolean()),
    DryRunModifiers: dryRunModifiers,
  }),
  GenerateRandom: structure({
    NumberOfBytes: optional(integer(1, 1024)),
    CustomKeyStoreId: optional(string(1, 64)),
    Recipient: recipient,
  }),
} as const satisfies Readonly<Record<string, StructureShape>>;

export type KmsOperationName = keyof typeof KMS_SHAPES;
export type KmsInput<O extends KmsOperationName> = ValueOf<(typeof KMS_SHAPES)[O]>;
