import { isUtf8 } from 'node:buffer';
import { protocolViolation, SqlError } from '../errors.ts';

/**
 * Reads the fields of one message body, never past its end. Every method throws 08P01 when the body is too short, so
 * a decoder written with it cannot throw anything but a {@link SqlError}.
 *
 * Byte slices are views: they stay valid because input buffers are only ever appended to (see FrameReader).
 */
export class ByteReader {
  #buffer: Buffer;
  #position: number;
  #end: number;

  constructor(buffer: Buffer, start = 0, end = buffer.length) {
    this.#buffer = buffer;
    this.#position = start;
    this.#end = end;
  }

  /** Points the reader at another body; saves an allocation for each message. */
  reset(buffer: Buffer, start: number, end: number): void {
    this.#buffer = buffer;
    this.#position = start;
    this.#end = end;
  }

  /** Bytes that are left. */
  get remaining(): number {
    return this.#end - this.#position;
  }

  byte(): number {
    this.#need(1);
    return this.#buffer[this.#position++] as number;
  }

  int16(): number {
    this.#need(2);
    const value = this.#buffer.readInt16BE(this.#position);
    this.#position += 2;
    return value;
  }

  /** An unsigned 16-bit count. PostgreSQL reads counts of Bind as unsigned: up to 65535 parameters. */
  count(): number {
    this.#need(2);
    const value = this.#buffer.readUInt16BE(this.#position);
    this.#position += 2;
    return value;
  }

  int32(): number {
    this.#need(4);
    const value = this.#buffer.readInt32BE(this.#position);
    this.#position += 4;
    return value;
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  /** Bytes up to the next NUL, which is consumed. */
  cstring(): string {
    const zero = this.#buffer.indexOf(0, this.#position);
    if (zero < 0 || zero >= this.#end) throw protocolViolation('invalid string in message');
    const text = decodeUtf8(this.#buffer, this.#position, zero);
    this.#position = zero + 1;
    return text;
  }

  /** A view of the next `length` bytes. */
  bytes(length: number): Buffer {
    if (length < 0) throw protocolViolation('invalid message format');
    this.#need(length);
    const view = this.#buffer.subarray(this.#position, this.#position + length);
    this.#position += length;
    return view;
  }

  /** Everything that is left. */
  rest(): Buffer {
    return this.bytes(this.remaining);
  }

  /** Throws 08P01 when bytes are left over. */
  end(): void {
    if (this.#position !== this.#end) throw protocolViolation('invalid message format');
  }

  #need(bytes: number): void {
    if (this.#end - this.#position < bytes) throw protocolViolation('insufficient data left in message');
  }
}

/**
 * Text of a range of bytes. Throws 22021 with PostgreSQL's text when the bytes are not UTF-8. The check runs only when
 * decoding met a replacement character, which costs nothing for plain text.
 */
export function decodeUtf8(buffer: Buffer, start = 0, end = buffer.length): string {
  const text = buffer.toString('utf8', start, end);
  if (text.includes('\uFFFD') && !isUtf8(buffer.subarray(start, end))) {
    throw new SqlError('22021', 'invalid byte sequence for encoding "UTF8"');
  }
  return text;
}
