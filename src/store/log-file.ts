/**
 * One file of the commit log. It is written from its beginning again with every generation, so that a commit in it costs
 * one write to disk and no bookkeeping of the file system: it grows by whole megabytes of zeros, and never shrinks.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import {
  ALIGNMENT,
  frameNumber,
  readFrame,
  readHeader,
  SALT_BYTES,
  writeHeader,
  writingFrame,
  type LogHeader,
} from './log-frame.ts';
import { inSlices } from './slices.ts';
import { StoreError } from './store-error.ts';
import type { StoreEdit } from './store.ts';

const GROWTH = 1024 * 1024;

/** On Linux a write to a file opened so returns when it is on disk: one call where write and fdatasync would be two. */
const SYNCED = process.platform === 'linux' ? constants.O_DSYNC : 0;
const { O_CREAT, O_EXCL, O_RDWR } = constants;

export class LogFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  #header: LogHeader | undefined;
  /** Length of the file. */
  #allocated: number;
  /** Where the next frame goes, and its number. */
  #end = ALIGNMENT;
  #frames = 0;

  private constructor(path: string, handle: FileHandle, header: LogHeader | undefined, allocated: number) {
    this.#path = path;
    this.#handle = handle;
    this.#header = header;
    this.#allocated = allocated;
  }

  /**
   * Opens the file; `make` makes it where it is not there. Throws {@link StoreError} when its header is damaged: a header
   * is written and synced before any frame, within one sector of the disk.
   */
  static async open(path: string, make: boolean): Promise<LogFile> {
    const handle = await open(path, O_RDWR | SYNCED).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' || !make) throw error;
      return open(path, O_RDWR | O_CREAT | O_EXCL | SYNCED, 0o600);
    });
    const { size } = await handle.stat();
    const start = Buffer.alloc(Math.min(size, ALIGNMENT));
    await handle.read(start, 0, start.length, 0);
    const header = readHeader(start);
    if (header === undefined && start.some((byte) => byte !== 0)) {
      await handle.close();
      throw new StoreError(`the store is damaged: ${path} is no commit log`);
    }
    return new LogFile(path, handle, header, size);
  }

  /** Which writing of the file this is; 0 before the first. Of two files, the one with the higher number is newer. */
  get generation(): number {
    return this.#header?.generation ?? 0;
  }

  /** Bytes of this generation that {@link append} wrote. */
  get bytes(): number {
    return this.#end - ALIGNMENT;
  }

  /** Begins to write the file anew. What is in it is no longer needed. */
  async begin(generation: number): Promise<void> {
    const header = { generation, salt: randomBytes(SALT_BYTES) };
    await this.#write(writeHeader(header), 0);
    this.#header = header;
    this.#end = ALIGNMENT;
    this.#frames = 0;
  }

  /** Makes the edits durable as one. One at a time. After a failure the file must not be written again. */
  async append(edits: readonly StoreEdit[]): Promise<void> {
    const writing = inSlices(writingFrame(edits, this.#header!.salt, this.#frames));
    const frame = writing instanceof Promise ? await writing : writing;
    try {
      await this.#write(frame, this.#end);
    } catch (error) {
      await this.#withdraw(this.#end);
      throw error;
    }
    this.#end += frame.length;
    this.#frames += 1;
  }

  /** The writer is told that its edits are lost; they had better not come back at the next start. */
  async #withdraw(at: number): Promise<void> {
    try {
      await this.#write(Buffer.alloc(ALIGNMENT), at);
    } catch {
      // The disk takes nothing more; the frame is most likely torn.
    }
  }

  /** Resolves when the bytes are on disk. */
  async #write(frame: Buffer, at: number): Promise<void> {
    const end = at + frame.length;
    if (end <= this.#allocated) {
      for (let done = 0; done < frame.length;) {
        done += (await this.#handle.write(frame, done, frame.length - done, at + done)).bytesWritten;
      }
    } else {
      const grown = Math.ceil(end / GROWTH) * GROWTH;
      await this.#writeBoth(frame, Buffer.alloc(grown - end), at);
      this.#allocated = grown;
    }
    if (SYNCED === 0) await this.#handle.datasync();
  }

  /** One call where the disk takes all of it, and no copy: a frame may be large. */
  async #writeBoth(frame: Buffer, zeros: Buffer, at: number): Promise<void> {
    for (let done = 0; done < frame.length + zeros.length;) {
      const left = [frame.subarray(done), zeros.subarray(Math.max(done - frame.length, 0))];
      done += (await this.#handle.writev(left, at + done)).bytesWritten;
    }
  }

  /**
   * The groups of edits in the file, oldest first. The last one may be torn: it was never acknowledged, and is left out.
   * Throws {@link StoreError} when one before the last is damaged.
   */
  async replay(): Promise<readonly (readonly StoreEdit[])[]> {
    if (this.#header === undefined) return [];
    const { salt } = this.#header;
    const bytes = Buffer.alloc(this.#allocated);
    await this.#handle.read(bytes, 0, bytes.length, 0);
    const groups: (readonly StoreEdit[])[] = [];
    let end = ALIGNMENT;
    for (;;) {
      const frame = readFrame(bytes, end, salt, groups.length);
      if (frame === undefined) break;
      groups.push(frame.edits);
      end = frame.end;
    }
    // A frame is written when the one before it is on disk, so a whole one further on means that this one was, too.
    for (let at = end; at < bytes.length; at += ALIGNMENT) {
      const number = frameNumber(bytes, at, salt);
      if (number !== undefined && number >= groups.length) {
        throw new StoreError(`the store is damaged: commit ${groups.length} of ${this.#path} cannot be read`);
      }
    }
    return groups;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
