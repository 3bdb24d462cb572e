/** Operators in all their spellings: infix, ANY and ALL over arrays, IN, BETWEEN, LIKE, IS DISTINCT FROM, NULLIF, rows. */
import type { A_Expr, Node } from '@pgsql/types';
import { planError } from '../../errors.ts';
import { arrayOf, BOOL, sameType, TEXT, UNKNOWN } from '../../types/registry.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { commonType } from '../../types/coercion.ts';
import type { Expr } from '../expr.ts';
import { some } from '../expr-walk.ts';
import { listItems, stringsOf } from './ast.ts';
import { conjunction, disjunction, negation, variable } from './build.ts';
import { coerce, settleUnknown, tryCoerce } from './coerce.ts';
import { bindExpr } from './expressions.ts';
import type { Level } from './level.ts';
import { comparisonCall, operatorCall } from './operators.ts';
import { bindRowSublink } from './sublinks.ts';

type Handler = (level: Level, node: A_Expr, name: string) => Expr;

const HANDLERS: Readonly<Record<NonNullable<A_Expr['kind']>, Handler>> = {
  AEXPR_OP: bindPlain,
  AEXPR_OP_ANY: (level, node, name) => bindArrayComparison(level, node, name, false),
  AEXPR_OP_ALL: (level, node, name) => bindArrayComparison(level, node, name, true),
  AEXPR_DISTINCT: (level, node) => bindDistinct(level, node, false),
  AEXPR_NOT_DISTINCT: (level, node) => bindDistinct(level, node, true),
  AEXPR_NULLIF: bindNullIf,
  AEXPR_IN: bindIn,
  AEXPR_LIKE: bindPlain,
  AEXPR_ILIKE: bindPlain,
  AEXPR_SIMILAR: bindPlain,
  AEXPR_BETWEEN: (level, node) => bindBetween(level, node, false, false),
  AEXPR_NOT_BETWEEN: (level, node) => bindBetween(level, node, true, false),
  AEXPR_BETWEEN_SYM: (level, node) => bindBetween(level, node, false, true),
  AEXPR_NOT_BETWEEN_SYM: (level, node) => bindBetween(level, node, true, true),
};

const OPERATOR_SCHEMAS = new Set(['pg_catalog', 'mz_catalog']);

/** The name of an operator; only the built-in schemas have any. */
export function operatorName(nodes: readonly Node[] | undefined): string {
  const parts = stringsOf(nodes);
  const name = parts.at(-1) ?? '';
  const schema = parts.at(-2);
  if (schema !== undefined && !OPERATOR_SCHEMAS.has(schema)) {
    throw planError(`operator does not exist: ${parts.join('.')}`);
  }
  return name;
}

export function bindOperatorExpr(level: Level, node: A_Expr): Expr {
  return HANDLERS[node.kind ?? 'AEXPR_OP'](level, node, operatorName(node.name));
}

function isRow(node: Node | undefined): boolean {
  return node !== undefined && 'RowExpr' in node;
}

function bindPlain(level: Level, node: A_Expr, name: string): Expr {
  const { lexpr, rexpr } = node;
  if (lexpr !== undefined && rexpr !== undefined && isRow(lexpr)) {
    if (isRow(rexpr)) return bindRowComparison(level, lexpr, rexpr, name);
    if ('SubLink' in rexpr && rexpr.SubLink.subLinkType === 'EXPR_SUBLINK') {
      return bindRowSublink(level, lexpr, rexpr.SubLink, name);
    }
  }
  const left = lexpr === undefined ? null : bindExpr(level, lexpr);
  return operatorCall(level.binding, name, left, bindExpr(level, rexpr!));
}

/** Values of a row constructor; stars in it expand. */
function rowValues(level: Level, node: Node): readonly Expr[] {
  const row = bindExpr(level, node);
  return row.kind === 'row' ? row.args : [row];
}

function bindRowComparison(level: Level, left: Node, right: Node, name: string): Expr {
  return compareRows(level, rowValues(level, left), rowValues(level, right), name);
}

