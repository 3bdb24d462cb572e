/** Values to PostgreSQL's binary form (the *_send functions). All integers are big-endian. */
import type { Datum, Interval, Jsonb, SqlArray, SqlRange, SqlRecord, TimeTz } from './datum.ts';
import { TIMESTAMP_INFINITY } from './datum.ts';
import { formatJsonb } from './jsonb.ts';
import { encodeNumeric } from './numeric-binary.ts';
import type { Numeric } from './numeric.ts';
import { TEXT } from './registry.ts';
import type { SqlType } from './sql-type.ts';

/** Binary form of one value; never called with NULL. */
export type BinaryEncoder = (datum: Datum) => Uint8Array;

/** Bits of a range's flag byte (utils/rangetypes.h). */
export const RANGE_FLAGS = {
  empty: 1,
  lowerInclusive: 2,
  upperInclusive: 4,
  lowerInfinite: 8,
  upperInfinite: 16,
} as const;
/** Infinite dates on the wire. */
export const DATE_INFINITY = 0x7fffffff;
export const DATE_NEGATIVE_INFINITY = -0x80000000;
const INT64_MIN = -0x8000000000000000n;

const utf8: BinaryEncoder = (datum) => Buffer.from(datum as string, 'utf8');

function int16(value: number): Buffer {
  const out = Buffer.allocUnsafe(2);
  out.writeUInt16BE(value & 0xffff, 0);
  return out;
}

function int32(value: number): Buffer {
  const out = Buffer.allocUnsafe(4);
  out.writeInt32BE(value | 0, 0);
  return out;
}

function int64(value: bigint): Buffer {
  const out = Buffer.allocUnsafe(8);
  out.writeBigInt64BE(BigInt.asIntN(64, value), 0);
  return out;
}

const sendInt16: BinaryEncoder = (datum) => int16(datum as number);
const sendInt32: BinaryEncoder = (datum) => int32(datum as number);
const sendInt64: BinaryEncoder = (datum) => int64(datum as bigint);
const sendTimestamp: BinaryEncoder = (datum) =>
  int64((datum as bigint) <= -TIMESTAMP_INFINITY ? INT64_MIN : (datum as bigint));

const TRUE = Buffer.from([1]);
const FALSE = Buffer.from([0]);

const SENDERS: Readonly<Record<string, BinaryEncoder>> = {
  bool: (datum) => (datum === true ? TRUE : FALSE),
  bytea: (datum) => datum as Uint8Array,
  char: (datum) => sendChar(datum as string),
  name: utf8,
  text: utf8,
  varchar: utf8,
  bpchar: utf8,
  json: utf8,
  unknown: utf8,
  cstring: utf8,
  int2: sendInt16,
  uint2: sendInt16,
  int4: sendInt32,
  uint4: sendInt32,
  oid: sendInt32,
  xid: sendInt32,
  cid: sendInt32,
  int8: sendInt64,
  uint8: sendInt64,
  pg_lsn: sendInt64,
  // Materialize sends its timestamps as their decimal text in both formats.
  mz_timestamp: (datum) => Buffer.from(String(datum as bigint), 'latin1'),
  float4: (datum) => {
    const out = Buffer.allocUnsafe(4);
    out.writeFloatBE(datum as number, 0);
    return out;
  },
  float8: (datum) => {
    const out = Buffer.allocUnsafe(8);
    out.writeDoubleBE(datum as number, 0);
    return out;
  },
  numeric: (datum) => encodeNumeric(datum as Numeric),
  uuid: (datum) => Buffer.from((datum as string).replaceAll('-', ''), 'hex'),
  date: (datum) => int32(wireDate(datum as number)),
  time: sendInt64,
  timetz: (datum) => Buffer.concat([int64((datum as TimeTz).micros), int32((datum as TimeTz).zone)]),
  timestamp: sendTimestamp,
  timestamptz: sendTimestamp,
  interval: (datum) => {
    const { micros, days, months } = datum as Interval;
    return Buffer.concat([int64(micros), int32(days), int32(months)]);
  },
  jsonpath: (datum) => Buffer.from(`\u0001${datum as string}`, 'utf8'),
  jsonb: (datum) => Buffer.from(`\u0001${formatJsonb((datum as Jsonb).value)}`, 'utf8'),
  tid: (datum) => {
    const [block, offset] = (datum as string).slice(1, -1).split(',').map(Number);
    return Buffer.concat([int32(block ?? 0), int16(offset ?? 0)]);
  },
  void: () => Buffer.alloc(0),
};

