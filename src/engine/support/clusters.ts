import type { ClusterRecord } from '../../catalog/records.ts';
import { planError } from '../../errors.ts';
import type { ClusterRef } from '../../sql/nodes.ts';
import type { Scope } from '../statements/handler.ts';
import { requireClusterPrivilege } from './access.ts';
import { clusterNamed, requireUserCluster } from './resolve.ts';

/** The cluster an object is created on: the one named, else the session's. Needs CREATE on it. */
export function targetCluster(scope: Scope, ref: ClusterRef | null): ClusterRecord {
  const cluster =
    ref?.isId === true
      ? clusterById(scope, ref.name)
      : clusterNamed(scope.snapshot, ref?.name ?? active(scope));
  requireUserCluster(scope, cluster);
  requireClusterPrivilege(scope, 'C', cluster);
  return cluster;
}

function active(scope: Scope): string {
  return scope.session.variables.text('cluster');
}

function clusterById(scope: Scope, id: string): ClusterRecord {
  const cluster = scope.snapshot.clusters.get(id);
  if (cluster === undefined) throw planError(`unknown cluster '${id}'`);
  return cluster;
}
