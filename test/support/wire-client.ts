/**
 * A client that sends exactly what a test tells it to and collects what comes back. Works against any server of the
 * protocol, so that transcripts can be compared with a real PostgreSQL.
 */
import { connect as connectSocket, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { BackendMessage } from '../../src/pgproto/backend-messages.ts';
import { decodeBackend } from '../../src/pgproto/backend-decode.ts';
import { ByteReader } from '../../src/pgproto/byte-reader.ts';
import { encodeFrontend, encodeStartup } from '../../src/pgproto/frontend-encode.ts';
import type { FrontendMessage, StartupPacket } from '../../src/pgproto/frontend-messages.ts';
import { MessageWriter } from '../../src/pgproto/message-writer.ts';

export class WireClient {
  readonly messages: BackendMessage[] = [];
  socket: Socket;
  /** The server closed or reset the connection. */
  closed = false;
  #taken = 0;
  #buffer: Buffer = Buffer.alloc(0);
  #wake: (() => void)[] = [];
  /** Bytes before the first message: answers to SSLRequest. */
  #rawWanted = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#listen();
  }

  static open(port: number, host = '127.0.0.1'): Promise<WireClient> {
    return new Promise((resolve, reject) => {
      const socket = connectSocket({ port, host }, () => {
        socket.off('error', reject);
        resolve(new WireClient(socket));
      });
      socket.once('error', reject);
    });
  }

  /** Opens, logs in without a password, and waits for ReadyForQuery; forgets the messages of the login. */
  static async login(port: number, parameters: Record<string, string> = {}): Promise<WireClient> {
    const client = await WireClient.open(port);
    client.startup({ user: 'materialize', database: 'postgres', ...parameters });
    await client.until('readyForQuery');
    client.#taken = client.messages.length;
    return client;
  }

  startup(parameters: Record<string, string>, minor = 0, major = 3): void {
    this.packet({ kind: 'startup', major, minor, parameters: new Map(Object.entries(parameters)) });
  }

  packet(packet: StartupPacket): void {
    const writer = new MessageWriter();
    encodeStartup(writer, packet);
    this.raw(writer.view());
  }

  /** Sends messages in one write. */
  send(...messages: readonly FrontendMessage[]): void {
    const writer = new MessageWriter();
    for (const message of messages) encodeFrontend(writer, message);
    this.raw(writer.view());
  }

  raw(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** The server's one-byte answer to a request for encryption. */
  async rawByte(): Promise<string> {
    this.#rawWanted = 1;
    while (this.#buffer.length < 1) await this.#more();
    const byte = String.fromCharCode(this.#buffer[0] as number);
    this.#buffer = this.#buffer.subarray(1);
    this.#rawWanted = 0;
    this.#decode();
    return byte;
  }

  async upgrade(options: ConnectionOptions = {}): Promise<void> {
    const plain = this.socket;
    plain.removeAllListeners('data');
    this.socket = await new Promise((resolve, reject) => {
      const secure = connectTls({ socket: plain, rejectUnauthorized: false, ...options }, () =>
        resolve(secure),
      );
      secure.once('error', reject);
    });
    this.#listen();
  }

  /** Waits for the `count`-th next message of a kind, or the end of the connection; answers what came until then. */
  async until(kind: BackendMessage['kind'], count = 1): Promise<readonly BackendMessage[]> {
    const start = this.#taken;
    let seen = 0;
    for (;;) {
      while (this.#taken < this.messages.length) {
        const message = this.messages[this.#taken++] as BackendMessage;
        if (message.kind === kind && ++seen === count) return this.messages.slice(start, this.#taken);
      }
      if (this.closed) return this.messages.slice(start);
      await this.#more();
    }
  }

  /** Forgets the messages so far: for sessions that go on for long. */
  forget(): void {
    this.messages.length = 0;
    this.#taken = 0;
  }

  /** Everything up to the close. */
  async untilClosed(): Promise<readonly BackendMessage[]> {
    const start = this.#taken;
    while (!this.closed) await this.#more();
    this.#taken = this.messages.length;
    return this.messages.slice(start);
  }

  close(): void {
    this.socket.destroy();
  }

  #listen(): void {
    this.socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    const ended = (): void => {
      this.closed = true;
      this.#notify();
    };
    this.socket.on('end', ended);
    this.socket.on('close', ended);
    this.socket.on('error', ended);
  }

  #onData(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    this.#decode();
    this.#notify();
  }

  #decode(): void {
    while (this.#rawWanted === 0 && this.#buffer.length >= 5) {
      const size = this.#buffer.readInt32BE(1) + 1;
      if (this.#buffer.length < size) break;
      const body = new ByteReader(this.#buffer, 5, size);
      this.messages.push(decodeBackend(this.#buffer[0] as number, body));
      this.#buffer = this.#buffer.subarray(size);
    }
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const each of wake) each();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }
}

/** One line for each message: what a transcript is compared by. Error texts are left to the codes. */
export function transcript(messages: readonly BackendMessage[]): string[] {
  return messages.map((message) => {
    switch (message.kind) {
      case 'errorResponse':
        return `error ${message.fields.get('S') ?? ''} ${message.fields.get('C') ?? ''}`;
      case 'noticeResponse':
        return `notice ${message.fields.get('S') ?? ''} ${message.fields.get('C') ?? ''}`;
      case 'readyForQuery':
        return `ready ${message.status}`;
      case 'commandComplete':
        return `complete ${message.tag}`;
      case 'dataRow':
        return `row ${message.values.map((value) => value?.toString() ?? 'NULL').join('|')}`;
      case 'rowDescription':
        return `columns ${message.fields.map((field) => `${field.typeOid}:${field.format}`).join(' ')}`;
      case 'parameterDescription':
        return `parameters ${message.types.join(' ')}`;
      case 'copyData':
        return `data ${message.data.toString()}`;
      case 'parameterStatus':
        return `set ${message.name}`;
      default:
        return message.kind;
    }
  });
}

export const query = (sql: string): FrontendMessage => ({ kind: 'query', sql });
export const parse = (sql: string, name = ''): FrontendMessage => ({
  kind: 'parse',
  name,
  sql,
  parameterTypes: [],
});
export const bind = (portal = '', statement = ''): FrontendMessage => ({
  kind: 'bind',
  portal,
  statement,
  parameterFormats: [],
  parameters: [],
  resultFormats: [],
});
export const describePortal = (name = ''): FrontendMessage => ({ kind: 'describe', target: 'portal', name });
export const describeStatement = (name = ''): FrontendMessage => ({
  kind: 'describe',
  target: 'statement',
  name,
});
export const execute = (portal = '', maxRows = 0): FrontendMessage => ({ kind: 'execute', portal, maxRows });
export const closePortal = (name = ''): FrontendMessage => ({ kind: 'close', target: 'portal', name });
export const closeStatement = (name = ''): FrontendMessage => ({ kind: 'close', target: 'statement', name });
export const sync: FrontendMessage = { kind: 'sync' };
export const flush: FrontendMessage = { kind: 'flush' };
export const copyData = (text: string | Buffer): FrontendMessage => ({
  kind: 'copyData',
  data: Buffer.from(text),
});
export const copyDone: FrontendMessage = { kind: 'copyDone' };
export const copyFail = (message: string): FrontendMessage => ({ kind: 'copyFail', message });
export const terminate: FrontendMessage = { kind: 'terminate' };
