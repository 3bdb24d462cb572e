/**
 * Which overload a call means: PostgreSQL's func_match_argtypes and func_select_candidate (manual, chapter 10), and the
 * types that polymorphic parameters take.
 */
import { isPolymorphic, polymorphicResult } from '../../functions/polymorphic.ts';
import { commonType, isCoercible } from '../../types/coercion.ts';
import {
  ANYARRAY,
  arrayOf,
  listOf,
  mapOf,
  sameType,
  TEXT,
  typeByName,
  UNKNOWN,
} from '../../types/registry.ts';
import type { SqlType } from '../../types/sql-type.ts';

/** An overload as this call would use it: one parameter type for each argument. */
export interface Candidate<T> {
  readonly target: T;
  readonly params: readonly SqlType[];
  /** How many of `params` stand for a VARIADIC tail; overloads without win ties. */
  readonly variadicArgs: number;
  /** Parameters left to their defaults. */
  readonly defaulted: number;
}

export type Choice<T> =
  | { readonly kind: 'found'; readonly candidate: Candidate<T> }
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous' };

const NONE = { kind: 'none' } as const;
const AMBIGUOUS = { kind: 'ambiguous' } as const;

/** Picks the overload for arguments of these types; UNKNOWN stands for literals without a type. */
export function chooseOverload<T>(all: readonly Candidate<T>[], types: readonly SqlType[]): Choice<T> {
  return chooseAmong(withoutDuplicates(all), types);
}

/** As {@link chooseOverload}, for overloads of which no two take the same parameters. */
export function chooseAmong<T>(distinct: readonly Candidate<T>[], types: readonly SqlType[]): Choice<T> {
  const exact = distinct.find((c) => c.params.every((param, i) => isExact(param, types[i]!)));
  if (exact !== undefined) return { kind: 'found', candidate: exact };
  const fitting = distinct.filter((c) => fits(c, types));
  if (fitting.length <= 1) return answer(fitting);
  return selectCandidate(fitting, types);
}

function isExact(param: SqlType, type: SqlType): boolean {
  return type !== UNKNOWN && param === type;
}

function fits<T>(candidate: Candidate<T>, types: readonly SqlType[]): boolean {
  if (!candidate.params.every((param, i) => isCoercible(types[i]!, param))) return false;
  return candidate.params.some(isPolymorphic)
    ? settlePolymorphic(candidate.params, types) !== undefined
    : true;
}

/** Overloads with the same parameters: one without a VARIADIC tail, then one with fewer defaults, counts. */
function withoutDuplicates<T>(all: readonly Candidate<T>[]): readonly Candidate<T>[] {
  if (all.length < 2) return all;
  const kept: Candidate<T>[] = [];
  for (const candidate of all) {
    const i = kept.findIndex((other) => candidate.params.every((param, k) => param === other.params[k]));
    const other = kept[i];
    if (other === undefined) kept.push(candidate);
    else if (
      candidate.variadicArgs < other.variadicArgs ||
      (candidate.variadicArgs === other.variadicArgs && candidate.defaulted < other.defaulted)
    ) {
      kept[i] = candidate;
    }
  }
  return kept;
}

function answer<T>(candidates: readonly Candidate<T>[]): Choice<T> {
  const [only] = candidates;
  if (only === undefined) return NONE;
  return candidates.length === 1 ? { kind: 'found', candidate: only } : AMBIGUOUS;
}

/** Keeps the candidates with the highest score. */
function best<T>(
  candidates: readonly Candidate<T>[],
  score: (candidate: Candidate<T>) => number,
): readonly Candidate<T>[] {
  let highest = -1;
  let kept: Candidate<T>[] = [];
  for (const candidate of candidates) {
    const value = score(candidate);
    if (value > highest) {
      highest = value;
      kept = [candidate];
    } else if (value === highest) kept.push(candidate);
  }
  return kept;
}

function count(params: readonly SqlType[], holds: (param: SqlType, i: number) => boolean): number {
  let n = 0;
  for (let i = 0; i < params.length; i++) if (holds(params[i]!, i)) n++;
  return n;
}

/** varchar is text in all but name. */
function base(type: SqlType): SqlType {
  return type.name === 'varchar' ? TEXT : type;
}

function selectCandidate<T>(fitting: readonly Candidate<T>[], given: readonly SqlType[]): Choice<T> {
  const types = given.map(base);
  let left = best(fitting, ({ params }) =>
    count(params, (param, i) => types[i] !== UNKNOWN && param === types[i]),
  );
  if (left.length === 1) return answer(left);
  left = best(left, ({ params }) =>
    count(
      params,
      (param, i) =>
        types[i] !== UNKNOWN &&
        (param === types[i] || (param.preferred && param.category === types[i]!.category)),
    ),
  );
  if (left.length === 1) return answer(left);
  const unknowns = types.flatMap((type, i) => (type === UNKNOWN ? [i] : []));
  if (unknowns.length === 0) return AMBIGUOUS;
  const byCategory = narrowByCategory(left, unknowns);
  if (byCategory.length === 1) return answer(byCategory);
  return guessFromKnown(byCategory, types, unknowns) ?? AMBIGUOUS;
}

/** Literals without a type: strings where any candidate takes them, else the one category all agree on. */
function narrowByCategory<T>(
  candidates: readonly Candidate<T>[],
  unknowns: readonly number[],
): readonly Candidate<T>[] {
  const slots: { readonly i: number; readonly category: string; readonly preferred: boolean }[] = [];
  for (const i of unknowns) {
    const params = candidates.map((candidate) => candidate.params[i]!);
    const categories = new Set(params.map((param) => param.category));
    const category = categories.has('S') ? 'S' : categories.size === 1 ? params[0]!.category : undefined;
    if (category === undefined) return candidates;
    slots.push({ i, category, preferred: params.some((p) => p.category === category && p.preferred) });
  }
  const kept = candidates.filter(({ params }) =>
    slots.every(({ i, category, preferred }) => {
      const param = params[i]!;
      return param.category === category && (!preferred || param.preferred);
    }),
  );
  return kept.length > 0 ? kept : candidates;
}

