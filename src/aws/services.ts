/** The services behind the endpoint, by the prefix of their targets. */
import { CLOUD_TRAIL } from './audit/lookup-events.ts';
import { KMS } from './kms/service.ts';
import { OPERATIONS } from './operations/index.ts';
import type { Service, ServiceOperation } from './protocol/service.ts';
import { SHAPES, type OperationName } from './shapes.ts';

function secretsManagerOperations(): Readonly<Record<string, ServiceOperation>> {
  const names = Object.keys(SHAPES) as OperationName[];
  return Object.fromEntries(
    names.map((name) => {
      const operation = OPERATIONS[name] as unknown as Omit<ServiceOperation, 'shape'>;
      const auditsItself = name === 'BatchGetSecretValue';
      const { readOnly, run, audited } = operation;
      return [name, { shape: SHAPES[name], readOnly, run, audited, auditsItself }];
    }),
  );
}

export const SECRETS_MANAGER: Service = {
  targetPrefix: 'secretsmanager',
  signingName: 'secretsmanager',
  eventSource: 'secretsmanager.amazonaws.com',
  operations: secretsManagerOperations(),
};

export const SERVICES: readonly Service[] = [SECRETS_MANAGER, KMS, CLOUD_TRAIL];
