/** What is asked of the trees of patterns. */
import type { RegexNode } from './syntax.ts';

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
export function isMessy(node: RegexNode): boolean {
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

/** True when a node or something in it refers to a group. */
export function hasBackreference(node: RegexNode): boolean {
  switch (node.kind) {
    case 'backreference':
      return true;
    case 'concat':
    case 'alternate':
      return node.nodes.some(hasBackreference);
    case 'group':
    case 'repeat':
      return hasBackreference(node.node);
    default:
      return false;
  }
}

/** The same pattern, capturing nothing. */
export function withoutGroups(node: RegexNode): RegexNode {
  switch (node.kind) {
    case 'group':
      return withoutGroups(node.node);
    case 'concat':
    case 'alternate':
      return { ...node, nodes: node.nodes.map(withoutGroups) };
    case 'repeat':
      return { ...node, node: withoutGroups(node.node) };
    default:
      return node;
  }
}

/** Numbers of the groups within a node. */
export function groupsOf(node: RegexNode): readonly number[] {
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
