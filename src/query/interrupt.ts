import { queryCanceled, type SqlError } from '../errors.ts';

/**
 * Asked by every operator of a running query, and by anything else that waits, whether to go on. Set by a cancel
 * request, by statement_timeout and by the end of the connection.
 */
export class Interrupt {
  #reason: SqlError | undefined;
  readonly #listeners = new Set<(reason: SqlError) => void>();

  /** The first reason wins. */
  raise(reason: SqlError = queryCanceled('canceling statement due to user request')): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const listener of this.#listeners) listener(reason);
    this.#listeners.clear();
  }

  get raised(): SqlError | undefined {
    return this.#reason;
  }

  /** Throws the reason when the statement should stop. */
  check(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  /** Calls back once, at once when already raised. Returns the undo. */
  onRaise(listener: (reason: SqlError) => void): () => void {
    if (this.#reason !== undefined) {
      listener(this.#reason);
      return () => {};
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
