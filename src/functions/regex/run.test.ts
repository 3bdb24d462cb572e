import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { regex } from './regex.ts';

/** Patterns that JavaScript and PostgreSQL read alike, as far as whether there is a match. */
const pattern: fc.Arbitrary<string> = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', '^', '$', 'é'),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => a + b),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}'))
      .map(([a, times]) => `(?:${a})${times}`),
  ),
})).pattern;
const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', ' ', 'é'), maxLength: 30 });

describe('automata', () => {
  it('find what JavaScript’s expressions find, also when the moves are remembered', () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 10 }), (source, texts) => {
        const ours = regex(source);
        const theirs = new RegExp(source.replaceAll('\\w', '[\\p{L}\\p{N}_]'), 'su');
        // Twice: the second time the moves are known.
        for (const subject of [...texts, ...texts]) expect(ours.test(subject)).toBe(theirs.test(subject));
      }),
      { numRuns: 2000 },
    );
  });

  it('go on when the tables of moves start again', () => {
    const subject = 'ab'.repeat(500);
    for (let i = 1; i <= 400; i++) {
      const counted = regex(`^(?:ab){${String(i % 250)},}(?:a|b){0,50}$`);
      expect(counted.test(subject)).toBe(i % 250 <= 500);
      expect(counted.test(subject + 'c')).toBe(false);
    }
  });

  it('follow sets of thousands of states in one table', () => {
    // 2,500 states a character, were nothing remembered: past the limit of work at 12,000 characters.
    expect(regex('(a{1,50}){1,50}b').test('a'.repeat(50_000))).toBe(false);
    expect(regex('(a{1,50}){1,50}b').test('a'.repeat(50_000) + 'b')).toBe(true);
  });
});
