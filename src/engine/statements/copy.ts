/** COPY ... TO STDOUT and COPY ... FROM STDIN. Source: documentation of COPY TO, COPY FROM. */
import type { ColumnRecord, TableItem } from '../../catalog/records.ts';
import { planError, SqlError, unsupported } from '../../errors.ts';
import { bindScalar } from '../../query/scalar.ts';
import { openQuery } from '../../query/run/open-query.ts';
import { columnTypeOf } from '../../relations/user-relation.ts';
import type { Copy, ObjectName, Statement } from '../../sql/nodes.ts';
import { parseExpression } from '../../sql/parser.ts';
import { decodeText, textEncoder } from '../../types/codec.ts';
import type { ColumnType } from '../../types/sql-type.ts';
import { copyFromFormat, copyToFormat } from '../copy/options.ts';
import { copyReader, type CopyReader, type CopyRow } from '../copy/reader.ts';
import type { CopySink, Outcome } from '../outcome.ts';
import { requirePrivilege, requireSchemaPrivilege } from '../support/access.ts';
import { describeObject, fullItemName } from '../support/names.ts';
import { findItem, isSystemItem, itemNamed, written } from '../support/resolve.ts';
import { byteSize } from '../variables/value.ts';
import type { Handler, RunScope } from './handler.ts';
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

/** A column to fill: what its text is read as. */
interface TargetColumn {
  readonly column: ColumnRecord;
  readonly type: ColumnType;
  /** Position in the data, or -1: filled from the default. */
  readonly source: number;
}

function copyFrom(node: Copy, scope: RunScope): Outcome {
  if (node.relation.kind !== 'table') throw planError('COPY FROM needs a table');
  if (node.target.kind !== 'stdin') throw unsupported('COPY FROM a location is');
  const { name, columns } = node.relation;
  const table = targetTable(name, scope);
  const targets = targetColumns(table, columns, scope);
  const format = copyFromFormat(node);
  const limit = byteSize(scope.services.systemVariable(scope.snapshot, 'max_copy_from_row_size'));
  const width = targets.filter((target) => target.source >= 0).length;
  const sink = new TableSink(scope, table, targets, copyReader(format, limit), width);
  return { kind: 'copyIn', columns: width, format, sink };
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

function targetColumns(table: TableItem, names: readonly string[], scope: RunScope): readonly TargetColumn[] {
  for (const name of names) {
    if (table.columns.some((column) => column.name === name)) continue;
    throw planError(`column "${name}" of relation "${fullItemName(scope.snapshot, table)}" does not exist`);
  }
  return table.columns.map((column, i) => ({
    column,
    type: columnTypeOf(scope.snapshot, column),
    source: names.length === 0 ? i : names.indexOf(column.name),
  }));
}

/** Gathers rows as they come, and hands them to the transaction at the end. */
class TableSink implements CopySink {
  readonly #scope: RunScope;
  readonly #table: TableItem;
  readonly #targets: readonly TargetColumn[];
  readonly #reader: CopyReader;
  readonly #width: number;
  readonly #defaults: readonly (string | null)[];
  readonly #rows: (readonly (string | null)[])[] = [];

  constructor(
    scope: RunScope,
    table: TableItem,
    targets: readonly TargetColumn[],
    reader: CopyReader,
    width: number,
  ) {
    this.#scope = scope;
    this.#table = table;
    this.#targets = targets;
    this.#reader = reader;
    this.#width = width;
    this.#defaults = targets.map((target) => defaultText(target, scope));
  }

  write(chunk: Uint8Array): void {
    this.#scope.interrupt.check();
    for (const row of this.#reader.push(chunk)) this.#add(row);
  }

  async finish(): Promise<string> {
    for (const row of this.#reader.finish()) this.#add(row);
    const { committer } = this.#scope.services;
    if (!committer.current().items.has(this.#table.id)) {
      throw planError(`COPY FROM's target table "${this.#table.name}" was dropped`);
    }
    await this.#scope.session.transactions.insert({ tableId: this.#table.id, rows: this.#rows });
    return `COPY ${this.#rows.length}`;
  }

  abort(): void {
    this.#rows.length = 0;
  }

  #add(row: CopyRow): void {
    if (row.length > this.#width) throw new SqlError('22P04', 'extra data after last expected column');
    if (row.length < this.#width) throw new SqlError('22P04', 'missing data for column');
    this.#rows.push(this.#targets.map((target, i) => this.#value(target, i, row)));
  }

  #value({ column, type, source }: TargetColumn, index: number, row: CopyRow): string | null {
    const text = source < 0 ? (this.#defaults[index] ?? null) : (row[source] ?? null);
    if (text === null) {
      if (column.nullable) return null;
      throw new SqlError('23502', `null value in column "${column.name}" violates not-null constraint`);
    }
    // Read and written again, so that what is stored is the canonical form and bad input is refused here.
    return source < 0 ? text : textEncoder(type.type)(decodeText(type.type, text, type.typmod));
  }
}

function defaultText({ column, type, source }: TargetColumn, scope: RunScope): string | null {
  if (source >= 0 || column.defaultSql === undefined) return null;
  const bound = bindScalar(parseExpression(column.defaultSql), scope.sql, {
    name: 'DEFAULT',
    target: type.type,
    context: 'assignment',
  });
  const value = bound.evaluate();
  return value === null ? null : textEncoder(type.type)(value);
}
