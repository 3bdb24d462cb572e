import { describe, expect, it } from 'vitest';
import { parseJsonPath } from './parse.ts';
import { canonicalJsonPath } from './print.ts';

/** Text and its canonical spelling, from PostgreSQL 15. */
const SPELLINGS: readonly (readonly [string, string])[] = [
  ['$.a.b[*]', '$."a"."b"[*]'],
  ['strict $.a[0, 1 to last]', 'strict $."a"[0,1 to last]'],
  ['($.a + 1) * 2', '(($."a" + 1) * 2)'],
  ['$ ? (@.a > 1 && @.b == "x" || !(@.c < 2))', '$?(@."a" > 1 && @."b" == "x" || !(@."c" < 2))'],
  ['$.**{2 to last}.type()', '$.**{2 to last}.type()'],
  ['- 1', '-1'],
  ['$ ? (@ like_regex "^a" flag "i")', '$?(@ like_regex "^a" flag "i")'],
  ['$x', '$"x"'],
];

const FAULTS = ['', '@', 'last', '$.', '$[]', '1a', '01', '$ ? (@.a)', '$.foo()', '"abc', '!$.a', '$.a b'];

describe('the text of paths', () => {
  it.each(SPELLINGS)('%s', (text, canonical) => {
    expect(canonicalJsonPath(text)).toBe(canonical);
    // What is printed reads as the same path.
    expect(canonicalJsonPath(canonical)).toBe(canonical);
  });

  it.each(FAULTS)('refuses %j', (text) => {
    expect(() => parseJsonPath(text)).toThrow();
  });

  it('refuses nesting that would exhaust the stack', () => {
    expect(() => parseJsonPath('('.repeat(100_000) + '1' + ')'.repeat(100_000))).toThrow('nested too deeply');
    expect(() => parseJsonPath('-'.repeat(100_000) + '1')).toThrow('nested too deeply');
    expect(() => parseJsonPath('!('.repeat(100_000) + '1 > 2' + ')'.repeat(100_000))).toThrow(
      'nested too deeply',
    );
    expect(() => parseJsonPath('1' + ' + 1'.repeat(100_000))).toThrow('too many');
    expect(() => parseJsonPath('$' + '.a'.repeat(100_000))).toThrow('too many');
  });
});
