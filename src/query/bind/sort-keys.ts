/** ORDER BY items: direction, NULLs, and whether values of the type have an order at all. */
import type { Node, SortBy } from '@pgsql/types';
import { planError } from '../../errors.ts';
import { isComparable } from '../../types/compare.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { Expr, SortKey } from '../expr.ts';
import { settleUnknown } from './coerce.ts';
import type { Level } from './level.ts';
import { operatorName } from './predicates.ts';

/** Direction of an item; NULLs come last in ascending order and first in descending, unless told otherwise. */
export function sortDirection(node: SortBy): { readonly descending: boolean; readonly nullsFirst: boolean } {
  let descending = node.sortby_dir === 'SORTBY_DESC';
  if (node.sortby_dir === 'SORTBY_USING') {
    const name = operatorName(node.useOp);
    if (name !== '<' && name !== '>') {
      throw planError(`operator ${name} is not a valid ordering operator`, {
        hint: 'Ordering operators must be "<" or ">" members of btree operator families.',
      });
    }
    descending = name === '>';
  }
  const { sortby_nulls } = node;
  const nullsFirst =
    sortby_nulls === 'SORTBY_NULLS_FIRST' || (sortby_nulls !== 'SORTBY_NULLS_LAST' && descending);
  return { descending, nullsFirst };
}

/** An ORDER BY item inside a call or a window: always an expression. */
export function bindSortKey(level: Level, node: SortBy, bind: (node: Node) => Expr): SortKey {
  const expr = settleUnknown(level.binding, bind(node.node!));
  requireOrder(expr.type);
  return { expr, ...sortDirection(node) };
}

export function requireOrder(type: SqlType): void {
  if (isComparable(type)) return;
  throw planError(`could not identify an ordering operator for type ${type.displayName}`, {
    hint: 'Use an explicit ordering operator or modify the query.',
  });
}

export function requireEquality(type: SqlType): void {
  if (isComparable(type)) return;
  throw planError(`could not identify an equality operator for type ${type.displayName}`);
}