/** When all known arguments have one type, literals are taken for that type too. */
function guessFromKnown<T>(
  candidates: readonly Candidate<T>[],
  types: readonly SqlType[],
  unknowns: readonly number[],
): Choice<T> | undefined {
  const known = types.filter((type) => type !== UNKNOWN);
  const [first] = known;
  if (first === undefined || unknowns.length === types.length) return undefined;
  if (!known.every((type) => type === first)) return undefined;
  const same = types.map(() => first);
  const matching = candidates.filter((candidate) => fits(candidate, same));
  const [only] = matching;
  return matching.length === 1 && only !== undefined ? { kind: 'found', candidate: only } : undefined;
}

/** The binding of polymorphic parameters in one call. */
interface Settled {
  /** A real type for each parameter. */
  readonly params: readonly SqlType[];
}

const ELEMENT = new Set(['anyelement', 'anynonarray', 'anyenum']);
const COMPATIBLE = new Set(['anycompatible', 'anycompatiblenonarray']);
/** Parameter types that hold the family's element type. */
const CONTAINERS: Readonly<
  Record<string, { family: 'element' | 'compatible'; of: (e: SqlType) => SqlType | undefined }>
> = {
  anyarray: { family: 'element', of: arrayOf },
  anyrange: { family: 'element', of: rangeOf },
  anycompatiblearray: { family: 'compatible', of: arrayOf },
  anycompatiblerange: { family: 'compatible', of: rangeOf },
  anycompatiblelist: { family: 'compatible', of: listOf },
  list: { family: 'compatible', of: listOf },
  anycompatiblemap: { family: 'compatible', of: mapOf },
  map: { family: 'compatible', of: mapOf },
};

const RANGES = ['int4range', 'int8range', 'numrange', 'tsrange', 'tstzrange', 'daterange'];

function rangeOf(element: SqlType): SqlType | undefined {
  return RANGES.map((name) => typeByName(name)).find((range) => range?.element === element);
}

/**
 * Real types for all parameters of a call, or undefined when the arguments contradict each other: every `anyelement` and
 * `anyarray` of a call speak of one type; `anycompatible` takes the common type of its arguments.
 */
export function settlePolymorphic(
  params: readonly SqlType[],
  types: readonly SqlType[],
): Settled | undefined {
  const element = elementType(params, types);
  if (element === null) return undefined;
  const compatible = compatibleType(params, types);
  if (compatible === null) return undefined;
  const settled: SqlType[] = [];
  for (const [i, param] of params.entries()) {
    const type = types[i]!;
    const real = realType(param, type, element ?? TEXT, compatible ?? TEXT);
    if (real === undefined) return undefined;
    settled.push(real);
  }
  return { params: settled };
}

function realType(param: SqlType, type: SqlType, element: SqlType, compatible: SqlType): SqlType | undefined {
  if (ELEMENT.has(param.name)) return element;
  if (COMPATIBLE.has(param.name)) return compatible;
  const container = CONTAINERS[param.name];
  if (container === undefined || param.kind !== 'pseudo') return param;
  const inner = container.family === 'element' ? element : compatible;
  // Vectors stand for arrays of their element.
  if (type !== UNKNOWN && type.element !== undefined && sameType(type.element, inner)) return type;
  return container.of(inner);
}

/** The type of the anyelement family: undefined when nothing tells, null when two arguments differ. */
function elementType(params: readonly SqlType[], types: readonly SqlType[]): SqlType | undefined | null {
  let element: SqlType | undefined;
  for (const [i, param] of params.entries()) {
    const type = types[i]!;
    if (type === UNKNOWN) continue;
    const container = CONTAINERS[param.name];
    const seen = ELEMENT.has(param.name)
      ? type
      : container?.family === 'element' && param.kind === 'pseudo'
        ? (type.element ?? (type === ANYARRAY ? type : undefined))
        : undefined;
    if (seen === undefined) continue;
    if (element !== undefined && !sameType(element, seen)) return null;
    element = seen;
  }
  return element;
}

/** As {@link elementType} for the anycompatible family, where the common type counts. */
function compatibleType(params: readonly SqlType[], types: readonly SqlType[]): SqlType | undefined | null {
  const seen: SqlType[] = [];
  let concerned = false;
  for (const [i, param] of params.entries()) {
    const type = types[i]!;
    const container = CONTAINERS[param.name];
    const isElement = COMPATIBLE.has(param.name);
    const isContainer = container?.family === 'compatible' && param.kind === 'pseudo';
    if (!isElement && !isContainer) continue;
    concerned = true;
    if (type === UNKNOWN) continue;
    const inner = isElement ? type : type.element;
    if (inner !== undefined) seen.push(inner);
  }
  if (!concerned) return undefined;
  return commonType(seen) ?? null;
}

/** The result of a call for the settled types of its arguments; undefined when nothing tells. */
export function resultType(
  returns: SqlType | ((args: readonly SqlType[]) => SqlType),
  args: readonly SqlType[],
): SqlType | undefined {
  const type = typeof returns === 'function' ? returns(args) : returns;
  if (!isPolymorphic(type) || type.element !== undefined) return type;
  return polymorphicResult(type, args, args);
}
