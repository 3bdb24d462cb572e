/** Arrays, lists, maps and records: how they are made and how their parts are reached. */
import type { A_ArrayExpr, A_Indices, A_Indirection, FuncCall, Node, RowExpr } from '@pgsql/types';
import { planError } from '../../errors.ts';
import { syntaxFunction } from '../../sql/extensions.ts';
import { arrayOf, INT4, INT8, JSONB, listOf, mapOf, recordOf, TEXT, UNKNOWN } from '../../types/registry.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { Expr, Subscript } from '../expr.ts';
import { stringOf } from './ast.ts';
import { integer } from './build.ts';
import { coerce, settleUnknown, unifiedType } from './coerce.ts';
import { referenceParts } from './columns.ts';
import { bindExpr } from './expressions.ts';
import type { Level } from './level.ts';
import { expandStar, fieldsOf } from './stars.ts';

/** `ARRAY[...]`; inner brackets are arrays of one dimension less. */
export function bindArray(level: Level, node: A_ArrayExpr): Expr {
  const elements = (node.elements ?? []).map((element) => bindExpr(level, element));
  if (elements.length === 0) {
    throw planError('cannot determine type of empty array', {
      hint: 'Explicitly cast to the desired type, for example ARRAY[]::integer[].',
    });
  }
  const element = unifiedType(elements, 'ARRAY');
  return makeArray(level, elements, element);
}

function makeArray(level: Level, elements: readonly Expr[], element: SqlType): Expr {
  const type = arrayOf(element);
  if (type === undefined) {
    throw planError(`could not find array type for data type ${element.displayName}`);
  }
  const args = elements.map((item) => coerce(level.binding, item, element, -1, 'implicit', 'ARRAY'));
  return { kind: 'array', args, nested: element.kind === 'array', type, typmod: -1 };
}

/**
 * The operand of a cast that takes its element type from the cast: `ARRAY[]::int[]`, `LIST[]::int list`. undefined for
 * every other operand.
 */
export function bindArrayAs(level: Level, node: Node, type: SqlType): Expr | undefined {
  const { element } = type;
  if (element === undefined) return undefined;
  if ('A_ArrayExpr' in node && type.kind === 'array') {
    return bindArrayOf(level, node.A_ArrayExpr, type, element);
  }
  if (!('FuncCall' in node)) return undefined;
  const syntax = syntaxFunction(node.FuncCall);
  const args = node.FuncCall.args ?? [];
  if (syntax === 'list' && type.kind === 'list') {
    const items = args.map((arg) => elementAs(level, arg, element, 'LIST'));
    return { kind: 'list', args: items, nested: element.kind === 'list', type, typmod: -1 };
  }
  if (syntax === 'map' && type.kind === 'map') {
    const entries = args.map((arg, i) => elementAs(level, arg, i % 2 === 0 ? TEXT : element, 'MAP'));
    return { kind: 'map', args: entries, nested: element.kind === 'map', type, typmod: -1 };
  }
  return undefined;
}

function bindArrayOf(level: Level, node: A_ArrayExpr, type: SqlType, element: SqlType): Expr {
  const nodes = node.elements ?? [];
  const nested = nodes.some((item) => 'A_ArrayExpr' in item);
  const args = nodes.map((item) => elementAs(level, item, nested ? type : element, 'CAST'));
  return { kind: 'array', args, nested, type, typmod: -1 };
}

function elementAs(level: Level, node: Node, type: SqlType, what: string): Expr {
  const bound = bindArrayAs(level, node, type) ?? bindExpr(level, node);
  return coerce(level.binding, bound, type, -1, 'explicit', what);
}

/** `LIST[...]` and `MAP[...]`, which arrive as calls of marked functions. */
export function bindConstructor(level: Level, kind: 'list' | 'map', call: FuncCall): Expr {
  const bound = (call.args ?? []).map((arg) => bindExpr(level, arg));
  const word = kind.toUpperCase();
  if (bound.length === 0) {
    throw planError(`cannot determine type of empty ${kind}`, {
      hint: `Explicitly cast the ${kind} to the desired type.`,
    });
  }
  const isKey = (i: number): boolean => kind === 'map' && i % 2 === 0;
  const element = unifiedType(
    bound.filter((_, i) => !isKey(i)),
    word,
  );
  const args = bound.map((arg, i) =>
    coerce(level.binding, arg, isKey(i) ? TEXT : element, -1, 'implicit', word),
  );
  const type = kind === 'list' ? listOf(element) : mapOf(element);
  return { kind, args, nested: element.kind === kind, type, typmod: -1 };
}

