/** Functions and operators of ranges, and their constructors. Behaviour: PostgreSQL 15, "Range Functions and Operators". */
import { planError } from '../errors.ts';
import { comparator } from '../types/compare.ts';
import type { SqlRange } from '../types/datum.ts';
import { type Datum } from '../types/datum.ts';
import { EMPTY_RANGE, makeRange } from '../types/range.ts';
import { INT4RANGE, typeByName } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { fold } from './aggregates-basic.ts';
import { alike, arg, forTypes, made, type AggregateTable, type Made, type ScalarTable } from './define.ts';
import type { CallTypes } from './function.ts';

/** One end of a range with what decides its order against other ends. */
interface Bound {
  readonly value: Datum;
  readonly inclusive: boolean;
  readonly lower: boolean;
}

const lowerOf = (range: SqlRange): Bound => ({
  value: range.lower,
  inclusive: range.lowerInclusive,
  lower: true,
});
const upperOf = (range: SqlRange): Bound => ({
  value: range.upper,
  inclusive: range.upperInclusive,
  lower: false,
});

/** The algebra of ranges over one element type. */
class RangeAlgebra {
  readonly #compare: (a: Datum, b: Datum) => number;
  readonly #type: SqlType;

  constructor(type: SqlType) {
    this.#type = type;
    this.#compare = comparator(type.element ?? type);
  }

  /** range_cmp_bounds: unbounded ends are furthest out; an exclusive end lies a hair inside its value. */
  order(a: Bound, b: Bound): number {
    if (a.value === null || b.value === null) {
      const place = (bound: Bound): number => (bound.value !== null ? 0 : bound.lower ? -1 : 1);
      return place(a) - place(b);
    }
    const order = this.#compare(a.value, b.value);
    if (order !== 0) return order;
    const shift = (bound: Bound): number => (bound.inclusive ? 0 : bound.lower ? 1 : -1);
    return shift(a) - shift(b);
  }

  make(lower: Bound, upper: Bound): SqlRange {
    return makeRange(this.#type, lower.value, upper.value, lower.inclusive, upper.inclusive);
  }

  contains(range: SqlRange, value: Datum): boolean {
    if (range.empty) return false;
    if (range.lower !== null) {
      const order = this.#compare(value, range.lower);
      if (order < 0 || (order === 0 && !range.lowerInclusive)) return false;
    }
    if (range.upper === null) return true;
    const order = this.#compare(value, range.upper);
    return order < 0 || (order === 0 && range.upperInclusive);
  }

  covers(a: SqlRange, b: SqlRange): boolean {
    if (b.empty) return true;
    return !a.empty && this.order(lowerOf(a), lowerOf(b)) <= 0 && this.order(upperOf(a), upperOf(b)) >= 0;
  }

  overlap(a: SqlRange, b: SqlRange): boolean {
    if (a.empty || b.empty) return false;
    return this.order(lowerOf(a), upperOf(b)) <= 0 && this.order(lowerOf(b), upperOf(a)) <= 0;
  }

  before(a: SqlRange, b: SqlRange): boolean {
    return !a.empty && !b.empty && this.order(upperOf(a), lowerOf(b)) < 0;
  }

  /** Nothing between an upper and a lower end, and nothing shared. */
  #meets(upper: Bound, lower: Bound): boolean {
    if (upper.value === null || lower.value === null) return false;
    const order = this.#compare(upper.value, lower.value);
    if (order === 0) return upper.inclusive !== lower.inclusive;
    if (order > 0) return false;
    // For discrete types what lies between may be empty.
    return makeRange(this.#type, upper.value, lower.value, !upper.inclusive, !lower.inclusive).empty;
  }

  adjacent(a: SqlRange, b: SqlRange): boolean {
    if (a.empty || b.empty) return false;
    return this.#meets(upperOf(a), lowerOf(b)) || this.#meets(upperOf(b), lowerOf(a));
  }

  #extent(a: SqlRange, b: SqlRange): SqlRange {
    const lower = this.order(lowerOf(a), lowerOf(b)) <= 0 ? lowerOf(a) : lowerOf(b);
    const upper = this.order(upperOf(a), upperOf(b)) >= 0 ? upperOf(a) : upperOf(b);
    return this.make(lower, upper);
  }

  merge(a: SqlRange, b: SqlRange): SqlRange {
    return a.empty ? b : b.empty ? a : this.#extent(a, b);
  }

  union(a: SqlRange, b: SqlRange): SqlRange {
    if (a.empty || b.empty) return a.empty ? b : a;
    if (!this.overlap(a, b) && !this.adjacent(a, b))
      throw planError('result of range union would not be contiguous');
    return this.#extent(a, b);
  }

  intersect(a: SqlRange, b: SqlRange): SqlRange {
    if (!this.overlap(a, b)) return EMPTY_RANGE;
    const lower = this.order(lowerOf(a), lowerOf(b)) >= 0 ? lowerOf(a) : lowerOf(b);
    const upper = this.order(upperOf(a), upperOf(b)) <= 0 ? upperOf(a) : upperOf(b);
    return this.make(lower, upper);
  }

