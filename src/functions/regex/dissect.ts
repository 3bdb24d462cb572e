/**
 * Which part of a match each group took. The whole match is known; every part then takes as much (or as little, when it
 * is lazy) as lets the rest match, from left to right: PostgreSQL's rule, which is not that of backtracking engines.
 */
import { compile, type Program } from './program.ts';
import { Run, type Subject } from './run.ts';
import { invalidRegex, type RegexNode } from './syntax.ts';

/** Start and end of a group, or null when it took no part. */
export type Span = readonly [start: number, end: number] | null;

/** Steps after which a pattern with back references is given up, to keep the event loop alive. */
const MAX_STEPS = 200_000;

/** true: takes as much as it can; false: as little; undefined: has no choice (PostgreSQL's greediness attribute). */
export function greediness(node: RegexNode): boolean | undefined {
  switch (node.kind) {
    case 'repeat':
      return node.fixed ? greediness(node.node) : !node.lazy;
    case 'concat':
      for (const part of node.nodes) {
        const own = greediness(part);
        if (own !== undefined) return own;
      }
      return undefined;
    case 'alternate':
      return true;
    case 'group':
      return greediness(node.node);
    default:
      return undefined;
  }
}

/** True when a node or something in it records a group or refers to one. */
function isMessy(node: RegexNode): boolean {
  switch (node.kind) {
    case 'group':
    case 'backreference':
      return true;
    case 'concat':
    case 'alternate':
      return node.nodes.some(isMessy);
    case 'repeat':
      return isMessy(node.node);
    default:
      return false;
  }
}

function groupsOf(node: RegexNode): readonly number[] {
  switch (node.kind) {
    case 'group':
      return [node.index, ...groupsOf(node.node)];
    case 'concat':
    case 'alternate':
      return node.nodes.flatMap(groupsOf);
    case 'repeat':
      return groupsOf(node.node);
    default:
      return [];
  }
}

/** Automata and tails of concatenations, made once for a pattern. */
export class Anatomy {
  readonly #programs = new Map<RegexNode, Program>();
  readonly #tails = new Map<RegexNode, RegexNode>();
  readonly #messy = new Map<RegexNode, boolean>();
  readonly #groups = new Map<RegexNode, readonly number[]>();

  program(node: RegexNode): Program {
    let program = this.#programs.get(node);
    if (program === undefined) this.#programs.set(node, (program = compile(node)));
    return program;
  }

  messy(node: RegexNode): boolean {
    let known = this.#messy.get(node);
    if (known === undefined) this.#messy.set(node, (known = isMessy(node)));
    return known;
  }

  /** Numbers of the groups within a node. */
  groupsIn(node: RegexNode): readonly number[] {
    let known = this.#groups.get(node);
    if (known === undefined) this.#groups.set(node, (known = groupsOf(node)));
    return known;
  }

  /** A concatenation without its first part. */
  tail(node: Extract<RegexNode, { kind: 'concat' }>): RegexNode {
    let tail = this.#tails.get(node);
    if (tail === undefined) {
      const rest = node.nodes.slice(1);
      tail = rest.length === 1 ? (rest[0] ?? node) : { kind: 'concat', nodes: rest };
      this.#tails.set(node, tail);
    }
    return tail;
  }
}

/** Finds the groups of one match. */
export class Dissection {
  readonly groups: Span[];
  readonly #anatomy: Anatomy;
  readonly #subject: Subject;
  readonly #ends = new Map<RegexNode, Map<number, ReadonlySet<number>>>();
  readonly #ignoreCase: boolean;
  #steps = 0;

  constructor(anatomy: Anatomy, subject: Subject, groupCount: number, ignoreCase: boolean) {
    this.#anatomy = anatomy;
    this.#subject = subject;
    this.groups = new Array<Span>(groupCount + 1).fill(null);
    this.#ignoreCase = ignoreCase;
  }

