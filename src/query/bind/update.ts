/** Rows that UPDATE and DELETE change. */
import type { DeleteStmt, Node, RangeVar, UpdateStmt } from '@pgsql/types';
import type { TableItem } from '../../catalog/records.ts';
import { planError, unsupported } from '../../errors.ts';
import { INT8 } from '../../types/registry.ts';
import type { Expr } from '../expr.ts';
import type { FrameNode, RowNode, Scan } from '../plan/nodes.ts';
import { variable } from './build.ts';
import { filtered } from './conditions.ts';
import { bindExpr } from './expressions.ts';
import { bindFrom, checkNames, type FromItem } from './from.ts';
import { crossJoin } from './joins.ts';
import { clause, type Level, type ScopeItem } from './level.ts';
import { scanItem, userScan } from './relations.ts';
import { recordSublink } from './sublinks.ts';
import { assigned, defaultValue, type TableColumn } from './table-columns.ts';

/** Rows to change: which, what they become (or were), and what else the statement read them with. */
export interface ChangedRows {
  /** The table that is changed. */
  readonly scan: FromItem;
  /** Frames of the rows that meet the condition. */
  readonly node: FrameNode;
  /** Values for all of the table's columns. */
  readonly row: readonly Expr[];
  /** Names of FROM or USING. */
  readonly others: readonly ScopeItem[];
}

/** The table's rows, each with its id behind its columns. */
function targetScan(level: Level, table: TableItem, relation: RangeVar): FromItem {
  level.binding.addUse(table.id, 'item');
  const item = scanItem(level, userScan(level, table), relation.alias, table.name);
  const node: Scan = { ...(item.node as Scan), hidden: ['rowId'] };
  return { ...item, node };
}

/** The table together with FROM or USING; all their names are in scope afterwards. */
function joined(level: Level, scan: FromItem, nodes: readonly Node[]): Pick<ChangedRows, 'node' | 'others'> {
  if (nodes.length === 0) {
    level.items = scan.items;
    return { node: scan.node, others: [] };
  }
  const from = bindFrom(level, nodes);
  const others = level.items;
  checkNames(scan.items, others);
  const [own] = scan.slots;
  const slots = Array.from({ length: level.slotCount }, (_, slot) => slot).filter((slot) => slot !== own);
  const all = crossJoin(scan, { node: from, items: others, slots, needs: new Set() });
  level.items = all.items;
  return { node: all.node, others };
}

/** Rows as a {@link BoundWrite} wants them: the row's id, its values, then `extras`. */
export function changedRows(
  level: Level,
  { scan, node, row }: ChangedRows,
  extras: readonly Expr[],
): RowNode {
  const rowId = variable(scan.slots[0]!, row.length, INT8, -1, 'row id');
  return { kind: 'project', input: node, slots: level.slotCount, targets: [rowId, ...row, ...extras] };
}

function currentValues(scan: FromItem, columns: readonly TableColumn[]): Expr[] {
  return columns.map((column, i) => variable(scan.slots[0]!, i, column.type, column.typmod, column.name));
}

/** UPDATE t SET ... [FROM ...]: rows of the table that meet the condition, as they become. */
export function bindUpdateSource(
  level: Level,
  table: TableItem,
  columns: readonly TableColumn[],
  ast: UpdateStmt,
): ChangedRows {
  const scan = targetScan(level, table, ast.relation ?? {});
  const { node, others } = joined(level, scan, ast.fromClause ?? []);
  const row = currentValues(scan, columns);
  const set = new Set<number>();
  const sources = new Map<Node, readonly Expr[]>();
  for (const target of ast.targetList ?? []) {
    if (!('ResTarget' in target)) continue;
    const { name = '', indirection, val, location } = target.ResTarget;
    level.binding.at(location, () => {
      const position = columns.findIndex((column) => column.name === name);
      if (position < 0) throw planError(`column "${name}" of relation "${table.name}" does not exist`);
      if (indirection !== undefined) throw unsupported('UPDATE of parts of a column');
      if (set.has(position)) throw planError(`column ${name} set twice`);
      set.add(position);
      row[position] = newValue(level, columns[position]!, val!, sources);
    });
  }
  return { scan, node: filtered(level, node, ast.whereClause), row, others };
}

function newValue(level: Level, column: TableColumn, node: Node, sources: Map<Node, readonly Expr[]>): Expr {
  if ('SetToDefault' in node) return defaultValue(level, column);
  const value = level.within(clause('UPDATE'), () => {
    if (!('MultiAssignRef' in node)) return bindExpr(level, node);
    const { source, colno = 1, ncolumns = 1 } = node.MultiAssignRef;
    const values = rowSource(level, source!, sources);
    if (values.length !== ncolumns) {
      throw planError('number of columns does not match number of values');
    }
    return values[colno - 1]!;
  });
  return assigned(level, value, column);
}

/** Values of `(a, b) = (...)`: a row or a query. */
function rowSource(level: Level, source: Node, sources: Map<Node, readonly Expr[]>): readonly Expr[] {
  const known = sources.get(source);
  if (known !== undefined) return known;
  let values: readonly Expr[];
  if ('SubLink' in source) {
    const record = recordSublink(level, source.SubLink.subselect);
    values = (record.type.fields ?? []).map(({ type }, index) => ({
      kind: 'field',
      arg: record,
      index,
      type,
      typmod: -1,
    }));
  } else {
    const bound = bindExpr(level, source);
    values = bound.kind === 'row' ? bound.args : [bound];
  }
  sources.set(source, values);
  return values;
}

/** DELETE FROM t [USING ...]: rows of the table that meet the condition. */
export function bindDeleteSource(
  level: Level,
  table: TableItem,
  columns: readonly TableColumn[],
  ast: DeleteStmt,
): ChangedRows {
  const scan = targetScan(level, table, ast.relation ?? {});
  const { node, others } = joined(level, scan, ast.usingClause ?? []);
  return {
    scan,
    node: filtered(level, node, ast.whereClause),
    row: currentValues(scan, columns),
    others,
  };
}
