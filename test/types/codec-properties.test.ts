/** What holds for all values: round trips, total orders that agree with equality, and no surprise from hostile bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SqlError } from '../../src/errors.ts';
import { binaryEncoder, decodeBinary, decodeText, textEncoder } from '../../src/types/codec.ts';
import { comparator, hashKey } from '../../src/types/compare.ts';
import { allTypes, listOf, mapOf, recordOf, INT4, TEXT } from '../../src/types/registry.ts';
import { ARBITRARIES, text } from './arbitraries.ts';

const RUNS = { numRuns: 200 };

describe.each(ARBITRARIES.map(([type, values]) => [type.displayName, type, values] as const))(
  '%s',
  (_name, type, values) => {
    const compare = comparator(type);
    const key = hashKey(type);

    it('reads back the text that it prints', () => {
      const encode = textEncoder(type);
      fc.assert(
        fc.property(values, (datum) => {
          const printed = encode(datum);
          const back = decodeText(type, printed);
          expect(compare(back, datum)).toBe(0);
          expect(encode(back)).toBe(printed);
        }),
        RUNS,
      );
    });

    const binary = binaryEncoder(type);
    it.skipIf(binary === undefined)('reads back the bytes that it sends', () => {
      if (binary === undefined) return;
      fc.assert(
        fc.property(values, (datum) => {
          const bytes = binary(datum);
          const back = decodeBinary(type, bytes);
          expect(compare(back, datum)).toBe(0);
          expect(Buffer.from(binary(back)).equals(Buffer.from(bytes))).toBe(true);
        }),
        RUNS,
      );
    });

    it('has a total order, and equal keys exactly for equal values', () => {
      fc.assert(
        fc.property(values, values, values, (a, b, c) => {
          expect(compare(a, a)).toBe(0);
          expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0);
          if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
          expect(new Set([key(a), key(b)]).size).toBe(compare(a, b) === 0 ? 1 : 2);
        }),
        RUNS,
      );
    });
  },
);

describe('hostile input', () => {
  const types = [
    ...allTypes(),
    listOf(TEXT),
    listOf(listOf(INT4)),
    mapOf(TEXT),
    recordOf([{ name: 'a', type: INT4 }]),
  ];

  it.each(types.map((type) => [type.displayName, type] as const))(
    '%s answers bytes and text it cannot read with a SqlError',
    (_name, type) => {
      const attempt = (work: () => unknown): void => {
        try {
          work();
        } catch (error) {
          expect(error).toBeInstanceOf(SqlError);
        }
      };
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 64 }), text, (bytes, garbage) => {
          attempt(() => decodeBinary(type, bytes));
          attempt(() => decodeText(type, garbage));
        }),
        { numRuns: 100 },
      );
    },
  );

  it.each(ARBITRARIES.map(([type, values]) => [type.displayName, type, values] as const))(
    '%s survives one changed byte, and any cut',
    (_name, type, values) => {
      const encode = binaryEncoder(type);
      if (encode === undefined) {
        expect(() => decodeBinary(type, Buffer.alloc(4))).toThrow(SqlError);
        return;
      }
      fc.assert(
        fc.property(values, fc.nat(), fc.nat(255), fc.nat(), (datum, position, byte, cut) => {
          const bytes = Buffer.from(encode(datum));
          if (bytes.length === 0) return;
          bytes[position % bytes.length] = byte;
          for (const candidate of [bytes, bytes.subarray(0, cut % bytes.length)]) {
            try {
              decodeBinary(type, candidate);
            } catch (error) {
              expect(error).toBeInstanceOf(SqlError);
            }
          }
        }),
        { numRuns: 100 },
      );
    },
  );
});
