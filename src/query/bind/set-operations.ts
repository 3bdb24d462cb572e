/** UNION, INTERSECT, EXCEPT: branches brought to common column types, ordered by the names of their columns. */
import type { SelectStmt } from '@pgsql/types';
import { planError } from '../../errors.ts';
import { commonType, commonTypeError } from '../../types/coercion.ts';
import { TEXT, UNKNOWN } from '../../types/registry.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { Expr } from '../expr.ts';
import type { RowNode, SetOperation } from '../plan/nodes.ts';
import { variable } from './build.ts';
import { coerce } from './coerce.ts';
import type { Level } from './level.ts';
import { bindOrder, sortRows } from './order.ts';
import {
  bindSelect,
  limited,
  type ResultColumnInfo,
  type SelectOptions,
  type SelectResult,
} from './select.ts';
import type { Target } from './select-list.ts';
import { requireEquality } from './sort-keys.ts';

const OPERATIONS: Readonly<Record<string, SetOperation['op']>> = {
  SETOP_UNION: 'union',
  SETOP_INTERSECT: 'intersect',
  SETOP_EXCEPT: 'except',
};

export function bindSetOperation(level: Level, stmt: SelectStmt, options: SelectOptions): SelectResult {
  const op = OPERATIONS[stmt.op ?? ''] ?? 'union';
  const all = stmt.all === true;
  const left = bindSelect(level.beside(), stmt.larg!, { settle: false });
  const right = bindSelect(level.beside(), stmt.rarg!, { settle: false });
  const word = op.toUpperCase();
  if (left.columns.length !== right.columns.length) {
    throw planError(
      `each ${word} query must have the same number of columns: ${left.columns.length} vs ${right.columns.length}`,
    );
  }
  const columns = left.columns.map((column, i) =>
    unifiedColumn(column, right.columns[i]!, word, op, options),
  );
  if (!(op === 'union' && all)) for (const column of columns) requireEquality(column.type);
  let plan: RowNode = {
    kind: 'setOperation',
    op,
    all,
    left: converted(level, left, columns),
    right: converted(level, right, columns),
    types: columns.map((column) => column.type),
  };
  const targets = columns.map((column, i): Target => ({
    name: column.name,
    expr: variable(0, i, column.type, column.typmod, column.name),
  }));
  const order = bindSetOrder(level, stmt, targets);
  plan = sortRows(plan, order, targets);
  return { plan: limited(level, stmt, plan, order, targets), columns };
}

function unifiedColumn(
  left: ResultColumnInfo,
  right: ResultColumnInfo,
  word: string,
  op: SetOperation['op'],
  options: SelectOptions,
): ResultColumnInfo {
  const types = [left.type, right.type];
  const bothOpen = types.every((type) => type === UNKNOWN);
  const type = bothOpen ? (options.settle ? TEXT : UNKNOWN) : commonType(types);
  if (type === undefined) throw commonTypeError(word, types);
  const sameMod = left.type === right.type && left.typmod === right.typmod;
  const nullable =
    op === 'except'
      ? left.nullable
      : op === 'intersect'
        ? left.nullable && right.nullable
        : left.nullable || right.nullable;
  return { name: left.name, type, typmod: sameMod ? left.typmod : -1, nullable };
}

/** The branch's rows with its columns in other types. */
export function converted(
  level: Level,
  { plan, columns }: SelectResult,
  wanted: readonly { readonly type: SqlType; readonly typmod: number }[],
): RowNode {
  if (columns.every((column, i) => column.type === wanted[i]!.type)) return plan;
  const targets = columns.map((column, i) => convertedColumn(level, column, i, wanted[i]!.type));
  return { kind: 'convert', input: plan, targets };
}

function convertedColumn(level: Level, column: ResultColumnInfo, i: number, type: SqlType): Expr {
  if (column.open !== undefined && type !== UNKNOWN) {
    // The parameter's own value arrives in the type that it gets here.
    level.binding.parameters.infer(column.open, type);
    return variable(0, i, type, -1, column.name);
  }
  return coerce(
    level.binding,
    variable(0, i, column.type, column.typmod, column.name),
    type,
    -1,
    'implicit',
    'UNION',
  );
}

/** Only names and positions of the result's columns. */
function bindSetOrder(
  level: Level,
  stmt: SelectStmt,
  targets: readonly Target[],
): ReturnType<typeof bindOrder> {
  const width = targets.length;
  const extended = [...targets];
  const order = level.withItems([], () => bindOrder(level, stmt.sortClause ?? [], extended, 'ORDER BY'));
  if (extended.length > width) {
    throw planError('invalid UNION/INTERSECT/EXCEPT ORDER BY clause', {
      detail: 'Only result column names can be used, not expressions or functions.',
      hint: 'Add the expression/function to every SELECT, or move the UNION into a FROM clause.',
    });
  }
  return order;
}
