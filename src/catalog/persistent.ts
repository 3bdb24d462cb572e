import type { Work } from '../store/slices.ts';
import { PersistentMap, type Key } from './persistent-map.ts';
import { PersistentSet } from './persistent-set.ts';

type Openable = { asImmutable(): unknown };

/** Inner collections that the bulk edit under way has open; see {@link withOpenInner}. */
let opened: Set<unknown> | undefined;

/** Below this size, copying is as cheap as keeping a collection open. */
const WORTH_OPENING = 16;

/**
 * Runs many edits at once: inner collections that grow large stay open for editing between them, and are closed at the
 * end. The edit must not let any of them out before. Where it pauses, others may edit what is theirs.
 */
export function* withOpenInner<T>(edit: Work<T>): Work<T> {
  const mine = new Set<unknown>();
  for (;;) {
    const step = stepWith(mine, edit);
    if (step.done !== true) {
      yield;
      continue;
    }
    for (const inner of mine) (inner as Openable).asImmutable();
    return step.value;
  }
}

function stepWith<T>(mine: Set<unknown>, edit: Work<T>): IteratorResult<undefined, T> {
  opened = mine;
  try {
    return edit.next();
  } finally {
    opened = undefined;
  }
}

/** The collection itself, or during a bulk edit one that may be edited in place. */
function editable<C extends { readonly size: number; asMutable(): C }>(inner: C): C {
  if (opened === undefined || inner.size < WORTH_OPENING || opened.has(inner)) return inner;
  const open = inner.asMutable();
  opened.add(open);
  return open;
}

/** Adds to a set inside a map of sets. */
export function addToSet<K extends Key, T extends Key>(
  map: PersistentMap<K, PersistentSet<T>>,
  key: K,
  value: T,
): PersistentMap<K, PersistentSet<T>> {
  return map.set(key, editable(map.get(key) ?? PersistentSet.empty<T>()).add(value));
}

/** Takes out of a set inside a map of sets; empty sets go. */
export function removeFromSet<K extends Key, T extends Key>(
  map: PersistentMap<K, PersistentSet<T>>,
  key: K,
  value: T,
): PersistentMap<K, PersistentSet<T>> {
  const before = map.get(key);
  if (before?.has(value) !== true) return map;
  const rest = editable(before).remove(value);
  return rest.size === 0 ? map.remove(key) : map.set(key, rest);
}

/** Sets a key inside a map of maps. */
export function setIn<K extends Key, L extends Key, V>(
  map: PersistentMap<K, PersistentMap<L, V>>,
  key: K,
  inner: L,
  value: V,
): PersistentMap<K, PersistentMap<L, V>> {
  return map.set(key, editable(map.get(key) ?? PersistentMap.empty<L, V>()).set(inner, value));
}

/** Deletes a key inside a map of maps, if `matches` says it is still the one meant; empty maps go. */
export function removeIn<K extends Key, L extends Key, V>(
  map: PersistentMap<K, PersistentMap<L, V>>,
  key: K,
  inner: L,
  matches: (value: V) => boolean = () => true,
): PersistentMap<K, PersistentMap<L, V>> {
  const before = map.get(key);
  const value = before?.get(inner);
  if (before === undefined || value === undefined || !matches(value)) return map;
  const rest = editable(before).remove(inner);
  return rest.size === 0 ? map.remove(key) : map.set(key, rest);
}
