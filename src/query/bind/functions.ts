/** Function calls: which overload, and what kind of call it is. */
import type { FuncCall, Node } from '@pgsql/types';
import { planError, SqlError } from '../../errors.ts';
import type { FunctionDef, ScalarFunction, TableFunction } from '../../functions/function.ts';
import { functionsByName } from '../../functions/registry.ts';
import { findCast } from '../../types/cast.ts';
import { SYNTAX_SCHEMA, syntaxFunction } from '../../sql/extensions.ts';
import {
  ANY,
  ANYARRAY,
  ANYCOMPATIBLEARRAY,
  arrayOf,
  listOf,
  mapOf,
  recordOf,
  UNKNOWN,
} from '../../types/registry.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { CallTypes } from '../../functions/function.ts';
import type { Expr } from '../expr.ts';
import { bindAggregateCall } from './aggregates.ts';
import { stringsOf } from './ast.ts';
import { constant } from './build.ts';
import { coerce, settleUnknown } from './coerce.ts';
import { bindConstructor } from './containers.ts';
import { bindExpr } from './expressions.ts';
import type { Level } from './level.ts';
import { chooseOverload, resultType, settlePolymorphic, type Candidate } from './overloads.ts';
import { functionSchemaMatches } from './resolve.ts';
import { bindCollected } from './sublinks.ts';
import { namedType } from './types.ts';
import { bindWindowCall } from './windows.ts';

/** A function found for its arguments, which have been coerced. */
export interface ResolvedCall<F extends FunctionDef = FunctionDef> {
  readonly fn: F;
  readonly args: readonly Expr[];
  readonly types: CallTypes;
  /** VARIADIC was written: the last argument is the array of the tail. */
  readonly spread: boolean;
}

export function bindFunctionCall(level: Level, node: FuncCall): Expr {
  const syntax = syntaxFunction(node);
  if (syntax !== null) return bindSyntaxCall(level, syntax, node);
  const parts = stringsOf(node.funcname);
  const kinds = overloadsOf(level, parts).map((fn) => fn.kind);
  // rank() and its kin are window functions by OVER and aggregates by WITHIN GROUP.
  const overWindow = node.over !== undefined && kinds.includes('window');
  if (!overWindow && kinds.includes('aggregate')) return bindAggregateCall(level, node, parts);
  if (node.over !== undefined) return bindWindowCall(level, node, parts);
  return bindPlainCall(level, node, parts);
}

function bindSyntaxCall(
  level: Level,
  syntax: NonNullable<ReturnType<typeof syntaxFunction>>,
  node: FuncCall,
): Expr {
  switch (syntax) {
    case 'list':
    case 'map':
      return bindConstructor(level, syntax, node);
    case 'list_query':
      return bindCollected(level, 'list', node.args?.[0], listOf);
    case 'map_query':
      return bindCollected(level, 'map', node.args?.[0], mapOf);
    case 'show':
      throw planError('SHOW commands are not allowed in expressions');
  }
}

/** Overloads of a name that the session can see. Throws `function "f" does not exist`. */
export function overloadsOf(level: Level, parts: readonly string[]): readonly FunctionDef[] {
  const name = parts.at(-1) ?? '';
  const schema = parts.at(-2);
  return functionsByName(name).filter((fn) =>
    functionSchemaMatches(level.binding.session, schema, fn.schema),
  );
}

/** Qualified name for messages. */
export function functionText(fn: FunctionDef): string {
  return `${fn.schema}.${fn.name}`;
}

function bindPlainCall(level: Level, node: FuncCall, parts: readonly string[]): Expr {
  if (
    node.agg_star === true ||
    node.agg_distinct === true ||
    node.agg_order !== undefined ||
    node.agg_filter !== undefined ||
    node.agg_within_group === true
  ) {
    const fn = overloadsOf(level, parts)[0];
    if (fn === undefined) throw unknownFunction(parts);
    const modifier =
      node.agg_filter !== undefined
        ? 'FILTER'
        : node.agg_distinct === true
          ? 'DISTINCT'
          : node.agg_star === true
            ? '*'
            : 'ORDER BY';
    throw planError(`${modifier} specified, but ${parts.join('.')} is not an aggregate function`);
  }
  const { args, names } = bindArguments(level, node);
  const cast = functionalCast(level, parts, args, names);
  if (cast !== undefined) return cast;
  const call = resolveCall(level, parts, args, names, node.func_variadic === true);
  return finishCall(level, call);
}

/** The expression of a resolved call of a scalar or set-returning function. */
function finishCall(level: Level, call: ResolvedCall): Expr {
  const { fn } = call;
  switch (fn.kind) {
    case 'scalar':
      checkSession(level, fn);
      return scalarExpr({ ...call, fn });
    case 'table':
      return setExpr(level, { ...call, fn });
    case 'window':
      throw planError(`window function ${functionText(fn)} requires an OVER clause`);
    case 'aggregate':
      throw planError(
        `aggregate functions are not allowed in ${level.clause.name} (function ${functionText(fn)})`,
      );
  }
}

