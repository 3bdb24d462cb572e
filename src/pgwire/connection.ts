import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import { SqlError, protocolViolation } from '../errors.ts';
import type { SessionFactory } from '../engine/outcome.ts';
import type { Logger } from '../log.ts';
import { decodeFrontend, decodeStartup } from '../pgproto/frontend-decode.ts';
import type { FrontendMessage, StartupPacket } from '../pgproto/frontend-messages.ts';
import { FrameReader } from '../pgproto/frame-reader.ts';
import type { MessageWriter } from '../pgproto/message-writer.ts';
import type { LoginChannel } from './channel.ts';
import { Conversation } from './conversation.ts';
import type { Limits } from './limits.ts';
import { login, type LoginRules } from './login.ts';
import type { PgMetrics } from './metrics.ts';
import { Outbox } from './outbox.ts';
import { asFatal, writeError } from './responses.ts';
import { Session, type SessionHost } from './session.ts';

/** Unhandled input past which the socket is not read: a client may not fill our memory with pipelined messages. */
const READ_AHEAD_BYTES = 256 * 1024;
/** Messages handled, and milliseconds spent, before other connections get their turn. */
const SLICE_MESSAGES = 128;
const SLICE_MS = 5;
const TLS_HANDSHAKE = 0x16;
const ALPN = 'postgresql';

/** What all connections of a listener share. */
export interface ConnectionSetup {
  readonly factory: SessionFactory;
  readonly rules: LoginRules;
  readonly secureContext: SecureContext | undefined;
  readonly limits: Limits;
  readonly metrics: PgMetrics;
  readonly logger: Logger | undefined;
}

/**
 * What a connection is doing. `draining` has sent its last error and reads on, only so that the peer gets to see it.
 */
type Phase =
  | { readonly kind: 'login' }
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'draining' }
  | { readonly kind: 'closed' };

const ENDED: Phase = { kind: 'draining' };
const CLOSED: Phase = { kind: 'closed' };

/** One socket, from accept to close. */
export class Connection implements LoginChannel, SessionHost {
  readonly #setup: ConnectionSetup;
  readonly #reader: FrameReader;
  readonly #outbox: Outbox;
  readonly #onClosed: (connection: Connection) => void;
  #socket: Socket;
  #phase: Phase = { kind: 'login' };
  /** Wakes the login when bytes came or the peer left. */
  #wake: (() => void) | undefined;
  #peerEnded = false;
  #pumpScheduled = false;
  /** Set by a graceful stop: the session ends at its next idle moment. */
  #stopReason: SqlError | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly remoteAddress: string | null;

