import {
  BACKEND,
  type BackendMessage,
  type BackendOf,
  type CopyShape,
  type FieldDescription,
} from './backend-messages.ts';
import type { MessageWriter } from './message-writer.ts';

type Encode<K extends BackendMessage['kind']> = (writer: MessageWriter, message: BackendOf<K>) => void;

const ENCODERS = {
  authentication: (writer, message) => writeAuthentication(writer, message.code, message.data),
  backendKeyData: (writer, message) => {
    writer.begin(BACKEND.backendKeyData);
    writer.int32(message.processId);
    writer.int32(message.secretKey);
    writer.end();
  },
  bindComplete: (writer) => writer.bare(BACKEND.bindComplete),
  closeComplete: (writer) => writer.bare(BACKEND.closeComplete),
  commandComplete: (writer, message) => writeCommandComplete(writer, message.tag),
  copyBothResponse: (writer, message) => writeCopyResponse(writer, BACKEND.copyBothResponse, message),
  copyData: (writer, message) => {
    writer.begin(BACKEND.copyData);
    writer.bytes(message.data);
    writer.end();
  },
  copyDone: (writer) => writer.bare(BACKEND.copyDone),
  copyInResponse: (writer, message) => writeCopyResponse(writer, BACKEND.copyInResponse, message),
  copyOutResponse: (writer, message) => writeCopyResponse(writer, BACKEND.copyOutResponse, message),
  dataRow: (writer, message) => {
    writer.begin(BACKEND.dataRow);
    writer.int16(message.values.length);
    for (const value of message.values) {
      if (value === null) writer.nullField();
      else writer.bytesField(value);
    }
    writer.end();
  },
  emptyQueryResponse: (writer) => writer.bare(BACKEND.emptyQueryResponse),
  errorResponse: (writer, message) => writeFields(writer, BACKEND.errorResponse, message.fields),
  functionCallResponse: (writer, message) => {
    writer.begin(BACKEND.functionCallResponse);
    if (message.value === null) writer.nullField();
    else writer.bytesField(message.value);
    writer.end();
  },
  negotiateProtocolVersion: (writer, message) => {
    writer.begin(BACKEND.negotiateProtocolVersion);
    writer.int32(message.version);
    writer.int32(message.unknownOptions.length);
    for (const option of message.unknownOptions) writer.cstring(option);
    writer.end();
  },
  noData: (writer) => writer.bare(BACKEND.noData),
  noticeResponse: (writer, message) => writeFields(writer, BACKEND.noticeResponse, message.fields),
  notificationResponse: (writer, message) => {
    writer.begin(BACKEND.notificationResponse);
    writer.int32(message.processId);
    writer.cstring(message.channel);
    writer.cstring(message.payload);
    writer.end();
  },
  parameterDescription: (writer, message) => {
    writer.begin(BACKEND.parameterDescription);
    writer.int16(message.types.length);
    for (const type of message.types) writer.int32(type);
    writer.end();
  },
  parameterStatus: (writer, message) => {
    writer.begin(BACKEND.parameterStatus);
    writer.cstring(message.name);
    writer.cstring(message.value);
    writer.end();
  },
  parseComplete: (writer) => writer.bare(BACKEND.parseComplete),
  portalSuspended: (writer) => writer.bare(BACKEND.portalSuspended),
  readyForQuery: (writer, message) => writeReadyForQuery(writer, message.status),
  rowDescription: (writer, message) => writeRowDescription(writer, message.fields),
} satisfies { [K in BackendMessage['kind']]: Encode<K> };

/** Writes one message of any kind. */
export function encodeBackend(writer: MessageWriter, message: BackendMessage): void {
  // The table is exact for every kind; only the pairing of key and message is beyond the type checker.
  (ENCODERS[message.kind] as (writer: MessageWriter, message: BackendMessage) => void)(writer, message);
}

/** Authentication with a sub-code and its data (SASL mechanisms, challenges). */
export function writeAuthentication(writer: MessageWriter, code: number, data?: Uint8Array): void {
  writer.begin(BACKEND.authentication);
  writer.int32(code);
  if (data !== undefined) writer.bytes(data);
  writer.end();
}

export function writeCommandComplete(writer: MessageWriter, tag: string): void {
  writer.begin(BACKEND.commandComplete);
  writer.cstring(tag);
  writer.end();
}

export function writeReadyForQuery(writer: MessageWriter, status: string): void {
  writer.begin(BACKEND.readyForQuery);
  writer.byte(status.charCodeAt(0));
  writer.end();
}

export function writeRowDescription(writer: MessageWriter, fields: readonly FieldDescription[]): void {
  writer.begin(BACKEND.rowDescription);
  writer.int16(fields.length);
  for (const field of fields) {
    writer.cstring(field.name);
    writer.int32(field.tableOid);
    writer.int16(field.attribute);
    writer.int32(field.typeOid);
    writer.int16(field.typeLength);
    writer.int32(field.typeModifier);
    writer.int16(field.format);
  }
  writer.end();
}

function writeCopyResponse(writer: MessageWriter, type: number, shape: CopyShape): void {
  writer.begin(type);
  writer.byte(shape.format);
  writer.int16(shape.columns.length);
  for (const format of shape.columns) writer.int16(format);
  writer.end();
}

function writeFields(writer: MessageWriter, type: number, fields: ReadonlyMap<string, string>): void {
  writer.begin(type);
  for (const [code, value] of fields) {
    writer.byte(code.charCodeAt(0));
    writer.cstring(value);
  }
  writer.byte(0);
  writer.end();
}
