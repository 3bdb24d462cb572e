/**
 * Order and equality of values: PostgreSQL's default btree classes with the C collation, and hash keys that agree with
 * them. NULL is the caller's business at the top; inside arrays and records NULL is the greatest and equals NULL.
 */
import { MICROS_PER_DAY } from './calendar.ts';
import type {
  AclItemDatum,
  Datum,
  Interval,
  Jsonb,
  SqlArray,
  SqlList,
  SqlMap,
  SqlRange,
  SqlRecord,
  TimeTz,
} from './datum.ts';
import { compareJsonb } from './jsonb-order.ts';
import { formatJsonb } from './jsonb.ts';
import type { Numeric } from './numeric.ts';
import type { SqlType } from './sql-type.ts';
import { formatAclItem } from './text-encode.ts';
import { compareBytes, compareText } from './text-order.ts';

/** Negative, zero or positive, as a btree comparison. Never called with NULL. */
export type Comparator = (a: Datum, b: Datum) => number;

/** What a Map or a Set can hold; equal values of a type have equal keys, others different ones. */
export type HashKey = string | number | bigint | boolean;

const byOrder: Comparator = (a, b) => {
  const left = a as number | bigint | string | boolean;
  const right = b as number | bigint | string | boolean;
  return left < right ? -1 : left > right ? 1 : 0;
};
const byText: Comparator = (a, b) => compareText(a as string, b as string);

/** NaN is the greatest and equals itself. */
const byFloat: Comparator = (a, b) => {
  const left = a as number;
  const right = b as number;
  if (left < right) return -1;
  if (left > right) return 1;
  if (left === right) return 0;
  return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
};

const COMPARATORS: Readonly<Record<string, Comparator>> = {
  bool: byOrder,
  bytea: (a, b) => compareBytes(a as Uint8Array, b as Uint8Array),
  char: (a, b) => charByte(a as string) - charByte(b as string),
  bpchar: (a, b) => compareText(trimBlanks(a as string), trimBlanks(b as string)),
  float4: byFloat,
  float8: byFloat,
  numeric: (a, b) => (a as Numeric).compare(b as Numeric),
  interval: (a, b) => byOrder(intervalSpan(a as Interval), intervalSpan(b as Interval)),
  timetz: compareTimeTz,
  jsonb: (a, b) => compareJsonb((a as Jsonb).value, (b as Jsonb).value),
  aclitem: compareAcl,
  mz_aclitem: compareAcl,
  tid: (a, b) => byOrder(tidRank(a as string), tidRank(b as string)),
  int2vector: (a, b) => compareArrays(a as SqlArray, b as SqlArray, byOrder),
  oidvector: (a, b) => compareArrays(a as SqlArray, b as SqlArray, byOrder),
};

const TEXT_TYPES = new Set(['text', 'varchar', 'name', 'json', 'unknown', 'cstring', 'pg_node_tree']);

/** The order of two non-NULL values of a type. */
export function comparator(type: SqlType): Comparator {
  const { element } = type;
  switch (type.kind) {
    case 'array': {
      const compare = element === undefined ? byText : comparator(element);
      return (a, b) => compareArrays(a as SqlArray, b as SqlArray, compare);
    }
    case 'list': {
      const compare = nullsLast(element === undefined ? byText : comparator(element));
      return (a, b) => compareSequences((a as SqlList).elements, (b as SqlList).elements, compare);
    }
    case 'map': {
      const compare = nullsLast(element === undefined ? byText : comparator(element));
      return (a, b) => compareMaps(a as SqlMap, b as SqlMap, compare);
    }
    case 'range': {
      const compare = element === undefined ? byText : comparator(element);
      return (a, b) => compareRanges(a as SqlRange, b as SqlRange, compare);
    }
    case 'record':
      return recordComparator(type);
    case 'base':
    case 'pseudo':
      return COMPARATORS[type.name] ?? (TEXT_TYPES.has(type.name) ? byText : byOrder);
  }
}

