/** The edits that remove clusters, schemas, databases and network policies with what is in them. */
import { del, type Change } from '../../catalog/changes.ts';
import type { Id } from '../../catalog/ids.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { auditChange } from '../audit.ts';
import type { IdSource } from '../committer.ts';
import { closeOver, itemDrops } from './drop-changes.ts';
import type { Scope } from './handler.ts';
import { dropReplica, replicasOf } from './replica-changes.ts';

interface Drops {
  readonly changes: Change[];
  readonly dropped: Id[];
}

function comments(tip: Snapshot, kind: string, id: Id): Change[] {
  return (tip.commentsOfObject.get(`${kind}/${id}`) ?? []).map((c) =>
    del('comment', `${kind}/${id}/${c.columnPosition ?? ''}`),
  );
}

export function clusterDrops(scope: Scope, tip: Snapshot, ids: IdSource, clusterIds: readonly Id[]): Drops {
  const inhabitants = clusterIds.flatMap((id) => [...(tip.itemsOfCluster.get(id) ?? [])]);
  const items = itemDrops(scope, tip, ids, closeOver(tip, inhabitants));
  const changes = [...items.changes];
  for (const id of clusterIds) {
    const cluster = tip.clusters.get(id);
    if (cluster === undefined) continue;
    for (const replica of replicasOf(tip, id))
      changes.push(...dropReplica(scope, tip, ids, cluster, replica));
    changes.push(del('cluster', id), ...comments(tip, 'cluster', id));
    changes.push(auditChange(ids, scope, 'drop', 'cluster', { id, name: cluster.name }));
  }
  return { changes, dropped: items.dropped };
}

export function schemaDrops(scope: Scope, tip: Snapshot, ids: IdSource, schemaIds: readonly Id[]): Drops {
  const roots = schemaIds.flatMap((id) => [
    ...(tip.itemsOfSchema.get(id)?.values() ?? []),
    ...(tip.typesOfSchema.get(id)?.values() ?? []),
  ]);
  const items = itemDrops(scope, tip, ids, closeOver(tip, roots));
  const changes = [...items.changes];
  for (const id of schemaIds) {
    const schema = tip.schemas.get(id);
    if (schema === undefined) continue;
    const database = tip.databases.get(schema.databaseId ?? '')?.name ?? null;
    changes.push(del('schema', id), ...comments(tip, 'schema', id));
    changes.push(
      auditChange(ids, scope, 'drop', 'schema', { database_name: database, id, name: schema.name }),
    );
  }
  return { changes, dropped: items.dropped };
}

export function databaseDrops(scope: Scope, tip: Snapshot, ids: IdSource, databaseId: Id): Drops {
  const schemaIds = [...tip.schemas.values()].filter((s) => s.databaseId === databaseId).map((s) => s.id);
  const { changes, dropped } = schemaDrops(scope, tip, ids, schemaIds);
  const database = tip.databases.get(databaseId);
  if (database !== undefined) {
    changes.push(del('database', databaseId), ...comments(tip, 'database', databaseId));
    changes.push(auditChange(ids, scope, 'drop', 'database', { id: databaseId, name: database.name }));
  }
  return { changes, dropped };
}

export function networkPolicyDrops(
  scope: Scope,
  tip: Snapshot,
  ids: IdSource,
  policyIds: readonly Id[],
): Drops {
  const changes: Change[] = [];
  for (const id of policyIds) {
    const policy = tip.small.networkPolicy.get(id);
    if (policy === undefined) continue;
    changes.push(del('networkPolicy', id), ...comments(tip, 'network-policy', id));
    changes.push(auditChange(ids, scope, 'drop', 'network-policy', { id, name: policy.name }));
  }
  return { changes, dropped: [] };
}
