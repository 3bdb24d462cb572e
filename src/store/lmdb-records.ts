/**
 * Records by space and key in an LMDB file. `overlappingSync: false` has LMDB sync data and meta pages before a
 * transaction counts as committed; with overlapping syncs, the default, promises resolve before the sync. `noMemInit`
 * stays off: it would let pieces of the process's memory reach the file.
 */
import { chmodSync, closeSync, mkdirSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { readStored, spaceRange, storedKey, storedValue } from './store-keys.ts';
import { StoreError } from './store-error.ts';
import type { StoreEdit } from './store.ts';

/** Where LMDB's first page holds its magic number, and that number as it lies in the file. */
const MAGIC_AT = 24;
const MAGIC = Buffer.from('dec0efbe', 'hex');

type Database = RootDatabase<Uint8Array, Uint8Array>;

/** Bytes read from the file that count as little in a process's memory. */
const FEW_BYTES = 8 * 1024 * 1024;

export class LmdbRecords {
  readonly #folder: string;
  #database: Database;
  /** Bytes of records that were read in ranges, and whose pages are still mapped. */
  #mapped = 0;

  /** Opens or makes the file in a folder, which is made as well. Throws {@link StoreError} on a file of another kind. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    refuseOtherFiles(join(folder, 'data.mdb'));
    this.#folder = folder;
    this.#database = openDatabase(folder);
    // The folder lets nobody else in while LMDB makes its files; this is for copies of them.
    for (const file of ['data.mdb', 'lock.mdb']) chmodSync(join(folder, file), 0o600);
  }

  /** The records of a space in key order. */
  *range(space: string): Iterable<{ readonly key: string; readonly value: Uint8Array }> {
    for (const { key, value } of this.#database.getRange(spaceRange(space))) {
      this.#mapped += value.length;
      yield readStored(space, key, value);
    }
  }

  read(space: string, key: string): Uint8Array | undefined {
    const { bytes } = storedKey(space, key);
    const value = this.#database.getBinary(bytes);
    return value === undefined ? undefined : readStored(space, bytes, value).value;
  }

  /**
   * One transaction: all of the edits or none, on disk when it resolves. Everything that could throw is done before the
   * batch begins, so that no half of it is written.
   */
  async write(edits: readonly StoreEdit[]): Promise<void> {
    const writes = edits.map(({ space, key, value }) => {
      const stored = storedKey(space, key);
      return { key: stored.bytes, value: value === null ? null : storedValue(stored, value) };
    });
    const database = this.#database;
    try {
      await database.batch(() => {
        for (const { key, value } of writes) {
          if (value === null) void database.remove(key);
          else void database.put(key, value);
        }
      });
    } catch (error) {
      // The cause comes in a promise beside the error; unheard, its rejection would end the process.
      const cause = (error as { commitError?: Promise<unknown> }).commitError;
      throw cause === undefined ? error : await causeOf(cause, error);
    }
  }

  /**
   * Gives back the memory that {@link range} took: LMDB reads by mapping its file, and pages stay while it is open.
   * Nothing must be under way.
   */
  async unmap(): Promise<void> {
    if (this.#mapped <= FEW_BYTES) return;
    await this.#database.close();
    this.#database = openDatabase(this.#folder);
    this.#mapped = 0;
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}

function openDatabase(folder: string): Database {
  return open<Uint8Array, Uint8Array>({
    path: folder,
    encoding: 'binary',
    keyEncoding: 'binary',
    overlappingSync: false,
    eventTurnBatching: false,
    // Records are a few hundred bytes.
    pageSize: 4096,
    maxDbs: 1,
  });
}

/** LMDB trusts the file it is given; one that is something else would end the process. */
function refuseOtherFiles(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const start = Buffer.alloc(MAGIC_AT + MAGIC.length);
    const length = readSync(file, start);
    // A crash while the file was made leaves it empty.
    if (length !== 0 && !start.subarray(MAGIC_AT).equals(MAGIC)) {
      throw new StoreError(`${path} is not a store`);
    }
  } finally {
    closeSync(file);
  }
}

/** The cause that LMDB gives for a failed commit, or the failure itself when it gives none in time. */
async function causeOf(cause: Promise<unknown>, failure: unknown): Promise<unknown> {
  const late = new Promise((resolve) => setTimeout(resolve, 1000, failure).unref());
  return Promise.race([
    cause.then(
      () => failure,
      (reason: unknown) => reason,
    ),
    late,
  ]);
}
