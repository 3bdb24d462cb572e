/** Aggregates that keep what they see: string_agg, array_agg, list_agg, map_agg. */
import { planError } from '../errors.ts';
import { type Datum, SqlArray, SqlList, SqlMap } from '../types/datum.ts';
import { compareText } from '../types/text-order.ts';
import { datumBytes } from './datum-size.ts';
import { arg, type AggregateTable } from './define.ts';
import type { Accumulator } from './function.ts';
import { checkLength } from './text-units.ts';

/** Collects what `take` makes of each row and hands the lot to `finish`. */
export class Collector<T> implements Accumulator {
  readonly #values: T[] = [];
  readonly #take: (args: readonly Datum[]) => T | undefined;
  readonly #finish: (values: readonly T[]) => Datum;
  bytes = 64;

  constructor(take: (args: readonly Datum[]) => T | undefined, finish: (values: readonly T[]) => Datum) {
    this.#take = take;
    this.#finish = finish;
  }

  add(args: readonly Datum[]): void {
    const value = this.#take(args);
    if (value === undefined) return;
    this.#values.push(value);
    this.bytes += 16;
    for (const part of args) this.bytes += datumBytes(part);
  }

  /** Over a window more rows may follow, so nothing may hold on to the list itself. */
  result(): Datum {
    return this.#finish(this.#values.slice());
  }
}

/** Value and the delimiter in front of it; a NULL value is no row, a NULL delimiter is empty. */
type Delimited<T> = readonly [value: T, delimiter: T | null];

function delimited<T extends Datum>(args: readonly Datum[]): Delimited<T> | undefined {
  const value = arg(args, 0);
  return value === null ? undefined : [value as T, arg(args, 1) as T | null];
}

function joinTexts(parts: readonly Delimited<string>[]): Datum {
  if (parts.length === 0) return null;
  checkLength(parts.reduce((sum, [value, delimiter]) => sum + value.length + (delimiter?.length ?? 0), 0));
  return parts.map(([value, delimiter], i) => (i === 0 ? value : (delimiter ?? '') + value)).join('');
}

function joinBytes(parts: readonly Delimited<Uint8Array>[]): Datum {
  if (parts.length === 0) return null;
  checkLength(parts.reduce((sum, [value, delimiter]) => sum + value.length + (delimiter?.length ?? 0), 0));
  return Buffer.concat(
    parts.flatMap(([value, delimiter], i) => (i === 0 || delimiter === null ? [value] : [delimiter, value])),
  );
}

/** Arrays of one shape become one array of a dimension more. */
function stackArrays(arrays: readonly (SqlArray | null)[]): Datum {
  const [first] = arrays;
  if (first === undefined) return null;
  for (const array of arrays) {
    if (array === null) throw planError('cannot accumulate null arrays');
    if (array.dims.length === 0) throw planError('cannot accumulate empty arrays');
    if (array.dims.join() !== first?.dims.join())
      throw planError('cannot accumulate arrays of different dimensionality');
  }
  const parts = arrays as readonly SqlArray[];
  return new SqlArray(
    parts.flatMap((array) => array.elements),
    [parts.length, ...(first?.dims ?? [])],
    [1, ...(first?.lowerBounds ?? [])],
  );
}

const anyValue = (args: readonly Datum[]): Datum => arg(args, 0);

export const collectingAggregates: AggregateTable = {
  'string_agg(text,text)': { strict: false, make: () => () => new Collector(delimited<string>, joinTexts) },
  'string_agg(bytea,bytea)': {
    strict: false,
    make: () => () => new Collector(delimited<Uint8Array>, joinBytes),
  },
  'array_agg(anynonarray)': {
    strict: false,
    make: () => () =>
      new Collector(anyValue, (values) => (values.length === 0 ? null : new SqlArray(values))),
  },
  'array_agg(anyarray)': {
    strict: false,
    make: () => () => new Collector((args) => anyValue(args) as SqlArray | null, stackArrays),
  },
};

/** list_agg(anyelement): NULL elements are kept; no rows give NULL. */
export const listAggregate: AggregateTable[string] = {
  strict: false,
  make: () => () => new Collector(anyValue, (values) => (values.length === 0 ? null : new SqlList(values))),
};

/** map_agg(text, anyelement): a NULL key is left out, the last value of a key stays. */
export const mapAggregate: AggregateTable[string] = {
  strict: false,
  make: () => () =>
    new Collector<readonly [string, Datum]>(
      (args) => (arg(args, 0) === null ? undefined : [arg(args, 0) as string, arg(args, 1)]),
      (pairs) =>
        pairs.length === 0
          ? null
          : new SqlMap(new Map([...new Map(pairs)].sort(([a], [b]) => compareText(a, b)))),
    ),
};
