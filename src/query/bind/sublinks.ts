/** Queries inside expressions. */
import type { Node, SelectStmt, SubLink } from '@pgsql/types';
import { planError } from '../../errors.ts';
import { arrayOf, BOOL, recordOf, TEXT } from '../../types/registry.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { Expr, Sublink, Subplan } from '../expr.ts';
import type { RowNode } from '../plan/nodes.ts';
import { variable } from './build.ts';
import { bindExpr } from './expressions.ts';
import type { Level } from './level.ts';
import { compareRows, hashTypeOf, operatorName } from './predicates.ts';
import { bindSelect, type SelectResult } from './select.ts';

/** A query bound one level further in. */
interface InnerQuery {
  readonly result: SelectResult;
  readonly sub: Subplan;
}

function bindInner(level: Level, query: Node | undefined): InnerQuery {
  if (!level.clause.subqueries) throw planError(`${level.clause.name} does not allow subqueries`);
  if (query === undefined || !('SelectStmt' in query)) throw planError('a subquery must be a SELECT');
  return bindSubplan(level, query.SelectStmt);
}

export function bindSubplan(level: Level, query: SelectStmt): InnerQuery {
  const inner = level.inner();
  const result = bindSelect(inner, query, { settle: true });
  return { result, sub: subplan(inner, result.plan) };
}

function subplan(inner: Level, plan: RowNode): Subplan {
  return { plan, args: inner.args.exprs, usesCte: inner.args.usesCte };
}

export function bindSublink(level: Level, node: SubLink): Expr {
  switch (node.subLinkType) {
    case 'EXISTS_SUBLINK':
      return sublink('exists', bindInner(level, node.subselect).sub, BOOL);
    case 'ARRAY_SUBLINK':
      return arraySublink(bindInner(level, node.subselect));
    case 'EXPR_SUBLINK':
      return scalarSublink(bindInner(level, node.subselect));
    case 'ANY_SUBLINK':
    case 'ALL_SUBLINK':
      return quantified(level, node, node.subLinkType === 'ALL_SUBLINK');
    default:
      throw planError('unsupported kind of subquery');
  }
}

function sublink(mode: Sublink['mode'], sub: Subplan, type: SqlType, typmod = -1): Sublink {
  return { kind: 'sublink', mode, sub, left: [], test: null, hashTypes: null, type, typmod };
}

/** The one column of a query. */
function onlyColumn({ result }: InnerQuery): SelectResult['columns'][number] {
  const [only] = result.columns;
  if (only === undefined || result.columns.length !== 1) {
    throw planError(`Expected subselect to return 1 column, got ${result.columns.length} columns`);
  }
  return only;
}

function scalarSublink(inner: InnerQuery): Expr {
  const { type, typmod } = onlyColumn(inner);
  return sublink('scalar', inner.sub, type, typmod);
}

function arraySublink(inner: InnerQuery): Expr {
  const column = onlyColumn(inner);
  const type = arrayOf(column.type);
  if (type === undefined) {
    throw planError(`could not find array type for data type ${column.type.displayName}`);
  }
  return sublink('array', inner.sub, type);
}

/** `LIST(SELECT ...)` and `MAP(SELECT key, value ...)`. */
export function bindCollected(
  level: Level,
  mode: 'list' | 'map',
  query: Node | undefined,
  makeType: (element: SqlType) => SqlType,
): Expr {
  const select = query !== undefined && 'SubLink' in query ? query.SubLink.subselect : undefined;
  const inner = bindInner(level, select);
  if (mode === 'list') return sublink('list', inner.sub, makeType(onlyColumn(inner).type));
  const [key, value, ...more] = inner.result.columns;
  if (key === undefined || value === undefined || more.length > 0) {
    throw planError(`expected map subquery to return 2 columns, got ${inner.result.columns.length} columns`);
  }
  if (key.type !== TEXT) {
    throw planError(`cannot build map using type ${key.type.displayName} as key; must be text`);
  }
  return sublink('map', inner.sub, makeType(value.type));
}

/** `x op ANY (SELECT ...)`, `(a, b) IN (SELECT ...)`: both sides are coerced first, so that the test is a plain comparison. */
function quantified(level: Level, node: SubLink, all: boolean): Expr {
  const name = (node.operName ?? []).length === 0 ? '=' : operatorName(node.operName);
  const bound = bindExpr(level, node.testexpr!);
  const values = bound.kind === 'row' && 'RowExpr' in node.testexpr! ? bound.args : [bound];
  const inner = bindInner(level, node.subselect);
  const { columns } = inner.result;
  if (columns.length !== values.length) {
    throw planError(
      `Expected subselect to return ${values.length} column${values.length === 1 ? '' : 's'}, got ${columns.length} column${columns.length === 1 ? '' : 's'}`,
    );
  }
  const items = columns.map(({ type, typmod }, i) => variable(1, i, type, typmod, 'column'));
  const comparison = compareRows(level, values, items, name);
  return hoistOperands(comparison, values, inner, all);
}

