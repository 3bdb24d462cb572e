import { describe, expect, it } from 'vitest';
import { SqlError } from '../errors.ts';
import { decodeText, textEncoder } from './codec.ts';
import { NO_SESSION } from './cast-session.ts';
import { parseTypeName } from './type-names.ts';
import type { SqlType } from './sql-type.ts';

function typeNamed(name: string): SqlType {
  const found = parseTypeName(name);
  if (found === undefined) throw new Error(`no type ${name}`);
  return found.type;
}

/** SQLSTATE and text of the refusal. */
function refusal(type: string, text: string, typmod = -1): string {
  try {
    decodeText(typeNamed(type), text, typmod);
  } catch (error) {
    if (error instanceof SqlError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('texts of refused input', () => {
  it.each([
    ['int4', 'abc', 'XX000 invalid input syntax for type integer: invalid digit found in string: "abc"'],
    ['int4', '', 'XX000 invalid input syntax for type integer: cannot parse integer from empty string: ""'],
    [
      'int2',
      '32768',
      'XX000 invalid input syntax for type smallint: number too large to fit in target type: "32768"',
    ],
    [
      'int8',
      '-9223372036854775809',
      'XX000 invalid input syntax for type bigint: number too small to fit in target type: "-9223372036854775809"',
    ],
    ['uint4', '-1', 'XX000 invalid input syntax for type uint4: invalid digit found in string: "-1"'],
    ['bool', 'maybe', 'XX000 invalid input syntax for type boolean: "maybe"'],
    ['float8', 'x', 'XX000 invalid input syntax for type double precision: invalid float literal: "x"'],
    ['numeric', '1.2.3', 'XX000 invalid input syntax for type numeric: "1.2.3"'],
    [
      'jsonb',
      '{"a":',
      'XX000 invalid input syntax for type jsonb: EOF while parsing a value at line 1 column 5: "{"a":"',
    ],
  ])('%s from %j', (type, text, message) => {
    expect(refusal(type, text)).toBe(message);
  });

  it('refuses text longer than varchar(n), but lets blanks at its end go', () => {
    expect(refusal('varchar', 'abcd', 7)).toBe('XX000 value too long for type character varying(3)');
    expect(decodeText(typeNamed('varchar'), 'abc  ', 7)).toBe('abc');
  });
});

describe('bytea input', () => {
  it.each([
    ['hunter2\\b', 'XX000 invalid input syntax for type bytea: invalid escape sequence'],
    ['hunter2\\', 'XX000 invalid input syntax for type bytea: ends with escape character'],
    ['\\x68756e7', 'XX000 invalid input syntax for type bytea: odd number of digits'],
    ['\\xhunter2', 'XX000 invalid input syntax for type bytea: invalid hexadecimal digit'],
  ])('never repeats a value it refuses: %j', (text, message) => {
    const answer = refusal('bytea', text);
    expect(answer).toBe(message);
    expect(answer).not.toContain('hunter');
  });
});

describe('lists and maps', () => {
  it.each([
    ['text list', '{a,"b c",NULL,"NULL",""}', '{a,"b c",NULL,"NULL",""}'],
    ['int4 list list', '{{1,2},{},NULL}', '{{1,2},{},NULL}'],
    ['map[text=>int4]', '{b=>2, a=>1}', '{a=>1,b=>2}'],
    ['map[text=>text]', '{"a b"=>"x,y", c=>NULL}', '{"a b"=>"x,y",c=>NULL}'],
    ['map[text=>int4 list]', '{a=>{1,2}}', '{a=>{1,2}}'],
  ])('%s reads %j', (type, text, printed) => {
    const sqlType = typeNamed(type);
    expect(textEncoder(sqlType)(decodeText(sqlType, text))).toBe(printed);
  });

  it.each([
    ['text list', '{a'],
    ['text list', 'a'],
    ['text list', '{a}}'],
    ['map[text=>int4]', '{a=>x}'],
    ['map[text=>int4]', '{a}'],
  ])('%s refuses %j', (type, text) => {
    expect(refusal(type, text)).toMatch(/^XX000 invalid input syntax for type /);
  });
});

describe('words that need the clock', () => {
  // 2024-03-01 01:30 UTC is still February in New York.
  const session = { ...NO_SESSION, now: 762_571_800_000_000n, timeZone: 'America/New_York' };
  it.each([
    ['date', 'today', '2024-02-29'],
    ['date', 'tomorrow', '2024-03-01'],
    ['date', 'yesterday', '2024-02-28'],
    ['timestamp', 'now', '2024-02-29 20:30:00'],
    ['timestamp', 'today', '2024-02-29 00:00:00'],
    ['timestamptz', 'now', '2024-02-29 20:30:00-05'],
    ['timestamptz', 'tomorrow', '2024-03-01 00:00:00-05'],
    ['time', 'now', '20:30:00'],
  ])('%s %s', (type, word, printed) => {
    const sqlType = typeNamed(type);
    expect(textEncoder(sqlType, session)(decodeText(sqlType, word, -1, session))).toBe(printed);
  });
});

describe('access control items', () => {
  it('puts the letters in order and names PUBLIC by nothing', () => {
    const type = typeNamed('mz_aclitem');
    expect(textEncoder(type)(decodeText(type, '=wr/s1'))).toBe('=rw/s1');
    expect(textEncoder(type)(decodeText(type, 'u1=CU/s1'))).toBe('u1=UC/s1');
    expect(refusal('mz_aclitem', 'u1=X/s1')).toMatch(/unknown privilege 'X'/);
    expect(refusal('mz_aclitem', 'joe=r/s1')).toMatch(/^XX000/);
  });
});
