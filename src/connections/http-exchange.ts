/** One HTTP request over a stream of ours. */
import { request, type RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TimedOut } from './deadline.ts';
import { systemText } from './failure.ts';
import { HandshakeAborted } from './secure-stream.ts';
import { tlsFailure } from './tls-failure.ts';

/** What is read of an answer's body. */
export const MAX_BODY_BYTES = 1024 * 1024;

export interface HttpAnswer {
  readonly status: number;
  readonly reason: string;
  /** Cut at {@link MAX_BODY_BYTES}. */
  readonly body: string;
}

/** Sends a request and reads the answer. The caller bounds the time and destroys the stream. */
export function httpExchange(
  stream: Duplex,
  options: Pick<RequestOptions, 'method' | 'path'> & { readonly headers: Readonly<Record<string, string>> },
  body?: string,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    // The request uses the stream part of a socket, and methods that every stream of ours has.
    const sent = request({ ...options, createConnection: () => stream as Socket }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const finish = (): void =>
        resolve({
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? '',
          body: Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString('utf8'),
        });
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= MAX_BODY_BYTES) finish();
      });
      response.once('end', finish);
      response.once('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Why an exchange failed, in the words of the HTTP library that Materialize uses. */
export function exchangeFailure(error: unknown): string {
  if (error instanceof TimedOut) return 'operation timed out';
  if (error instanceof HandshakeAborted) return 'connection closed via error';
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && code.startsWith('HPE_')) return 'invalid HTTP version parsed';
  return tlsFailure(error) ?? systemText(error);
}
