/** Hypothetical-set aggregates: the rank that given values would have among the rows (PostgreSQL 15, manual 9.21). */
import { comparator } from '../types/compare.ts';
import type { Datum } from '../types/datum.ts';
import { TEXT } from '../types/registry.ts';
import { arg, type AggregateTable } from './define.ts';
import type { Accumulator, CallTypes } from './function.ts';

/** What was seen of the rows. */
interface Counts {
  rows: number;
  /** Rows that sort before the given values, and different ones among them. */
  before: number;
  distinctBefore: number;
  equal: number;
}

type Order = (given: Datum, value: Datum) => number;

/** How one sorted column compares, with its direction and the place of NULLs. */
function columnOrder(types: CallTypes, i: number): Order {
  const compare = comparator(types.args[i] ?? TEXT);
  const { descending = false, nullsFirst = false } = types.order?.[i] ?? {};
  return (a, b) => {
    if (a === null || b === null) return (Number(a === null) - Number(b === null)) * (nullsFirst ? -1 : 1);
    return compare(a, b) * (descending ? -1 : 1);
  };
}

function hypothetical(finish: (counts: Counts) => Datum): AggregateTable[string] {
  return {
    strict: false,
    make: (types) => {
      const width = types.args.length / 2;
      const orders = Array.from({ length: width }, (_, i) => columnOrder(types, i));
      const order = (left: readonly Datum[], right: readonly Datum[]): number => {
        for (const [i, compare] of orders.entries()) {
          const found = compare(arg(left, i), arg(right, i));
          if (found !== 0) return found;
        }
        return 0;
      };
      return () => new HypotheticalRank(width, order, finish);
    },
  };
}

/** Rows come in their order, so that equal ones stand side by side. */
class HypotheticalRank implements Accumulator {
  readonly bytes = 96;
  readonly #width: number;
  readonly #order: (left: readonly Datum[], right: readonly Datum[]) => number;
  readonly #finish: (counts: Counts) => Datum;
  readonly #counts: Counts = { rows: 0, before: 0, distinctBefore: 0, equal: 0 };
  #last: readonly Datum[] | undefined;

  constructor(
    width: number,
    order: (left: readonly Datum[], right: readonly Datum[]) => number,
    finish: (counts: Counts) => Datum,
  ) {
    this.#width = width;
    this.#order = order;
    this.#finish = finish;
  }

  add(args: readonly Datum[]): void {
    const counts = this.#counts;
    const row = args.slice(this.#width);
    counts.rows++;
    const place = this.#order(row, args.slice(0, this.#width));
    if (place === 0) counts.equal++;
    if (place >= 0) return;
    counts.before++;
    if (this.#last === undefined || this.#order(this.#last, row) !== 0) counts.distinctBefore++;
    this.#last = row;
  }

  result(): Datum {
    return this.#finish(this.#counts);
  }
}

export const hypotheticalAggregates: AggregateTable = {
  'rank(any)': hypothetical(({ before }) => BigInt(before + 1)),
  'dense_rank(any)': hypothetical(({ distinctBefore }) => BigInt(distinctBefore + 1)),
  'percent_rank(any)': hypothetical(({ rows, before }) => (rows === 0 ? 0 : before / rows)),
  'cume_dist(any)': hypothetical(({ rows, before, equal }) => (before + equal + 1) / (rows + 1)),
};
