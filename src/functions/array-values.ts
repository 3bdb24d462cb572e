/** Making and reading array datums in functions. */
import { type Datum, SqlArray } from '../types/datum.ts';

/** A one-dimensional array; empty has no dimensions. */
export function textArray(values: readonly (string | null)[]): SqlArray {
  return new SqlArray(values);
}

export const EMPTY_ARRAY = new SqlArray([]);

/** The texts of a text[] whose elements must not be NULL where `onNull` throws. */
export function textsOf(array: SqlArray, onNull: () => never): string[] {
  return array.elements.map((element: Datum) => (typeof element === 'string' ? element : onNull()));
}
