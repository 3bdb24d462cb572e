/** INSERT, UPDATE and DELETE to bound writes. */
import type { Node, RangeVar } from '@pgsql/types';
import type { TableItem } from '../catalog/records.ts';
import { planError, unsupported } from '../errors.ts';
import type { Delete, Insert, Update } from '../sql/nodes.ts';
import type { PgSource } from '../sql/postgres.ts';
import { Binding, ParameterTypes } from './bind/binding.ts';
import { settleUnknown } from './bind/coerce.ts';
import { bindInsertSource, insertTargets } from './bind/insert.ts';
import { relationItem } from './bind/from.ts';
import { clause, Level, QueryArguments } from './bind/level.ts';
import { findRelation, fullName } from './bind/resolve.ts';
import { bindTargets } from './bind/select-list.ts';
import { tableColumns, type TableColumn } from './bind/table-columns.ts';
import { bindDeleteSource, bindUpdateSource } from './bind/update.ts';
import { bindWith } from './bind/with.ts';
import type { BoundWrite, Returning } from './plan.ts';
import type { RowNode } from './plan/nodes.ts';
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
  const table = writableTable(session, relation ?? {}, verb);
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
  if (ast.onConflictClause !== undefined) throw unsupported('ON CONFLICT');
  if (ast.override !== undefined && ast.override !== 'OVERRIDING_NOT_SET') throw unsupported('OVERRIDING');
  const writing = begin(session, options, node.source, ast.relation, 'insert into');
  const { level, table, columns } = writing;
  const ctes = bindWith(level, ast.withClause);
  const targets = insertTargets(table, columns, ast.cols);
  const plain = bindInsertSource(level, columns, targets, ast.selectStmt);
  const source: RowNode = ctes.length === 0 ? plain : { kind: 'with', ctes, body: plain };
  const name = ast.relation?.alias?.aliasname ?? table.name;
  return finish('insert', writing, source, bindReturning(writing, name, ast.returningClause?.exprs));
}

/** RETURNING over the written row, in slot 0. */
function bindReturning(
  { binding, columns }: Writing,
  name: string,
  nodes: readonly Node[] | undefined,
): Returning | null {
  if (nodes === undefined) return null;
  const level = new Level(binding, new QueryArguments(null), null);
  level.items = [relationItem(level, level.newSlot(), columns, name, null)];
  const targets = level.within(clause('RETURNING clause'), () => bindTargets(level, nodes));
  const exprs = targets.map((target) => settleUnknown(binding, target.expr));
  return {
    columns: targets.map((target, i) => ({
      name: target.name,
      type: exprs[i]!.type,
      typmod: exprs[i]!.typmod,
    })),
    exprs,
  };
}

/** Binds an UPDATE: row ids and whole new rows. */
export function bindUpdate(node: Update, session: SessionContext, options: WriteOptions): BoundWrite {
  const { ast } = node;
  if (ast.returningClause !== undefined) throw unsupported('RETURNING in UPDATE');
  if (ast.fromClause !== undefined) throw unsupported('UPDATE ... FROM');
  const writing = begin(session, options, node.source, ast.relation, 'mutate');
  const ctes = bindWith(writing.level, ast.withClause);
  const plain = bindUpdateSource(writing.level, writing.table, writing.columns, ast);
  const source: RowNode = ctes.length === 0 ? plain : { kind: 'with', ctes, body: plain };
  return finish('update', writing, source, null);
}

/** Binds a DELETE: row ids and whole old rows. */
export function bindDelete(node: Delete, session: SessionContext, options: WriteOptions): BoundWrite {
  const { ast } = node;
  if (ast.returningClause !== undefined) throw unsupported('RETURNING in DELETE');
  const writing = begin(session, options, node.source, ast.relation, 'mutate');
  const ctes = bindWith(writing.level, ast.withClause);
  const plain = bindDeleteSource(writing.level, writing.table, ast);
  const source: RowNode = ctes.length === 0 ? plain : { kind: 'with', ctes, body: plain };
  return finish('delete', writing, source, null);
}
