/** The KMS operations by name. */
import type { Call, Fields } from '../protocol/operation.ts';
import type { Service, ServiceOperation } from '../protocol/service.ts';
import { createAlias, deleteAlias, listAliases, updateAlias } from './aliases.ts';
import {
  decrypt,
  encrypt,
  generateDataKey,
  generateDataKeyWithoutPlaintext,
  generateRandom,
  reEncrypt,
} from './cryptography.ts';
import {
  cancelKeyDeletion,
  createKey,
  describeKey,
  disableKey,
  enableKey,
  listKeys,
  scheduleKeyDeletion,
  updateKeyDescription,
} from './operations.ts';
import { getKeyPolicy, listKeyPolicies, putKeyPolicy } from './policies.ts';
import {
  disableKeyRotation,
  enableKeyRotation,
  getKeyRotationStatus,
  listKeyRotations,
  rotateKeyOnDemand,
} from './rotation.ts';
import { KMS_SHAPES, type KmsInput, type KmsOperationName } from './shapes.ts';
import { listResourceTags, tagKey, untagKey } from './tags.ts';
import { refuseMembers, UNSUPPORTED } from './unsupported.ts';

type Run<O extends KmsOperationName> = (
  call: Call,
  input: KmsInput<O>,
) => Fields | undefined | Promise<Fields | undefined>;

const OPERATIONS: { readonly [O in KmsOperationName]: { readonly readOnly: boolean; readonly run: Run<O> } } =
  {
    CreateKey: { readOnly: false, run: createKey },
    DescribeKey: { readOnly: true, run: describeKey },
    ListKeys: { readOnly: true, run: listKeys },
    CreateAlias: { readOnly: false, run: createAlias },
    UpdateAlias: { readOnly: false, run: updateAlias },
    DeleteAlias: { readOnly: false, run: deleteAlias },
    ListAliases: { readOnly: true, run: listAliases },
    EnableKey: { readOnly: false, run: enableKey },
    DisableKey: { readOnly: false, run: disableKey },
    ScheduleKeyDeletion: { readOnly: false, run: scheduleKeyDeletion },
    CancelKeyDeletion: { readOnly: false, run: cancelKeyDeletion },
    Encrypt: { readOnly: true, run: encrypt },
    Decrypt: { readOnly: true, run: decrypt },
    GenerateDataKey: { readOnly: true, run: generateDataKey },
    GenerateDataKeyWithoutPlaintext: { readOnly: true, run: generateDataKeyWithoutPlaintext },
    GenerateRandom: { readOnly: true, run: generateRandom },
    ReEncrypt: { readOnly: true, run: reEncrypt },
    UpdateKeyDescription: { readOnly: false, run: updateKeyDescription },
    GetKeyPolicy: { readOnly: true, run: getKeyPolicy },
    PutKeyPolicy: { readOnly: false, run: putKeyPolicy },
    ListKeyPolicies: { readOnly: true, run: listKeyPolicies },
    ListResourceTags: { readOnly: true, run: listResourceTags },
    TagResource: { readOnly: false, run: tagKey },
    UntagResource: { readOnly: false, run: untagKey },
    EnableKeyRotation: { readOnly: false, run: enableKeyRotation },
    DisableKeyRotation: { readOnly: false, run: disableKeyRotation },
    GetKeyRotationStatus: { readOnly: true, run: getKeyRotationStatus },
    RotateKeyOnDemand: { readOnly: false, run: rotateKeyOnDemand },
    ListKeyRotations: { readOnly: true, run: listKeyRotations },
  };

function serviceOperation(name: KmsOperationName): ServiceOperation {
  const { readOnly, run } = OPERATIONS[name] as Omit<ServiceOperation, 'shape'>;
  return {
    shape: KMS_SHAPES[name],
    readOnly,
    run(call, input) {
      refuseMembers(name, input);
      return run(call, input);
    },
  };
}

const NAMES = Object.keys(KMS_SHAPES) as KmsOperationName[];

export const KMS: Service = {
  targetPrefix: 'TrentService',
  signingName: 'kms',
  eventSource: 'kms.amazonaws.com',
  operations: {
    ...UNSUPPORTED,
    ...Object.fromEntries(NAMES.map((name) => [name, serviceOperation(name)])),
  },
};
