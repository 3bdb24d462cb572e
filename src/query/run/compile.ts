/** Expressions to closures, made once per plan. A closure takes the frame of its level and the level itself. */
import { planError } from '../../errors.ts';
import { comparator, hashKey, type HashKey } from '../../types/compare.ts';
import { SqlArray, SqlList, SqlMap, SqlRecord, type Datum } from '../../types/datum.ts';
import type { ArrayCompare, Call, Case, Collection, Distinct, Expr, RowCompare } from '../expr.ts';
import { NULL_ROW, SUSPEND, type Frame, type Level } from './context.ts';
import { compileSublink, stack } from './sublink.ts';
import { compileSubscript } from './subscript.ts';

/** An expression made ready. May throw SUSPEND when it holds a subquery. */
export type Eval = (frame: Frame, level: Level) => Datum;

/** Evaluates; SUSPEND as an answer instead of an exception. */
export function attempt(evaluate: Eval, frame: Frame, level: Level): Datum | typeof SUSPEND {
  try {
    return evaluate(frame, level);
  } catch (cause) {
    if (cause === SUSPEND) return SUSPEND;
    throw cause;
  }
}

/** Evaluates several; SUSPEND when one of them has to wait. */
export function attemptAll(evaluates: readonly Eval[], frame: Frame, level: Level): Datum[] | typeof SUSPEND {
  try {
    const values = new Array<Datum>(evaluates.length);
    for (let i = 0; i < evaluates.length; i++) values[i] = evaluates[i]!(frame, level);
    return values;
  } catch (cause) {
    if (cause === SUSPEND) return SUSPEND;
    throw cause;
  }
}

/** Compiles an expression. */
export function compileExpr(expr: Expr): Eval {
  switch (expr.kind) {
    case 'const': {
      const { value } = expr;
      return () => value;
    }
    case 'var': {
      const { slot, col } = expr;
      return (frame) => frame[slot]![col]!;
    }
    case 'outer': {
      const { index } = expr;
      return (_, level) => level.args[index]!;
    }
    case 'param': {
      const index = expr.number - 1;
      return (_, level) => level.run.parameters[index] ?? null;
    }
    case 'call':
      return compileCall(expr);
    case 'cast': {
      const arg = compileExpr(expr.arg);
      const { cast, typmod } = expr;
      return (frame, level) => {
        const value = arg(frame, level);
        return value === null ? null : cast(value, typmod, level.run.casts);
      };
    }
    case 'and':
      return compileAnd(expr.args.map(compileExpr));
    case 'or':
      return compileOr(expr.args.map(compileExpr));
    case 'not': {
      const arg = compileExpr(expr.arg);
      return (frame, level) => {
        const value = arg(frame, level);
        return value === null ? null : !(value as boolean);
      };
    }
    case 'nullTest':
      return compileNullTest(compileExpr(expr.arg), expr.isNull, expr.arg.type.kind === 'record');
    case 'boolTest': {
      const arg = compileExpr(expr.arg);
      const { wanted, negated } = expr;
      return (frame, level) => (arg(frame, level) === wanted) !== negated;
    }
    case 'case':
      return compileCase(expr);
    case 'coalesce': {
      const args = expr.args.map(compileExpr);
      return (frame, level) => {
        for (const arg of args) {
          const value = arg(frame, level);
          if (value !== null) return value;
        }
        return null;
      };
    }
    case 'greatest':
      return compileExtreme(expr.args.map(compileExpr), comparator(expr.type), 1);
    case 'least':
      return compileExtreme(expr.args.map(compileExpr), comparator(expr.type), -1);
    case 'nullIf': {
      const arg = compileExpr(expr.arg);
      const equal = compileExpr(expr.equal);
      return (frame, level) => (equal(frame, level) === true ? null : arg(frame, level));
    }
    case 'array':
    case 'list':
    case 'map':
      return compileCollection(expr);
    case 'row': {
      const args = expr.args.map(compileExpr);
      return (frame, level) => new SqlRecord(args.map((arg) => arg(frame, level)));
    }
    case 'wholeRow': {
      const { slot, width } = expr;
      return (frame) => {
        const row = frame[slot]!;
        if (row === NULL_ROW) return null;
        return new SqlRecord(row.length === width ? row : row.slice(0, width));
      };
    }
    case 'field': {
      const arg = compileExpr(expr.arg);
      const { index } = expr;
      return (frame, level) => {
        const value = arg(frame, level);
        return value === null ? null : ((value as SqlRecord).fields[index] ?? null);
      };
    }
    case 'subscript':
      return compileSubscript(expr, compileExpr);
    case 'distinct':
      return compileDistinct(expr);
    case 'arrayCompare':
      return compileArrayCompare(expr);
    case 'rowCompare':
      return compileRowCompare(expr);
    case 'sublink':
      return compileSublink(expr);
    case 'aggregate':
    case 'grouping':
    case 'window':
    case 'set':
      throw new Error(`${expr.kind} is no expression of a plan`);
  }
}

