import { redact } from '../sql/redact.ts';
import type { ActivityRecord } from '../relations/relation.ts';

/** How many statements are remembered; at some 300 bytes each a megabyte or so. */
const CAPACITY = 4096;

/** Variables of the session when a statement began. */
export interface ActivitySettings {
  readonly applicationName: string;
  readonly clusterName: string;
  readonly databaseName: string;
  readonly searchPath: readonly string[];
}

/** A statement that ran, as cheap to note down as can be: this happens for every statement. */
export interface ActivityEntry {
  readonly id: number;
  readonly sessionId: string;
  readonly statementType: string;
  /** Text that may be kept: for statements that can hold a secret it is redacted already. */
  readonly sql: string;
  readonly settings: ActivitySettings;
  readonly user: string;
  readonly transactionId: number;
  readonly beganAt: number;
  finishedAt: number | null;
  status: 'success' | 'error' | 'canceled' | 'aborted' | null;
  errorMessage: string | null;
  rows: number | null;
}

/**
 * The last statements that ran, for mz_recent_activity_log. A ring in memory: the history of a local server is not worth
 * a disk write per statement. What it shows is redacted.
 */
export class ActivityLog {
  readonly #ring: ActivityEntry[] = [];
  #next = 0;
  #count = 0;

  /** Number for the next entry. */
  nextId(): number {
    this.#count += 1;
    return this.#count;
  }

  add(entry: ActivityEntry): void {
    this.#ring[this.#next] = entry;
    this.#next = (this.#next + 1) % CAPACITY;
  }

  /** Oldest first. */
  list(): readonly ActivityRecord[] {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)].map(toRecord);
  }
}

function toRecord(entry: ActivityEntry): ActivityRecord {
  return {
    executionId: executionId(entry.id),
    sessionId: entry.sessionId,
    // `create secret` is `create_secret` in the log.
    statementType: entry.statementType.replaceAll(' ', '_'),
    redactedSql: redact(entry.sql),
    ...entry.settings,
    authenticatedUser: entry.user,
    beganAt: entry.beganAt,
    finishedAt: entry.finishedAt,
    finishedStatus: entry.status,
    errorMessage: entry.errorMessage,
    rowsReturned: entry.rows,
    transactionId: entry.transactionId,
  };
}

/** A UUID that counts: unique within this run, and stable for an entry. */
function executionId(n: number): string {
  return `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}
