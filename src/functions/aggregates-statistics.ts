/** Statistics: variances, deviations, correlation and regression, percentiles and mode. */
import { planError } from '../errors.ts';
import { comparator } from '../types/compare.ts';
import type { Interval } from '../types/datum.ts';
import { type Datum, SqlArray } from '../types/datum.ts';
import { Numeric } from '../types/numeric.ts';
import { numericSqrt } from '../types/numeric-math.ts';
import { TEXT } from '../types/registry.ts';
import { fold } from './aggregates-basic.ts';
import { Collector } from './aggregates-collecting.ts';
import { alike, arg, type AggregateTable } from './define.ts';
import { checkFloat } from './float-arithmetic.ts';
import type { Accumulator } from './function.ts';
import { addIntervals, multiplyInterval, subtractIntervals } from './interval-arithmetic.ts';

/** Sum and sum of squares, exact. */
interface Sums {
  readonly sum: Numeric;
  readonly squares: Numeric;
}

function asNumeric(value: Datum): Numeric {
  return value instanceof Numeric ? value : Numeric.fromBigInt(BigInt(value as number | bigint));
}

/** (N * sum of squares - sum squared) / (N * N) or / (N * (N - 1)), as numeric_stddev_internal. */
function numericVariance(state: Sums, count: number, sample: boolean): Numeric | null {
  if (count === 0 || (sample && count === 1)) return null;
  if (!state.sum.isFinite) return Numeric.NAN;
  const n = Numeric.fromBigInt(BigInt(count));
  const spread = n.mul(state.squares).sub(state.sum.mul(state.sum));
  if (spread.sign <= 0) return Numeric.ZERO;
  return spread.div(n.mul(sample ? n.sub(Numeric.ONE) : n));
}

function numericSpread(sample: boolean, root: boolean): AggregateTable[string] {
  return fold<Sums>(
    () => ({ sum: Numeric.ZERO, squares: Numeric.ZERO }),
    (state, value) => {
      const x = asNumeric(value);
      return { sum: state.sum.add(x), squares: state.squares.add(x.mul(x)) };
    },
    (state, count) => {
      const variance = numericVariance(state, count, sample);
      return variance === null || !root || variance.sign === 0 ? variance : numericSqrt(variance);
    },
  );
}

/** Youngs and Cramer's running sums of squared deviations, for one or two variables. */
class Deviations {
  count = 0;
  sumX = 0;
  sumY = 0;
  xx = 0;
  yy = 0;
  xy = 0;
  readonly #paired: boolean;

  constructor(paired: boolean) {
    this.#paired = paired;
  }

  add(y: number, x: number): void {
    const infinite = [this.sumX, this.sumY, x, y].some((value) => value === Infinity || value === -Infinity);
    this.count++;
    this.sumX += x;
    this.sumY += y;
    const n = this.count;
    if (n > 1) {
      const dx = x * n - this.sumX;
      const dy = y * n - this.sumY;
      const weight = n * (n - 1);
      this.xx += this.#share(dx * dx, weight);
      this.yy += this.#share(dy * dy, weight);
      this.xy += this.#share(dx * dy, weight);
      this.#settle(infinite);
    } else {
      // One NaN or infinity makes every deviation NaN.
      if (!Number.isFinite(x)) this.xx = this.xy = NaN;
      if (!Number.isFinite(y)) this.yy = this.xy = NaN;
    }
  }

  /** PostgreSQL divides for one variable and multiplies by the reciprocal for two; the last digit shows it. */
  #share(product: number, weight: number): number {
    return this.#paired ? product * (1 / weight) : product / weight;
  }

  /** An infinity that came in makes the deviations NaN; one that arose is an overflow. */
  #settle(infinite: boolean): void {
    for (const value of [this.sumX, this.xx, this.sumY, this.yy, this.xy]) checkFloat(value, infinite, true);
    if (!infinite) return;
    if (!Number.isFinite(this.xx)) this.xx = NaN;
    if (!Number.isFinite(this.yy)) this.yy = NaN;
    if (!Number.isFinite(this.xy)) this.xy = NaN;
  }
}

type Finish = (state: Deviations) => number | null;

/** An aggregate of (y, x) that skips rows with a NULL; with one argument y is left out. */
function deviations(finish: Finish): AggregateTable[string] {
  return {
    strict: true,
    make: (types) => () => {
      const state = new Deviations(types.args.length > 1);
      const accumulator: Accumulator = {
        add(args) {
          const first = arg(args, 0) as number;
          if (args.length > 1) state.add(first, arg(args, 1) as number);
          else state.add(0, first);
        },
        result: () => finish(state),
        bytes: 96,
      };
      return accumulator;
    },
  };
}

const population = (state: Deviations): number | null => (state.count === 0 ? null : state.xx / state.count);
const sample = (state: Deviations): number | null => (state.count < 2 ? null : state.xx / (state.count - 1));
const rootOf =
  (finish: Finish): Finish =>
  (state) => {
    const value = finish(state);
    return value === null ? null : Math.sqrt(value);
  };
const ifAny =
  (finish: (state: Deviations) => number | null): Finish =>
  (state) =>
    state.count === 0 ? null : finish(state);

const EXACT = ['int2', 'int4', 'int8', 'numeric'];
const FLOATS = ['float4', 'float8'];

/** Under one name and its alias, for exact and for floating types. */
function spread(names: readonly string[], isSample: boolean, root: boolean): AggregateTable {
  const finish = isSample ? sample : population;
  const signatures = (types: readonly string[]): string[] =>
    names.flatMap((name) => types.map((type) => `${name}(${type})`));
  return {
    ...alike(signatures(EXACT), numericSpread(isSample, root)),
    ...alike(signatures(FLOATS), deviations(root ? rootOf(finish) : finish)),
  };
}

