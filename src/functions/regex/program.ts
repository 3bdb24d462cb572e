/**
 * Trees to automata, and running them. Every state is followed at once, so that time is bounded by states times
 * characters whatever the pattern; nothing backtracks.
 */
import { isWord, type CharSet } from './char-set.ts';
import { invalidRegex, type Assertion, type RegexNode } from './syntax.ts';

/** States past this make a pattern too complex (bounded repeats are copied out). */
const MAX_STATES = 20_000;
/** States visited for one subject before its pattern is given up: some hundred milliseconds. */
const MAX_VISITS = 30_000_000;

type State =
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
}

/** Compiles a tree. A back reference is taken for any text: dissecting checks it afterwards. */
export function compile(node: RegexNode): Program {
  const builder = new Builder();
  const accept = builder.add({ kind: 'accept' });
  const start = builder.build(node, accept);
  return { states: builder.states, start };
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

/** Text as code points, with the automata's answers about it remembered where they are asked again. */
export class Subject {
  readonly codes: ArrayLike<number>;
  readonly length: number;
  readonly #looks = new Map<Program, Map<number, boolean>>();
  #visits = 0;

  constructor(codes: ArrayLike<number>) {
    this.codes = codes;
    this.length = codes.length;
  }

  /** Counts work, so that a hostile pattern cannot hold the event loop. */
  visit(states: number): void {
    this.#visits += states;
    if (this.#visits > MAX_VISITS) throw invalidRegex('regular expression is too complex');
  }

  at(position: number): number {
    return this.codes[position] ?? -1;
  }

  holds(test: Assertion, position: number): boolean {
    switch (test) {
      case 'text-start':
        return position === 0;
      case 'text-end':
        return position === this.length;
      case 'line-start':
        return position === 0 || this.at(position - 1) === 10;
      case 'line-end':
        return position === this.length || this.at(position) === 10;
      default:
    }
    const before = position > 0 && isWord(this.at(position - 1));
    const after = position < this.length && isWord(this.at(position));
    switch (test) {
      case 'word-start':
        return !before && after;
      case 'word-end':
        return before && !after;
      case 'word-edge':
        return before !== after;
      case 'word-inside':
        return before === after;
    }
  }

  /** Whether a lookahead holds from a position on, or a lookbehind up to it. */
  look(program: Program, ahead: boolean, position: number): boolean {
    let known = this.#looks.get(program);
    if (known === undefined) this.#looks.set(program, (known = new Map()));
    let answer = known.get(position);
    if (answer === undefined) {
      answer = ahead ? new Run(program, this).anyEnd(position) : new Run(program, this).endsAt(position);
      known.set(position, answer);
    }
    return answer;
  }
}

/** One automaton on one subject. */
export class Run {
  readonly #states: readonly State[];
  readonly #start: number;
  readonly #subject: Subject;
  /** Position (plus one) at which a state was last entered: a set that clears itself. */
  readonly #entered: Int32Array;
  #current: number[] = [];
  #next: number[] = [];
  #accepted = false;

  constructor(program: Program, subject: Subject) {
    this.#states = program.states;
    this.#start = program.start;
    this.#subject = subject;
    this.#entered = new Int32Array(program.states.length);
  }

  /** Follows what needs no character from a state on. */
  #enter(state: number, position: number, into: number[]): void {
    const pending = [state];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (this.#entered[at] === position + 1) continue;
      this.#entered[at] = position + 1;
      const found = this.#states[at];
      switch (found?.kind) {
        case 'take':
          into.push(at);
          break;
        case 'accept':
          this.#accepted = true;
          break;
        case 'split':
          pending.push(found.other, found.next);
          break;
        case 'assert':
          if (this.#subject.holds(found.test, position)) pending.push(found.next);
          break;
        case 'look':
          if (this.#subject.look(found.program, found.ahead, position) !== found.negative)
            pending.push(found.next);
          break;
        default:
      }
    }
  }

  #begin(position: number): void {
    this.#entered.fill(0);
    this.#current = [];
    this.#accepted = false;
    this.#enter(this.#start, position, this.#current);
  }

  /** Moves over the character at a position. */
  #step(position: number): void {
    const code = this.#subject.at(position);
    this.#subject.visit(this.#current.length + 1);
    this.#next.length = 0;
    this.#accepted = false;
    for (const at of this.#current) {
      const state = this.#states[at];
      if (state?.kind === 'take' && state.set.has(code)) this.#enter(state.next, position + 1, this.#next);
    }
    [this.#current, this.#next] = [this.#next, this.#current];
  }

  /** Every end of a match that begins at `from`, ascending, up to `limit`. */
  ends(from: number, limit: number): number[] {
    const found: number[] = [];
    this.#begin(from);
    for (let position = from; ; position++) {
      if (this.#accepted) found.push(position);
      if (position >= limit || this.#current.length === 0) return found;
      this.#step(position);
    }
  }

  /** The longest or shortest end of a match that begins at `from`; -1 for none. */
  end(from: number, longest: boolean): number {
    let found = -1;
    this.#begin(from);
    for (let position = from; ; position++) {
      if (this.#accepted) {
        found = position;
        if (!longest) return found;
      }
      if (position >= this.#subject.length || this.#current.length === 0) return found;
      this.#step(position);
    }
  }

  anyEnd(from: number): boolean {
    return this.end(from, false) >= 0;
  }

  /** Whether a match ends exactly at a position, wherever it begins. */
  endsAt(end: number): boolean {
    return this.#scan(0, end, (position) => position === end);
  }

  /** Whether there is a match that begins at `from` or later. */
  found(from: number): boolean {
    return this.#scan(from, this.#subject.length, () => true);
  }

  /** Starts at every position; true at the first accepted end that will do. */
  #scan(from: number, last: number, willDo: (position: number) => boolean): boolean {
    this.#begin(from);
    for (let position = from; ; position++) {
      if (this.#accepted && willDo(position)) return true;
      if (position >= last) return false;
      this.#step(position);
      this.#enter(this.#start, position + 1, this.#current);
    }
  }
}
