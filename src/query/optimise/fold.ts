/** Simplifying expressions before they run: constants computed once, AND and OR without what does not matter. */
import { compileExpr } from '../run/compile.ts';
import { Level, QueryRun } from '../run/context.ts';
import { BOOL } from '../../types/registry.ts';
import type { Call, Const, Expr, Logic } from '../expr.ts';
import { Interrupt } from '../interrupt.ts';
import type { SessionContext } from '../session-context.ts';

const TRUE: Const = { kind: 'const', value: true, type: BOOL, typmod: -1 };
const FALSE: Const = { kind: 'const', value: false, type: BOOL, typmod: -1 };

/** Immutable functions never look at the session: this one says so when one does, and the call stays as it is. */
const NO_SESSION = new Proxy({} as SessionContext, {
  get() {
    throw new Error('an immutable function asked for the session');
  },
});

function compute(expr: Call): Expr {
  try {
    const run = new QueryRun({
      session: NO_SESSION,
      parameters: [],
      interrupt: new Interrupt(),
      memoryLimit: 1 << 20,
    });
    const value = compileExpr(expr)([], new Level(run, [], null));
    return { kind: 'const', value, type: expr.type, typmod: expr.typmod };
  } catch {
    // The error belongs to the run, if this part is reached at all.
    return expr;
  }
}

function isConst(expr: Expr, value: boolean): boolean {
  return expr.kind === 'const' && expr.value === value;
}

/** An expression with operands that are as simple as can be, made as simple itself. */
export function simplify(expr: Expr): Expr {
  switch (expr.kind) {
    case 'call':
      if (expr.fn.volatility !== 'immutable' || expr.args.some((arg) => arg.kind !== 'const')) return expr;
      return compute(expr);
    case 'and': {
      const args = expr.args.some(({ kind }) => kind === 'and')
        ? expr.args.flatMap((arg) => (arg.kind === 'and' ? arg.args : [arg]))
        : expr.args;
      if (args.some((arg) => isConst(arg, false))) return FALSE;
      return withArgs(expr, args, without(args, true), TRUE);
    }
    case 'or':
      if (expr.args.some((arg) => isConst(arg, true))) return TRUE;
      return withArgs(expr, expr.args, without(expr.args, false), FALSE);
    case 'not':
      return isConst(expr.arg, true) ? FALSE : isConst(expr.arg, false) ? TRUE : expr;
    default:
      return expr;
  }
}

function without(args: readonly Expr[], value: boolean): readonly Expr[] {
  return args.some((arg) => isConst(arg, value)) ? args.filter((arg) => !isConst(arg, value)) : args;
}

/** AND or OR of what is left of its operands; `none` is what it comes to without any. */
function withArgs(expr: Logic, args: readonly Expr[], left: readonly Expr[], none: Const): Expr {
  if (left.length <= 1) return left[0] ?? none;
  return left === args && args === expr.args ? expr : { ...expr, args: left };
}
