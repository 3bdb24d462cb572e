/**
 * A map that never changes: editing gives a new one that shares all but a few nodes with the old. Entries stand in lists
 * of keys and values side by side, at the leaves of a trie over the hashes of the keys; a map of up to {@link LISTED}
 * entries is one such list, in the order in which they came. That takes a quarter of the memory of an object for each
 * entry.
 *
 * `asMutable` gives a copy that is edited in place until `asImmutable`, for building large maps.
 */

/** Entries of a list, which is looked through from its start, before it is split. */
const LISTED = 12;
const BITS = 3;
const CHILDREN = 1 << BITS;
/** Past this many bits nothing is left of a hash to split by. */
const HASH_BITS = 30;

/** What can be a key. */
export type Key = string | number;

/** Marks nodes that one mutable map made for itself. */
type Owner = object | undefined;

/** Keys, each followed by its value. Never edited. */
type List = readonly unknown[];

class Branch {
  readonly owner: Owner;
  /** By the next bits of the hash; empty lists where there is nothing. */
  readonly children: Node[];
  constructor(owner: Owner, children: Node[]) {
    this.owner = owner;
    this.children = children;
  }
}

type Node = Branch | List;

const NOTHING: List = [];

function hashOf(key: Key): number {
  if (typeof key === 'number') return Math.imul(key, 0x9e37_79b1) >>> 2;
  let hash = 0;
  for (let i = 0; i < key.length; i += 1) hash = Math.imul(hash ^ key.charCodeAt(i), 0x0100_0193);
  return hash ^ (hash >>> 15);
}

/** Index of a key in a list, or -1. */
function indexIn(list: List, key: Key): number {
  for (let i = 0; i < list.length; i += 2) if (list[i] === key) return i;
  return -1;
}

/** What leads to a key below a node; a list needs no hash. */
function hashBelow(node: Node, key: Key): number {
  return node instanceof Branch ? hashOf(key) : 0;
}

function find(root: Node, hash: number, key: Key): unknown {
  let node = root;
  for (let rest = hash; node instanceof Branch; rest >>>= BITS) node = node.children[rest & (CHILDREN - 1)]!;
  const at = indexIn(node, key);
  return at < 0 ? undefined : node[at + 1];
}

/** The branch with another child. */
function withChild(branch: Branch, owner: Owner, index: number, child: Node): Branch {
  if (owner !== undefined && branch.owner === owner) {
    branch.children[index] = child;
    return branch;
  }
  const children = branch.children.slice();
  children[index] = child;
  return new Branch(owner, children);
}

/** Just as long as it has to be: adding to a copy would leave room for more. */
function withPair(list: List, key: Key, value: unknown): List {
  const { length } = list;
  const longer = new Array<unknown>(length + 2);
  for (let i = 0; i < length; i += 1) longer[i] = list[i];
  longer[length] = key;
  longer[length + 1] = value;
  return longer;
}

/** The list with one more entry, as a branch where it grows too long and `shift` leaves bits to split by. */
function longer(list: List, owner: Owner, shift: number, key: Key, value: unknown): Node {
  if (list.length < 2 * LISTED || shift >= HASH_BITS) return withPair(list, key, value);
  let branch: Node = new Branch(owner, new Array<Node>(CHILDREN).fill(NOTHING));
  for (let i = 0; i < list.length; i += 2) {
    branch = withEntry(branch, owner, shift, hashOf(list[i] as Key), list[i] as Key, list[i + 1]);
  }
  return withEntry(branch, owner, shift, hashOf(key), key, value);
}

/** The node with the entry; `hash` is that of the key. */
function withEntry(node: Node, owner: Owner, shift: number, hash: number, key: Key, value: unknown): Node {
  if (node instanceof Branch) {
    const index = (hash >>> shift) & (CHILDREN - 1);
    const child = node.children[index]!;
    return withChild(node, owner, index, withEntry(child, owner, shift + BITS, hash, key, value));
  }
  const at = indexIn(node, key);
  return at < 0 ? longer(node, owner, shift, key, value) : node.with(at + 1, value);
}

/** The node without a key that it has. */
function withoutEntry(node: Node, owner: Owner, shift: number, hash: number, key: Key): Node {
  if (!(node instanceof Branch)) return node.toSpliced(indexIn(node, key), 2);
  const index = (hash >>> shift) & (CHILDREN - 1);
  const left = withoutEntry(node.children[index]!, owner, shift + BITS, hash, key);
  if (!(left instanceof Branch) && left.length === 0 && isAlone(node, index)) return NOTHING;
  return withChild(node, owner, index, left);
}

