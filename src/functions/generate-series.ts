/** generate_series over integers, numerics and timestamps. */
import { planError } from '../errors.ts';
import { type Datum, type Interval, type Row } from '../types/datum.ts';
import { Numeric } from '../types/numeric.ts';
import { arg, type MadeRows, type RowsTable } from './define.ts';
import { addToTimestamp, addToTimestampTz } from './timestamp-arithmetic.ts';
import { sessionZone } from './session-zone.ts';

const ZERO_STEP = 'step size cannot equal zero';

function* smallSeries(start: number, stop: number, step: number): Generator<Row> {
  if (step === 0) throw planError(ZERO_STEP);
  for (let value = start; step > 0 ? value <= stop : value >= stop; value += step) yield [value];
}

function* bigSeries(start: bigint, stop: bigint, step: bigint): Generator<Row> {
  if (step === 0n) throw planError(ZERO_STEP);
  for (let value = start; step > 0n ? value <= stop : value >= stop; value += step) yield [value];
}

function* numericSeries(start: Numeric, stop: Numeric, step: Numeric): Generator<Row> {
  for (const [what, value] of [
    ['start', start],
    ['stop', stop],
    ['step size', step],
  ] as const) {
    if (!value.isFinite)
      throw planError(
        `${what} value cannot be ${value.isNaN ? 'NaN' : 'infinity'}`.replace('size value', 'size'),
      );
  }
  if (step.sign === 0) throw planError(ZERO_STEP);
  for (let value = start; value.compare(stop) * step.sign <= 0; value = value.add(step)) yield [value];
}

/** Sign of a step: of its months, else days, else time, all as 30-day months. */
function stepSign(step: Interval): bigint {
  return step.micros + (BigInt(step.days) + BigInt(step.months) * 30n) * 86_400_000_000n;
}

function* timeSeries(
  start: bigint,
  stop: bigint,
  step: Interval,
  add: (value: bigint) => bigint,
): Generator<Row> {
  const sign = stepSign(step);
  if (sign === 0n) throw planError(ZERO_STEP);
  for (let value = start; sign > 0n ? value <= stop : value >= stop; value = add(value)) yield [value];
}

/** A series with an optional step of one. */
function stepped<T extends Datum>(one: T, generate: (start: T, stop: T, step: T) => Iterable<Row>): MadeRows {
  return {
    make: () => (args) =>
      generate(arg(args, 0) as T, arg(args, 1) as T, args.length > 2 ? (arg(args, 2) as T) : one),
  };
}

const small = stepped(1, smallSeries);
const big = stepped(1n, bigSeries);
const numeric = stepped(Numeric.ONE, numericSeries);

export const seriesRows: RowsTable = {
  'generate_series(int4,int4)': small,
  'generate_series(int4,int4,int4)': small,
  'generate_series(int8,int8)': big,
  'generate_series(int8,int8,int8)': big,
  'generate_series(numeric,numeric)': numeric,
  'generate_series(numeric,numeric,numeric)': numeric,
  'generate_series(timestamp,timestamp,interval)': {
    make: () => (args) => {
      const step = arg(args, 2) as Interval;
      return timeSeries(arg(args, 0) as bigint, arg(args, 1) as bigint, step, (value) =>
        addToTimestamp(value, step),
      );
    },
  },
  'generate_series(timestamptz,timestamptz,interval)': {
    make: () => (args, session) => {
      const step = arg(args, 2) as Interval;
      const zone = sessionZone(session);
      return timeSeries(arg(args, 0) as bigint, arg(args, 1) as bigint, step, (value) =>
        addToTimestampTz(value, step, zone),
      );
    },
  },
};
