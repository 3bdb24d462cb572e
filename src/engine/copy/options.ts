/** Options of COPY. Source: documentation of COPY TO, COPY FROM; texts as the running system has them. */
import { planError, SqlError, unsupported } from '../../errors.ts';
import type { Copy } from '../../sql/nodes.ts';
import type { CopyFormat } from '../outcome.ts';
import { OptionList } from '../support/options.ts';

const TEXT: CopyFormat = {
  format: 'text',
  delimiter: '\t',
  nullText: '\\N',
  quote: '"',
  escape: '"',
  header: false,
};
const CSV: CopyFormat = { ...TEXT, format: 'csv', delimiter: ',', nullText: '' };
const BINARY: CopyFormat = { ...TEXT, format: 'binary' };

function readFormat(options: OptionList): CopyFormat {
  const name = (options.text('FORMAT') ?? 'text').toLowerCase();
  switch (name) {
    case 'text':
      return TEXT;
    case 'csv':
      return CSV;
    case 'binary':
      return BINARY;
    case 'parquet':
      throw planError('Parquet format is not supported');
    default:
      throw planError(`unknown FORMAT: ${name}`);
  }
}

/** ENCODING: text is UTF-8 in both directions. */
function checkEncoding(options: OptionList): void {
  const name = options.text('ENCODING');
  if (name === undefined || /^utf-?8$/i.test(name)) return;
  throw unsupported(`COPY with ENCODING '${name}' is`);
}

/**
 * How the rows of a COPY are written. Where PostgreSQL and Materialize both refuse something, the text is PostgreSQL's,
 * which Materialize has taken over; the codes are PostgreSQL's where Materialize says nothing.
 */
export function copyFormat(node: Copy): CopyFormat {
  const list = new OptionList(node.options);
  checkEncoding(list);
  const base = readFormat(list);
  if (base.format === 'binary') {
    checkBinary(list);
    return base;
  }
  if (base.format === 'text') checkText(list, node.direction);
  const format: CopyFormat = {
    ...base,
    delimiter: oneByte(list, 'DELIMITER', 'delimiter') ?? base.delimiter,
    nullText: list.text('NULL') ?? base.nullText,
    quote: oneByte(list, 'QUOTE', 'quote') ?? base.quote,
    escape: oneByte(list, 'ESCAPE', 'escape') ?? oneByte(list, 'QUOTE', 'quote') ?? base.escape,
    header: readHeader(list, node.direction),
  };
  checkTogether(format);
  return format;
}

function checkBinary(list: OptionList): void {
  for (const option of ['DELIMITER', 'NULL']) {
    if (list.has(option)) throw new SqlError('42601', `cannot specify ${option} in BINARY mode`);
  }
  if (list.has('HEADER')) throw new SqlError('0A000', 'cannot specify HEADER in BINARY mode');
  checkCsvOnly(list, ['QUOTE', 'ESCAPE']);
}

/** A header of plain text is written, and refused when it is read, as Materialize does. */
function checkText(list: OptionList, direction: Copy['direction']): void {
  checkCsvOnly(list, direction === 'from' ? ['QUOTE', 'ESCAPE', 'HEADER'] : ['QUOTE', 'ESCAPE']);
}

function checkCsvOnly(list: OptionList, options: readonly string[]): void {
  for (const option of options) {
    const word = option === 'HEADER' ? option : option.toLowerCase();
    if (list.has(option)) throw planError(`COPY ${word} available only in CSV mode`);
  }
}

/** Characters that a text line cannot tell from its escapes and its end marker. */
const TEXT_RESERVED = '\\.abcdefghijklmnopqrstuvwxyz0123456789';

/** What would make lines that cannot be read back. */
function checkTogether({ format, delimiter, nullText, quote }: CopyFormat): void {
  if (/[\r\n]/.test(delimiter)) {
    throw new SqlError('22023', 'COPY delimiter cannot be newline or carriage return');
  }
  if (/[\r\n]/.test(nullText)) {
    throw new SqlError('22023', 'COPY null representation cannot use newline or carriage return');
  }
  if (format === 'text' && TEXT_RESERVED.includes(delimiter)) {
    throw new SqlError('22023', `COPY delimiter cannot be "${delimiter}"`);
  }
  if (format === 'csv' && delimiter === quote) {
    throw new SqlError('22023', 'COPY delimiter and quote must be different');
  }
  if (nullText.includes(delimiter)) {
    throw new SqlError('0A000', 'COPY delimiter must not appear in the NULL specification');
  }
  if (format === 'csv' && nullText.includes(quote)) {
    throw new SqlError('0A000', 'CSV quote character must not appear in the NULL specification');
  }
}

/** HEADER [true | false | MATCH] */
function readHeader(list: OptionList, direction: Copy['direction']): CopyFormat['header'] {
  const value = list.value('HEADER');
  if ((value?.kind === 'ident' || value?.kind === 'string') && value.value.toLowerCase() === 'match') {
    if (direction === 'from') return 'match';
    throw new SqlError('0A000', 'cannot use "match" with HEADER in COPY TO');
  }
  return list.flag('HEADER') ?? false;
}

function oneByte(list: OptionList, name: string, word: string): string | undefined {
  const text = list.text(name);
  if (text !== undefined && Buffer.byteLength(text) !== 1) {
    throw planError(`COPY ${word} must be a single one-byte character`);
  }
  return text;
}
