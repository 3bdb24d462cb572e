/** SELECT, VALUES, TABLE and WITH. */
import type { Id } from '../../catalog/ids.ts';
import { unsupported } from '../../errors.ts';
import { bindQuery } from '../../query/bind-query.ts';
import type { BoundQuery, RelationUse } from '../../query/plan.ts';
import { openQuery } from '../../query/run/open-query.ts';
import type { ExecutionContext } from '../../query/session-context.ts';
import type { Select } from '../../sql/nodes.ts';
import type { Outcome } from '../outcome.ts';
import { checkCluster } from '../support/cluster-routing.ts';
import { requireReadAll } from '../support/read-access.ts';
import { byteSize } from '../variables/value.ts';
import type { Described, Handler, RunScope, Scope } from './handler.ts';

/** A bound query, and the schema version for which its privileges were found in order. */
export interface QueryPlan {
  readonly bound: BoundQuery;
  readonly userItems: readonly Id[];
  checkedAt: number;
}

/** Users' relations with data of their own: views need no cluster by themselves, what they read does. */
function userItemsOf(relations: readonly RelationUse[]): readonly Id[] {
  return relations.filter((relation) => relation.kind === 'item').map((relation) => relation.id);
}

export function planQuery(node: Select, scope: Scope, parameterTypes: readonly number[]): QueryPlan {
  if (node.query.asOf !== null) throw unsupported('AS OF is');
  const bound = bindQuery(node.query, scope.sql, { parameterTypes });
  return { bound, userItems: userItemsOf(bound.relations), checkedAt: -1 };
}

/** What a running query may use. */
export function executionContext(scope: RunScope): ExecutionContext {
  const { variables } = scope.session;
  const limit = Math.min(
    byteSize(variables.text('max_query_result_size')),
    byteSize(scope.services.systemVariable(scope.snapshot, 'max_result_size')),
  );
  return {
    session: scope.sql,
    parameters: scope.parameters,
    interrupt: scope.interrupt,
    memoryLimit: limit,
  };
}

/** Checks privileges and the cluster once for each version of the schema, and joins the transaction as a read. */
export function admitQuery(plan: QueryPlan, scope: RunScope): void {
  if (plan.bound.isConstant) return;
  scope.session.transactions.read();
  // Replicas come and go without a new schema version, so what needs a cluster is looked at each time.
  if (plan.userItems.length > 0) checkCluster(scope, plan.userItems);
  if (plan.checkedAt === scope.snapshot.schemaVersion) return;
  requireReadAll(scope, plan.bound.relations);
  plan.checkedAt = scope.snapshot.schemaVersion;
}

const tag = (rows: number): string => `SELECT ${rows}`;

export const select: Handler<Select> = {
  transaction: 'free',
  tag: 'SELECT',
  describe(node, scope, parameterTypes): Described {
    const plan = planQuery(node, scope, parameterTypes);
    return { columns: plan.bound.columns, parameters: plan.bound.parameters, plan };
  },
  run(_node, scope, planned): Outcome {
    const plan = planned as QueryPlan;
    admitQuery(plan, scope);
    const cursor = openQuery(plan.bound, executionContext(scope));
    return { kind: 'rows', columns: plan.bound.columns, cursor, tag };
  },
};
