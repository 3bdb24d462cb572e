/** Reading PostgreSQL's tree: every node is an object with one key, its kind. */
import type { Node } from '@pgsql/types';

/** Text of a String node, or null. */
export function stringOf(node: Node | undefined): string | null {
  return node !== undefined && 'String' in node ? (node.String.sval ?? '') : null;
}

/** Texts of String nodes: the parts of a name. */
export function stringsOf(nodes: readonly Node[] | undefined): readonly string[] {
  return (nodes ?? []).map((node) => stringOf(node) ?? '');
}

/** The one key of a node: `FuncCall`. */
export function nodeKind(node: Node): string {
  return Object.keys(node)[0] ?? '';
}

/** Elements of a List node; a node that is no list is its own one element. */
export function listItems(node: Node | undefined): readonly Node[] {
  if (node === undefined) return [];
  return 'List' in node ? (node.List.items ?? []) : [node];
}