export function scalarExpr({ fn, args, types, spread }: ResolvedCall<ScalarFunction>): Expr {
  return { kind: 'call', fn, args, types, ...(spread ? { spread } : {}), type: types.result, typmod: -1 };
}

/** mz_now() has no value in statements that no timestamp is chosen for. */
function checkSession(level: Level, fn: ScalarFunction): void {
  if (fn.name !== 'mz_now' || level.clause.mzNow !== false) return;
  throw new SqlError('0A000', 'cannot call mz_now in this ');
}

function setExpr(level: Level, { fn, args, types }: ResolvedCall<TableFunction>): Expr {
  if (!level.clause.sets) {
    throw planError(`table functions are not allowed in ${level.clause.name} (function ${functionText(fn)})`);
  }
  const columns = fn.columns(types.args);
  const width = columns.length;
  const type = width === 1 ? columns[0]!.type : recordOf(columns);
  const call = { kind: 'set', fn, args, types: { ...types, result: type }, width, type, typmod: -1 } as const;
  level.sets.push(call);
  return call;
}

/** Arguments in order, with the names of those written `name => value`. */
export function bindArguments(
  level: Level,
  node: FuncCall,
): { readonly args: readonly Expr[]; readonly names: readonly (string | null)[] } {
  const args: Expr[] = [];
  const names: (string | null)[] = [];
  for (const arg of node.args ?? []) {
    const named = 'NamedArgExpr' in arg ? arg.NamedArgExpr : undefined;
    if (named === undefined && names.at(-1) != null) {
      throw planError('positional argument cannot follow named argument');
    }
    args.push(bindExpr(level, named?.arg ?? (arg as Node)));
    names.push(named?.name ?? null);
  }
  return { args, names };
}

/** `type(value)` as a cast, where no function of the name takes the value (manual 10.3). */
function functionalCast(
  level: Level,
  parts: readonly string[],
  args: readonly Expr[],
  names: readonly (string | null)[],
): Expr | undefined {
  const [arg] = args;
  if (arg === undefined || args.length !== 1 || names[0] !== null) return undefined;
  const exact = overloadsOf(level, parts).some((fn) => fn.args.length === 1 && fn.args[0] === arg.type);
  if (exact) return undefined;
  const type = parts.length <= 2 ? namedType(level.binding.session, parts) : undefined;
  if (type === undefined || type.kind === 'pseudo' || type === UNKNOWN) return undefined;
  if (arg.type !== UNKNOWN && findCast(arg.type, type, 'explicit') === undefined) return undefined;
  const isFunctionCast = arg.type === UNKNOWN || parts.at(-1) === type.name;
  return isFunctionCast ? coerce(level.binding, arg, type, -1, 'explicit', 'CAST') : undefined;
}

/** A call by name with bound arguments. */
export function callByName(level: Level, name: string, args: readonly Expr[]): Expr {
  return finishCall(
    level,
    resolveCall(
      level,
      ['pg_catalog', name],
      args,
      args.map(() => null),
      false,
    ),
  );
}

const NO_FUNCTION =
  'No function matches the given name and argument types. You might need to add explicit type casts.';
const NO_MATCH =
  'No function matches the given name and argument types.  You might need to add explicit type casts.';
const NOT_UNIQUE = 'Could not choose a best candidate function.  You might need to add explicit type casts.';

export function unknownFunction(parts: readonly string[]): SqlError {
  return planError(`function "${parts.join('.')}" does not exist`, { hint: NO_FUNCTION });
}

/** Finds the overload and coerces the arguments to it. `which` narrows the kinds of functions. */
export function resolveCall(
  level: Level,
  parts: readonly string[],
  args: readonly Expr[],
  names: readonly (string | null)[],
  variadic: boolean,
  which: (fn: FunctionDef) => boolean = () => true,
): ResolvedCall {
  const overloads = overloadsOf(level, parts).filter(which);
  if (overloads.length === 0) throw unknownFunction(parts.filter((part) => part !== SYNTAX_SCHEMA));
  const candidates = overloads.flatMap((fn) => candidateOf(fn, args.length, names, variadic) ?? []);
  const types = args.map((arg) => arg.type);
  const choice = chooseOverload(candidates, types);
  if (choice.kind !== 'found') {
    const signature = `${parts.join('.')}(${types.map((type) => type.displayName).join(', ')})`;
    throw choice.kind === 'none'
      ? planError(`function ${signature} does not exist`, { hint: NO_MATCH })
      : planError(`function ${signature} is not unique`, { hint: NOT_UNIQUE });
  }
  const chosen = candidates.find((candidate) => candidate === choice.candidate)!;
  return applyCall(level, chosen, args, parts, variadic);
}

