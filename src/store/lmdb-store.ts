/**
 * The embedded store: LMDB in a folder. A commit is acknowledged after LMDB has written and synced its transaction;
 * commits that arrive while one is being written share the next transaction and its sync. A transaction holds whole
 * commits only.
 */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { heldHere, lockFolder } from './folder-lock.ts';
import { StoreError } from './store-error.ts';
import type { Store } from './store.ts';

/** Version of the layout of keys and records. A newer one than this is refused; older ones are read. */
export const FORMAT_VERSION = 1;

const FORMAT_KEY = 'meta/format';

/** `/` ends the space's name; `0` is the character after it. */
const keyOf = (space: string, key: string): string => `${space}/${key}`;

/** Opens or creates the store. Throws {@link StoreError} when another server holds the folder or the format is newer. */
export async function openLmdbStore(folder: string): Promise<Store> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const lockPath = join(folder, 'tumbler.pid');
  const unlock = lockFolder(folder);
  heldHere.add(lockPath);
  const release = (): void => {
    heldHere.delete(lockPath);
    unlock();
  };
  try {
    const database = openDatabase(join(folder, 'store'));
    await checkFormat(database, folder);
    return new LmdbStore(database, release);
  } catch (error) {
    release();
    throw error;
  }
}

function openDatabase(path: string): RootDatabase<Uint8Array, string> {
  // LMDB makes its files with the umask of the process; secrets are sealed in them, and still nobody else should read.
  const before = process.umask(0o077);
  try {
    return open<Uint8Array, string>({
      path,
      encoding: 'binary',
      keyEncoding: 'ordered-binary',
      // Acknowledge after the sync, not after the commit.
      overlappingSync: false,
      // Pages are small: records are a few hundred bytes.
      pageSize: 4096,
      noMemInit: true,
      maxDbs: 1,
    });
  } finally {
    process.umask(before);
  }
}

async function checkFormat(database: RootDatabase<Uint8Array, string>, folder: string): Promise<void> {
  const stored = database.get(FORMAT_KEY);
  if (stored === undefined) {
    await database.put(FORMAT_KEY, Buffer.from(String(FORMAT_VERSION)));
    return;
  }
  const version = Number(Buffer.from(stored).toString());
  if (version > FORMAT_VERSION) {
    await database.close();
    throw new StoreError(
      `the data folder ${folder} was written by a newer version (format ${version}; this server reads up to ${FORMAT_VERSION}); nothing was changed`,
    );
  }
}

class LmdbStore implements Store {
  readonly #database: RootDatabase<Uint8Array, string>;
  readonly #release: () => void;
  #broken: StoreError | undefined;

  constructor(database: RootDatabase<Uint8Array, string>, release: () => void) {
    this.#database = database;
    this.#release = release;
  }

  async *load(space: string): AsyncIterable<{ key: string; value: Uint8Array }> {
    const prefix = keyOf(space, '');
    for (const { key, value } of this.#database.getRange({ start: prefix, end: `${space}0` })) {
      yield { key: key.slice(prefix.length), value };
    }
  }

  async commit(edits: Parameters<Store['commit']>[0]): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    try {
      await this.#database.batch(() => {
        for (const { space, key, value } of edits) {
          if (value === null) void this.#database.remove(keyOf(space, key));
          else void this.#database.put(keyOf(space, key), value);
        }
      });
    } catch (error) {
      this.#broken ??= new StoreError(
        `the store cannot write: ${error instanceof Error ? error.message : 'unknown'}`,
      );
      throw this.#broken;
    }
  }

  async read(space: string, key: string): Promise<Uint8Array | undefined> {
    const value = this.#database.get(keyOf(space, key));
    // LMDB hands out its own memory; what callers keep must be theirs.
    return value === undefined ? undefined : Uint8Array.from(value);
  }

  async close(): Promise<void> {
    await this.#database.close();
    this.#release();
  }
}
