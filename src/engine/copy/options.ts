/** Options of COPY. Source: documentation of COPY TO, COPY FROM; texts as the running system has them. */
import { planError, SqlError, unsupported } from '../../errors.ts';
import type { Copy, Option } from '../../sql/nodes.ts';
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

/** COPY TO STDOUT: only FORMAT, and ENCODING for what it is anyway. */
export function copyToFormat(options: readonly Option[]): CopyFormat {
  const list = new OptionList(options);
  checkEncoding(list);
  const other = list.names().find((name) => name !== 'FORMAT' && name !== 'ENCODING');
  if (other !== undefined) throw planError(`COPY TO does not support ${other} option yet`);
  return readFormat(list);
}

/** COPY FROM STDIN. What only text has is refused with binary in PostgreSQL's words. */
export function copyFromFormat(node: Copy): CopyFormat {
  const list = new OptionList(node.options);
  checkEncoding(list);
  const base = readFormat(list);
  if (base.format === 'binary') {
    for (const option of ['DELIMITER', 'NULL', 'QUOTE', 'ESCAPE', 'HEADER']) {
      if (list.has(option)) throw new SqlError('42601', `cannot specify ${option} in BINARY mode`);
    }
    return base;
  }
  if (base.format === 'text') {
    for (const [option, word] of [
      ['QUOTE', 'quote'],
      ['ESCAPE', 'escape'],
      ['HEADER', 'HEADER'],
    ] as const) {
      if (list.has(option)) throw planError(`COPY ${word} available only in CSV mode`);
    }
  }
  return {
    ...base,
    delimiter: oneByte(list, 'DELIMITER', 'delimiter') ?? base.delimiter,
    nullText: list.text('NULL') ?? base.nullText,
    quote: oneByte(list, 'QUOTE', 'quote') ?? base.quote,
    escape: oneByte(list, 'ESCAPE', 'escape') ?? oneByte(list, 'QUOTE', 'quote') ?? base.escape,
    header: readHeader(list),
  };
}

/** HEADER [true | false | MATCH] */
function readHeader(list: OptionList): CopyFormat['header'] {
  const value = list.value('HEADER');
  if ((value?.kind === 'ident' || value?.kind === 'string') && value.value.toLowerCase() === 'match') {
    return 'match';
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