/** Types whose equal values are identical in JavaScript. */
const IDENTICAL = new Set(
  'bool int2 int4 int8 oid text varchar name uuid date time timestamp timestamptz uint2 uint4 uint8 mz_timestamp'.split(
    ' ',
  ),
);

function compileCall(expr: Call): Eval {
  const { fn, types } = expr;
  const args = expr.args.map(compileExpr);
  if (expr.spread === true) return compileSpread(expr, args);
  if ('comparison' in fn && fn.left?.name === fn.right.name && IDENTICAL.has(fn.right.name)) {
    const direct = compileIdentical(fn.comparison, args);
    if (direct !== undefined) return direct;
  }
  const call = fn.make(types);
  if (!fn.strict)
    return (frame, level) =>
      call(
        args.map((arg) => arg(frame, level)),
        level.session,
      );
  const [a, b, c] = args;
  switch (args.length) {
    case 0:
      return (_, level) => call([], level.session);
    case 1:
      return (frame, level) => {
        const x = a!(frame, level);
        return x === null ? null : call([x], level.session);
      };
    case 2:
      return (frame, level) => {
        const x = a!(frame, level);
        if (x === null) return null;
        const y = b!(frame, level);
        return y === null ? null : call([x, y], level.session);
      };
    case 3:
      return (frame, level) => {
        const x = a!(frame, level);
        const y = b!(frame, level);
        const z = c!(frame, level);
        return x === null || y === null || z === null ? null : call([x, y, z], level.session);
      };
    default:
      return (frame, level) => {
        const values = args.map((arg) => arg(frame, level));
        return values.includes(null) ? null : call(values, level.session);
      };
  }
}

function compileIdentical(comparison: string | undefined, [a, b]: readonly Eval[]): Eval | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (comparison !== '=' && comparison !== '<>') return undefined;
  const wanted = comparison === '=';
  return (frame, level) => {
    const x = a(frame, level);
    if (x === null) return null;
    const y = b(frame, level);
    return y === null ? null : (x === y) === wanted;
  };
}

/** `f(VARIADIC array)`: the elements are the arguments. */
function compileSpread({ fn, types }: Call, args: readonly Eval[]): Eval {
  const fixed = args.slice(0, -1);
  const tail = args.at(-1)!;
  const array = types.args.at(-1)!;
  const element = array.element ?? array;
  const made = new Map<number, ReturnType<Call['fn']['make']>>();
  const callFor = (count: number): ReturnType<Call['fn']['make']> => {
    let call = made.get(count);
    if (call === undefined) {
      const fill = <T>(list: readonly T[], value: T): T[] => [
        ...list.slice(0, fixed.length),
        ...new Array<T>(count).fill(value),
      ];
      call = fn.make({ ...types, args: fill(types.args, element), typmods: fill(types.typmods, -1) });
      made.set(count, call);
    }
    return call;
  };
  return (frame, level) => {
    const values = fixed.map((arg) => arg(frame, level));
    const array = tail(frame, level);
    if (array === null) return null;
    const { elements } = array as SqlArray;
    if (fn.strict && values.includes(null)) return null;
    return callFor(elements.length)([...values, ...elements], level.session);
  };
}

function compileAnd(args: readonly Eval[]): Eval {
  return (frame, level) => {
    let unknown = false;
    for (const arg of args) {
      const value = arg(frame, level);
      if (value === false) return false;
      if (value === null) unknown = true;
    }
    return unknown ? null : true;
  };
}

function compileOr(args: readonly Eval[]): Eval {
  return (frame, level) => {
    let unknown = false;
    for (const arg of args) {
      const value = arg(frame, level);
      if (value === true) return true;
      if (value === null) unknown = true;
    }
    return unknown ? null : false;
  };
}

