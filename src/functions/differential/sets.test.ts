/** Aggregates, ordered-set aggregates and set-returning functions beside a real PostgreSQL 15, column by column. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isDeepStrictEqual } from 'node:util';
import { startPostgres, type TestPostgres } from '../../../test/support/postgres.ts';
import type { Datum } from '../../types/datum.ts';
import { TEXT, typeByName } from '../../types/registry.ts';
import { decodeText } from '../../types/text-decode.ts';
import { textEncoder } from '../../types/text-encode.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { find, resultOf, testSession } from '../test-support.ts';

let postgres: TestPostgres | null = null;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(async () => {
  await postgres?.stop();
});

const type = (name: string): SqlType => typeByName(name) ?? TEXT;
const sql = (name: string): string => (name.startsWith('_') ? `${name.slice(1)}[]` : name);
const quote = (text: string | null): string => (text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`);

/** Name, argument types, rows of argument texts. */
type AggregateCase = readonly [
  name: string,
  types: readonly string[],
  ...rows: (readonly (string | null)[])[],
];

const ints = [['1'], ['2'], [null], ['2'], ['7']] as const;
const floats = [['1.5'], ['2.25'], [null], ['-4']] as const;
const pairs = [
  ['1', '2'],
  ['2', '3'],
  ['4', null],
  ['5', '1'],
  ['2.5', '8'],
] as const;

const AGGREGATES: readonly AggregateCase[] = [
  ...[
    'count',
    'sum',
    'avg',
    'min',
    'max',
    'var_pop',
    'var_samp',
    'variance',
    'stddev',
    'stddev_pop',
    'array_agg',
    'json_agg',
  ].flatMap((name): AggregateCase[] => [
    [name, ['int4'], ...ints],
    [name, ['int8'], ...ints],
    [name, ['numeric'], ...floats],
    [name, ['float8'], ...floats],
    [name, ['int4'], ['5']],
    [name, ['int4'], [null]],
    [name, ['numeric'], ['NaN'], ['1']],
    [name, ['float8'], ['Infinity'], ['1']],
  ]),
  ['sum', ['float4'], ['1.1'], ['2.2']],
  ['avg', ['float4'], ['1.1'], ['2.2']],
  ['sum', ['int8'], ['9223372036854775807'], ['1']],
  ['sum', ['interval'], ['1 day'], ['2 hours']],
  ['avg', ['interval'], ['1 day'], ['2 hours']],
  ['min', ['text'], ['b'], ['a']],
  ['max', ['timestamp'], ['2020-01-01'], ['2021-01-01']],
  ['max', ['_int4'], ['{1}'], ['{2}']],
  ['bool_and', ['bool'], ['t'], [null], ['f']],
  ['bool_or', ['bool'], ['f'], ['t']],
  ['every', ['bool'], ['t']],
  ['bit_and', ['int4'], ['6'], ['3']],
  ['bit_or', ['int8'], ['6'], ['3']],
  ['bit_xor', ['int2'], ['6'], ['3']],
  ['string_agg', ['text', 'text'], ['a', ','], [null, ';'], ['b', ';'], ['c', null]],
  ['string_agg', ['bytea', 'bytea'], ['a', ','], ['b', ';']],
  ['array_agg', ['_int4'], ['{1,2}'], ['{3,4}']],
  ['array_agg', ['_int4'], ['{1,2}'], ['{3}']],
  ['array_agg', ['text'], ['a'], [null]],
  ['jsonb_agg', ['text'], ['a'], [null]],
  ['json_object_agg', ['text', 'int4'], ['a', '1'], ['b', null]],
  ['jsonb_object_agg', ['text', 'int4'], ['b', '1'], ['a', '2'], ['b', '3']],
  ['json_object_agg', ['text', 'int4'], [null, '1']],
  ...[
    'corr',
    'covar_pop',
    'covar_samp',
    'regr_avgx',
    'regr_avgy',
    'regr_count',
    'regr_intercept',
    'regr_r2',
    'regr_slope',
    'regr_sxx',
    'regr_sxy',
    'regr_syy',
  ].flatMap((name): AggregateCase[] => [
    [name, ['float8', 'float8'], ...pairs],
    [name, ['float8', 'float8'], ['1', '1']],
    [name, ['float8', 'float8'], [null, '1']],
  ]),
  ['range_intersect_agg', ['int4range'], ['[1,9)'], ['[3,12)']],
];

