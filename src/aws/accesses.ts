/**
 * Days on which values were read. They are shown at once and written a moment later, many in one commit: a read does not
 * wait for the disk. A crash can lose the last second of them.
 */
import { put, versionKey, type Change } from '../catalog/changes.ts';
import type { Id } from '../catalog/ids.ts';
import type { SecretVersionRecord } from '../catalog/records.ts';
import type { Committer } from '../engine/committer.ts';
import type { Logger } from '../log.ts';

const FLUSH_MS = 1_000;
const DAY_MS = 86_400_000;

/** Midnight UTC of a day. */
export function dayOf(now: number): number {
  return Math.floor(now / DAY_MS) * DAY_MS;
}

type Version = Pick<SecretVersionRecord, 'secretId' | 'versionId' | 'lastAccessedAt'>;

type Noted = Map<string, { readonly version: Version; readonly day: number }>;

export class Accesses {
  readonly #committer: Committer;
  readonly #logger: Logger;
  /** Not yet written, by version. */
  #pending: Noted = new Map();
  #writing: Noted = new Map();
  #timer: NodeJS.Timeout | undefined;
  readonly #listeners = new Set<(secretId: Id) => void>();

  constructor(committer: Committer, logger: Logger) {
    this.#committer = committer;
    this.#logger = logger;
  }

  /** Told of every secret whose day of access moves. */
  onNote(listener: (secretId: Id) => void): void {
    this.#listeners.add(listener);
  }

  /** Notes that a value was read. */
  note(version: Version, now: number): void {
    const day = dayOf(now);
    if (this.dayOf(version) === day) return;
    this.#pending.set(versionKey(version.secretId, version.versionId), { version, day });
    for (const listener of this.#listeners) listener(version.secretId);
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
  }

  /** Midnight of the day on which a version was last read. */
  dayOf(version: Version): number | undefined {
    const key = versionKey(version.secretId, version.versionId);
    return (this.#pending.get(key) ?? this.#writing.get(key))?.day ?? version.lastAccessedAt;
  }

  /** Writes what is noted. A store that fails is told of by the writer of the catalog. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.size === 0) return;
    const noted = this.#pending;
    this.#pending = new Map();
    this.#writing = noted;
    try {
      await this.#committer.commit((tip) => {
        const changes: Change[] = [];
        for (const { version, day } of noted.values()) {
          const record = tip.versionsOfSecret.get(version.secretId)?.get(version.versionId);
          if (record !== undefined) changes.push(put('secretVersion', { ...record, lastAccessedAt: day }));
        }
        return { changes, result: undefined };
      });
    } catch (error) {
      this.#logger.warn({ err: error }, 'days of access could not be written');
    }
    if (this.#writing === noted) this.#writing = new Map();
  }
}
