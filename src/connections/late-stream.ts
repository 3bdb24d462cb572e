/** A stream that can be handed out before the connection behind it is open. */
import { Duplex } from 'node:stream';

/**
 * Writes wait until `opening` resolves; its failure, and any later failure of the inner stream, destroys this one with
 * the same error. Destroying this one destroys the inner one, also when that opens only afterwards.
 */
export class LateStream extends Duplex {
  readonly #opening: Promise<Duplex>;
  readonly #onDestroy: () => void;
  #inner: Duplex | undefined;

  /** `onDestroy` runs within the call that destroys the stream, before its `close` event. */
  constructor(opening: Promise<Duplex>, onDestroy: () => void = () => {}) {
    super();
    this.#opening = opening;
    this.#onDestroy = onDestroy;
    opening.then(
      (inner) => this.#attach(inner),
      (error: unknown) => this.destroy(error as Error),
    );
  }

  #attach(inner: Duplex): void {
    if (this.destroyed) {
      inner.destroy();
      return;
    }
    this.#inner = inner;
    inner.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) inner.pause();
    });
    inner.once('end', () => this.push(null));
    inner.on('error', (error) => this.destroy(error));
    inner.once('close', () => this.destroy());
  }

  override _read(): void {
    this.#inner?.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#opening.then(
      (inner) => inner.write(chunk, encoding, done),
      () => done(),
    );
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#opening.then(
      (inner) => inner.end(() => done()),
      () => done(),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // Read to its end, or an SSH channel would never learn that the other side closed it.
    this.#inner?.resume().destroy();
    this.#onDestroy();
    done(error);
  }

  /** Sockets have these; a stream through a tunnel has no use for them. */
  unref(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }
}
