/** A catalog in memory for tests of the rooms below the engine: plain records, and a snapshot made anew for every commit. */
import { List, Map, Set } from 'immutable';
import type { Change } from '../../src/catalog/changes.ts';
import { keyOf, numberKey } from '../../src/catalog/changes.ts';
import type { Id, IdSpace } from '../../src/catalog/ids.ts';
import type {
  Item,
  PinRecord,
  ReplicaRecord,
  ReplicaStatusRecord,
  StatusEventRecord,
} from '../../src/catalog/records.ts';
import type { Snapshot } from '../../src/catalog/snapshot.ts';

/** Only what a status controller reads is filled. */
export class CatalogDouble {
  items: Map<Id, Item> = Map();
  replicas: Map<Id, ReplicaRecord> = Map();
  pins: Map<string, PinRecord> = Map();
  currentVersion: Map<Id, string> = Map();
  statusEvents: List<StatusEventRecord> = List();
  replicaStatus: Map<string, ReplicaStatusRecord> = Map();
  commits = 0;
  #snapshot: Snapshot;
  readonly #listeners = new globalThis.Set<(before: Snapshot, after: Snapshot) => void>();
  #nextNumber = 1;

  constructor() {
    this.#snapshot = this.#build();
  }

  current(): Snapshot {
    return this.#snapshot;
  }

  onCommit(listener: (before: Snapshot, after: Snapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Edits the records and publishes the result, as a statement's commit would. */
  edit(change: () => void): void {
    change();
    this.#publish();
  }

  async commit(
    build: (
      tip: Snapshot,
      ids: { nextNumber(space: IdSpace): number },
    ) => { readonly changes: readonly Change[]; readonly result: undefined },
  ): Promise<unknown> {
    const { changes, result } = build(this.#snapshot, { nextNumber: () => this.#nextNumber++ });
    for (const change of changes) this.#apply(change);
    this.commits++;
    await new Promise((resolve) => setImmediate(resolve));
    this.#publish();
    return { result };
  }

  #apply(change: Change): void {
    if (change.kind === 'put' && change.collection === 'statusEvent') {
      this.statusEvents = this.statusEvents.push(change.record);
    } else if (change.kind === 'put' && change.collection === 'replicaStatus') {
      this.replicaStatus = this.replicaStatus.set(keyOf('replicaStatus', change.record), change.record);
    } else if (change.kind === 'delete' && change.collection === 'statusEvent') {
      this.statusEvents = this.statusEvents.filter((event) => numberKey(event.id) !== change.key);
    } else {
      throw new Error(`unexpected change ${change.kind}`);
    }
  }

  #publish(): void {
    const before = this.#snapshot;
    this.#snapshot = this.#build();
    for (const listener of this.#listeners) listener(before, this.#snapshot);
  }

  #build(): Snapshot {
    const replicasOfCluster = this.replicas
      .groupBy((r) => r.clusterId)
      .map((group) => [...group.keys()].sort());
    const placed = this.items.filter((item) => 'clusterId' in item && item.clusterId !== null);
    const itemsOfCluster = placed
      .groupBy((item) => ('clusterId' in item ? (item.clusterId ?? '') : ''))
      .map((group) => Set(group.keys()));
    let dependents: Map<Id, Set<Id>> = Map();
    for (const item of this.items.values()) {
      for (const id of item.dependsOn)
        dependents = dependents.update(id, Set<Id>(), (set) => set.add(item.id));
    }
    const partial = {
      version: 0,
      items: this.items,
      replicas: this.replicas,
      schemas: Map(),
      databases: Map(),
      pins: this.pins,
      currentVersion: this.currentVersion,
      statusEvents: this.statusEvents,
      small: { replicaStatus: this.replicaStatus },
      replicasOfCluster: Map(replicasOfCluster),
      itemsOfCluster: Map(itemsOfCluster),
      dependents,
    };
    return partial as unknown as Snapshot;
  }
}
