/** Confluent schema registries: list the subjects (reference: secrets-connections 4.3). */
import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SecretBytes } from '../secrets/secret-bytes.ts';
import { TimedOut, within } from './deadline.ts';
import { asFailure, systemText, UpstreamFailure } from './failure.ts';
import type { SchemaRegistrySettings } from './resolved.ts';
import { HandshakeAborted, secureStream } from './secure-stream.ts';
import { tlsFailure } from './tls-failure.ts';
import { openText, secretsAmong, tlsOptions, tlsSecrets } from './tls-options.ts';
import { openStream, type Transport } from './transport.ts';

/** What is read of an answer. A longer list of subjects is believed by its beginning. */
const MAX_BODY_BYTES = 1024 * 1024;

/** VALIDATE CONNECTION. Throws {@link UpstreamFailure}. */
export async function validateSchemaRegistry(
  transport: Transport,
  settings: SchemaRegistrySettings,
  signal: AbortSignal,
): Promise<void> {
  const authorization = basicAuthorization(settings);
  const secrets = [
    ...secretsAmong([settings.login?.user, settings.login?.password, authorization]),
    ...tlsSecrets(settings.tls),
  ];
  try {
    const stream = await connect(transport, settings, signal);
    try {
      await within(transport.timeouts.sessionMs, 'the request', signal, () =>
        listSubjects(stream, settings.url, authorization),
      );
    } finally {
      stream.destroy();
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw asFailure(requestFailure(error, settings.url), 'internal', secrets);
  }
}

async function connect(
  transport: Transport,
  settings: SchemaRegistrySettings,
  signal: AbortSignal,
): Promise<Duplex> {
  const { url, port, tunnel } = settings;
  // Brackets are for URLs, not for sockets.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const raw = await openStream(transport, { host, port, tunnel }, 'internal', signal);
  const tls = url.protocol === 'https:' ? tlsOptions(settings.tls, host) : undefined;
  if (tls === undefined) return raw;
  return within(transport.timeouts.sessionMs, 'the TLS handshake', signal, (inner) =>
    secureStream(raw, host, tls, inner),
  );
}

/** The bare credentials of the Authorization header. */
function basicAuthorization({ login }: SchemaRegistrySettings): SecretBytes | undefined {
  if (login === undefined) return undefined;
  const text = `${openText(login.user)}:${login.password?.openText() ?? ''}`;
  return SecretBytes.fromText(Buffer.from(text, 'utf8').toString('base64'));
}

async function listSubjects(stream: Duplex, url: URL, authorization: SecretBytes | undefined): Promise<void> {
  const { statusCode = 0, statusMessage = '', body } = await get(stream, url, authorization);
  if (statusCode >= 200 && statusCode < 300) {
    if (body.length >= MAX_BODY_BYTES ? body.startsWith('[') : isTexts(parseJson(body))) return;
    throw new UpstreamFailure('internal', 'error decoding response body: a list of subjects was expected');
  }
  const { error_code: code, message } = (parseJson(body) ?? {}) as Record<string, unknown>;
  const known = typeof code === 'number' && typeof message === 'string';
  const [number, text] = known ? [code, message] : [statusCode, statusMessage];
  throw new UpstreamFailure('internal', `server error ${String(number)}: ${text}`);
}

function get(
  stream: Duplex,
  url: URL,
  authorization: SecretBytes | undefined,
): Promise<Pick<IncomingMessage, 'statusCode' | 'statusMessage'> & { readonly body: string }> {
  const options: RequestOptions = {
    // The request uses the stream part of a socket, and methods that every stream of ours has.
    createConnection: () => stream as Socket,
    path: '/subjects',
    headers: {
      host: url.host,
      accept: 'application/vnd.schemaregistry.v1+json, application/json',
      ...(authorization === undefined ? {} : { authorization: `Basic ${authorization.openText()}` }),
    },
  };
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const finish = (): void =>
        resolve({
          statusCode: response.statusCode,
          statusMessage: response.statusMessage,
          body: Buffer.concat(chunks).toString('utf8'),
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
    sent.end();
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

/** What the registry says stands alone; what happened on the way names where to, without a user in the URL. */
function requestFailure(error: unknown, url: URL): unknown {
  const onTheWay = (cause: string): UpstreamFailure =>
    new UpstreamFailure('internal', `error sending request for url (${url.origin}/subjects): ${cause}`);
  if (error instanceof UpstreamFailure) {
    const said = error.namespace === 'ssh' || /^(server error|error decoding) /.test(error.message);
    return said ? error : onTheWay(error.message);
  }
  if (error instanceof TimedOut) return onTheWay('operation timed out');
  if (error instanceof HandshakeAborted) return onTheWay('connection closed via error');
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && code.startsWith('HPE_')) return onTheWay('invalid HTTP version parsed');
  return onTheWay(tlsFailure(error) ?? systemText(error));
}
