/** What is made of the parts of one pattern when its matches are divided among groups: once, and then kept. */
import { compile, type Program } from './program.ts';
import type { RegexNode } from './syntax.ts';
import { groupsOf, hasBackreference, isMessy, withoutGroups } from './tree.ts';

/** Automata and tails of concatenations, made once for a pattern. */
export class Anatomy {
  readonly #programs = new Map<RegexNode, Program>();
  readonly #tails = new Map<RegexNode, RegexNode>();
  readonly #messy = new Map<RegexNode, boolean>();
  readonly #groups = new Map<RegexNode, readonly number[]>();
  readonly #unrolled = new Map<RegexNode, Extract<RegexNode, { kind: 'concat' }>>();

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

  /**
   * A repeat that has to go round at least once, as the rounds before the last, of which no group tells, and the last:
   * that is how PostgreSQL divides a match between them. undefined where a back reference ties the rounds together.
   */
  unrolled(node: Extract<RegexNode, { kind: 'repeat' }>): Extract<RegexNode, { kind: 'concat' }> | undefined {
    if (node.min === 0 || hasBackreference(node.node)) return undefined;
    let known = this.#unrolled.get(node);
    if (known === undefined) {
      const before: RegexNode = {
        ...node,
        node: withoutGroups(node.node),
        min: node.min - 1,
        max: node.max - 1,
      };
      known = { kind: 'concat', nodes: [before, node.node] };
      this.#unrolled.set(node, known);
    }
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
