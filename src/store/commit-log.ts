/**
 * The commit log: two files that take turns. Commits are appended to one of them; when it is full they go to the other,
 * and what is in the first is moved to where the store keeps its records before its turn comes again. Replaying both in
 * their order over those records gives the newest state, whichever of the edits are among them already.
 */
import { join } from 'node:path';
import { LogFile } from './log-file.ts';
import type { StoreEdit } from './store.ts';

/** The files of a log, in the folder given. */
export const LOG_FILES = ['commits-0.log', 'commits-1.log'] as const;

export class CommitLog {
  #inUse: LogFile;
  #other: LogFile;
  #generation: number;
  /** Turns up to this one are among the records. */
  readonly #settled: number;

  private constructor(inUse: LogFile, other: LogFile, settled: number) {
    this.#inUse = inUse;
    this.#other = other;
    this.#settled = settled;
    this.#generation = Math.max(inUse.generation, settled);
  }

  /**
   * Opens the log of a folder; `make` makes what is not there. `settled` is the last turn that is among the records.
   * {@link turn} comes before the first {@link append}.
   */
  static async open(folder: string, make: boolean, settled: number): Promise<CommitLog> {
    const [first, second] = LOG_FILES.map((name) => join(folder, name));
    const one = await LogFile.open(first!, make);
    try {
      const two = await LogFile.open(second!, make);
      return one.generation < two.generation
        ? new CommitLog(two, one, settled)
        : new CommitLog(one, two, settled);
    } catch (error) {
      await one.close();
      throw error;
    }
  }

  /** Number of the turn: the one to name when what it wrote is safe elsewhere. */
  get generation(): number {
    return this.#generation;
  }

  /** Bytes written in this turn. */
  get bytes(): number {
    return this.#inUse.bytes;
  }

  /** The edits that may not be among the records, oldest first. Throws StoreError when the log is damaged. */
  async replay(): Promise<readonly StoreEdit[]> {
    const files = [this.#other, this.#inUse].filter((file) => file.generation > this.#settled);
    const edits: (readonly StoreEdit[])[] = [];
    for (const file of files) edits.push(...(await file.replay()));
    return edits.flat();
  }

  /** Goes on in the other file, whose earlier turn must have been settled. */
  async turn(): Promise<void> {
    await this.#other.begin(this.#generation + 1);
    this.#generation += 1;
    [this.#inUse, this.#other] = [this.#other, this.#inUse];
  }

  /** Makes the edits durable as one. One at a time. */
  append(edits: readonly StoreEdit[]): Promise<void> {
    return this.#inUse.append(edits);
  }

  async close(): Promise<void> {
    await Promise.all([this.#inUse.close(), this.#other.close()]);
  }
}