/** Two rows compared value by value (make_row_comparison_op). */
export function compareRows(level: Level, left: readonly Expr[], right: readonly Expr[], name: string): Expr {
  if (left.length !== right.length) throw planError('unequal number of entries in row expressions');
  const { binding } = level;
  const pairs = left.map((value, i) => [value, right[i]!] as const);
  if (pairs.length === 0) throw planError('cannot compare rows of zero length');
  if (pairs.length === 1) return comparisonCall(binding, name, left[0]!, right[0]!, 'row comparison');
  const each = (op: string): readonly Expr[] =>
    pairs.map(([a, b]) => comparisonCall(binding, op, a, b, 'row comparison'));
  switch (name) {
    case '=':
      return conjunction(each('='));
    case '<>':
    case '!=':
      return disjunction(each('<>'));
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const equals = each('=');
      const compares = each(name);
      const last = pairs.length - 1;
      return {
        kind: 'rowCompare',
        op: name,
        // Only the last pair tells <= from <: the ones before decide when they differ.
        pairs: pairs.map((_, i) => ({ equal: equals[i]!, compare: compares[i]! })).slice(0, last + 1),
        type: BOOL,
        typmod: -1,
      };
    }
    default:
      throw planError(`could not determine interpretation of row comparison operator ${name}`);
  }
}

/** `x op ANY (array)`: the operator is chosen for the array's elements. */
function bindArrayComparison(level: Level, node: A_Expr, name: string, all: boolean): Expr {
  const left = bindExpr(level, node.lexpr!);
  let array = bindExpr(level, node.rexpr!);
  const what = all ? 'op ALL (array)' : 'op ANY (array)';
  if (array.type === UNKNOWN) {
    const type = arrayOf(left.type === UNKNOWN ? TEXT : left.type);
    if (type === undefined) throw planError(`${what} requires array on right side`);
    array = coerce(level.binding, array, type, -1, 'implicit', what);
  }
  const { element } = array.type;
  if (element === undefined || array.type.kind === 'map' || array.type.kind === 'range') {
    throw planError(`${what} requires array on right side`);
  }
  return arrayComparison(level, name, left, array, element, all);
}

function arrayComparison(
  level: Level,
  name: string,
  left: Expr,
  array: Expr,
  element: SqlType,
  all: boolean,
): Expr {
  const { binding } = level;
  const what = all ? 'op ALL (array)' : 'op ANY (array)';
  const item = variable(1, 0, element, -1, 'element');
  const value = left.type === UNKNOWN ? (tryCoerce(binding, left, element, -1, 'implicit') ?? left) : left;
  const test = comparisonCall(binding, name, variable(0, 0, value.type, value.typmod, 'value'), item, what);
  return {
    kind: 'arrayCompare',
    left: value,
    array,
    all,
    test,
    hashType: hashTypeOf(test),
    type: BOOL,
    typmod: -1,
  };
}

/** The type whose hash tells equality of `Var(0, 0) = Var(1, 0)`, or null when the test is anything else. */
export function hashTypeOf(test: Expr): SqlType | null {
  if (test.kind !== 'call' || !('comparison' in test.fn) || test.fn.comparison !== '=') return null;
  const [a, b] = test.args;
  if (a?.kind !== 'var' || b?.kind !== 'var') return null;
  return sameType(a.type, b.type) ? a.type : null;
}

function bindDistinct(level: Level, node: A_Expr, negated: boolean): Expr {
  const leftNode = node.lexpr!;
  const rightNode = node.rexpr!;
  if (isRow(leftNode) && isRow(rightNode)) {
    const left = rowValues(level, leftNode);
    const right = rowValues(level, rightNode);
    if (left.length !== right.length) throw planError('unequal number of entries in row expressions');
    const distinct = disjunction(left.map((value, i) => distinctFrom(level, value, right[i]!, false)));
    return negated ? negation(distinct) : distinct;
  }
  return distinctFrom(level, bindExpr(level, leftNode), bindExpr(level, rightNode), negated);
}

