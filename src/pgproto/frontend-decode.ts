import { protocolViolation } from '../errors.ts';
import { ByteReader, decodeUtf8 } from './byte-reader.ts';
import {
  FRONTEND,
  type FormatCode,
  type FrontendMessage,
  type StartupPacket,
  type Target,
} from './frontend-messages.ts';

type Decoder = (body: ByteReader) => FrontendMessage;

const SYNC: FrontendMessage = { kind: 'sync' };
const FLUSH: FrontendMessage = { kind: 'flush' };
const TERMINATE: FrontendMessage = { kind: 'terminate' };
const COPY_DONE: FrontendMessage = { kind: 'copyDone' };

const DECODERS = {
  bind: decodeBind,
  close: (body) => ({ kind: 'close', target: decodeTarget(body, 'CLOSE'), name: body.cstring() }),
  copyData: (body) => ({ kind: 'copyData', data: body.rest() }),
  copyDone: () => COPY_DONE,
  copyFail: (body) => ({ kind: 'copyFail', message: body.cstring() }),
  describe: (body) => ({ kind: 'describe', target: decodeTarget(body, 'DESCRIBE'), name: body.cstring() }),
  execute: (body) => ({ kind: 'execute', portal: body.cstring(), maxRows: body.int32() }),
  flush: () => FLUSH,
  parse: decodeParse,
  password: (body) => ({ kind: 'password', data: body.rest() }),
  query: (body) => ({ kind: 'query', sql: body.cstring() }),
  sync: () => SYNC,
  terminate: () => TERMINATE,
} satisfies Record<keyof typeof FRONTEND, Decoder>;

const BY_TYPE: (Decoder | undefined)[] = [];
for (const [name, type] of Object.entries(FRONTEND)) BY_TYPE[type] = DECODERS[name as keyof typeof FRONTEND];

/**
 * Decodes one message. Throws SqlError only: 08P01 for a body that does not fit its type, 22021 for text that is not
 * UTF-8, FATAL 08P01 for a type that does not exist.
 */
export function decodeFrontend(type: number, body: ByteReader): FrontendMessage {
  const decoder = BY_TYPE[type];
  if (decoder === undefined) throw protocolViolation(`unknown message type ${type}`, 'FATAL');
  const message = decoder(body);
  body.end();
  return message;
}

function decodeParse(body: ByteReader): FrontendMessage {
  const name = body.cstring();
  const sql = body.cstring();
  const count = body.count();
  if (count * 4 > body.remaining) throw protocolViolation('insufficient data left in message');
  const parameterTypes: number[] = [];
  for (let i = 0; i < count; i++) parameterTypes.push(body.uint32());
  return { kind: 'parse', name, sql, parameterTypes };
}

function decodeBind(body: ByteReader): FrontendMessage {
  const portal = body.cstring();
  const statement = body.cstring();
  const parameterFormats = decodeFormats(body);
  const count = body.count();
  const parameters: (Buffer | null)[] = [];
  for (let i = 0; i < count; i++) {
    const length = body.int32();
    parameters.push(length === -1 ? null : body.bytes(length));
  }
  return {
    kind: 'bind',
    portal,
    statement,
    parameterFormats,
    parameters,
    resultFormats: decodeFormats(body),
  };
}

const NO_FORMATS: readonly FormatCode[] = [];

function decodeFormats(body: ByteReader): readonly FormatCode[] {
  const count = body.count();
  if (count === 0) return NO_FORMATS;
  const formats: FormatCode[] = [];
  for (let i = 0; i < count; i++) {
    const code = body.int16();
    if (code !== 0 && code !== 1) throw protocolViolation(`unsupported format code: ${code}`);
    formats.push(code);
  }
  return formats;
}

function decodeTarget(body: ByteReader, message: string): Target {
  const code = body.byte();
  if (code === 0x53) return 'statement';
  if (code === 0x50) return 'portal';
  throw protocolViolation(`invalid ${message} message subtype ${code}`);
}

const CANCEL_REQUEST = 80877102;
const SSL_REQUEST = 80877103;
const GSS_ENC_REQUEST = 80877104;

/** Decodes the body of a start-up packet (without its length word). Throws FATAL 08P01 when it is malformed. */
export function decodeStartup(body: ByteReader): StartupPacket {
  const version = body.int32();
  switch (version) {
    case SSL_REQUEST:
      return { kind: 'sslRequest' };
    case GSS_ENC_REQUEST:
      return { kind: 'gssEncRequest' };
    case CANCEL_REQUEST:
      if (body.remaining !== 8) throw protocolViolation('invalid length of cancel request packet', 'FATAL');
      return { kind: 'cancelRequest', processId: body.uint32(), secretKey: body.uint32() };
    default:
      return {
        kind: 'startup',
        major: version >>> 16,
        minor: version & 0xffff,
        parameters: version >>> 16 === 3 ? decodeParameters(body) : new Map(),
      };
  }
}

function decodeParameters(body: ByteReader): Map<string, string> {
  const parameters = new Map<string, string>();
  try {
    for (;;) {
      const name = body.cstring();
      if (name === '') break;
      parameters.set(name, body.cstring());
    }
    body.end();
  } catch {
    throw protocolViolation('invalid startup packet layout: expected terminator as last byte', 'FATAL');
  }
  return parameters;
}

/** The text of a PasswordMessage. Throws 08P01 when it is not one NUL-terminated string. */
export function decodePassword(data: Buffer): string {
  if (data.length === 0 || data.indexOf(0) !== data.length - 1)
    throw protocolViolation('invalid password packet size');
  return decodeUtf8(data, 0, data.length - 1);
}

/** Fields of a SASLInitialResponse: the mechanism and the client's first message, null when it sent none. */
export function decodeSaslInitialResponse(data: Buffer): {
  readonly mechanism: string;
  readonly data: Buffer | null;
} {
  const body = new ByteReader(data);
  const mechanism = body.cstring();
  const length = body.int32();
  const response = length === -1 ? null : body.bytes(length);
  body.end();
  return { mechanism, data: response };
}
