/** INSERT, UPDATE and DELETE to bound writes. */
import type { DeleteStmt, RangeVar, UpdateStmt } from '@pgsql/types';
import type { TableItem } from '../catalog/records.ts';
import { planError } from '../errors.ts';
import type { Delete, Insert, Update } from '../sql/nodes.ts';
import type { PgSource } from '../sql/postgres.ts';
import { Binding, ParameterTypes } from './bind/binding.ts';
import { bindInsertSource, insertTargets } from './bind/insert.ts';
import { Level, QueryArguments } from './bind/level.ts';
import { checkOnConflict } from './bind/on-conflict.ts';
import { findRelation, fullName } from './bind/resolve.ts';
import { bindReturning } from './bind/returning.ts';
import { tableColumns, type TableColumn } from './bind/table-columns.ts';
import { bindDeleteSource, bindUpdateSource, changedRows, type ChangedRows } from './bind/update.ts';
import { bindWith } from './bind/with.ts';
import type { BoundWrite, Returning } from './plan.ts';
import type { CtePlan, RowNode } from './plan/nodes.ts';
import type { SessionContext } from './session-context.ts';

export interface WriteOptions {
  /** Types of parameters as the client gave them; 0 means to infer. */
  readonly parameterTypes: readonly number[];
}

interface Writing {
  readonly binding: Binding;
  readonly level: Level;
  readonly table: TableItem;
  readonly columns: readonly TableColumn[];
}

function begin(
  session: SessionContext,
  options: WriteOptions,
  source: PgSource,
  relation: RangeVar | undefined,
  verb: string,
): Writing {
  const binding = new Binding(session, ParameterTypes.of(options.parameterTypes, session), source);
  const level = new Level(binding, new QueryArguments(null), null);
  const table = binding.at(relation?.location, () => writableTable(session, relation ?? {}, verb));
  return { binding, level, table, columns: tableColumns(session, table) };
}

/** The table a write goes to. Throws `cannot <verb> <kind> '<name>'` for anything that is no table of a user. */
function writableTable(session: SessionContext, relation: RangeVar, verb: string): TableItem {
  const found = findRelation(session, relation);
  if (found.kind === 'system') {
    const { schema, name, kind } = found.relation;
    const word = kind === 'table' || kind === 'source' ? 'system table' : kind.replaceAll('-', ' ');
    throw planError(`cannot ${verb} ${word} '${schema}.${name}'`);
  }
  const { item } = found;
  if (item.kind === 'table' && item.sourceId === undefined) return item;
  const word = item.kind === 'table' ? 'non-writeable table' : item.kind.replaceAll('-', ' ');
  throw planError(`cannot ${verb} ${word} '${fullName(session, item)}'`);
}

function finish(
  kind: BoundWrite['kind'],
  { binding, table, columns }: Writing,
  source: RowNode,
  returning: Returning | null,
): BoundWrite {
  return {
    kind,
    tableId: table.id,
    source,
    width: columns.length,
    returning,
    parameters: binding.parameters.settled(),
    relations: binding.uses,
  };
}

/** Binds an INSERT: rows in order of the table's columns, defaults filled in, values cast by assignment. */
export function bindInsert(node: Insert, session: SessionContext, options: WriteOptions): BoundWrite {
  const { ast } = node;
  const writing = begin(session, options, node.source, ast.relation, 'insert into');
  const { level, table, columns } = writing;
  if (ast.onConflictClause !== undefined) checkOnConflict(table, columns, ast.onConflictClause);
  const ctes = bindWith(level, ast.withClause);
  const targets = insertTargets(table, columns, ast.cols, writing.binding);
  const source = withCtes(ctes, bindInsertSource(level, columns, targets, ast.selectStmt));
  const name = calledName(writing, ast.relation);
  const { returning } = bindReturning(writing.binding, columns, name, ast.returningClause?.exprs);
  return finish('insert', writing, source, returning);
}

/** The name that a statement's own table goes by. */
function calledName({ table }: Writing, relation: RangeVar | undefined): string {
  return relation?.alias?.aliasname ?? table.name;
}

/** Binds an UPDATE: row ids and whole new rows. */
export function bindUpdate(node: Update, session: SessionContext, options: WriteOptions): BoundWrite {
  return bindChange('update', node.ast, bindUpdateSource, node.source, session, options);
}

/** Binds a DELETE: row ids and whole old rows. */
export function bindDelete(node: Delete, session: SessionContext, options: WriteOptions): BoundWrite {
  return bindChange('delete', node.ast, bindDeleteSource, node.source, session, options);
}

function bindChange<Ast extends UpdateStmt | DeleteStmt>(
  kind: 'update' | 'delete',
  ast: Ast,
  bindSource: (level: Level, table: TableItem, columns: readonly TableColumn[], ast: Ast) => ChangedRows,
  source: PgSource,
  session: SessionContext,
  options: WriteOptions,
): BoundWrite {
  const writing = begin(session, options, source, ast.relation, 'mutate');
  const { binding, level, table, columns } = writing;
  const ctes = bindWith(level, ast.withClause);
  const changed = bindSource(level, table, columns, ast);
  const name = calledName(writing, ast.relation);
  const { returning, extras } = bindReturning(
    binding,
    columns,
    name,
    ast.returningClause?.exprs,
    changed.others,
  );
  return finish(kind, writing, withCtes(ctes, changedRows(level, changed, extras)), returning);
}

function withCtes(ctes: readonly CtePlan[], body: RowNode): RowNode {
  return ctes.length === 0 ? body : { kind: 'with', ctes, body };
}
