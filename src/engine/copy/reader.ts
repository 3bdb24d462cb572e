/**
 * Splits the bytes of COPY FROM STDIN into rows of fields, as they come. Source: PostgreSQL documentation of COPY, text
 * and CSV formats.
 */
import { SqlError } from '../../errors.ts';
import { decodeUtf8 } from '../../types/codec.ts';
import type { CopyFormat } from '../outcome.ts';
import { binaryReader } from './binary-reader.ts';
import { malformed, rowTooLarge, type CopyReader, type CopyRow } from './copy-row.ts';

/**
 * The reader of a format for rows of these columns. Rows longer than `maxRowBytes` are refused (53000), malformed ones
 * with 22P04. A header line that does not name the columns is refused when the format asks to match it.
 */
export function copyReader(
  format: CopyFormat,
  maxRowBytes: number,
  columns: readonly string[] = [],
): CopyReader {
  return format.format === 'binary'
    ? binaryReader(columns.length, maxRowBytes)
    : new LineReader(format, maxRowBytes, columns);
}

class LineReader implements CopyReader {
  readonly #format: CopyFormat;
  readonly #maxRowBytes: number;
  readonly #columns: readonly string[];
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #rest = '';
  #quoted = false;
  #scanned = 0;
  #ended = false;
  #headerPending: boolean;

  constructor(format: CopyFormat, maxRowBytes: number, columns: readonly string[]) {
    this.#format = format;
    this.#maxRowBytes = maxRowBytes;
    this.#columns = columns;
    this.#headerPending = format.header !== false;
  }

  *push(chunk: Uint8Array): Iterable<CopyRow> {
    if (this.#ended) return;
    this.#rest += this.#decode(chunk, true);
    for (;;) {
      const end = this.#lineEnd();
      if (end < 0) break;
      const line = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + 1);
      this.#scanned = 0;
      const row = this.#row(line);
      if (row !== null) yield row;
      if (this.#ended) return;
    }
    if (this.#rest.length > this.#maxRowBytes) throw rowTooLarge(this.#maxRowBytes);
  }

  *finish(): Iterable<CopyRow> {
    if (this.#ended) return;
    this.#rest += this.#decode(new Uint8Array(), false);
    if (this.#quoted) throw malformed('unterminated CSV quoted field');
    const row = this.#rest === '' ? null : this.#row(this.#rest);
    this.#ended = true;
    if (row !== null) yield row;
  }

  #decode(chunk: Uint8Array, stream: boolean): string {
    let text: string;
    try {
      text = this.#decoder.decode(chunk, { stream });
    } catch {
      throw new SqlError('22021', 'invalid byte sequence for encoding "UTF8"');
    }
    if (text.includes('\0')) throw new SqlError('22021', 'invalid byte sequence for encoding "UTF8": 0x00');
    return text;
  }

  /** Next line feed that is not part of a field, or -1. Remembers how far it looked. */
  #lineEnd(): number {
    const { format, quote, escape } = this.#format;
    const csv = format === 'csv';
    let i = this.#scanned;
    for (; i < this.#rest.length; i += 1) {
      const c = this.#rest[i]!;
      if (c === '\n' && !this.#quoted) return i;
      if (csv ? c === escape && this.#quoted && escape !== quote : c === '\\') i += 1;
      else if (csv && c === quote) this.#quoted = !this.#quoted;
    }
    this.#scanned = i;
    return -1;
  }

  /** A line's fields, or null for a header and for the end marker. */
  #row(text: string): CopyRow | null {
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    const { format, quote } = this.#format;
    const csv = format === 'csv';
    if (line === '\\.' || (csv && line === `${quote}\\.${quote}`)) {
      this.#ended = true;
      return null;
    }
    const fields = csv ? csvFields(line, this.#format) : textFields(line, this.#format);
    if (!this.#headerPending) return fields;
    this.#headerPending = false;
    if (this.#format.header === 'match') checkHeader(fields, this.#columns);
    return null;
  }
}

/** Texts: PostgreSQL's. */
function checkHeader(fields: CopyRow, columns: readonly string[]): void {
  if (fields.length !== columns.length) {
    throw malformed(
      `wrong number of fields in header line: field count is ${fields.length}, expected ${columns.length}`,
    );
  }
  columns.forEach((column, i) => {
    if (fields[i] === column) return;
    const found = fields[i] === null ? 'null value ("")' : `"${String(fields[i])}"`;
    throw malformed(`column name mismatch in header line field ${i + 1}: got ${found}, expected "${column}"`);
  });
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** A line of text format: backslash escapes, `\\N` for NULL. */
function textFields(line: string, format: CopyFormat): CopyRow {
  const fields: (string | null)[] = [];
  const add = (raw: string): void => {
    fields.push(raw === format.nullText ? null : unescapeText(raw));
  };
  let start = 0;
  for (let i = 0; i < line.length; i += 1) {
    if (line[i] === '\\') i += 1;
    else if (line[i] === format.delimiter) {
      add(line.slice(start, i));
      start = i + 1;
    }
  }
  add(line.slice(start));
  return fields;
}

function unescapeText(raw: string): string {
  if (!raw.includes('\\')) return raw;
  return raw.replace(/(?:\\(?:x[0-9a-fA-F]{1,2}|[0-7]{1,3}))+|\\([\s\S])/g, (codes, plain?: string) =>
    plain === undefined ? codedBytes(codes) : (ESCAPES[plain] ?? plain),
  );
}

/** Bytes given as \\x41 or \\101: neighbours may make up one character. */
function codedBytes(codes: string): string {
  const bytes = codes
    .slice(1)
    .split('\\')
    .map((code) => (code.startsWith('x') ? parseInt(code.slice(1), 16) : parseInt(code, 8) & 0xff));
  return decodeUtf8(Buffer.from(bytes));
}

/** A line (or several, inside quotes) of CSV. An empty field is NULL when NULL is the empty string, quoted or not. */
function csvFields(line: string, { delimiter, quote, escape, nullText }: CopyFormat): CopyRow {
  const fields: (string | null)[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i <= line.length; i += 1) {
    const c = line[i];
    if (c === undefined || (c === delimiter && !quoted)) {
      fields.push(field === nullText ? null : field);
      field = '';
    } else if (quoted && c === escape && (line[i + 1] === quote || line[i + 1] === escape)) {
      field += line[(i += 1)]!;
    } else if (c === quote) {
      quoted = !quoted;
    } else {
      field += c;
    }
  }
  return fields;
}
