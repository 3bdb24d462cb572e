/** COPY ... TO STDOUT and COPY ... FROM STDIN. Source: documentation of COPY TO, COPY FROM. */
import type { TableItem } from '../../catalog/records.ts';
import { planError, unsupported } from '../../errors.ts';
import { openQuery } from '../../query/run/open-query.ts';
import { bindQuery } from '../../query/bind-query.ts';
import { selectFrom } from '../../sql/queries.ts';
import type { Copy, ObjectName, Select } from '../../sql/nodes.ts';
import { copyFormat } from '../copy/options.ts';
import { copyReader } from '../copy/reader.ts';
import type { Outcome } from '../outcome.ts';
import { requirePrivilege, requireSchemaPrivilege } from '../support/access.ts';
import { describeObject, fullItemName } from '../support/names.ts';
import { findItem, isSystemItem, itemNamed, written } from '../support/resolve.ts';
import { byteSize } from '../variables/value.ts';
import type { Handler, RunScope, Scope } from './handler.ts';
import { TableSink } from '../copy/table-sink.ts';
import { admitQuery, executionContext, planQuery, type QueryPlan } from './query.ts';

export const copy: Handler<Copy> = {
  transaction: 'free',
  tag: 'COPY',
  describe(node, scope, parameterTypes) {
    if (node.direction === 'from') return { columns: null, parameters: [], isCopy: true };
    const plan = planQuery(copiedQuery(node, scope), scope, parameterTypes);
    return { columns: plan.bound.columns, parameters: plan.bound.parameters, isCopy: true, plan };
  },
  run(node, scope, planned): Outcome {
    if (node.direction === 'from') return copyFrom(node, scope);
    const format = copyFormat(node);
    const plan = planned as QueryPlan;
    admitQuery(plan, scope);
    const cursor = openQuery(plan.bound, executionContext(scope));
    return { kind: 'copyOut', columns: plan.bound.columns, cursor, format };
  },
};

/** The query whose rows COPY TO writes; of a table that is named, its columns. */
function copiedQuery(node: Copy, scope: Scope): Select {
  if (node.target.kind !== 'stdout') throw unsupported('COPY TO a location is');
  const { relation } = node;
  if (relation.kind === 'table') {
    const { name, columns } = relation;
    checkColumns(columns, columnNames(scope, name), name);
    return { kind: 'select', query: selectFrom(name, columns) };
  }
  if (relation.statement.kind === 'select') return relation.statement;
  throw unsupported(`COPY of ${relation.statement.kind.toUpperCase()} is`);
}

/** Names of the columns of a table, source, view or system relation; none for what is no relation. */
function columnNames(scope: Scope, name: ObjectName): readonly string[] {
  const { columns } = bindQuery(selectFrom(name, []), scope.sql, { parameterTypes: [] });
  return columns.map((column) => column.name);
}

function copyFrom(node: Copy, scope: RunScope): Outcome {
  if (node.relation.kind !== 'table') throw planError('COPY FROM needs a table');
  if (node.target.kind !== 'stdin') throw unsupported('COPY FROM a location is');
  const { name, columns } = node.relation;
  const table = targetTable(name, scope);
  checkColumns(
    columns,
    table.columns.map((column) => column.name),
    name,
  );
  const format = copyFormat(node);
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

function checkColumns(names: readonly string[], known: readonly string[], relation: ObjectName): void {
  for (const [i, name] of names.entries()) {
    if (!known.includes(name)) {
      throw planError(`column "${name}" of relation "${relation.parts.at(-1) ?? ''}" does not exist`);
    }
    if (names.indexOf(name) < i) throw planError(`column "${name}" specified more than once`);
  }
}
