/** DROP CLUSTER REPLICA. */
import type { ClusterRecord, ReplicaRecord } from '../../catalog/records.ts';
import { planError } from '../../errors.ts';
import type { DropObjects, ObjectName } from '../../sql/nodes.ts';
import { requireOwner } from '../support/access.ts';
import { clusterNamed, written } from '../support/resolve.ts';
import { skipNotice } from '../support/skip-notice.ts';
import type { RunScope, Scope } from './handler.ts';
import { dropReplica, replicasOf } from './replica-changes.ts';

/** A replica by its two-part name. */
export function replicaNamed(
  scope: Scope,
  name: ObjectName,
): { cluster: ClusterRecord; replica: ReplicaRecord } {
  const [clusterName, replicaName] = name.parts;
  const cluster = clusterNamed(scope.snapshot, clusterName ?? '');
  const replica = replicasOf(scope.snapshot, cluster.id).find((r) => r.name === replicaName);
  if (replica === undefined) {
    throw planError(`CLUSTER ${cluster.name} has no CLUSTER REPLICA named "${replicaName ?? ''}"`);
  }
  return { cluster, replica };
}

function exists(scope: Scope, name: ObjectName): boolean {
  const id = scope.snapshot.clusterByName.get(name.parts[0] ?? '');
  return id !== undefined && replicasOf(scope.snapshot, id).some((r) => r.name === name.parts[1]);
}

export async function dropReplicas(node: DropObjects, scope: RunScope): Promise<void> {
  const doomed = node.names.flatMap((name) => {
    if (node.ifExists && !exists(scope, name)) {
      skipNotice(scope, 'cluster replica', written(name));
      return [];
    }
    return [replicaNamed(scope, name)];
  });
  for (const { cluster, replica } of doomed) {
    const name = `${cluster.name}.${replica.name}`;
    requireOwner(scope, [{ id: replica.id, kind: 'CLUSTER REPLICA', name, ownerId: cluster.ownerId }]);
    if (cluster.config.managed && !replica.internal)
      throw planError('cannot drop replica of managed cluster');
  }
  await scope.commit((tip, ids) => ({
    changes: doomed.flatMap(({ cluster, replica }) => {
      if (!tip.replicas.has(replica.id)) {
        throw planError(`CLUSTER ${cluster.name} has no CLUSTER REPLICA named "${replica.name}"`);
      }
      return dropReplica(scope, tip, ids, cluster, replica);
    }),
    result: undefined,
  }));
}
