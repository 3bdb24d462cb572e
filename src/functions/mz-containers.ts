/** Lists and maps: functions, operators, aggregates and unnest. */
import { planError } from '../errors.ts';
import { comparator } from '../types/compare.ts';
import { type Datum, type SqlArray, SqlList, SqlMap, type SqlRecord } from '../types/datum.ts';
import { compareText } from '../types/text-order.ts';
import {
  ANY,
  ANYCOMPATIBLE,
  ANYCOMPATIBLELIST,
  ANYELEMENT,
  BOOL,
  INT4,
  LIST,
  listOf,
  MAP,
  mapOf,
  TEXT,
  TEXT_ARRAY,
} from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { listAggregate, mapAggregate } from './aggregates-collecting.ts';
import { arg, forTypes, type Made } from './define.ts';
import type { AggregateFunction, FunctionDef, OperatorDef, TableFunction } from './function.ts';
import { definer } from './mz-define.ts';
import { polymorphicResult } from './polymorphic.ts';

const define = definer(18400);

/** A list of what the arguments have in common. */
const listResult =
  (...declared: readonly SqlType[]) =>
  (args: readonly SqlType[]): SqlType =>
    polymorphicResult(ANYCOMPATIBLELIST, declared, args) ?? LIST;

const append = (list: SqlList | null, value: Datum): SqlList =>
  new SqlList([...(list?.elements ?? []), value]);
const prepend = (value: Datum, list: SqlList | null): SqlList =>
  new SqlList([value, ...(list?.elements ?? [])]);
const concatenate = (a: SqlList | null, b: SqlList | null): SqlList | null =>
  a === null || b === null ? (a ?? b) : new SqlList([...a.elements, ...b.elements]);

/** Every element of the second list is in the first; NULL is in nothing. */
function containment(swap: boolean): Made {
  return forTypes((types) => {
    const element = types.args[0]?.element ?? TEXT;
    const compare = comparator(element);
    const has = (list: SqlList, wanted: Datum): boolean =>
      wanted !== null && list.elements.some((own) => own !== null && compare(own, wanted) === 0);
    const contains = (a: SqlList, b: SqlList): boolean => b.elements.every((wanted) => has(a, wanted));
    return (a: SqlList, b: SqlList) => (swap ? contains(b, a) : contains(a, b));
  });
}

function mapContainment(swap: boolean): Made {
  return forTypes((types) => {
    const compare = comparator(types.args[0]?.element ?? TEXT);
    const same = (a: Datum | undefined, b: Datum): boolean =>
      a !== undefined && (a === null || b === null ? a === b : compare(a, b) === 0);
    const contains = (a: SqlMap, b: SqlMap): boolean =>
      [...b.entries].every(([key, value]) => same(a.entries.get(key), value));
    return (a: SqlMap, b: SqlMap) => (swap ? contains(b, a) : contains(a, b));
  });
}

const keys = (array: SqlArray): readonly string[] =>
  array.elements.filter((key): key is string => key !== null);

/** A map from a list of (key, value) records; the last value of a key stays, NULL keys are left out. */
function build(list: SqlList): SqlMap {
  const pairs = list.elements.flatMap((item): (readonly [string, Datum])[] => {
    if (item === null) return [];
    const [key, value] = (item as SqlRecord).fields;
    return key === null || key === undefined ? [] : [[key as string, value ?? null]];
  });
  return new SqlMap(new Map([...new Map(pairs)].sort(([a], [b]) => compareText(a, b))));
}

/** The map that map_build makes of its list of records; for the signature as such, any map. */
function builtType(args: readonly SqlType[]): SqlType {
  if (args[0]?.element === undefined) return MAP;
  const fields = args[0]?.element?.fields;
  const [key, value] = fields ?? [];
  if (fields?.length !== 2 || key?.type !== TEXT || value === undefined) {
    throw planError('function map_build(list) requires a list of records of text and a value');
  }
  return mapOf(value.type);
}

/** The longest list at the n-th level down; Materialize's list_length_max. */
function lengthMax(list: SqlList, level: number): number | null {
  if (level < 1) throw planError(`invalid layer: ${String(level)}; must use value within [1, ...]`);
  if (level === 1) return list.elements.length;
  const below = list.elements
    .filter((item): item is SqlList => item instanceof SqlList)
    .map((item) => lengthMax(item, level - 1))
    .filter((length): length is number => length !== null);
  return below.length === 0 ? null : Math.max(...below);
}

