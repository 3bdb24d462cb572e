import { SqlError, protocolViolation } from '../errors.ts';
import { ByteReader } from './byte-reader.ts';
import { FRONTEND } from './frontend-messages.ts';

/** Sizes in bytes past which a frame is refused before any of it is buffered. */
export interface FrameLimits {
  /** A start-up packet, its length word included. */
  readonly startup: number;
  /** Body of Query, Parse, Bind and other messages that carry text. */
  readonly message: number;
  /** Body of a message that has no body to speak of: Sync, Flush, Terminate, CopyDone. */
  readonly small: number;
  /** Body of a password or SASL message. */
  readonly password: number;
}

/**
 * Start-up, small and password limits are PostgreSQL's (libpq/pqcomm.h, MAX_STARTUP_PACKET_LENGTH, PQ_SMALL_MESSAGE_LIMIT,
 * PG_MAX_AUTH_TOKEN_LENGTH); the message limit is Materialize's 1.9 MiB request limit.
 */
export const DEFAULT_FRAME_LIMITS: FrameLimits = {
  startup: 10_000,
  message: 2_000_000,
  small: 10_000,
  password: 65_535,
};

const EMPTY = Buffer.alloc(0);
const FIRST_GROWTH = 1024;

/**
 * Cuts a byte stream into frames. Give it chunks with {@link push}; ask with {@link next} (typed messages) or
 * {@link nextStartup} (start-up packets, which have no type byte).
 *
 * Memory: a whole chunk is parsed in place; only an unfinished frame is copied, into a buffer that grows with what has
 * really arrived, not with what its header promises. Buffers are appended to and then dropped, never overwritten, so
 * views into a body stay valid. CopyData is not collected: it comes out in the pieces in which it arrives.
 */
export class FrameReader {
  readonly limits: FrameLimits;
  /** Type byte of the current frame. */
  type = 0;
  /** Body of the current frame. */
  readonly body = new ByteReader(EMPTY);

  #buffer: Buffer = EMPTY;
  #start = 0;
  #end = 0;
  #owned = false;
  #copyDataLeft = 0;

  constructor(limits: FrameLimits = DEFAULT_FRAME_LIMITS) {
    this.limits = limits;
  }

  /** Bytes received and not yet handed out. */
  get buffered(): number {
    return this.#end - this.#start;
  }

  /** First unread byte, or undefined; a TLS ClientHello in place of a start-up packet begins with 0x16. */
  peek(): number | undefined {
    return this.#start < this.#end ? this.#buffer[this.#start] : undefined;
  }

  /** Hands back everything unread and forgets it. */
  takeBuffered(): Buffer {
    const unread = this.#buffer.subarray(this.#start, this.#end);
    this.#release();
    return unread;
  }

  push(chunk: Buffer): void {
    const unread = this.#end - this.#start;
    if (unread === 0) {
      this.#buffer = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    if (!this.#owned || this.#buffer.length - this.#end < chunk.length) this.#grow(unread, chunk.length);
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  /** Moves to the next typed frame; false when it has not arrived whole. Throws FATAL for a frame that is refused. */
  next(): boolean {
    if (this.#copyDataLeft > 0) return this.#nextCopyPiece();
    const available = this.#end - this.#start;
    if (available < 5) {
      if (available > 0) this.#checkType(this.#buffer[this.#start] as number);
      return false;
    }
    const type = this.#buffer[this.#start] as number;
    const length = this.#buffer.readInt32BE(this.#start + 1);
    this.#checkType(type);
    if (length < 4) throw protocolViolation('invalid message length', 'FATAL');
    this.type = type;
    if (type === FRONTEND.copyData) {
      this.#start += 5;
      this.#copyDataLeft = length - 4;
      if (this.#copyDataLeft > 0) return this.#nextCopyPiece();
      this.body.reset(this.#buffer, this.#start, this.#start);
      return true;
    }
    this.#checkLength(type, length - 4);
    if (available < length + 1) return false;
    const bodyStart = this.#start + 5;
    this.#start += length + 1;
    this.body.reset(this.#buffer, bodyStart, this.#start);
    this.#releaseWhenEmpty();
    return true;
  }

  /** Moves to the next start-up packet; its body begins with the version word. */
  nextStartup(): boolean {
    const available = this.#end - this.#start;
    if (available < 4) return false;
    const length = this.#buffer.readInt32BE(this.#start);
    if (length < 8 || length > this.limits.startup) {
      throw protocolViolation('invalid length of startup packet', 'FATAL');
    }
    if (available < length) return false;
    this.body.reset(this.#buffer, this.#start + 4, this.#start + length);
    this.#start += length;
    this.#releaseWhenEmpty();
    return true;
  }

  #nextCopyPiece(): boolean {
    const size = Math.min(this.#copyDataLeft, this.#end - this.#start);
    if (size === 0) return false;
    this.type = FRONTEND.copyData;
    this.body.reset(this.#buffer, this.#start, this.#start + size);
    this.#start += size;
    this.#copyDataLeft -= size;
    this.#releaseWhenEmpty();
    return true;
  }

  #checkType(type: number): void {
    if (!KNOWN_TYPES.has(type)) throw protocolViolation(`unknown message type ${type}`, 'FATAL');
  }

  #checkLength(type: number, body: number): void {
    if (SMALL_TYPES.has(type)) {
      if (body > this.limits.small) throw protocolViolation('invalid message length', 'FATAL');
    } else if (type === FRONTEND.password) {
      if (body > this.limits.password) throw protocolViolation('invalid message length', 'FATAL');
    } else if (body > this.limits.message) {
      throw new SqlError('08006', `request larger than ${mebibytes(this.limits.message)} MiB`, {
        severity: 'FATAL',
      });
    }
  }

  #grow(unread: number, more: number): void {
    const fresh = Buffer.allocUnsafe(Math.max(FIRST_GROWTH, (unread + more) * 2));
    this.#buffer.copy(fresh, 0, this.#start, this.#end);
    this.#buffer = fresh;
    this.#start = 0;
    this.#end = unread;
    this.#owned = true;
  }

  #releaseWhenEmpty(): void {
    if (this.#start === this.#end) this.#release();
  }

  #release(): void {
    this.#buffer = EMPTY;
    this.#start = 0;
    this.#end = 0;
    this.#owned = false;
  }
}

const KNOWN_TYPES: ReadonlySet<number> = new Set(Object.values(FRONTEND));
const SMALL_TYPES: ReadonlySet<number> = new Set([
  FRONTEND.sync,
  FRONTEND.flush,
  FRONTEND.terminate,
  FRONTEND.copyDone,
]);

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
