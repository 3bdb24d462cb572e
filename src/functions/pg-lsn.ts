/** Arithmetic of write-ahead log positions (PostgreSQL 15, manual 8.20). */
import { planError } from '../errors.ts';
import { Numeric } from '../types/numeric.ts';
import { alike, type ScalarTable } from './define.ts';

const END = 1n << 64n;

/** A position from a number of bytes, rounded. Throws for what is none. */
function position(value: Numeric, nan: string): bigint {
  if (value.isNaN) throw planError(nan);
  const whole = value.isFinite ? BigInt(value.round().toString()) : -1n;
  if (whole < 0n || whole >= END) throw planError('pg_lsn out of range');
  return whole;
}

const distance = (a: bigint, b: bigint): Numeric => Numeric.fromBigInt(a - b);
const plus = (at: bigint, bytes: Numeric): bigint =>
  position(Numeric.fromBigInt(at).add(bytes), 'cannot add NaN to pg_lsn');

export const lsnFunctions: ScalarTable = {
  ...alike(['pg_lsn_mi(pg_lsn,pg_lsn)', 'pg_wal_lsn_diff(pg_lsn,pg_lsn)'], distance),
  'pg_lsn_pli(pg_lsn,numeric)': plus,
  'numeric_pl_pg_lsn(numeric,pg_lsn)': (bytes: Numeric, at: bigint) => plus(at, bytes),
  'pg_lsn_mii(pg_lsn,numeric)': (at: bigint, bytes: Numeric) =>
    position(Numeric.fromBigInt(at).sub(bytes), 'cannot subtract NaN from pg_lsn'),
  'pg_lsn(numeric)': (bytes: Numeric) => position(bytes, 'cannot convert NaN to pg_lsn'),
};
