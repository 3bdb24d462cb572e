/** DeleteResourcePolicy. Source: reference aws-secrets-manager 2.13. */
import { put } from '../../catalog/changes.ts';
import { findSecret } from '../find-secret.ts';
import { arnOf } from '../names.ts';
import type { Operation } from '../protocol/operation.ts';
import { withAws, withoutAws } from '../secret-facts.ts';

export const deleteResourcePolicy: Operation<'DeleteResourcePolicy'> = {
  readOnly: false,
  async run(call, input) {
    const { snapshot, result } = await call.room.committer.commit((tip) => {
      const item = findSecret(call, tip, input.SecretId, { need: 'owner' });
      if (item.aws?.resourcePolicy === undefined) return { changes: [], result: item };
      const after = withAws(withoutAws(item, 'resourcePolicy'), {}, call.now);
      return { changes: [put('item', after)], result: after };
    });
    return { ARN: arnOf(snapshot, call.room.home, result), Name: call.room.nameOf(snapshot, result) };
  },
  audited: (output) => ({ arn: output?.['ARN'], name: output?.['Name'] }),
};
