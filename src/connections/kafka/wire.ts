/** Requests and responses of Kafka's protocol over a stream, one at a time. */
import type { Duplex } from 'node:stream';
import { int16, int32, MalformedResponse, Reader, string } from './reader.ts';

/** Requests that are sent, with versions that every broker from 0.11 on takes. */
export const REQUESTS = {
  metadata: { key: 3, version: 4 },
  saslHandshake: { key: 17, version: 1 },
  saslAuthenticate: { key: 36, version: 0 },
} as const;

/** Error codes that are told apart. */
export const NO_ERROR = 0;

/** The broker closed the stream before it answered. */
export class Disconnected extends Error {
  constructor() {
    super('Disconnected: connection closed by peer: receive 0 after POLLIN');
    this.name = 'Disconnected';
  }
}

/** A thousand brokers and ten thousand partitions of a topic; more would be long to read in one go. */
const MAX_RESPONSE_BYTES = 1024 * 1024;
/** How a TLS listener answers clear text, before it hangs up. */
const TLS_ALERT = 0x1503;
const CLIENT_ID = 'materialize';

interface Waiting {
  readonly correlation: number;
  readonly resolve: (reader: Reader) => void;
  readonly reject: (error: Error) => void;
}

/** Owns the listeners of a stream; whoever opened the stream destroys it. */
export class KafkaWire {
  readonly #stream: Duplex;
  #buffered: Buffer[] = [];
  #bufferedBytes = 0;
  #correlation = 0;
  #waiting: Waiting | undefined;
  #broken: Error | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => this.#onData(chunk));
    stream.on('error', (error) => this.#break(error));
    stream.once('end', () => this.#break(new Disconnected()));
    stream.once('close', () => this.#break(new Disconnected()));
  }

  /** The response's body. Rejects with the stream's error, {@link Disconnected} or {@link MalformedResponse}. */
  request({ key, version }: { key: number; version: number }, body: Buffer): Promise<Reader> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== undefined) {
        reject(this.#broken);
        return;
      }
      const correlation = ++this.#correlation;
      this.#waiting = { correlation, resolve, reject };
      const message = Buffer.concat([
        int16(key),
        int16(version),
        int32(correlation),
        string(CLIENT_ID),
        body,
      ]);
      this.#stream.write(Buffer.concat([int32(message.length), message]));
    });
  }

  #onData(chunk: Buffer): void {
    this.#buffered.push(chunk);
    this.#bufferedBytes += chunk.length;
    if (this.#bufferedBytes < 4) return;
    const first = this.#buffered[0] as Buffer;
    const head = first.length >= 4 ? first : Buffer.concat(this.#buffered);
    const length = head.readInt32BE(0);
    if (length >>> 16 === TLS_ALERT) {
      this.#break(new Disconnected());
    } else if (length < 4 || length > MAX_RESPONSE_BYTES) {
      this.#break(new MalformedResponse(`invalid size ${String(length)}`));
    } else if (this.#bufferedBytes >= length + 4) {
      this.#answer(Buffer.concat(this.#buffered).subarray(4, length + 4));
    }
  }

  /** Whatever follows the response is dropped: nothing else was asked for. */
  #answer(response: Buffer): void {
    this.#buffered = [];
    this.#bufferedBytes = 0;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (response.readInt32BE(0) !== waiting?.correlation) {
      const error = new MalformedResponse('it answers nothing that was asked');
      waiting?.reject(error);
      this.#break(error);
      return;
    }
    waiting.resolve(new Reader(response.subarray(4)));
  }

  #break(error: Error): void {
    this.#broken ??= error;
    this.#waiting?.reject(this.#broken);
    this.#waiting = undefined;
    this.#buffered = [];
    this.#bufferedBytes = 0;
  }
}