/** PostgreSQL has no order for these, so that ORDER BY, DISTINCT and = refuse them. */
export function isComparable(type: SqlType): boolean {
  if (type.kind === 'record') return (type.fields ?? []).every((field) => isComparable(field.type));
  if (type.element !== undefined) return isComparable(type.element);
  return type.name !== 'json' && type.name !== 'pg_node_tree' && type.name !== 'void';
}

function nullsLast(compare: Comparator): Comparator {
  return (a, b) => {
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return compare(a, b);
  };
}

function trimBlanks(text: string): string {
  return text.endsWith(' ') ? text.replace(/ +$/, '') : text;
}

/** The byte a "char" stands for; bytes above 127 are held as `\ooo`. */
function charByte(text: string): number {
  return text.length === 4 ? Number.parseInt(text.slice(1), 8) : text === '' ? 0 : text.charCodeAt(0);
}

/** An interval in microseconds with months of 30 days, which is how PostgreSQL compares them. */
export function intervalSpan(value: Interval): bigint {
  return value.micros + (BigInt(value.days) + BigInt(value.months) * 30n) * MICROS_PER_DAY;
}

function compareTimeTz(a: Datum, b: Datum): number {
  const left = a as TimeTz;
  const right = b as TimeTz;
  const utc = (value: TimeTz): bigint => value.micros + BigInt(value.zone) * 1_000_000n;
  return byOrder(utc(left), utc(right)) || left.zone - right.zone;
}

function compareAcl(a: Datum, b: Datum): number {
  return compareText(formatAclItem(a as AclItemDatum), formatAclItem(b as AclItemDatum));
}

/** Block and offset in one number. */
function tidRank(text: string): number {
  const [block, offset] = text.slice(1, -1).split(',').map(Number);
  return (block ?? 0) * 65536 + (offset ?? 0);
}

