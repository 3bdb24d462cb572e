import { toSqlError, type Notice, type SqlError } from '../errors.ts';
import { BACKEND } from '../pgproto/backend-messages.ts';
import type { MessageWriter } from '../pgproto/message-writer.ts';

const SEVERITY = 0x53;
const CODE = 0x43;
const MESSAGE = 0x4d;
const DETAIL = 0x44;
const HINT = 0x48;
const POSITION = 0x50;

/** ErrorResponse with the fields that Materialize sends: S, C, M, then D, H and P when there are any. */
export function writeError(writer: MessageWriter, error: SqlError): void {
  writeResponse(writer, BACKEND.errorResponse, error);
}

/** NoticeResponse with the same fields. */
export function writeNotice(writer: MessageWriter, notice: Notice): void {
  writeResponse(writer, BACKEND.noticeResponse, notice);
}

/** ParameterStatus. */
export function writeParameterStatus(writer: MessageWriter, name: string, value: string): void {
  writer.begin(BACKEND.parameterStatus);
  writer.cstring(name);
  writer.cstring(value);
  writer.end();
}

/** The error to end a connection with. */
export function asFatal(cause: unknown): SqlError {
  const error = toSqlError(cause);
  return error.severity === 'ERROR' ? error.with({ severity: 'FATAL' }) : error;
}

function writeResponse(writer: MessageWriter, type: number, response: SqlError | Notice): void {
  writer.begin(type);
  field(writer, SEVERITY, response.severity);
  field(writer, CODE, response.code);
  field(writer, MESSAGE, response.message);
  if (response.detail !== undefined) field(writer, DETAIL, response.detail);
  if (response.hint !== undefined) field(writer, HINT, response.hint);
  if (response.position !== undefined) field(writer, POSITION, String(response.position));
  writer.byte(0);
  writer.end();
}

function field(writer: MessageWriter, code: number, value: string): void {
  writer.byte(code);
  writer.cstring(value);
}
