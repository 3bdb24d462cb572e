import type { Notice } from '../../errors.ts';

/** Ascending by severity, as client_min_messages orders them. INFO is always sent. */
const RANK: Readonly<Record<string, number>> = {
  debug5: 0,
  debug4: 1,
  debug3: 2,
  debug2: 3,
  debug1: 4,
  debug: 4,
  log: 5,
  info: 6,
  notice: 7,
  warning: 8,
  error: 9,
};

const NONE: readonly Notice[] = [];

/** Gathers the notices of a session until the door takes them. */
export class NoticeBox {
  readonly #threshold: () => string;
  #notices: Notice[] | null = null;

  constructor(threshold: () => string) {
    this.#threshold = threshold;
  }

  add(notice: Notice): void {
    if (notice.severity !== 'INFO') {
      const rank = RANK[notice.severity.toLowerCase()] ?? 9;
      if (rank < (RANK[this.#threshold()] ?? 7)) return;
    }
    (this.#notices ??= []).push(notice);
  }

  take(): readonly Notice[] {
    if (this.#notices === null) return NONE;
    const taken = this.#notices;
    this.#notices = null;
    return taken;
  }
}
