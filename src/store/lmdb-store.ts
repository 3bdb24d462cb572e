/**
 * The embedded store: LMDB in a folder. Durability rests on three choices:
 *
 * - `overlappingSync: false`: LMDB syncs data and meta pages before a transaction counts as committed, so a resolved
 *   write is on disk. With overlapping syncs, the default, promises resolve before the sync.
 * - one transaction at a time ({@link GroupCommit}), written and synced on LMDB's own thread.
 * - one `batch` per transaction: LMDB applies all of it or nothing.
 *
 * `noMemInit` stays off: it would let pieces of the process's memory reach the file.
 */
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { lockFolder } from './folder-lock.ts';
import { GroupCommit } from './group-commit.ts';
import { readStored, spaceRange, storedKey, storedValue } from './store-keys.ts';
import { StoreError } from './store-error.ts';
import type { Store, StoreEdit } from './store.ts';

/** Version of the layout of keys and records. A newer one than this is refused; older ones are read. */
export const FORMAT_VERSION = 1;

/** Where LMDB's first page holds its magic number, and that number as it lies in the file. */
const MAGIC_AT = 24;
const MAGIC = Buffer.from('dec0efbe', 'hex');

type Database = RootDatabase<Uint8Array, Uint8Array>;

/** Opens or creates the store. Throws {@link StoreError} when another server holds the folder or the format is newer. */
export async function openLmdbStore(folder: string): Promise<Store> {
  let unlock: (() => Promise<void>) | undefined;
  let database: Database | undefined;
  try {
    // A folder that is there already keeps its mode: what is put in it is for the owner alone all the same.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    unlock = await lockFolder(folder);
    refuseOtherFiles(join(folder, 'store', 'data.mdb'));
    database = openDatabase(join(folder, 'store'));
    await checkFormat(database, folder);
    syncFolders(folder, join(folder, 'store'));
    return new LmdbStore(database, unlock);
  } catch (error) {
    await database?.close();
    await unlock?.();
    if (error instanceof StoreError) throw error;
    throw new StoreError(`the store in ${folder} cannot be opened: ${(error as Error).message}`);
  }
}

function openDatabase(path: string): Database {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const database = open<Uint8Array, Uint8Array>({
    path,
    encoding: 'binary',
    keyEncoding: 'binary',
    overlappingSync: false,
    eventTurnBatching: false,
    // Records are a few hundred bytes.
    pageSize: 4096,
    maxDbs: 1,
  });
  // The folder lets nobody else in while LMDB makes its files; this is for copies of them.
  for (const file of ['data.mdb', 'lock.mdb']) chmodSync(join(path, file), 0o600);
  return database;
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

/** New files survive a power cut only when their folder is synced as well. */
function syncFolders(...folders: readonly string[]): void {
  if (process.platform === 'win32') return;
  for (const folder of folders) {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }
}

async function checkFormat(database: Database, folder: string): Promise<void> {
  const key = storedKey('meta', 'format').bytes;
  const stored = database.get(key);
  if (stored === undefined) {
    await database.put(key, Buffer.from(String(FORMAT_VERSION)));
    return;
  }
  const text = Buffer.from(stored).toString();
  const version = Number(text);
  if (!Number.isInteger(version) || version < 1) {
    throw new StoreError(`the data folder ${folder} holds no store of Tumbler (format '${text}')`);
  }
  if (version > FORMAT_VERSION) {
    throw new StoreError(
      `the data folder ${folder} was written by a newer version (format ${version}; this server reads up to ${FORMAT_VERSION}); nothing was changed`,
    );
  }
}

class LmdbStore implements Store {
  readonly #database: Database;
  readonly #unlock: () => Promise<void>;
  readonly #group: GroupCommit;

  constructor(database: Database, unlock: () => Promise<void>) {
    this.#database = database;
    this.#unlock = unlock;
    this.#group = new GroupCommit((edits) => writeBatch(database, edits));
  }

  async *load(space: string): AsyncIterable<{ key: string; value: Uint8Array }> {
    for (const { key, value } of this.#database.getRange(spaceRange(space))) {
      yield readStored(space, key, value);
    }
  }

  commit(edits: readonly StoreEdit[]): Promise<void> {
    return this.#group.add(edits);
  }

  async read(space: string, key: string): Promise<Uint8Array | undefined> {
    const bytes = storedKey(space, key).bytes;
    const value = this.#database.getBinary(bytes);
    return value === undefined ? undefined : readStored(space, bytes, value).value;
  }

  async close(): Promise<void> {
    this.#group.breakWith(new StoreError('the store is closed'));
    await this.#group.idle();
    await this.#database.close();
    await this.#unlock();
  }
}

/** One transaction. Everything that could throw is done before the batch begins, so that no half of it is written. */
async function writeBatch(database: Database, edits: readonly StoreEdit[]): Promise<void> {
  const writes = edits.map(({ space, key, value }) => {
    const stored = storedKey(space, key);
    return { key: stored.bytes, value: value === null ? null : storedValue(stored, value) };
  });
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
