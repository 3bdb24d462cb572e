import { SqlError, queryCanceled } from '../errors.ts';
import { Interrupt } from '../query/interrupt.ts';

const TIMEOUT_HINT =
  'Consider increasing the maximum allowed statement duration for this session by setting the statement_timeout ' +
  "session variable. For example, `SET statement_timeout = '120s'`.";

/**
 * Watches over one running statement: holds its interrupt and raises it when statement_timeout has passed. The timer is
 * set only when the statement first has to wait, because one that runs through cannot be stopped by a timer anyway.
 */
export class StatementWatch {
  readonly interrupt = new Interrupt();
  readonly #timeoutMs: number;
  #startedAt: number;
  #timer: NodeJS.Timeout | undefined;

  /** `timeoutMs` 0 means no limit. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#startedAt = timeoutMs > 0 ? performance.now() : 0;
  }

  /** To be called before every wait. */
  arm(): void {
    if (this.#timeoutMs === 0 || this.#timer !== undefined) return;
    const left = this.#timeoutMs - (performance.now() - this.#startedAt);
    this.#timer = setTimeout(() => this.#expire(), Math.max(0, left));
  }

  /** The statement ended, or its portal is suspended. */
  stop(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** A suspended portal runs again; each Execute has the whole time. */
  restart(): void {
    if (this.#timeoutMs > 0) this.#startedAt = performance.now();
  }

  #expire(): void {
    this.interrupt.raise(queryCanceled('canceling statement due to statement timeout', TIMEOUT_HINT));
  }
}

/** The reason given to a statement whose client is gone; nobody reads it. */
export function connectionLost(): SqlError {
  return new SqlError('08006', 'connection to client lost', { severity: 'FATAL' });
}
