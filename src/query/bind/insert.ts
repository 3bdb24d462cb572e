/** Where an INSERT's rows come from. */
import type { Node, ResTarget, SelectStmt } from '@pgsql/types';
import type { TableItem } from '../../catalog/records.ts';
import { planError, unsupported } from '../../errors.ts';
import type { Expr } from '../expr.ts';
import type { RowNode } from '../plan/nodes.ts';
import { listItems } from './ast.ts';
import type { Binding } from './binding.ts';
import { variable } from './build.ts';
import { bindExpr } from './expressions.ts';
import type { Level } from './level.ts';
import { bindSelect, type ResultColumnInfo } from './select.ts';
import { assigned, defaultValue, type TableColumn } from './table-columns.ts';
import { VALUES_CLAUSE } from './values.ts';

/** Positions of the columns that the statement names, in its order; all of them when it names none. */
export function insertTargets(
  table: TableItem,
  columns: readonly TableColumn[],
  names: readonly Node[] | undefined,
  binding: Binding,
): readonly number[] {
  if (names === undefined) return columns.map((_, i) => i);
  const positions: number[] = [];
  for (const node of names) {
    if (!('ResTarget' in node)) continue;
    binding.at(node.ResTarget.location, () =>
      positions.push(insertTarget(table, columns, positions, node.ResTarget)),
    );
  }
  return positions;
}

function insertTarget(
  table: TableItem,
  columns: readonly TableColumn[],
  taken: readonly number[],
  { name = '', indirection }: ResTarget,
): number {
  const position = columns.findIndex((column) => column.name === name);
  if (position < 0) throw planError(`column "${name}" of relation "${table.name}" does not exist`);
  if (indirection !== undefined) throw unsupported('INSERT into parts of a column');
  if (taken.includes(position)) throw planError(`column "${name}" specified more than once`);
  return position;
}

/** Whole rows of the table. */
export function bindInsertSource(
  level: Level,
  columns: readonly TableColumn[],
  targets: readonly number[],
  query: Node | undefined,
): RowNode {
  if (query === undefined) {
    return {
      kind: 'values',
      width: columns.length,
      rows: [columns.map((column) => defaultValue(level, column))],
    };
  }
  if (!('SelectStmt' in query)) throw unsupported('this kind of INSERT source');
  const select = query.SelectStmt;
  return isPlainValues(select)
    ? valuesRows(level, columns, targets, select)
    : queryRows(level, columns, targets, select);
}

/** VALUES and nothing else: each value goes to its column by itself, and may be DEFAULT. */
function isPlainValues(select: SelectStmt): boolean {
  const { valuesLists, sortClause, limitCount, limitOffset, withClause } = select;
  return (
    valuesLists !== undefined &&
    sortClause === undefined &&
    limitCount === undefined &&
    limitOffset === undefined &&
    withClause === undefined
  );
}

function checkCount(given: number, targets: readonly number[], named: number): void {
  if (given > targets.length) throw planError('INSERT has more expressions than target columns');
  if (given < targets.length && targets.length < named) {
    throw planError('INSERT has more target columns than expressions');
  }
}

function valuesRows(
  level: Level,
  columns: readonly TableColumn[],
  targets: readonly number[],
  select: SelectStmt,
): RowNode {
  const lists = (select.valuesLists ?? []).map(listItems);
  const width = lists[0]?.length ?? 0;
  if (lists.some((list) => list.length !== width))
    throw planError('VALUES lists must all be the same length');
  checkCount(width, targets, columns.length);
  if (width < targets.length && targets.length !== columns.length) {
    throw planError('INSERT has more target columns than expressions');
  }
  const rows = lists.map((list) =>
    columns.map((column, position): Expr => {
      const at = targets.indexOf(position);
      const node = at < 0 ? undefined : list[at];
      if (node === undefined || 'SetToDefault' in node) return defaultValue(level, column);
      return assigned(level, bindValue(level, node), column);
    }),
  );
  return { kind: 'values', width: columns.length, rows };
}

function bindValue(level: Level, node: Node): Expr {
  return level.withItems([], () => level.within(VALUES_CLAUSE, () => bindExpr(level, node)));
}

function queryRows(
  level: Level,
  columns: readonly TableColumn[],
  targets: readonly number[],
  select: SelectStmt,
): RowNode {
  const inner = level.beside();
  const { plan, columns: given } = bindSelect(inner, select, { settle: false });
  checkCount(given.length, targets, columns.length);
  const values = columns.map((column, position): Expr => {
    const at = targets.indexOf(position);
    const source = at < 0 ? undefined : given[at];
    return source === undefined
      ? defaultValue(level, column)
      : assigned(level, columnValue(level, source, at, column), column);
  });
  return { kind: 'convert', input: plan, targets: values };
}

/** A column of the query; an open parameter gets the type of the column it goes to. */
function columnValue(level: Level, source: ResultColumnInfo, at: number, column: TableColumn): Expr {
  if (source.open === undefined) return variable(0, at, source.type, source.typmod, source.name);
  level.binding.parameters.infer(source.open, column.type);
  return variable(0, at, column.type, -1, source.name);
}
