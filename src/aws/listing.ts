/** The secrets of a region in order, filtered and in pages. */
import type { SecretItem } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { checkCaller } from './access.ts';
import { filteredFacts, matcherOf } from './filters.ts';
import { placeOf } from './names.ts';
import { pageToken, readPageToken } from './page-token.ts';
import type { Call } from './protocol/operation.ts';
import { awsOf, isScheduledForDeletion, lastAccessed, lastChanged } from './secret-facts.ts';
import type { Filter } from './shapes.ts';

export type SortBy = 'created-date' | 'last-accessed-date' | 'last-changed-date' | 'name';

export interface ListQuery {
  readonly filters: readonly Filter[];
  readonly sortBy: SortBy;
  readonly descending: boolean;
  readonly includeDeleted: boolean;
  readonly pageSize: number;
  readonly nextToken: string | undefined;
}

export interface Page {
  readonly secrets: readonly SecretItem[];
  readonly nextToken: string | undefined;
}

interface Entry {
  readonly item: SecretItem;
  readonly name: string;
  /** Number or text to sort by. */
  readonly key: number | string;
}

const sorted = new WeakMap<Snapshot['items'], Map<string, readonly Entry[]>>();

/** Secrets of a region in ascending order. Orders that only the items decide are kept as long as the items are the same. */
function ordered(call: Call, snapshot: Snapshot, sortBy: SortBy): readonly Entry[] {
  if (sortBy !== 'created-date' && sortBy !== 'name') return sort(call, snapshot, sortBy);
  let orders = sorted.get(snapshot.items);
  if (orders === undefined) sorted.set(snapshot.items, (orders = new Map()));
  const key = `${call.region}/${sortBy}`;
  let entries = orders.get(key);
  if (entries === undefined) orders.set(key, (entries = sort(call, snapshot, sortBy)));
  return entries;
}

function sort(call: Call, snapshot: Snapshot, sortBy: SortBy): readonly Entry[] {
  const entries: Entry[] = [];
  for (const id of snapshot.itemsOfKind.get('secret') ?? []) {
    const item = snapshot.items.get(id);
    if (item?.kind !== 'secret' || item.temporary !== undefined) continue;
    const { region, name } = placeOf(snapshot, call.room.home, item);
    if (region === call.region)
      entries.push({ item, name, key: sortKey(call, snapshot, item, name, sortBy) });
  }
  return entries.sort(compare);
}

function sortKey(
  call: Call,
  snapshot: Snapshot,
  item: SecretItem,
  name: string,
  sortBy: SortBy,
): number | string {
  switch (sortBy) {
    case 'name':
      return name;
    case 'created-date':
      return awsOf(item).createdDate;
    case 'last-changed-date':
      return lastChanged(snapshot, item);
    case 'last-accessed-date':
      return lastAccessed(call.room.accesses, snapshot, item) ?? 0;
  }
}

function compareKeys(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Items of one date in the order they were made. */
function compare(a: Entry, b: Entry): number {
  return compareKeys(a.key, b.key) || compareIds(a.item.id, b.item.id);
}

function compareIds(a: string, b: string): number {
  return Number(a.slice(1)) - Number(b.slice(1));
}

/** One page of the secrets that a query means. */
export function listPage(call: Call, snapshot: Snapshot, query: ListQuery): Page {
  checkCaller(call, snapshot, '*');
  const { nextToken, pageSize, ...rest } = query;
  const identity = ['list', call.region, rest];
  const { keyRing } = call.room;
  const after =
    nextToken === undefined ? undefined : readPosition(readPageToken(keyRing, identity, nextToken));
  const matches = matcherOf(query.filters);
  const page: Entry[] = [];
  for (const entry of walk(ordered(call, snapshot, query.sortBy), query.descending, after)) {
    if (!query.includeDeleted && isScheduledForDeletion(entry.item)) continue;
    if (query.filters.length > 0 && !matches(filteredFacts(snapshot, entry.item, entry.name))) continue;
    if (page.length === pageSize) {
      const last = page.at(-1)!;
      const position = JSON.stringify([last.key, last.item.id]);
      return { secrets: page.map(({ item }) => item), nextToken: pageToken(keyRing, identity, position) };
    }
    page.push(entry);
  }
  return { secrets: page.map(({ item }) => item), nextToken: undefined };
}

interface Position {
  readonly key: number | string;
  readonly id: string;
}

function readPosition(text: string): Position {
  const [key, id] = JSON.parse(text) as [number | string, string];
  return { key, id };
}

/** Entries past a position, in either direction. */
function* walk(entries: readonly Entry[], descending: boolean, after: Position | undefined): Iterable<Entry> {
  const step = descending ? -1 : 1;
  let at = descending ? entries.length - 1 : 0;
  if (after !== undefined) at = startAfter(entries, after, descending);
  for (; at >= 0 && at < entries.length; at += step) yield entries[at]!;
}

/** Index of the first entry past a position, by halving. */
function startAfter(entries: readonly Entry[], { key, id }: Position, descending: boolean): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle]!;
    const order = compareKeys(entry.key, key) || compareIds(entry.item.id, id);
    if (descending ? order < 0 : order <= 0) low = middle + 1;
    else high = middle;
  }
  return descending ? low - 1 : low;
}
