/** What the readers of COPY FROM have in common: rows of undecoded fields, and their errors. */
import { SqlError } from '../../errors.ts';

/** A field as it came: text, or the bytes of the binary format; null is SQL NULL. */
export type CopyField = string | Buffer | null;

export type CopyRow = readonly CopyField[];

/** Takes chunks, gives rows. A field's bytes are only good until the next chunk. */
export interface CopyReader {
  /** The rows that a chunk completes. They must all be read before the next one is pushed. */
  push(chunk: Uint8Array): Iterable<CopyRow>;
  /** End of the data: what is left, or an error when it cannot end here. */
  finish(): Iterable<CopyRow>;
}

/** 22P04: data that its format does not allow. */
export function malformed(text: string): SqlError {
  return new SqlError('22P04', text);
}

/** 53000: a row past `max_copy_from_row_size`. */
export function rowTooLarge(limit: number): SqlError {
  return new SqlError('53000', `COPY FROM STDIN row exceeded max_copy_from_row_size (${limit} bytes)`);
}
