import { SqlError, protocolViolation } from '../errors.ts';
import type { FormatCode } from '../pgproto/frontend-messages.ts';
import type { MessageWriter } from '../pgproto/message-writer.ts';
import { NO_SESSION, type CastSession } from '../types/cast-session.ts';
import { binaryEncoder, textEncoder } from '../types/codec.ts';
import type { Datum } from '../types/datum.ts';
import type { SqlType } from '../types/sql-type.ts';

/** Writes one value that is not NULL, with its length, as a field of a row. */
export type FieldWriter = (writer: MessageWriter, value: Datum) => void;

const BOOL = 16;
const NAME = 19;
const INT8 = 20;
const INT2 = 21;
const INT4 = 23;
const TEXT = 25;
const OID = 26;
const VARCHAR = 1043;

const TRUE = 0x74;
const FALSE = 0x66;

const textField: FieldWriter = (writer, value) => writer.textField(value as string);
const integerField: FieldWriter = (writer, value) => writer.integerField(value as number);
const int32Field: FieldWriter = (writer, value) => writer.int32Field(value as number);

/** Types whose values go straight into the output buffer; every other type goes by way of its codec. */
const DIRECT_TEXT: ReadonlyMap<number, FieldWriter> = new Map<number, FieldWriter>([
  [BOOL, (writer, value) => writer.charField(value === true ? TRUE : FALSE)],
  [INT2, integerField],
  [INT4, integerField],
  [OID, integerField],
  [INT8, (writer, value) => writer.textField((value as bigint).toString())],
  [TEXT, textField],
  [VARCHAR, textField],
  [NAME, textField],
]);

const DIRECT_BINARY: ReadonlyMap<number, FieldWriter> = new Map<number, FieldWriter>([
  [BOOL, (writer, value) => writer.charField(value === true ? 1 : 0)],
  [INT2, (writer, value) => writer.int16Field(value as number)],
  [INT4, int32Field],
  [OID, int32Field],
  [INT8, (writer, value) => writer.int64Field(value as bigint)],
  [TEXT, textField],
  [VARCHAR, textField],
  [NAME, textField],
]);

/** Whether the text of values has names of the catalog: aclitem, regclass, regtype and their kin, also inside other types. */
export function writesNames(type: SqlType): boolean {
  if (type.name.startsWith('reg') || type.name === 'aclitem') return true;
  if (type.element !== undefined && writesNames(type.element)) return true;
  return type.fields?.some((field) => writesNames(field.type)) ?? false;
}

/**
 * How values of a type are written in a format. `session` finds the names behind OIDs. Throws 08P01 or 42883 when the
 * type has no binary form.
 */
export function fieldWriter(
  type: SqlType,
  format: FormatCode,
  session: CastSession = NO_SESSION,
): FieldWriter {
  return format === 0 ? textFieldWriter(type, session) : binaryFieldWriter(type);
}

function textFieldWriter(type: SqlType, session: CastSession): FieldWriter {
  const direct = DIRECT_TEXT.get(type.oid);
  if (direct !== undefined) return direct;
  const encode = textEncoder(type, session);
  return (writer, value) => writer.textField(encode(value));
}

function binaryFieldWriter(type: SqlType): FieldWriter {
  const direct = DIRECT_BINARY.get(type.oid);
  if (direct !== undefined) return direct;
  const encode = binaryEncoder(type);
  if (encode === undefined) throw noBinaryForm(type);
  return (writer, value) => writer.bytesField(encode(value));
}

function noBinaryForm(type: SqlType): SqlError {
  if (type.kind === 'list') return protocolViolation('binary encoding of list types is not implemented');
  if (type.kind === 'map') return protocolViolation('binary encoding of map types is not implemented');
  if (type.name === 'aclitem' || type.element?.name === 'aclitem') {
    return protocolViolation('binary encoding of aclitem types does not exist');
  }
  return new SqlError('42883', `no binary output function available for type ${type.displayName}`);
}
