/**
 * The audit log: CloudTrail records of every call and of what the service does by itself. Append-only; the newest are
 * kept, in memory and in the store. Those of reads reach the store a moment later, those of changes with the changes. Records never hold a value: inputs are redacted by their shape before
 * they come here. Source: reference aws-secrets-manager 6.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from '../../log.ts';
import type { Store, StoreEdit } from '../../store/store.ts';

/** Events kept: enough for a long rehearsal, small enough to hold. */
const KEPT_EVENTS = 10_000;
/** Longest time an event waits to be written. */
const FLUSH_MS = 250;
const SPACE = 'awsEvent';

export type AuditRecord = Readonly<Record<string, unknown>>;

export interface AuditEvent {
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly record: AuditRecord;
}

export interface Numbered {
  readonly number: number;
  readonly event: AuditEvent;
}

/** An event on its way to disk. */
export interface PreparedEvent extends Numbered {
  readonly edit: StoreEdit;
}

export class AuditLog {
  readonly #store: Store;
  readonly #logger: Logger;
  #events: Numbered[] = [];
  #next = 1;
  #unwritten: StoreEdit[] = [];
  #timer: NodeJS.Timeout | undefined;

  private constructor(store: Store, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** Reads what earlier runs of the server left. */
  static async open(store: Store, logger: Logger): Promise<AuditLog> {
    const log = new AuditLog(store, logger);
    for await (const { key, value } of store.load(SPACE)) {
      const event = JSON.parse(Buffer.from(value).toString()) as AuditEvent;
      log.#events.push({ number: Number(key), event });
    }
    log.#events.sort((a, b) => a.number - b.number);
    log.#next = (log.#events.at(-1)?.number ?? 0) + 1;
    return log;
  }

  /** Oldest first. */
  events(): readonly AuditEvent[] {
    return this.#events.map(({ event }) => event);
  }

  /** Newest first, from the one before a number on, or from the newest. */
  *newestFirst(before = Infinity): Iterable<Numbered> {
    const events = this.#events;
    let at = events.length;
    // Numbers rise; halving finds the first that is not before the one asked for.
    for (let low = 0; low < at && before !== Infinity;) {
      const middle = (low + at) >>> 1;
      if (events[middle]!.number < before) low = middle + 1;
      else at = middle;
    }
    while (at > 0) yield events[(at -= 1)]!;
  }

  /** An event with its number; its `eventID` is made here. It counts once it is kept. */
  prepare(time: number, record: AuditRecord): PreparedEvent {
    const id = randomUUID();
    const event: AuditEvent = { id, time, record: { ...record, eventID: id } };
    const number = this.#next;
    this.#next += 1;
    const value = Buffer.from(JSON.stringify(event));
    return { number, event, edit: { space: SPACE, key: eventKey(number), value } };
  }

  /** Takes an event that is on disk. */
  keep({ number, event }: PreparedEvent): void {
    // Nearly always the newest; one that waited for the disk goes before what came meanwhile.
    let at = this.#events.length;
    while (at > 0 && this.#events[at - 1]!.number > number) at -= 1;
    this.#events.splice(at, 0, { number, event });
    // In batches: shifting one at a time would cost as much as the log is long.
    if (this.#events.length >= KEPT_EVENTS * 1.1) this.#forgetOldest();
  }

  /** Adds an event that is written a moment later. */
  append(time: number, record: AuditRecord): void {
    const prepared = this.prepare(time, record);
    this.#unwritten.push(prepared.edit);
    this.keep(prepared);
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
  }

  #forgetOldest(): void {
    const gone = this.#events.length - KEPT_EVENTS;
    for (const { number } of this.#events.slice(0, gone)) {
      this.#unwritten.push({ space: SPACE, key: eventKey(number), value: null });
    }
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
    this.#events = this.#events.slice(gone);
  }

  /** Writes what is not yet in the store. A store that fails is told of by the writer of the catalog. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const edits = this.#unwritten;
    this.#unwritten = [];
    if (edits.length === 0) return;
    try {
      await this.#store.commit(edits);
    } catch (error) {
      this.#logger.warn({ err: error }, 'audit events could not be written');
    }
  }
}

function eventKey(number: number): string {
  return number.toString().padStart(16, '0');
}
