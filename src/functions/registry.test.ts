import { describe, expect, it } from 'vitest';
import type { SqlError } from '../errors.ts';
import { INT4, NUMERIC, TEXT, typeByName, VARCHAR } from '../types/registry.ts';
import { aggregateFamilies, rowsFamilies, scalarFamilies, windowFamilies } from './families.ts';
import type { WindowPartition } from './function.ts';
import { procFacts } from './pg-facts.ts';
import {
  allFunctions,
  allOperators,
  comparisonOperator,
  functionByOid,
  functionsByName,
  operatorsByName,
} from './registry.ts';
import { regex } from './regex/regex.ts';
import { evaluateCase, find, testSession } from './test-support.ts';

describe('the registry', () => {
  it('implements no signature that PostgreSQL does not have', () => {
    const known = new Set(procFacts.all().map((fact) => fact.signature));
    const families = [...scalarFamilies, ...rowsFamilies, ...aggregateFamilies, ...windowFamilies];
    expect(families.flatMap(Object.keys).filter((signature) => !known.has(signature))).toEqual([]);
  });

  it('gives every function and operator an OID of its own', () => {
    for (const all of [allFunctions(), allOperators()])
      expect(new Set(all.map((def) => def.oid)).size).toBe(all.length);
  });

  it('answers by name and OID with PostgreSQL’s facts', () => {
    const [now] = functionsByName('now');
    expect(now).toMatchObject({ oid: 1299, kind: 'scalar', volatility: 'stable', schema: 'pg_catalog' });
    expect(functionByOid(870)).toMatchObject({ name: 'lower', strict: true });
    expect(operatorsByName('+').find((o) => o.left === INT4 && o.right === INT4)?.oid).toBe(551);
  });

  it('finds the operators that sort and hash a type', () => {
    expect(comparisonOperator('=', VARCHAR)?.left).toBe(TEXT);
    expect(comparisonOperator('<', NUMERIC)?.oid).toBe(1754);
    expect(comparisonOperator('=', typeByName('_int4') ?? TEXT)?.oid).toBe(1070);
    expect(comparisonOperator('<', typeByName('uint4') ?? TEXT)).toBeDefined();
    expect(comparisonOperator('<', typeByName('json') ?? TEXT)).toBeUndefined();
  });
});

describe('window functions', () => {
  /** Values 10, 20, 20, 30, 40 ordered; the frame is the default one, up to the last peer. */
  const values = [10, 20, 20, 30, 40];
  function at(index: number, ...more: number[]): WindowPartition {
    const value = values[index] ?? 0;
    const peerStart = values.indexOf(value);
    const peerEnd = values.lastIndexOf(value) + 1;
    return {
      rowCount: values.length,
      index,
      peerStart,
      peerEnd,
      peerGroup: new Set(values.slice(0, peerStart)).size,
      frameStart: 0,
      frameEnd: peerEnd,
      argument: (position, row) => (position === 0 ? (values[row] ?? null) : (more[position - 1] ?? null)),
    };
  }
  function run(name: string, types: readonly string[], ...more: number[]): readonly unknown[] {
    const args = types.map((type) => typeByName(type) ?? TEXT);
    const def = functionsByName(name).find((f) => f.kind === 'window' && f.args.length === args.length);
    if (def?.kind !== 'window') throw new Error(name);
    const evaluate = def.make({ args, typmods: args.map(() => -1), result: INT4 });
    return values.map((_, i) => evaluate(at(i, ...more)));
  }

  // Expected rows are PostgreSQL's for the same five values.
  it('number and rank', () => {
    expect(run('row_number', [])).toEqual([1n, 2n, 3n, 4n, 5n]);
    expect(run('rank', [])).toEqual([1n, 2n, 2n, 4n, 5n]);
    expect(run('dense_rank', [])).toEqual([1n, 2n, 2n, 3n, 4n]);
    expect(run('percent_rank', [])).toEqual([0, 0.25, 0.25, 0.75, 1]);
    expect(run('cume_dist', [])).toEqual([0.2, 0.6, 0.6, 0.8, 1]);
  });

  it('look around', () => {
    expect(run('lag', ['int4'])).toEqual([null, 10, 20, 20, 30]);
    expect(run('lead', ['int4', 'int4', 'int4'], 2, -1)).toEqual([20, 30, 40, -1, -1]);
    expect(run('first_value', ['int4'])).toEqual([10, 10, 10, 10, 10]);
    expect(run('last_value', ['int4'])).toEqual([10, 20, 20, 30, 40]);
    expect(run('nth_value', ['int4', 'int4'], 2)).toEqual([null, 20, 20, 20, 20]);
  });

  it('ntile fills the first buckets first', () => {
    const def = functionsByName('ntile')[0];
    if (def?.kind !== 'window') throw new Error('ntile');
    const evaluate = def.make({ args: [INT4], typmods: [-1], result: INT4 });
    const bucket = (count: number) => values.map((_, i) => evaluate({ ...at(i), argument: () => count }));
    expect(bucket(3)).toEqual([1, 1, 2, 2, 3]);
    expect(bucket(7)).toEqual([1, 2, 3, 4, 5]);
    expect(() => bucket(0)).toThrow('argument of ntile must be greater than zero');
  });
});

