/** Confluent schema registries: list the subjects (reference: secrets-connections 4.3). */
import type { Duplex } from 'node:stream';
import { SecretBytes } from '../secrets/secret-bytes.ts';
import { within } from './deadline.ts';
import { asFailure, UpstreamFailure } from './failure.ts';
import { exchangeFailure, httpExchange, MAX_BODY_BYTES } from './http-exchange.ts';
import type { SchemaRegistrySettings } from './resolved.ts';
import { secureStream } from './secure-stream.ts';
import { openText, secretsAmong, tlsOptions, tlsSecrets } from './tls-options.ts';
import { openStream, type Transport } from './transport.ts';

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

/** What a sink does there when it starts. Throws {@link UpstreamFailure} with the sink's words. */
export async function checkSinkRegistry(
  transport: Transport,
  settings: SchemaRegistrySettings,
  signal: AbortSignal,
): Promise<void> {
  try {
    await validateSchemaRegistry(transport, settings, signal);
  } catch (error) {
    if (!(error instanceof UpstreamFailure) || error.namespace === 'ssh') throw error;
    throw new UpstreamFailure('kafka', `${PUBLISHING}: ${error.message}`);
  }
}

const PUBLISHING =
  'error publishing kafka schemas for sink: unable to publish schema to registry in kafka sink';

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
  const { status, reason, body } = await httpExchange(stream, {
    path: '/subjects',
    headers: {
      host: url.host,
      accept: 'application/vnd.schemaregistry.v1+json, application/json',
      ...(authorization === undefined ? {} : { authorization: `Basic ${authorization.openText()}` }),
    },
  });
  if (status >= 200 && status < 300) {
    // A list that is too long to be read is believed by its beginning.
    if (body.length >= MAX_BODY_BYTES ? body.startsWith('[') : isTexts(parseJson(body))) return;
    throw new UpstreamFailure('internal', 'error decoding response body: a list of subjects was expected');
  }
  const { error_code: code, message } = (parseJson(body) ?? {}) as Record<string, unknown>;
  const known = typeof code === 'number' && typeof message === 'string';
  const [number, text] = known ? [code, message] : [status, reason];
  throw new UpstreamFailure('internal', `server error ${String(number)}: ${text}`);
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
  return onTheWay(exchangeFailure(error));
}
