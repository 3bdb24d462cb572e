/**
 * The secrets of a region in the orders that ListSecrets has, kept between requests: a commit moves the secrets that it
 * changes, and a page costs what is on it, not what there is. Orders are made in slices, so that making one holds nobody up.
 */
import type { Change } from '../catalog/changes.ts';
import type { Id } from '../catalog/ids.ts';
import type { SecretItem } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import type { Committer } from '../engine/committer.ts';
import type { Accesses } from './accesses.ts';
import { placeOf, type Home } from './names.ts';
import { awsOf, lastAccessed, lastChanged } from './secret-facts.ts';

export type SortBy = 'created-date' | 'last-accessed-date' | 'last-changed-date' | 'name';

/** Place of a secret in an order. */
export interface Position {
  /** Number or text to sort by. */
  readonly key: number | string;
  readonly id: Id;
}

export interface Entry extends Position {
  readonly item: SecretItem;
  readonly name: string;
}

/** Never changed in place: who walks one may wait between two secrets. */
export type Order = readonly Entry[];

/** Entries made or sorted before others get their turn. */
const SLICE = 1_000;

/** Lets others have their turn. */
export function otherTurns(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function compareKeys(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Secrets of one date in the order they were made. */
export function comparePositions(a: Position, b: Position): number {
  return compareKeys(a.key, b.key) || Number(a.id.slice(1)) - Number(b.id.slice(1));
}

/** An order and what has become of it. */
interface State {
  readonly region: string;
  readonly sortBy: SortBy;
  /** Undefined while it is made. */
  order: Order | undefined;
  /** Entry of each secret of the order. */
  byId: Map<Id, Entry>;
  /** Secrets that changed since. */
  changed: Set<Id>;
  made: Promise<void>;
}

interface Room {
  readonly committer: Committer;
  readonly home: Home;
  readonly accesses: Accesses;
}

export class SecretOrders {
  readonly #room: Room;
  /** By region and sort key. */
  #states = new Map<string, State>();

  constructor(room: Room) {
    this.#room = room;
    room.committer.onCommit((_before, _after, changes) => this.#note(changes));
    room.accesses.onNote((id) => this.#touch(id, 'last-accessed-date'));
  }

  /** An order as of the current catalog, and that catalog. */
  async of(region: string, sortBy: SortBy): Promise<{ readonly order: Order; readonly snapshot: Snapshot }> {
    for (;;) {
      const state = this.#state(region, sortBy);
      await state.made;
      const snapshot = this.#room.committer.current();
      // Renamed schemas may have voided it meanwhile.
      if (state.order === undefined || this.#states.get(nameOf(state)) !== state) continue;
      if (state.changed.size > 0) this.#catchUp(state, state.order, snapshot);
      return { order: state.order, snapshot };
    }
  }

  #state(region: string, sortBy: SortBy): State {
    const name = nameOf({ region, sortBy });
    let state = this.#states.get(name);
    if (state === undefined) {
      const fresh = { region, sortBy, order: undefined, byId: new Map<Id, Entry>(), changed: new Set<Id>() };
      state = { ...fresh, made: Promise.resolve() };
      this.#states.set(name, state);
      state.made = this.#make(state);
    }
    return state;
  }

  #note(changes: readonly Change[]): void {
    if (this.#states.size === 0) return;
    for (const change of changes) {
      if (change.kind !== 'put' && change.kind !== 'delete') continue;
      if (change.collection === 'item') {
        if (change.kind === 'delete') this.#touch(change.key);
        else if (change.record.kind === 'secret') this.#touch(change.record.id);
      } else if (change.collection === 'secretVersion') {
        const id = change.kind === 'put' ? change.record.secretId : change.key.split('/', 1)[0]!;
        this.#touch(id, 'last-changed-date');
        this.#touch(id, 'last-accessed-date');
      } else if (change.collection === 'schema' || change.collection === 'database') {
        this.#states = new Map();
      }
    }
  }

  #touch(id: Id, sortBy?: SortBy): void {
    for (const state of this.#states.values()) {
      if (sortBy === undefined || state.sortBy === sortBy) state.changed.add(id);
    }
  }

  /** Makes an order in slices. What is committed meanwhile is noted as it is for one that is made. */
  async #make(state: State): Promise<void> {
    const snapshot = this.#room.committer.current();
    let runs: Order[] = [];
    let run: Entry[] = [];
    for (const id of snapshot.itemsOfKind.get('secret') ?? []) {
      const entry = this.#entry(snapshot, state, id);
      if (entry === undefined) continue;
      state.byId.set(id, entry);
      run.push(entry);
      if (run.length < SLICE) continue;
      runs.push(run.sort(comparePositions));
      run = [];
      await otherTurns();
    }
    runs.push(run.sort(comparePositions));
    while (runs.length > 1) runs = await mergedInPairs(runs);
    state.order = runs[0]!;
  }

  /** The entry of a secret, or undefined where it is not of the region or no more. */
  #entry(snapshot: Snapshot, { region, sortBy }: State, id: Id): Entry | undefined {
    const item = snapshot.items.get(id);
    if (item?.kind !== 'secret' || item.temporary !== undefined) return undefined;
    const place = placeOf(snapshot, this.#room.home, item);
    if (place.region !== region) return undefined;
    return { id, item, name: place.name, key: this.#key(snapshot, item, place.name, sortBy) };
  }

  #key(snapshot: Snapshot, item: SecretItem, name: string, sortBy: SortBy): number | string {
    switch (sortBy) {
      case 'name':
        return name;
      case 'created-date':
        return awsOf(item).createdDate;
      case 'last-changed-date':
        return lastChanged(snapshot, item);
      case 'last-accessed-date':
        return lastAccessed(this.#room.accesses, snapshot, item) ?? 0;
    }
  }

  /** Takes the changed secrets out and puts them where they belong now. */
  #catchUp(state: State, order: Order, snapshot: Snapshot): void {
    const added: Entry[] = [];
    for (const id of state.changed) {
      state.byId.delete(id);
      const entry = this.#entry(snapshot, state, id);
      if (entry === undefined) continue;
      state.byId.set(id, entry);
      added.push(entry);
    }
    state.changed = new Set();
    // What the map no longer holds is out of date.
    const left = order.filter((entry) => state.byId.get(entry.id) === entry);
    state.order = merged(left, added.sort(comparePositions));
  }
}

function nameOf({ region, sortBy }: Pick<State, 'region' | 'sortBy'>): string {
  return `${region}/${sortBy}`;
}

function merged(a: Order, b: Order): Order {
  if (b.length === 0) return a;
  const all: Entry[] = [];
  let next = 0;
  for (const entry of a) {
    while (next < b.length && comparePositions(b[next]!, entry) < 0) all.push(b[next++]!);
    all.push(entry);
  }
  while (next < b.length) all.push(b[next++]!);
  return all;
}

/** Half as many runs, each twice as long. */
async function mergedInPairs(runs: readonly Order[]): Promise<Order[]> {
  const halved: Order[] = [];
  for (let i = 0; i < runs.length; i += 2) {
    halved.push(runs[i + 1] === undefined ? runs[i]! : merged(runs[i]!, runs[i + 1]!));
    await otherTurns();
  }
  return halved;
}
