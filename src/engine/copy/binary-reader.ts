/** Rows of COPY FROM in binary. Source of format and texts: PostgreSQL documentation of COPY, and its answers. */
import { malformed, rowTooLarge, type CopyReader, type CopyRow } from './copy-row.ts';

/** First bytes of the binary format, in both directions. */
export const BINARY_SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');

const FLAGS_AT = BINARY_SIGNATURE.length;
const EXTENSION_AT = FLAGS_AT + 4;
const HEADER_BYTES = EXTENSION_AT + 4;
const FLAG_OIDS = 0x10000;
/** The upper half of the flags must be understood, the lower half may be ignored. */
const CRITICAL_FLAGS = 0xffff0000;
const END_OF_DATA = -1;
const NULL_FIELD = -1;

/** Where the reader stands: before the header's end, inside its extension, among rows, behind the trailer. */
type Place = 'header' | 'extension' | 'rows' | 'end';

/**
 * A reader of rows with `width` fields; keeps no more than one row and one chunk. Data may end with the trailer or without
 * it, as PostgreSQL allows. Throws 22P04 for malformed data, 53000 for a row above `maxRowBytes`.
 */
export function binaryReader(width: number, maxRowBytes: number): CopyReader {
  return new BinaryReader(width, maxRowBytes);
}

class BinaryReader implements CopyReader {
  readonly #width: number;
  readonly #maxRowBytes: number;
  #place: Place = 'header';
  /** Chunks that no row was read from yet, and their length. */
  #chunks: Uint8Array[] = [];
  #length = 0;
  /** Looking again is pointless before there are this many bytes. */
  #needed = HEADER_BYTES;
  #extension = 0;

  constructor(width: number, maxRowBytes: number) {
    this.#width = width;
    this.#maxRowBytes = maxRowBytes;
  }

  *push(chunk: Uint8Array): Iterable<CopyRow> {
    if (chunk.length === 0) return;
    if (this.#place === 'end') throw malformed('received copy data after EOF marker');
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return;
    const bytes = this.#joined();
    let at = 0;
    for (;;) {
      const row = this.#step(bytes, at);
      if (row === null) break;
      at = row.end;
      if (row.fields !== null) yield row.fields;
    }
    this.#keep(bytes.subarray(at));
  }

  finish(): Iterable<CopyRow> {
    const bytes = this.#joined();
    if (this.#place === 'header') checkHeader(bytes);
    if (this.#place === 'extension') throw malformed('invalid COPY file header (wrong length)');
    // A row's count of fields that is cut off counts as the end, as it does for PostgreSQL.
    if (this.#place === 'rows' && bytes.length >= 2) throw malformed('unexpected EOF in COPY data');
    return [];
  }

  /** Reads what stands at `at`; null when it is not all there yet. */
  #step(bytes: Buffer, at: number): { readonly end: number; readonly fields: CopyRow | null } | null {
    switch (this.#place) {
      case 'header':
        if (bytes.length - at < HEADER_BYTES) return this.#wait(HEADER_BYTES);
        this.#extension = checkHeader(bytes);
        this.#place = 'extension';
        return { end: HEADER_BYTES, fields: null };
      case 'extension': {
        // Its content means nothing here and is not kept.
        const skipped = Math.min(this.#extension, bytes.length - at);
        if (skipped === 0 && this.#extension > 0) return this.#wait(1);
        this.#extension -= skipped;
        if (this.#extension === 0) this.#place = 'rows';
        return { end: at + skipped, fields: null };
      }
      case 'rows':
        return this.#row(bytes, at);
      case 'end':
        if (at < bytes.length) throw malformed('received copy data after EOF marker');
        return null;
    }
  }

  #row(bytes: Buffer, start: number): { readonly end: number; readonly fields: CopyRow | null } | null {
    if (bytes.length - start < 2) return this.#wait(2);
    const count = bytes.readInt16BE(start);
    if (count === END_OF_DATA) {
      this.#place = 'end';
      return { end: start + 2, fields: null };
    }
    if (count !== this.#width) throw malformed(`row field count is ${count}, expected ${this.#width}`);
    const fields: (Buffer | null)[] = [];
    let at = start + 2;
    for (let i = 0; i < count; i += 1) {
      if (bytes.length < at + 4) return this.#wait(at + 4 - start);
      const size = bytes.readInt32BE(at);
      at += 4;
      if (size < NULL_FIELD) throw malformed('invalid field size');
      const end = size === NULL_FIELD ? at : at + size;
      if (end - start > this.#maxRowBytes) throw rowTooLarge(this.#maxRowBytes);
      if (bytes.length < end) return this.#wait(end - start);
      fields.push(size === NULL_FIELD ? null : bytes.subarray(at, end));
      at = end;
    }
    return { end: at, fields };
  }

  #wait(bytes: number): null {
    this.#needed = bytes;
    return null;
  }

  #joined(): Buffer {
    return Buffer.concat(this.#chunks, this.#length);
  }

  #keep(rest: Buffer): void {
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
  }
}

/** Length of the header's extension. Also says what is wrong with a header that is cut off. */
function checkHeader(bytes: Buffer): number {
  if (!bytes.subarray(0, FLAGS_AT).equals(BINARY_SIGNATURE)) {
    throw malformed('COPY file signature not recognized');
  }
  if (bytes.length < EXTENSION_AT) throw malformed('invalid COPY file header (missing flags)');
  const flags = bytes.readUInt32BE(FLAGS_AT);
  if ((flags & FLAG_OIDS) !== 0) throw malformed('invalid COPY file header (WITH OIDS)');
  if ((flags & CRITICAL_FLAGS) !== 0) throw malformed('unrecognized critical flags in COPY file header');
  if (bytes.length < HEADER_BYTES) throw malformed('invalid COPY file header (missing length)');
  const extension = bytes.readInt32BE(EXTENSION_AT);
  if (extension < 0) throw malformed('invalid COPY file header (missing length)');
  return extension;
}
