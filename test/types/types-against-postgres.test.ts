/** Text and binary forms, order and equality of every type, held against PostgreSQL. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqlError } from '../../src/errors.ts';
import { binaryEncoder, decodeBinary, decodeText, textEncoder } from '../../src/types/codec.ts';
import { comparator, hashKey, isComparable } from '../../src/types/compare.ts';
import { NO_SESSION } from '../../src/types/cast-session.ts';
import { formatTimestamp } from '../../src/types/datetime-format.ts';
import type { Datum } from '../../src/types/datum.ts';
import type { SqlType } from '../../src/types/sql-type.ts';
import { parseTypeName } from '../../src/types/type-names.ts';
import { findPostgresBinaries } from '../support/postgres.ts';
import { ARBITRARIES } from './arbitraries.ts';
import { startOracle, type TypeOracle } from './oracle.ts';
import { BAD_JSON, JSON_SAMPLES, SAMPLES } from './samples.ts';

/** The type, or a failure of the test. */
function typeNamed(name: string): SqlType {
  const found = parseTypeName(name);
  if (found === undefined) throw new Error(`no type ${name}`);
  return found.type;
}

/** The value, or null when we refuse; anything but a SqlError is a failure. */
function read(type: SqlType, text: string): { readonly datum: Datum } | null {
  try {
    return { datum: decodeText(type, text) };
  } catch (error) {
    if (error instanceof SqlError) return null;
    throw error;
  }
}

describe.skipIf(findPostgresBinaries() === undefined)(
  'types against PostgreSQL (skipped when it is not installed)',
  () => {
    let oracle: TypeOracle;
    beforeAll(async () => {
      const started = await startOracle();
      if (started === null) throw new Error('PostgreSQL did not start');
      oracle = started;
    });
    afterAll(() => oracle.stop());

    describe.each(Object.entries(SAMPLES))('%s', (name, inputs) => {
      const type = typeNamed(name);

      it('reads and prints the same text', async () => {
        const verdicts = await oracle.read(name, inputs);
        const encode = textEncoder(type);
        const ours = inputs.map((input) => {
          const value = read(type, input);
          return value === null ? 'refused' : encode(value.datum);
        });
        const theirs = verdicts.map((verdict) => verdict?.text ?? 'refused');
        expect(differences(inputs, ours, theirs)).toEqual([]);
      });

      it('sends the same bytes and reads them back', async () => {
        const verdicts = await oracle.read(name, inputs);
        const encode = binaryEncoder(type);
        if (encode === undefined) throw new Error('no binary form');
        for (const [i, input] of inputs.entries()) {
          const binary = verdicts[i]?.binary;
          if (binary === undefined || binary === null) continue;
          const value = read(type, input);
          expect([input, value && Buffer.from(encode(value.datum)).toString('hex')]).toEqual([input, binary]);
          const back = decodeBinary(type, Buffer.from(binary, 'hex'));
          expect([input, textEncoder(type)(back)]).toEqual([input, verdicts[i]?.text]);
        }
      });

      it.skipIf(name === 'xid' || !isComparable(type))('orders and equates the same', async () => {
        const verdicts = await oracle.read(name, inputs);
        const good = inputs.filter((_, i) => verdicts[i] !== null);
        const ranks = await oracle.ranks(name, good);
        expectOrder(
          type,
          good.map((input) => decodeText(type, input)),
          good,
          ranks,
        );
      });
    });

    const native = ARBITRARIES.filter(
      ([type]) => type.oid < 16384 && type.kind !== 'record' && type.name !== 'jsonb',
    );
    it.each(native.map(([type, values]) => [type.displayName, type, values] as const))(
      '%s: random values print and travel the same',
      async (name, type, values) => {
        const sample = fc.sample(values, { numRuns: 300, seed: 20240229 });
        const printed = sample.map((datum) => textEncoder(type)(datum));
        const verdicts = await oracle.read(name, printed);
        const theirs = verdicts.map((verdict) => verdict?.text ?? 'refused');
        expect(differences(printed, printed, theirs)).toEqual([]);
        const send = binaryEncoder(type);
        const bytes = sample.map((datum) => Buffer.from(send?.(datum) ?? []).toString('hex'));
        const sent = verdicts.map((verdict) => verdict?.binary ?? 'refused');
        expect(differences(printed, bytes, sent)).toEqual([]);
      },
    );

    it.each([
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'UTC',
    ])('timestamptz in %s: the same instants and clocks', async (zone) => {
      const type = typeNamed('timestamptz');
      const session = { ...NO_SESSION, timeZone: zone };
      // Every 37 hours and 13 minutes across six years: all hours of the day and all changes of the clock come up.
      const instants = Array.from(
        { length: 1400 },
        (_, i) => 662_688_000_000_000n + BigInt(i) * 133_980_000_000n,
      );
      const clocks = instants.map((micros) => formatTimestamp(micros));
      const expression = (sql: string): string =>
        `(select format('%s', ${sql}) from set_config('timezone', '${zone}', true))`;
      const theirs = await oracle.evaluate(expression('($1::timestamp)::timestamptz'), clocks);
      const ours = clocks.map((clock) => textEncoder(type, session)(decodeText(type, clock, -1, session)));
      expect(
        differences(
          clocks,
          ours,
          theirs.map((text) => text ?? 'refused'),
        ),
      ).toEqual([]);
    });

    it('jsonb: the same values, order and refusals', async () => {
      const jsonb = typeNamed('jsonb');
      const encode = textEncoder(jsonb);
      const printed = JSON_SAMPLES.map((input) => encode(decodeText(jsonb, input)));
      const pairs = JSON_SAMPLES.map((input, i) => JSON.stringify([input, printed[i]]));
      const same = await oracle.evaluate('($1::json->>0)::jsonb = ($1::json->>1)::jsonb', pairs);
      expect(same).toEqual(pairs.map(() => 'true'));
      const ranks = await oracle.ranks('jsonb', JSON_SAMPLES);
      expectOrder(
        jsonb,
        JSON_SAMPLES.map((input) => decodeText(jsonb, input)),
        JSON_SAMPLES,
        ranks,
      );
      const refused = await oracle.read('jsonb', BAD_JSON);
      expect(BAD_JSON.map((input) => [input, read(jsonb, input) === null])).toEqual(
        BAD_JSON.map((input, i) => [input, refused[i] === null]),
      );
    });
  },
);

/** The inputs of which we make something else than PostgreSQL does. */
function differences(
  inputs: readonly string[],
  ours: readonly string[],
  theirs: readonly string[],
): string[] {
  return inputs.flatMap((input, i) =>
    ours[i] === theirs[i]
      ? []
      : [`${JSON.stringify(input)}: ours ${ours[i] ?? ''}, PostgreSQL ${theirs[i] ?? ''}`],
  );
}

/** Every pair: the comparator's sign against the ranks, and equal keys exactly for equal values. */
function expectOrder(
  type: SqlType,
  values: readonly Datum[],
  inputs: readonly string[],
  ranks: readonly number[],
): void {
  const compare = comparator(type);
  const key = hashKey(type);
  for (const [i, left] of values.entries()) {
    for (const [j, right] of values.entries()) {
      const expected = Math.sign((ranks[i] ?? 0) - (ranks[j] ?? 0));
      const label = `${inputs[i] ?? ''} <=> ${inputs[j] ?? ''}`;
      expect([label, Math.sign(compare(left, right))]).toEqual([label, expected]);
      expect([label, key(left) === key(right) || Object.is(key(left), key(right))]).toEqual([
        label,
        expected === 0,
      ]);
    }
  }
}
