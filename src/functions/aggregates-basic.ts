/** Aggregates with one running value: count, sum, avg, min, max, booleans and bits. */
import type { Interval } from '../types/datum.ts';
import { comparator } from '../types/compare.ts';
import type { Datum } from '../types/datum.ts';
import { Numeric } from '../types/numeric.ts';
import { datumBytes } from './datum-size.ts';
import { alike, arg, type AggregateTable } from './define.ts';
import { checkFloat } from './float-arithmetic.ts';
import type { Accumulator } from './function.ts';
import { checkInt8 } from './integer-arithmetic.ts';
import { addIntervals, divideInterval } from './interval-arithmetic.ts';

/** Bytes of a state that does not grow. */
const FIXED = 64;

/** An aggregate that folds its argument into one value and never sees NULL. */
export function fold<T>(
  start: () => T,
  step: (state: T, value: Datum) => T,
  finish: (state: T, count: number) => Datum,
): AggregateTable[string] {
  return {
    strict: true,
    make: () => () => {
      let state = start();
      let count = 0;
      return {
        add(args) {
          state = step(state, arg(args, 0));
          count++;
        },
        result: () => finish(state, count),
        bytes: FIXED,
      };
    },
  };
}

/** NULL for no rows, else the finished state. */
const orNull =
  <T>(finish: (state: T, count: number) => Datum) =>
  (state: T, count: number): Datum =>
    count === 0 ? null : finish(state, count);

const countRows: AggregateTable[string] = fold(
  () => null,
  () => null,
  (_, count) => BigInt(count),
);

const sumSmall = fold(
  () => 0n,
  (sum, value) => sum + BigInt(value as number),
  orNull((sum) => checkInt8(sum)),
);
const sumBig = fold(
  () => 0n,
  (sum, value) => sum + (value as bigint),
  orNull((sum) => Numeric.fromBigInt(sum)),
);
const sumNumeric = fold(
  () => Numeric.ZERO,
  (sum, value) => sum.add(value as Numeric),
  orNull((sum) => sum),
);

function addFloat(sum: number, value: Datum): number {
  const next = value as number;
  return checkFloat(sum + next, !Number.isFinite(sum) || !Number.isFinite(next), true);
}
const sumDouble = fold(
  () => 0,
  addFloat,
  orNull((sum) => sum),
);
const sumSingle = fold(
  () => 0,
  (sum, value) => Math.fround(addFloat(sum, value)),
  orNull((sum) => sum),
);

const averageOf = (sum: bigint, count: number): Numeric =>
  Numeric.fromBigInt(sum).div(Numeric.fromBigInt(BigInt(count)));
const averageInteger = fold(
  () => 0n,
  (sum, value) => sum + BigInt(value as number | bigint),
  orNull(averageOf),
);
const averageNumeric = fold(
  () => Numeric.ZERO,
  (sum, value) => sum.add(value as Numeric),
  orNull((sum, count) => sum.div(Numeric.fromBigInt(BigInt(count)))),
);
const averageFloat = fold(
  () => 0,
  addFloat,
  orNull((sum, count) => sum / count),
);

const sumInterval = fold<Interval | null>(
  () => null,
  (sum, value) => (sum === null ? (value as Interval) : addIntervals(sum, value as Interval)),
  (sum) => sum,
);
const averageInterval = fold<Interval | null>(
  () => null,
  (sum, value) => (sum === null ? (value as Interval) : addIntervals(sum, value as Interval)),
  (sum, count) => (sum === null ? null : divideInterval(sum, count)),
);

/** min (-1) and max (1) by the type's own order. */
function extreme(direction: -1 | 1): AggregateTable[string] {
  return {
    strict: true,
    make(types) {
      const compare = comparator(types.args[0] ?? types.result);
      return () => new Extreme(compare, direction);
    },
  };
}

class Extreme implements Accumulator {
  readonly #compare: (a: Datum, b: Datum) => number;
  readonly #direction: number;
  #best: Datum = null;

  constructor(compare: (a: Datum, b: Datum) => number, direction: number) {
    this.#compare = compare;
    this.#direction = direction;
  }

  add(args: readonly Datum[]): void {
    const value = arg(args, 0);
    if (this.#best === null || this.#compare(value, this.#best) * this.#direction > 0) this.#best = value;
  }

  result(): Datum {
    return this.#best;
  }

  get bytes(): number {
    return FIXED + datumBytes(this.#best);
  }
}

const ORDERED =
  'anyarray int8 int4 int2 oid float4 float8 date time timetz timestamp timestamptz interval text numeric bpchar tid pg_lsn'.split(
    ' ',
  );
const signatures = (name: string): readonly string[] => ORDERED.map((type) => `${name}(${type})`);

function boolean(start: boolean, stop: boolean): AggregateTable[string] {
  return fold(
    () => start,
    (state, value) => (value === stop ? stop : state),
    orNull((state) => state),
  );
}
const every = boolean(true, false);

type Bits = (a: bigint, b: bigint) => bigint;
const BITS: Readonly<Record<string, Bits>> = {
  bit_and: (a, b) => a & b,
  bit_or: (a, b) => a | b,
  bit_xor: (a, b) => a ^ b,
};

function bits(combine: Bits, wide: boolean): AggregateTable[string] {
  return fold<bigint | null>(
    () => null,
    (state, value) => {
      const next = BigInt(value as number | bigint);
      return state === null ? next : combine(state, next);
    },
    (state) => (state === null ? null : wide ? state : Number(state)),
  );
}

const bitAggregates: AggregateTable = Object.fromEntries(
  Object.entries(BITS).flatMap(([name, combine]) =>
    ['int2', 'int4', 'int8'].map((type) => [`${name}(${type})`, bits(combine, type === 'int8')] as const),
  ),
);

export const basicAggregates: AggregateTable = {
  'count()': countRows,
  'count(any)': countRows,
  ...alike(['sum(int2)', 'sum(int4)'], sumSmall),
  'sum(int8)': sumBig,
  'sum(numeric)': sumNumeric,
  'sum(float4)': sumSingle,
  'sum(float8)': sumDouble,
  'sum(interval)': sumInterval,
  ...alike(['avg(int2)', 'avg(int4)', 'avg(int8)'], averageInteger),
  'avg(numeric)': averageNumeric,
  ...alike(['avg(float4)', 'avg(float8)'], averageFloat),
  'avg(interval)': averageInterval,
  ...alike(signatures('min'), extreme(-1)),
  ...alike(signatures('max'), extreme(1)),
  ...alike(['bool_and(bool)', 'every(bool)'], every),
  'bool_or(bool)': boolean(false, true),
  ...bitAggregates,
};

/** min and max for Materialize's own types, and for those PostgreSQL 15 cannot take the least of. */
export const extremes = { min: extreme(-1), max: extreme(1), sumSmall, sumBig, averageInteger };
