/** Expressions of PostgreSQL's tree to bound expressions: the dispatch, and the kinds that need few words. */
import type {
  A_Const,
  BooleanTest,
  BoolExpr,
  CaseExpr,
  CoalesceExpr,
  CollateClause,
  GroupingFunc,
  MinMaxExpr,
  Node,
  NullTest,
  TypeCast,
} from '@pgsql/types';
import { planError, unsupported } from '../../errors.ts';
import { castError } from '../../types/coercion.ts';
import { isComparable } from '../../types/compare.ts';
import { BOOL, INT4, INT8, NUMERIC, UNKNOWN } from '../../types/registry.ts';
import { decodeText } from '../../types/text-decode.ts';
import type { Expr } from '../expr.ts';
import { nodeKind, stringsOf } from './ast.ts';
import { constant, NULL_LITERAL } from './build.ts';
import { coerceToBoolean, settleUnknown, tryCoerce, unifiedType, unifiedTypmod, unify } from './coerce.ts';
import { bindColumnRef } from './columns.ts';
import { bindArray, bindArrayAs, bindIndirection, bindRow } from './containers.ts';
import { bindFunctionCall } from './functions.ts';
import { clause, type Level } from './level.ts';
import { locationOf, startOf } from './places.ts';
import { comparisonCall } from './operators.ts';
import { bindOperatorExpr } from './predicates.ts';
import { bindSublink } from './sublinks.ts';
import { bindTypeName } from './types.ts';
import { bindValueFunction } from './value-functions.ts';

/** Binds an expression in the level's present scope and clause. */
export function bindExpr(level: Level, node: Node): Expr {
  return level.binding.nested(() => bindNode(level, node), locationOf(node));
}

function bindNode(level: Level, node: Node): Expr {
  if ('ColumnRef' in node) return bindColumnRef(level, node.ColumnRef);
  if ('A_Const' in node) return bindLiteral(level, node.A_Const);
  if ('A_Expr' in node) return bindOperatorExpr(level, node.A_Expr);
  if ('FuncCall' in node) return bindFunctionCall(level, node.FuncCall);
  if ('TypeCast' in node) return bindCast(level, node.TypeCast);
  if ('BoolExpr' in node) return bindLogic(level, node.BoolExpr);
  if ('ParamRef' in node) return level.binding.parameters.reference(node.ParamRef.number ?? 0);
  if ('SubLink' in node) return bindSublink(level, node.SubLink);
  if ('NullTest' in node) return bindNullTest(level, node.NullTest);
  if ('BooleanTest' in node) return bindBooleanTest(level, node.BooleanTest);
  if ('CaseExpr' in node) return bindCase(level, node.CaseExpr);
  if ('CoalesceExpr' in node) return bindCoalesce(level, node.CoalesceExpr);
  if ('MinMaxExpr' in node) return bindMinMax(level, node.MinMaxExpr);
  if ('A_ArrayExpr' in node) return bindArray(level, node.A_ArrayExpr);
  if ('RowExpr' in node) return bindRow(level, node.RowExpr);
  if ('A_Indirection' in node) return bindIndirection(level, node.A_Indirection);
  if ('SQLValueFunction' in node) return bindValueFunction(level, node.SQLValueFunction);
  if ('CollateClause' in node) return bindCollate(level, node.CollateClause);
  if ('GroupingFunc' in node) return bindGrouping(level, node.GroupingFunc);
  if ('SetToDefault' in node) throw planError('DEFAULT is not allowed in this context');
  throw unsupported(FEATURES[nodeKind(node)] ?? 'this kind of expression');
}

/** What to call the kinds of expressions that are not done. */
const FEATURES: Readonly<Record<string, string>> = {
  XmlExpr: 'XML expressions',
  XmlSerialize: 'XML expressions',
  CurrentOfExpr: 'WHERE CURRENT OF',
  NamedArgExpr: 'named arguments in this context',
  JsonObjectConstructor: 'SQL/JSON constructors',
  JsonArrayConstructor: 'SQL/JSON constructors',
  JsonArrayQueryConstructor: 'SQL/JSON constructors',
  JsonObjectAgg: 'SQL/JSON constructors',
  JsonArrayAgg: 'SQL/JSON constructors',
  JsonIsPredicate: 'IS JSON',
  JsonFuncExpr: 'SQL/JSON query functions',
  MergeSupportFunc: 'MERGE',
};

