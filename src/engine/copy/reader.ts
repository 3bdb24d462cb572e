/**
 * Splits the bytes of COPY FROM STDIN into rows of fields, as they come. Source: PostgreSQL documentation of COPY, text
 * and CSV formats.
 */
import { SqlError } from '../../errors.ts';
import type { CopyFormat } from '../outcome.ts';

/** One row; null is SQL NULL. */
export type CopyRow = readonly (string | null)[];

/** Takes chunks, gives rows. `finish` gives the last row when it has no line end. */
export interface CopyReader {
  push(chunk: Uint8Array): readonly CopyRow[];
  finish(): readonly CopyRow[];
}

/** `maxRowBytes`: rows longer than this are refused (53000). */
export function copyReader(format: CopyFormat, maxRowBytes: number): CopyReader {
  return new Reader(format, maxRowBytes);
}

class Reader implements CopyReader {
  readonly #format: CopyFormat;
  readonly #maxRowBytes: number;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #rest = '';
  #quoted = false;
  #scanned = 0;
  #ended = false;
  #headerPending: boolean;

  constructor(format: CopyFormat, maxRowBytes: number) {
    this.#format = format;
    this.#maxRowBytes = maxRowBytes;
    this.#headerPending = format.header;
  }

  push(chunk: Uint8Array): readonly CopyRow[] {
    if (this.#ended) return [];
    this.#rest += this.#decode(chunk, true);
    const rows: CopyRow[] = [];
    for (;;) {
      const end = this.#lineEnd();
      if (end < 0) break;
      const line = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + 1);
      this.#scanned = 0;
      this.#take(line.endsWith('\r') ? line.slice(0, -1) : line, rows);
      if (this.#ended) return rows;
    }
    if (this.#rest.length > this.#maxRowBytes) {
      throw new SqlError(
        '53000',
        `COPY FROM STDIN row exceeded max_copy_from_row_size (${this.#maxRowBytes} bytes)`,
      );
    }
    return rows;
  }

  finish(): readonly CopyRow[] {
    if (this.#ended) return [];
    this.#rest += this.#decode(new Uint8Array(), false);
    const rows: CopyRow[] = [];
    if (this.#quoted) throw malformed('unterminated CSV quoted field');
    if (this.#rest !== '') this.#take(this.#rest.endsWith('\r') ? this.#rest.slice(0, -1) : this.#rest, rows);
    this.#ended = true;
    return rows;
  }

  #decode(chunk: Uint8Array, stream: boolean): string {
    try {
      return this.#decoder.decode(chunk, { stream });
    } catch {
      throw new SqlError('22021', 'invalid byte sequence for encoding "UTF8"');
    }
  }

  /** Next line feed that is not inside quotes, or -1. Remembers how far it looked. */
  #lineEnd(): number {
    const csv = this.#format.format === 'csv';
    for (let i = this.#scanned; i < this.#rest.length; i += 1) {
      const c = this.#rest[i]!;
      if (csv && c === this.#format.escape && this.#quoted && this.#format.escape !== this.#format.quote)
        i += 1;
      else if (csv && c === this.#format.quote) this.#quoted = !this.#quoted;
      else if (c === '\n' && !this.#quoted) return i;
    }
    this.#scanned = this.#rest.length;
    return -1;
  }

  #take(line: string, rows: CopyRow[]): void {
    if (this.#headerPending) {
      this.#headerPending = false;
      return;
    }
    const end =
      line === '\\.' ||
      (this.#format.format === 'csv' && line === `${this.#format.quote}\\.${this.#format.quote}`);
    if (end) {
      this.#ended = true;
      return;
    }
    rows.push(this.#format.format === 'csv' ? csvFields(line, this.#format) : textFields(line, this.#format));
  }
}

function malformed(text: string): SqlError {
  return new SqlError('22P04', text);
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
  return raw.replace(/\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|[\s\S])/g, (_, code: string) => {
    if (/^x/.test(code)) return String.fromCharCode(parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(parseInt(code, 8) & 0xff);
    return ESCAPES[code] ?? code;
  });
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
