/** Going through expressions: rebuilding, searching, comparing. */
import type { Expr, FrameBound, SortKey, WindowSpec } from './expr.ts';
import { sameType } from '../types/registry.ts';
import type { Datum } from '../types/datum.ts';

type Mapper = (expr: Expr) => Expr;

function mapKey(key: SortKey, f: Mapper): SortKey {
  return { ...key, expr: f(key.expr) };
}

function mapBound(bound: FrameBound, f: Mapper): FrameBound {
  return 'offset' in bound ? { ...bound, offset: f(bound.offset) } : bound;
}

/** The window with its expressions replaced. */
export function mapWindow(window: WindowSpec, f: Mapper): WindowSpec {
  const { frame } = window;
  return {
    partition: window.partition.map(f),
    order: window.order.map((key) => mapKey(key, f)),
    frame: { ...frame, start: mapBound(frame.start, f), end: mapBound(frame.end, f) },
  };
}

/** The list with each member replaced; itself when all stay what they are. */
function mapped(exprs: readonly Expr[], f: Mapper): readonly Expr[] {
  let made: Expr[] | null = null;
  for (const [i, expr] of exprs.entries()) {
    const next = f(expr);
    if (next !== expr) made ??= exprs.slice(0, i);
    made?.push(next);
  }
  return made ?? exprs;
}

/**
 * The same expression with its direct operands replaced; most kinds answer themselves when nothing changes. Expressions
 * inside subqueries stay; their arguments change.
 */
export function mapChildren(expr: Expr, f: Mapper): Expr {
  switch (expr.kind) {
    case 'const':
    case 'var':
    case 'outer':
    case 'param':
    case 'wholeRow':
      return expr;
    case 'call':
    case 'and':
    case 'or':
    case 'coalesce':
    case 'greatest':
    case 'least':
    case 'array':
    case 'list':
    case 'map':
    case 'row':
    case 'grouping':
    case 'set': {
      const args = mapped(expr.args, f);
      return args === expr.args ? expr : { ...expr, args };
    }
    case 'cast':
    case 'not':
    case 'nullTest':
    case 'boolTest':
    case 'field': {
      const arg = f(expr.arg);
      return arg === expr.arg ? expr : { ...expr, arg };
    }
    case 'case':
      return {
        ...expr,
        whens: expr.whens.map(({ when, then }) => ({ when: f(when), then: f(then) })),
        otherwise: f(expr.otherwise),
      };
    case 'nullIf':
      return { ...expr, arg: f(expr.arg), equal: f(expr.equal) };
    case 'subscript':
      return {
        ...expr,
        arg: f(expr.arg),
        indices: expr.indices.map(({ lower, upper }) => ({
          lower: lower && f(lower),
          upper: upper && f(upper),
        })),
      };
    case 'distinct':
      return { ...expr, left: f(expr.left), right: f(expr.right) };
    case 'arrayCompare': {
      const [left, array] = [f(expr.left), f(expr.array)];
      return left === expr.left && array === expr.array ? expr : { ...expr, left, array };
    }
    case 'rowCompare':
      return {
        ...expr,
        pairs: expr.pairs.map(({ equal, compare }) => ({ equal: f(equal), compare: f(compare) })),
      };
    case 'sublink':
      return {
        ...expr,
        left: expr.left.map(f),
        sub: { ...expr.sub, args: expr.sub.args.map(f) },
      };
    case 'aggregate':
      return {
        ...expr,
        args: expr.args.map(f),
        order: expr.order.map((key) => mapKey(key, f)),
        filter: expr.filter && f(expr.filter),
      };
    case 'window':
      return {
        ...expr,
        args: expr.args.map(f),
        filter: expr.filter && f(expr.filter),
        window: mapWindow(expr.window, f),
      };
  }
}

/** Bottom-up rebuild: `f` answers the replacement, or the expression it was given. */
export function transform(expr: Expr, f: Mapper): Expr {
  return f(mapChildren(expr, (child) => transform(child, f)));
}

/** Top-down rebuild: where `f` answers an expression, it stands and is not gone into. */
export function replace(expr: Expr, f: (expr: Expr) => Expr | undefined): Expr {
  return f(expr) ?? mapChildren(expr, (child) => replace(child, f));
}

