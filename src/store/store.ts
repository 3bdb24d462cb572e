/**
 * Durability. A store orders bytes and knows no meanings: commits are appended one after the other, a commit is all or
 * nothing, and it is acknowledged only when it would survive a power cut.
 */

/** One edit as the store sees it: a key of a named space and its bytes, or null to delete. */
export interface StoreEdit {
  readonly space: string;
  readonly key: string;
  readonly value: Uint8Array | null;
}

export interface Store {
  /** Every record of a space in key order. Not while commits are under way. */
  load(space: string): AsyncIterable<{ readonly key: string; readonly value: Uint8Array }>;
  /** To be called when all that a start loads is loaded and nothing is under way: lets go of what that took. */
  loaded(): Promise<void>;
  /**
   * Makes the edits durable as one. Commits take effect in the order of the calls; several in flight share a flush.
   * Rejects when the store is broken; then nothing of any later commit is durable, and this one is taken back as far as
   * the disk allows.
   */
  commit(edits: readonly StoreEdit[]): Promise<void>;
  /** One value by key as of the last acknowledged commit, or undefined. */
  read(space: string, key: string): Promise<Uint8Array | undefined>;
  /** Waits for commits in flight and lets go of files and sockets. */
  close(): Promise<void>;
}
