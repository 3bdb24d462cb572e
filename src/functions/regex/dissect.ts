/**
 * Which part of a match each group took. The whole match is known; every part then takes as much (or as little, when it
 * is lazy) as lets the rest match, from left to right: PostgreSQL's rule, which is not that of backtracking engines.
 */
import type { Anatomy } from './anatomy.ts';
import { Run, type Subject } from './run.ts';
import { invalidRegex, type RegexNode } from './syntax.ts';
import { greediness } from './tree.ts';

/** Start and end of a group, or null when it took no part. */
export type Span = readonly [start: number, end: number] | null;

/** Steps after which a pattern with back references is given up, to keep the event loop alive. */
const MAX_STEPS = 200_000;

/** Finds the groups of one match. */
export class Dissection {
  readonly groups: Span[];
  readonly #anatomy: Anatomy;
  readonly #subject: Subject;
  readonly #ends = new Map<RegexNode, Map<number, ReadonlySet<number>>>();
  readonly #ignoreCase: boolean;
  readonly #hasBackreference: boolean;
  #steps = 0;

  constructor(
    anatomy: Anatomy,
    subject: Subject,
    groupCount: number,
    options: { readonly ignoreCase: boolean; readonly hasBackreference: boolean },
  ) {
    this.#anatomy = anatomy;
    this.#subject = subject;
    this.groups = new Array<Span>(groupCount + 1).fill(null);
    this.#ignoreCase = options.ignoreCase;
    this.#hasBackreference = options.hasBackreference;
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
      case 'repeat': {
        const unrolled = this.#anatomy.unrolled(node);
        return unrolled === undefined
          ? this.#repeat(node, from, to, 0, then)
          : this.#sequence(unrolled, from, to, then);
      }
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

  /**
   * Any number of rounds from `from` to `to`, which is further on. Without back references nothing in a round decides
   * about another, so that they can be laid one after the other, however many there are; groups tell of the last.
   */
  #furtherRounds(
    node: Extract<RegexNode, { kind: 'repeat' }>,
    from: number,
    to: number,
    then: () => boolean,
  ): boolean {
    const rounds = this.#roundsBetween(node.node, from, to);
    const lazy = greediness(node) === false;
    let [start, at] = [from, from];
    while (at < to) {
      const ends = rounds.get(at) ?? [];
      const next = lazy ? ends[0] : ends.at(-1);
      if (next === undefined) return false;
      [start, at] = [at, next];
    }
    const before = this.#forget(node.node);
    if (this.match(node.node, start, to, then)) return true;
    this.#restore(before);
    return false;
  }

  /** For each place that rounds lead to, the ends of a round from there that lead on to `to`, ascending. */
  #roundsBetween(node: RegexNode, from: number, to: number): ReadonlyMap<number, readonly number[]> {
    const reached = new Set([from]);
    for (const at of reached) {
      for (const end of this.#endsOf(node, at)) if (end > at && end <= to) reached.add(end);
    }
    const leading = new Map<number, readonly number[]>([[to, []]]);
    for (const at of [...reached].sort((a, b) => b - a)) {
      if (at === to) continue;
      const ends = [...this.#endsOf(node, at)].filter((end) => end > at && leading.has(end));
      if (ends.length > 0) leading.set(at, ends);
    }
    return leading;
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
    if (done > 0 && done >= node.min && node.max === Infinity && !this.#hasBackreference) {
      return this.#furtherRounds(node, from, to, then);
    }
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
