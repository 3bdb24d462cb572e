import { put, type Change } from './changes.ts';
import type { Id, IdSpace } from './ids.ts';
import type { Snapshot } from './snapshot.ts';

/** Spaces that give bare numbers instead of `u<n>`. */
export type CountedSpace = 'oid' | 'auditEvent' | 'statusEvent';

/** Where ids come from. Never gives one twice, over restarts either. */
export interface IdSource {
  /** `u<n>` */
  next(space: Exclude<IdSpace, CountedSpace>): Id;
  /** `s<n>`, for replicas of system clusters. */
  nextSystem(space: 'replica'): Id;
  nextNumber(space: CountedSpace): number;
}

/** Ids are written ahead in batches, so that most commits need not write a counter (Materialize's batch size). */
const BATCH = 512;

/** First numbers of a fresh environment, past what bootstrap uses. */
const FIRST: Readonly<Record<string, number>> = {
  item: 1,
  database: 1,
  schema: 9,
  role: 1,
  cluster: 1,
  replica: 1,
  systemReplica: 1,
  networkPolicy: 1,
  oid: 20_000,
  auditEvent: 1,
  statusEvent: 1,
};

interface Counter {
  next: number;
  /** First number not yet written ahead. */
  reserved: number;
}

/**
 * Hands out ids from batches that are durable before they are used up. The rest of a batch is lost at a restart, as
 * upstream: ids are unique, not gap-free.
 */
export class IdAllocator implements IdSource {
  readonly #counters = new Map<string, Counter>();
  #changes: Change[] = [];

  constructor(snapshot: Snapshot) {
    for (const [space, first] of Object.entries(FIRST)) {
      const next = snapshot.small.counter.get(space)?.next ?? first;
      this.#counters.set(space, { next, reserved: next });
    }
  }

  next(space: Exclude<IdSpace, CountedSpace>): Id {
    return `u${this.#draw(space)}`;
  }

  nextSystem(space: 'replica'): Id {
    return `s${this.#draw(space === 'replica' ? 'systemReplica' : space)}`;
  }

  nextNumber(space: CountedSpace): number {
    return this.#draw(space);
  }

  #draw(space: string): number {
    const counter = this.#counters.get(space);
    if (counter === undefined) throw new Error(`no id space ${space}`);
    if (counter.next >= counter.reserved) {
      counter.reserved = counter.next + BATCH;
      this.#changes.push(put('counter', { space, next: counter.reserved }));
    }
    const drawn = counter.next;
    counter.next += 1;
    return drawn;
  }

  /** Counter records to write with the next commit, before the ids in it can be seen. */
  takeChanges(): readonly Change[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }
}
