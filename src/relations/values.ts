/** Catalog records to datums: the few conversions that every relation needs. */
import type { AclEntry } from '../catalog/records.ts';
import { AclItemDatum, Interval, Jsonb, SqlArray, SqlList, type JsonbValue } from '../types/datum.ts';
import { Numeric } from '../types/numeric.ts';

/** 2000-01-01 00:00 UTC in milliseconds since the Unix epoch. */
const POSTGRES_EPOCH_MS = 946_684_800_000n;

/** Milliseconds since the Unix epoch to a timestamptz datum; null stays null. */
export function timestamptz(ms: number): bigint;
export function timestamptz(ms: number | null): bigint | null;
export function timestamptz(ms: number | null): bigint | null {
  return ms === null ? null : (BigInt(Math.floor(ms)) - POSTGRES_EPOCH_MS) * 1000n;
}

/** Milliseconds to an interval datum; null stays null. */
export function intervalOfMs(ms: number | null): Interval | null {
  return ms === null ? null : new Interval(0, 0, BigInt(Math.round(ms)) * 1000n);
}

/** mz_aclitem[] of a list of grants. */
export function aclArray(entries: readonly AclEntry[]): SqlArray {
  return new SqlArray(
    entries.map((entry) => new AclItemDatum(entry.grantee, entry.privileges, entry.grantor)),
  );
}

/** text[] */
export function textArray(values: readonly (string | null)[]): SqlArray {
  return new SqlArray(values);
}

/** text list */
export function textList(values: readonly string[]): SqlList {
  return new SqlList(values);
}

/** A JSON-safe value to a jsonb datum. Keys with the value undefined are left out, as JSON.stringify does. */
export function jsonb(value: unknown): Jsonb {
  return new Jsonb(jsonbValue(value));
}

function jsonbValue(value: unknown): JsonbValue {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value;
    case 'number':
    case 'bigint':
      return Numeric.fromString(value.toString());
    default:
  }
  if (Array.isArray(value)) return value.map(jsonbValue);
  const entries = Object.entries(value as Readonly<Record<string, unknown>>).filter(
    ([, v]) => v !== undefined,
  );
  entries.sort(([a], [b]) => compareJsonbKeys(a, b));
  return new Map(entries.map(([key, member]) => [key, jsonbValue(member)]));
}

/** jsonb keeps object keys by length in bytes first, then by bytes (utils/adt/jsonb_util.c). */
function compareJsonbKeys(a: string, b: string): number {
  const x = Buffer.from(a, 'utf8');
  const y = Buffer.from(b, 'utf8');
  return x.length - y.length || Buffer.compare(x, y);
}
