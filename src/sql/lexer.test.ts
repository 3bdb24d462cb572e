import { describe, expect, it } from 'vitest';
import { SqlError } from '../errors.ts';
import { characterPosition, describeToken, tokenize } from './lexer.ts';
import { MAX_CHAIN } from './nesting.ts';

const brief = (text: string): (readonly [string, string])[] =>
  tokenize(text)
    .slice(0, -1)
    .map(({ kind, value }) => [kind, value] as const);

function failure(text: string): { message: string; position: number | undefined; code: string } {
  try {
    tokenize(text);
  } catch (cause) {
    if (cause instanceof SqlError)
      return { message: cause.message, position: cause.position, code: cause.code };
    throw cause;
  }
  throw new Error('no error');
}

describe('tokens', () => {
  it('folds names and keeps quoted ones', () => {
    expect(brief('Foo "Bar""x" SELECT _a$1 Ünder')).toEqual([
      ['identifier', 'foo'],
      ['identifier', 'Bar"x'],
      ['keyword', 'SELECT'],
      ['identifier', '_a$1'],
      // ASCII letters only fold.
      ['identifier', 'Ünder'],
    ]);
  });

  it('reads every form of string', () => {
    expect(brief(`'it''s' E'a\\n\\x41\\u00e9\\U0001F600\\'b' x'FF' $$a'b$$ $t$ $$ $t$`)).toEqual([
      ['string', "it's"],
      ['string', "a\nAé😀'b"],
      ['hex string', 'FF'],
      ['string', "a'b"],
      ['string', ' $$ '],
    ]);
  });

  it('joins literals over a line break only', () => {
    expect(brief("'a'\n  'b' -- note\n 'c'")).toEqual([['string', 'abc']]);
    expect(brief("'a' 'b'")).toEqual([
      ['string', 'a'],
      ['string', 'b'],
    ]);
  });

  it('keeps backslashes of plain strings', () => {
    expect(brief(`'\\x41'`)).toEqual([['string', '\\x41']]);
  });

  it('reads numbers, parameters, operators', () => {
    expect(
      brief('1 1.5 .5 1e3 1.e-2 $12 a->>b <> >= - -1 @>-1 *- => :: 2..3').map(([, value]) => value),
    ).toEqual([
      '1',
      '1.5',
      '.5',
      '1e3',
      '1.e-2',
      '12',
      'a',
      '->>',
      'b',
      '<>',
      '>=',
      '-',
      '-',
      '1',
      // An operator with @ may end in a minus sign.
      '@>-',
      '1',
      '',
      '-',
      '',
      '',
      '2.',
      '.3',
    ]);
  });

  it('skips comments, nested ones too', () => {
    expect(brief('a /* x /* y */ z */ b -- c\n d').map(([, value]) => value)).toEqual(['a', 'b', 'd']);
  });

  it('gives UTF-16 offsets', () => {
    const [first, second] = tokenize(`'😀' x`);
    expect([first?.start, first?.end, second?.start]).toEqual([0, 4, 5]);
  });
});

describe('positions', () => {
  it('count characters', () => {
    expect(characterPosition('a😀b', 3)).toBe(3);
    expect(failure(`select '😀', 'x`)).toMatchObject({ message: 'unterminated quoted string', position: 13 });
  });
});

describe('errors', () => {
  it.each([
    [`select 'a`, 'unterminated quoted string', 8],
    [`select "a`, 'unterminated quoted identifier', 8],
    ['select $x$a', 'unterminated dollar-quoted string', 8],
    ['select /* /* */', 'unterminated multiline comment', 8],
    ['select ""', 'zero-length delimited identifier', 8],
    ['select "a\0b"', 'null character in quoted identifier', 8],
    ['select ¬'.replace('¬', '\\'), 'unexpected character in input: \\', 8],
    ['select $0', 'invalid parameter number', 8],
    ['select $65536', 'invalid parameter number', 8],
    [`select E'\\101'`, 'octal escapes are not supported', 10],
    [`select E'\\u12'`, 'invalid unicode escape', 10],
    [`select E'\\U00110000'`, 'invalid unicode escape', 10],
    [`select ${'a'.repeat(256)}`, 'identifier length exceeds 255 bytes', 8],
    [`select "${'é'.repeat(128)}"`, 'identifier length exceeds 255 bytes', 8],
    ['select "."', 'invalid identifier: "."', 8],
  ])('%j', (text, message, position) => {
    expect(failure(text)).toEqual({ message, position, code: '42601' });
  });

  it('takes a name of 255 bytes', () => {
    expect(brief('a'.repeat(255))).toHaveLength(1);
  });
});

describe('limits', () => {
  it('refuses names of very many parts, and none of few however often they come', () => {
    expect(failure(`select a${'.b'.repeat(400_000)}`)).toMatchObject({ code: '42601' });
    expect(() => tokenize(`select ${'a.b AND c.d = '.repeat(1000)} e.f`)).not.toThrow();
  });

  it('refuses deep nesting at the bracket that goes too far', () => {
    const open = '('.repeat(100_000);
    expect(failure(`select ${open}1${')'.repeat(100_000)}`)).toEqual({
      message: 'statement exceeds nested expression limit of 128',
      position: 8 + 128,
      code: '42601',
    });
    expect(() => tokenize(`${'('.repeat(128)}${')'.repeat(128)}; ${'['.repeat(128)}`)).not.toThrow();
  });

  it('refuses long chains, but no long lists', () => {
    expect(failure(`select ${'1+'.repeat(MAX_CHAIN + 1)}1`).code).toBe('54001');
    expect(failure(`select 1${' union select 1'.repeat(MAX_CHAIN)}`).code).toBe('54001');
    expect(failure(`select ${'(1+'.repeat(100)}${'1+'.repeat(MAX_CHAIN)}1${')'.repeat(100)}`).code).toBe(
      '54001',
    );
    expect(() => tokenize(`select ${'a = 1 and '.repeat(20_000)} true`)).not.toThrow();
    expect(() => tokenize(`values ${'(-1, 2 + 3), '.repeat(20_000)} (1)`)).not.toThrow();
  });
});

describe('describeToken', () => {
  it.each([
    ['FROM', 'FROM'],
    ['foo', 'identifier "foo"'],
    [`'foo'`, 'string literal "foo"'],
    [`x'ab'`, 'hex string literal "ab"'],
    ['1', 'number "1"'],
    ['$1', 'parameter "$1"'],
    ['<', 'operator "<"'],
    ['*', 'star'],
    ['=', 'equals sign'],
    ['[', 'left square bracket'],
    ['::', 'double colon'],
    [':', 'colon'],
    ['=>', 'arrow'],
    [';', 'semicolon'],
    ['.', 'dot'],
    ['', 'EOF'],
  ])('%s', (text, description) => {
    const [token] = tokenize(text);
    expect(token === undefined ? '' : describeToken(token)).toBe(description);
  });
});
