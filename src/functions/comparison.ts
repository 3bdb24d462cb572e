/**
 * The six comparison operators of every type, from the order of its values (types/compare.ts), and those between kin:
 * integers of different widths, floats, text and name, dates and timestamps.
 */
import type { SessionContext } from '../query/session-context.ts';
import { MICROS_PER_DAY } from '../types/calendar.ts';
import { comparator } from '../types/compare.ts';
import { type Datum, TIMESTAMP_INFINITY } from '../types/datum.ts';
import { BOOL, typeByName } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { localToUtc, type TimeZone } from '../types/time-zone.ts';
import { arg, type Evaluate, type Made } from './define.ts';
import type { CallTypes, OperatorDef } from './function.ts';
import type { OperatorFact } from './pg-facts.ts';
import { sessionZone } from './session-zone.ts';

export type ComparisonName = '=' | '<>' | '<' | '<=' | '>' | '>=';

const COMPARISONS: readonly ComparisonName[] = ['=', '<>', '<', '<=', '>', '>='];

const HOLDS = {
  '=': (order: number) => order === 0,
  '<>': (order: number) => order !== 0,
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
  '>': (order: number) => order > 0,
  '>=': (order: number) => order >= 0,
} satisfies Record<ComparisonName, (order: number) => boolean>;

/** Types whose values are equal exactly when JavaScript's === says so. */
const IDENTICAL = new Set(
  'bool int2 int4 int8 oid text varchar name uuid date time timestamp timestamptz uint2 uint4 uint8 mz_timestamp xid cid'.split(
    ' ',
  ),
);

type Order = (a: Datum, b: Datum, session: SessionContext) => number;

const byValue: Order = (a, b) => {
  const left = a as number | bigint;
  const right = b as number | bigint;
  return left < right ? -1 : left > right ? 1 : 0;
};

/** A date's midnight; infinite dates are infinite timestamps. */
export function dateToTimestamp(days: number): bigint {
  if (days === Infinity) return TIMESTAMP_INFINITY;
  if (days === -Infinity) return -TIMESTAMP_INFINITY;
  return BigInt(days) * MICROS_PER_DAY;
}

/** The instant at which clocks of the zone show a timestamp. */
export function timestampToInstant(local: bigint, zone: TimeZone): bigint {
  return local >= TIMESTAMP_INFINITY || local <= -TIMESTAMP_INFINITY ? local : localToUtc(zone, local);
}

type ToInstant = (value: Datum, session: SessionContext) => Datum;
const same: ToInstant = (value) => value;
const midnight: ToInstant = (value) => dateToTimestamp(value as number);
const instant: ToInstant = (value, session) => timestampToInstant(value as bigint, sessionZone(session));
const midnightInstant: ToInstant = (value, session) =>
  timestampToInstant(dateToTimestamp(value as number), sessionZone(session));

/** How each side becomes comparable, for pairs of different types. */
const PAIRS: Readonly<Record<string, readonly [ToInstant, ToInstant]>> = {
  'date timestamp': [midnight, same],
  'timestamp date': [same, midnight],
  'date timestamptz': [midnightInstant, same],
  'timestamptz date': [same, midnightInstant],
  'timestamp timestamptz': [instant, same],
  'timestamptz timestamp': [same, instant],
};

const INTEGERS = new Set(['int2', 'int4', 'int8', 'xid']);
const FLOATS = new Set(['float4', 'float8']);

function orderFor(left: SqlType, right: SqlType, types: CallTypes): Order {
  if (left.name === right.name) return comparator(types.args[0] ?? left);
  if (INTEGERS.has(left.name) && INTEGERS.has(right.name)) return byValue;
  if (FLOATS.has(left.name) && FLOATS.has(right.name)) return comparator(left);
  const pair = PAIRS[`${left.name} ${right.name}`];
  if (pair === undefined) return comparator(left);
  const [toLeft, toRight] = pair;
  return (a, b, session) => byValue(toLeft(a, session), toRight(b, session), session);
}

function evaluate(name: ComparisonName, left: SqlType, right: SqlType, types: CallTypes): Evaluate {
  if (left.name === right.name && IDENTICAL.has(left.name)) {
    if (name === '=') return (args) => args[0] === args[1];
    if (name === '<>') return (args) => args[0] !== args[1];
  }
  const holds = HOLDS[name];
  const order = orderFor(left, right, types);
  return (args, session) => holds(order(arg(args, 0), arg(args, 1), session));
}

/** Operators that compare by bytes whatever the collation; here every collation is C. */
const PATTERN: Readonly<Record<string, ComparisonName>> = {
  '~<~': '<',
  '~<=~': '<=',
  '~>=~': '>=',
  '~>~': '>',
};
const IMAGE: Readonly<Record<string, ComparisonName>> = {
  '*=': '=',
  '*<>': '<>',
  '*<': '<',
  '*<=': '<=',
  '*>': '>',
  '*>=': '>=',
};

/** The comparison that a pg_operator row stands for; undefined when it is no comparison of known types. */
export function comparisonOf(
  fact: OperatorFact,
): { readonly name: ComparisonName | undefined; readonly made: Made } | undefined {
  const { left, right } = fact;
  if (left === null || left.name === 'anyenum') return undefined;
  const plain = (COMPARISONS as readonly string[]).includes(fact.name)
    ? (fact.name as ComparisonName)
    : undefined;
  const name = plain ?? PATTERN[fact.name] ?? IMAGE[fact.name];
  if (name === undefined) return undefined;
  return { name: plain, made: { make: (types) => evaluate(name, left, right, types) } };
}

/** Types of Materialize's own that compare; OIDs of their operators start here, six a type. */
const MZ_TYPES = ['uint2', 'uint4', 'uint8', 'mz_timestamp', 'mz_aclitem', 'list', 'map'];
const FIRST_OID = 18000;

function mzOperator(type: SqlType, name: ComparisonName, oid: number): OperatorDef {
  return {
    name,
    oid,
    left: type,
    right: type,
    returns: BOOL,
    strict: true,
    volatility: 'immutable',
    comparison: name,
    make: (types) => evaluate(name, type, type, types),
  };
}

export const mzComparisonOperators: readonly OperatorDef[] = MZ_TYPES.flatMap((typeName, i) => {
  const type = typeByName(typeName);
  if (type === undefined) throw new Error(`no type ${typeName}`);
  return COMPARISONS.map((name, j) => mzOperator(type, name, FIRST_OID + i * COMPARISONS.length + j));
});
