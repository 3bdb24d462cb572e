/** SQL values to JSON and JSON text kept as written: what to_json, row_to_json and their kin share. */
import { planError } from '../errors.ts';
import type { SessionContext } from '../query/session-context.ts';
import type { Jsonb } from '../types/datum.ts';
import {
  type Datum,
  type JsonbValue,
  type SqlArray,
  type SqlList,
  type SqlMap,
  type SqlRecord,
} from '../types/datum.ts';
import { formatDate, formatTimestamp, formatTimestampTz } from '../types/datetime-format.ts';
import { formatJsonb, isObject, jsonbObject, parseJsonb, quoteJson } from '../types/jsonb.ts';
import type { Numeric } from '../types/numeric.ts';
import type { SqlType } from '../types/sql-type.ts';
import { TEXT } from '../types/registry.ts';
import { textEncoder } from '../types/text-encode.ts';
import { UTC } from '../types/time-zone.ts';
import { NO_SESSION, type CastSession } from '../types/cast-session.ts';
import { castSession } from './cast-session.ts';
import { sessionZone } from './session-zone.ts';

/** A value as JSON text, by its SQL type: numbers and booleans bare, JSON as it is, everything else a string. */
export type ToJson = (value: Datum) => string;

/** Aggregates may be run without a session: names of OIDs are then numbers. */
function valueSession(session: SessionContext | undefined): CastSession {
  return session === undefined ? NO_SESSION : castSession(session);
}

const NUMBERS = new Set(['int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'uint2', 'uint4', 'uint8']);

/** The writer for a type; NULL is written `null`. */
export function jsonWriter(type: SqlType, session: SessionContext | undefined): ToJson {
  const write = valueWriter(type, session);
  return (value) => (value === null ? 'null' : write(value));
}

function valueWriter(type: SqlType, session: SessionContext | undefined): ToJson {
  switch (type.kind) {
    case 'array': {
      const write = jsonWriter(type.element ?? TEXT, session);
      return (value) => nestArray(value as SqlArray, write);
    }
    case 'list': {
      const write = jsonWriter(type.element ?? TEXT, session);
      return (value) => `[${(value as SqlList).elements.map(write).join(',')}]`;
    }
    case 'map': {
      const write = jsonWriter(type.element ?? TEXT, session);
      return (value) =>
        `{${[...(value as SqlMap).entries].map(([k, v]) => `${quoteJson(k)}:${write(v)}`).join(',')}}`;
    }
    case 'record':
      return recordWriter(type, session);
    default:
      return scalarWriter(type, session);
  }
}

function scalarWriter(type: SqlType, session: SessionContext | undefined): ToJson {
  if (type.name === 'json') return (value) => value as string;
  if (type.name === 'jsonb') return (value) => formatJsonb((value as Jsonb).value);
  if (type.name === 'bool') return (value) => (value === true ? 'true' : 'false');
  // JSON has the ISO form of times, with a T.
  const iso = (text: string): string => quoteJson(text.replace(' ', 'T'));
  if (type.name === 'timestamp') return (value) => iso(formatTimestamp(value as bigint));
  if (type.name === 'timestamptz') {
    const zone = session === undefined ? UTC : sessionZone(session);
    return (value) => iso(formatTimestampTz(value as bigint, zone).replace(/([+-]\d\d)$/, '$1:00'));
  }
  if (type.name === 'date') return (value) => quoteJson(formatDate(value as number));
  const encode = textEncoder(type, valueSession(session));
  if (!NUMBERS.has(type.name)) return (value) => quoteJson(encode(value));
  return (value) => {
    const text = encode(value);
    return /^-?\d/.test(text) ? text : quoteJson(text);
  };
}

function recordWriter(type: SqlType, session: SessionContext | undefined): ToJson {
  const fields = (type.fields ?? []).map((field) => ({
    name: field.name,
    write: jsonWriter(field.type, session),
  }));
  return (value) => {
    const record = value as SqlRecord;
    const members = record.fields.map((field, i) => {
      const known = fields[i];
      const text = known === undefined ? quoteJson(String(field as string)) : known.write(field);
      return `${quoteJson(known?.name ?? `f${String(i + 1)}`)}:${text}`;
    });
    return `{${members.join(',')}}`;
  };
}

/** Elements nested by the array's dimensions. */
function nestArray(array: SqlArray, write: ToJson, separator = ','): string {
  const level = (dimension: number, from: number, to: number): string => {
    const parts: string[] = [];
    if (dimension === array.dims.length - 1) {
      for (let i = from; i < to; i++) parts.push(write(array.elements[i] ?? null));
    } else {
      const size = (to - from) / (array.dims[dimension] ?? 1);
      for (let at = from; at < to; at += size) parts.push(level(dimension + 1, at, at + size));
    }
    return `[${parts.join(dimension === 0 ? separator : ',')}]`;
  };
  return array.dims.length === 0 ? '[]' : level(0, 0, array.elements.length);
}

/** array_to_json with a line feed between the elements of the outermost dimension. */
export function prettyArray(array: SqlArray, type: SqlType, session: SessionContext | undefined): string {
  return nestArray(array, jsonWriter(type.element ?? TEXT, session), ',\n ');
}

/** A SQL value as a jsonb value. */
export function jsonbWriter(
  type: SqlType,
  session: SessionContext | undefined,
): (value: Datum) => JsonbValue {
  if (type.name === 'jsonb') return (value) => (value === null ? null : (value as Jsonb).value);
  if (type.name === 'bool') return (value) => value as boolean | null;
  if (type.name === 'numeric') {
    return (value) =>
      value === null
        ? null
        : (value as Numeric).isFinite
          ? (value as Numeric)
          : (value as Numeric).toString();
  }
  const write = jsonWriter(type, session);
  return (value) => (value === null ? null : parseJsonb(write(value)).value);
}

/** Text of an object key: any scalar, never NULL or a container. */
export function objectKey(
  type: SqlType,
  value: Datum,
  position: number | undefined,
  session: SessionContext | undefined,
): string {
  if (value === null) {
    if (position === undefined) throw planError('field name must not be null');
    throw planError(`argument ${String(position)} cannot be null`, { hint: 'Object keys should be text.' });
  }
  if (type.kind !== 'base' && type.kind !== 'pseudo')
    throw planError('key value must be scalar, not array, composite, or json');
  if (type.name === 'json' || type.name === 'jsonb')
    throw planError('key value must be scalar, not array, composite, or json');
  if (type.name === 'bool') return value === true ? 'true' : 'false';
  return textEncoder(type, valueSession(session))(value);
}

export { formatJsonb, isObject, jsonbObject, parseJsonb, quoteJson };
