import { GroupCommit } from './group-commit.ts';
import { inSlices, STEPS, type Work } from './slices.ts';
import type { Store, StoreEdit } from './store.ts';

/**
 * A store that keeps nothing when the process ends: for tests and rehearsals. It orders, groups and acknowledges commits
 * as the one on disk does. `failWith` gives an error to fail a write with, for tests of failure.
 */
export function memoryStore(failWith: () => Error | undefined = () => undefined): Store {
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
  function* applying(edits: readonly StoreEdit[]): Work<void> {
    let steps = 0;
    for (const edit of edits) {
      if (++steps % STEPS === 0) yield;
      apply(edit);
    }
  }
  /** Reads wait for what is applied in slices: they see all of a commit or nothing. */
  let applied: void | Promise<void>;
  const group = new GroupCommit(async (edits) => {
    const failure = failWith();
    if (failure !== undefined) throw failure;
    applied = inSlices(applying(edits));
    await applied;
  });
  return {
    async *load(space) {
      const records = [...spaceOf(space)].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      for (const [key, value] of records) yield { key, value };
    },
    loaded: () => Promise.resolve(),
    commit: (edits) => group.add(edits),
    async read(space, key) {
      await applied;
      return spaceOf(space).get(key);
    },
    close: () => group.idle(),
  };
}