function compareSequences(a: readonly Datum[], b: readonly Datum[], compare: Comparator): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compare(a[i] ?? null, b[i] ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** btarraycmp: elements, then their number, then the shape, then the bounds. */
function compareArrays(a: SqlArray, b: SqlArray, compare: Comparator): number {
  return (
    compareSequences(a.elements, b.elements, nullsLast(compare)) ||
    a.dims.length - b.dims.length ||
    compareSequences(a.dims, b.dims, byOrder) ||
    compareSequences(a.lowerBounds, b.lowerBounds, byOrder)
  );
}

function compareMaps(a: SqlMap, b: SqlMap, compare: Comparator): number {
  const left = [...a.entries];
  const right = [...b.entries];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [leftKey, leftValue] = left[i] ?? ['', null];
    const [rightKey, rightValue] = right[i] ?? ['', null];
    const order = compareText(leftKey, rightKey) || compare(leftValue, rightValue);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function recordComparator(type: SqlType): Comparator {
  const compares = (type.fields ?? []).map((field) => nullsLast(comparator(field.type)));
  return (a, b) => {
    const left = (a as SqlRecord).fields;
    const right = (b as SqlRecord).fields;
    for (const [i, compare] of compares.entries()) {
      const order = compare(left[i] ?? null, right[i] ?? null);
      if (order !== 0) return order;
    }
    return left.length - right.length;
  };
}

/** range_cmp: empty first, then by lower bound, then by upper bound. */
function compareRanges(a: SqlRange, b: SqlRange, compare: Comparator): number {
  if (a.empty || b.empty) return Number(b.empty) - Number(a.empty);
  return (
    compareBounds(a.lower, a.lowerInclusive, b.lower, b.lowerInclusive, -1, compare) ||
    compareBounds(a.upper, a.upperInclusive, b.upper, b.upperInclusive, 1, compare)
  );
}

/** `side` -1: lower bounds, where unbounded is least and exclusive is above inclusive; 1: upper bounds, the reverse. */
function compareBounds(
  a: Datum,
  aInclusive: boolean,
  b: Datum,
  bInclusive: boolean,
  side: -1 | 1,
  compare: Comparator,
): number {
  if (a === null || b === null) return (Number(a === null) - Number(b === null)) * side;
  return compare(a, b) || (Number(aInclusive) - Number(bInclusive)) * side;
}

const identity = (datum: Datum): HashKey => datum as HashKey;

const HASHERS: Readonly<Record<string, (datum: Datum) => HashKey>> = {
  bytea: (datum) => Buffer.from(datum as Uint8Array).toString('latin1'),
  bpchar: (datum) => trimBlanks(datum as string),
  numeric: (datum) => (datum as Numeric).withoutTrailingZeros().toString(),
  // -0 equals 0; Map and Set agree, but keys are also joined into text.
  float4: (datum) => (datum === 0 ? 0 : (datum as number)),
  float8: (datum) => (datum === 0 ? 0 : (datum as number)),
  interval: (datum) => intervalSpan(datum as Interval),
  timetz: (datum) => `${String((datum as TimeTz).micros)}/${String((datum as TimeTz).zone)}`,
  jsonb: (datum) => formatJsonb(canonicalNumbers((datum as Jsonb).value)),
  aclitem: (datum) => formatAclItem(datum as AclItemDatum),
  mz_aclitem: (datum) => formatAclItem(datum as AclItemDatum),
  int2vector: (datum) => arrayKey(datum as SqlArray, identity),
  oidvector: (datum) => arrayKey(datum as SqlArray, identity),
};

/** Key of a non-NULL value: two values compare equal exactly when their keys are the same. */
export function hashKey(type: SqlType): (datum: Datum) => HashKey {
  const { element } = type;
  switch (type.kind) {
    case 'array': {
      const key = element === undefined ? identity : hashKey(element);
      return (datum) => arrayKey(datum as SqlArray, key);
    }
    case 'list': {
      const key = element === undefined ? identity : hashKey(element);
      return (datum) => joinKeys((datum as SqlList).elements.map((item) => nestedKey(item, key)));
    }
    case 'map': {
      const key = element === undefined ? identity : hashKey(element);
      return (datum) =>
        joinKeys([...(datum as SqlMap).entries].flatMap(([name, item]) => [name, nestedKey(item, key)]));
    }
    case 'range': {
      const key = element === undefined ? identity : hashKey(element);
      return (datum) => rangeKey(datum as SqlRange, key);
    }
    case 'record': {
      const keys = (type.fields ?? []).map((field) => hashKey(field.type));
      return (datum) =>
        joinKeys((datum as SqlRecord).fields.map((item, i) => nestedKey(item, keys[i] ?? identity)));
    }
    case 'base':
    case 'pseudo':
      return HASHERS[type.name] ?? identity;
  }
}

function nestedKey(datum: Datum, key: (datum: Datum) => HashKey): string {
  return datum === null ? '' : `=${String(key(datum))}`;
}

/** Lengths in front keep apart what separators could not. */
function joinKeys(keys: readonly string[]): string {
  return keys.map((key) => `${String(key.length)}:${key}`).join('');
}

function arrayKey(array: SqlArray, key: (datum: Datum) => HashKey): string {
  const shape = `${array.dims.join(',')}/${array.lowerBounds.join(',')}/`;
  return shape + joinKeys(array.elements.map((item) => nestedKey(item, key)));
}

function rangeKey(range: SqlRange, key: (datum: Datum) => HashKey): string {
  if (range.empty) return 'empty';
  const bounds = `${range.lowerInclusive ? '[' : '('}${range.upperInclusive ? ']' : ')'}`;
  return bounds + joinKeys([nestedKey(range.lower, key), nestedKey(range.upper, key)]);
}

/** 1.0 and 1 are the same jsonb number. */
function canonicalNumbers(value: Jsonb['value']): Jsonb['value'] {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Map) {
    const members = value as ReadonlyMap<string, Jsonb['value']>;
    return new Map([...members].map(([name, item]) => [name, canonicalNumbers(item)]));
  }
  if (Array.isArray(value)) return (value as readonly Jsonb['value'][]).map(canonicalNumbers);
  return (value as Numeric).withoutTrailingZeros();
}
