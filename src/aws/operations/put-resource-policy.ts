/** PutResourcePolicy. Source: reference aws-secrets-manager 2.13. */
import { put } from '../../catalog/changes.ts';
import { decideAbout } from '../access.ts';
import { commitAnswer } from '../commit-answer.ts';
import { findSecret } from '../find-secret.ts';
import { arnOf } from '../names.ts';
import { checkPolicy, checkPolicyName } from '../policy/check.ts';
import type { Decision } from '../policy/evaluate.ts';
import type { Operation } from '../protocol/operation.ts';
import { withAws } from '../secret-facts.ts';

export const putResourcePolicy: Operation<'PutResourcePolicy'> = {
  readOnly: false,
  async run(call, input) {
    checkPolicyName(input.PolicyName);
    const { output } = await commitAnswer(
      call,
      (tip) => {
        const item = findSecret(call, tip, input.SecretId, { need: 'owner' });
        const reflexive = (policy: string): Decision => decideAbout(call, tip, item, policy);
        checkPolicy(call, input.ResourcePolicy, reflexive, input.BlockPublicPolicy === true);
        const after = withAws(item, { resourcePolicy: input.ResourcePolicy }, call.now);
        return { changes: [put('item', after)], result: after };
      },
      (after, item) => ({ ARN: arnOf(after, call.room.home, item), Name: call.room.nameOf(after, item) }),
    );
    return output;
  },
  audited: (output) => ({ arn: output?.['ARN'], name: output?.['Name'] }),
};