const UNSENDABLE = new Set(['aclitem', 'mz_aclitem']);

/** The function that writes values of `type` in binary; undefined for types without a binary form (lists, maps, ACLs). */
export function binaryEncoder(type: SqlType): BinaryEncoder | undefined {
  switch (type.kind) {
    case 'array':
      return arraySender(type.element ?? TEXT);
    case 'range':
      return rangeSender(type.element ?? TEXT);
    case 'record':
      return recordSender(type);
    case 'list':
    case 'map':
      return undefined;
    case 'base':
    case 'pseudo':
      if (type.element !== undefined) return arraySender(type.element);
      if (type.name.startsWith('reg')) return sendInt32;
      return UNSENDABLE.has(type.name) ? undefined : SENDERS[type.name];
  }
}

function wireDate(days: number): number {
  if (Number.isFinite(days)) return days;
  return days > 0 ? DATE_INFINITY : DATE_NEGATIVE_INFINITY;
}

/** One byte; those above 127 are held as `\ooo`. */
function sendChar(text: string): Uint8Array {
  if (text.length === 4) return Buffer.from([Number.parseInt(text.slice(1), 8)]);
  return Buffer.from([text === '' ? 0 : text.charCodeAt(0)]);
}

const NULL_LENGTH = int32(-1);

/** A length before the value, -1 for NULL. */
function pushField(parts: Uint8Array[], datum: Datum, encode: BinaryEncoder): void {
  if (datum === null) {
    parts.push(NULL_LENGTH);
    return;
  }
  const bytes = encode(datum);
  parts.push(int32(bytes.length), bytes);
}

function arraySender(element: SqlType): BinaryEncoder | undefined {
  const encode = binaryEncoder(element);
  if (encode === undefined) return undefined;
  return (datum) => {
    const { elements, dims, lowerBounds } = datum as SqlArray;
    const hasNull = elements.includes(null);
    const parts: Uint8Array[] = [int32(dims.length), int32(hasNull ? 1 : 0), int32(element.oid)];
    for (const [i, length] of dims.entries()) parts.push(int32(length), int32(lowerBounds[i] ?? 1));
    for (const item of elements) pushField(parts, item, encode);
    return Buffer.concat(parts);
  };
}

function rangeSender(element: SqlType): BinaryEncoder | undefined {
  const encode = binaryEncoder(element);
  if (encode === undefined) return undefined;
  return (datum) => {
    const range = datum as SqlRange;
    if (range.empty) return Buffer.from([RANGE_FLAGS.empty]);
    const flags =
      (range.lowerInclusive ? RANGE_FLAGS.lowerInclusive : 0) |
      (range.upperInclusive ? RANGE_FLAGS.upperInclusive : 0) |
      (range.lower === null ? RANGE_FLAGS.lowerInfinite : 0) |
      (range.upper === null ? RANGE_FLAGS.upperInfinite : 0);
    const parts: Uint8Array[] = [Buffer.from([flags])];
    if (range.lower !== null) pushField(parts, range.lower, encode);
    if (range.upper !== null) pushField(parts, range.upper, encode);
    return Buffer.concat(parts);
  };
}

function recordSender(type: SqlType): BinaryEncoder | undefined {
  const fields = (type.fields ?? []).map((field) => ({
    oid: field.type.oid,
    encode: binaryEncoder(field.type),
  }));
  if (fields.some((field) => field.encode === undefined)) return undefined;
  return (datum) => {
    const values = (datum as SqlRecord).fields;
    const parts: Uint8Array[] = [int32(values.length)];
    for (const [i, value] of values.entries()) {
      const field = fields[i];
      parts.push(int32(field?.oid ?? TEXT.oid));
      pushField(parts, value, field?.encode ?? utf8);
    }
    return Buffer.concat(parts);
  };
}