/** Does a direct operand satisfy the predicate? Those that {@link mapChildren} replaces are asked, without making any. */
function someChild(expr: Expr, f: (expr: Expr) => boolean): boolean {
  switch (expr.kind) {
    case 'const':
    case 'var':
    case 'outer':
    case 'param':
    case 'wholeRow':
      return false;
    case 'call':
    case 'and':
    case 'or':
    case 'coalesce':
    case 'greatest':
    case 'least':
    case 'array':
    case 'list':
    case 'map':
    case 'row':
    case 'grouping':
    case 'set':
      return expr.args.some(f);
    case 'cast':
    case 'not':
    case 'nullTest':
    case 'boolTest':
    case 'field':
      return f(expr.arg);
    case 'case':
      return expr.whens.some(({ when, then }) => f(when) || f(then)) || f(expr.otherwise);
    case 'nullIf':
      return f(expr.arg) || f(expr.equal);
    case 'distinct':
      return f(expr.left) || f(expr.right);
    case 'arrayCompare':
      return f(expr.left) || f(expr.array);
    case 'sublink':
      return expr.left.some(f) || expr.sub.args.some(f);
    default: {
      // The rest is rare: what it is made of is said once, in mapChildren.
      let found = false;
      mapChildren(expr, (child) => {
        found ||= f(child);
        return child;
      });
      return found;
    }
  }
}

/** Visits the expression and everything in it; `false` stops the visit below that one. */
export function visit(expr: Expr, f: (expr: Expr) => boolean | void): void {
  const each = (part: Expr): boolean => {
    if (f(part) !== false) someChild(part, each);
    return false;
  };
  each(expr);
}

/** Does any part satisfy the predicate? */
export function some(expr: Expr, predicate: (expr: Expr) => boolean): boolean {
  const each = (part: Expr): boolean => predicate(part) || someChild(part, each);
  return each(expr);
}

/** Slots that the expression reads. */
export function slotsOf(expr: Expr, into = new Set<number>()): Set<number> {
  visit(expr, (part) => {
    if (part.kind === 'var' || part.kind === 'wholeRow') into.add(part.slot);
  });
  return into;
}

/** Never the same answer twice, or with an effect: must not be folded, copied or moved. */
export function isVolatile(expr: Expr): boolean {
  return some(
    expr,
    (part) => (part.kind === 'call' || part.kind === 'set') && part.fn.volatility === 'volatile',
  );
}

function sameDatum(a: Datum, b: Datum): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') {
    return typeof a === 'number' && Number.isNaN(a) && Number.isNaN(b);
  }
  return stableText(a) === stableText(b);
}

function stableText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`;
    return part instanceof Map ? [...(part as Map<unknown, unknown>)] : part;
  });
}

function sameShape(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameShape(item, b[i]));
  }
  if ('kind' in a && 'kind' in b && 'type' in a && 'type' in b) return sameExpr(a as Expr, b as Expr);
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => sameShape(left[key], right[key]));
}

/** Structurally the same expression: what GROUP BY, DISTINCT and ORDER BY need to know. Subqueries are never the same. */
export function sameExpr(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.typmod !== b.typmod || !sameType(a.type, b.type)) return false;
  switch (a.kind) {
    case 'const':
      return sameDatum(a.value, (b as typeof a).value);
    case 'var':
      return a.slot === (b as typeof a).slot && a.col === (b as typeof a).col;
    case 'sublink':
      return false;
    case 'call': {
      const other = b as typeof a;
      return a.fn === other.fn && a.spread === other.spread && sameShape(a.args, other.args);
    }
    case 'cast':
      return sameExpr(a.arg, (b as typeof a).arg);
    case 'aggregate':
    case 'window':
    case 'set': {
      const { types: _, ...left } = a;
      const { types: __, ...right } = b as typeof a;
      return sameShape(shape(left), shape(right));
    }
    default:
      return sameShape(shape(a), shape(b));
  }
}

/** The parts that tell expressions of a kind apart. */
function shape(expr: object): Readonly<Record<string, unknown>> {
  const { type: _, typmod: __, ...rest } = expr as Record<string, unknown>;
  return rest;
}
