/** Equalities that find rows by an index instead of reading them all. */
import type { RelationIndex } from '../../relations/relation.ts';
import type { Expr } from '../expr.ts';
import { isVolatile, some } from '../expr-walk.ts';
import type { Lookup, Scan } from '../plan/nodes.ts';
import { tableIndex } from '../run/table-rows.ts';
import { alike, bare, equalityOf, within, type Slots } from './conjuncts.ts';
import { exactPattern } from './exact-pattern.ts';

/** A column and the value it must have. */
interface KeyValue {
  readonly column: number;
  readonly value: Expr;
}

/** The value that a condition gives a column of the scan; `known`: slots whose rows are there before the scan runs. */
function keyValue(condition: Expr, scan: Scan, known: Slots): KeyValue | null {
  const sides = equalityOf(condition) ?? exactPattern(condition);
  if (sides === null) return null;
  return keyOf(sides.left, sides.right, scan, known) ?? keyOf(sides.right, sides.left, scan, known);
}

function keyOf(column: Expr, value: Expr, scan: Scan, known: Slots): KeyValue | null {
  const target = bare(column);
  if (target.kind !== 'var' || target.slot !== scan.slot || target.col >= scan.relation.columns.length) {
    return null;
  }
  if (!within(value, known) || isVolatile(value)) return null;
  const key = bare(value);
  if (alike(target.type, key.type)) return { column: target.col, value: key };
  return target.type === key.type ? { column: target.col, value: key } : null;
}

/** Does the value change from one run of the scan to the next within a statement? */
function varies(value: Expr, known: Slots): boolean {
  return some(
    value,
    (part) =>
      part.kind === 'outer' || ((part.kind === 'var' || part.kind === 'wholeRow') && known.has(part.slot)),
  );
}

/** `column = ANY (array)` and `column IN (...)` by an index of that column alone. */
function anyLookup(scan: Scan, conditions: readonly Expr[], known: Slots): Lookup | null {
  const { from, columns } = scan.relation;
  if (from.kind !== 'system') return null;
  for (const condition of conditions) {
    if (condition.kind !== 'arrayCompare' || condition.all || condition.hashType === null) continue;
    const target = bare(condition.left);
    if (target.kind !== 'var' || target.slot !== scan.slot) continue;
    const { element, kind } = condition.array.type;
    if (kind !== 'array' || element === undefined || !alike(target.type, element)) continue;
    if (!within(condition.array, known) || isVolatile(condition.array)) continue;
    const index = from.relation.indexes?.find(
      (candidate) => candidate.columns.length === 1 && candidate.columns[0] === columns[target.col]?.name,
    );
    if (index !== undefined) {
      return { index, columns: [target.col], keys: [condition.array], anyElement: true };
    }
  }
  return null;
}

/** The best access by equality for a scan under these conditions; null when all rows have to be read. */
export function chooseLookup(scan: Scan, conditions: readonly Expr[], known: Slots): Lookup | null {
  const values = new Map<number, Expr>();
  for (const condition of conditions) {
    const found = keyValue(condition, scan, known);
    if (found !== null && !values.has(found.column)) values.set(found.column, found.value);
  }
  const byIndex = chooseIndex(scan, values) ?? anyLookup(scan, conditions, known);
  if (byIndex !== null || values.size === 0) return byIndex;
  const varying = [...values].filter(([, value]) => varies(value, known));
  if (varying.length === 0) return byColumn(scan, values);
  // The same scan comes again with other values: a hash table of the query's own pays.
  return {
    index: null,
    columns: varying.map(([column]) => column),
    keys: varying.map(([, value]) => value),
  };
}

/** Access to a table by the value of a column, which the next query that asks for one may profit from. */
function byColumn({ relation }: Scan, values: ReadonlyMap<number, Expr>): Lookup | null {
  const [first] = values;
  if (first === undefined || relation.from.kind !== 'table') return null;
  const [column, value] = first;
  return { index: tableIndex(relation, column), columns: [column], keys: [value] };
}

function chooseIndex({ relation }: Scan, values: ReadonlyMap<number, Expr>): Lookup | null {
  if (relation.from.kind !== 'system') return null;
  let best: { readonly index: RelationIndex; readonly columns: readonly number[] } | null = null;
  for (const index of relation.from.relation.indexes ?? []) {
    const columns = index.columns.map((name) => relation.columns.findIndex((column) => column.name === name));
    if (!columns.every((column) => values.has(column))) continue;
    if (best === null || columns.length > best.columns.length) best = { index, columns };
  }
  if (best === null) return null;
  return {
    index: best.index,
    columns: best.columns,
    keys: best.columns.map((column) => values.get(column)!),
  };
}
