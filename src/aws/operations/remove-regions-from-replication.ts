/** RemoveRegionsFromReplication. Source: reference aws-secrets-manager 2.16. */
import { findSecret } from '../find-secret.ts';
import { arnOf } from '../names.ts';
import type { Operation } from '../protocol/operation.ts';
import { removeReplicas, shownReplication } from '../replication.ts';

export const removeRegionsFromReplication: Operation<'RemoveRegionsFromReplication'> = {
  readOnly: false,
  async run(call, input) {
    const { snapshot, result } = await call.room.committer.commit((tip, ids) => {
      const item = findSecret(call, tip, input.SecretId, { need: 'owner' });
      const { primary, changes } = removeReplicas(call, tip, ids, item, input.RemoveReplicaRegions);
      return { changes, result: primary };
    });
    return {
      ARN: arnOf(snapshot, call.room.home, result),
      ReplicationStatus: shownReplication(call, snapshot, result) ?? [],
    };
  },
  audited: (output) => ({ arn: output?.['ARN'] }),
};
