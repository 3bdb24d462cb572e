/** REASSIGN OWNED BY ... TO. Source: documentation of REASSIGN OWNED. */
import type { Change } from '../../catalog/changes.ts';
import type { Id } from '../../catalog/ids.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError } from '../../errors.ts';
import type { ReassignOwned } from '../../sql/nodes.ts';
import type { IdSource } from '../committer.ts';
import { requireMembership } from '../support/access.ts';
import { checkNotBuiltIn, granteeIds } from '../support/grantees.ts';
import { ownerChanges, replicaOwnerEvents } from '../support/new-owner.ts';
import { everyOwned } from '../support/owned.ts';
import { roleNamed } from '../support/resolve.ts';
import { checkRoleName } from '../support/roles.ts';
import { done, type Handler, type Scope } from './handler.ts';

export const reassignOwned: Handler<ReassignOwned> = {
  transaction: 'single',
  tag: 'REASSIGN OWNED',
  async run(node, scope) {
    const from = granteeIds(scope.snapshot, node.roles);
    const to = roleNamed(scope.snapshot, node.to);
    checkNotBuiltIn(scope.snapshot, from, 'reassign');
    requireMembership(scope, [...from, to.id]);
    checkRoleName(to.name);
    await scope.commit((tip, ids) => {
      if (!tip.roles.has(to.id)) throw planError(`unknown role '${to.name}'`);
      return { changes: changes(scope, tip, ids, new Set(from), to.id), result: undefined };
    });
    return done('REASSIGN OWNED');
  },
};

function changes(scope: Scope, tip: Snapshot, ids: IdSource, from: ReadonlySet<Id>, to: Id): Change[] {
  return [...everyOwned(tip)]
    .filter((object) => from.has(object.ownerId))
    .flatMap((object) => {
      const cluster = object.type === 'cluster' ? tip.clusters.get(object.id) : undefined;
      const replicas = cluster === undefined ? [] : replicaOwnerEvents(scope, tip, ids, cluster, to);
      return [...ownerChanges(scope, ids, object, to), ...replicas];
    });
}
