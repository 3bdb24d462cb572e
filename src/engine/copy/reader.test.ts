import { describe, expect, it } from 'vitest';
import type { CopyFormat } from '../outcome.ts';
import type { CopyRow } from './copy-row.ts';
import { copyReader } from './reader.ts';

const TEXT: CopyFormat = {
  format: 'text',
  delimiter: '\t',
  nullText: '\\N',
  quote: '"',
  escape: '"',
  header: false,
};
const CSV: CopyFormat = { ...TEXT, format: 'csv', delimiter: ',', nullText: '' };

function read(format: CopyFormat, text: string, step = text.length): CopyRow[] {
  const reader = copyReader(format, 1000);
  const bytes = Buffer.from(text);
  const rows: CopyRow[] = [];
  for (let i = 0; i < bytes.length; i += step) rows.push(...reader.push(bytes.subarray(i, i + step)));
  rows.push(...reader.finish());
  return rows;
}

describe('text format', () => {
  it('splits at tabs, reads \\N as NULL and undoes escapes', () => {
    expect(read(TEXT, 'a\t\\N\t\n\\tx\\\\\tb\\nc\t\\x41\\101\n')).toEqual([
      ['a', null, ''],
      ['\tx\\', 'b\nc', 'AA'],
    ]);
  });
  it('takes a last line without a line end, and stops at the end marker', () => {
    expect(read(TEXT, '1\n2')).toEqual([['1'], ['2']]);
    expect(read(TEXT, '1\n\\.\n2\n')).toEqual([['1']]);
  });
  it('gives the same rows however the bytes are cut, also inside a character', () => {
    const text = 'ä\tö\nü\t\\N\n';
    for (let step = 1; step < 8; step += 1)
      expect(read(TEXT, text, step)).toEqual([
        ['ä', 'ö'],
        ['ü', null],
      ]);
  });
});

describe('csv format', () => {
  it('reads quoted fields with delimiters, quotes and line ends', () => {
    expect(read(CSV, '"a,b","c""d","e\nf"\r\n,"",x\n')).toEqual([
      ['a,b', 'c"d', 'e\nf'],
      [null, null, 'x'],
    ]);
  });
  it('skips a header', () => {
    expect(read({ ...CSV, header: true }, 'h1,h2\n1,2\n')).toEqual([['1', '2']]);
  });
  it('refuses an unterminated quote and a row over the limit', () => {
    expect(() => read(CSV, '"a')).toThrow('unterminated CSV quoted field');
    expect(() => read(CSV, 'a'.repeat(1001))).toThrow('max_copy_from_row_size');
  });
});
