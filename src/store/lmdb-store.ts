/**
 * The embedded store: an LMDB file behind a commit log. A commit counts when it is in the log, which takes one flush of
 * the disk however many commits share it; its edits are held in memory and moved to LMDB some megabytes at a time.
 * LMDB's own commits would take several flushes each. What a crash leaves in the log is moved at the next start.
 */
import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { CommitLog } from './commit-log.ts';
import { lockFolder } from './folder-lock.ts';
import { GroupCommit } from './group-commit.ts';
import { LmdbRecords } from './lmdb-records.ts';
import { inSlices, STEPS, type Work } from './slices.ts';
import { StoreError } from './store-error.ts';
import type { Store, StoreEdit } from './store.ts';

/**
 * Version of the layout of the folder. A newer one than this is refused; older ones are read and brought to this one.
 * 1: LMDB alone. 2: a commit log before it.
 */
export const FORMAT_VERSION = 2;

/** Keys of space `meta`: the version of the layout, and the last turn of the log that LMDB has whole. */
const META = 'meta';
const FORMAT = 'format';
const SETTLED = 'settled';

/** Bytes of log after which its edits are moved: what a start after a crash may have to replay. */
const TURN_BYTES = 4 * 1024 * 1024;

/** From this many edits on, remembering those of a commit takes more than a moment. */
const MANY_EDITS = 2000;

/** Edits moved by one transaction: preparing them must not hold up others for long. */
const MOVED_AT_ONCE = 500;

/**
 * Opens or creates the store. Throws {@link StoreError} when another server holds the folder, the format is newer or
 * something is damaged. `turnBytes`: see {@link TURN_BYTES}; tests make it small.
 */
export async function openLmdbStore(folder: string, turnBytes = TURN_BYTES): Promise<Store> {
  const opened: (() => Promise<void>)[] = [];
  try {
    // A folder that is there already keeps its mode: what is put in it is for the owner alone all the same.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const unlock = await lockFolder(folder);
    opened.push(unlock);
    const files = join(folder, 'store');
    const records = new LmdbRecords(files);
    opened.push(() => records.close());
    const format = formatOf(records, folder);
    const log = await CommitLog.open(files, format < FORMAT_VERSION, settledTurn(records));
    opened.push(() => log.close());
    syncFolders(folder, files);
    if (format < FORMAT_VERSION) await records.write([meta(FORMAT, FORMAT_VERSION)]);
    const left = await log.replay();
    if (left.length > 0) await moveTo(records, newest(left).values(), log.generation);
    return new LmdbStore(records, log, unlock, turnBytes);
  } catch (error) {
    for (const close of opened.reverse()) await close();
    if (error instanceof StoreError) throw error;
    throw new StoreError(`the store in ${folder} cannot be opened: ${(error as Error).message}`);
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

/** Version of the layout that a folder has; 0 when it is new. */
function formatOf(records: LmdbRecords, folder: string): number {
  const stored = records.read(META, FORMAT);
  if (stored === undefined) return 0;
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
  return version;
}

function settledTurn(records: LmdbRecords): number {
  return Number(Buffer.from(records.read(META, SETTLED) ?? []).toString());
}

function meta(key: string, number: number): StoreEdit {
  return { space: META, key, value: Buffer.from(String(number)) };
}

/** Edits by what they edit: later ones take the place of earlier ones. */
type Edits = Map<string, StoreEdit>;

function placeOf(space: string, key: string): string {
  return `${space}\0${key}`;
}

function newest(edits: readonly StoreEdit[], into: Edits = new Map()): Edits {
  for (const edit of edits) into.set(placeOf(edit.space, edit.key), edit);
  return into;
}

/** What {@link newest} does, into a map of its own: nobody sees some of the edits without the others. */
function* newestOf(before: Edits, edits: readonly StoreEdit[]): Work<Edits> {
  const both: Edits = new Map();
  let steps = 0;
  for (const [place, edit] of before) {
    if (++steps % STEPS === 0) yield;
    both.set(place, edit);
  }
  for (const edit of edits) {
    if (++steps % STEPS === 0) yield;
    both.set(placeOf(edit.space, edit.key), edit);
  }
  return both;
}

/** Puts the newest edits of a turn of the log among the records, and then says so. */
async function moveTo(records: LmdbRecords, edits: Iterable<StoreEdit>, turn: number): Promise<void> {
  let batch: StoreEdit[] = [];
  for (const edit of edits) {
    batch.push(edit);
    if (batch.length < MOVED_AT_ONCE) continue;
    await records.write(batch);
    batch = [];
  }
  await records.write([...batch, meta(SETTLED, turn)]);
}

class LmdbStore implements Store {
  readonly #records: LmdbRecords;
  readonly #log: CommitLog;
  readonly #unlock: () => Promise<void>;
  readonly #turnBytes: number;
  readonly #group: GroupCommit;
  /** What this turn of the log has, and what the turn before has that is on its way to the records. */
  #logged: Edits = new Map();
  #moving: Edits = new Map();
  #moved: Promise<void> = Promise.resolve();
  /** False until the log's first turn: a start that writes nothing changes no file. */
  #turned = false;

  constructor(records: LmdbRecords, log: CommitLog, unlock: () => Promise<void>, turnBytes: number) {
    this.#records = records;
    this.#log = log;
    this.#unlock = unlock;
    this.#turnBytes = turnBytes;
    this.#group = new GroupCommit((edits) => this.#write(edits));
  }

  async *load(space: string): AsyncIterable<{ key: string; value: Uint8Array }> {
    await this.#group.idle();
    if (this.#logged.size > 0) await this.#turn();
    await this.#moved;
    yield* this.#records.range(space);
  }

  async loaded(): Promise<void> {
    await this.#group.idle();
    await this.#moved;
    await this.#records.unmap();
  }

  commit(edits: readonly StoreEdit[]): Promise<void> {
    return this.#group.add(edits);
  }

  async read(space: string, key: string): Promise<Uint8Array | undefined> {
    const place = placeOf(space, key);
    const edit = this.#logged.get(place) ?? this.#moving.get(place);
    return edit === undefined ? this.#records.read(space, key) : (edit.value ?? undefined);
  }

  async #write(edits: readonly StoreEdit[]): Promise<void> {
    if (!this.#turned || this.#log.bytes >= this.#turnBytes) await this.#turn();
    await this.#log.append(edits);
    if (edits.length < MANY_EDITS) newest(edits, this.#logged);
    else this.#logged = await inSlices(newestOf(this.#logged, edits));
  }

  /**
   * Goes on in the log's other file while the edits of this one are moved. Waits for the move before, so that the log
   * stays within bounds; if that failed, so does this, and with it the commit that wanted it.
   */
  async #turn(): Promise<void> {
    await this.#moved;
    const { generation } = this.#log;
    await this.#log.turn();
    this.#turned = true;
    if (this.#logged.size === 0) return;
    this.#moving = this.#logged;
    this.#logged = new Map();
    this.#moved = moveTo(this.#records, this.#moving.values(), generation).then(() => {
      this.#moving = new Map();
    });
    this.#moved.catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#group.breakWith(new StoreError('the store is closed'));
    await this.#group.idle();
    try {
      await this.#moved;
      if (this.#logged.size > 0) await moveTo(this.#records, this.#logged.values(), this.#log.generation);
    } catch {
      // The log has it all, for the next start.
    }
    await this.#log.close();
    await this.#records.close();
    await this.#unlock();
  }
}
