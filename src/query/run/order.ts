/** Comparing rows by columns, for ORDER BY and everything that sorts. */
import { comparator } from '../../types/compare.ts';
import type { Datum, Row } from '../../types/datum.ts';
import type { SqlType } from '../../types/sql-type.ts';

export interface OrderSpec {
  readonly column: number;
  readonly type: SqlType;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** The order of two values, NULL among them. */
export function valueOrder(
  type: SqlType,
  descending: boolean,
  nullsFirst: boolean,
): (a: Datum, b: Datum) => number {
  const compare = comparator(type);
  const nullSide = nullsFirst ? -1 : 1;
  const sign = descending ? -1 : 1;
  return (a, b) => {
    if (a === null) return b === null ? 0 : nullSide;
    if (b === null) return -nullSide;
    return compare(a, b) * sign;
  };
}

/** The order of two rows. */
export function rowOrder(specs: readonly OrderSpec[]): (a: Row, b: Row) => number {
  const parts = specs.map((spec) => ({
    column: spec.column,
    compare: valueOrder(spec.type, spec.descending, spec.nullsFirst),
  }));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) {
    const { column, compare } = only;
    return (a, b) => compare(a[column]!, b[column]!);
  }
  return (a, b) => {
    for (const { column, compare } of parts) {
      const order = compare(a[column]!, b[column]!);
      if (order !== 0) return order;
    }
    return 0;
  };
}