interface CallCandidate extends Candidate<FunctionDef> {
  /** For each parameter the argument that fills it; -1 for a default. */
  readonly order: readonly number[] | null;
}

/** The overload with one parameter for each argument, or undefined when the counts or names do not fit. */
function candidateOf(
  fn: FunctionDef,
  count: number,
  names: readonly (string | null)[],
  spread: boolean,
): CallCandidate | undefined {
  if (names.some((name) => name !== null)) return namedCandidate(fn, names);
  const { args, variadic, optionalArgs = 0 } = fn;
  if (spread) {
    if (variadic === undefined || count !== args.length + 1) return undefined;
    return {
      target: fn,
      params: [...args, variadicArray(variadic)],
      variadicArgs: 1,
      defaulted: 0,
      order: null,
    };
  }
  if (count < args.length - optionalArgs) return undefined;
  if (count <= args.length) {
    // A VARIADIC tail has at least one argument.
    if (variadic !== undefined) return undefined;
    return {
      target: fn,
      params: args.slice(0, count),
      variadicArgs: 0,
      defaulted: args.length - count,
      order: null,
    };
  }
  if (variadic === undefined) return undefined;
  const tail = count - args.length;
  const params = [...args, ...Array.from({ length: tail }, () => variadic)];
  return { target: fn, params, variadicArgs: tail, defaulted: 0, order: null };
}

/** The type of a written-out VARIADIC array; "any" takes an array of anything. */
function variadicArray(element: SqlType): SqlType {
  if (element.name === 'anyelement') return ANYARRAY;
  if (element.name === 'anycompatible') return ANYCOMPATIBLEARRAY;
  return element === ANY ? ANYARRAY : (arrayOf(element) ?? element);
}

function namedCandidate(fn: FunctionDef, names: readonly (string | null)[]): CallCandidate | undefined {
  const { args, argNames = [], optionalArgs = 0 } = fn;
  if (names.length > args.length) return undefined;
  const order: number[] = args.map(() => -1);
  const params: SqlType[] = [];
  for (const [i, name] of names.entries()) {
    const position = name === null ? i : argNames.indexOf(name);
    if (position < 0 || position >= args.length || order[position] !== -1) return undefined;
    order[position] = i;
    params.push(args[position]!);
  }
  const missing = order.findIndex((at) => at < 0);
  if (missing >= 0 && missing < args.length - optionalArgs) return undefined;
  const isGap = missing >= 0 && order.slice(missing).some((at) => at >= 0);
  if (isGap && fn.defaults === undefined) return undefined;
  return { target: fn, params, variadicArgs: 0, defaulted: args.length - names.length, order };
}

function applyCall(
  level: Level,
  chosen: CallCandidate,
  given: readonly Expr[],
  parts: readonly string[],
  spread: boolean,
): ResolvedCall {
  const { binding } = level;
  const { target: fn, params, order } = chosen;
  const settled = settlePolymorphic(
    params,
    given.map((arg) => arg.type),
  );
  const name = parts.join('.');
  if (settled === undefined) throw planError(`could not determine polymorphic type of arguments of ${name}`);
  const coerced = given.map((arg, i) => {
    const type = settled.params[i]!;
    if (type !== ANY) return coerce(binding, arg, type, -1, 'implicit', name);
    // It tells the type before anything gave a literal one.
    return fn.name === 'pg_typeof' && arg.kind === 'const' ? arg : settleUnknown(binding, arg);
  });
  const args = order === null ? coerced : inOrder(fn, order, coerced);
  if (params.some((param) => param.name === 'internal')) {
    throw planError('cannot call function with arguments of type internal', {
      detail: 'This function is for the internal use of the database system and cannot be called directly.',
    });
  }
  const argTypes = args.map((arg) => arg.type);
  const result = fn.kind === 'table' ? UNKNOWN : callResult(fn.returns, argTypes, name);
  return {
    fn,
    args,
    types: { args: argTypes, typmods: args.map((arg) => arg.typmod), result },
    spread,
  };
}

/** Named arguments in the order of the parameters; what is left out before one that is given takes its default. */
function inOrder(fn: FunctionDef, order: readonly number[], given: readonly Expr[]): readonly Expr[] {
  const { args, defaults = [] } = fn;
  const last = order.findLastIndex((at) => at >= 0);
  return order.slice(0, last + 1).map((at, position) => {
    const fallback = defaults[position - (args.length - defaults.length)] ?? null;
    return at >= 0 ? given[at]! : constant(fallback, args[position]!);
  });
}

function callResult(
  returns: SqlType | ((args: readonly SqlType[]) => SqlType),
  args: readonly SqlType[],
  name: string,
): SqlType {
  const result = resultType(returns, args);
  if (result === undefined)
    throw planError(`could not determine polymorphic type because input of ${name} has type unknown`);
  return result;
}
