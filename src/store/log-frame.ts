/**
 * Bytes of the commit log. A log file begins with a header; frames follow, each one group of edits. Both start at
 * multiples of {@link ALIGNMENT}, zeros fill the gaps, numbers are little-endian.
 *
 * | header | bytes |
 * | --- | --- |
 * | `TUMBLOG1` | 8 |
 * | generation | 6 |
 * | salt, random for each generation | 8 |
 * | CRC-32 of the above | 4 |
 *
 * | frame | bytes |
 * | --- | --- |
 * | CRC-32 of what follows | 4 |
 * | length of the edits, n | 4 |
 * | salt of the generation | 8 |
 * | number of the frame in its generation | 4 |
 * | edits: space (length 1), key (length 4), value (length 4 and one more than it is, 0 to delete) | n |
 *
 * The salt tells frames from what an earlier generation left in the file, and from bytes that a client made to look like
 * a frame.
 */
import { crc32 } from './crc32.ts';
import { atOnce, STEPS, type Work } from './slices.ts';
import type { StoreEdit } from './store.ts';

export const ALIGNMENT = 64;
export const SALT_BYTES = 8;

const MAGIC = Buffer.from('TUMBLOG1');
const GENERATION_AT = MAGIC.length;
const GENERATION_BYTES = 6;
const HEADER_SALT_AT = GENERATION_AT + GENERATION_BYTES;
const HEADER_CRC_AT = HEADER_SALT_AT + SALT_BYTES;

const LENGTH_AT = 4;
const SALT_AT = 8;
const NUMBER_AT = SALT_AT + SALT_BYTES;
const EDITS_AT = NUMBER_AT + 4;

/** What a log file is about. */
export interface LogHeader {
  readonly generation: number;
  readonly salt: Buffer;
}

/** A frame that was read: its edits, and where the next one begins. */
export interface Frame {
  readonly edits: readonly StoreEdit[];
  readonly end: number;
}

export function writeHeader({ generation, salt }: LogHeader): Buffer {
  const bytes = Buffer.alloc(ALIGNMENT);
  MAGIC.copy(bytes);
  bytes.writeUIntLE(generation, GENERATION_AT, GENERATION_BYTES);
  salt.copy(bytes, HEADER_SALT_AT);
  bytes.writeUInt32LE(crc32(bytes, 0, HEADER_CRC_AT), HEADER_CRC_AT);
  return bytes;
}

/** The header at the beginning of the bytes; undefined when there is none. */
export function readHeader(bytes: Buffer): LogHeader | undefined {
  if (bytes.length < ALIGNMENT || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  if (bytes.readUInt32LE(HEADER_CRC_AT) !== crc32(bytes, 0, HEADER_CRC_AT)) return undefined;
  return {
    generation: bytes.readUIntLE(GENERATION_AT, GENERATION_BYTES),
    salt: Buffer.from(bytes.subarray(HEADER_SALT_AT, HEADER_CRC_AT)),
  };
}

/** The bytes of a frame. */
export function writeFrame(edits: readonly StoreEdit[], salt: Buffer, number: number): Buffer {
  return atOnce(writingFrame(edits, salt, number));
}

/** What {@link writeFrame} does, as work that can pause. */
export function* writingFrame(edits: readonly StoreEdit[], salt: Buffer, number: number): Work<Buffer> {
  let steps = 0;
  let end = EDITS_AT;
  for (const { space, key, value } of edits) {
    if (++steps % STEPS === 0) yield;
    end += 1 + Buffer.byteLength(space) + 4 + Buffer.byteLength(key) + 4 + (value?.length ?? 0);
  }
  // Every byte is written below: nothing of the process's memory reaches the file.
  const bytes = Buffer.allocUnsafe(aligned(end));
  bytes.writeUInt32LE(end - EDITS_AT, LENGTH_AT);
  salt.copy(bytes, SALT_AT);
  bytes.writeUInt32LE(number, NUMBER_AT);
  let at = EDITS_AT;
  for (const edit of edits) {
    if (++steps % STEPS === 0) yield;
    at = writeEdit(bytes, at, edit);
  }
  bytes.fill(0, end);
  bytes.writeUInt32LE(yield* checksum(bytes, LENGTH_AT, end), 0);
  return bytes;
}

/** Bytes whose checksum takes a fraction of a millisecond. */
const CHECKED_AT_ONCE = 64 * 1024;

function* checksum(bytes: Buffer, start: number, end: number): Work<number> {
  let sum = 0;
  for (let at = start; at < end; at += CHECKED_AT_ONCE) {
    if (at > start) yield;
    sum = crc32(bytes, at, Math.min(at + CHECKED_AT_ONCE, end), sum);
  }
  return sum;
}

function writeEdit(bytes: Buffer, start: number, { space, key, value }: StoreEdit): number {
  const spaceLength = bytes.write(space, start + 1);
  bytes[start] = spaceLength;
  const keyAt = start + 1 + spaceLength + 4;
  const keyLength = bytes.write(key, keyAt);
  bytes.writeUInt32LE(keyLength, keyAt - 4);
  const valueAt = keyAt + keyLength + 4;
  bytes.writeUInt32LE(value === null ? 0 : value.length + 1, valueAt - 4);
  if (value === null) return valueAt;
  bytes.set(value, valueAt);
  return valueAt + value.length;
}

/** The frame of that number at `start`; undefined when there is none that is whole. */
export function readFrame(bytes: Buffer, start: number, salt: Buffer, number: number): Frame | undefined {
  if (frameNumber(bytes, start, salt) !== number) return undefined;
  const end = start + EDITS_AT + bytes.readUInt32LE(start + LENGTH_AT);
  const edits: StoreEdit[] = [];
  for (let at = start + EDITS_AT; at < end;) {
    const { edit, next } = readEdit(bytes, at);
    edits.push(edit);
    at = next;
  }
  return { edits, end: aligned(end) };
}

/** Number of the whole frame of that salt at `start`; undefined when there is none. */
export function frameNumber(bytes: Buffer, start: number, salt: Buffer): number | undefined {
  if (start + EDITS_AT > bytes.length) return undefined;
  if (!bytes.subarray(start + SALT_AT, start + NUMBER_AT).equals(salt)) return undefined;
  const end = start + EDITS_AT + bytes.readUInt32LE(start + LENGTH_AT);
  if (end > bytes.length || bytes.readUInt32LE(start) !== crc32(bytes, start + LENGTH_AT, end))
    return undefined;
  return bytes.readUInt32LE(start + NUMBER_AT);
}

function readEdit(bytes: Buffer, start: number): { readonly edit: StoreEdit; readonly next: number } {
  const spaceEnd = start + 1 + bytes[start]!;
  const keyAt = spaceEnd + 4;
  const keyEnd = keyAt + bytes.readUInt32LE(spaceEnd);
  const valueAt = keyEnd + 4;
  const marked = bytes.readUInt32LE(keyEnd);
  const next = valueAt + Math.max(marked - 1, 0);
  const edit = {
    space: bytes.toString('utf8', start + 1, spaceEnd),
    key: bytes.toString('utf8', keyAt, keyEnd),
    value: marked === 0 ? null : bytes.subarray(valueAt, next),
  };
  return { edit, next };
}

function aligned(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}
