/** Arithmetic and bits of uint2, uint4 and uint8, with their aggregates. */
import { outOfRange } from '../types/input-error.ts';
import { INTEGER_BOUNDS } from '../types/integer-text.ts';
import { divisionByZero, Numeric } from '../types/numeric.ts';
import { INT4, MZ_TIMESTAMP, NUMERIC, UINT2, UINT4, UINT8 } from '../types/registry.ts';
import type { Datum } from '../types/datum.ts';
import type { SqlType } from '../types/sql-type.ts';
import { extremes, fold } from './aggregates-basic.ts';
import type { AggregateFunction, OperatorDef, ScalarFunction } from './function.ts';
import { definer } from './mz-define.ts';

const define = definer(18300);

interface Width {
  readonly type: SqlType;
  readonly bits: number;
  readonly max: bigint;
  readonly displayName: string;
}

const WIDTHS: readonly Width[] = [
  { type: UINT2, bits: 16, ...INTEGER_BOUNDS.uint2 },
  { type: UINT4, bits: 32, ...INTEGER_BOUNDS.uint4 },
  { type: UINT8, bits: 64, ...INTEGER_BOUNDS.uint8 },
];

/** Back to how the type is held: uint8 as bigint, the others as number. */
function held(width: Width, value: bigint): Datum {
  return width.bits === 64 ? value : Number(value);
}

function checked(width: Width, value: bigint): Datum {
  if (value < 0n || value > width.max) throw outOfRange(String(value), width.displayName);
  return held(width, value);
}

type Combine = (a: bigint, b: bigint) => bigint;

function divide(a: bigint, b: bigint): bigint {
  if (b === 0n) throw divisionByZero();
  return a / b;
}

function remainder(a: bigint, b: bigint): bigint {
  if (b === 0n) throw divisionByZero();
  return a % b;
}

const BINARY: Readonly<Record<string, Combine>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': divide,
  '%': remainder,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '#': (a, b) => a ^ b,
};

const wide = (value: number | bigint): bigint => BigInt(value);

export const unsignedOperators: readonly OperatorDef[] = WIDTHS.flatMap((width) => {
  const { type, bits } = width;
  return [
    ...Object.entries(BINARY).map(([name, combine]) =>
      define.operator(name, type, type, type, (a: number | bigint, b: number | bigint) =>
        checked(width, combine(wide(a), wide(b))),
      ),
    ),
    define.operator('~', null, type, type, (a: number | bigint) =>
      held(width, BigInt.asUintN(bits, ~wide(a))),
    ),
    define.operator('<<', type, INT4, type, (a: number | bigint, by: number) =>
      held(width, BigInt.asUintN(bits, wide(a) << BigInt(by & (bits - 1)))),
    ),
    define.operator('>>', type, INT4, type, (a: number | bigint, by: number) =>
      held(width, wide(a) >> BigInt(by & (bits - 1))),
    ),
  ];
});

export const unsignedFunctions: readonly ScalarFunction[] = WIDTHS.map((width) =>
  define.scalar('mod', [width.type, width.type], width.type, (a: number | bigint, b: number | bigint) =>
    held(width, remainder(wide(a), wide(b))),
  ),
);

function aggregate(
  name: string,
  type: SqlType,
  returns: SqlType,
  entry: ReturnType<typeof fold>,
): AggregateFunction {
  return {
    kind: 'aggregate',
    schema: 'pg_catalog',
    name,
    oid: define.nextOid(),
    args: [type],
    returns,
    ...entry,
  };
}

const sumToNumeric = fold(
  () => 0n,
  (sum, value) => sum + wide(value as number | bigint),
  (sum, count) => (count === 0 ? null : Numeric.fromBigInt(sum)),
);
/** Sums of the narrow types are uint8. */
const sumToUint8 = fold(
  () => 0n,
  (sum, value) => sum + wide(value as number),
  (sum, count) => (count === 0 ? null : sum),
);

export const unsignedAggregates: readonly AggregateFunction[] = [
  ...[UINT2, UINT4, UINT8, MZ_TIMESTAMP].flatMap((type) => [
    aggregate('min', type, type, extremes.min),
    aggregate('max', type, type, extremes.max),
  ]),
  aggregate('sum', UINT2, UINT8, sumToUint8),
  aggregate('sum', UINT4, UINT8, sumToUint8),
  aggregate('sum', UINT8, NUMERIC, sumToNumeric),
  ...[UINT2, UINT4, UINT8].map((type) => aggregate('avg', type, NUMERIC, extremes.averageInteger)),
];
