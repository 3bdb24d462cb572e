/** `a[1]`, `a[1:2]` on arrays and lists, `m['key']` on maps and jsonb. */
import { planError } from '../../errors.ts';
import type { SqlMap } from '../../types/datum.ts';
import { Jsonb, SqlArray, SqlList, type Datum, type JsonbValue } from '../../types/datum.ts';
import type { Expr, Subscript } from '../expr.ts';
import type { Eval } from './compile.ts';

type Compile = (expr: Expr) => Eval;
type Bounds = readonly { readonly lower: Datum | undefined; readonly upper: Datum | undefined }[];

/** The closure of a subscript. */
export function compileSubscript(expr: Subscript, compile: Compile): Eval {
  const arg = compile(expr.arg);
  const bounds = expr.indices.map(({ lower, upper }) => ({
    lower: lower && compile(lower),
    upper: upper && compile(upper),
  }));
  const pick = picker(expr);
  return (frame, level) => {
    const value = arg(frame, level);
    if (value === null) return null;
    const at = bounds.map(({ lower, upper }) => ({
      lower: lower?.(frame, level),
      upper: upper?.(frame, level),
    }));
    if (at.some(({ lower, upper }) => lower === null || upper === null)) return null;
    return pick(value, at);
  };
}

function picker(expr: Subscript): (value: Datum, bounds: Bounds) => Datum {
  switch (expr.arg.type.kind) {
    case 'list':
      return expr.slice ? sliceList : (value, bounds) => listElement(value as SqlList, bounds);
    case 'map':
      return (value, bounds) => (value as SqlMap).entries.get(bounds[0]?.upper as string) ?? null;
    default:
      if (expr.arg.type.name === 'jsonb') return jsonbElement;
      return expr.slice ? sliceArray : (value, bounds) => arrayElement(value as SqlArray, bounds);
  }
}

function arrayElement(array: SqlArray, bounds: Bounds): Datum {
  if (bounds.length !== array.dims.length) return null;
  let offset = 0;
  for (let i = 0; i < bounds.length; i++) {
    const size = array.dims[i]!;
    const at = Number(bounds[i]!.upper) - array.lowerBounds[i]!;
    if (at < 0 || at >= size) return null;
    offset = offset * size + at;
  }
  return array.elements[offset] ?? null;
}

/** PostgreSQL's array_get_slice: bounds are cut to the array's own; what is missing is whole; outside is empty. */
function sliceArray(value: Datum, bounds: Bounds): Datum {
  const array = value as SqlArray;
  const { dims, lowerBounds } = array;
  if (bounds.length > dims.length) return new SqlArray([]);
  const ranges: { from: number; to: number }[] = [];
  for (let i = 0; i < dims.length; i++) {
    const first = lowerBounds[i]!;
    const last = first + dims[i]! - 1;
    const bound = bounds[i];
    const from = bound?.lower === undefined ? first : Math.max(Number(bound.lower), first);
    const to = bound?.upper === undefined ? last : Math.min(Number(bound.upper), last);
    if (from > to) return new SqlArray([]);
    ranges.push({ from: from - first, to: to - first });
  }
  const elements: Datum[] = [];
  collect(array, ranges, 0, 0, elements);
  const sizes = ranges.map(({ from, to }) => to - from + 1);
  return new SqlArray(
    elements,
    sizes,
    sizes.map(() => 1),
  );
}

function collect(
  array: SqlArray,
  ranges: readonly { readonly from: number; readonly to: number }[],
  depth: number,
  offset: number,
  into: Datum[],
): void {
  const range = ranges[depth];
  if (range === undefined) {
    into.push(array.elements[offset] ?? null);
    return;
  }
  for (let i = range.from; i <= range.to; i++) {
    collect(array, ranges, depth + 1, offset * array.dims[depth]! + i, into);
  }
}

function listElement(list: SqlList, bounds: Bounds): Datum {
  let value: Datum = list;
  for (const { upper } of bounds) {
    if (value === null) return null;
    value = (value as SqlList).elements[Number(upper) - 1] ?? null;
  }
  return value;
}

function sliceList(value: Datum, bounds: Bounds): Datum {
  const cut = (list: SqlList, depth: number): SqlList => {
    const bound = bounds[depth];
    if (bound === undefined) return list;
    const from = bound.lower === undefined ? 1 : Math.max(1, Number(bound.lower));
    const to = bound.upper === undefined ? list.elements.length : Number(bound.upper);
    const part = list.elements.slice(from - 1, Math.max(from - 1, to));
    return new SqlList(part.map((item) => (item instanceof SqlList ? cut(item, depth + 1) : item)));
  };
  return cut(value as SqlList, 0);
}

/** jsonb subscripts: text keys of objects, positions of arrays (negative from the end); anything else is NULL. */
function jsonbElement(value: Datum, bounds: Bounds): Datum {
  let json: JsonbValue | undefined = (value as Jsonb).value;
  for (const { upper } of bounds) {
    if (json instanceof Map) json = (json as ReadonlyMap<string, JsonbValue>).get(String(upper));
    else if (Array.isArray(json)) {
      const index = Number(upper);
      if (!Number.isInteger(index)) return null;
      json = (json as readonly JsonbValue[]).at(index);
    } else return null;
    if (json === undefined) return null;
  }
  if (json === undefined) throw planError('invalid jsonb subscript');
  return new Jsonb(json);
}
