/** StopReplicationToReplica. Source: reference aws-secrets-manager 2.16. */
import { findSecret } from '../find-secret.ts';
import { arnOf } from '../names.ts';
import { invalidParameter } from '../protocol/errors.ts';
import type { Operation } from '../protocol/operation.ts';
import { promote } from '../replication.ts';
import { isReplica } from '../secret-facts.ts';

export const stopReplicationToReplica: Operation<'StopReplicationToReplica'> = {
  readOnly: false,
  async run(call, input) {
    const { snapshot, result } = await call.room.committer.commit((tip) => {
      const item = findSecret(call, tip, input.SecretId, { need: 'owner', evenReplica: true });
      if (!isReplica(item)) {
        throw invalidParameter('Operation not permitted on a secret that is not a replica.');
      }
      const promoted = promote(call, tip, item);
      return { changes: promoted.changes, result: promoted.item };
    });
    return { ARN: arnOf(snapshot, call.room.home, result) };
  },
  audited: (output) => ({ arn: output?.['ARN'] }),
};