const containerScalars: readonly FunctionDef[] = [
  define.scalar(
    'list_append',
    [ANYCOMPATIBLELIST, ANYCOMPATIBLE],
    listResult(ANYCOMPATIBLELIST, ANYCOMPATIBLE),
    append,
    { strict: false },
  ),
  define.scalar(
    'list_prepend',
    [ANYCOMPATIBLE, ANYCOMPATIBLELIST],
    listResult(ANYCOMPATIBLE, ANYCOMPATIBLELIST),
    prepend,
    { strict: false },
  ),
  define.scalar(
    'list_cat',
    [ANYCOMPATIBLELIST, ANYCOMPATIBLELIST],
    listResult(ANYCOMPATIBLELIST, ANYCOMPATIBLELIST),
    concatenate,
    { strict: false },
  ),
  define.scalar('list_length', [LIST], INT4, (list: SqlList) => list.elements.length),
  define.scalar('list_length_max', [LIST, INT4], INT4, lengthMax),
  define.scalar('map_length', [MAP], INT4, (map: SqlMap) => map.entries.size),
  define.scalar('map_build', [LIST], builtType, build),
];

export const containerOperators: readonly OperatorDef[] = [
  define.operator(
    '||',
    ANYCOMPATIBLELIST,
    ANYCOMPATIBLELIST,
    listResult(ANYCOMPATIBLELIST, ANYCOMPATIBLELIST),
    concatenate,
    false,
  ),
  define.operator(
    '||',
    ANYCOMPATIBLELIST,
    ANYCOMPATIBLE,
    listResult(ANYCOMPATIBLELIST, ANYCOMPATIBLE),
    append,
    false,
  ),
  define.operator(
    '||',
    ANYCOMPATIBLE,
    ANYCOMPATIBLELIST,
    listResult(ANYCOMPATIBLE, ANYCOMPATIBLELIST),
    prepend,
    false,
  ),
  define.operator('@>', LIST, LIST, BOOL, containment(false)),
  define.operator('<@', LIST, LIST, BOOL, containment(true)),
  define.operator(
    '->',
    MAP,
    TEXT,
    (args) => args[0]?.element ?? TEXT,
    (map: SqlMap, key: string) => map.entries.get(key) ?? null,
  ),
  define.operator('@>', MAP, MAP, BOOL, mapContainment(false)),
  define.operator('<@', MAP, MAP, BOOL, mapContainment(true)),
  define.operator('?', MAP, TEXT, BOOL, (map: SqlMap, key: string) => map.entries.has(key)),
  define.operator('?&', MAP, TEXT_ARRAY, BOOL, (map: SqlMap, wanted: SqlArray) =>
    keys(wanted).every((key) => map.entries.has(key)),
  ),
  define.operator('?|', MAP, TEXT_ARRAY, BOOL, (map: SqlMap, wanted: SqlArray) =>
    keys(wanted).some((key) => map.entries.has(key)),
  ),
];

const aggregates: readonly AggregateFunction[] = [
  {
    kind: 'aggregate',
    schema: 'mz_catalog',
    name: 'list_agg',
    oid: define.nextOid(),
    args: [ANY],
    returns: (args) => listOf(args[0] ?? TEXT),
    ...listAggregate,
  },
  {
    kind: 'aggregate',
    schema: 'mz_catalog',
    name: 'map_agg',
    oid: define.nextOid(),
    args: [TEXT, ANYELEMENT],
    returns: (args) => mapOf(args[1] ?? TEXT),
    ...mapAggregate,
  },
];

const unnests: readonly TableFunction[] = [
  {
    kind: 'table',
    schema: 'mz_catalog',
    name: 'unnest',
    oid: define.nextOid(),
    args: [LIST],
    columns: (args) => [{ name: 'unnest', type: args[0]?.element ?? TEXT }],
    strict: true,
    volatility: 'immutable',
    make: () =>
      function* (args) {
        for (const value of (arg(args, 0) as SqlList).elements) yield [value];
      },
  },
  {
    kind: 'table',
    schema: 'mz_catalog',
    name: 'unnest',
    oid: define.nextOid(),
    args: [MAP],
    columns: (args) => [
      { name: 'key', type: TEXT },
      { name: 'value', type: args[0]?.element ?? TEXT },
    ],
    strict: true,
    volatility: 'immutable',
    make: () =>
      function* (args) {
        for (const [key, value] of (arg(args, 0) as SqlMap).entries) yield [key, value];
      },
  },
];

export const containerFunctions: readonly FunctionDef[] = [...containerScalars, ...aggregates, ...unnests];
