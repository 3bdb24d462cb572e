import { SqlError, toSqlError } from '../errors.ts';
import { decodeFrontend } from '../pgproto/frontend-decode.ts';
import { FRONTEND, type FrontendMessage } from '../pgproto/frontend-messages.ts';
import type { FrameReader } from '../pgproto/frame-reader.ts';
import type { Conversation } from './conversation.ts';
import { execute } from './execute.ts';
import { bind, close, describe, parse, sync } from './extended-query.ts';
import { simpleQuery } from './simple-query.ts';
import { connectionLost } from './statement-watch.ts';
import { NEXT_MESSAGE, type Task } from './task.ts';

/**
 * Where a session stands between two messages.
 *
 * | state | left by | to |
 * | --- | --- | --- |
 * | `idle` (after ReadyForQuery) | Query, Sync | `idle`, or `afterCopy` when a COPY failed early |
 * | | Parse, Bind, Describe, Execute, Close | `extended`, or `skipping` on an error |
 * | | stray copy or password message | `skipping` |
 * | `extended` | Sync | `idle` |
 * | `skipping` | Sync | `idle` |
 * | `afterCopy` | any message but CopyData, CopyDone, CopyFail | as from `idle` |
 * | `running` | the promise it waits for | what the task leaves |
 * | `copying` | every message goes to the COPY that waits for it | |
 * | any | Terminate, FATAL, peer gone | `closed` |
 */
type State =
  | { readonly kind: 'idle' | 'extended' | 'skipping' | 'afterCopy' | 'closed' }
  | { readonly kind: 'running'; readonly task: Task; readonly origin: Origin }
  | { readonly kind: 'copying'; readonly task: Task; readonly origin: Origin };

/** A handler of Query or Sync reports its own errors; an error of any other handler starts the skipping. */
type Origin = 'cycle' | 'extended';

const IDLE: State = { kind: 'idle' };
const EXTENDED: State = { kind: 'extended' };
const SKIPPING: State = { kind: 'skipping' };
const AFTER_COPY: State = { kind: 'afterCopy' };
const CLOSED: State = { kind: 'closed' };

/** What the connection has to do for its session. */
export interface SessionHost {
  /** A task that waited has come to an end: more messages may be handled. */
  proceed(): void;
  /** End the connection: with this error, or silently. */
  end(error: SqlError | null): void;
}

