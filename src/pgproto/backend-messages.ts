/** What a server sends, as data. Source: PostgreSQL documentation, "Message Formats". */
import type { FormatCode } from './frontend-messages.ts';

/** Type bytes of backend messages. */
export const BACKEND = {
  authentication: 0x52,
  backendKeyData: 0x4b,
  bindComplete: 0x32,
  closeComplete: 0x33,
  commandComplete: 0x43,
  copyBothResponse: 0x57,
  copyData: 0x64,
  copyDone: 0x63,
  copyInResponse: 0x47,
  copyOutResponse: 0x48,
  dataRow: 0x44,
  emptyQueryResponse: 0x49,
  errorResponse: 0x45,
  functionCallResponse: 0x56,
  negotiateProtocolVersion: 0x76,
  noData: 0x6e,
  noticeResponse: 0x4e,
  notificationResponse: 0x41,
  parameterDescription: 0x74,
  parameterStatus: 0x53,
  parseComplete: 0x31,
  portalSuspended: 0x73,
  readyForQuery: 0x5a,
  rowDescription: 0x54,
} as const;

/** Sub-codes of Authentication messages that this server sends. */
export const AUTHENTICATION = {
  ok: 0,
  cleartextPassword: 3,
  sasl: 10,
  saslContinue: 11,
  saslFinal: 12,
} as const;

/** One column of a RowDescription. Table and attribute number are not known to this server: always 0. */
export interface FieldDescription {
  readonly name: string;
  readonly tableOid: number;
  readonly attribute: number;
  readonly typeOid: number;
  readonly typeLength: number;
  readonly typeModifier: number;
  readonly format: FormatCode;
}

/** Fields of ErrorResponse and NoticeResponse by their one-letter code. */
export type ResponseFields = ReadonlyMap<string, string>;

/** ReadyForQuery's status: idle, in a transaction block, in a failed one. */
export type ReadyStatus = 'I' | 'T' | 'E';

/** Column formats of a COPY response. */
export interface CopyShape {
  readonly format: FormatCode;
  readonly columns: readonly FormatCode[];
}

export type BackendMessage =
  | { readonly kind: 'authentication'; readonly code: number; readonly data: Buffer }
  | { readonly kind: 'backendKeyData'; readonly processId: number; readonly secretKey: number }
  | { readonly kind: 'bindComplete' }
  | { readonly kind: 'closeComplete' }
  | { readonly kind: 'commandComplete'; readonly tag: string }
  | ({ readonly kind: 'copyBothResponse' } & CopyShape)
  | { readonly kind: 'copyData'; readonly data: Buffer }
  | { readonly kind: 'copyDone' }
  | ({ readonly kind: 'copyInResponse' } & CopyShape)
  | ({ readonly kind: 'copyOutResponse' } & CopyShape)
  | { readonly kind: 'dataRow'; readonly values: readonly (Buffer | null)[] }
  | { readonly kind: 'emptyQueryResponse' }
  | { readonly kind: 'errorResponse'; readonly fields: ResponseFields }
  | { readonly kind: 'functionCallResponse'; readonly value: Buffer | null }
  | {
      readonly kind: 'negotiateProtocolVersion';
      readonly version: number;
      readonly unknownOptions: readonly string[];
    }
  | { readonly kind: 'noData' }
  | { readonly kind: 'noticeResponse'; readonly fields: ResponseFields }
  | {
      readonly kind: 'notificationResponse';
      readonly processId: number;
      readonly channel: string;
      readonly payload: string;
    }
  | { readonly kind: 'parameterDescription'; readonly types: readonly number[] }
  | { readonly kind: 'parameterStatus'; readonly name: string; readonly value: string }
  | { readonly kind: 'parseComplete' }
  | { readonly kind: 'portalSuspended' }
  | { readonly kind: 'readyForQuery'; readonly status: ReadyStatus }
  | { readonly kind: 'rowDescription'; readonly fields: readonly FieldDescription[] };

/** The message of one kind. */
export type BackendOf<K extends BackendMessage['kind']> = Extract<BackendMessage, { kind: K }>;