  constructor(socket: Socket, setup: ConnectionSetup, onClosed: (connection: Connection) => void) {
    this.#socket = socket;
    this.#setup = setup;
    this.#onClosed = onClosed;
    this.#reader = new FrameReader(setup.limits.frames);
    this.#outbox = new Outbox(socket, setup.metrics);
    this.remoteAddress = socket.remoteAddress ?? null;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, setup.limits.keepAliveMs);
    this.#listen(socket);
  }

  get writer(): MessageWriter {
    return this.#outbox.writer;
  }

  get encrypted(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  /** Runs the login and then the session. Never throws. */
  async run(): Promise<void> {
    const { rules, factory, metrics, limits } = this.#setup;
    this.#timer = setTimeout(() => {
      this.end(new SqlError('57014', 'canceling authentication due to timeout', { severity: 'FATAL' }));
    }, limits.loginMs);
    try {
      const engine = await login(this, rules, factory, metrics);
      clearTimeout(this.#timer);
      if (engine === null) return this.end(null);
      if (this.#phase.kind !== 'login') return engine.close();
      metrics.logins++;
      const { logger } = this.#setup;
      const talk = new Conversation({ engine, outbox: this.#outbox, limits, metrics, logger });
      this.#phase = { kind: 'session', session: new Session(talk, this) };
      this.#pump();
    } catch (cause) {
      metrics.loginFailures++;
      if (!(cause instanceof SqlError))
        this.#setup.logger?.error({ err: cause }, 'a login failed unexpectedly');
      this.end(asFatal(cause));
    }
  }

  /** Graceful stop: ends the connection now when nothing runs, else after the statement that runs. */
  stop(reason: SqlError): void {
    const phase = this.#phase;
    if (
      phase.kind === 'login' ||
      (phase.kind === 'session' && phase.session.idle && this.#reader.buffered === 0)
    ) {
      this.end(reason);
    } else {
      this.#stopReason = reason;
    }
  }

  /** Ends the connection now, whatever runs; the peer has a moment to read why. */
  kill(reason: SqlError): void {
    if (this.#phase.kind === 'session') this.#phase.session.interrupt(reason);
    this.end(reason);
  }

  /** Closes the socket at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** SessionHost and others: the connection is over; a last error may tell the client why. */
  end(error: SqlError | null): void {
    const phase = this.#phase;
    if (phase.kind === 'draining' || phase.kind === 'closed') return;
    this.#phase = ENDED;
    if (error !== null) {
      this.writer.abandon();
      this.#setup.metrics.errors++;
      writeError(this.writer, error);
    }
    this.#outbox.flush();
    if (phase.kind === 'session') phase.session.close();
    this.#finishSocket();
  }

  /** SessionHost: a task that waited is done. */
  proceed(): void {
    this.#pump();
  }

  flush(): void {
    this.#outbox.flush();
  }

  async readStartup(): Promise<StartupPacket | null> {
    for (;;) {
      if (
        this.#setup.secureContext !== undefined &&
        !this.encrypted &&
        this.#reader.peek() === TLS_HANDSHAKE
      ) {
        this.#startDirectTls();
      } else if (this.#reader.nextStartup()) {
        return decodeStartup(this.#reader.body);
      }
      if (!(await this.#moreInput())) return null;
    }
  }

  async readMessage(): Promise<FrontendMessage | null> {
    while (!this.#reader.next()) if (!(await this.#moreInput())) return null;
    this.#setup.metrics.messages++;
    return decodeFrontend(this.#reader.type, this.#reader.body);
  }

  startTls(): void {
    // Bytes that follow the request in plain text could have been put there by somebody in between.
    if (this.#reader.buffered > 0)
      throw protocolViolation('received unencrypted data after SSL request', 'FATAL');
    this.#upgrade(false);
  }

  /** PostgreSQL 17's sslnegotiation=direct: TLS from the first byte, and ALPN is required. */
  #startDirectTls(): void {
    this.#socket.pause();
    this.#socket.unshift(this.#reader.takeBuffered());
    this.#upgrade(true);
  }

  #upgrade(direct: boolean): void {
    const plain = this.#socket;
    this.#ignore(plain);
    const secure = new TLSSocket(plain, {
      isServer: true,
      secureContext: this.#setup.secureContext,
      ALPNProtocols: [ALPN],
    });
    plain.on('error', () => secure.destroy());
    if (direct) {
      secure.once('secure', () => {
        if (secure.alpnProtocol !== ALPN) secure.destroy();
      });
    }
    this.#socket = secure;
    this.#outbox.moveTo(secure);
    this.#listen(secure);
  }

  #listen(socket: Socket): void {
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  #ignore(socket: Socket): void {
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('error', this.#onError);
    socket.off('close', this.#onClose);
  }

  readonly #onError = (): void => {
    this.#socket.destroy();
  };

  readonly #onData = (chunk: Buffer): void => {
    this.#setup.metrics.bytesIn += chunk.length;
    switch (this.#phase.kind) {
      case 'login':
        this.#reader.push(chunk);
        if (this.#reader.buffered > READ_AHEAD_BYTES) this.#socket.pause();
        this.#wakeLogin();
        return;
      case 'session':
        this.#reader.push(chunk);
        this.#pump();
        return;
      default:
        return;
    }
  };

  /** The peer sends no more. What it sent is still handled; a statement that has to wait is not worth going on with. */
  readonly #onEnd = (): void => {
    this.#peerEnded = true;
    if (this.#phase.kind === 'login') this.#wakeLogin();
    else if (this.#phase.kind === 'session') this.#pump();
    else this.#socket.end();
  };

  readonly #onClose = (): void => {
    if (this.#phase.kind === 'closed') return;
    const phase = this.#phase;
    this.#phase = CLOSED;
    this.#peerEnded = true;
    clearTimeout(this.#timer);
    this.#wakeLogin();
    if (phase.kind === 'session') phase.session.close();
    this.#outbox.release();
    this.#onClosed(this);
  };

  /** Waits for bytes; false when none will come. */
  async #moreInput(): Promise<boolean> {
    if (this.#peerEnded || this.#phase.kind !== 'login') return false;
    this.#socket.resume();
    const before = this.#reader.buffered;
    await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#phase.kind === 'login' && (!this.#peerEnded || this.#reader.buffered > before);
  }

  #wakeLogin(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /**
   * Handles messages until there are none, the session has to wait, the peer has to read, or this connection has had
   * its share of the event loop.
   */
  #pump(): void {
    if (this.#phase.kind !== 'session' || this.#pumpScheduled) return;
    const { session } = this.#phase;
    const deadline = performance.now() + SLICE_MS;
    try {
      for (let handled = 0; session.accepting; handled++) {
        if (this.#outbox.congested) {
          this.#later(this.#outbox.drained());
          break;
        }
        if (
          handled > 0 &&
          (handled & 15) === 0 &&
          (handled >= SLICE_MESSAGES || performance.now() > deadline)
        ) {
          this.#later(new Promise((resolve) => setImmediate(resolve)));
          break;
        }
        if (!this.#reader.next()) {
          this.#rest(session);
          break;
        }
        this.#setup.metrics.messages++;
        session.receive(this.#reader);
        this.#outbox.flushIfLarge();
      }
    } catch (cause) {
      return this.end(asFatal(cause));
    }
    this.#outbox.flushIfWanted();
    this.#regulate(session);
  }

  /** No whole message is left. */
  #rest(session: Session): void {
    if (this.#stopReason !== undefined && session.idle) return this.end(this.#stopReason);
    if (this.#peerEnded) return this.end(null);
    session.rest();
  }

  #later(promise: Promise<void>): void {
    this.#pumpScheduled = true;
    void promise.then(() => {
      this.#pumpScheduled = false;
      this.#pump();
    });
  }

  /** Reads on, or not; and stops what runs for a peer that is gone. */
  #regulate(session: Session): void {
    if (this.#phase.kind !== 'session') return;
    // With input left, Terminate perhaps, the client meant what it sent: it is carried out, as PostgreSQL does.
    if (this.#peerEnded && !session.accepting && this.#reader.buffered === 0) return this.end(null);
    const full = this.#reader.buffered > READ_AHEAD_BYTES && (!session.accepting || this.#pumpScheduled);
    if (full && !this.#socket.isPaused()) this.#socket.pause();
    else if (!full && this.#socket.isPaused()) this.#socket.resume();
  }

  /** Closes our half and gives the peer a moment to read what was sent before the socket is destroyed. */
  #finishSocket(): void {
    clearTimeout(this.#timer);
    this.#wakeLogin();
    this.#outbox.release();
    const socket = this.#socket;
    if (socket.destroyed) return;
    this.#timer = setTimeout(() => socket.destroy(), this.#setup.limits.lingerMs);
    socket.resume();
    socket.end();
    if (this.#peerEnded) socket.end(() => socket.destroy());
  }
}
