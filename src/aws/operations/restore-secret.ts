/** RestoreSecret. Source: reference aws-secrets-manager 2.10. */
import { put } from '../../catalog/changes.ts';
import { findSecret } from '../find-secret.ts';
import { arnOf } from '../names.ts';
import type { Operation } from '../protocol/operation.ts';
import { isScheduledForDeletion, withoutAws } from '../secret-facts.ts';

export const restoreSecret: Operation<'RestoreSecret'> = {
  readOnly: false,
  async run(call, input) {
    const { snapshot, result } = await call.room.committer.commit((tip) => {
      const item = findSecret(call, tip, input.SecretId, { need: 'owner', evenDeleted: true });
      if (!isScheduledForDeletion(item)) return { changes: [], result: item };
      const restored = withoutAws(item, 'deletedDate', 'deletionAt');
      return { changes: [put('item', restored)], result: restored };
    });
    return { ARN: arnOf(snapshot, call.room.home, result), Name: call.room.nameOf(snapshot, result) };
  },
  audited: (output) => ({ arn: output?.['ARN'], name: output?.['Name'] }),
};
