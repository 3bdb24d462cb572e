import type { Store, StoreEdit } from './store.ts';

/** A store that keeps nothing: for tests and rehearsals. Acknowledges at the next turn of the event loop, as a disk would. */
export function memoryStore(): Store {
  const spaces = new Map<string, Map<string, Uint8Array>>();
  const spaceOf = (name: string): Map<string, Uint8Array> => {
    let space = spaces.get(name);
    if (space === undefined) spaces.set(name, (space = new Map()));
    return space;
  };
  const apply = ({ space, key, value }: StoreEdit): void => {
    if (value === null) spaceOf(space).delete(key);
    else spaceOf(space).set(key, value);
  };
  return {
    async *load(space) {
      for (const [key, value] of [...spaceOf(space)].sort(([a], [b]) => (a < b ? -1 : 1)))
        yield { key, value };
    },
    async commit(edits) {
      edits.forEach(apply);
    },
    async read(space, key) {
      return spaceOf(space).get(key);
    },
    async close() {},
  };
}
