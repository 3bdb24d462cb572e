import type { Duplex } from 'node:stream';
import { MessageWriter } from '../pgproto/message-writer.ts';
import type { PgMetrics } from './metrics.ts';

/** Written answers are handed to the socket when they reach this many bytes. */
const FLUSH_BYTES = 64 * 1024;
/** With this many bytes unsent in the socket, whoever produces more has to wait. */
const CONGESTED_BYTES = 256 * 1024;

/**
 * What goes out of a connection: answers gather in {@link writer}; a flush is one socket write. A peer that does not
 * read makes the outbox {@link congested}; then producers wait for {@link drained}, and memory stays bounded.
 */
export class Outbox {
  readonly writer = new MessageWriter();
  #socket: Duplex;
  readonly #metrics: PgMetrics;
  #wanted = false;
  #drained: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  readonly #onDrain = (): void => this.#settle();

  constructor(socket: Duplex, metrics: PgMetrics) {
    this.#socket = socket;
    this.#metrics = metrics;
    this.#listen();
  }

  /** Goes on over another stream: after the upgrade to TLS. Nothing may be waiting to be sent. */
  moveTo(socket: Duplex): void {
    this.#socket.off('drain', this.#onDrain);
    this.#socket.off('close', this.#onDrain);
    this.#socket = socket;
    this.#listen();
  }

  get congested(): boolean {
    return this.#socket.writableLength > CONGESTED_BYTES;
  }

  /** The client waits for what is written so far: send it before waiting for anything. */
  wantFlush(): void {
    this.#wanted = true;
  }

  flushIfWanted(): void {
    if (this.#wanted) this.flush();
  }

  flushIfLarge(): void {
    if (this.writer.length >= FLUSH_BYTES) this.flush();
  }

  /** Sends everything. Does nothing on a socket that is gone. */
  flush(): void {
    this.#wanted = false;
    const { writer } = this;
    if (writer.length === 0) return;
    if (!this.#socket.writable) {
      writer.reset();
      return;
    }
    this.#metrics.bytesOut += writer.length;
    this.#socket.write(writer.view());
    // The kernel took all of it: the buffer is ours again. Otherwise the socket still reads from it.
    if (this.#socket.writableLength === 0) writer.reset();
    else writer.detach();
  }

  /** Settles when the peer has read what was sent, or is gone. */
  drained(): Promise<void> {
    if (!this.#socket.writableNeedDrain || this.#socket.destroyed) return Promise.resolve();
    if (this.#drained === undefined) {
      let resolve = (): void => {};
      const promise = new Promise<void>((done) => (resolve = done));
      this.#drained = { promise, resolve };
    }
    return this.#drained.promise;
  }

  /** Lets every waiter go on: it finds out by itself that it should stop. */
  release(): void {
    this.#settle();
  }

  #listen(): void {
    this.#socket.on('drain', this.#onDrain);
    this.#socket.on('close', this.#onDrain);
  }

  #settle(): void {
    const waiting = this.#drained;
    this.#drained = undefined;
    waiting?.resolve();
  }
}
