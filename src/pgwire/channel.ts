import type { FrontendMessage, StartupPacket } from '../pgproto/frontend-messages.ts';
import type { MessageWriter } from '../pgproto/message-writer.ts';

/** A connection as the login sees it: packets and messages are asked for; null means that the client is gone. */
export interface LoginChannel {
  readonly writer: MessageWriter;
  /** Address of the peer, null when unknown. */
  readonly remoteAddress: string | null;
  /** True once the stream is TLS. */
  readonly encrypted: boolean;
  flush(): void;
  readStartup(): Promise<StartupPacket | null>;
  readMessage(): Promise<FrontendMessage | null>;
  /** Starts TLS on the stream. Throws FATAL 08P01 when the client sent plain bytes after its request. */
  startTls(): void;
}
