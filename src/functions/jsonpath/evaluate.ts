/** Running SQL/JSON paths over documents, with the rules of lax and strict mode (PostgreSQL 15, manual 9.16.2). */
import { SqlError } from '../../errors.ts';
import type { JsonbValue } from '../../types/datum.ts';
import type { JsonPath, PathNode, PathStep } from '../../types/jsonpath/syntax.ts';
import { isPredicate } from '../../types/jsonpath/syntax.ts';
import { Numeric } from '../../types/numeric.ts';
import type { ZoneUse } from './datetime.ts';
import { applyMethod } from './methods.ts';
import { PredicateEvaluator } from './predicates.ts';
import { isArray, isMembers, PathError, suppressible, type PathValue } from './values.ts';

/** The place of evaluation: the item of `@`, the length of the array whose subscript is computed, and leniency. */
export interface Place {
  readonly current: PathValue;
  readonly arraySize: number;
  /** Missing members and wrong kinds are skipped: lax mode, and below `.**` always. */
  readonly lenient: boolean;
}

/** One run of a path over a document. */
export class PathRun {
  readonly path: JsonPath;
  readonly zone: ZoneUse;
  readonly #document: JsonbValue;
  readonly #variables: ReadonlyMap<string, JsonbValue>;
  readonly #predicates: PredicateEvaluator;

  constructor(
    path: JsonPath,
    document: JsonbValue,
    variables: ReadonlyMap<string, JsonbValue>,
    zone: ZoneUse,
  ) {
    this.path = path;
    this.zone = zone;
    this.#document = document;
    this.#variables = variables;
    this.#predicates = new PredicateEvaluator(this);
  }

  get lax(): boolean {
    return !this.path.strict;
  }

  /** Items of the whole path, one by one. Throws PathError where the path fails. */
  items(): Generator<PathValue> {
    return this.evaluate(this.path.root, { current: this.#document, arraySize: -1, lenient: this.lax });
  }

  *evaluate(node: PathNode, place: Place): Generator<PathValue> {
    if (isPredicate(node)) {
      const truth = this.#predicates.test(node, place);
      yield truth ?? null;
      return;
    }
    switch (node.kind) {
      case 'null':
        yield null;
        return;
      case 'boolean':
      case 'number':
      case 'string':
        yield node.value;
        return;
      case 'variable':
        yield this.#variable(node.name);
        return;
      case 'root':
        yield this.#document;
        return;
      case 'current':
        yield place.current;
        return;
      case 'last':
        yield Numeric.fromNumber(place.arraySize - 1);
        return;
      case 'path':
        for (const head of this.evaluate(node.head, place)) yield* this.#steps(node.steps, 0, head, place);
        return;
      case 'arithmetic':
        yield this.#arithmetic(node, place);
        return;
      case 'sign':
        yield* this.#signed(node, place);
    }
  }

  /** Items of a node with arrays taken apart in lax mode, as operators see them. */
  *unwrapped(node: PathNode, place: Place): Generator<PathValue> {
    for (const item of this.evaluate(node, place)) {
      if (this.lax && isArray(item)) yield* item;
      else yield item;
    }
  }

  #variable(name: string): JsonbValue {
    const value = this.#variables.get(name);
    // Not an error of the path: silence does not hide it.
    if (value === undefined) throw new SqlError('42704', `could not find jsonpath variable "${name}"`);
    return value;
  }

  *#steps(
    steps: readonly PathStep[],
    at: number,
    item: PathValue,
    place: Place,
    unwrap = this.lax,
  ): Generator<PathValue> {
    const step = steps[at];
    if (step === undefined) {
      yield item;
      return;
    }
    if (unwrap && isArray(item) && unwraps(step)) {
      for (const element of item) yield* this.#steps(steps, at, element, place, false);
      return;
    }
    if (step.kind === 'descend') {
      yield* this.#descend(step, steps, at, item, place);
      return;
    }
    for (const next of this.#step(step, item, place)) yield* this.#steps(steps, at + 1, next, place);
  }

  *#step(step: Exclude<PathStep, { kind: 'descend' }>, item: PathValue, place: Place): Generator<PathValue> {
    switch (step.kind) {
      case 'member':
        yield* this.#member(step.key, item, place);
        return;
      case 'anyMember':
        if (isMembers(item)) yield* item.values();
        else if (!place.lenient) {
          throw new PathError('jsonpath wildcard member accessor can only be applied to an object');
        }
        return;
      case 'anyElement':
        if (isArray(item)) yield* item;
        else if (this.lax) yield item;
        else if (!place.lenient) {
          throw new PathError('jsonpath wildcard array accessor can only be applied to an array');
        }
        return;
      case 'elements':
        yield* this.#elements(step, item, place);
        return;
      case 'filter':
        if (this.#predicates.test(step.predicate, { ...place, current: item }) === true) yield item;
        return;
      case 'method':
      case 'datetime':
        yield* applyMethod(this, step, item, place);
    }
  }

  *#member(key: string, item: PathValue, place: Place): Generator<PathValue> {
    if (!isMembers(item)) {
      if (!place.lenient) {
        throw new PathError('jsonpath member accessor can only be applied to an object');
      }
      return;
    }
    const value = item.get(key);
    if (value !== undefined) yield value;
    else if (!place.lenient) throw new PathError(`JSON object does not contain key "${key}"`);
  }

