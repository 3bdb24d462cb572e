/** ValidateResourcePolicy. Source: reference aws-secrets-manager 2.13. */
import type { Snapshot } from '../../catalog/snapshot.ts';
import { checkCaller, decideAbout } from '../access.ts';
import { findSecret } from '../find-secret.ts';
import { policyFindings, reflexiveOfAny, type Reflexive } from '../policy/check.ts';
import type { Call, Operation } from '../protocol/operation.ts';

export const validateResourcePolicy: Operation<'ValidateResourcePolicy'> = {
  readOnly: true,
  run(call, input) {
    const snapshot = call.room.committer.current();
    const findings = policyFindings(call, input.ResourcePolicy, reflexiveFor(call, snapshot, input.SecretId));
    return { PolicyValidationPassed: findings.length === 0, ValidationErrors: findings };
  },
};

function reflexiveFor(call: Call, snapshot: Snapshot, secretId: string | undefined): Reflexive {
  if (secretId === undefined) {
    checkCaller(call, snapshot, '*');
    return reflexiveOfAny(call);
  }
  const item = findSecret(call, snapshot, secretId, { need: 'describe' });
  return (policy) => decideAbout(call, snapshot, item, policy, 'PutResourcePolicy');
}
