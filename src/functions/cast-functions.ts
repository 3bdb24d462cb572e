/** Casts that have a function of the target's name in pg_proc: int4(float8), text(bpchar), numeric(numeric, int4). */
import type { Datum } from '../types/datum.ts';
import type { SqlType } from '../types/sql-type.ts';
import { findCast, fitToTypmod, hasTypmod } from '../types/cast.ts';
import { castSession } from './cast-session.ts';
import { arg, made, type Made } from './define.ts';
import type { ProcFact } from './pg-facts.ts';

/** A conversion of one argument; undefined where there is no such cast. */
function conversion(from: SqlType, to: SqlType): Made | undefined {
  const cast = findCast(from, to, 'explicit');
  return cast && made(() => (args, session) => cast(arg(args, 0), -1, castSession(session)));
}

/** The length coercion of a type: value, modifier, and whether the cast is explicit. */
function lengthCoercion(type: SqlType): Made {
  return made(() => (args: readonly Datum[]) => {
    const typmod = arg(args, 1) as number;
    if (typmod < 0) return arg(args, 0);
    return fitToTypmod(type, arg(args, 0), typmod, arg(args, 2) === false ? 'assignment' : 'explicit');
  });
}

/** The implementation of a function that is a cast by its name; undefined for any other function. */
export function castFunction(fact: ProcFact): Made | undefined {
  const { result, variadic } = fact;
  const [from, second] = fact.args;
  if (fact.kind !== 'f' || fact.name !== result.name || variadic !== undefined || from === undefined) {
    return undefined;
  }
  if (fact.args.length === 1) return from === result ? undefined : conversion(from, result);
  return from === result && second?.name === 'int4' && hasTypmod(result) ? lengthCoercion(result) : undefined;
}
