/** Expressions outside of queries: values of secrets and options, parameters of EXECUTE, defaults, index keys. */
import type { ColumnRecord } from '../catalog/records.ts';
import { relationColumns } from './bind/record-columns.ts';
import type { Expression } from '../sql/nodes.ts';
import type { CastContext } from '../types/cast.ts';
import type { Datum } from '../types/datum.ts';
import type { SqlType } from '../types/sql-type.ts';
import { Binding, ParameterTypes } from './bind/binding.ts';
import { settleUnknown, tryCoerce } from './bind/coerce.ts';
import { bindExpr } from './bind/expressions.ts';
import { relationItem } from './bind/from.ts';
import { clause, Level, QueryArguments } from './bind/level.ts';
import type { Expr } from './expr.ts';
import { Interrupt } from './interrupt.ts';
import { compileExpr } from './run/compile.ts';
import { Level as RunLevel, QueryRun } from './run/context.ts';
import type { SessionContext } from './session-context.ts';

export interface ScalarOptions {
  /** What the expression is called in messages: `AS`, `EXECUTE`, `DEFAULT`. */
  readonly name: string;
  /** Type wanted; literals without a type are read as its input. */
  readonly target?: SqlType;
  /** Casts that may bring the expression to `target`; implicit ones unless told otherwise. */
  readonly context?: CastContext;
}

export interface BoundScalar {
  /** `target` where the expression could be brought to it, else its own type: the caller complains. */
  readonly type: SqlType;
  /** Evaluates for the session it was bound for. Throws SqlError. */
  evaluate(): Datum;
}

/** Bytes that evaluating one expression may hold: many times the largest secret. */
const MEMORY_LIMIT = 64 * 1024 * 1024;

/**
 * Binds an expression that reads nothing: no columns, subqueries, aggregates, window or table functions, parameters, and no
 * mz_now(). Source: reference secrets-connections 1.2.
 */
export function bindScalar(
  expression: Expression,
  session: SessionContext,
  options: ScalarOptions,
): BoundScalar {
  const binding = new Binding(session, ParameterTypes.none(), expression.source);
  const level = new Level(binding, new QueryArguments(null), null);
  const inside = clause(options.name, { subqueries: false, mzNow: false });
  const bound = level.within(inside, () => bindExpr(level, expression.ast));
  const { target, context = 'implicit' } = options;
  const wanted = target === undefined ? undefined : tryCoerce(binding, bound, target, -1, context);
  const expr = wanted ?? settleUnknown(binding, bound);
  return { type: expr.type, evaluate: () => evaluate(expr, session) };
}

/** The value of an expression without columns. */
export function evaluate(expr: Expr, session: SessionContext): Datum {
  const run = new QueryRun({
    session,
    parameters: [],
    interrupt: new Interrupt(),
    memoryLimit: MEMORY_LIMIT,
  });
  return compileExpr(expr)([], new RunLevel(run, [], null));
}

/** Binds an expression over the columns of one relation: keys of indexes. Answers its type. */
export function bindColumnsExpression(
  expression: Expression,
  columns: readonly ColumnRecord[],
  session: SessionContext,
): { readonly type: SqlType } {
  const binding = new Binding(session, ParameterTypes.none(), expression.source);
  const level = new Level(binding, new QueryArguments(null), null);
  level.items = [
    relationItem(level, level.newSlot(), relationColumns(session.snapshot, columns), null, null),
  ];
  const inside = clause('CREATE INDEX', { subqueries: false });
  const bound = level.within(inside, () => settleUnknown(binding, bindExpr(level, expression.ast)));
  return { type: bound.type };
}