const regression: AggregateTable = {
  'regr_count(float8,float8)': {
    strict: true,
    make: () =>
      fold(
        () => null,
        () => null,
        (_, count) => BigInt(count),
      ).make({ args: [], typmods: [], result: TEXT }),
  },
  'regr_sxx(float8,float8)': deviations(ifAny((s) => s.xx)),
  'regr_syy(float8,float8)': deviations(ifAny((s) => s.yy)),
  'regr_sxy(float8,float8)': deviations(ifAny((s) => s.xy)),
  'regr_avgx(float8,float8)': deviations(ifAny((s) => s.sumX / s.count)),
  'regr_avgy(float8,float8)': deviations(ifAny((s) => s.sumY / s.count)),
  'regr_r2(float8,float8)': deviations(
    ifAny((s) => (s.xx === 0 ? null : s.yy === 0 ? 1 : (s.xy * s.xy) / (s.xx * s.yy))),
  ),
  'regr_slope(float8,float8)': deviations(ifAny((s) => (s.xx === 0 ? null : s.xy / s.xx))),
  'regr_intercept(float8,float8)': deviations(
    ifAny((s) => (s.xx === 0 ? null : (s.sumY - (s.sumX * s.xy) / s.xx) / s.count)),
  ),
  'corr(float8,float8)': deviations(
    ifAny((s) => (s.xx === 0 || s.yy === 0 ? null : s.xy / Math.sqrt(s.xx * s.yy))),
  ),
  'covar_pop(float8,float8)': deviations(ifAny((s) => s.xy / s.count)),
  'covar_samp(float8,float8)': deviations((s) => (s.count < 2 ? null : s.xy / (s.count - 1))),
};

/** Values of a WITHIN GROUP aggregate in their order, and the direct argument in front. */
interface Ordered {
  readonly direct: Datum;
  readonly value: Datum;
}

/** Rows come sorted; NULLs among them do not count. */
function ordered(finish: (direct: Datum, values: readonly Datum[]) => Datum): AggregateTable[string] {
  return {
    strict: false,
    make: () => () =>
      new Collector<Ordered>(
        (args) => (arg(args, 1) === null ? undefined : { direct: arg(args, 0), value: arg(args, 1) }),
        (rows) =>
          rows.length === 0
            ? null
            : finish(
                rows[0]?.direct ?? null,
                rows.map((row) => row.value),
              ),
      ),
  };
}

function checkFraction(fraction: number): void {
  if (!(fraction >= 0 && fraction <= 1))
    throw planError(`percentile value ${String(fraction)} is not between 0 and 1`);
}

type Percentile = (fraction: number, values: readonly Datum[]) => Datum;

const discrete: Percentile = (fraction, values) =>
  values[Math.max(Math.ceil(fraction * values.length) - 1, 0)] ?? null;

/** Interpolates between the two values nearest to the fraction. */
function continuous(interpolate: (low: Datum, high: Datum, share: number) => Datum): Percentile {
  return (fraction, values) => {
    const position = fraction * (values.length - 1);
    const low = values[Math.floor(position)] ?? null;
    const high = values[Math.ceil(position)] ?? null;
    return low === high ? low : interpolate(low, high, position - Math.floor(position));
  };
}

const continuousFloat = continuous(
  (low, high, share) => (low as number) + share * ((high as number) - (low as number)),
);
const continuousInterval = continuous((low, high, share) =>
  addIntervals(
    low as Interval,
    multiplyInterval(subtractIntervals(high as Interval, low as Interval), share),
  ),
);

const one = (percentile: Percentile): AggregateTable[string] =>
  ordered((fraction, values) => {
    if (fraction === null) return null;
    checkFraction(fraction as number);
    return percentile(fraction as number, values);
  });

const several = (percentile: Percentile): AggregateTable[string] =>
  ordered((fractions, values) => {
    if (fractions === null) return null;
    const array = fractions as SqlArray;
    const results = array.elements.map((fraction) => {
      if (fraction === null) return null;
      checkFraction(fraction as number);
      return percentile(fraction as number, values);
    });
    return new SqlArray(results, array.dims, array.lowerBounds);
  });

/** The most frequent value, the first in order among equals. */
const mode: AggregateTable[string] = {
  strict: true,
  make(types) {
    const compare = comparator(types.args[0] ?? types.result);
    return () =>
      new Collector<Datum>(
        (args) => arg(args, 0),
        (values) => {
          let best: Datum = null;
          let bestCount = 0;
          for (let i = 0; i < values.length;) {
            let end = i + 1;
            while (end < values.length && compare(values[i] ?? null, values[end] ?? null) === 0) end++;
            if (end - i > bestCount) {
              best = values[i] ?? null;
              bestCount = end - i;
            }
            i = end;
          }
          return best;
        },
      );
  },
};

export const statisticsAggregates: AggregateTable = {
  ...spread(['var_pop'], false, false),
  ...spread(['var_samp', 'variance'], true, false),
  ...spread(['stddev_pop'], false, true),
  ...spread(['stddev_samp', 'stddev'], true, true),
  ...regression,
  'percentile_disc(float8,anyelement)': one(discrete),
  'percentile_disc(_float8,anyelement)': several(discrete),
  'percentile_cont(float8,float8)': one(continuousFloat),
  'percentile_cont(_float8,float8)': several(continuousFloat),
  'percentile_cont(float8,interval)': one(continuousInterval),
  'percentile_cont(_float8,interval)': several(continuousInterval),
  'mode(anyelement)': mode,
};
