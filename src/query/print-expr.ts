/** Bound expressions as text, for EXPLAIN. Close to SQL; not meant to be parsed. */
import { quoteIdent, quoteLiteral } from '../sql/quote.ts';
import { textEncoder } from '../types/codec.ts';
import type { Datum } from '../types/datum.ts';
import type { SqlType } from '../types/sql-type.ts';
import { formatType } from '../types/typmod.ts';
import type { Expr, SortKey } from './expr.ts';

/** A value as a literal. */
function literal(value: Datum, type: SqlType): string {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  return quoteLiteral(textEncoder(type)(value));
}

const list = (exprs: readonly Expr[]): string => exprs.map(printExpr).join(', ');

function operand(expr: Expr): string {
  const text = printExpr(expr);
  const isSimple =
    ['var', 'const', 'outer', 'param', 'coalesce', 'cast', 'sublink'].includes(expr.kind) ||
    (expr.kind === 'call' && !isOperator(expr));
  return isSimple ? text : `(${text})`;
}

function isOperator(expr: Extract<Expr, { kind: 'call' }>): boolean {
  return 'right' in expr.fn;
}

function printCall(expr: Extract<Expr, { kind: 'call' }>): string {
  if (!isOperator(expr)) return `${expr.fn.name}(${list(expr.args)})`;
  const [left, right] = expr.args;
  if (left === undefined) return expr.fn.name;
  return right === undefined
    ? `${expr.fn.name} ${operand(left)}`
    : `${operand(left)} ${expr.fn.name} ${operand(right)}`;
}

/** Sort keys as ORDER BY has them. */
export function printSortKeys(keys: readonly SortKey[]): string {
  return keys
    .map(({ expr, descending, nullsFirst }) => {
      const nulls = nullsFirst === descending ? '' : nullsFirst ? ' NULLS FIRST' : ' NULLS LAST';
      return printExpr(expr) + (descending ? ' DESC' : '') + nulls;
    })
    .join(', ');
}

/** An expression as text. */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'const':
      return literal(expr.value, expr.type);
    case 'var':
      return expr.name === '' ? `#${expr.slot}.${expr.col}` : quoteName(expr.name);
    case 'outer':
      return `outer[${expr.index}]`;
    case 'param':
      return `$${expr.number}`;
    case 'call':
      return printCall(expr);
    case 'cast':
      return `${operand(expr.arg)}::${formatType(expr.type, expr.typmod)}`;
    case 'and':
    case 'or':
      return expr.args.map(operand).join(` ${expr.kind.toUpperCase()} `);
    case 'not':
      return `NOT ${operand(expr.arg)}`;
    case 'nullTest':
      return `${operand(expr.arg)} IS ${expr.isNull ? '' : 'NOT '}NULL`;
    case 'boolTest': {
      const wanted = expr.wanted === null ? 'UNKNOWN' : expr.wanted ? 'TRUE' : 'FALSE';
      return `${operand(expr.arg)} IS ${expr.negated ? 'NOT ' : ''}${wanted}`;
    }
    case 'case': {
      const whens = expr.whens.map(({ when, then }) => `WHEN ${printExpr(when)} THEN ${printExpr(then)}`);
      return `CASE ${whens.join(' ')} ELSE ${printExpr(expr.otherwise)} END`;
    }
    case 'coalesce':
    case 'greatest':
    case 'least':
      return `${expr.kind.toUpperCase()}(${list(expr.args)})`;
    case 'nullIf':
      return `CASE WHEN ${printExpr(expr.equal)} THEN NULL ELSE ${printExpr(expr.arg)} END`;
    case 'array':
    case 'list':
    case 'map':
      return `${expr.kind.toUpperCase()}[${list(expr.args)}]`;
    case 'row':
      return `ROW(${list(expr.args)})`;
    case 'wholeRow':
      return `#${expr.slot}.*`;
    case 'field':
      return `(${printExpr(expr.arg)}).f${expr.index + 1}`;
    case 'subscript':
      return (
        operand(expr.arg) +
        expr.indices
          .map(({ lower, upper }) => {
            const to = upper === null ? '' : printExpr(upper);
            return expr.slice ? `[${lower === null ? '' : printExpr(lower)}:${to}]` : `[${to}]`;
          })
          .join('')
      );
    case 'distinct':
      return `${operand(expr.left)} IS ${expr.negated ? 'NOT ' : ''}DISTINCT FROM ${operand(expr.right)}`;
    case 'arrayCompare': {
      const op = expr.test.kind === 'call' ? expr.test.fn.name : '=';
      return `${operand(expr.left)} ${op} ${expr.all ? 'ALL' : 'ANY'} (${printExpr(expr.array)})`;
    }
    case 'rowCompare':
      return expr.pairs.map(({ compare }) => printExpr(compare)).join(` ${expr.op} `);
    case 'sublink':
      return printSublink(expr);
    case 'aggregate':
      return `${expr.fn.name}(${expr.distinct ? 'DISTINCT ' : ''}${list(expr.args)})`;
    case 'window':
    case 'set':
      return `${expr.fn.name}(${list(expr.args)})`;
    case 'grouping':
      return `GROUPING(${list(expr.args)})`;
  }
}

function printSublink(expr: Extract<Expr, { kind: 'sublink' }>): string {
  const args = expr.sub.args.length === 0 ? '' : ` given ${list(expr.sub.args)}`;
  if (expr.left.length === 0)
    return `${expr.mode === 'scalar' ? '' : expr.mode.toUpperCase()}(subquery${args})`;
  return `${list(expr.left)} ${expr.mode.toUpperCase()} (subquery${args})`;
}

function quoteName(name: string): string {
  return name.split('.').map(quoteIdent).join('.');
}