/** Name, direct argument with its type, type of the rows, rows in order. */
const ORDERED: readonly (readonly [string, readonly [string, string] | null, string, ...string[]])[] = [
  ['percentile_disc', ['float8', '0.5'], 'int4', '1', '2', '3', '10'],
  ['percentile_cont', ['float8', '0.3'], 'float8', '1', '2', '3', '10'],
  ['percentile_cont', ['float8', '0.5'], 'interval', '1 day', '3 days'],
  ['percentile_cont', ['_float8', '{0,0.5,1}'], 'float8', '1', '4'],
  ['percentile_disc', ['_float8', '{0.1,0.9}'], 'text', 'a', 'b', 'c'],
  ['percentile_cont', ['float8', '1.5'], 'float8', '1'],
  ['mode', null, 'text', 'a', 'b', 'b', 'c', 'c'],
];

/** Name, argument types, argument texts. */
const SETS: readonly (readonly [string, readonly string[], readonly (string | null)[]])[] = [
  ['generate_series', ['int4', 'int4'], ['1', '4']],
  ['generate_series', ['int4', 'int4', 'int4'], ['5', '1', '-2']],
  ['generate_series', ['int4', 'int4', 'int4'], ['1', '2', '0']],
  ['generate_series', ['int8', 'int8'], ['3', '1']],
  ['generate_series', ['numeric', 'numeric', 'numeric'], ['1.5', '3', '0.5']],
  ['generate_series', ['numeric', 'numeric'], ['1', 'NaN']],
  ['generate_series', ['int4', 'int4'], ['2147483646', '2147483647']],
  ['generate_series', ['timestamp', 'timestamp', 'interval'], ['2020-01-31', '2020-06-01', '1 month']],
  [
    'generate_series',
    ['timestamptz', 'timestamptz', 'interval'],
    ['2020-01-01 00:00+00', '2020-01-02 00:00+00', '10 hours'],
  ],
  ['unnest', ['_int4'], ['{{1,2},{3,NULL}}']],
  ['generate_subscripts', ['_int4', 'int4'], ['[3:5]={1,2,3}', '1']],
  ['generate_subscripts', ['_int4', 'int4', 'bool'], ['{1,2}', '1', 't']],
  ['string_to_table', ['text', 'text', 'text'], ['a,b,c', ',', 'b']],
  ['regexp_matches', ['text', 'text', 'text'], ['foobarbequebaz', 'ba.', 'g']],
  ['regexp_matches', ['text', 'text'], ['foobarbequebazil', '(b[^b]+)(b[^b]+)']],
  ['regexp_split_to_table', ['text', 'text'], ['hello world', '\\s+']],
  ['jsonb_array_elements', ['jsonb'], ['[1,"a",null]']],
  ['jsonb_array_elements_text', ['jsonb'], ['[1,"a",null]']],
  ['jsonb_object_keys', ['jsonb'], ['{"b":1,"a":2}']],
  ['jsonb_each', ['jsonb'], ['{"a":1}']],
  ['jsonb_each_text', ['jsonb'], ['{"a":null}']],
  ['jsonb_each', ['jsonb'], ['[1]']],
  ['json_each', ['json'], ['{"a" : [1, 2], "a":"x"}']],
  ['json_each_text', ['json'], ['{"a":"x\\ny"}']],
  ['json_array_elements', ['json'], ['[1, {"a": 2} ]']],
  ['json_object_keys', ['json'], ['{"b":1,"a":2}']],
  ['jsonb_array_elements', ['jsonb'], ['{}']],
];

type Outcome = { readonly value: unknown } | 'error';

function outcome(run: () => unknown): Outcome {
  try {
    return { value: run() };
  } catch {
    return 'error';
  }
}

const datum = (typeName: string, text: string | null): Datum =>
  text === null ? null : decodeText(type(typeName), text);
const text = (result: SqlType, value: Datum): string | null =>
  value === null ? null : textEncoder(result)(value);

function aggregate(
  name: string,
  types: readonly SqlType[],
  rows: readonly (readonly Datum[])[],
): string | null {
  const def = find(name, types);
  if (!('kind' in def) || def.kind !== 'aggregate') throw new Error(`${name} is no aggregate`);
  const result = resultOf(def, types);
  const state = def.make({ args: types, typmods: types.map(() => -1), result })(testSession());
  for (const row of rows) if (!def.strict || !row.includes(null)) state.add(row);
  return text(result, state.result());
}

