/** COPY ... TO STDOUT and COPY ... FROM STDIN. Source: documentation of COPY TO, COPY FROM. */
import type { TableItem } from '../../catalog/records.ts';
import { planError, unsupported } from '../../errors.ts';
import { openQuery } from '../../query/run/open-query.ts';
import type { Copy, ObjectName, Statement } from '../../sql/nodes.ts';
import { copyFromFormat, copyToFormat } from '../copy/options.ts';
import { copyReader } from '../copy/reader.ts';
import type { Outcome } from '../outcome.ts';
import { requirePrivilege, requireSchemaPrivilege } from '../support/access.ts';
import { describeObject, fullItemName } from '../support/names.ts';
import { findItem, isSystemItem, itemNamed, written } from '../support/resolve.ts';
import { byteSize } from '../variables/value.ts';
import type { Handler, RunScope } from './handler.ts';
import { TableSink } from '../copy/table-sink.ts';
import { admitQuery, executionContext, planQuery, type QueryPlan } from './query.ts';

export const copy: Handler<Copy> = {
  transaction: 'free',
  tag: 'COPY',
  describe(node, scope, parameterTypes) {
    if (node.direction === 'from') return { columns: null, parameters: [], isCopy: true };
    const plan = planQuery(copiedQuery(node), scope, parameterTypes);
    return { columns: plan.bound.columns, parameters: plan.bound.parameters, isCopy: true, plan };
  },
  run(node, scope, planned): Outcome {
    if (node.direction === 'from') return copyFrom(node, scope);
    const format = copyToFormat(node.options);
    const plan = planned as QueryPlan;
    admitQuery(plan, scope);
    const cursor = openQuery(plan.bound, executionContext(scope));
    return { kind: 'copyOut', columns: plan.bound.columns, cursor, format };
  },
};

function copiedQuery(node: Copy): Extract<Statement, { kind: 'select' }> {
  if (node.target.kind !== 'stdout') throw unsupported('COPY TO a location is');
  if (node.relation.kind === 'table') throw planError('named with COPY TO STDOUT unsupported');
  const { statement } = node.relation;
  if (statement.kind === 'select') return statement;
  throw unsupported(`COPY of ${statement.kind.toUpperCase()} is`);
}

function copyFrom(node: Copy, scope: RunScope): Outcome {
  if (node.relation.kind !== 'table') throw planError('COPY FROM needs a table');
  if (node.target.kind !== 'stdin') throw unsupported('COPY FROM a location is');
  const { name, columns } = node.relation;
  const table = targetTable(name, scope);
  checkColumns(table, columns, scope);
  const format = copyFromFormat(node);
  const names = columns.length === 0 ? table.columns.map((column) => column.name) : columns;
  const limit = byteSize(scope.services.systemVariable(scope.snapshot, 'max_copy_from_row_size'));
  const sink = new TableSink(scope, table, names, copyReader(format, limit, names));
  return { kind: 'copyIn', columns: names.length, format, sink };
}

function targetTable(name: ObjectName, scope: RunScope): TableItem {
  if (findItem(scope, name) === undefined && isSystemItem(scope, name)) {
    throw planError(`cannot insert into system table '${written(name)}'`);
  }
  const item = itemNamed(scope, name);
  const full = fullItemName(scope.snapshot, item);
  if (item.kind === 'view' || item.kind === 'materialized-view') {
    throw planError(`cannot insert into ${item.kind.replace('-', ' ')} '${full}'`);
  }
  if (item.kind !== 'table' || item.sourceId !== undefined) {
    throw planError(`cannot insert into non-writeable table '${full}'`);
  }
  const schema = scope.snapshot.schemas.get(item.schemaId);
  if (schema !== undefined) requireSchemaPrivilege(scope, 'U', schema);
  requirePrivilege(scope, 'a', {
    id: item.id,
    description: describeObject('TABLE', full),
    acl: item.privileges,
  });
  return item;
}

function checkColumns(table: TableItem, names: readonly string[], scope: RunScope): void {
  for (const [i, name] of names.entries()) {
    if (names.indexOf(name) < i) throw planError(`column "${name}" specified more than once`);
    if (table.columns.some((column) => column.name === name)) continue;
    throw planError(`column "${name}" of relation "${fullItemName(scope.snapshot, table)}" does not exist`);
  }
}