const INT8_LIMIT = 1n << 63n;

function bindLiteral(level: Level, node: A_Const): Expr {
  const literal = bindConstant(node);
  if (literal.type === UNKNOWN && node.location !== undefined) {
    level.binding.literals.set(literal, node.location);
  }
  return literal;
}

/** Literals: a whole number is integer, bigint or numeric by its size; a string has no type yet. */
function bindConstant(node: A_Const): Expr {
  if (node.isnull === true) return NULL_LITERAL;
  if (node.ival !== undefined) return constant(node.ival.ival ?? 0, INT4);
  if (node.sval !== undefined) return constant(node.sval.sval ?? '', UNKNOWN);
  if (node.boolval !== undefined) return constant(node.boolval.boolval ?? false, BOOL);
  if (node.fval !== undefined) return numberLiteral(node.fval.fval ?? '0');
  throw unsupported('bit string literals');
}

function numberLiteral(text: string): Expr {
  if (/^-?\d{1,19}$/.test(text)) {
    const value = BigInt(text);
    if (value === BigInt.asIntN(32, value)) return constant(Number(value), INT4);
    if (value < INT8_LIMIT && value >= -INT8_LIMIT) return constant(value, INT8);
  }
  return constant(decodeText(NUMERIC, text, -1), NUMERIC);
}

function bindLogic(level: Level, node: BoolExpr): Expr {
  const word = node.boolop === 'AND_EXPR' ? 'AND' : node.boolop === 'OR_EXPR' ? 'OR' : 'NOT';
  const { binding } = level;
  const args = (node.args ?? []).map((arg) => {
    const bound = bindExpr(level, arg);
    if (bound.type === BOOL) return bound;
    return binding.at(startOf(arg), () => coerceToBoolean(binding, bound, `${word} argument`));
  });
  if (word === 'NOT') return { kind: 'not', arg: args[0]!, type: BOOL, typmod: -1 };
  return { kind: word === 'AND' ? 'and' : 'or', args, type: BOOL, typmod: -1 };
}

function bindCast(level: Level, node: TypeCast): Expr {
  const { binding } = level;
  const { typeName = {} } = node;
  const { type, typmod } = binding.at(typeName.location, () => bindTypeName(binding.session, typeName));
  const inner = node.arg!;
  const arg = bindArrayAs(level, inner, type) ?? bindExpr(level, inner);
  const cast = tryCoerce(binding, arg, type, typmod, 'explicit');
  if (cast === undefined) throw castError('CAST', arg.type, type, false);
  return cast;
}

function bindNullTest(level: Level, node: NullTest): Expr {
  const arg = settleUnknown(level.binding, bindExpr(level, node.arg!));
  return { kind: 'nullTest', arg, isNull: node.nulltesttype !== 'IS_NOT_NULL', type: BOOL, typmod: -1 };
}

const BOOLEAN_TESTS: Readonly<
  Record<string, readonly [wanted: boolean | null, negated: boolean, text: string]>
> = {
  IS_TRUE: [true, false, 'IS TRUE'],
  IS_NOT_TRUE: [true, true, 'IS NOT TRUE'],
  IS_FALSE: [false, false, 'IS FALSE'],
  IS_NOT_FALSE: [false, true, 'IS NOT FALSE'],
  IS_UNKNOWN: [null, false, 'IS UNKNOWN'],
  IS_NOT_UNKNOWN: [null, true, 'IS NOT UNKNOWN'],
};