/** `ROW(...)` and `(a, b)`. */
export function bindRow(level: Level, node: RowExpr): Expr {
  const args = (node.args ?? []).flatMap((arg) => rowArguments(level, arg));
  const type = recordOf(args.map((arg, i) => ({ name: `f${i + 1}`, type: arg.type })));
  return { kind: 'row', args, type, typmod: -1 };
}

function rowArguments(level: Level, node: Node): readonly Expr[] {
  if ('ColumnRef' in node && referenceParts(node.ColumnRef).star) {
    return expandStar(level, node.ColumnRef).map((column) => column.expr);
  }
  return [bindExpr(level, node)];
}

/** `x.field`, `x[1]`, `x[1:2]`, in any order. */
export function bindIndirection(level: Level, node: A_Indirection): Expr {
  let value = bindExpr(level, node.arg!);
  const steps = node.indirection ?? [];
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    const field = stringOf(step);
    if (field !== null) {
      value = selectField(value, field);
      continue;
    }
    if ('A_Star' in step) throw planError('row expansion via "*" is not supported here');
    const run: A_Indices[] = [];
    for (; i < steps.length; i++) {
      const next = steps[i]!;
      if (!('A_Indices' in next)) break;
      run.push(next.A_Indices);
    }
    i--;
    value = bindSubscript(level, value, run);
  }
  return value;
}

/** A field of a record by name. */
export function selectField(arg: Expr, name: string): Expr {
  const fields = fieldsOf(arg);
  const index = fields.findIndex((field) => field.name === name);
  const field = fields[index];
  if (field === undefined) {
    throw planError(
      arg.type.kind === 'record'
        ? `could not identify column "${name}" in record data type`
        : `column notation .${name} applied to type ${arg.type.displayName}, which is not a composite type`,
    );
  }
  return { kind: 'field', arg, index, type: field.type, typmod: -1 };
}

function bindSubscript(level: Level, value: Expr, steps: readonly A_Indices[]): Expr {
  const slice = steps.some((step) => step.is_slice === true);
  const { type } = value;
  if (type === JSONB) {
    if (slice) throw planError('jsonb subscript does not support slices');
    return subscript(
      value,
      false,
      steps.map((step) => ({ lower: null, upper: jsonIndex(level, step.uidx!) })),
      JSONB,
    );
  }
  if (type.kind === 'map') {
    const [only] = steps;
    if (only === undefined || steps.length > 1 || slice)
      throw planError('cannot subscript a map more than once');
    const key = coerce(level.binding, bindExpr(level, only.uidx!), TEXT, -1, 'implicit', 'map subscript');
    return subscript(value, false, [{ lower: null, upper: key }], type.element!);
  }
  const { element } = type;
  if (element === undefined || type.kind === 'range') {
    throw planError(`cannot subscript type ${type.displayName}`);
  }
  const indexType = type.kind === 'list' ? INT8 : INT4;
  const bound = (node: Node | undefined): Expr | null =>
    node === undefined
      ? null
      : coerce(level.binding, bindExpr(level, node), indexType, -1, 'assignment', 'subscript');
  const indices = steps.map((step) => {
    if (step.is_slice === true) return { lower: bound(step.lidx), upper: bound(step.uidx) };
    // Among slices a lone index means from the first element to it.
    return {
      lower: slice ? coerce(level.binding, integer(1), indexType, -1, 'implicit', 'subscript') : null,
      upper: bound(step.uidx),
    };
  });
  if (slice) return subscript(value, true, indices, type);
  if (type.kind === 'list') return subscript(value, false, indices, elementAt(type, indices.length));
  return subscript(value, false, indices, element);
}

function subscript(arg: Expr, slice: boolean, indices: Subscript['indices'], type: SqlType): Expr {
  return { kind: 'subscript', arg, slice, indices, type, typmod: -1 };
}

/** Type of `list[i][j]`: each index goes into the element. */
function elementAt(type: SqlType, depth: number): SqlType {
  let at = type;
  for (let i = 0; i < depth; i++) {
    if (at.kind !== 'list' || at.element === undefined)
      throw planError(`cannot subscript type ${at.displayName}`);
    at = at.element;
  }
  return at;
}

/** A key or a position. */
function jsonIndex(level: Level, node: Node): Expr {
  const index = bindExpr(level, node);
  if (index.type === UNKNOWN || index.type.category === 'S') {
    return coerce(
      level.binding,
      settleUnknown(level.binding, index),
      TEXT,
      -1,
      'assignment',
      'jsonb subscript',
    );
  }
  return coerce(level.binding, index, INT4, -1, 'implicit', 'jsonb subscript');
}
