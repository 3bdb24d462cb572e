/** What a change of owner does to an object and to what follows it. Source: documentation of ALTER ... OWNER TO. */
import type { Change } from '../../catalog/changes.ts';
import type { Id } from '../../catalog/ids.ts';
import { grant } from '../../catalog/privileges.ts';
import type { AclEntry, ClusterRecord, Item } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { auditChange } from '../audit.ts';
import type { IdSource } from '../committer.ts';
import type { Scope } from '../statements/handler.ts';
import { ownedItem, type OwnedObject } from './owned.ts';

/** The list with the old owner replaced by the new one as grantee and as grantor; entries that meet are merged. */
export function reattribute(acl: readonly AclEntry[], from: Id, to: Id): readonly AclEntry[] {
  const renamed = (id: Id): Id => (id === from ? to : id);
  let after: readonly AclEntry[] = [];
  for (const { grantee, grantor, privileges } of acl) {
    after = grant(after, renamed(grantee), renamed(grantor), privileges);
  }
  return after;
}

/** The edits that give one object, and it alone, to another role. None when it has that owner. */
export function ownerChanges(scope: Scope, ids: IdSource, object: OwnedObject, to: Id): Change[] {
  const from = object.ownerId;
  if (from === to) return [];
  return [
    object.with({ ownerId: to, privileges: reattribute(object.acl, from, to) }),
    ownerEvent(scope, ids, object.type, object.auditId, from, to),
  ];
}

function ownerEvent(scope: Scope, ids: IdSource, type: string, objectId: string, from: Id, to: Id): Change {
  return auditChange(ids, scope, 'alter', type, {
    new_owner_id: to,
    object_id: objectId,
    old_owner_id: from,
  });
}

/** Items that always have the owner of another: indexes of their relation, the progress relation of its source. */
export function followers(tip: Snapshot, item: Item): readonly Item[] {
  return [...(tip.dependents.get(item.id) ?? [])]
    .map((id) => tip.items.get(id))
    .filter((other): other is Item => other !== undefined)
    .filter(
      (other) =>
        (other.kind === 'index' && other.onId === item.id) ||
        (other.kind === 'source' && other.detail.type === 'progress' && other.detail.sourceId === item.id),
    );
}

/** An item with its indexes, or a source with its progress relation. */
export function itemOwnerChanges(scope: Scope, tip: Snapshot, ids: IdSource, item: Item, to: Id): Change[] {
  return [item, ...followers(tip, item)].flatMap((each) =>
    ownerChanges(scope, ids, ownedItem(tip, each), to),
  );
}

/** Events of a cluster's replicas: they have no owner of their own, so there is nothing else to change. */
export function replicaOwnerEvents(
  scope: Scope,
  tip: Snapshot,
  ids: IdSource,
  cluster: ClusterRecord,
  to: Id,
): Change[] {
  if (cluster.ownerId === to) return [];
  return (tip.replicasOfCluster.get(cluster.id) ?? []).map((replicaId) =>
    ownerEvent(scope, ids, 'cluster-replica', `CR${cluster.id}.${replicaId}`, cluster.ownerId, to),
  );
}
