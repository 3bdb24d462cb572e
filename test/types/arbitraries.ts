/** Random values of every type, for property tests. */
import fc from 'fast-check';
import { END_DATE, END_TIMESTAMP, MIN_DATE, MIN_TIMESTAMP } from '../../src/types/calendar.ts';
import {
  type Datum,
  Interval,
  Jsonb,
  type JsonbValue,
  SqlArray,
  SqlList,
  SqlMap,
  SqlRecord,
  TIMESTAMP_INFINITY,
  TimeTz,
} from '../../src/types/datum.ts';
import { jsonbObject } from '../../src/types/jsonb.ts';
import { Numeric } from '../../src/types/numeric.ts';
import { makeRange } from '../../src/types/range.ts';
import * as t from '../../src/types/registry.ts';
import type { SqlType } from '../../src/types/sql-type.ts';
import { compareText } from '../../src/types/text-order.ts';

/** Text that PostgreSQL can hold: no NUL, no lone surrogates; small alphabets make quoting and collisions likely. */
export const text: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom(
        'a',
        'b',
        ' ',
        '"',
        '\\',
        ',',
        '{',
        '}',
        '(',
        ')',
        '=',
        '>',
        'NULL',
        '\n',
        'é',
        '😀',
      ),
      maxLength: 5,
    }),
  )
  .map((value) => value.replaceAll('\u0000', ''));

const numeric = fc.oneof(
  fc
    .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat(30))
    .map(([digits, scale]) => new Numeric(digits, scale)),
  fc
    .tuple(fc.integer({ min: -20, max: 20 }), fc.nat(3))
    .map(([digits, scale]) => new Numeric(BigInt(digits), scale)),
  fc.constantFrom(Numeric.NAN, Numeric.INFINITY, Numeric.NEGATIVE_INFINITY),
);
const finiteNumeric = numeric.filter((value) => value.isFinite);

const { json } = fc.letrec<{ json: JsonbValue }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    text,
    finiteNumeric,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.array(fc.tuple(text, tie('json')), { maxLength: 3 }).map(jsonbObject),
  ),
}));

const timestamp = fc.oneof(
  fc.bigInt({ min: MIN_TIMESTAMP, max: END_TIMESTAMP - 1n }),
  fc.bigInt({ min: -(10n ** 10n), max: 10n ** 10n }),
  fc.constantFrom(TIMESTAMP_INFINITY, -TIMESTAMP_INFINITY),
);
const date = fc.oneof(
  fc.integer({ min: MIN_DATE, max: END_DATE - 1 }),
  fc.constantFrom(Infinity, -Infinity, 0, 1),
);
const timeOfDay = fc.bigInt({ min: 0n, max: 86_400_000_000n });
const int32 = fc.integer({ min: -2147483648, max: 2147483647 });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const interval = fc
  .oneof(
    // PostgreSQL prints the smallest int64, but cannot read it.
    fc.tuple(
      int32,
      int32,
      int64.filter((micros) => micros > -(2n ** 63n)),
    ),
    fc.tuple(
      fc.integer({ min: -2, max: 2 }),
      fc.integer({ min: -60, max: 60 }),
      fc.bigInt({ min: -2n, max: 2n }).map((d) => d * 86_400_000_000n),
    ),
  )
  .map(([months, days, micros]) => new Interval(months, days, micros));

function arrayOfDatum(element: fc.Arbitrary<Datum>): fc.Arbitrary<Datum> {
  const item = fc.option(element, { freq: 4 });
  return fc.oneof(
    fc.array(item, { maxLength: 4 }).map((items) => new SqlArray(items)),
    fc
      .tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: -3, max: 3 }))
      .chain(([rows, columns, low]) =>
        fc
          .array(item, { minLength: rows * columns, maxLength: rows * columns })
          .map((items) => new SqlArray(items, [rows, columns], [low, 1])),
      ),
  );
}

function rangeOf(type: SqlType, element: fc.Arbitrary<Datum>): fc.Arbitrary<Datum> {
  const bound = fc.option(element, { freq: 4 });
  return fc.tuple(bound, bound, fc.boolean(), fc.boolean()).chain(([lower, upper, a, b]) => {
    try {
      return fc.constant<Datum>(makeRange(type, lower, upper, a, b));
    } catch {
      return fc.constant<Datum>(makeRange(type, upper, lower, a, b));
    }
  });
}

const list = t.listOf(t.TEXT);
const nestedList = t.listOf(list);
const map = t.mapOf(t.INT4);
const record = t.recordOf([
  { name: 'a', type: t.INT4 },
  { name: 'b', type: t.TEXT },
  { name: 'c', type: t.TEXT_ARRAY },
]);
const listDatum: fc.Arbitrary<Datum> = fc
  .array(fc.option(text, { freq: 4 }), { maxLength: 4 })
  .map((items) => new SqlList(items));

/** Types beside arbitrary values of theirs. */
export const ARBITRARIES: readonly (readonly [SqlType, fc.Arbitrary<Datum>])[] = [
  [t.BOOL, fc.boolean()],
  [t.INT2, fc.integer({ min: -32768, max: 32767 })],
  [t.INT4, int32],
  [t.INT8, int64],
  [t.UINT2, fc.integer({ min: 0, max: 65535 })],
  [t.UINT4, fc.integer({ min: 0, max: 4294967295 })],
  [t.UINT8, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
  [t.MZ_TIMESTAMP, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
  [t.OID, fc.integer({ min: 0, max: 4294967295 })],
  [t.FLOAT4, fc.float()],
  [t.FLOAT8, fc.double()],
  [t.NUMERIC, numeric],
  [t.TEXT, text],
  [t.BYTEA, fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes))],
  [t.UUID, fc.uuid()],
  [t.DATE, date],
  [t.TIME, timeOfDay],
  [
    t.TIMETZ,
    fc
      .tuple(timeOfDay, fc.integer({ min: -57599, max: 57599 }))
      .map(([micros, zone]) => new TimeTz(micros, zone)),
  ],
  [t.TIMESTAMP, timestamp],
  [t.TIMESTAMPTZ, timestamp],
  [t.INTERVAL, interval],
  [t.JSONB, json.map((value) => new Jsonb(value))],
  [t.TEXT_ARRAY, arrayOfDatum(text)],
  [t.INT4_ARRAY, arrayOfDatum(int32)],
  [list, listDatum],
  [
    nestedList,
    fc.array(fc.option(listDatum, { freq: 4 }), { maxLength: 3 }).map((items) => new SqlList(items)),
  ],
  [
    map,
    fc
      .array(fc.tuple(text, fc.option(int32, { freq: 4 })), { maxLength: 3 })
      .map((entries) => new SqlMap(new Map([...new Map(entries)].sort(([a], [b]) => compareText(a, b))))),
  ],
  [
    record,
    fc
      .tuple(fc.option(int32), fc.option(text), fc.option(arrayOfDatum(text)))
      .map((fields) => new SqlRecord(fields)),
  ],
  [t.INT4RANGE, rangeOf(t.INT4RANGE, fc.integer({ min: -1000, max: 1000 }))],
  [t.NUMRANGE, rangeOf(t.NUMRANGE, finiteNumeric)],
  [t.TSTZRANGE, rangeOf(t.TSTZRANGE, timestamp)],
];