/** Text of PostgreSQL and ours are the same, or the same JSON, or floats within the last digit of a sum's order. */
function same(ours: unknown, theirs: unknown): boolean {
  if (isDeepStrictEqual(ours, theirs)) return true;
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    return ours.length === theirs.length && ours.every((value, i) => same(value, theirs[i]));
  }
  if (typeof ours !== 'string' || typeof theirs !== 'string') return false;
  try {
    return isDeepStrictEqual(JSON.parse(ours), JSON.parse(theirs));
  } catch {
    return false;
  }
}

async function compare(
  cases: readonly { readonly query: string; readonly ours: Outcome }[],
): Promise<readonly string[]> {
  const differences: string[] = [];
  for (const { query, ours } of cases) {
    let theirs: Outcome;
    try {
      theirs = { value: await postgres?.psql(query) };
    } catch {
      theirs = 'error';
    }
    const agree = ours === 'error' || theirs === 'error' ? ours === theirs : same(ours.value, theirs.value);
    if (!agree) differences.push(`${query}: ours ${JSON.stringify(ours)}, theirs ${JSON.stringify(theirs)}`);
  }
  return differences;
}

describe('sets beside PostgreSQL', () => {
  it('aggregates alike', { timeout: 120_000 }, async (context) => {
    if (postgres === null) return context.skip('PostgreSQL is not installed');
    const cases = AGGREGATES.map(([name, types, ...rows]) => {
      const columns = types.map((_, i) => `c${String(i)}`);
      const values = rows.map(
        (row) => `(${row.map((value, i) => `${quote(value)}::${sql(types[i] ?? '')}`).join(', ')})`,
      );
      return {
        query: `SELECT ${name}(${columns.join(', ')})::text FROM (VALUES ${values.join(', ')}) v(${columns.join(', ')})`,
        ours: outcome(() => [
          [
            boolText(
              aggregate(
                name,
                types.map(type),
                rows.map((row) => row.map((value, i) => datum(types[i] ?? '', value))),
              ),
              name,
            ),
          ],
        ]),
      };
    });
    expect(await compare(cases)).toEqual([]);
  });

  it('aggregates within groups alike', { timeout: 60_000 }, async (context) => {
    if (postgres === null) return context.skip('PostgreSQL is not installed');
    const cases = ORDERED.map(([name, direct, typeName, ...rows]) => {
      const types = [...(direct === null ? [] : [direct[0]]), typeName].map(type);
      const values = rows.map((row) => `(${quote(row)}::${sql(typeName)})`).join(', ');
      const call = direct === null ? '' : `${quote(direct[1])}::${sql(direct[0])}`;
      return {
        query: `SELECT (${name}(${call}) WITHIN GROUP (ORDER BY c))::text FROM (VALUES ${values}) v(c)`,
        ours: outcome(() => [
          [
            aggregate(
              name,
              types,
              rows.map((row) => [
                ...(direct === null ? [] : [datum(direct[0], direct[1])]),
                datum(typeName, row),
              ]),
            ),
          ],
        ]),
      };
    });
    expect(await compare(cases)).toEqual([]);
  });

  it('returns the same rows', { timeout: 60_000 }, async (context) => {
    if (postgres === null) return context.skip('PostgreSQL is not installed');
    const cases = SETS.map(([name, typeNames, texts]) => {
      const types = typeNames.map(type);
      const args = texts.map((value, i) => `${quote(value)}::${sql(typeNames[i] ?? '')}`);
      return {
        query: `SELECT * FROM ${name}(${args.join(', ')})`,
        ours: outcome(() => {
          const def = find(name, types);
          if (!('kind' in def) || def.kind !== 'table') throw new Error(`${name} is no table function`);
          const columns = def.columns(types);
          const evaluate = def.make({ args: types, typmods: types.map(() => -1), result: TEXT });
          const rows = evaluate(
            texts.map((value, i) => datum(typeNames[i] ?? '', value)),
            testSession(),
          );
          return [...rows].map((row) => row.map((value, i) => text(columns[i]?.type ?? TEXT, value)));
        }),
      };
    });
    expect(await compare(cases)).toEqual([]);
  });
});

/** A cast of bool to text writes the whole word. */
function boolText(value: string | null, name: string): string | null {
  return /^(bool_|every)/.test(name) && value !== null ? (value === 't' ? 'true' : 'false') : value;
}
