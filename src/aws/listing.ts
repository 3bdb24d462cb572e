/** The secrets of a region in order, filtered and in pages. */
import type { SecretItem } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { checkCaller } from './access.ts';
import { filteredFacts, matcherOf } from './filters.ts';
import { pageToken, readPageToken } from './page-token.ts';
import type { Call } from './protocol/operation.ts';
import { isScheduledForDeletion } from './secret-facts.ts';
import {
  comparePositions,
  otherTurns,
  type Entry,
  type Order,
  type Position,
  type SortBy,
} from './secret-orders.ts';
import type { Filter } from './shapes.ts';

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
  /** The catalog that the page is of. */
  readonly snapshot: Snapshot;
}

/** Secrets looked at before others get their turn. */
const SLICE = 1_000;

/** One page of the secrets that a query means. */
export async function listPage(call: Call, query: ListQuery): Promise<Page> {
  const { keyRing, committer, orders } = call.room;
  checkCaller(call, committer.current(), '*');
  const { nextToken, pageSize, ...rest } = query;
  const identity = ['list', call.region, rest];
  const after =
    nextToken === undefined ? undefined : readPosition(readPageToken(keyRing, identity, nextToken));
  const matches = matcherOf(query.filters);
  const { order, snapshot } = await orders.of(call.region, query.sortBy);
  const isListed = ({ item, name }: Entry): boolean =>
    (query.includeDeleted || !isScheduledForDeletion(item)) &&
    (query.filters.length === 0 || matches(filteredFacts(snapshot, item, name)));
  const page: Entry[] = [];
  let looked = 0;
  for (const entry of walk(order, query.descending, after)) {
    if ((looked += 1) % SLICE === 0) await otherTurns();
    if (!isListed(entry)) continue;
    if (page.length === pageSize) {
      const { key, id } = page.at(-1)!;
      const token = pageToken(keyRing, identity, JSON.stringify([key, id]));
      return { secrets: page.map(({ item }) => item), nextToken: token, snapshot };
    }
    page.push(entry);
  }
  return { secrets: page.map(({ item }) => item), nextToken: undefined, snapshot };
}

function readPosition(text: string): Position {
  const [key, id] = JSON.parse(text) as [number | string, string];
  return { key, id };
}

/** Entries past a position, in either direction. */
function* walk(order: Order, descending: boolean, after: Position | undefined): Iterable<Entry> {
  const step = descending ? -1 : 1;
  let at = descending ? order.length - 1 : 0;
  if (after !== undefined) at = startAfter(order, after, descending);
  for (; at >= 0 && at < order.length; at += step) yield order[at]!;
}

/** Index of the first entry past a position, by halving. */
function startAfter(order: Order, position: Position, descending: boolean): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const compared = comparePositions(order[middle]!, position);
    if (descending ? compared < 0 : compared <= 0) low = middle + 1;
    else high = middle;
  }
  return descending ? low - 1 : low;
}
