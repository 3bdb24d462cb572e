import { FRONTEND, type FormatCode, type FrontendMessage, type StartupPacket } from './frontend-messages.ts';
import type { MessageWriter } from './message-writer.ts';

type Of<K extends FrontendMessage['kind']> = Extract<FrontendMessage, { kind: K }>;
type Encode<K extends FrontendMessage['kind']> = (writer: MessageWriter, message: Of<K>) => void;

const ENCODERS = {
  bind: (writer, message) => {
    writer.begin(FRONTEND.bind);
    writer.cstring(message.portal);
    writer.cstring(message.statement);
    writeFormats(writer, message.parameterFormats);
    writer.int16(message.parameters.length);
    for (const value of message.parameters) {
      if (value === null) writer.nullField();
      else writer.bytesField(value);
    }
    writeFormats(writer, message.resultFormats);
    writer.end();
  },
  close: (writer, message) => writeTarget(writer, FRONTEND.close, message),
  copyData: (writer, message) => writeBytes(writer, FRONTEND.copyData, message.data),
  copyDone: (writer) => writer.bare(FRONTEND.copyDone),
  copyFail: (writer, message) => writeText(writer, FRONTEND.copyFail, message.message),
  describe: (writer, message) => writeTarget(writer, FRONTEND.describe, message),
  execute: (writer, message) => {
    writer.begin(FRONTEND.execute);
    writer.cstring(message.portal);
    writer.int32(message.maxRows);
    writer.end();
  },
  flush: (writer) => writer.bare(FRONTEND.flush),
  parse: (writer, message) => {
    writer.begin(FRONTEND.parse);
    writer.cstring(message.name);
    writer.cstring(message.sql);
    writer.int16(message.parameterTypes.length);
    for (const type of message.parameterTypes) writer.int32(type);
    writer.end();
  },
  password: (writer, message) => writeBytes(writer, FRONTEND.password, message.data),
  query: (writer, message) => writeText(writer, FRONTEND.query, message.sql),
  sync: (writer) => writer.bare(FRONTEND.sync),
  terminate: (writer) => writer.bare(FRONTEND.terminate),
} satisfies { [K in FrontendMessage['kind']]: Encode<K> };

/** Writes one frontend message: for tests and tools that speak to a server. */
export function encodeFrontend(writer: MessageWriter, message: FrontendMessage): void {
  // The table is exact for every kind; only the pairing of key and message is beyond the type checker.
  (ENCODERS[message.kind] as (writer: MessageWriter, message: FrontendMessage) => void)(writer, message);
}

/** Writes one packet of the start-up phase. */
export function encodeStartup(writer: MessageWriter, packet: StartupPacket): void {
  writer.begin(0);
  switch (packet.kind) {
    case 'sslRequest':
      writer.int32(80877103);
      break;
    case 'gssEncRequest':
      writer.int32(80877104);
      break;
    case 'cancelRequest':
      writer.int32(80877102);
      writer.int32(packet.processId);
      writer.int32(packet.secretKey);
      break;
    case 'startup':
      writer.int32((packet.major << 16) | packet.minor);
      for (const [name, value] of packet.parameters) {
        writer.cstring(name);
        writer.cstring(value);
      }
      writer.byte(0);
      break;
  }
  writer.end();
}

function writeFormats(writer: MessageWriter, formats: readonly FormatCode[]): void {
  writer.int16(formats.length);
  for (const format of formats) writer.int16(format);
}

function writeTarget(writer: MessageWriter, type: number, message: Of<'close'> | Of<'describe'>): void {
  writer.begin(type);
  writer.byte(message.target === 'statement' ? 0x53 : 0x50);
  writer.cstring(message.name);
  writer.end();
}

function writeBytes(writer: MessageWriter, type: number, data: Uint8Array): void {
  writer.begin(type);
  writer.bytes(data);
  writer.end();
}

function writeText(writer: MessageWriter, type: number, text: string): void {
  writer.begin(type);
  writer.cstring(text);
  writer.end();
}
