/**
 * Keys of an ordered byte store: space, a zero byte, key, all UTF-8. LMDB's keys are short, so a longer one keeps its
 * beginning and a digest of the whole, and the record holds the whole key before its value. The byte 0xFF between the
 * two never occurs in UTF-8, so the two forms cannot meet.
 */
import { createHash } from 'node:crypto';

/** LMDB with pages of 4096 bytes takes keys up to 1978 bytes. */
const LONGEST_PLAIN = 1900;
const KEPT_BYTES = 1800;
const DIGEST_MARK = 0xff;

/** A key as the store holds it; `long` is the whole key when it did not fit. */
export interface StoredKey {
  readonly bytes: Buffer;
  readonly long: Buffer | null;
}

/** The stored form of a key of a space. A space's name holds no zero byte. */
export function storedKey(space: string, key: string): StoredKey {
  const whole = Buffer.from(`${space}\0${key}`, 'utf8');
  if (whole.length <= LONGEST_PLAIN) return { bytes: whole, long: null };
  const digest = createHash('sha256').update(whole).digest();
  const bytes = Buffer.concat([whole.subarray(0, KEPT_BYTES), Buffer.of(DIGEST_MARK), digest]);
  return { bytes, long: whole };
}

/** The bytes to keep under a key: the value, after the whole key where that did not fit. */
export function storedValue(key: StoredKey, value: Uint8Array): Uint8Array {
  if (key.long === null) return value;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(key.long.length);
  return Buffer.concat([length, key.long, value]);
}

/** First and last bound (exclusive) of a space's keys. */
export function spaceRange(space: string): { readonly start: Buffer; readonly end: Buffer } {
  return { start: Buffer.from(`${space}\0`), end: Buffer.from(`${space}\x01`) };
}

/** The same bytes, with the methods of a buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Key and value of a stored record. */
export function readStored(
  space: string,
  bytes: Uint8Array,
  stored: Uint8Array,
): { readonly key: string; readonly value: Uint8Array } {
  const at = Buffer.byteLength(space) + 1;
  if (bytes.length <= KEPT_BYTES || bytes[KEPT_BYTES] !== DIGEST_MARK) {
    return { key: asBuffer(bytes).toString('utf8', at), value: stored };
  }
  const view = asBuffer(stored);
  const end = 4 + view.readUInt32BE(0);
  return { key: view.toString('utf8', 4 + at, end), value: view.subarray(end) };
}