  /** Ends of a node that begins at `from`, without regard to back references. */
  #endsOf(node: RegexNode, from: number): ReadonlySet<number> {
    let byStart = this.#ends.get(node);
    if (byStart === undefined) this.#ends.set(node, (byStart = new Map()));
    let ends = byStart.get(from);
    if (ends === undefined) {
      ends = new Set(new Run(this.#anatomy.program(node), this.#subject).ends(from, this.#subject.length));
      byStart.set(from, ends);
    }
    return ends;
  }

  /** Lays a node over exactly [from, to]; `then` goes on with what depends on its groups. False undoes them. */
  match(node: RegexNode, from: number, to: number, then: () => boolean): boolean {
    if (++this.#steps > MAX_STEPS) throw invalidRegex('regular expression is too complex');
    if (!this.#endsOf(node, from).has(to)) return false;
    if (!this.#anatomy.messy(node)) return then();
    switch (node.kind) {
      case 'group':
        return this.match(node.node, from, to, () => this.#record(node.index, from, to, then));
      case 'backreference':
        return this.#refersTo(node.index, from, to) && then();
      case 'alternate':
        return node.nodes.some((branch) => this.match(branch, from, to, then));
      case 'concat':
        return this.#sequence(node, from, to, then);
      case 'repeat':
        return this.#repeat(node, from, to, 0, then);
      default:
        return then();
    }
  }

  #record(index: number, from: number, to: number, then: () => boolean): boolean {
    const before = this.groups[index] ?? null;
    this.groups[index] = [from, to];
    if (then()) return true;
    this.groups[index] = before;
    return false;
  }

  #refersTo(index: number, from: number, to: number): boolean {
    const span = this.groups[index];
    if (span === null || span === undefined || span[1] - span[0] !== to - from) return false;
    const fold = (code: number): string => {
      const text = String.fromCodePoint(code);
      return this.#ignoreCase ? text.toLowerCase() : text;
    };
    for (let i = 0; i < to - from; i++) {
      if (fold(this.#subject.at(span[0] + i)) !== fold(this.#subject.at(from + i))) return false;
    }
    return true;
  }

  /** Ends up to `to` in the order a node prefers them. */
  #preferred(node: RegexNode, from: number, to: number): number[] {
    const ends = [...this.#endsOf(node, from)].filter((end) => end <= to);
    return greediness(node) === false ? ends : ends.reverse();
  }

  #sequence(
    node: Extract<RegexNode, { kind: 'concat' }>,
    from: number,
    to: number,
    then: () => boolean,
  ): boolean {
    const [first] = node.nodes;
    if (first === undefined) return from === to && then();
    const tail = this.#anatomy.tail(node);
    for (const middle of this.#preferred(first, from, to)) {
      if (!this.#endsOf(tail, middle).has(to)) continue;
      if (this.match(first, from, middle, () => this.match(tail, middle, to, then))) return true;
    }
    return false;
  }

  /** Groups tell of the last round alone: those in a node that goes round again took no part yet. */
  #forget(node: RegexNode): readonly (readonly [index: number, span: Span])[] {
    const before = this.#anatomy.groupsIn(node).map((index) => [index, this.groups[index] ?? null] as const);
    for (const [index] of before) this.groups[index] = null;
    return before;
  }

  #restore(before: readonly (readonly [index: number, span: Span])[]): void {
    for (const [index, span] of before) this.groups[index] = span;
  }

  #repeat(
    node: Extract<RegexNode, { kind: 'repeat' }>,
    from: number,
    to: number,
    done: number,
    then: () => boolean,
  ): boolean {
    if (++this.#steps > MAX_STEPS) throw invalidRegex('regular expression is too complex');
    if (from === to && done >= node.min && (done > 0 || !this.#endsOf(node.node, from).has(from)))
      return then();
    if (done >= node.max) return from === to && then();
    const ends = [...this.#endsOf(node.node, from)].filter((end) => end <= to);
    if (greediness(node) !== false) ends.reverse();
    for (const end of ends) {
      // Going round without moving is only of use to reach the least count, or to take part at all.
      if (end === from && done >= node.min && done > 0) continue;
      const before = this.#forget(node.node);
      if (this.match(node.node, from, end, () => this.#repeat(node, end, to, done + 1, then))) return true;
      this.#restore(before);
    }
    return from === to && done >= node.min && then();
  }
}
