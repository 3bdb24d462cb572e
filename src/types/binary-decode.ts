/** PostgreSQL's binary form to values (the *_recv functions). Lengths are checked before anything is read. */
import { SqlError } from '../errors.ts';
import { DATE_INFINITY, DATE_NEGATIVE_INFINITY, RANGE_FLAGS } from './binary-encode.ts';
import { checkDate, checkTimestamp, MICROS_PER_DAY } from './calendar.ts';
import { type Datum, Interval, SqlArray, SqlRecord, TIMESTAMP_INFINITY, TimeTz } from './datum.ts';
import { invalidBinary } from './input-error.ts';
import { parseJsonb } from './jsonb.ts';
import { canonicalJsonPath } from './jsonpath/print.ts';
import { fitToTypmod } from './length-coercion.ts';
import { decodeNumeric } from './numeric-binary.ts';
import { EMPTY_RANGE, makeRange } from './range.ts';
import { TEXT, typeByOid } from './registry.ts';
import type { SqlType } from './sql-type.ts';
import { decodeText, truncateName } from './text-decode.ts';

type Receiver = (bytes: Buffer) => Datum;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** 22021 for bytes that are no UTF-8, and for NUL, which no text can hold. The bytes stay out of the message. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new SqlError('22021', 'invalid byte sequence for encoding "UTF8"');
  }
  if (text.includes('\u0000')) throw new SqlError('22021', 'invalid byte sequence for encoding "UTF8": 0x00');
  return text;
}

/** Reads exactly `length` bytes or refuses. */
function exact(name: string, length: number, read: (bytes: Buffer) => Datum): Receiver {
  return (bytes) => {
    if (bytes.length !== length) throw invalidBinary(name);
    return read(bytes);
  };
}

const uint32 = (name: string): Receiver => exact(name, 4, (bytes) => bytes.readUInt32BE(0));

const RECEIVERS: Readonly<Record<string, Receiver>> = {
  bool: exact('boolean', 1, (bytes) => bytes[0] !== 0),
  bytea: (bytes) => bytes,
  char: exact('"char"', 1, (bytes) => charText(bytes[0] ?? 0)),
  name: (bytes) => truncateName(decodeUtf8(bytes)),
  text: decodeUtf8,
  varchar: decodeUtf8,
  bpchar: decodeUtf8,
  unknown: decodeUtf8,
  cstring: decodeUtf8,
  json: (bytes) => {
    const text = decodeUtf8(bytes);
    parseJsonb(text, 'json');
    return text;
  },
  jsonpath: (bytes) => {
    if (bytes[0] !== 1) throw invalidBinary('jsonpath');
    return canonicalJsonPath(decodeUtf8(bytes.subarray(1)));
  },
  jsonb: (bytes) => {
    if (bytes[0] !== 1) throw invalidBinary('jsonb');
    return parseJsonb(decodeUtf8(bytes.subarray(1)));
  },
  int2: exact('smallint', 2, (bytes) => bytes.readInt16BE(0)),
  int4: exact('integer', 4, (bytes) => bytes.readInt32BE(0)),
  int8: exact('bigint', 8, (bytes) => bytes.readBigInt64BE(0)),
  uint2: exact('uint2', 2, (bytes) => bytes.readUInt16BE(0)),
  uint4: uint32('uint4'),
  uint8: exact('uint8', 8, (bytes) => bytes.readBigUInt64BE(0)),
  oid: uint32('oid'),
  xid: uint32('xid'),
  cid: uint32('cid'),
  pg_lsn: exact('pg_lsn', 8, (bytes) => bytes.readBigUInt64BE(0)),
  tid: exact('tid', 6, (bytes) => `(${String(bytes.readUInt32BE(0))},${String(bytes.readUInt16BE(4))})`),
  float4: exact('real', 4, (bytes) => bytes.readFloatBE(0)),
  float8: exact('double precision', 8, (bytes) => bytes.readDoubleBE(0)),
  numeric: decodeNumeric,
  uuid: exact('uuid', 16, (bytes) => uuidText(bytes)),
  date: exact('date', 4, (bytes) => wireDate(bytes.readInt32BE(0))),
  time: exact('time', 8, (bytes) => timeOfDay(bytes.readBigInt64BE(0), 'time')),
  timetz: exact('time with time zone', 12, (bytes) => {
    const zone = bytes.readInt32BE(8);
    if (Math.abs(zone) >= 16 * 3600) throw invalidBinary('time with time zone');
    return new TimeTz(timeOfDay(bytes.readBigInt64BE(0), 'time with time zone'), zone);
  }),
  timestamp: exact('timestamp', 8, (bytes) => wireTimestamp(bytes.readBigInt64BE(0))),
  timestamptz: exact('timestamp with time zone', 8, (bytes) => wireTimestamp(bytes.readBigInt64BE(0))),
  interval: exact(
    'interval',
    16,
    (bytes) => new Interval(bytes.readInt32BE(12), bytes.readInt32BE(8), bytes.readBigInt64BE(0)),
  ),
  void: () => '',
  // Sent as text in both formats; see binary-encode.ts.
  mz_timestamp: (bytes) => decodeText(typeByOid(16552) ?? TEXT, decodeUtf8(bytes)),
};

/**
 * Reads a value of `type` from its binary form and fits it to `typmod`. Throws SqlError only: 22P03 for bytes that cannot
 * be one, 22021 for bad UTF-8, 0A000 for types without a binary form.
 */