function distinctFrom(level: Level, left: Expr, right: Expr, negated: boolean): Expr {
  const call = comparisonCall(level.binding, '=', left, right, 'IS DISTINCT FROM');
  if (call.kind !== 'call') throw planError('IS DISTINCT FROM needs an equality operator');
  const [a, b] = call.args as readonly [Expr, Expr];
  const equal: Expr = {
    ...call,
    args: [variable(0, 0, a.type, a.typmod, 'left'), variable(1, 0, b.type, b.typmod, 'right')],
  };
  return { kind: 'distinct', left: a, right: b, equal, negated, type: BOOL, typmod: -1 };
}

function bindNullIf(level: Level, node: A_Expr): Expr {
  const left = bindExpr(level, node.lexpr!);
  const right = bindExpr(level, node.rexpr!);
  const equal = comparisonCall(level.binding, '=', left, right, 'NULLIF');
  // The result has the type that the operator takes on its left, as PostgreSQL has it.
  const arg = equal.kind === 'call' ? equal.args[0]! : settleUnknown(level.binding, left);
  return { kind: 'nullIf', arg, equal, type: arg.type, typmod: arg.typmod };
}

/** A value that is the same for every row. */
function isFixed(expr: Expr): boolean {
  return !some(expr, (part) =>
    ['var', 'wholeRow', 'sublink', 'aggregate', 'window', 'set'].includes(part.kind),
  );
}

/** IN over a list: values that no row changes become an array, which can be hashed; the others are compared one by one. */
function bindIn(level: Level, node: A_Expr, name: string): Expr {
  const negated = name === '<>';
  const left = bindExpr(level, node.lexpr!);
  const items = listItems(node.rexpr);
  if (left.kind === 'row' && isRow(node.lexpr)) {
    const comparisons = items.map((item) => compareRows(level, left.args, rowValues(level, item), name));
    return negated ? conjunction(comparisons) : disjunction(comparisons);
  }
  const values = items.map((item) => bindExpr(level, item));
  const varying = values.filter((value) => !isFixed(value));
  const fixed = varying.length === 0 ? values : values.filter(isFixed);
  const array = fixed.length > 1 ? inArray(level, left, fixed) : undefined;
  const rest = array === undefined ? values : varying;
  const tests = rest.map((value) => comparisonCall(level.binding, name, left, value, 'IN'));
  if (array !== undefined) {
    tests.unshift(arrayComparison(level, name, array.left, array.array, array.element, negated));
  }
  return negated ? conjunction(tests) : disjunction(tests);
}

function inArray(
  level: Level,
  left: Expr,
  values: readonly Expr[],
): { readonly left: Expr; readonly array: Expr; readonly element: SqlType } | undefined {
  const element = commonType([left.type, ...values.map((value) => value.type)]);
  const type = element === undefined || element.kind === 'record' ? undefined : arrayOf(element);
  // An array of arrays would lose where one ends.
  if (element === undefined || type === undefined || element.kind === 'array') return undefined;
  const { binding } = level;
  const args = values.map((value) => coerce(binding, value, element, -1, 'implicit', 'IN'));
  const coerced = tryCoerce(binding, left, element, -1, 'implicit') ?? left;
  return { left: coerced, array: { kind: 'array', args, nested: false, type, typmod: -1 }, element };
}

function bindBetween(level: Level, node: A_Expr, negated: boolean, symmetric: boolean): Expr {
  const { binding } = level;
  const value = bindExpr(level, node.lexpr!);
  const [lowNode, highNode] = listItems(node.rexpr);
  const low = bindExpr(level, lowNode!);
  const high = bindExpr(level, highNode!);
  const between = (a: Expr, b: Expr): Expr =>
    conjunction([
      comparisonCall(binding, '>=', value, a, 'BETWEEN'),
      comparisonCall(binding, '<=', value, b, 'BETWEEN'),
    ]);
  const test = symmetric ? disjunction([between(low, high), between(high, low)]) : between(low, high);
  return negated ? negation(test) : test;
}