/**
 * Moves what the comparison does to each operand (casts) out of it: to the left values, and to the rows of the query.
 * Comparisons that use an operand in different types keep their casts inside.
 */
function hoistOperands(comparison: Expr, values: readonly Expr[], inner: InnerQuery, all: boolean): Expr {
  const mode = all ? 'all' : 'any';
  const pairs = comparison.kind === 'and' && values.length > 1 ? comparison.args : [comparison];
  const simple = pairs.every((pair) => pair.kind === 'call' && pair.args.length === 2);
  const base = { kind: 'sublink', mode, type: BOOL, typmod: -1 } as const;
  if (!simple || pairs.length !== values.length) {
    return { ...base, sub: inner.sub, left: values, test: overLeft(comparison, values), hashTypes: null };
  }
  const left: Expr[] = [];
  const targets: Expr[] = [];
  const tests: Expr[] = [];
  for (const [i, pair] of pairs.entries()) {
    if (pair.kind !== 'call') continue;
    const [a, b] = pair.args as readonly [Expr, Expr];
    left.push(a);
    targets.push(rowColumn(b));
    tests.push({
      ...pair,
      args: [variable(0, i, a.type, a.typmod, 'value'), variable(1, i, b.type, b.typmod, 'column')],
    });
  }
  const converts = targets.some((target) => target.kind !== 'var');
  const plan: RowNode = converts ? { kind: 'convert', input: inner.sub.plan, targets } : inner.sub.plan;
  const types = tests.map(hashTypeOf);
  const hashTypes = types.every((type) => type !== null) ? (types as readonly SqlType[]) : null;
  const test: Expr = tests.length === 1 ? tests[0]! : { kind: 'and', args: tests, type: BOOL, typmod: -1 };
  return { ...base, sub: { ...inner.sub, plan }, left, test, hashTypes };
}

/** The same expression over slot 0: what a `convert` node reads. */
function rowColumn(expr: Expr): Expr {
  if (expr.kind === 'var') return { ...expr, slot: 0 };
  return expr.kind === 'cast' ? { ...expr, arg: rowColumn(expr.arg) } : expr;
}

/** The comparison with each left value, wherever it stands, read from slot 0. */
function overLeft(comparison: Expr, values: readonly Expr[]): Expr {
  const replaceValue = (expr: Expr): Expr => {
    const i = values.indexOf(expr);
    if (i >= 0) return variable(0, i, expr.type, expr.typmod, 'value');
    switch (expr.kind) {
      case 'call':
      case 'and':
      case 'or':
        return { ...expr, args: expr.args.map(replaceValue) };
      case 'cast':
        return { ...expr, arg: replaceValue(expr.arg) };
      case 'rowCompare':
        return {
          ...expr,
          pairs: expr.pairs.map(({ equal, compare }) => ({
            equal: replaceValue(equal),
            compare: replaceValue(compare),
          })),
        };
      default:
        return expr;
    }
  };
  return replaceValue(comparison);
}

/** A query whose row is one value: a record of its columns. NULL when there is no row. */
export function recordSublink(level: Level, query: Node | undefined): Expr {
  const inner = bindInner(level, query);
  const type = recordOf(inner.result.columns.map(({ name, type }) => ({ name, type })));
  const args = inner.result.columns.map(({ type, typmod }, i) => variable(0, i, type, typmod, 'column'));
  const row: Expr = { kind: 'row', args, type, typmod: -1 };
  const plan: RowNode = { kind: 'convert', input: inner.sub.plan, targets: [row] };
  return sublink('scalar', { ...inner.sub, plan }, type);
}

/** `(a, b) = (SELECT x, y ...)`. */
export function bindRowSublink(level: Level, left: Node, node: SubLink, name: string): Expr {
  const row = bindExpr(level, left);
  const values = row.kind === 'row' ? row.args : [row];
  const record = recordSublink(level, node.subselect);
  const fields = record.type.fields ?? [];
  if (fields.length !== values.length) {
    throw planError(`Expected subselect to return ${values.length} columns, got ${fields.length} columns`);
  }
  const items = fields.map(({ type }, index): Expr => ({
    kind: 'field',
    arg: record,
    index,
    type,
    typmod: -1,
  }));
  return compareRows(level, values, items, name);
}
