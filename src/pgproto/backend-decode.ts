import { protocolViolation } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import {
  BACKEND,
  type BackendMessage,
  type CopyShape,
  type FieldDescription,
  type ReadyStatus,
} from './backend-messages.ts';
import type { FormatCode } from './frontend-messages.ts';

type Decoder = (body: ByteReader) => BackendMessage;

const DECODERS = {
  authentication: (body) => ({ kind: 'authentication', code: body.int32(), data: body.rest() }),
  backendKeyData: (body) => ({ kind: 'backendKeyData', processId: body.uint32(), secretKey: body.uint32() }),
  bindComplete: () => ({ kind: 'bindComplete' }),
  closeComplete: () => ({ kind: 'closeComplete' }),
  commandComplete: (body) => ({ kind: 'commandComplete', tag: body.cstring() }),
  copyBothResponse: (body) => ({ kind: 'copyBothResponse', ...decodeCopyShape(body) }),
  copyData: (body) => ({ kind: 'copyData', data: body.rest() }),
  copyDone: () => ({ kind: 'copyDone' }),
  copyInResponse: (body) => ({ kind: 'copyInResponse', ...decodeCopyShape(body) }),
  copyOutResponse: (body) => ({ kind: 'copyOutResponse', ...decodeCopyShape(body) }),
  dataRow: (body) => ({ kind: 'dataRow', values: times(body.count(), () => decodeField(body)) }),
  emptyQueryResponse: () => ({ kind: 'emptyQueryResponse' }),
  errorResponse: (body) => ({ kind: 'errorResponse', fields: decodeFields(body) }),
  functionCallResponse: (body) => ({ kind: 'functionCallResponse', value: decodeField(body) }),
  negotiateProtocolVersion: (body) => ({
    kind: 'negotiateProtocolVersion',
    version: body.int32(),
    unknownOptions: times(body.int32(), () => body.cstring()),
  }),
  noData: () => ({ kind: 'noData' }),
  noticeResponse: (body) => ({ kind: 'noticeResponse', fields: decodeFields(body) }),
  notificationResponse: (body) => ({
    kind: 'notificationResponse',
    processId: body.uint32(),
    channel: body.cstring(),
    payload: body.cstring(),
  }),
  parameterDescription: (body) => ({
    kind: 'parameterDescription',
    types: times(body.count(), () => body.uint32()),
  }),
  parameterStatus: (body) => ({ kind: 'parameterStatus', name: body.cstring(), value: body.cstring() }),
  parseComplete: () => ({ kind: 'parseComplete' }),
  portalSuspended: () => ({ kind: 'portalSuspended' }),
  readyForQuery: (body) => ({ kind: 'readyForQuery', status: decodeStatus(body) }),
  rowDescription: (body) => ({
    kind: 'rowDescription',
    fields: times(body.count(), () => decodeColumn(body)),
  }),
} satisfies Record<keyof typeof BACKEND, Decoder>;

const BY_TYPE = new Map<number, Decoder>(
  Object.entries(BACKEND).map(([name, type]) => [type, DECODERS[name as keyof typeof BACKEND]]),
);

/** Decodes one backend message: for tests and tools that speak to a server. Throws 08P01 only. */
export function decodeBackend(type: number, body: ByteReader): BackendMessage {
  const decoder = BY_TYPE.get(type);
  if (decoder === undefined) throw protocolViolation(`unknown message type ${type}`, 'FATAL');
  const message = decoder(body);
  body.end();
  return message;
}

function times<T>(count: number, make: () => T): T[] {
  const list: T[] = [];
  for (let i = 0; i < count; i++) list.push(make());
  return list;
}

function decodeField(body: ByteReader): Buffer | null {
  const length = body.int32();
  return length === -1 ? null : body.bytes(length);
}

function decodeFields(body: ByteReader): Map<string, string> {
  const fields = new Map<string, string>();
  for (let code = body.byte(); code !== 0; code = body.byte())
    fields.set(String.fromCharCode(code), body.cstring());
  return fields;
}

function decodeFormat(code: number): FormatCode {
  if (code !== 0 && code !== 1) throw protocolViolation(`unsupported format code: ${code}`);
  return code;
}

function decodeCopyShape(body: ByteReader): CopyShape {
  return {
    format: decodeFormat(body.byte()),
    columns: times(body.count(), () => decodeFormat(body.int16())),
  };
}

function decodeStatus(body: ByteReader): ReadyStatus {
  const status = String.fromCharCode(body.byte());
  if (status !== 'I' && status !== 'T' && status !== 'E')
    throw protocolViolation('invalid transaction status');
  return status;
}

function decodeColumn(body: ByteReader): FieldDescription {
  return {
    name: body.cstring(),
    tableOid: body.uint32(),
    attribute: body.int16(),
    typeOid: body.uint32(),
    typeLength: body.int16(),
    typeModifier: body.int32(),
    format: decodeFormat(body.int16()),
  };
}
