/** Predicates of paths, in three-valued logic: an error within one makes it unknown, which is undefined here. */
import { DEFAULT_OPTIONS } from '../regex/syntax.ts';
import { regex, type Regex } from '../regex/regex.ts';
import { compareText } from '../../types/text-order.ts';
import { Numeric } from '../../types/numeric.ts';
import type { ComparisonOperator, PathNode } from '../../types/jsonpath/syntax.ts';
import { compareMoments, type ZoneUse } from './datetime.ts';
import type { PathRun, Place } from './evaluate.ts';
import { isArray, isMembers, Moment, PathError, typeOf, type PathValue } from './values.ts';

type Truth = boolean | undefined;

const HOLDS: Readonly<Record<ComparisonOperator, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

export class PredicateEvaluator {
  readonly #run: PathRun;

  constructor(run: PathRun) {
    this.#run = run;
  }

  test(node: PathNode, place: Place): Truth {
    switch (node.kind) {
      case 'and': {
        const left = this.test(node.left, place);
        if (left === false) return false;
        const right = this.test(node.right, place);
        return right === true ? left : right;
      }
      case 'or': {
        const left = this.test(node.left, place);
        if (left === true) return true;
        const right = this.test(node.right, place);
        return right === false ? left : right;
      }
      case 'not': {
        const truth = this.test(node.operand, place);
        return truth === undefined ? undefined : !truth;
      }
      case 'isUnknown':
        return this.test(node.operand, place) === undefined;
      case 'exists':
        return this.#exists(node.operand, place);
      case 'comparison':
        return this.#pairs(node.left, node.right, place, true, (a, b) =>
          compare(node.operator, a, b, this.#run.zone),
        );
      case 'startsWith':
        return this.#pairs(node.whole, node.initial, place, false, (whole, initial) =>
          typeof whole === 'string' && typeof initial === 'string' ? whole.startsWith(initial) : undefined,
        );
      case 'likeRegex': {
        const pattern = compile(node.pattern, node.flags);
        return this.#pairs(node.operand, { kind: 'null' }, place, false, (text) =>
          typeof text === 'string' ? pattern.test(text) : undefined,
        );
      }
      default:
        throw new Error(`${node.kind} is no predicate`);
    }
  }

  #exists(operand: PathNode, place: Place): Truth {
    return unknownOnError(() => {
      const items = this.#run.evaluate(operand, place);
      if (this.#run.lax) return items.next().done !== true;
      // Strict mode sees every error, also behind the first item.
      return [...items].length > 0;
    });
  }

  /** True when any pair of items holds; lax mode stops there, strict mode looks for errors in all. */
  #pairs(
    left: PathNode,
    right: PathNode,
    place: Place,
    unwrapRight: boolean,
    holds: (a: PathValue, b: PathValue) => Truth,
  ): Truth {
    return unknownOnError(() => {
      const lefts = [...this.#run.unwrapped(left, place)];
      const rights = [
        ...(unwrapRight ? this.#run.unwrapped(right, place) : this.#run.evaluate(right, place)),
      ];
      let found = false;
      let unknown = false;
      for (const a of lefts) {
        for (const b of rights) {
          const truth = holds(a, b);
          if (truth === undefined) {
            if (!this.#run.lax) return undefined;
            unknown = true;
          } else if (truth) {
            if (this.#run.lax) return true;
            found = true;
          }
        }
      }
      if (found) return true;
      return unknown ? undefined : false;
    });
  }
}

function unknownOnError(test: () => Truth): Truth {
  try {
    return test();
  } catch (error) {
    if (error instanceof PathError) return undefined;
    throw error;
  }
}

/** null is equal to itself and unequal to everything else; other values of two kinds do not compare. */
function compare(operator: ComparisonOperator, a: PathValue, b: PathValue, zone: ZoneUse): Truth {
  if (a === null || b === null) {
    if (a === b) return HOLDS[operator](0);
    return operator === '!=';
  }
  const order = orderOf(a, b, zone);
  return order === undefined ? undefined : HOLDS[operator](order);
}

function orderOf(a: PathValue, b: PathValue, zone: ZoneUse): number | undefined {
  if (a instanceof Moment || b instanceof Moment) {
    return a instanceof Moment && b instanceof Moment ? compareMoments(a.value, b.value, zone) : undefined;
  }
  if (typeOf(a) !== typeOf(b) || isArray(a) || isMembers(a)) return undefined;
  if (a instanceof Numeric) return a.compare(b as Numeric);
  if (typeof a === 'string') return compareText(a, b as string);
  return Number(a) - Number(b);
}

/** XQuery's flags: `s` lets a dot match a line feed, which it does not otherwise; with `q` the pattern is plain text. */
function compile(pattern: string, flags: string): Regex {
  const has = (letter: string): boolean => flags.includes(letter);
  const literal = has('q');
  return regex(pattern, {
    ...DEFAULT_OPTIONS,
    ignoreCase: has('i'),
    literal,
    newlineStops: !literal && !has('s'),
    newlineAnchors: !literal && has('m'),
  });
}
