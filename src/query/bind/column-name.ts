/** Names of result columns that the query does not name: PostgreSQL's FigureColname. */
import type { FuncCall, Node, SelectStmt, TypeCast } from '@pgsql/types';
import { syntaxFunction } from '../../sql/extensions.ts';
import { stringOf, stringsOf } from './ast.ts';

/** A name, and whether it is more than the name of a type. */
interface Figured {
  readonly name: string;
  readonly strong: boolean;
}

/** The name of a result column, `?column?` when nothing suggests one. */
export function columnName(node: Node): string {
  return figure(node)?.name ?? '?column?';
}

/** As {@link columnName}, without the last resort. */
export function figureColumnName(node: Node): string | undefined {
  return figure(node)?.name;
}

const strong = (name: string): Figured => ({ name, strong: true });

const VALUE_FUNCTIONS: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_DATE: 'current_date',
  SVFOP_CURRENT_TIME: 'current_time',
  SVFOP_CURRENT_TIME_N: 'current_time',
  SVFOP_CURRENT_TIMESTAMP: 'current_timestamp',
  SVFOP_CURRENT_TIMESTAMP_N: 'current_timestamp',
  SVFOP_LOCALTIME: 'localtime',
  SVFOP_LOCALTIME_N: 'localtime',
  SVFOP_LOCALTIMESTAMP: 'localtimestamp',
  SVFOP_LOCALTIMESTAMP_N: 'localtimestamp',
  SVFOP_CURRENT_ROLE: 'current_role',
  SVFOP_CURRENT_USER: 'current_user',
  SVFOP_USER: 'user',
  SVFOP_SESSION_USER: 'session_user',
  SVFOP_CURRENT_CATALOG: 'current_catalog',
  SVFOP_CURRENT_SCHEMA: 'current_schema',
};

function figure(node: Node): Figured | undefined {
  if ('ColumnRef' in node) return lastName(node.ColumnRef.fields ?? []);
  if ('A_Indirection' in node) {
    return lastName(node.A_Indirection.indirection ?? []) ?? optional(node.A_Indirection.arg);
  }
  if ('FuncCall' in node) return functionName(node.FuncCall);
  if ('A_Expr' in node) return node.A_Expr.kind === 'AEXPR_NULLIF' ? strong('nullif') : undefined;
  if ('TypeCast' in node) return castName(node.TypeCast);
  if ('CollateClause' in node) return optional(node.CollateClause.arg);
  if ('GroupingFunc' in node) return strong('grouping');
  if ('SubLink' in node) return sublinkName(node);
  if ('CaseExpr' in node) return caseName(node.CaseExpr.defresult);
  if ('A_ArrayExpr' in node) return strong('array');
  if ('RowExpr' in node) return strong('row');
  if ('CoalesceExpr' in node) return strong('coalesce');
  if ('MinMaxExpr' in node) return strong(node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest');
  if ('SQLValueFunction' in node) {
    const name = VALUE_FUNCTIONS[node.SQLValueFunction.op ?? ''];
    return name === undefined ? undefined : strong(name);
  }
  return undefined;
}

function optional(node: Node | undefined): Figured | undefined {
  return node === undefined ? undefined : figure(node);
}

/** The last part that is a name; `*` is none. */
function lastName(fields: readonly Node[]): Figured | undefined {
  const name = fields.map(stringOf).findLast((field) => field !== null);
  return name == null ? undefined : strong(name);
}

function functionName(call: FuncCall): Figured {
  const syntax = syntaxFunction(call);
  if (syntax !== null) return strong(syntax.replace('_query', ''));
  return strong(stringsOf(call.funcname).at(-1) ?? '');
}

function castName(cast: TypeCast): Figured | undefined {
  const inner = optional(cast.arg);
  if (inner?.strong === true) return inner;
  const type = stringsOf(cast.typeName?.names).at(-1);
  return type === undefined ? inner : { name: type, strong: false };
}

function caseName(otherwise: Node | undefined): Figured {
  const inner = optional(otherwise);
  return inner?.strong === true ? inner : { name: 'case', strong: false };
}

function sublinkName(node: Extract<Node, { SubLink: unknown }>): Figured | undefined {
  const { subLinkType, subselect } = node.SubLink;
  if (subLinkType === 'EXISTS_SUBLINK') return strong('exists');
  if (subLinkType === 'ARRAY_SUBLINK') return strong('array');
  if (subLinkType !== 'EXPR_SUBLINK' || subselect === undefined || !('SelectStmt' in subselect))
    return undefined;
  return firstTarget(subselect.SelectStmt);
}

/** A scalar subquery is named after its column. */
function firstTarget(stmt: SelectStmt): Figured | undefined {
  let select: SelectStmt = stmt;
  while (select.larg !== undefined) select = select.larg;
  if (select.valuesLists !== undefined) return strong('column1');
  const [target] = select.targetList ?? [];
  if (target === undefined || !('ResTarget' in target)) return undefined;
  const { name, val } = target.ResTarget;
  return name !== undefined ? strong(name) : optional(val);
}
