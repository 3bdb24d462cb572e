import type { StoreEdit } from './store.ts';
import { StoreError } from './store-error.ts';

/** Bounds what one transaction holds in memory; a larger single commit goes alone. */
const GROUP_BYTES = 8 * 1024 * 1024;

/** A commit of more edits goes alone as well, whatever their size: adding it up would take long. */
const GROUP_EDITS = 2000;

interface Waiting {
  readonly edits: readonly StoreEdit[];
  readonly resolve: () => void;
  readonly reject: (error: StoreError) => void;
}

/**
 * Group commit: one write is under way at a time, and the commits that arrive meanwhile share the next, in order and
 * whole. So a failed write is never followed by one that succeeds: the first failure breaks the queue for good, because
 * what is on disk after it can only be told by opening the store anew.
 */
export class GroupCommit {
  readonly #write: (edits: readonly StoreEdit[]) => Promise<void>;
  #waiting: Waiting[] = [];
  #broken: StoreError | undefined;
  #running: Promise<void> | undefined;

  /** `write` makes edits durable as one. */
  constructor(write: (edits: readonly StoreEdit[]) => Promise<void>) {
    this.#write = write;
  }

  /** Resolves when the edits are durable; rejects when this write or an earlier one failed. */
  add(edits: readonly StoreEdit[]): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ edits, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing is under way or waiting. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Refuses every commit from now on. */
  breakWith(error: StoreError): void {
    this.#broken ??= error;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Callers that were woken together commit in the same turn: let them all join.
      await new Promise(setImmediate);
      await this.#writeGroup(this.#takeGroup());
    }
    this.#running = undefined;
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      await this.#write(group.length === 1 ? group[0]!.edits : group.flatMap(({ edits }) => edits));
    } catch (error) {
      this.#broken ??= new StoreError(`the store cannot write: ${errorText(error)}`);
      for (const { reject } of [...group, ...this.#waiting.splice(0)]) reject(this.#broken);
      return;
    }
    for (const { resolve } of group) resolve();
  }

  #takeGroup(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { edits } of this.#waiting) {
      bytes += edits.length > GROUP_EDITS ? GROUP_BYTES : bytesOf(edits);
      if (count > 0 && bytes > GROUP_BYTES) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }
}

function bytesOf(edits: readonly StoreEdit[]): number {
  let bytes = 0;
  for (const { key, value } of edits) bytes += key.length + (value?.length ?? 0);
  return bytes;
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
