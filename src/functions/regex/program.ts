/** Trees of patterns to automata. */
import type { CharSet } from './char-set.ts';
import { invalidRegex, type Assertion, type RegexNode } from './syntax.ts';

/** States past this make a pattern too complex (bounded repeats are copied out). */
const MAX_STATES = 20_000;
export type State =
  | { readonly kind: 'take'; readonly set: CharSet; readonly next: number }
  | { readonly kind: 'split'; next: number; readonly other: number }
  | { readonly kind: 'assert'; readonly test: Assertion; readonly next: number }
  | {
      readonly kind: 'look';
      readonly ahead: boolean;
      readonly negative: boolean;
      readonly program: Program;
      readonly next: number;
    }
  | { readonly kind: 'accept' };

/** An automaton; states refer to each other by number. */
export interface Program {
  readonly states: readonly State[];
  readonly start: number;
  /** A state asks what lies further off than the characters beside it. */
  readonly looksAround: boolean;
}

/** Compiles a tree. A back reference is taken for any text: dissecting checks it afterwards. */
export function compile(node: RegexNode): Program {
  const builder = new Builder();
  const accept = builder.add({ kind: 'accept' });
  const start = builder.build(node, accept);
  const { states } = builder;
  return { states, start, looksAround: states.some((state) => state.kind === 'look') };
}

const ANYTHING: CharSet = { has: () => true };

class Builder {
  readonly states: State[] = [];

  add(state: State): number {
    if (this.states.length >= MAX_STATES) throw invalidRegex('regular expression is too complex');
    return this.states.push(state) - 1;
  }

  /** Adds the states of a node in front of `next`; the first of them. */
  build(node: RegexNode, next: number): number {
    switch (node.kind) {
      case 'empty':
        return next;
      case 'set':
        return this.add({ kind: 'take', set: node.set, next });
      case 'assert':
        return this.add({ kind: 'assert', test: node.test, next });
      case 'look':
        return this.add({
          kind: 'look',
          ahead: node.ahead,
          negative: node.negative,
          program: compile(node.node),
          next,
        });
      case 'group':
        return this.build(node.node, next);
      case 'backreference':
        return this.#loop({ kind: 'set', set: ANYTHING }, next);
      case 'concat':
        return node.nodes.reduceRight((after, part) => this.build(part, after), next);
      case 'alternate':
        return node.nodes
          .map((branch) => this.build(branch, next))
          .reduce((other, branch) => this.add({ kind: 'split', next: branch, other }));
      case 'repeat':
        return this.#repeat(node, next);
    }
  }

  #repeat(node: Extract<RegexNode, { kind: 'repeat' }>, next: number): number {
    let entry = next;
    if (node.max === Infinity) entry = this.#loop(node.node, next);
    else
      for (let i = node.min; i < node.max; i++)
        entry = this.add({ kind: 'split', next: this.build(node.node, entry), other: next });
    for (let i = 0; i < node.min; i++) entry = this.build(node.node, entry);
    return entry;
  }

  #loop(node: RegexNode, next: number): number {
    const split: State = { kind: 'split', next, other: next };
    const at = this.add(split);
    split.next = this.build(node, at);
    return at;
  }
}