function bindBooleanTest(level: Level, node: BooleanTest): Expr {
  const [wanted, negated, text] = BOOLEAN_TESTS[node.booltesttype ?? 'IS_TRUE'] ?? [true, false, 'IS TRUE'];
  const arg = coerceToBoolean(level.binding, bindExpr(level, node.arg!), `${text} argument`);
  return { kind: 'boolTest', arg, wanted, negated, type: BOOL, typmod: -1 };
}

/** Set-returning functions cannot run for some rows only. */
function withoutSets<T>(level: Level, name: string, work: () => T): T {
  return level.within({ ...clause(name), ...level.clause, name, sets: false }, work);
}

function bindCase(level: Level, node: CaseExpr): Expr {
  return withoutSets(level, 'CASE', () => {
    const { binding } = level;
    const subject = node.arg === undefined ? undefined : settleUnknown(binding, bindExpr(level, node.arg));
    const conditions: Expr[] = [];
    const results: Expr[] = [];
    for (const arm of node.args ?? []) {
      if (!('CaseWhen' in arm)) continue;
      const when = bindExpr(level, arm.CaseWhen.expr!);
      conditions.push(
        subject === undefined
          ? binding.at(startOf(arm.CaseWhen.expr!), () => coerceToBoolean(binding, when, 'CASE/WHEN'))
          : comparisonCall(binding, '=', subject, when, 'CASE'),
      );
      results.push(bindExpr(level, arm.CaseWhen.result!));
    }
    results.push(node.defresult === undefined ? NULL_LITERAL : bindExpr(level, node.defresult));
    const type = unifiedType([results.at(-1)!, ...results.slice(0, -1)], 'CASE');
    const typmod = unifiedTypmod(results, type);
    const unified = results.map((result) => tryCoerce(binding, result, type, -1, 'implicit') ?? result);
    return {
      kind: 'case',
      whens: conditions.map((when, i) => ({ when, then: unified[i]! })),
      otherwise: unified.at(-1)!,
      type,
      typmod,
    };
  });
}

function bindCoalesce(level: Level, node: CoalesceExpr): Expr {
  return withoutSets(level, 'COALESCE', () => {
    const bound = (node.args ?? []).map((arg) => bindExpr(level, arg));
    const args = unify(level.binding, bound, 'coalesce');
    const { type } = args[0]!;
    return { kind: 'coalesce', args, type, typmod: unifiedTypmod(bound, type) };
  });
}

function bindMinMax(level: Level, node: MinMaxExpr): Expr {
  const kind = node.op === 'IS_LEAST' ? 'least' : 'greatest';
  const bound = (node.args ?? []).map((arg) => bindExpr(level, arg));
  const args = unify(level.binding, bound, kind);
  const { type } = args[0]!;
  if (!isComparable(type)) {
    throw planError(`could not identify a comparison function for type ${type.displayName}`);
  }
  return { kind, args, type, typmod: unifiedTypmod(bound, type) };
}

/** All text compares by its bytes, which is what these collations mean. */
const COLLATIONS = new Set(['C', 'POSIX', 'default', 'ucs_basic']);

function bindCollate(level: Level, node: CollateClause): Expr {
  const arg = settleUnknown(level.binding, bindExpr(level, node.arg!));
  const names = stringsOf(node.collname);
  const name = names.at(-1) ?? '';
  const schema = names.at(-2) ?? 'pg_catalog';
  if (schema !== 'pg_catalog' || !COLLATIONS.has(name)) {
    throw planError(`collation "${names.join('.')}" for encoding "UTF8" does not exist`);
  }
  const collatable = arg.type.category === 'S' || arg.type.element?.category === 'S';
  if (!collatable) throw planError(`collations are not supported by type ${arg.type.displayName}`);
  return arg;
}

function bindGrouping(level: Level, node: GroupingFunc): Expr {
  if (!level.clause.aggregates) {
    throw planError(`grouping operations are not allowed in ${level.clause.name}`);
  }
  const args = (node.args ?? []).map((arg) => bindExpr(level, arg));
  if (args.length > 31) throw planError('GROUPING must have fewer than 32 arguments');
  level.hasAggregates = true;
  return { kind: 'grouping', args, type: INT4, typmod: -1 };
}
