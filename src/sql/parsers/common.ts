/** Small pieces of grammar that several families share. */
import type { ClusterRef, DropBehavior, ObjectKind } from '../nodes.ts';
import { oneOf, type TokenStream } from '../token-stream.ts';

/** ["IF" "NOT" "EXISTS"] */
export function takeIfNotExists(stream: TokenStream): boolean {
  if (!stream.isKeywords('IF NOT')) return false;
  stream.expectKeywords('IF NOT EXISTS');
  return true;
}

/** ["IF" "EXISTS"] */
export function takeIfExists(stream: TokenStream): boolean {
  return stream.takeKeywords('IF EXISTS');
}

/** ["IN" "CLUSTER" (name | "[" id "]")] */
export function parseOptionalInCluster(stream: TokenStream): ClusterRef | null {
  if (!stream.takeKeyword('IN')) return null;
  stream.expectKeyword('CLUSTER');
  return parseClusterRef(stream);
}

/** name | "[" id "]" */
export function parseClusterRef(stream: TokenStream): ClusterRef {
  if (!stream.take('left square bracket')) return { name: stream.identifier(), isId: false };
  const name = stream.identifier();
  stream.expect('right square bracket');
  return { name, isId: true };
}

/** ["CASCADE" | "RESTRICT"] */
export function takeBehavior(stream: TokenStream): DropBehavior {
  const word = stream.takeOneOf(['CASCADE', 'RESTRICT']);
  if (word === null) return null;
  return word === 'CASCADE' ? 'cascade' : 'restrict';
}

/** Kinds of objects by their first word, in the order error texts name them. */
const OBJECT_KINDS = [
  ['TABLE', 'table'],
  ['VIEW', 'view'],
  ['MATERIALIZED', 'materialized view'],
  ['SOURCE', 'source'],
  ['SINK', 'sink'],
  ['INDEX', 'index'],
  ['TYPE', 'type'],
  ['ROLE', 'role'],
  ['USER', 'role'],
  ['CLUSTER', 'cluster'],
  ['SECRET', 'secret'],
  ['CONNECTION', 'connection'],
  ['DATABASE', 'database'],
  ['SCHEMA', 'schema'],
  ['FUNCTION', 'function'],
  ['CONTINUAL', 'continual task'],
  ['NETWORK', 'network policy'],
] as const satisfies readonly (readonly [string, ObjectKind])[];

/** The kind of object that the next words name, or null. */
export function takeObjectKind(stream: TokenStream): ObjectKind | null {
  const token = stream.peek();
  const found = token.kind === 'keyword' ? OBJECT_KINDS.find(([word]) => word === token.value) : undefined;
  if (found === undefined) return null;
  stream.advance();
  switch (found[0]) {
    case 'MATERIALIZED':
      stream.expectKeyword('VIEW');
      break;
    case 'CONTINUAL':
      stream.expectKeyword('TASK');
      break;
    case 'NETWORK':
      stream.expectKeyword('POLICY');
      break;
    case 'CLUSTER':
      if (stream.takeKeyword('REPLICA')) return 'cluster replica';
      break;
    default:
  }
  return found[1];
}

/** The kind of object that the next words name. `also` are first words of other forms allowed here. */
export function expectObjectKind(stream: TokenStream, also: readonly string[] = []): ObjectKind {
  return takeObjectKind(stream) ?? stream.expected(oneOf([...OBJECT_KINDS.map(([word]) => word), ...also]));
}
