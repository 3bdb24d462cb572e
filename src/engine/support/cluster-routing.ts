/** On which cluster a query runs, and whether it may. Source: documentation of the cluster variable and of clusters. */
import type { Id } from '../../catalog/ids.ts';
import { planError, SqlError } from '../../errors.ts';
import type { Scope } from '../statements/handler.ts';
import { replicasOf } from '../statements/replica-changes.ts';
import { requireClusterPrivilege } from './access.ts';
import { fullItemName } from './names.ts';
import { clusterNamed } from './resolve.ts';

const MANAGED_HINT =
  'Use ALTER CLUSTER to adjust the replication factor of the cluster. Example:`ALTER CLUSTER <cluster-name> SET (REPLICATION FACTOR 1)`';
const UNMANAGED_HINT = 'Use CREATE CLUSTER REPLICA to attach cluster replicas to the cluster';

/**
 * Checks the active cluster for a query that reads `userItems` (ids of users' relations, or none: queries on system
 * relations alone run on mz_catalog_server, which is always there).
 */
export function checkCluster(scope: Scope, userItems: readonly Id[]): void {
  if (userItems.length === 0) return;
  const name = scope.session.variables.text('cluster');
  const cluster = clusterNamed(scope.snapshot, name);
  if (name === 'mz_catalog_server') throw notAllowedHere(scope, userItems);
  if (name === 'mz_system' && scope.role.name !== 'mz_system' && scope.role.name !== 'mz_support') {
    throw planError("system cluster 'mz_system' cannot execute user queries");
  }
  requireClusterPrivilege(scope, 'U', cluster);
  const replicas = replicasOf(scope.snapshot, cluster.id);
  if (replicas.length === 0) {
    throw new SqlError('0A000', `CLUSTER "${name}" has no replicas available to service request`, {
      hint: cluster.config.managed ? MANAGED_HINT : UNMANAGED_HINT,
    });
  }
  const wanted = scope.session.variables.text('cluster_replica');
  if (wanted !== '' && !replicas.some((replica) => replica.name === wanted)) {
    throw new SqlError('42704', `cluster replica '${name}.${wanted}' does not exist`);
  }
}

function notAllowedHere(scope: Scope, userItems: readonly Id[]): SqlError {
  const names = userItems.flatMap((id) => {
    const item = scope.snapshot.items.get(id);
    return item === undefined ? [] : [`"${fullItemName(scope.snapshot, item)}"`];
  });
  return new SqlError(
    '2F003',
    `querying the following items ${names.join(', ')} is not allowed from the "mz_catalog_server" cluster`,
    {
      detail:
        'The transaction is executing on the mz_catalog_server cluster, maybe having been routed there by the first statement in the transaction.',
    },
  );
}
