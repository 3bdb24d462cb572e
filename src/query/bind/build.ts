/** Makers of expressions that many files of this folder need. */
import type { Datum } from '../../types/datum.ts';
import { BOOL, INT4, UNKNOWN } from '../../types/registry.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { Const, Expr, Var } from '../expr.ts';

export function constant(value: Datum, type: SqlType, typmod = -1): Const {
  return { kind: 'const', value, type, typmod };
}

export const NULL_LITERAL: Const = constant(null, UNKNOWN);
export const TRUE: Const = constant(true, BOOL);

export function integer(value: number): Const {
  return constant(value, INT4);
}

export function variable(slot: number, col: number, type: SqlType, typmod: number, name: string): Var {
  return { kind: 'var', slot, col, type, typmod, name };
}

/** Conjunction of any number of conditions. */
export function conjunction(args: readonly Expr[]): Expr {
  const [only] = args;
  if (only === undefined) return TRUE;
  return args.length === 1 ? only : { kind: 'and', args, type: BOOL, typmod: -1 };
}

export function disjunction(args: readonly Expr[]): Expr {
  const [only] = args;
  if (only === undefined) return constant(false, BOOL);
  return args.length === 1 ? only : { kind: 'or', args, type: BOOL, typmod: -1 };
}

export function negation(arg: Expr): Expr {
  return { kind: 'not', arg, type: BOOL, typmod: -1 };
}
