/**
 * What a client sends, as data. Source: PostgreSQL documentation, "Message Formats". FunctionCall is left out on
 * purpose: Materialize answers it as an unknown message type.
 */

/** Type bytes of frontend messages. `password` is also SASLInitialResponse and SASLResponse: the context tells. */
export const FRONTEND = {
  bind: 0x42,
  close: 0x43,
  copyData: 0x64,
  copyDone: 0x63,
  copyFail: 0x66,
  describe: 0x44,
  execute: 0x45,
  flush: 0x48,
  parse: 0x50,
  password: 0x70,
  query: 0x51,
  sync: 0x53,
  terminate: 0x58,
} as const;

/** 0 is text, 1 is binary. */
export type FormatCode = 0 | 1;

export interface BindMessage {
  readonly kind: 'bind';
  readonly portal: string;
  readonly statement: string;
  /** As sent: none (all text), one (for all) or one for each parameter. */
  readonly parameterFormats: readonly FormatCode[];
  /** Null is SQL NULL. */
  readonly parameters: readonly (Buffer | null)[];
  /** As sent: none (all text), one (for all) or one for each result column. */
  readonly resultFormats: readonly FormatCode[];
}

/** What a Describe or Close message names. */
export type Target = 'statement' | 'portal';

export type FrontendMessage =
  | { readonly kind: 'query'; readonly sql: string }
  | {
      readonly kind: 'parse';
      readonly name: string;
      readonly sql: string;
      readonly parameterTypes: readonly number[];
    }
  | BindMessage
  | { readonly kind: 'describe'; readonly target: Target; readonly name: string }
  | { readonly kind: 'execute'; readonly portal: string; readonly maxRows: number }
  | { readonly kind: 'close'; readonly target: Target; readonly name: string }
  | { readonly kind: 'flush' }
  | { readonly kind: 'sync' }
  | { readonly kind: 'terminate' }
  | { readonly kind: 'copyData'; readonly data: Buffer }
  | { readonly kind: 'copyDone' }
  | { readonly kind: 'copyFail'; readonly message: string }
  /** PasswordMessage, SASLInitialResponse or SASLResponse, undecoded: the context tells which. */
  | { readonly kind: 'password'; readonly data: Buffer };

/** A packet of the start-up phase; it has no type byte. */
export type StartupPacket =
  | { readonly kind: 'sslRequest' }
  | { readonly kind: 'gssEncRequest' }
  | { readonly kind: 'cancelRequest'; readonly processId: number; readonly secretKey: number }
  | {
      readonly kind: 'startup';
      readonly major: number;
      readonly minor: number;
      readonly parameters: ReadonlyMap<string, string>;
    };