/** One logged-in session: takes messages one at a time and drives the engine. */
export class Session {
  readonly #talk: Conversation;
  readonly #host: SessionHost;
  #state: State = IDLE;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(talk: Conversation, host: SessionHost) {
    this.#talk = talk;
    this.#host = host;
  }

  /** False while a task waits for a promise, and after the end. */
  get accepting(): boolean {
    return this.#state.kind !== 'running' && this.#state.kind !== 'closed';
  }

  /** Nothing runs and nothing is half done: after ReadyForQuery. */
  get idle(): boolean {
    return this.#state.kind === 'idle' || this.#state.kind === 'afterCopy';
  }

  /** Handles the reader's current frame. Only while {@link accepting}. */
  receive(reader: FrameReader): void {
    if (this.#idleTimer !== undefined) this.#stopIdleTimer();
    const state = this.#state;
    switch (state.kind) {
      case 'skipping':
        if (reader.type === FRONTEND.sync) this.#start(sync(this.#talk), 'cycle');
        else if (reader.type === FRONTEND.terminate) this.#host.end(null);
        return;
      case 'afterCopy':
        if (isCopyMessage(reader.type)) return;
        break;
      case 'copying':
        this.#feed(state.task, state.origin, reader);
        return;
      default:
        break;
    }
    this.#dispatch(reader);
  }

  /** Called when no message is left to handle: starts the clock of a transaction that waits for its client. */
  rest(): void {
    const { engine } = this.#talk;
    if (this.#state !== IDLE || engine.transactionStatus === 'I' || this.#idleTimer !== undefined) return;
    const timeout = engine.idleInTransactionTimeoutMs;
    if (timeout <= 0) return;
    this.#idleTimer = setTimeout(() => {
      const text = 'terminating connection due to idle-in-transaction timeout';
      this.#host.end(new SqlError('25P03', text, { severity: 'FATAL' }));
    }, timeout);
  }

  /** Stops a running statement with this error, if one runs. */
  interrupt(reason: SqlError): void {
    this.#talk.watch?.interrupt.raise(reason);
  }

  /** The connection is over. What runs is told to stop; the engine's session is closed when it has. */
  close(): void {
    const state = this.#state;
    if (state.kind === 'closed') return;
    this.#stopIdleTimer();
    this.#state = CLOSED;
    this.interrupt(connectionLost());
    if (state.kind === 'running') return;
    if (state.kind === 'copying') this.#abandon(state.task);
    this.#release();
  }

  #dispatch(reader: FrameReader): void {
    const origin: Origin = reader.type === FRONTEND.query ? 'cycle' : 'extended';
    let message: FrontendMessage;
    try {
      message = decodeFrontend(reader.type, reader.body);
    } catch (cause) {
      this.#failed(cause, origin);
      if (origin === 'cycle' && this.accepting) this.#start(sync(this.#talk), 'cycle');
      return;
    }
    switch (message.kind) {
      case 'query':
        return this.#start(simpleQuery(this.#talk, message.sql), 'cycle');
      case 'parse':
        return this.#start(parse(this.#talk, message), 'extended');
      case 'bind':
        return this.#start(bind(this.#talk, message), 'extended');
      case 'describe':
        return this.#start(describe(this.#talk, message), 'extended');
      case 'execute':
        return this.#start(execute(this.#talk, message.portal, message.maxRows), 'extended');
      case 'close':
        close(this.#talk, message);
        this.#state = EXTENDED;
        return;
      case 'sync':
        return this.#start(sync(this.#talk), 'cycle');
      case 'flush':
        return this.#talk.outbox.flush();
      case 'terminate':
        return this.#host.end(null);
      case 'copyData':
      case 'copyDone':
      case 'copyFail':
      case 'password':
        this.#state = SKIPPING;
    }
  }

  #start(task: Task, origin: Origin): void {
    this.#advance(task, origin, () => task.next());
  }

  /** Gives a waiting COPY the current message. */
  #feed(task: Task, origin: Origin, reader: FrameReader): void {
    if (reader.type === FRONTEND.terminate) return this.#host.end(null);
    this.#advance(task, origin, () => {
      let message: FrontendMessage;
      try {
        message = decodeFrontend(reader.type, reader.body);
      } catch (cause) {
        return task.throw(cause);
      }
      return task.next(message);
    });
  }

  /** Runs a task up to its next wait or its end. */
  #advance(task: Task, origin: Origin, step: () => ReturnType<Task['next']>): void {
    try {
      const result = step();
      if (result.done === true) {
        this.#state = origin === 'extended' ? EXTENDED : this.#afterCycle();
      } else if (result.value === NEXT_MESSAGE) {
        this.#state = { kind: 'copying', task, origin };
      } else {
        this.#state = { kind: 'running', task, origin };
        this.#talk.outbox.flushIfWanted();
        result.value.then(
          (value) => this.#resume(task, origin, () => task.next(value)),
          (cause: unknown) => this.#resume(task, origin, () => task.throw(cause)),
        );
      }
    } catch (cause) {
      this.#failed(cause, origin);
    }
  }

  #resume(task: Task, origin: Origin, step: () => ReturnType<Task['next']>): void {
    if (this.#state.kind === 'closed') {
      this.#abandon(task);
      this.#release();
      return;
    }
    this.#advance(task, origin, step);
    if (this.accepting) this.#host.proceed();
  }

  #afterCycle(): State {
    if (!this.#talk.copyDataFollows) return IDLE;
    this.#talk.copyDataFollows = false;
    return AFTER_COPY;
  }

  #failed(cause: unknown, origin: Origin): void {
    try {
      this.#talk.reportError(cause);
      this.#talk.copyDataFollows = false;
      this.#state = origin === 'extended' ? SKIPPING : IDLE;
    } catch (fatal) {
      this.#host.end(toSqlError(fatal));
    }
  }

  /** Ends a task where it stands, so that it closes its cursor or its COPY. */
  #abandon(task: Task): void {
    try {
      task.return();
    } catch (cause) {
      this.#talk.inspect(cause);
    }
  }

  #release(): void {
    try {
      this.#talk.portals.clear();
      this.#talk.engine.close();
    } catch (cause) {
      this.#talk.inspect(cause);
    }
  }

  #stopIdleTimer(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
  }
}

function isCopyMessage(type: number): boolean {
  return type === FRONTEND.copyData || type === FRONTEND.copyDone || type === FRONTEND.copyFail;
}
