/** Making ranges: bounds in order, empty ranges recognised, discrete ranges in their canonical `[)` form. */
import { planError } from '../errors.ts';
import { checkDate, dateOutOfRange } from './calendar.ts';
import { comparator } from './compare.ts';
import { type Datum, SqlRange } from './datum.ts';
import { outOfRange } from './input-error.ts';
import { INTEGER_BOUNDS } from './integer-text.ts';
import { DATE, INT4, INT8 } from './registry.ts';
import type { SqlType } from './sql-type.ts';

export const EMPTY_RANGE = new SqlRange(null, null, false, false, true);

/** Next value of a discrete element type; undefined for continuous types. */
function successor(element: SqlType): ((value: Datum) => Datum) | undefined {
  if (element === INT4) {
    return (value) => {
      if (value === 2147483647) throw outOfRange('2147483648', 'integer');
      return (value as number) + 1;
    };
  }
  if (element === INT8) {
    return (value) => {
      if (value === INTEGER_BOUNDS.int8.max) throw outOfRange('9223372036854775808', 'bigint');
      return (value as bigint) + 1n;
    };
  }
  if (element !== DATE) return undefined;
  return (value) => {
    const day = value as number;
    if (!Number.isFinite(day)) return day;
    if (Number.isNaN(day)) throw dateOutOfRange();
    return checkDate(day + 1);
  };
}

/**
 * A range of `type`. Throws SqlError when the lower bound is above the upper. A null bound is unbounded and never
 * inclusive.
 */
export function makeRange(
  type: SqlType,
  lower: Datum,
  upper: Datum,
  lowerInclusive: boolean,
  upperInclusive: boolean,
): SqlRange {
  const element = type.element ?? type;
  let range = new SqlRange(lower, upper, lowerInclusive && lower !== null, upperInclusive && upper !== null);
  if (lower !== null && upper !== null) {
    const order = comparator(element)(lower, upper);
    if (order > 0) throw planError('range lower bound must be less than or equal to range upper bound');
    if (order === 0 && !(range.lowerInclusive && range.upperInclusive)) return EMPTY_RANGE;
  }
  const next = successor(element);
  if (next === undefined) return range;
  if (!range.lowerInclusive && range.lower !== null && range.lower !== -Infinity) {
    range = new SqlRange(next(range.lower), range.upper, range.lower !== null, range.upperInclusive);
  }
  if (range.upperInclusive && range.upper !== null && range.upper !== Infinity) {
    range = new SqlRange(range.lower, next(range.upper), range.lowerInclusive, false);
  }
  if (range.lower !== null && range.upper !== null && comparator(element)(range.lower, range.upper) >= 0) {
    return range.lowerInclusive && range.upperInclusive ? range : EMPTY_RANGE;
  }
  return range;
}
