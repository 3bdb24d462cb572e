/** The KMS operations by name. */
import type { Call, Fields } from '../protocol/operation.ts';
import type { Service, ServiceOperation } from '../protocol/service.ts';
import { decrypt, encrypt, generateDataKey } from './cryptography.ts';
import {
  cancelKeyDeletion,
  createAlias,
  createKey,
  deleteAlias,
  describeKey,
  disableKey,
  enableKey,
  listAliases,
  listKeys,
  scheduleKeyDeletion,
  updateAlias,
} from './operations.ts';
import { KMS_SHAPES, type KmsInput, type KmsOperationName } from './shapes.ts';

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
  };

function serviceOperation(name: KmsOperationName): ServiceOperation {
  const { readOnly, run } = OPERATIONS[name] as Omit<ServiceOperation, 'shape'>;
  return { shape: KMS_SHAPES[name], readOnly, run };
}

const NAMES = Object.keys(KMS_SHAPES) as KmsOperationName[];

export const KMS: Service = {
  targetPrefix: 'TrentService',
  signingName: 'kms',
  eventSource: 'kms.amazonaws.com',
  operations: Object.fromEntries(NAMES.map((name) => [name, serviceOperation(name)])),
};
