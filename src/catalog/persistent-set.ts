import { PersistentMap, type Key } from './persistent-map.ts';

/** A set that never changes; see {@link PersistentMap}. */
export class PersistentSet<T extends Key> implements Iterable<T> {
  readonly #members: PersistentMap<T, true>;

  private constructor(members: PersistentMap<T, true>) {
    this.#members = members;
  }

  static readonly #empty = new PersistentSet<never>(PersistentMap.empty());

  static empty<T extends Key>(): PersistentSet<T> {
    return PersistentSet.#empty as unknown as PersistentSet<T>;
  }

  get size(): number {
    return this.#members.size;
  }

  has(member: T): boolean {
    return this.#members.has(member);
  }

  /** The set with the member; the set itself when it has it already, or is mutable. */
  add(member: T): PersistentSet<T> {
    return this.#as(this.#members.set(member, true));
  }

  /** The set without the member; the set itself when it does not have it, or is mutable. */
  remove(member: T): PersistentSet<T> {
    return this.#as(this.#members.remove(member));
  }

  #as(members: PersistentMap<T, true>): PersistentSet<T> {
    return members === this.#members ? this : new PersistentSet(members);
  }

  /** A copy that {@link add} and {@link remove} edit in place. */
  asMutable(): PersistentSet<T> {
    return new PersistentSet(this.#members.asMutable());
  }

  /** The set itself, which no longer changes. */
  asImmutable(): PersistentSet<T> {
    this.#members.asImmutable();
    return this;
  }

  values(): Generator<T, void, undefined> {
    return this.#members.keys();
  }

  [Symbol.iterator](): Generator<T, void, undefined> {
    return this.#members.keys();
  }
}
