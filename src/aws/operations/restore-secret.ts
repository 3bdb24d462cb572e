/** RestoreSecret. Source: reference aws-secrets-manager 2.10. */
import { put } from '../../catalog/changes.ts';
import { commitAnswer } from '../commit-answer.ts';
import { findSecret } from '../find-secret.ts';
import { arnOf } from '../names.ts';
import type { Operation } from '../protocol/operation.ts';
import { isScheduledForDeletion, withoutAws } from '../secret-facts.ts';

export const restoreSecret: Operation<'RestoreSecret'> = {
  readOnly: false,
  async run(call, input) {
    const { output } = await commitAnswer(
      call,
      (tip) => {
        const item = findSecret(call, tip, input.SecretId, { need: 'owner', evenDeleted: true });
        if (!isScheduledForDeletion(item)) return { changes: [], result: item };
        const restored = withoutAws(item, 'deletedDate', 'deletionAt');
        return { changes: [put('item', restored)], result: restored };
      },
      (after, item) => ({ ARN: arnOf(after, call.room.home, item), Name: call.room.nameOf(after, item) }),
    );
    return output;
  },
  audited: (output) => ({ arn: output?.['ARN'], name: output?.['Name'] }),
};
