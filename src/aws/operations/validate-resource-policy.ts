/** ValidateResourcePolicy. Source: reference aws-secrets-manager 2.13. */
import { checkCaller } from '../access.ts';
import { findSecret } from '../find-secret.ts';
import { policyFindings } from '../policy/check.ts';
import type { Operation } from '../protocol/operation.ts';

export const validateResourcePolicy: Operation<'ValidateResourcePolicy'> = {
  readOnly: true,
  run(call, input) {
    const snapshot = call.room.committer.current();
    if (input.SecretId === undefined) checkCaller(call, snapshot, '*');
    else findSecret(call, snapshot, input.SecretId, { need: 'describe' });
    const findings = policyFindings(call, input.ResourcePolicy);
    return { PolicyValidationPassed: findings.length === 0, ValidationErrors: findings };
  },
};
