/** Casts that have a function of the target's name in pg_proc: int4(float8), text(bpchar), numeric(numeric, int4). */
import type { Datum } from '../types/datum.ts';
import { findCast, fitToTypmod, hasTypmod } from '../types/cast.ts';
import { castSession } from './cast-session.ts';
import { arg, made, type ScalarTable } from './define.ts';
import { procFacts, type ProcFact } from './pg-facts.ts';

/** A conversion of one argument. */
function conversion(fact: ProcFact): ScalarTable {
  const [from] = fact.args;
  const cast = from === undefined ? undefined : findCast(from, fact.result, 'explicit');
  if (cast === undefined) return {};
  return { [fact.signature]: made(() => (args, session) => cast(arg(args, 0), -1, castSession(session))) };
}

/** The length coercion of a type: value, modifier, and whether the cast is explicit. */
function coercion(fact: ProcFact): ScalarTable {
  return {
    [fact.signature]: made(() => (args: readonly Datum[]) => {
      const typmod = arg(args, 1) as number;
      if (typmod < 0) return arg(args, 0);
      return fitToTypmod(
        fact.result,
        arg(args, 0),
        typmod,
        arg(args, 2) === false ? 'assignment' : 'explicit',
      );
    }),
  };
}

function isNamedForResult(fact: ProcFact): boolean {
  return fact.kind === 'f' && fact.name === fact.result.name && fact.variadic === undefined;
}

export const castFunctions: ScalarTable = Object.assign(
  {},
  ...procFacts.filter(isNamedForResult).map((fact) => {
    const [from, second] = fact.args;
    if (fact.args.length === 1 && from !== fact.result && fact.name !== 'regclass') return conversion(fact);
    return from === fact.result && second?.name === 'int4' && hasTypmod(fact.result) ? coercion(fact) : {};
  }),
) as ScalarTable;
