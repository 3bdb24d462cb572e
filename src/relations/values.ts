/** Catalog records to datums: the few conversions that every relation needs. */
import type { AclEntry } from '../catalog/records.ts';
import { AclItemDatum, Interval, SqlArray, SqlList, type Jsonb } from '../types/datum.ts';
import { jsonbFrom } from '../types/jsonb.ts';

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
  return jsonbFrom(withoutUndefined(value));
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries.map(([key, member]) => [key, withoutUndefined(member)]));
}
