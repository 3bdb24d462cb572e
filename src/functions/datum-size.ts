/** Rough size of values in memory, for the limits of queries and aggregates. */
import type { Datum } from '../types/datum.ts';

/** Approximate bytes of a value held in memory. */
export function datumBytes(datum: Datum): number {
  if (typeof datum === 'string') return 16 + datum.length * 2;
  if (datum instanceof Uint8Array) return 32 + datum.length;
  if (datum !== null && typeof datum === 'object') {
    if ('elements' in datum)
      return datum.elements.reduce<number>((sum, element) => sum + datumBytes(element), 48);
    return 64;
  }
  return 16;
}
