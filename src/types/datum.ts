import type { Numeric } from './numeric.ts';

/**
 * How a SQL value is held in memory. NULL is `null` for every type.
 *
 * | type | held as |
 * | --- | --- |
 * | bool | boolean |
 * | int2, int4, oid and the reg* types, uint2, uint4, float4, float8 | number |
 * | int8, uint8, mz_timestamp | bigint |
 * | numeric | {@link Numeric} |
 * | text, varchar, bpchar, name, "char", json | string |
 * | bytea | Uint8Array |
 * | uuid | string, lower case with hyphens |
 * | date | number: days since 2000-01-01; +-Infinity |
 * | time | bigint: microseconds since midnight |
 * | timetz | {@link TimeTz} |
 * | timestamp, timestamptz | bigint: microseconds since 2000-01-01 00:00 UTC; {@link TIMESTAMP_INFINITY} and its negation |
 * | interval | {@link Interval} |
 * | jsonb | {@link Jsonb} |
 * | jsonpath | string, in the canonical spelling |
 * | arrays, int2vector, oidvector | {@link SqlArray} |
 * | list | {@link SqlList} |
 * | map | {@link SqlMap} |
 * | record | {@link SqlRecord} |
 * | ranges | {@link SqlRange} |
 * | aclitem, mz_aclitem | {@link AclItemDatum} |
 */
export type Datum =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Numeric
  | Interval
  | TimeTz
  | Jsonb
  | SqlArray
  | SqlList
  | SqlMap
  | SqlRecord
  | SqlRange
  | AclItemDatum;

/** One row of a relation or a result, in column order. */
export type Row = readonly Datum[];

/** PostgreSQL's `infinity` for timestamps: the largest int64. */
export const TIMESTAMP_INFINITY = 0x7fffffffffffffffn;

/** Months, days and microseconds kept apart, as PostgreSQL does (datatype/timestamp.h). */
export class Interval {
  readonly months: number;
  readonly days: number;
  readonly micros: bigint;
  constructor(months: number, days: number, micros: bigint) {
    this.months = months;
    this.days = days;
    this.micros = micros;
  }
}

/** Time of day with its own offset; `zone` is seconds WEST of UTC, PostgreSQL's sign. */
export class TimeTz {
  readonly micros: bigint;
  readonly zone: number;
  constructor(micros: bigint, zone: number) {
    this.micros = micros;
    this.zone = zone;
  }
}

/** A JSON value inside jsonb: object keys in byte order as Materialize keeps them, numbers exact. */
export type JsonbValue =
  null | boolean | string | Numeric | readonly JsonbValue[] | ReadonlyMap<string, JsonbValue>;

/** A jsonb datum; the wrapper tells JSON null from SQL NULL and jsonb arrays from SQL arrays. */
export class Jsonb {
  readonly value: JsonbValue;
  constructor(value: JsonbValue) {
    this.value = value;
  }
}

/** An array: row-major `elements`, one `dims` entry and one lower bound for each dimension; empty has no dimensions. */
export class SqlArray {
  readonly elements: readonly Datum[];
  readonly dims: readonly number[];
  readonly lowerBounds: readonly number[];
  constructor(elements: readonly Datum[], dims?: readonly number[], lowerBounds?: readonly number[]) {
    this.elements = elements;
    this.dims = dims ?? (elements.length === 0 ? [] : [elements.length]);
    this.lowerBounds = lowerBounds ?? this.dims.map(() => 1);
  }
}

/** Materialize's list: one dimension, elements may be lists themselves, no bounds. */
export class SqlList {
  readonly elements: readonly Datum[];
  constructor(elements: readonly Datum[]) {
    this.elements = elements;
  }
}

/** Materialize's map from text; iteration order is ascending by key. */
export class SqlMap {
  readonly entries: ReadonlyMap<string, Datum>;
  constructor(entries: ReadonlyMap<string, Datum>) {
    this.entries = entries;
  }
}

/** A composite value; field types are known to its type, not to the datum. */
export class SqlRecord {
  readonly fields: readonly Datum[];
  constructor(fields: readonly Datum[]) {
    this.fields = fields;
  }
}

/** A range; a null bound is unbounded. An empty range has `empty` true and nothing else meaningful. */
export class SqlRange {
  readonly lower: Datum;
  readonly upper: Datum;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
  readonly empty: boolean;
  constructor(lower: Datum, upper: Datum, lowerInclusive: boolean, upperInclusive: boolean, empty = false) {
    this.lower = lower;
    this.upper = upper;
    this.lowerInclusive = lowerInclusive;
    this.upperInclusive = upperInclusive;
    this.empty = empty;
  }
}

/** An access control entry: role ids (`u1`, `p`) for mz_aclitem, role OIDs as decimal text for aclitem. */
export class AclItemDatum {
  readonly grantee: string;
  readonly grantor: string;
  /** Privilege letters in the fixed order `arwdUCRBNP` of the reference's ACL text format. */
  readonly privileges: string;
  constructor(grantee: string, privileges: string, grantor: string) {
    this.grantee = grantee;
    this.privileges = privileges;
    this.grantor = grantor;
  }
}
