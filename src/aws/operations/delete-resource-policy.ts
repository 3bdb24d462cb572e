/** DeleteResourcePolicy. Source: reference aws-secrets-manager 2.13. */
import { put } from '../../catalog/changes.ts';
import { commitAnswer } from '../commit-answer.ts';
import { findSecret } from '../find-secret.ts';
import { arnOf } from '../names.ts';
import { checkPolicyName } from '../policy/check.ts';
import type { Operation } from '../protocol/operation.ts';
import { withAws, withoutAws } from '../secret-facts.ts';

export const deleteResourcePolicy: Operation<'DeleteResourcePolicy'> = {
  readOnly: false,
  async run(call, input) {
    checkPolicyName(input.PolicyName);
    const { output } = await commitAnswer(
      call,
      (tip) => {
        const item = findSecret(call, tip, input.SecretId, { need: 'owner' });
        if (item.aws?.resourcePolicy === undefined) return { changes: [], result: item };
        const after = withAws(withoutAws(item, 'resourcePolicy'), {}, call.now);
        return { changes: [put('item', after)], result: after };
      },
      (after, item) => ({ ARN: arnOf(after, call.room.home, item), Name: call.room.nameOf(after, item) }),
    );
    return output;
  },
  audited: (output) => ({ arn: output?.['ARN'], name: output?.['Name'] }),
};
