/** Expressions brought to the types that their places want: PostgreSQL's coerce_type and select_common_type. */
import { planError } from '../../errors.ts';
import { castSession } from '../../functions/cast-session.ts';
import { findCast, hasTypmod, type CastContext } from '../../types/cast.ts';
import { castError, commonType, commonTypeError } from '../../types/coercion.ts';
import { ANY, BOOL, RECORD, sameType, TEXT, UNKNOWN } from '../../types/registry.ts';
import type { Datum } from '../../types/datum.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { Expr } from '../expr.ts';
import type { Binding } from './binding.ts';

/**
 * The expression as a value of `type`, or undefined when `context` allows no cast. Literals without a type are read as
 * the type's input now, as PostgreSQL does; a parameter without a type gets this one. Throws for input that is no value.
 */
export function tryCoerce(
  binding: Binding,
  expr: Expr,
  type: SqlType,
  typmod: number,
  context: CastContext,
): Expr | undefined {
  if (expr.type === type && !wantsTypmod(expr, type, typmod)) return expr;
  if (type === UNKNOWN || type === ANY) return expr;
  if (expr.type === UNKNOWN) return coerceUnknown(binding, expr, type, typmod, context);
  if (sameType(expr.type, type) && !wantsTypmod(expr, type, typmod)) {
    return expr.type === type ? expr : { ...expr, type };
  }
  if (expr.kind === 'row' && type.kind === 'record' && type.fields !== undefined) {
    return coerceRow(binding, expr.args, type, context);
  }
  if (type === RECORD && expr.type.kind === 'record') return expr;
  const cast = findCast(expr.type, type, context);
  if (cast === undefined) return undefined;
  return { kind: 'cast', arg: expr, cast, explicit: context === 'explicit', type, typmod };
}

function wantsTypmod(expr: Expr, type: SqlType, typmod: number): boolean {
  return typmod >= 0 && typmod !== expr.typmod && hasTypmod(type);
}

function coerceUnknown(
  binding: Binding,
  expr: Expr,
  type: SqlType,
  typmod: number,
  context: CastContext,
): Expr | undefined {
  if (expr.kind === 'param') {
    const known = binding.parameters.infer(expr, type);
    return typmod < 0 ? known : tryCoerce(binding, known, type, typmod, context);
  }
  const cast = findCast(UNKNOWN, type, context);
  if (cast === undefined) return undefined;
  if (expr.kind === 'const') {
    const read = (): Datum =>
      expr.value === null ? null : cast(expr.value, typmod, castSession(binding.session));
    return { kind: 'const', value: binding.at(binding.literals.get(expr), read), type, typmod };
  }
  return { kind: 'cast', arg: expr, cast, explicit: context === 'explicit', type, typmod };
}

function coerceRow(
  binding: Binding,
  args: readonly Expr[],
  type: SqlType,
  context: CastContext,
): Expr | undefined {
  const fields = type.fields ?? [];
  if (fields.length !== args.length) return undefined;
  const coerced: Expr[] = [];
  for (const [i, field] of fields.entries()) {
    const arg = tryCoerce(binding, args[i]!, field.type, -1, context);
    if (arg === undefined) return undefined;
    coerced.push(arg);
  }
  return { kind: 'row', args: coerced, type, typmod: -1 };
}

/** As {@link tryCoerce}; throws `<what> does not support casting from <a> to <b>` where there is no cast. */
export function coerce(
  binding: Binding,
  expr: Expr,
  type: SqlType,
  typmod: number,
  context: CastContext,
  what: string,
): Expr {
  const coerced = tryCoerce(binding, expr, type, typmod, context);
  if (coerced === undefined) throw castError(what, expr.type, type, context === 'implicit');
  return coerced;
}

/** A condition. Throws `<what> must have type boolean, not type <t>`. */
export function coerceToBoolean(binding: Binding, expr: Expr, what: string): Expr {
  return coerceToType(binding, expr, BOOL, what);
}

/** By implicit casts. Throws `<what> must have type <wanted>, not type <t>`. */
export function coerceToType(binding: Binding, expr: Expr, type: SqlType, what: string): Expr {
  const coerced = tryCoerce(binding, expr, type, -1, 'implicit');
  if (coerced === undefined) {
    throw planError(`${what} must have type ${type.displayName}, not type ${expr.type.displayName}`);
  }
  return coerced;
}

/** A literal or parameter that nothing has given a type is text. */
export function settleUnknown(binding: Binding, expr: Expr): Expr {
  return expr.type === UNKNOWN ? (tryCoerce(binding, expr, TEXT, -1, 'implicit') ?? expr) : expr;
}

/** The type that all expressions take: select_common_type. Throws `<what> types <a> and <b> cannot be matched`. */
export function unifiedType(exprs: readonly Expr[], what: string): SqlType {
  const types = exprs.map((expr) => expr.type);
  const type = commonType(types);
  if (type === undefined) throw commonTypeError(what, types);
  return type;
}

/** The modifier that all expressions share, or -1. */
export function unifiedTypmod(exprs: readonly Expr[], type: SqlType): number {
  const [first] = exprs;
  if (first === undefined) return -1;
  return exprs.every((expr) => sameType(expr.type, type) && expr.typmod === first.typmod) ? first.typmod : -1;
}

/** All expressions brought to their common type. */
export function unify(binding: Binding, exprs: readonly Expr[], what: string): readonly Expr[] {
  const type = unifiedType(exprs, what);
  return exprs.map((expr) => coerce(binding, expr, type, -1, 'implicit', what));
}