/** True when a branch has nothing but that child. */
function isAlone({ children }: Branch, index: number): boolean {
  return children.every((child, i) => i === index || (!(child instanceof Branch) && child.length === 0));
}

/** Steps over the entries of a node, in order. */
class Walk {
  readonly #waiting: Node[];
  #list: List = NOTHING;
  #at = -2;

  constructor(root: Node) {
    this.#waiting = [root];
  }

  /** Goes on to the next entry; false at the end. */
  next(): boolean {
    this.#at += 2;
    while (this.#at >= this.#list.length) {
      const node = this.#waiting.pop();
      if (node === undefined) return false;
      if (node instanceof Branch) {
        for (let i = CHILDREN - 1; i >= 0; i -= 1) this.#waiting.push(node.children[i]!);
        continue;
      }
      this.#list = node;
      this.#at = 0;
    }
    return true;
  }

  get key(): unknown {
    return this.#list[this.#at];
  }

  get value(): unknown {
    return this.#list[this.#at + 1];
  }
}

export class PersistentMap<K extends Key, V> implements Iterable<readonly [K, V]> {
  static readonly #empty = new PersistentMap<Key, unknown>(0, NOTHING, undefined);
  #size: number;
  #root: Node;
  #owner: Owner;

  private constructor(size: number, root: Node, owner: Owner) {
    this.#size = size;
    this.#root = root;
    this.#owner = owner;
  }

  static empty<K extends Key, V>(): PersistentMap<K, V> {
    return PersistentMap.#empty as unknown as PersistentMap<K, V>;
  }

  get size(): number {
    return this.#size;
  }

  get(key: K): V | undefined {
    return find(this.#root, hashBelow(this.#root, key), key) as V | undefined;
  }

  /** No value is undefined, so this is what {@link get} tells as well. */
  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  /** The map with the entry; the map itself when it has it already, or is mutable. */
  set(key: K, value: V): PersistentMap<K, V> {
    const hash = hashBelow(this.#root, key);
    const before = find(this.#root, hash, key);
    if (before === value) return this;
    const root = withEntry(this.#root, this.#owner, 0, hash, key, value);
    return this.#as(this.#size + (before === undefined ? 1 : 0), root);
  }

  /** The map without the key; the map itself when it does not have it, or is mutable. */
  remove(key: K): PersistentMap<K, V> {
    if (this.get(key) === undefined) return this;
    return this.#as(this.#size - 1, withoutEntry(this.#root, this.#owner, 0, hashOf(key), key));
  }

  #as(size: number, root: Node): PersistentMap<K, V> {
    if (this.#owner === undefined) return new PersistentMap(size, root, undefined);
    this.#size = size;
    this.#root = root;
    return this;
  }

  /** A copy that {@link set} and {@link remove} edit in place. */
  asMutable(): PersistentMap<K, V> {
    return new PersistentMap(this.#size, this.#root, {});
  }

  /** The map itself, which no longer changes. */
  asImmutable(): PersistentMap<K, V> {
    this.#owner = undefined;
    return this;
  }

  *keys(): Generator<K, void, undefined> {
    for (const walk = new Walk(this.#root); walk.next();) yield walk.key as K;
  }

  *values(): Generator<V, void, undefined> {
    for (const walk = new Walk(this.#root); walk.next();) yield walk.value as V;
  }

  *entries(): Generator<[K, V], void, undefined> {
    for (const walk = new Walk(this.#root); walk.next();) yield [walk.key as K, walk.value as V];
  }

  [Symbol.iterator](): Generator<[K, V], void, undefined> {
    return this.entries();
  }

  /** The first value, if there is any. */
  first(): V | undefined {
    return this.find(() => true);
  }

  /** The first value that `matches` takes. */
  find(matches: (value: V, key: K) => boolean): V | undefined {
    for (const walk = new Walk(this.#root); walk.next();) {
      if (matches(walk.value as V, walk.key as K)) return walk.value as V;
    }
    return undefined;
  }

  some(matches: (value: V, key: K) => boolean): boolean {
    return this.find(matches) !== undefined;
  }

  /** Number of the values that `matches` takes. */
  count(matches: (value: V, key: K) => boolean): number {
    let count = 0;
    for (const walk = new Walk(this.#root); walk.next();)
      if (matches(walk.value as V, walk.key as K)) count += 1;
    return count;
  }
}
