/** AWS connections: ask STS who the keys belong to (reference: secrets-connections 4.3). */
import { within } from '../deadline.ts';
import { asFailure, UpstreamFailure } from '../failure.ts';
import { exchangeFailure, httpExchange, type HttpAnswer } from '../http-exchange.ts';
import type { AwsSettings } from '../resolved.ts';
import { secureStream } from '../secure-stream.ts';
import { openText, secretsAmong, tlsOptions } from '../tls-options.ts';
import { openStream, type Transport } from '../transport.ts';
import { signedHeaders, type SigningKeys } from './signature.ts';

const GET_CALLER_IDENTITY = 'Action=GetCallerIdentity&Version=2011-06-15';

/** VALIDATE CONNECTION. Throws {@link UpstreamFailure} with the service's words. */
export async function validateAws(
  transport: Transport,
  settings: AwsSettings,
  signal: AbortSignal,
): Promise<void> {
  const { keys } = settings;
  if (keys === undefined) {
    // Materialize assumes the role of the options with a role of its environment; there is none here.
    throw new UpstreamFailure('internal', 'internal error: no AWS connection role configured');
  }
  const secrets = secretsAmong([keys.accessKeyId, keys.secretAccessKey, keys.sessionToken]);
  try {
    const answer = await callerIdentity(transport, settings, opened(keys), signal);
    if (answer.status !== 200) throw serviceFailure(answer);
    if (!answer.body.includes('<GetCallerIdentityResult>')) {
      throw new UpstreamFailure('internal', 'unhandled error: the endpoint is no Security Token Service');
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw asFailure(error, 'internal', secrets);
  }
}

function opened(keys: NonNullable<AwsSettings['keys']>): SigningKeys {
  return {
    accessKeyId: openText(keys.accessKeyId),
    secretAccessKey: keys.secretAccessKey.openText(),
    sessionToken: keys.sessionToken === undefined ? undefined : openText(keys.sessionToken),
  };
}

async function callerIdentity(
  transport: Transport,
  { endpoint, region }: AwsSettings,
  keys: SigningKeys,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const url = endpoint ?? new URL(`https://sts.${region}.amazonaws.com`);
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port === '' ? (secure ? 443 : 80) : url.port);
  const tls = secure ? tlsOptions({ mode: 'verify-full' }, host) : undefined;
  try {
    return await within(transport.timeouts.sessionMs, 'the request', signal, async (inner) => {
      const raw = await openStream(transport, { host, port }, 'internal', inner);
      const stream = tls === undefined ? raw : await secureStream(raw, host, tls, inner);
      const letGo = (): void => void stream.destroy();
      inner.addEventListener('abort', letGo, { once: true });
      try {
        const contentType = 'application/x-www-form-urlencoded';
        const request = { host: url.host, region, service: 'sts', body: GET_CALLER_IDENTITY, contentType };
        const headers = signedHeaders({ ...request, now: new Date() }, keys);
        const length = String(Buffer.byteLength(request.body));
        const post = { method: 'POST', path: '/', headers: { ...headers, 'content-length': length } };
        return await httpExchange(stream, post, request.body);
      } finally {
        inner.removeEventListener('abort', letGo);
        letGo();
      }
    });
  } catch (error) {
    const cause = error instanceof UpstreamFailure ? error.message : exchangeFailure(error);
    throw new UpstreamFailure('internal', `dispatch failure: ${url.origin}: ${cause}`);
  }
}

/** `<Error><Code>...</Code><Message>...</Message></Error>`, the query protocol's error. */
function serviceFailure({ status, reason, body }: HttpAnswer): UpstreamFailure {
  const element = (name: string): string | undefined =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1];
  const code = element('Code') ?? `${String(status)} ${reason}`;
  const message = element('Message');
  const said = message === undefined ? '' : `: ${unescaped(message)}`;
  return new UpstreamFailure('internal', `service error: unhandled error (${code})${said}`);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_entity, name: string) => ENTITIES[name] ?? '');
}