  *#elements(
    step: Extract<PathStep, { kind: 'elements' }>,
    item: PathValue,
    place: Place,
  ): Generator<PathValue> {
    if (!isArray(item) && !this.lax) {
      if (!place.lenient) throw new PathError('jsonpath array accessor can only be applied to an array');
      return;
    }
    const array: readonly PathValue[] = isArray(item) ? item : [item];
    const inside: Place = { ...place, current: item, arraySize: array.length };
    for (const { from, to } of step.subscripts) {
      const first = this.#subscript(from, inside);
      const last = to === null ? first : this.#subscript(to, inside);
      if (!place.lenient && (first < 0 || first > last || last >= array.length)) {
        throw new PathError('jsonpath array subscript is out of bounds');
      }
      for (let i = Math.max(first, 0); i <= Math.min(last, array.length - 1); i++) yield array[i] ?? null;
    }
  }

  #subscript(node: PathNode, place: Place): number {
    const [value, ...more] = this.evaluate(node, place);
    if (!(value instanceof Numeric) || more.length > 0) {
      throw new PathError('jsonpath array subscript is not a single numeric value');
    }
    const index = Math.trunc(value.toNumber());
    if (!(Math.abs(index) <= 2_147_483_647)) {
      throw new PathError('jsonpath array subscript is out of integer range');
    }
    return index;
  }

  /** `.**`: the item itself at level 0, then what is in it, each before what is in that. */
  *#descend(
    step: Extract<PathStep, { kind: 'descend' }>,
    steps: readonly PathStep[],
    at: number,
    item: PathValue,
    place: Place,
  ): Generator<PathValue> {
    const from = step.from === 'last' ? Infinity : step.from;
    const to = step.to === 'last' ? Infinity : step.to;
    const inside: Place = { ...place, lenient: true };
    const walk = function* (run: PathRun, value: PathValue, level: number): Generator<PathValue> {
      const isLeaf = !isArray(value) && !isMembers(value);
      const isWanted = level >= from || (from === Infinity && to === Infinity && level > 0 && isLeaf);
      if (isWanted && level <= to) yield* run.#steps(steps, at + 1, value, inside);
      if (level >= to || isLeaf) return;
      const children = isArray(value) ? value : [...value.values()];
      for (const child of children) yield* walk(run, child, level + 1);
    };
    yield* walk(this, item, 0);
  }

  #operand(node: PathNode, place: Place, side: 'left' | 'right', operator: string): Numeric {
    const [value, ...more] = this.unwrapped(node, place);
    if (value instanceof Numeric && more.length === 0) return value;
    throw new PathError(`${side} operand of jsonpath operator ${operator} is not a single numeric value`);
  }

  #arithmetic(node: Extract<PathNode, { kind: 'arithmetic' }>, place: Place): Numeric {
    const { operator } = node;
    const left = this.#operand(node.left, place, 'left', operator);
    const right = this.#operand(node.right, place, 'right', operator);
    return suppressible(() => {
      switch (operator) {
        case '+':
          return left.add(right);
        case '-':
          return left.sub(right);
        case '*':
          return left.mul(right);
        case '/':
          return left.div(right);
        case '%':
          return left.mod(right);
      }
    });
  }

  *#signed(node: Extract<PathNode, { kind: 'sign' }>, place: Place): Generator<PathValue> {
    for (const item of this.unwrapped(node.operand, place)) {
      if (!(item instanceof Numeric)) {
        throw new PathError(`operand of unary jsonpath operator ${node.operator} is not a numeric value`);
      }
      yield node.operator === '-' ? item.negate() : item;
    }
  }
}

/** Steps that look into arrays by themselves in lax mode. */
function unwraps(step: PathStep): boolean {
  switch (step.kind) {
    case 'member':
    case 'anyMember':
    case 'filter':
    case 'datetime':
      return true;
    case 'method':
      return step.name !== 'type' && step.name !== 'size';
    default:
      return false;
  }
}
