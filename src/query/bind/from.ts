/** FROM: relations, subqueries, functions and joins to frame nodes and the names they bring. */
import type { Alias, Node, RangeSubselect } from '@pgsql/types';
import { planError, unsupported } from '../../errors.ts';
import { recordOf } from '../../types/registry.ts';
import type { ColumnType } from '../../types/sql-type.ts';
import type { Expr } from '../expr.ts';
import { slotsOf } from '../expr-walk.ts';
import type { FrameNode, RowNode } from '../plan/nodes.ts';
import { nodeKind, stringsOf } from './ast.ts';
import { variable } from './build.ts';
import { locationOf } from './places.ts';
import { bindJoin, crossJoin } from './joins.ts';
import type { Level, ScopeItem } from './level.ts';
import { bindRangeFunction } from './range-functions.ts';
import { bindRangeVar } from './relations.ts';
import { bindSelect } from './select.ts';
import { bindShow } from './show.ts';

/** One item of FROM. */
export interface FromItem {
  readonly node: FrameNode;
  /** Names it brings, in order. */
  readonly items: readonly ScopeItem[];
  /** Slots it fills. */
  readonly slots: readonly number[];
  /** Slots of items to its left that it reads (LATERAL). */
  readonly needs: ReadonlySet<number>;
}

export interface SourceColumn extends ColumnType {
  readonly name: string;
  readonly nullable: boolean;
}

/** The whole FROM clause; its names are in scope afterwards. */
export function bindFrom(level: Level, nodes: readonly Node[]): FrameNode {
  let all: FromItem | null = null;
  for (const node of nodes) {
    const left = all === null ? [] : all.items;
    const item = bindFromItem(level, node, left);
    checkNames(left, item.items);
    all = all === null ? item : crossJoin(all, item);
  }
  level.items = all === null ? [] : all.items;
  return all === null ? { kind: 'one' } : all.node;
}

/** An item; `lateral` are the items that LATERAL ones may read. */
export function bindFromItem(level: Level, node: Node, lateral: readonly ScopeItem[]): FromItem {
  return level.binding.nested(() => {
    if ('RangeVar' in node) return bindRangeVar(level, node.RangeVar);
    if ('RangeSubselect' in node) return bindRangeSubselect(level, node.RangeSubselect, lateral);
    if ('JoinExpr' in node) return bindJoin(level, node.JoinExpr, lateral);
    if ('RangeFunction' in node) return bindRangeFunction(level, node.RangeFunction, lateral);
    throw unsupported(FEATURES[nodeKind(node)] ?? 'this kind of FROM item');
  }, locationOf(node));
}

const FEATURES: Readonly<Record<string, string>> = {
  RangeTableSample: 'TABLESAMPLE',
  RangeTableFunc: 'XMLTABLE',
  JsonTable: 'JSON_TABLE',
};

function bindRangeSubselect(level: Level, node: RangeSubselect, lateral: readonly ScopeItem[]): FromItem {
  const { subquery, alias } = node;
  if (subquery === undefined || !('SelectStmt' in subquery)) throw planError('a subquery must be a SELECT');
  return level.withItems(node.lateral === true ? lateral : [], () => {
    const shown = bindShow(level, subquery.SelectStmt);
    if (shown !== null) return subqueryItem(level, { ...shown, alias });
    const inner = level.inner();
    const { plan, columns } = bindSelect(inner, subquery.SelectStmt, { settle: true });
    return subqueryItem(level, { plan, columns, args: inner.args.exprs, alias });
  });
}

/** A query as an item of FROM. `name` is what it goes by when it has no alias. */
export function subqueryItem(
  level: Level,
  query: {
    readonly plan: RowNode;
    readonly columns: readonly SourceColumn[];
    readonly args: readonly Expr[];
    readonly alias: Alias | undefined;
    readonly name?: string;
    readonly qualifier?: ScopeItem['qualifier'];
  },
): FromItem {
  const slot = level.newSlot();
  const { plan, args, alias, name, qualifier } = query;
  const columns = renamed(query.columns, alias, name ?? alias?.aliasname ?? 'subquery');
  const item = relationItem(
    level,
    slot,
    columns,
    alias?.aliasname ?? name ?? null,
    alias === undefined ? (qualifier ?? null) : null,
  );
  const node: FrameNode = {
    kind: 'subquery',
    slot,
    query: plan,
    args,
    filter: null,
    alias: alias?.aliasname ?? name ?? '',
  };
  return { node, items: [item], slots: [slot], needs: slotsIn(args) };
}

/** Columns with the names that an alias gives them: `t(a, b)`. */
export function renamed<C extends { readonly name: string }>(
  columns: readonly C[],
  alias: Alias | undefined,
  name: string,
): readonly C[] {
  const names = stringsOf(alias?.colnames);
  if (names.length > columns.length) {
    throw planError(`${name} has ${columns.length} columns available but ${names.length} columns specified`);
  }
  return names.length === 0
    ? columns
    : columns.map((column, i) => ({ ...column, name: names[i] ?? column.name }));
}

/** The names of a relation whose rows are in `slot`. */
export function relationItem(
  level: Level,
  slot: number,
  columns: readonly SourceColumn[],
  name: string | null,
  qualifier: ScopeItem['qualifier'],
): ScopeItem {
  level.notNull.set(
    slot,
    columns.map((column) => !column.nullable),
  );
  return {
    name,
    qualifier,
    columns: columns.map((column, col) => ({
      name: column.name,
      expr: variable(
        slot,
        col,
        column.type,
        column.typmod,
        name === null ? column.name : `${name}.${column.name}`,
      ),
    })),
    relationVisible: name !== null,
    columnsVisible: true,
    wholeRow: () => ({
      kind: 'wholeRow',
      slot,
      width: columns.length,
      type: recordOf(columns.map((column) => ({ name: column.name, type: column.type }))),
      typmod: -1,
    }),
  };
}

/** Slots that any of the expressions reads. */
export function slotsIn(exprs: readonly Expr[]): ReadonlySet<number> {
  const slots = new Set<number>();
  for (const expr of exprs) slotsOf(expr, slots);
  return slots;
}

/** Two items of one FROM must not share a name, unless their qualifiers tell them apart. */
export function checkNames(left: readonly ScopeItem[], right: readonly ScopeItem[]): void {
  for (const a of left) {
    if (!a.relationVisible) continue;
    for (const b of right) {
      if (!b.relationVisible || a.name !== b.name) continue;
      const apart = a.qualifier !== null && b.qualifier !== null && a.qualifier.schema !== b.qualifier.schema;
      if (!apart) throw planError(`table name "${b.name ?? ''}" specified more than once`);
    }
  }
}
