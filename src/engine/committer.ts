/**
 * The one writer. Builds run one after the other against the tip: the newest catalog, durable or not. Their edits go to
 * the store in the same order; when the store has acknowledged a commit, its snapshot becomes the current one by
 * reference and the caller hears of it. Readers never wait, and never see what is not durable.
 *
 * A commit of many changes is worked off in slices; those that come meanwhile stand in line behind it.
 */
import { applyChanges, applying } from '../catalog/apply.ts';
import type { Change } from '../catalog/changes.ts';
import { toEdit } from '../catalog/codec.ts';
import { IdAllocator, type CountedSpace, type IdSource } from '../catalog/id-allocator.ts';
import type { Id, IdSpace } from '../catalog/ids.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { pinChanges } from '../clusters/pins.ts';
import { SqlError } from '../errors.ts';
import type { Interrupt } from '../query/interrupt.ts';
import { gathered, inSlices, STEPS, type Work } from '../store/slices.ts';
import type { Store, StoreEdit } from '../store/store.ts';

export type { IdSource } from '../catalog/id-allocator.ts';

/** What a build wants done, and what to answer its caller. */
export interface CommitRequest<T, C extends Iterable<Change> = readonly Change[]> {
  /** Gone through once, and in slices: a generator makes many of them without holding up others. */
  readonly changes: C;
  readonly result: T;
  /** Edits beside the catalog that go to disk with the changes, told from the catalog as those leave it. */
  readonly beside?: (after: Snapshot) => readonly StoreEdit[];
}

export interface Committed<T> {
  readonly snapshot: Snapshot;
  readonly result: T;
}

type Build<T> = (tip: Snapshot, ids: IdSource) => CommitRequest<T, Iterable<Change>>;

/** A commit that is worked out and has only to be handed to the store. */
interface Made<T> {
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly changes: Change[];
  readonly edits: StoreEdit[];
  readonly request: CommitRequest<T, Iterable<Change>>;
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
  /** While a commit is worked off in slices: settles when it and those in line behind it are handed to the store. */
  #line: Promise<void> | undefined;
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
   * nothing has happened; rejects with 58030 when the store fails. `interrupt` stops a commit that is in line or worked
   * off in slices, as long as it is not handed to the store.
   */
  commit<T>(build: Build<T>, interrupt?: Interrupt): Promise<Committed<T>> {
    const make = (): Made<T> | Promise<Made<T>> => {
      const check = (): void => {
        if (this.#failure !== undefined) throw this.#failure;
        interrupt?.check();
      };
      check();
      return inSlices(this.#making(build), check);
    };
    try {
      const made = this.#line === undefined ? make() : this.#line.then(make);
      return made instanceof Promise ? this.#standInLine(made) : this.#handOver(made);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error('a commit failed'));
    }
  }

  /** Works out a commit. The tip stays what it is meanwhile, unless the store fails. */
  *#making<T>(build: Build<T>): Work<Made<T>> {
    const before = this.#tip;
    const request = build(before, this.#allocator);
    const changes = yield* gathered(request.changes);
    const applied = yield* applying(before, changes);
    const pins = yield* pinChanges(before, applied, changes, this.#clock());
    const pinned = pins.length === 0 ? applied : yield* applying(applied, pins);
    for (const pin of pins) changes.push(pin);
    const edits = yield* editsOf(changes);
    return { before, after: { ...pinned, version: applied.version }, changes, edits, request };
  }

  /** Those that come from now on are behind this one. Waits for its turn at the store, not for the disk. */
  #standInLine<T>(made: Promise<Made<T>>): Promise<Committed<T>> {
    const handed = made.then((commit) => ({ committed: this.#handOver(commit) }));
    const leave = (): void => {
      if (this.#line === line) this.#line = undefined;
    };
    const line = handed.then(leave, leave);
    this.#line = line;
    return handed.then(({ committed }) => committed);
  }

  #handOver<T>(made: Made<T>): Promise<Committed<T>> {
    if (this.#failure !== undefined) throw this.#failure;
    const { before, changes, edits, request } = made;
    const counters = this.#allocator.takeChanges();
    if (changes.length === 0 && counters.length === 0) return this.#afterPending(request.result);
    const { version } = made.after;
    const after = counters.length === 0 ? made.after : { ...applyChanges(made.after, counters), version };
    for (const counter of counters) {
      changes.push(counter);
      edits.push(toEdit(counter)!);
    }
    for (const edit of request.beside?.(after) ?? []) edits.push(edit);
    this.#tip = after;
    const committed = this.#store.commit(edits).then(
      () => this.#publish(before, after, changes, request.result),
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

function* editsOf(changes: readonly Change[]): Work<StoreEdit[]> {
  const edits: StoreEdit[] = [];
  let steps = 0;
  for (const change of changes) {
    if (++steps % STEPS === 0) yield;
    const edit = toEdit(change);
    if (edit !== null) edits.push(edit);
  }
  return edits;
}
