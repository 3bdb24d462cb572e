/**
 * Callers whose access key is of another account. They have no secrets, keys or events here: all that they can ask for is
 * a secret that they name by its ARN, whose resource policy lets them in, and whose key is not the account's own.
 * Source: Secrets Manager user guide, "Access from a different account"; reference aws-secrets-manager 1.6, 2.5 and 4.3.
 */
import type { SecretItem } from '../catalog/records.ts';
import type { Caller } from './caller.ts';
import type { Home } from './names.ts';
import { accessDenied, invalidRequest, resourceNotFound, TEXT } from './protocol/errors.ts';
import type { Fields } from './protocol/operation.ts';

/** Operations that use the key of a secret. */
const USES_KEY = new Set(['GetSecretValue', 'PutSecretValue', 'UpdateSecret', 'ReplicateSecretToRegions']);

/** Needs nothing of an account. */
const FOR_ANYBODY = 'GetRandomPassword';

interface Asked {
  readonly caller: Caller;
  readonly room: { readonly home: Home };
  readonly action: string;
}

export function isFromElsewhere({ caller, room }: Asked): boolean {
  return caller.accountId !== room.home.accountId;
}

/** Throws AccessDenied for what a caller of another account cannot ask for: it names no secret. */
export function checkAccount(asked: Asked, service: string, input: Fields): void {
  if (!isFromElsewhere(asked) || asked.action === FOR_ANYBODY) return;
  if (service === 'secretsmanager' && (input['SecretId'] ?? input['SecretIdList']) !== undefined) return;
  const action = `${service}:${asked.action}`;
  throw accessDenied(
    `User: ${asked.caller.principalArn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
  );
}

/** Throws ResourceNotFound for a name: in the account of the caller, where it is looked for, are no secrets. */
export function checkNamesByArn(asked: Asked, secretId: string): void {
  if (isFromElsewhere(asked) && !secretId.startsWith('arn:')) throw resourceNotFound();
}

/** Throws InvalidRequest where a caller of another account would need the account's own key. */
export function checkKeyIsShared(asked: Asked, item: SecretItem): void {
  if (USES_KEY.has(asked.action) && item.aws?.wrappingKeyId === undefined) {
    throw invalidRequest(TEXT.otherAccountsDefaultKey);
  }
}
