/**
 * What status rows are written, by object: the newest row of each replica, and the ids of all rows, so that a history can
 * be cut at its oldest end. A mirror of the catalog's rows, kept by the one writer of them.
 */
import { del, numberKey, put, type Change } from '../catalog/changes.ts';
import type { Id } from '../catalog/ids.ts';
import type { StatusEventRecord } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import type { LatestByReplica, NewStatus } from './status.ts';

interface History {
  readonly objectKind: 'source' | 'sink';
  readonly ids: number[];
  readonly latest: Map<string, StatusEventRecord>;
}

export class StatusBook {
  readonly #histories = new Map<Id, History>();
  /** Rows kept per object; the reference keeps a bounded history too. */
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts from what is stored. */
  load(snapshot: Snapshot): void {
    for (const event of snapshot.statusEvents) this.#add(event);
  }

  get histories(): ReadonlyMap<
    Id,
    { readonly objectKind: 'source' | 'sink'; readonly latest: LatestByReplica }
  > {
    return this.#histories;
  }

  latestOf(id: Id): LatestByReplica | undefined {
    return this.#histories.get(id)?.latest;
  }

  /** Numbered rows at `now`; later rows of one batch are a millisecond later, as histories are ordered by time only. */
  number(rows: readonly NewStatus[], now: number, nextId: () => number): readonly StatusEventRecord[] {
    const times = new Map<Id, number>();
    return rows.map((row) => {
      const last = times.get(row.objectId) ?? this.#newestTime(row.objectId);
      const occurredAt = Math.max(now, last + 1);
      times.set(row.objectId, occurredAt);
      return { ...row, id: nextId(), occurredAt };
    });
  }

  /** Edits that write the rows and delete the oldest ones past the limit. */
  changes(events: readonly StatusEventRecord[]): readonly Change[] {
    const added = new Map<Id, number>();
    for (const event of events) added.set(event.objectId, (added.get(event.objectId) ?? 0) + 1);
    const cuts = [...added].flatMap(([id, count]) => {
      const ids = this.#histories.get(id)?.ids ?? [];
      return ids.slice(0, Math.max(0, ids.length + count - this.#limit));
    });
    return [
      ...events.map((event) => put('statusEvent', event)),
      ...cuts.map((id) => del('statusEvent', numberKey(id))),
    ];
  }

  /** Takes note of rows that were committed with {@link changes}. */
  record(events: readonly StatusEventRecord[]): void {
    for (const event of events) this.#add(event);
  }

  #add(event: StatusEventRecord): void {
    let history = this.#histories.get(event.objectId);
    if (history === undefined) {
      history = { objectKind: event.objectKind, ids: [], latest: new Map() };
      this.#histories.set(event.objectId, history);
    }
    history.ids.push(event.id);
    if (history.ids.length > this.#limit) history.ids.splice(0, history.ids.length - this.#limit);
    history.latest.set(event.replicaId ?? '', event);
  }

  #newestTime(id: Id): number {
    let newest = 0;
    for (const row of this.#histories.get(id)?.latest.values() ?? [])
      newest = Math.max(newest, row.occurredAt);
    return newest;
  }
}
