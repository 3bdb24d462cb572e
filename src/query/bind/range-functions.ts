/** Functions in FROM: one or several side by side (ROWS FROM, unnest of several arrays), WITH ORDINALITY, column lists. */
import type { ColumnDef, FuncCall, Node, RangeFunction } from '@pgsql/types';
import { planError, SqlError } from '../../errors.ts';
import { INT8, recordOf } from '../../types/registry.ts';
import type { ColumnType, SqlType } from '../../types/sql-type.ts';
import type { Expr } from '../expr.ts';
import { some } from '../expr-walk.ts';
import type { FrameNode, FunctionCall } from '../plan/nodes.ts';
import { listItems, stringsOf } from './ast.ts';
import { settleUnknown } from './coerce.ts';
import { figureColumnName } from './column-name.ts';
import { bindExpr } from './expressions.ts';
import { relationItem, renamed, slotsIn, type FromItem, type SourceColumn } from './from.ts';
import { clause, type Level, type ScopeItem } from './level.ts';
import { bindTypeName } from './types.ts';

interface BoundFunction {
  readonly call: FunctionCall;
  readonly columns: readonly SourceColumn[];
  /** One column that is the function's own value, not a field of its rows. */
  readonly scalar: boolean;
}

export function bindRangeFunction(
  level: Level,
  node: RangeFunction,
  lateral: readonly ScopeItem[],
): FromItem {
  const { alias } = node;
  const entries = (node.functions ?? []).map(listItems);
  const lists = entries.map(([, columns]) => definitions(level, columns));
  const whole = definitions(level, { List: { items: node.coldeflist ?? [] } });
  const functions = level.withItems(lateral, () =>
    level.within(clause('FROM clause', { sets: true }), () =>
      entries.flatMap(([expr], i) => bindFunctions(level, expr!, whole.length > 0 ? whole : lists[i]!)),
    ),
  );
  const slot = level.newSlot();
  const [first] = functions;
  const name = alias?.aliasname ?? (first === undefined ? '' : functionName(entries[0]![0]!));
  const all = functions.flatMap((fn) => fn.columns);
  // A lone value goes by the name of the relation.
  const own =
    functions.length === 1 && first?.scalar === true && alias !== undefined
      ? all.map((column) => ({ ...column, name }))
      : all;
  const withOrdinality: readonly SourceColumn[] =
    node.ordinality === true
      ? [...own, { name: 'ordinality', type: INT8, typmod: -1, nullable: false }]
      : own;
  const columns = renamed(withOrdinality, alias, name);
  const frame: FrameNode = {
    kind: 'function',
    slot,
    calls: functions.map((fn) => fn.call),
    ordinality: node.ordinality === true,
    filter: null,
    alias: name,
  };
  const item = relationItem(level, slot, columns, name, null);
  const isValue = functions.length === 1 && first?.scalar === true && node.ordinality !== true;
  const scope = isValue ? { ...item, wholeRow: () => item.columns[0]!.expr } : item;
  const needs = slotsIn(
    functions.flatMap(({ call }) => [...call.args, ...(call.scalar === null ? [] : [call.scalar])]),
  );
  return { node: frame, items: [scope], slots: [slot], needs };
}

/** Columns of a column definition list: `AS (a int, b text)`. */
function definitions(
  level: Level,
  list: Node | undefined,
): readonly (ColumnType & { readonly name: string })[] {
  const { binding } = level;
  const names = new Set<string>();
  return listItems(list).flatMap((item) => {
    if (!('ColumnDef' in item)) return [];
    const { colname: name = '', typeName = {} }: ColumnDef = item.ColumnDef;
    if (names.has(name)) throw new SqlError('42701', `column name "${name}" specified more than once`);
    names.add(name);
    return [{ name, ...binding.at(typeName.location, () => bindTypeName(binding.session, typeName)) }];
  });
}

function functionName(node: Node): string {
  if ('FuncCall' in node) return stringsOf(node.FuncCall.funcname).at(-1) ?? '';
  return figureColumnName(node) ?? 'function';
}

