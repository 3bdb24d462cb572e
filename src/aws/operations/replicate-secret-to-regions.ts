/** ReplicateSecretToRegions. Source: reference aws-secrets-manager 2.16. */
import type { SecretItem } from '../../catalog/records.ts';
import { findSecret } from '../find-secret.ts';
import { arnOf } from '../names.ts';
import type { Operation } from '../protocol/operation.ts';
import { checkRegions, replicate, shownReplication } from '../replication.ts';

export const replicateSecretToRegions: Operation<'ReplicateSecretToRegions'> = {
  readOnly: false,
  async run(call, input) {
    const { committer, home } = call.room;
    const item = findSecret(call, committer.current(), input.SecretId, { need: 'owner' });
    checkRegions(call.region, input.AddReplicaRegions);
    await replicate(call, item.id, input.AddReplicaRegions, input.ForceOverwriteReplicaSecret === true);
    const snapshot = committer.current();
    const after = (snapshot.items.get(item.id) ?? item) as SecretItem;
    return {
      ARN: arnOf(snapshot, home, after),
      ReplicationStatus: shownReplication(call, snapshot, after) ?? [],
    };
  },
  audited: (output) => ({ arn: output?.['ARN'] }),
};
