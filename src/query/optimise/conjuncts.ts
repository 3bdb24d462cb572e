/** Conditions taken apart into what must hold, and what can be read off each part. */
import { BOOL } from '../../types/registry.ts';
import { findCast } from '../../types/cast.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { Call, Expr } from '../expr.ts';
import { isVolatile, slotsOf, some } from '../expr-walk.ts';
import type { HashKeys } from '../plan/nodes.ts';

/** The parts of a conjunction. */
export function conjunctsOf(condition: Expr | null): readonly Expr[] {
  if (condition === null) return [];
  if (condition.kind === 'and') return condition.args.flatMap(conjunctsOf);
  return condition.kind === 'const' && condition.value === true ? [] : [condition];
}

/** The conjunction of parts; null for none. */
export function conjunction(parts: readonly Expr[]): Expr | null {
  const [first] = parts;
  if (first === undefined) return null;
  return parts.length === 1 ? first : { kind: 'and', args: parts, type: BOOL, typmod: -1 };
}

/** Those that satisfy a predicate, and the others. */
export function parted(
  list: readonly Expr[],
  predicate: (expr: Expr) => boolean,
): readonly [readonly Expr[], readonly Expr[]] {
  const yes: Expr[] = [];
  const no: Expr[] = [];
  for (const expr of list) (predicate(expr) ? yes : no).push(expr);
  return [yes, no];
}

export type Slots = ReadonlySet<number>;

/** Are all slots of the expression among these? */
export function within(expr: Expr, slots: Slots): boolean {
  for (const slot of slotsOf(expr)) if (!slots.has(slot)) return false;
  return true;
}

/** Does the expression read any of these slots? */
export function touches(expr: Expr, slots: Slots): boolean {
  for (const slot of slotsOf(expr)) if (slots.has(slot)) return true;
  return false;
}

export function union(a: Slots, b: Iterable<number>): Slots {
  return new Set([...a, ...b]);
}

/** `left = right` of two values. */
export interface Equality {
  readonly left: Expr;
  readonly right: Expr;
}

/** The two sides of an equality by a type's default operator. */
export function equalityOf(expr: Expr): Equality | null {
  if (expr.kind !== 'call' || !isEquality(expr) || isVolatile(expr)) return null;
  const [left, right] = expr.args;
  return left === undefined || right === undefined ? null : { left, right };
}

function isEquality(expr: Call): boolean {
  return 'comparison' in expr.fn && expr.fn.comparison === '=';
}

/** Types whose values are held and compared alike, so that a key of one finds rows of another. */
const ALIKE: readonly (readonly string[])[] = [
  ['int2', 'int4', 'uint2', 'uint4'],
  [
    'oid',
    'regclass',
    'regtype',
    'regproc',
    'regprocedure',
    'regnamespace',
    'regrole',
    'regoper',
    'regoperator',
  ],
  ['text', 'varchar', 'name'],
];

const families = new Map(ALIKE.flatMap((names, i) => names.map((name): [string, number] => [name, i])));

/** Do equal values of both types have equal hash keys? */
export function alike(a: SqlType, b: SqlType): boolean {
  if (a === b) return a.kind === 'base';
  const family = families.get(a.name);
  return family !== undefined && family === families.get(b.name);
}

/** The expression without casts that change nothing in the value. */
export function bare(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'cast' && inner.typmod < 0 && keepsValue(inner.arg.type, inner.type))
    inner = inner.arg;
  return inner;
}

/** name to text keeps the value; text to name may cut it. */
function keepsValue(from: SqlType, to: SqlType): boolean {
  return alike(from, to) && (to.name !== 'name' || from.name === 'name');
}

/** Keys that both sides of an equality can be hashed by; null when their types do not allow it. */
function hashable(left: Expr, right: Expr): { left: Expr; right: Expr; type: SqlType } | null {
  const a = bare(left);
  const b = bare(right);
  if (alike(a.type, b.type)) return { left: a, right: b, type: a.type };
  if (left.type === right.type) return { left, right, type: left.type };
  return widened(left, right) ?? turned(widened(right, left));
}

function turned(keys: { left: Expr; right: Expr; type: SqlType } | null): typeof keys {
  return keys && { left: keys.right, right: keys.left, type: keys.type };
}

/** int4 = int8 and float4 = float8 compare in the wider type. */
const WIDER: Readonly<Record<string, string>> = { int2: 'int8', int4: 'int8', float4: 'float8' };

function widened(narrow: Expr, wide: Expr): { left: Expr; right: Expr; type: SqlType } | null {
  if (WIDER[narrow.type.name] !== wide.type.name) return null;
  const cast = findCast(narrow.type, wide.type, 'implicit');
  if (cast === undefined) return null;
  const left: Expr = { kind: 'cast', arg: narrow, cast, explicit: false, type: wide.type, typmod: -1 };
  return { left, right: wide, type: wide.type };
}

/** Takes the equalities between two sides out of the conditions of their join. */
export function hashKeys(
  conditions: readonly Expr[],
  leftSlots: Slots,
  rightSlots: Slots,
): { readonly hash: HashKeys | null; readonly rest: readonly Expr[] } {
  const left: Expr[] = [];
  const right: Expr[] = [];
  const types: SqlType[] = [];
  const rest: Expr[] = [];
  for (const condition of conditions) {
    const sides = equalityOf(condition);
    const keys = sides && keysBetween(sides, leftSlots, rightSlots);
    if (keys === null) {
      rest.push(condition);
      continue;
    }
    left.push(keys.left);
    right.push(keys.right);
    types.push(keys.type);
  }
  return { hash: left.length === 0 ? null : { left, right, types }, rest };
}

function keysBetween(sides: Equality, leftSlots: Slots, rightSlots: Slots) {
  const isLeft = (expr: Expr): boolean => within(expr, leftSlots) && touches(expr, leftSlots);
  const isRight = (expr: Expr): boolean => within(expr, rightSlots) && touches(expr, rightSlots);
  if (isLeft(sides.left) && isRight(sides.right)) return hashable(sides.left, sides.right);
  if (isLeft(sides.right) && isRight(sides.left)) return hashable(sides.right, sides.left);
  return null;
}

/** Is the condition never true of a frame where these slots have no row? Strict comparisons of their columns are. */
export function rejectsNulls(condition: Expr, slots: Slots): boolean {
  switch (condition.kind) {
    case 'call':
      return condition.fn.strict && condition.args.some((arg) => isNullFor(arg, slots));
    case 'nullTest':
      return !condition.isNull && isNullFor(condition.arg, slots);
    case 'and':
      return condition.args.some((arg) => rejectsNulls(arg, slots));
    case 'or':
      return condition.args.every((arg) => rejectsNulls(arg, slots));
    case 'not':
      return isNullFor(condition.arg, slots);
    case 'arrayCompare':
      return isNullFor(condition.left, slots) && condition.array.kind === 'const' && !condition.all;
    case 'var':
      return slots.has(condition.slot);
    default:
      return false;
  }
}

/** Is the value NULL whenever these slots have no row? */
function isNullFor(expr: Expr, slots: Slots): boolean {
  switch (expr.kind) {
    case 'var':
      return slots.has(expr.slot);
    case 'cast':
      return isNullFor(expr.arg, slots);
    case 'call':
      return expr.fn.strict && expr.args.some((arg) => isNullFor(arg, slots));
    default:
      return false;
  }
}

/** Does it hold a subquery? Such conditions are worth asking last. */
export function hasSubquery(expr: Expr): boolean {
  return some(expr, (part) => part.kind === 'sublink');
}