/** The function, or several where `unnest(a, b)` stands for one call for each array. */
function bindFunctions(
  level: Level,
  node: Node,
  defined: readonly (ColumnType & { readonly name: string })[],
): readonly BoundFunction[] {
  const call = 'FuncCall' in node ? node.FuncCall : undefined;
  const args = call?.args ?? [];
  if (call !== undefined && args.length > 1 && stringsOf(call.funcname).at(-1) === 'unnest') {
    return args.map((arg) => bindOne(level, { FuncCall: { ...call, args: [arg] } as FuncCall }, defined));
  }
  return [bindOne(level, node, defined)];
}

function bindOne(
  level: Level,
  node: Node,
  defined: readonly (ColumnType & { readonly name: string })[],
): BoundFunction {
  const expr = settleUnknown(level.binding, bindExpr(level, node));
  const name = functionName(node);
  if (expr.kind === 'set') {
    if (expr.args.some((arg) => holdsSet(arg))) {
      throw planError('set-returning functions must appear at top level of FROM');
    }
    return setFunction(expr, name, defined);
  }
  if (holdsSet(expr)) throw planError('set-returning functions must appear at top level of FROM');
  return scalarFunction(expr, name, defined);
}

function holdsSet(expr: Expr): boolean {
  return some(expr, (part) => part.kind === 'set');
}

function setFunction(
  expr: Extract<Expr, { kind: 'set' }>,
  name: string,
  defined: readonly (ColumnType & { readonly name: string })[],
): BoundFunction {
  const { fn, args, types } = expr;
  const own = fn.columns(types.args);
  const [only] = own;
  if (own.length === 1 && only?.type.kind === 'record') {
    const { fields } = only.type;
    const columns = fields === undefined ? requireDefinitions(defined) : recordColumns(fields, defined);
    const result = recordOf(columns);
    return {
      call: { fn, scalar: null, args, types: { ...types, result }, width: columns.length, unpack: true },
      columns: columns.map((column) => ({ ...column, nullable: true })),
      scalar: false,
    };
  }
  refuseDefinitions(defined);
  return {
    call: { fn, scalar: null, args, types, width: own.length, unpack: false },
    columns: own.map((column) => ({ name: column.name, type: column.type, typmod: -1, nullable: true })),
    // OUT parameters keep their names; a plain set of values is named after the function.
    scalar: own.length === 1 && only?.name === name,
  };
}

function scalarFunction(
  expr: Expr,
  name: string,
  defined: readonly (ColumnType & { readonly name: string })[],
): BoundFunction {
  const base = { fn: null, args: [], types: { args: [], typmods: [], result: expr.type } };
  if (expr.type.kind === 'record') {
    const fields = expr.type.fields;
    const columns = fields === undefined ? requireDefinitions(defined) : recordColumns(fields, defined);
    const typed = retyped(expr, recordOf(columns));
    return {
      call: {
        ...base,
        scalar: typed,
        types: { ...base.types, result: typed.type },
        width: columns.length,
        unpack: true,
      },
      columns: columns.map((column) => ({ ...column, nullable: true })),
      scalar: false,
    };
  }
  refuseDefinitions(defined);
  return {
    call: { ...base, scalar: expr, width: 1, unpack: false },
    columns: [{ name, type: expr.type, typmod: expr.typmod, nullable: true }],
    scalar: true,
  };
}

/** A function that answers any record is told what the query expects of it. */
function retyped(expr: Expr, type: SqlType): Expr {
  return expr.kind === 'call' ? { ...expr, types: { ...expr.types, result: type }, type } : expr;
}

function recordColumns(
  fields: NonNullable<SqlType['fields']>,
  defined: readonly (ColumnType & { readonly name: string })[],
): readonly (ColumnType & { readonly name: string })[] {
  refuseDefinitions(defined);
  return fields.map(({ name, type }) => ({ name, type, typmod: -1 }));
}

function requireDefinitions<T>(defined: readonly T[]): readonly T[] {
  if (defined.length > 0) return defined;
  throw planError('a column definition list is required for functions returning "record"');
}

function refuseDefinitions(defined: readonly unknown[]): void {
  if (defined.length > 0) {
    throw planError('a column definition list is only allowed for functions returning "record"');
  }
}
