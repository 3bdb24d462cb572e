/** SHOW of lists of objects and of columns. Source: documentation of SHOW ... */
import { openQuery } from '../../query/run/open-query.ts';
import type { ShowColumns, ShowObjects } from '../../sql/nodes.ts';
import type { Outcome } from '../outcome.ts';
import { requireSchemaPrivilege } from '../support/access.ts';
import { findItem } from '../support/resolve.ts';
import { admitQuery, executionContext, planQuery, type QueryPlan } from './query.ts';
import type { Described, Handler, RunScope, Scope } from './handler.ts';
import { showListingQuery } from './show-queries.ts';

const tag = (rows: number): string => `SELECT ${rows}`;

function describe(node: ShowObjects | ShowColumns, scope: Scope, types: readonly number[]): Described {
  const plan = planQuery({ kind: 'select', query: showListingQuery(node, scope) }, scope, types);
  return { columns: plan.bound.columns, parameters: plan.bound.parameters, plan };
}

function run(planned: unknown, scope: RunScope): Outcome {
  const plan = planned as QueryPlan;
  admitQuery(plan, scope);
  const cursor = openQuery(plan.bound, executionContext(scope));
  return { kind: 'rows', columns: plan.bound.columns, cursor, tag };
}

export const showObjects: Handler<ShowObjects> = {
  transaction: 'free',
  tag: 'SELECT',
  describe,
  run: (_node, scope, plan) => run(plan, scope),
};

export const showColumns: Handler<ShowColumns> = {
  transaction: 'free',
  tag: 'SELECT',
  describe,
  run(node, scope, plan) {
    const item = findItem(scope, node.relation);
    const schema = item === undefined ? undefined : scope.snapshot.schemas.get(item.schemaId);
    if (schema !== undefined) requireSchemaPrivilege(scope, 'U', schema);
    return run(plan, scope);
  },
};
