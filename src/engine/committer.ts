/**
 * The one writer. Builds run one after the other against the tip: the newest catalog, durable or not. Their edits go to
 * the store in the same order; when the store has acknowledged a commit, its snapshot becomes the current one by
 * reference and the caller hears of it. Readers never wait, and never see what is not durable.
 */
import { applyChanges } from '../catalog/apply.ts';
import type { Change } from '../catalog/changes.ts';
import { toEdit } from '../catalog/codec.ts';
import { IdAllocator, type CountedSpace, type IdSource } from '../catalog/id-allocator.ts';
import type { Id, IdSpace } from '../catalog/ids.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { pinChanges } from '../clusters/pins.ts';
import { SqlError } from '../errors.ts';
import type { Store, StoreEdit } from '../store/store.ts';

export type { IdSource } from '../catalog/id-allocator.ts';

/** What a build wants done, and what to answer its caller. */
export interface CommitRequest<T> {
  readonly changes: readonly Change[];
  readonly result: T;
  /** Edits beside the catalog that go to disk with the changes, told from the catalog as those leave it. */
  readonly beside?: (after: Snapshot) => readonly StoreEdit[];
}

export interface Committed<T> {
  readonly snapshot: Snapshot;
  readonly result: T;
}

/**
 * Told of every commit after it is current, in order. Must not take long. What it throws is reported and changes
 * nothing: the commit is durable.
 */
export type CommitListener = (before: Snapshot, after: Snapshot, changes: readonly Change[]) => void;

export class Committer {
  readonly #store: Store;
  readonly #clock: () => number;
  readonly #report: (error: unknown) => void;
  readonly #listeners = new Set<CommitListener>();
  readonly #allocator: IdAllocator;
  #current: Snapshot;
  #tip: Snapshot;
  #failure: SqlError | undefined;
  /** Settles when every commit so far is durable. */
  #pending: Promise<unknown> = Promise.resolve();

  /** `clock`: milliseconds since the Unix epoch. `report` hears of errors of listeners. */
  constructor(
    store: Store,
    snapshot: Snapshot,
    clock: () => number,
    report: (error: unknown) => void = warnOfListener,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#report = report;
    this.#current = snapshot;
    this.#tip = snapshot;
    this.#allocator = new IdAllocator(snapshot);
  }

  /** The newest durable catalog. */
  current(): Snapshot {
    return this.#current;
  }

  get ids(): IdSource {
    return this.#allocator;
  }

  /** False once the store has failed: reads go on, writes do not. */
  get healthy(): boolean {
    return this.#failure === undefined;
  }

  /** Draws an id ahead of a commit; it stays used whatever becomes of the commit. */
  reserve(space: Exclude<IdSpace, CountedSpace>): Id {
    return this.#allocator.next(space);
  }

  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Runs `build` against the newest catalog and makes its edits durable. Rejects with what `build` throws, and then
   * nothing has happened; rejects with 58030 when the store fails.
   */
  commit<T>(build: (tip: Snapshot, ids: IdSource) => CommitRequest<T>): Promise<Committed<T>> {
    try {
      if (this.#failure !== undefined) throw this.#failure;
      return this.#enqueue(build(this.#tip, this.#allocator));
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error('a commit failed'));
    }
  }

  #enqueue<T>({ changes, result, beside }: CommitRequest<T>): Promise<Committed<T>> {
    const counters = this.#allocator.takeChanges();
    if (changes.length === 0 && counters.length === 0) return this.#afterPending(result);
    const before = this.#tip;
    const applied = applyChanges(before, [...changes, ...counters]);
    const pins = pinChanges(before, applied, changes, this.#clock());
    const after = pins.length === 0 ? applied : { ...applyChanges(applied, pins), version: applied.version };
    const all = [...changes, ...counters, ...pins];
    const edits = beside === undefined ? editsOf(all) : [...editsOf(all), ...beside(after)];
    this.#tip = after;
    const committed = this.#store.commit(edits).then(
      () => this.#publish(before, after, all, result),
      (error: unknown) => this.#fail(error),
    );
    this.#pending = committed.catch(() => undefined);
    return committed;
  }

  /** A commit without edits still answers with a catalog that holds all that was acknowledged before it. */
  #afterPending<T>(result: T): Promise<Committed<T>> {
    return this.#pending.then(() => {
      if (this.#failure !== undefined) throw this.#failure;
      return { snapshot: this.#current, result };
    });
  }

  #publish<T>(before: Snapshot, after: Snapshot, changes: readonly Change[], result: T): Committed<T> {
    // Stores acknowledge in the order of the calls, so this is the one after the current one.
    this.#current = after;
    for (const listener of this.#listeners) {
      try {
        listener(before, after, changes);
      } catch (error) {
        this.#report(error);
      }
    }
    return { snapshot: after, result };
  }

  #fail(cause: unknown): never {
    this.#failure ??= new SqlError('58030', 'the store failed; the server takes no more writes', {
      detail: cause instanceof Error ? cause.message : undefined,
    });
    this.#tip = this.#current;
    throw this.#failure;
  }
}

/** Only the kind of error: its text might hold what no log should. */
function warnOfListener(error: unknown): void {
  const name = error instanceof Error ? error.name : typeof error;
  process.emitWarning(`a listener of commits failed: ${name}`);
}

function editsOf(changes: readonly Change[]): readonly StoreEdit[] {
  const edits: StoreEdit[] = [];
  for (const change of changes) {
    const edit = toEdit(change);
    if (edit !== null) edits.push(edit);
  }
  return edits;
}
