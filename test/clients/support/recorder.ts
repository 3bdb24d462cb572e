/**
 * A proxy in front of the server that writes down every statement a client sends, and whether the server took it: what
 * the conformance figures are counted from. It answers TLS and GSS requests with no, so that it can read along.
 */
import { createServer, connect, type Server, type Socket } from 'node:net';

/** One statement as the client sent it. */
export interface Recorded {
  readonly sql: string;
  /** The server's error, or null when it took the statement. */
  error: string | null;
}

/** Statements with this comment are sent to see how their error arrives. */
export const FAILS = '/* fails */';

export interface Recorder {
  readonly port: number;
  readonly statements: readonly Recorded[];
  /** Statements that failed although no test meant them to: `<error>: <statement>`. */
  failures(): readonly string[];
  /** Every statement that failed, and whether a test meant it to. */
  refused(): readonly Refused[];
  close(): Promise<void>;
}

export interface Refused {
  readonly sql: string;
  /** SQLSTATE and message. */
  readonly error: string;
  readonly meant: boolean;
}

/** Version numbers in the place of the protocol's, for requests before the start-up message. */
const PROTOCOL_3 = 3;
const REQUEST_CODES: ReadonlySet<number> = new Set([80877103, 80877104]);
const CANCEL_CODE = 80877102;

/** Statements of one Query message, or of the messages up to a Sync. */
interface Batch {
  readonly entries: Recorded[];
  parsed: number;
}

/** Cuts a stream of bytes into messages of one type byte (unless still starting up) and a length. */
class Frames {
  #rest = Buffer.alloc(0);
  readonly #emit: (type: string, body: Buffer) => void;
  /** The start-up packet has no type byte. */
  untyped: boolean;

  constructor(untyped: boolean, emit: (type: string, body: Buffer) => void) {
    this.untyped = untyped;
    this.#emit = emit;
  }

  push(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const head = this.untyped ? 0 : 1;
      if (this.#rest.length < head + 4) return;
      const end = head + this.#rest.readUInt32BE(head);
      if (this.#rest.length < end) return;
      const type = head === 0 ? '' : String.fromCharCode(this.#rest[0] ?? 0);
      const body = this.#rest.subarray(head + 4, end);
      this.#rest = this.#rest.subarray(end);
      this.#emit(type, body);
    }
  }
}

const textAt = (body: Buffer, from: number): string => body.toString('utf8', from, body.indexOf(0, from));

class Conversation {
  readonly #recorded: Recorded[];
  readonly #prepared = new Map<string, string>();
  readonly #batches: Batch[] = [];
  #open: Batch = { entries: [], parsed: 0 };

  constructor(recorded: Recorded[]) {
    this.#recorded = recorded;
  }

  #record(sql: string): void {
    const entry: Recorded = { sql, error: null };
    this.#recorded.push(entry);
    this.#open.entries.push(entry);
  }

  #close(): void {
    this.#batches.push(this.#open);
    this.#open = { entries: [], parsed: 0 };
  }

  fromClient(type: string, body: Buffer): void {
    if (type === 'Q') {
      this.#record(textAt(body, 0));
      this.#close();
    } else if (type === 'P') {
      const name = textAt(body, 0);
      const sql = textAt(body, body.indexOf(0) + 1);
      this.#prepared.set(name, sql);
      this.#record(sql);
    } else if (type === 'B') {
      const sql = this.#prepared.get(textAt(body, body.indexOf(0) + 1)) ?? '';
      if (!this.#open.entries.some((entry) => entry.sql === sql)) this.#record(sql);
    } else if (type === 'S') {
      this.#close();
    }
  }

  fromServer(type: string, body: Buffer): void {
    const batch = this.#batches[0] ?? this.#open;
    if (type === '1') batch.parsed += 1;
    if (type === 'E') {
      const entry = batch.entries[Math.min(batch.parsed, batch.entries.length - 1)];
      if (entry !== undefined) entry.error = errorText(body);
    }
    if (type === 'Z') this.#batches.shift();
  }
}

/** `<SQLSTATE> <message>` of an ErrorResponse. */
function errorText(body: Buffer): string {
  const fields = new Map<string, string>();
  for (let at = 0; body[at] !== 0 && at < body.length;) {
    const text = textAt(body, at + 1);
    fields.set(String.fromCharCode(body[at] ?? 0), text);
    at += 2 + Buffer.byteLength(text);
  }
  return `${fields.get('C') ?? ''} ${fields.get('M') ?? ''}`;
}

function relay(client: Socket, upstreamPort: number, recorded: Recorded[]): void {
  const upstream = connect({ host: '127.0.0.1', port: upstreamPort });
  const conversation = new Conversation(recorded);
  const fromServer = new Frames(false, (type, body) => conversation.fromServer(type, body));
  const fromClient = new Frames(true, (type, body) => {
    if (type === '' && REQUEST_CODES.has(body.readUInt32BE(0))) {
      client.write('N');
      return;
    }
    const head = Buffer.alloc(type === '' ? 4 : 5);
    if (type !== '') head.write(type, 0, 'latin1');
    head.writeUInt32BE(body.length + 4, head.length - 4);
    if (type !== '') conversation.fromClient(type, body);
    else if (body.readUInt32BE(0) !== CANCEL_CODE && body.readUInt16BE(0) === PROTOCOL_3)
      fromClient.untyped = false;
    upstream.write(Buffer.concat([head, body]));
  });
  client.on('data', (chunk) => fromClient.push(chunk as Buffer));
  upstream.on('data', (chunk) => {
    fromServer.push(chunk as Buffer);
    client.write(chunk);
  });
  client.on('close', () => upstream.end()).on('error', () => upstream.destroy());
  upstream.on('close', () => client.end()).on('error', () => client.destroy());
}

/** Starts a proxy on a free port before the server on `upstreamPort`. */
export async function startRecorder(upstreamPort: number): Promise<Recorder> {
  const statements: Recorded[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    relay(client, upstreamPort, statements);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const refused = (): readonly Refused[] =>
    statements.flatMap(({ sql, error }) =>
      error === null ? [] : [{ sql, error, meant: sql.includes(FAILS) }],
    );
  return {
    port: address.port,
    statements,
    failures: () =>
      refused()
        .filter(({ meant }) => !meant)
        .map(({ sql, error }) => `${error}: ${sql}`),
    refused,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
