/** SQL/JSON paths as trees (PostgreSQL 15, manual 9.16.2). */
import type { Numeric } from '../numeric.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type PathMethod = 'type' | 'size' | 'abs' | 'floor' | 'ceiling' | 'double' | 'keyvalue';

/** A value, a predicate, or a way from a value through a document. */
export type PathNode =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly value: Numeric }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'variable'; readonly name: string }
  /** `$`, `@` and `last`. */
  | { readonly kind: 'root' }
  | { readonly kind: 'current' }
  | { readonly kind: 'last' }
  | { readonly kind: 'path'; readonly head: PathNode; readonly steps: readonly PathStep[] }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: PathNode;
      readonly right: PathNode;
    }
  | { readonly kind: 'sign'; readonly operator: '+' | '-'; readonly operand: PathNode }
  | PathPredicate;

export type PathPredicate =
  | {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: PathNode;
      readonly right: PathNode;
    }
  | { readonly kind: 'and' | 'or'; readonly left: PathNode; readonly right: PathNode }
  | { readonly kind: 'not' | 'isUnknown' | 'exists'; readonly operand: PathNode }
  | { readonly kind: 'startsWith'; readonly whole: PathNode; readonly initial: PathNode }
  | {
      readonly kind: 'likeRegex';
      readonly operand: PathNode;
      readonly pattern: string;
      /** Letters of `ismxq`. */
      readonly flags: string;
    };

/** One bound of `.**{a to b}`: levels below the item, or the leaves. */
export type PathLevel = number | 'last';

export type PathStep =
  | { readonly kind: 'member'; readonly key: string }
  | { readonly kind: 'anyMember' }
  | { readonly kind: 'anyElement' }
  | {
      readonly kind: 'elements';
      readonly subscripts: readonly { readonly from: PathNode; readonly to: PathNode | null }[];
    }
  | { readonly kind: 'descend'; readonly from: PathLevel; readonly to: PathLevel }
  | { readonly kind: 'method'; readonly name: PathMethod }
  | { readonly kind: 'datetime'; readonly template: string | null }
  | { readonly kind: 'filter'; readonly predicate: PathNode };

export interface JsonPath {
  readonly strict: boolean;
  readonly root: PathNode;
}

const PREDICATES = new Set([
  'comparison',
  'and',
  'or',
  'not',
  'isUnknown',
  'exists',
  'startsWith',
  'likeRegex',
]);

export function isPredicate(node: PathNode): node is PathPredicate {
  return PREDICATES.has(node.kind);
}
