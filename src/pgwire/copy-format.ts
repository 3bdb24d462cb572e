import type { CopyFormat } from '../engine/outcome.ts';
import { BACKEND } from '../pgproto/backend-messages.ts';
import type { MessageWriter } from '../pgproto/message-writer.ts';
import type { ResultColumn } from '../query/result.ts';
import { NO_SESSION, type CastSession } from '../types/cast-session.ts';
import { textEncoder } from '../types/codec.ts';
import type { Datum, Row } from '../types/datum.ts';
import { fieldWriter } from './field-writers.ts';

/** Lays out the rows of COPY TO: each function writes CopyData messages. */
export interface CopyRowWriter {
  start(writer: MessageWriter): void;
  row(writer: MessageWriter, row: Row): void;
  finish(writer: MessageWriter): void;
}

const MAKERS = {
  text: textRows,
  csv: csvRows,
  binary: binaryRows,
} satisfies Record<
  CopyFormat['format'],
  (columns: readonly ResultColumn[], format: CopyFormat, session: CastSession) => CopyRowWriter
>;

/** The writer for a format; `session` finds the names behind OIDs. Source: PostgreSQL documentation, COPY, "File Formats". */
export function copyRowWriter(
  columns: readonly ResultColumn[],
  format: CopyFormat,
  session: CastSession = NO_SESSION,
): CopyRowWriter {
  return MAKERS[format.format](columns, format, session);
}

function lineRows(
  columns: readonly ResultColumn[],
  format: CopyFormat,
  session: CastSession,
  quote: (text: string) => string,
): CopyRowWriter {
  const encoders = columns.map((column) => textEncoder(column.type, session));
  const writeLine = (writer: MessageWriter, fields: readonly string[]): void => {
    writer.begin(BACKEND.copyData);
    writer.text(`${fields.join(format.delimiter)}\n`);
    writer.end();
  };
  return {
    start(writer) {
      if (format.header)
        writeLine(
          writer,
          columns.map((column) => quote(column.name)),
        );
    },
    row(writer, row) {
      const fields = encoders.map((encode, i) => {
        const value = row[i] as Datum;
        return value === null ? format.nullText : quote(encode(value));
      });
      writeLine(writer, fields);
    },
    finish() {},
  };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function textRows(columns: readonly ResultColumn[], format: CopyFormat, session: CastSession): CopyRowWriter {
  return lineRows(columns, format, session, (text) => {
    const escaped = text.replace(/[\\\x08-\x0D]/g, (character) => ESCAPES[character] ?? character);
    return ESCAPES[format.delimiter] !== undefined
      ? escaped
      : escaped.replaceAll(format.delimiter, `\\${format.delimiter}`);
  });
}

function csvRows(columns: readonly ResultColumn[], format: CopyFormat, session: CastSession): CopyRowWriter {
  const { delimiter, quote, escape, nullText } = format;
  const escapes = (text: string): string =>
    (escape === quote ? text : text.replaceAll(escape, escape + escape)).replaceAll(quote, escape + quote);
  return lineRows(columns, format, session, (text) => {
    const plain =
      text !== nullText &&
      !text.includes(delimiter) &&
      !text.includes(quote) &&
      !/[\r\n]/.test(text) &&
      !(columns.length === 1 && text === '\\.');
    return plain ? text : quote + escapes(text) + quote;
  });
}

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');

function binaryRows(columns: readonly ResultColumn[]): CopyRowWriter {
  const fields = columns.map((column) => fieldWriter(column.type, 1));
  return {
    start(writer) {
      writer.begin(BACKEND.copyData);
      writer.bytes(SIGNATURE);
      writer.int32(0);
      writer.int32(0);
      writer.end();
    },
    row(writer, row) {
      writer.begin(BACKEND.copyData);
      writer.int16(fields.length);
      fields.forEach((write, i) => {
        const value = row[i] as Datum;
        if (value === null) writer.nullField();
        else write(writer, value);
      });
      writer.end();
    },
    finish(writer) {
      writer.begin(BACKEND.copyData);
      writer.int16(-1);
      writer.end();
    },
  };
}
