/** Lists in pages, as KMS has them: a marker, and whether there is more. */
import { pageToken, readPageToken } from '../page-token.ts';
import { present, type Call, type Fields } from '../protocol/operation.ts';
import { kmsError } from './errors.ts';

interface Marked {
  readonly Marker?: string;
  readonly Limit?: number;
}

export interface MarkedPage<T> {
  readonly page: readonly T[];
  /** Truncated and NextMarker. */
  readonly fields: Fields;
}

/** One page of a list in a stable order; a marker names what came last. Throws InvalidMarkerException. */
export function paged<T>(
  call: Call,
  query: string,
  all: readonly T[],
  nameOf: (entry: T) => string,
  { Marker, Limit }: Marked,
  defaultLimit = 100,
): MarkedPage<T> {
  const { keyRing } = call.room;
  let start = 0;
  if (Marker !== undefined) {
    const after = markerOf(() => readPageToken(keyRing, [query, call.region], Marker));
    start = all.findIndex((entry) => nameOf(entry) === after) + 1;
  }
  const page = all.slice(start, start + (Limit ?? defaultLimit));
  const truncated = start + page.length < all.length;
  const NextMarker = truncated ? pageToken(keyRing, [query, call.region], nameOf(page.at(-1)!)) : undefined;
  return { page, fields: present({ Truncated: truncated, NextMarker }) };
}

function markerOf(read: () => string): string {
  try {
    return read();
  } catch {
    throw kmsError('InvalidMarkerException', 'The marker is not valid.');
  }
}