/** Of a record, IS NULL asks whether all fields are NULL and IS NOT NULL whether none is. */
function compileNullTest(arg: Eval, isNull: boolean, isRecord: boolean): Eval {
  if (!isRecord) return isNull ? (f, l) => arg(f, l) === null : (f, l) => arg(f, l) !== null;
  return (frame, level) => {
    const value = arg(frame, level);
    if (value === null) return isNull;
    const { fields } = value as SqlRecord;
    return isNull ? fields.every((field) => field === null) : !fields.includes(null);
  };
}

function compileCase(expr: Case): Eval {
  const whens = expr.whens.map(({ when, then }) => ({ when: compileExpr(when), then: compileExpr(then) }));
  const otherwise = compileExpr(expr.otherwise);
  return (frame, level) => {
    for (const { when, then } of whens) if (when(frame, level) === true) return then(frame, level);
    return otherwise(frame, level);
  };
}

function compileExtreme(args: readonly Eval[], compare: (a: Datum, b: Datum) => number, sign: 1 | -1): Eval {
  return (frame, level) => {
    let best: Datum = null;
    for (const arg of args) {
      const value = arg(frame, level);
      if (value !== null && (best === null || compare(value, best) * sign > 0)) best = value;
    }
    return best;
  };
}

function compileCollection(expr: Collection): Eval {
  const args = expr.args.map(compileExpr);
  if (expr.kind === 'list') return (frame, level) => new SqlList(args.map((arg) => arg(frame, level)));
  if (expr.kind === 'map') return compileMap(args);
  if (!expr.nested) return (frame, level) => new SqlArray(args.map((arg) => arg(frame, level)));
  return (frame, level) => {
    const values = args.map((arg) => arg(frame, level));
    // A NULL among array elements makes PostgreSQL leave that dimension out.
    if (values.every((value) => value === null)) return new SqlArray([]);
    return stack(values);
  };
}

function compileMap(args: readonly Eval[]): Eval {
  return (frame, level) => {
    const entries: [string, Datum][] = [];
    for (let i = 0; i + 1 < args.length; i += 2) {
      const key = args[i]!(frame, level);
      if (key === null) throw planError('key cannot be null');
      entries.push([key as string, args[i + 1]!(frame, level)]);
    }
    const last = new Map(entries);
    return new SqlMap(new Map([...last].sort(([a], [b]) => (a < b ? -1 : 1))));
  };
}

function compileDistinct(expr: Distinct): Eval {
  const left = compileExpr(expr.left);
  const right = compileExpr(expr.right);
  const equal = compileExpr(expr.equal);
  const { negated } = expr;
  return (frame, level) => {
    const a = left(frame, level);
    const b = right(frame, level);
    const same = a === null || b === null ? a === b : equal([[a], [b]], level) === true;
    return same === negated;
  };
}

function elementsOf(value: Datum): readonly Datum[] {
  return (value as SqlArray | SqlList).elements;
}

function compileArrayCompare(expr: ArrayCompare): Eval {
  const left = compileExpr(expr.left);
  const array = compileExpr(expr.array);
  const test = compileExpr(expr.test);
  const { all, hashType } = expr;
  if (hashType !== null && !all && expr.array.kind === 'const' && expr.array.value !== null) {
    return compileInList(left, elementsOf(expr.array.value), hashKey(hashType));
  }
  return (frame, level) => {
    const elements = array(frame, level);
    if (elements === null) return null;
    const value = left(frame, level);
    const row = [value];
    let unknown = false;
    for (const element of elementsOf(elements)) {
      const answer = test([row, [element]], level);
      if (answer === null) unknown = true;
      else if (answer !== all) return !all;
    }
    return unknown ? null : all;
  };
}

function compileInList(left: Eval, elements: readonly Datum[], keyOf: (datum: Datum) => HashKey): Eval {
  const keys = new Set(elements.filter((element) => element !== null).map(keyOf));
  const hasNull = elements.includes(null);
  const isEmpty = elements.length === 0;
  return (frame, level) => {
    const value = left(frame, level);
    if (isEmpty) return false;
    if (value === null) return null;
    if (keys.has(keyOf(value))) return true;
    return hasNull ? null : false;
  };
}

function compileRowCompare(expr: RowCompare): Eval {
  const pairs = expr.pairs.map(({ equal, compare }) => ({
    equal: compileExpr(equal),
    compare: compileExpr(compare),
  }));
  const whenEqual = expr.op === '<=' || expr.op === '>=';
  return (frame, level) => {
    for (const { equal, compare } of pairs) {
      const same = equal(frame, level);
      if (same === null) return null;
      if (same === false) return compare(frame, level);
    }
    return whenEqual;
  };
}
