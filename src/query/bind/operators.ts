/** Operators: from a name and two operands to a call with coerced arguments. */
import { planError, type SqlError } from '../../errors.ts';
import type { OperatorDef } from '../../functions/function.ts';
import { operatorsByName } from '../../functions/registry.ts';
import { ANY, BOOL, UNKNOWN } from '../../types/registry.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { Expr } from '../expr.ts';
import type { Binding } from './binding.ts';
import { coerce } from './coerce.ts';
import { chooseAmong, resultType, settlePolymorphic, type Candidate, type Choice } from './overloads.ts';

const NO_MATCH =
  'No operator matches the given name and argument types.  You might need to add explicit type casts.';
const NOT_UNIQUE = 'Could not choose a best candidate operator.  You might need to add explicit type casts.';

const candidatesOf = new Map<string, readonly Candidate<OperatorDef>[]>();

function candidates(name: string, binary: boolean): readonly Candidate<OperatorDef>[] {
  const key = `${name} ${binary}`;
  let known = candidatesOf.get(key);
  if (known === undefined) {
    known = operatorsByName(name)
      .filter((operator) => (operator.left !== null) === binary)
      .map((operator) => ({
        target: operator,
        params: operator.left === null ? [operator.right] : [operator.left, operator.right],
        variadicArgs: 0,
        defaulted: 0,
      }));
    if (known.length > 0) candidatesOf.set(key, known);
  }
  return known;
}

/** `!=` is a spelling of `<>`. */
function canonical(name: string): string {
  return name === '!=' ? '<>' : name;
}

/** A call of the operator; `left` null for a prefix operator. Throws `operator does not exist: <a> op <b>`. */
export function operatorCall(binding: Binding, written: string, left: Expr | null, right: Expr): Expr {
  const name = canonical(written);
  const operands = left === null ? [right] : [left, right];
  const types = operands.map((operand) => operand.type);
  const choice = choose(name, types);
  if (choice.kind !== 'found') throw failure(choice.kind === 'none', written, types);
  const { target, params } = choice.candidate;
  const call = applyOperator(binding, target, params, operands);
  if (call === undefined) throw failure(true, written, types);
  return call;
}

function applyOperator(
  binding: Binding,
  target: OperatorDef,
  params: readonly SqlType[],
  operands: readonly Expr[],
): Expr | undefined {
  const settled = settlePolymorphic(
    params,
    operands.map((operand) => operand.type),
  );
  if (settled === undefined) return undefined;
  const args = operands.map((operand, i) => {
    const type = settled.params[i]!;
    return type === ANY ? operand : coerce(binding, operand, type, -1, 'implicit', target.name);
  });
  const argTypes = args.map((arg) => arg.type);
  const type = resultType(target.returns, argTypes);
  if (type === undefined) return undefined;
  return {
    kind: 'call',
    fn: target,
    args,
    types: { args: argTypes, typmods: args.map((arg) => arg.typmod), result: type },
    type,
    typmod: -1,
  };
}

/** The overload for operands of these types (binary_oper_exact, oper_select_candidate). */
function choose(name: string, types: readonly SqlType[]): Choice<OperatorDef> {
  const all = candidates(name, types.length === 2);
  if (types.length === 2) {
    // A literal beside a value is first taken for the value's type.
    const [a, b] = types as readonly [SqlType, SqlType];
    if ((a === UNKNOWN) !== (b === UNKNOWN)) {
      const same = a === UNKNOWN ? b : a;
      const exact = all.find(({ params }) => params[0] === same && params[1] === same);
      if (exact !== undefined) return { kind: 'found', candidate: exact };
    }
  }
  return chooseAmong(all, types);
}

function failure(missing: boolean, name: string, types: readonly SqlType[]): SqlError {
  const names = types.map((type) => type.displayName);
  const text =
    names.length === 1 ? `${name} ${names[0] ?? ''}` : `${names[0] ?? ''} ${name} ${names[1] ?? ''}`;
  return missing
    ? planError(`operator does not exist: ${text}`, { hint: NO_MATCH })
    : planError(`operator is not unique: ${text}`, { hint: NOT_UNIQUE });
}

/** A comparison that must answer a truth value. */
export function comparisonCall(binding: Binding, name: string, left: Expr, right: Expr, what: string): Expr {
  const call = operatorCall(binding, name, left, right);
  if (call.type !== BOOL) {
    throw planError(`${what} requires operator to yield boolean, not type ${call.type.displayName}`);
  }
  return call;
}
