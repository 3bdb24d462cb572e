/** Policies of keys: each has one, called `default`. Source: API reference of AWS KMS. */
import type { Snapshot } from '../../catalog/snapshot.ts';
import { checkCaller } from '../access.ts';
import { parsePolicy, PolicyError } from '../policy/document.ts';
import type { Call, Fields } from '../protocol/operation.ts';
import { checkAdministrator, decideAboutKey, defaultKeyPolicy, findKey } from './access.ts';
import { changeKey } from './change.ts';
import { kmsError, notFound } from './errors.ts';
import { keyArn, resolveKey, type KmsKey } from './keys.ts';
import { paged } from './paging.ts';
import type { KmsInput } from './shapes.ts';

const POLICY_NAME = 'default';

/** Throws MalformedPolicyDocument for what is no policy, and for one that nobody here could change again. */
export function checkKeyPolicy(call: Call, key: KmsKey, policy: string, bypass: boolean): void {
  try {
    parsePolicy(policy, 'kms');
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw kmsError('MalformedPolicyDocumentException', 'Policy contains a syntax error.');
  }
  if (bypass) return;
  const decision = decideAboutKey(call, key, 'kms:PutKeyPolicy', { policy });
  // Where keys are not checked nobody is anybody: a policy that names others locks out no one.
  const lockedOut = call.caller.role === undefined ? decision === 'deny' : !canDecide(decision);
  if (!lockedOut) return;
  throw kmsError(
    'MalformedPolicyDocumentException',
    'The new key policy will not allow you to update the key policy in the future.',
  );
}

function canDecide(decision: ReturnType<typeof decideAboutKey>): boolean {
  return decision === 'allow' || decision === 'account';
}

function checkPolicyName(call: Call, keyId: string, name: string | undefined): void {
  if ((name ?? POLICY_NAME) === POLICY_NAME) return;
  throw notFound(`Policy ${name ?? ''} of key '${keyId}' in account ${call.room.home.accountId}`);
}

/** The service's own key has a policy to look at as well. */
function policyOf(call: Call, snapshot: Snapshot, keyId: string): string {
  const named = resolveKey(snapshot, call.room.home, call.region, keyId);
  if (named?.kind === 'default' && !/(?:^|:)alias\//.test(keyId)) {
    checkAdministrator(call, snapshot, keyId);
    return defaultKeyPolicy(call.room.home);
  }
  return findKey(call, snapshot, keyId, { noAlias: true }).policy ?? defaultKeyPolicy(call.room.home);
}

export function getKeyPolicy(call: Call, input: KmsInput<'GetKeyPolicy'>): Fields {
  const Policy = policyOf(call, call.room.committer.current(), input.KeyId);
  checkPolicyName(call, input.KeyId, input.PolicyName);
  return { Policy, PolicyName: POLICY_NAME };
}

export function listKeyPolicies(call: Call, input: KmsInput<'ListKeyPolicies'>): Fields {
  const snapshot = call.room.committer.current();
  checkCaller(call, snapshot, input.KeyId);
  policyOf(call, snapshot, input.KeyId);
  const { page, fields } = paged(call, `policies ${input.KeyId}`, [POLICY_NAME], (name) => name, input);
  return { PolicyNames: page, ...fields };
}

export async function putKeyPolicy(call: Call, input: KmsInput<'PutKeyPolicy'>): Promise<undefined> {
  await changeKey(call, input.KeyId, (key) => {
    checkPolicyName(call, keyArn(call.room.home, key), input.PolicyName);
    checkKeyPolicy(call, key, input.Policy, input.BypassPolicyLockoutSafetyCheck === true);
    return { ...key, policy: input.Policy };
  });
  return undefined;
}
