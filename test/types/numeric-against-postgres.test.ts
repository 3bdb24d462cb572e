/** Arithmetic of numerics, with its result scales, held against PostgreSQL. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqlError } from '../../src/errors.ts';
import {
  numericExp,
  numericLn,
  numericLog,
  numericLog10,
  numericPower,
  numericSqrt,
} from '../../src/types/numeric-math.ts';
import { Numeric } from '../../src/types/numeric.ts';
import { findPostgresBinaries } from '../support/postgres.ts';
import { startOracle, type TypeOracle } from './oracle.ts';

const VALUES = [
  '0',
  '0.00',
  '1',
  '-1',
  '1.0',
  '2',
  '3',
  '-7.5',
  '10',
  '0.1',
  '0.9',
  '1.1',
  '1.05',
  '0.95',
  '0.001',
  '-0.00012345',
  '123.456',
  '99999',
  '10000',
  '10001.5',
  '1234567890123456789.123456789',
  '1e20',
  '1e-20',
  '3.14159265358979',
  '2.718281828459045',
  '0.5',
  '-2',
  '12',
  '100.25',
  '7',
  '1e-7',
  '9999.9999',
  '33.333333333333333333',
  '1.000000001',
  'NaN',
  'Infinity',
  '-Infinity',
];
const BINARY: readonly (readonly [string, string, (a: Numeric, b: Numeric) => Numeric])[] = [
  ['+', 'a + b', (a, b) => a.add(b)],
  ['-', 'a - b', (a, b) => a.sub(b)],
  ['*', 'a * b', (a, b) => a.mul(b)],
  ['/', 'a / b', (a, b) => a.div(b)],
  ['%', 'a % b', (a, b) => a.mod(b)],
  ['div', 'div(a, b)', (a, b) => a.divTrunc(b)],
  ['power', 'power(a, b)', numericPower],
  ['log', 'log(a, b)', numericLog],
];
const UNARY: readonly (readonly [string, string, (a: Numeric) => Numeric])[] = [
  ['sqrt', 'sqrt(a)', numericSqrt],
  ['ln', 'ln(a)', numericLn],
  ['log10', 'log(a)', numericLog10],
  ['exp', 'exp(a)', numericExp],
  ['round', 'round(a)', (a) => a.round()],
  ['round 3', 'round(a, 3)', (a) => a.round(3)],
  ['round -2', 'round(a, -2)', (a) => a.round(-2)],
  ['trunc', 'trunc(a)', (a) => a.trunc()],
  ['trunc 2', 'trunc(a, 2)', (a) => a.trunc(2)],
  ['trunc -1', 'trunc(a, -1)', (a) => a.trunc(-1)],
  ['ceil', 'ceil(a)', (a) => a.ceil()],
  ['floor', 'floor(a)', (a) => a.floor()],
  ['abs', 'abs(a)', (a) => a.abs()],
  ['trim_scale', 'trim_scale(a)', (a) => a.withoutTrailingZeros()],
];

function attempt(work: () => Numeric): string {
  try {
    return work().toString();
  } catch (error) {
    if (error instanceof SqlError) return 'refused';
    throw error;
  }
}

describe.skipIf(findPostgresBinaries() === undefined)(
  'numeric against PostgreSQL (skipped when it is not installed)',
  () => {
    let oracle: TypeOracle;
    beforeAll(async () => {
      const started = await startOracle();
      if (started === null) throw new Error('PostgreSQL did not start');
      oracle = started;
    });
    afterAll(() => oracle.stop());

    it.each(UNARY)('%s', async (_name, expression, work) => {
      const results = await oracle.evaluate(
        `(select ${expression} from (select $1::numeric as a) s)`,
        VALUES,
      );
      const wrong = VALUES.flatMap((value, i) => {
        const ours = attempt(() => work(Numeric.fromString(value)));
        const theirs = results[i] ?? 'refused';
        return ours === theirs ? [] : [`${value}: ours ${ours}, PostgreSQL ${theirs}`];
      });
      expect(wrong).toEqual([]);
    });

    it.each(BINARY)('%s', async (_name, expression, work) => {
      const pairs = VALUES.flatMap((left) => VALUES.map((right) => [left, right] as const));
      const results = await oracle.evaluate(
        `(select ${expression} from (select split_part($1, ' ', 1)::numeric as a, split_part($1, ' ', 2)::numeric as b) s)`,
        pairs.map((pair) => pair.join(' ')),
      );
      const wrong = pairs.flatMap(([left, right], i) => {
        const ours = attempt(() => work(Numeric.fromString(left), Numeric.fromString(right)));
        const theirs = results[i] ?? 'refused';
        return ours === theirs ? [] : [`${left}, ${right}: ours ${ours}, PostgreSQL ${theirs}`];
      });
      expect(wrong).toEqual([]);
    });
  },
);
