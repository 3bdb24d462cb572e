/** Capacity of a new writer; most answers fit. */
const INITIAL_CAPACITY = 2048;
/** A larger buffer is not kept for reuse: thousands of idle connections must not each hold one. */
const KEEP_CAPACITY = 64 * 1024;
/** Below this length a loop over the characters is faster than the call into the encoder. */
const SHORT_TEXT = 40;

const ZERO = 0x30;

/**
 * Collects messages in one growing buffer, so that a batch of answers is one socket write. A message is
 * `begin(type)`, its fields, `end()`; a start-up packet uses type 0, which writes no type byte.
 */
export class MessageWriter {
  #buffer: Buffer;
  #length = 0;
  /** Offset of the length word of the message being written. */
  #lengthWord = 0;
  /** Offset of the message being written, -1 between messages. */
  #open = -1;

  constructor(capacity = INITIAL_CAPACITY) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  /** Bytes written since the last {@link reset} or {@link detach}. */
  get length(): number {
    return this.#length;
  }

  /** A view of what was written. It changes with the next write unless {@link detach} follows. */
  view(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Starts over in the same buffer: only when nobody reads the last {@link view} any more. */
  reset(): void {
    if (this.#buffer.length > KEEP_CAPACITY) this.detach();
    else this.#length = 0;
  }

  /** Starts over in a new buffer; views of the old one stay as they are. */
  detach(): void {
    this.#buffer = Buffer.allocUnsafe(INITIAL_CAPACITY);
    this.#length = 0;
  }

  /** Takes back a message that was begun and not ended, because writing one of its fields failed. */
  abandon(): void {
    if (this.#open < 0) return;
    this.#length = this.#open;
    this.#open = -1;
  }

  begin(type: number): void {
    this.#reserve(5);
    this.#open = this.#length;
    if (type !== 0) this.#buffer[this.#length++] = type;
    this.#lengthWord = this.#length;
    this.#length += 4;
  }

  end(): void {
    this.#putInt32(this.#lengthWord, this.#length - this.#lengthWord);
    this.#open = -1;
  }

  /** A message without a body. */
  bare(type: number): void {
    this.begin(type);
    this.end();
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  int16(value: number): void {
    this.#reserve(2);
    const buffer = this.#buffer;
    buffer[this.#length++] = value >>> 8;
    buffer[this.#length++] = value;
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#putInt32(this.#length, value);
    this.#length += 4;
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  /** UTF-8 text and a NUL. A NUL inside would end the field early, so it is left out. */
  cstring(value: string): void {
    this.text(value.includes('\0') ? value.replaceAll('\0', '') : value);
    this.byte(0);
  }

  /** UTF-8 text. */
  text(value: string): void {
    const size = value.length;
    if (size < SHORT_TEXT) {
      this.#reserve(size * 3);
      if (this.#shortAscii(value, size)) return;
    } else {
      this.#reserve(size < 4096 ? size * 3 : Buffer.byteLength(value));
    }
    this.#length += this.#buffer.write(value, this.#length, 'utf8');
  }

  /** A NULL field of a DataRow or a Bind. */
  nullField(): void {
    this.int32(-1);
  }

  /** A field of UTF-8 text with its length. */
  textField(value: string): void {
    this.#reserve(4);
    const start = this.#length;
    this.#length += 4;
    this.text(value);
    this.#putInt32(start, this.#length - start - 4);
  }

  /** A field of bytes with its length. */
  bytesField(value: Uint8Array): void {
    this.int32(value.length);
    this.bytes(value);
  }

  /** A field of one ASCII character. */
  charField(code: number): void {
    this.#reserve(5);
    this.#putInt32(this.#length, 1);
    this.#buffer[this.#length + 4] = code;
    this.#length += 5;
  }

  /** A field with the decimal digits of an integer of at most 53 bits. */
  integerField(value: number): void {
    if (value < 0 || value > 999_999_999 || !Number.isInteger(value) || Object.is(value, -0)) {
      this.textField(String(value));
      return;
    }
    let digits = 1;
    for (let bound = 10; value >= bound; bound *= 10) digits++;
    this.#reserve(4 + digits);
    const buffer = this.#buffer;
    this.#putInt32(this.#length, digits);
    this.#length += 4 + digits;
    let left = value;
    for (let at = this.#length - 1, n = digits; n > 0; n--, at--) {
      const next = (left / 10) | 0;
      buffer[at] = ZERO + (left - next * 10);
      left = next;
    }
  }

  /** A binary int2 field. */
  int16Field(value: number): void {
    this.int32(2);
    this.int16(value);
  }

  /** A binary int4 or oid field. */
  int32Field(value: number): void {
    this.#reserve(8);
    this.#putInt32(this.#length, 4);
    this.#putInt32(this.#length + 4, value);
    this.#length += 8;
  }

  /** A binary int8 field. */
  int64Field(value: bigint): void {
    this.#reserve(12);
    this.#putInt32(this.#length, 8);
    this.#buffer.writeBigInt64BE(BigInt.asIntN(64, value), this.#length + 4);
    this.#length += 12;
  }

  #shortAscii(value: string, size: number): boolean {
    const buffer = this.#buffer;
    const start = this.#length;
    for (let i = 0; i < size; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      buffer[start + i] = code;
    }
    this.#length = start + size;
    return true;
  }

  #putInt32(at: number, value: number): void {
    const buffer = this.#buffer;
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