export function decodeBinary(type: SqlType, bytes: Uint8Array, typmod = -1): Datum {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const datum = receive(type, buffer);
  return typmod < 0 ? datum : fitToTypmod(type, datum, typmod, 'assignment');
}

function receive(type: SqlType, bytes: Buffer): Datum {
  switch (type.kind) {
    case 'array':
      return receiveArray(type, type.element ?? TEXT, bytes);
    case 'range':
      return receiveRange(type, bytes);
    case 'record':
      return receiveRecord(type, bytes);
    case 'list':
    case 'map':
      throw noBinary(type);
    case 'base':
    case 'pseudo': {
      if (type.element !== undefined) return receiveArray(type, type.element, bytes);
      if (type.name.startsWith('reg')) return uint32(type.displayName)(bytes);
      const read = RECEIVERS[type.name];
      if (read === undefined) throw noBinary(type);
      return read(bytes);
    }
  }
}

function noBinary(type: SqlType): SqlError {
  return new SqlError('0A000', `binary encoding of ${type.displayName} types is not implemented`);
}

function charText(byte: number): string {
  if (byte === 0) return '';
  return byte < 0x80 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
}

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function wireDate(days: number): number {
  if (days === DATE_INFINITY) return Infinity;
  return days === DATE_NEGATIVE_INFINITY ? -Infinity : checkDate(days);
}

function wireTimestamp(micros: bigint): bigint {
  if (micros === TIMESTAMP_INFINITY) return micros;
  return micros === -TIMESTAMP_INFINITY - 1n ? -TIMESTAMP_INFINITY : checkTimestamp(micros);
}

function timeOfDay(micros: bigint, name: string): bigint {
  if (micros < 0n || micros > MICROS_PER_DAY) throw invalidBinary(name);
  return micros;
}

/** Walks over a composite's bytes; every step checks that they are there. */
class Reader {
  private readonly bytes: Buffer;
  private readonly typeName: string;
  private at = 0;

  constructor(bytes: Buffer, typeName: string) {
    this.bytes = bytes;
    this.typeName = typeName;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  take(length: number): Buffer {
    if (length < 0 || length > this.remaining) throw invalidBinary(this.typeName);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  int32(): number {
    return this.take(4).readInt32BE(0);
  }

  oid(): number {
    return this.take(4).readUInt32BE(0);
  }

  /** A length and that many bytes; -1 is NULL. */
  field(type: SqlType): Datum {
    const length = this.int32();
    if (length === -1) return null;
    return receive(type, this.take(length));
  }

  end(): void {
    if (this.remaining !== 0) throw invalidBinary(this.typeName);
  }
}

const MAX_DIMENSIONS = 6;

function receiveArray(type: SqlType, element: SqlType, bytes: Buffer): SqlArray {
  const reader = new Reader(bytes, type.displayName);
  const dimensions = reader.int32();
  const flags = reader.int32();
  const oid = reader.oid();
  if (dimensions < 0 || dimensions > MAX_DIMENSIONS || flags < 0 || flags > 1)
    throw invalidBinary(type.displayName);
  if (oid !== element.oid) {
    throw new SqlError(
      '42804',
      `binary data has array element type ${String(oid)} instead of expected ${String(element.oid)}`,
    );
  }
  const dims: number[] = [];
  const lowerBounds: number[] = [];
  let total = dimensions === 0 ? 0 : 1;
  for (let i = 0; i < dimensions; i++) {
    const length = reader.int32();
    const low = reader.int32();
    if (length < 0 || low + length > 0x7fffffff) throw invalidBinary(type.displayName);
    dims.push(length);
    lowerBounds.push(low);
    total *= length;
  }
  // Each element takes four bytes at least: a header cannot make us reserve more than was sent.
  if (total > reader.remaining / 4) throw invalidBinary(type.displayName);
  const elements: Datum[] = [];
  for (let i = 0; i < total; i++) elements.push(reader.field(element));
  reader.end();
  if (type.kind === 'array' && total === 0) return new SqlArray([]);
  return new SqlArray(elements, dims, lowerBounds);
}

function receiveRange(type: SqlType, bytes: Buffer): Datum {
  const reader = new Reader(bytes, type.displayName);
  const flags = reader.take(1)[0] ?? 0;
  if ((flags & RANGE_FLAGS.empty) !== 0) {
    reader.end();
    return EMPTY_RANGE;
  }
  const element = type.element ?? TEXT;
  const bound = (infinite: boolean): Datum => {
    if (infinite) return null;
    const value = reader.field(element);
    if (value === null) throw invalidBinary(type.displayName);
    return value;
  };
  const lower = bound((flags & RANGE_FLAGS.lowerInfinite) !== 0);
  const upper = bound((flags & RANGE_FLAGS.upperInfinite) !== 0);
  reader.end();
  return makeRange(
    type,
    lower,
    upper,
    (flags & RANGE_FLAGS.lowerInclusive) !== 0,
    (flags & RANGE_FLAGS.upperInclusive) !== 0,
  );
}

function receiveRecord(type: SqlType, bytes: Buffer): SqlRecord {
  const { fields } = type;
  if (fields === undefined)
    throw new SqlError('0A000', 'input of anonymous composite types is not implemented');
  const reader = new Reader(bytes, type.displayName);
  if (reader.int32() !== fields.length) throw invalidBinary(type.displayName);
  const values = fields.map((field) => {
    if (reader.oid() !== field.type.oid) throw invalidBinary(type.displayName);
    return reader.field(field.type);
  });
  reader.end();
  return new SqlRecord(values);
}
