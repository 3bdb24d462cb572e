/** Logging in at a Kafka broker: PLAIN (RFC 4616) and SCRAM (RFC 5802, RFC 7677). */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { unsupported } from '../../errors.ts';
import { saslPrep } from '../../secrets/saslprep.ts';
import { UpstreamFailure } from '../failure.ts';
import type { KafkaSettings } from '../resolved.ts';
import { openText } from '../tls-options.ts';
import { bytes, MalformedResponse, string } from './reader.ts';
import { NO_ERROR, REQUESTS, type KafkaWire } from './wire.ts';

/** What a login needs of a wire. */
export type Requests = Pick<KafkaWire, 'request'>;

type SaslSettings = NonNullable<KafkaSettings['sasl']>;

const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
type Mechanism = (typeof MECHANISMS)[number];

/**
 * The mechanism of the settings. Throws {@link UpstreamFailure} with librdkafka's words for one that it does not have,
 * 0A000 for one that it has and this server does not.
 */
export function saslMechanism({ mechanism: given }: SaslSettings): Mechanism {
  const mechanism = given.toUpperCase();
  const known = MECHANISMS.find((name) => name === mechanism);
  if (known !== undefined) return known;
  if (mechanism === 'OAUTHBEARER') throw unsupported('OAUTHBEARER authentication for Kafka is');
  const reason =
    mechanism === 'GSSAPI' || mechanism === 'KERBEROS'
      ? `No provider for SASL mechanism ${mechanism}`
      : `Unsupported SASL mechanism: ${mechanism}`;
  throw new UpstreamFailure('kafka', `Client creation error: ${reason}`);
}

/** Logs in. Throws {@link UpstreamFailure} with the broker's words when it refuses, else as the wire does. */
export async function logIn(wire: Requests, settings: SaslSettings): Promise<void> {
  const mechanism = saslMechanism(settings);
  await shakeHands(wire, mechanism);
  const send = (message: string): Promise<string> => authenticate(wire, message);
  const user = openText(settings.username);
  if (mechanism === 'PLAIN') await send(`\0${user}\0${settings.password.openText()}`);
  else await scram(send, mechanism === 'SCRAM-SHA-256' ? 'sha256' : 'sha512', user, settings);
}

async function shakeHands(wire: Requests, mechanism: Mechanism): Promise<void> {
  const response = await wire.request(REQUESTS.saslHandshake, string(mechanism));
  const code = response.int16();
  if (code === NO_ERROR) return;
  const served = response.array(() => response.string());
  throw new UpstreamFailure(
    'kafka',
    `SASL ${mechanism} mechanism handshake failed: ${HANDSHAKE_ERRORS[code] ?? `error ${String(code)}`}: broker's supported mechanisms: ${served.join(',')}`,
  );
}

const HANDSHAKE_ERRORS: Readonly<Record<number, string>> = {
  33: 'Broker: Unsupported SASL mechanism',
  34: 'Broker: Request not valid in current SASL state',
  35: 'Broker: API version not supported',
};

async function authenticate(wire: Requests, message: string): Promise<string> {
  const response = await wire.request(REQUESTS.saslAuthenticate, bytes(Buffer.from(message, 'utf8')));
  const code = response.int16();
  const reason = response.nullableString();
  if (code !== NO_ERROR) throw refused(reason ?? `error ${String(code)}`);
  return response.bytes().toString('utf8');
}

function refused(reason: string): UpstreamFailure {
  return new UpstreamFailure('kafka', `SASL authentication error: ${reason}`);
}

const derive = promisify(pbkdf2);
/** RFC 7677's least; what brokers ask for is far below the most, which bounds the work that one could demand. */
const ITERATIONS = { least: 4096, most: 1_000_000 } as const;

async function scram(
  send: (message: string) => Promise<string>,
  digest: 'sha256' | 'sha512',
  user: string,
  { password }: SaslSettings,
): Promise<void> {
  const hmac = (key: Uint8Array, text: string): Buffer => createHmac(digest, key).update(text).digest();
  const nonce = randomBytes(24).toString('base64');
  const first = `n=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  const challenge = await send(`n,,${first}`);
  const { r: served = '', s: salt = '', i: iterations = '' } = attributes(challenge);
  const count = Number(iterations);
  if (!served.startsWith(nonce) || served === nonce || salt === '' || !Number.isInteger(count)) {
    throw new MalformedResponse('not a SCRAM challenge');
  }
  if (count < ITERATIONS.least || count > ITERATIONS.most) {
    throw refused(`the broker asks for ${iterations} SCRAM iterations`);
  }
  const length = createHash(digest).digest().length;
  const prepared = saslPrep(password.openText());
  const salted = await derive(prepared, Buffer.from(salt, 'base64'), count, length, digest);
  const bare = `c=${Buffer.from('n,,').toString('base64')},r=${served}`;
  const exchange = `${first},${challenge},${bare}`;
  const clientKey = hmac(salted, 'Client Key');
  const signature = hmac(createHash(digest).update(clientKey).digest(), exchange);
  const proof = clientKey.map((byte, i) => byte ^ (signature[i] ?? 0));
  const { v: verifier = '', e: reason } = attributes(
    await send(`${bare},p=${Buffer.from(proof).toString('base64')}`),
  );
  if (reason !== undefined) throw refused(reason);
  const given = Buffer.from(verifier, 'base64');
  const expected = hmac(hmac(salted, 'Server Key'), exchange);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw refused('the broker does not know the password');
  }
}

/** `r=...,s=...,i=...` by name. */
function attributes(message: string): Partial<Record<string, string>> {
  return Object.fromEntries(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}
