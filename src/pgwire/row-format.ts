import { SqlError, protocolViolation } from '../errors.ts';
import { writeRowDescription } from '../pgproto/backend-encode.ts';
import { BACKEND } from '../pgproto/backend-messages.ts';
import type { FormatCode } from '../pgproto/frontend-messages.ts';
import { MessageWriter } from '../pgproto/message-writer.ts';
import type { ResultColumn } from '../query/result.ts';
import { NO_SESSION, type CastSession } from '../types/cast-session.ts';
import type { Row } from '../types/datum.ts';
import { fieldWriter, writesNames, type FieldWriter } from './field-writers.ts';

/** The largest number of columns that RowDescription can carry. */
const MAX_COLUMNS = 32_767;

/** How the rows of one result go out: the ready-made RowDescription and a writer for each column. */
export interface RowFormat {
  readonly description: Uint8Array;
  readonly fields: readonly FieldWriter[];
}

/** Text formats by column list: a statement that runs often describes its rows once. */
const TEXT_FORMATS = new WeakMap<readonly ResultColumn[], RowFormat>();

/** Finds the names behind OIDs as the session sees them; asked only when a column has such names. */
export type Names = () => CastSession;

const NO_NAMES: Names = () => NO_SESSION;

/** Rows in text format, as a simple query gets them. */
export function textRowFormat(columns: readonly ResultColumn[], names: Names = NO_NAMES): RowFormat {
  const known = TEXT_FORMATS.get(columns);
  if (known !== undefined) return known;
  if (haveNames(columns)) return makeFormat(columns, undefined, names());
  const format = makeFormat(columns, undefined);
  TEXT_FORMATS.set(columns, format);
  return format;
}

/** Names change with the catalog and the search path, so their format is made for each run. */
function haveNames(columns: readonly ResultColumn[]): boolean {
  return columns.some((column) => writesNames(column.type));
}

/** The last other format of a column list: a client asks for the same one again and again. */
const BOUND_FORMATS = new WeakMap<
  readonly ResultColumn[],
  { codes: readonly FormatCode[]; format: RowFormat }
>();

/**
 * Rows in the formats that Bind asked for: `codes` has none, one or one for each column. Throws 08P01 for another
 * number of codes and for a type that has no binary form.
 */
export function boundRowFormat(
  columns: readonly ResultColumn[],
  codes: readonly FormatCode[],
  names: Names = NO_NAMES,
): RowFormat {
  checkFormatCount(codes.length, columns.length);
  if (codes.every((code) => code === 0)) return textRowFormat(columns, names);
  const last = BOUND_FORMATS.get(columns);
  if (last?.codes.length === codes.length && codes.every((code, i) => code === last.codes[i]))
    return last.format;
  if (haveNames(columns)) return makeFormat(columns, codes, names());
  const format = makeFormat(columns, codes);
  BOUND_FORMATS.set(columns, { codes, format });
  return format;
}

/** Throws 08P01 unless there are no codes, one, or `expected`. */
export function checkFormatCount(count: number, expected: number): void {
  if (count > 1 && count !== expected) {
    throw protocolViolation(`expected ${expected} field format specifiers, but got ${count}`);
  }
}

/** The format code of one parameter or column by Bind's rule: none is text, one is for all. */
export function formatAt(codes: readonly FormatCode[], index: number): FormatCode {
  return (codes.length === 1 ? codes[0] : codes[index]) ?? 0;
}

/** Writes one DataRow. */
export function writeDataRow(writer: MessageWriter, fields: readonly FieldWriter[], row: Row): void {
  writer.begin(BACKEND.dataRow);
  writer.int16(fields.length);
  for (let i = 0; i < fields.length; i++) {
    const value = row[i];
    if (value === null || value === undefined) writer.nullField();
    else (fields[i] as FieldWriter)(writer, value);
  }
  writer.end();
}

function makeFormat(
  columns: readonly ResultColumn[],
  codes: readonly FormatCode[] = [],
  session: CastSession = NO_SESSION,
): RowFormat {
  if (columns.length > MAX_COLUMNS) {
    const text = `${columns.length} fields in row description, which exceeds ${MAX_COLUMNS}`;
    throw new SqlError('08006', text, { severity: 'FATAL' });
  }
  const writer = new MessageWriter(256);
  writeRowDescription(
    writer,
    columns.map((column, i) => ({
      name: column.name,
      tableOid: 0,
      attribute: 0,
      typeOid: column.type.oid,
      typeLength: column.type.length,
      typeModifier: column.typmod,
      format: formatAt(codes, i),
    })),
  );
  return {
    description: writer.view(),
    fields: columns.map((column, i) => fieldWriter(column.type, formatAt(codes, i), session)),
  };
}