  minus(a: SqlRange, b: SqlRange): SqlRange {
    if (!this.overlap(a, b)) return a;
    const left = this.order(lowerOf(a), lowerOf(b)) < 0;
    const right = this.order(upperOf(a), upperOf(b)) > 0;
    if (left && right) throw planError('result of range difference would not be contiguous');
    if (left) return this.make(lowerOf(a), { value: b.lower, inclusive: !b.lowerInclusive, lower: false });
    if (right) return this.make({ value: b.upper, inclusive: !b.upperInclusive, lower: true }, upperOf(a));
    return EMPTY_RANGE;
  }
}

function algebra(types: CallTypes): RangeAlgebra {
  const type = types.args.find((candidate) => candidate.kind === 'range') ?? INT4RANGE;
  return new RangeAlgebra(type);
}

/** A function of two ranges through their algebra. */
function pair(call: (ranges: RangeAlgebra, a: SqlRange, b: SqlRange) => Datum): Made {
  return forTypes((types) => {
    const ranges = algebra(types);
    return (a: SqlRange, b: SqlRange) => call(ranges, a, b);
  });
}

/** `[)` and its kin: which ends are included. */
function flags(text: Datum): readonly [boolean, boolean] {
  if (text === null) throw planError('range constructor flags argument must not be null');
  if (!/^[[(][\])]$/.test(text as string)) {
    throw planError('invalid range bound flags', { hint: 'Valid values are "[]", "[)", "(]", and "()".' });
  }
  return [(text as string).startsWith('['), (text as string).endsWith(']')];
}

function constructors(): ScalarTable {
  const names = ['int4range', 'int8range', 'numrange', 'tsrange', 'tstzrange', 'daterange'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const type = typeByName(name) ?? INT4RANGE;
      const element = type.element?.name ?? '';
      return [
        [
          `${name}(${element},${element})`,
          made(() => (args) => makeRange(type, arg(args, 0), arg(args, 1), true, false)),
        ],
        [
          `${name}(${element},${element},text)`,
          made(() => (args) => {
            const [lower, upper] = flags(arg(args, 2));
            return makeRange(type, arg(args, 0), arg(args, 1), lower, upper);
          }),
        ],
      ] as const;
    }),
  );
}

const elementIn = (swap: boolean): Made =>
  forTypes((types) => {
    const ranges = algebra(types);
    return swap
      ? (value: Datum, range: SqlRange) => ranges.contains(range, value)
      : (range: SqlRange, value: Datum) => ranges.contains(range, value);
  });

const intersect = pair((ranges, a, b) => ranges.intersect(a, b));

export const rangeFunctions: ScalarTable = {
  ...constructors(),
  'lower(anyrange)': (range: SqlRange) => (range.empty ? null : range.lower),
  'upper(anyrange)': (range: SqlRange) => (range.empty ? null : range.upper),
  'isempty(anyrange)': (range: SqlRange) => range.empty,
  'lower_inc(anyrange)': (range: SqlRange) => !range.empty && range.lowerInclusive,
  'upper_inc(anyrange)': (range: SqlRange) => !range.empty && range.upperInclusive,
  'lower_inf(anyrange)': (range: SqlRange) => !range.empty && range.lower === null,
  'upper_inf(anyrange)': (range: SqlRange) => !range.empty && range.upper === null,
  'range_contains_elem(anyrange,anyelement)': elementIn(false),
  'elem_contained_by_range(anyelement,anyrange)': elementIn(true),
  'range_contains(anyrange,anyrange)': pair((ranges, a, b) => ranges.covers(a, b)),
  'range_contained_by(anyrange,anyrange)': pair((ranges, a, b) => ranges.covers(b, a)),
  'range_overlaps(anyrange,anyrange)': pair((ranges, a, b) => ranges.overlap(a, b)),
  'range_before(anyrange,anyrange)': pair((ranges, a, b) => ranges.before(a, b)),
  'range_after(anyrange,anyrange)': pair((ranges, a, b) => ranges.before(b, a)),
  'range_overleft(anyrange,anyrange)': pair(
    (ranges, a, b) => !a.empty && !b.empty && ranges.order(upperOf(a), upperOf(b)) <= 0,
  ),
  'range_overright(anyrange,anyrange)': pair(
    (ranges, a, b) => !a.empty && !b.empty && ranges.order(lowerOf(a), lowerOf(b)) >= 0,
  ),
  'range_adjacent(anyrange,anyrange)': pair((ranges, a, b) => ranges.adjacent(a, b)),
  'range_union(anyrange,anyrange)': pair((ranges, a, b) => ranges.union(a, b)),
  'range_merge(anyrange,anyrange)': pair((ranges, a, b) => ranges.merge(a, b)),
  ...alike(
    ['range_intersect(anyrange,anyrange)', 'range_intersect_agg_transfn(anyrange,anyrange)'],
    intersect,
  ),
  'range_minus(anyrange,anyrange)': pair((ranges, a, b) => ranges.minus(a, b)),
};

export const rangeAggregates: AggregateTable = {
  'range_intersect_agg(anyrange)': {
    strict: true,
    make(types) {
      const ranges = algebra(types);
      return fold<SqlRange | null>(
        () => null,
        (state, value) => (state === null ? (value as SqlRange) : ranges.intersect(state, value as SqlRange)),
        (state) => state,
      ).make(types);
    },
  },
};