describe('errors', () => {
  it('have Materialize’s texts', () => {
    expect(evaluateCase(['+(int4,int4)', '2147483647', '1'])).toEqual({
      error: '"2147483648" integer out of range',
    });
    expect(evaluateCase(['/(int8,int8)', '1', '0'])).toEqual({ error: 'division by zero' });
    expect(evaluateCase(['~~(text,text)', 'a', 'a\\'])).toEqual({
      error: 'unterminated escape sequence in LIKE',
    });
    expect(evaluateCase(['date_trunc(text,timestamp)', 'nope', '2020-01-01'])).toEqual({
      error: "unit 'nope' not recognized",
    });
    expect(evaluateCase(['decode(text,text)', '!', 'base64'])).toEqual({
      error: 'invalid symbol "!" found while decoding base64 sequence',
    });
    expect(evaluateCase(['get_byte(bytea,int4)', 'abc', '3'])).toEqual({
      error: 'index 3 out of valid range, 0..2',
    });
    expect(evaluateCase(['~(text,text)', 'a', '('])).toEqual({
      error: 'invalid regular expression: parentheses () not balanced',
    });
  });
});

describe('hostile regular expressions', () => {
  it.each(['(a+)+$', '(a|aa)+$', '(a*)*b', '(.*)(.*)(.*)(.*)x', '(?:a?){50}a{50}x'])(
    '%s ends soon',
    (pattern) => {
      const before = performance.now();
      expect(regex(pattern).test(`${'a'.repeat(2000)}!`)).toBe(false);
      expect(performance.now() - before).toBeLessThan(1500);
    },
  );

  it('gives up back references that explode', () => {
    const before = performance.now();
    try {
      regex('^(a*)*\\1(a*)*\\2b$').test(`${'a'.repeat(60)}c`);
    } catch (error) {
      expect((error as SqlError).message).toContain('too complex');
    }
    expect(performance.now() - before).toBeLessThan(2000);
  });
});

describe('functions of Materialize', () => {
  const session = testSession();
  const call = (signature: string, ...args: (string | null)[]) => evaluateCase([signature, ...args], session);

  it('speak of versions', () => {
    expect(call('version()')).toEqual({
      value: expect.stringMatching(/^PostgreSQL 9\.5 on \w+(-\w+)+ \(Materialize 26\.0\.0\)$/) as string,
    });
    expect(call('mz_version()')).toEqual({ value: 'v26.0.0 (abc)' });
    expect(call('mz_version_num()')).toEqual({ value: '2600000' });
    expect(call('mz_logical_timestamp()')).toEqual({
      error: 'mz_logical_timestamp() has been renamed to mz_now()',
    });
  });

  it('make and explain ACL items', () => {
    expect(call('make_mz_aclitem(text,text,text)', 'u1', 's1', 'USAGE, select')).toEqual({
      value: 'u1=rU/s1',
    });
    expect(call('make_mz_aclitem(text,text,text)', 'u1', 'p', 'USAGE')).toEqual({
      error: 'mz_aclitem grantor cannot be PUBLIC role',
    });
    expect(call('make_mz_aclitem(text,text,text)', 'x', 's1', 'USAGE')).toEqual({
      error: "couldn't parse role id 'x'",
    });
    expect(call('mz_acl_item_contains_privilege(mz_aclitem,text)', 'u1=rU/s1', 'INSERT,USAGE')).toEqual({
      value: 'true',
    });
    expect(call('mz_format_privileges(text)', 'rU')).toEqual({ value: '{SELECT,USAGE}' });
    expect(call('mz_validate_privileges(text)', 'nope')).toEqual({
      error: 'unrecognized privilege type: "nope"',
    });
  });

  it('count unsigned', () => {
    expect(call('+(uint2,uint2)', '65535', '1')).toEqual({ error: '"65536" uint2 out of range' });
    expect(call('-(uint8,uint8)', '1', '2')).toEqual({ error: '"-1" uint8 out of range' });
    expect(call('~(uint4)', '0')).toEqual({ value: '4294967295' });
  });

  it('hash as Kafka does', () => {
    // org.apache.kafka.common.utils.UtilsTest gives -973932308 and -790332482 for these; the top bit is cleared here.
    expect(call('kafka_murmur2(text)', '21')).toEqual({ value: String(-973932308 & 0x7fffffff) });
    expect(call('kafka_murmur2(text)', 'foobar')).toEqual({ value: String(-790332482 & 0x7fffffff) });
  });

  it('compare in constant time, and right', () => {
    expect(call('constant_time_eq(text,text)', 'secret', 'secret')).toEqual({ value: 'true' });
    expect(call('constant_time_eq(bytea,bytea)', 'secret', 'secres')).toEqual({ value: 'false' });
  });

  it('knows lists by their element', () => {
    expect(find('list_length', [typeByName('list') ?? TEXT])).toMatchObject({ name: 'list_length' });
  });
});
