import { randomBytes } from 'node:crypto';
import { SqlError } from '../errors.ts';
import { writeAuthentication } from '../pgproto/backend-encode.ts';
import { AUTHENTICATION } from '../pgproto/backend-messages.ts';
import { decodeUtf8 } from '../pgproto/byte-reader.ts';
import { decodePassword, decodeSaslInitialResponse } from '../pgproto/frontend-decode.ts';
import { fakeVerifier, formatScramHash, parseScramHash, verifyPassword } from '../secrets/scram.ts';
import type { LoginChannel } from './channel.ts';
import { ScramExchange, readClientFirst } from './scram-exchange.ts';

/** `none` trusts everybody, `password` is SCRAM-SHA-256, `cleartext` asks for the password itself. */
export type AuthenticationKind = 'none' | 'password' | 'cleartext';

/** Where the door finds the password hash of a user; null when the user cannot log in with a password. */
export type HashLookup = (user: string) => string | null;

type Method = (channel: LoginChannel, user: string, lookup: HashLookup) => Promise<boolean>;

const METHODS = {
  none: () => Promise.resolve(true),
  password: scram,
  cleartext,
} satisfies Record<AuthenticationKind, Method>;

const MECHANISM = 'SCRAM-SHA-256';

/** Key of the challenges shown to unknown users; the same for the life of the process. */
const FAKE_KEY = randomBytes(32);

/**
 * Finds out that the client is who it says. Answers false when the client went away; throws FATAL 28P01 when the
 * password is wrong or there is none, other FATAL errors when the exchange is broken.
 */
export function authenticate(
  kind: AuthenticationKind,
  channel: LoginChannel,
  user: string,
  lookup: HashLookup,
): Promise<boolean> {
  return METHODS[kind](channel, user, lookup);
}

/** Cleartext checks run one after another: each costs a core for a while, and strangers can ask for them. */
let lastCheck: Promise<unknown> = Promise.resolve();

async function cleartext(channel: LoginChannel, user: string, lookup: HashLookup): Promise<boolean> {
  writeAuthentication(channel.writer, AUTHENTICATION.cleartextPassword);
  const data = await readPassword(channel, 'expected Password message');
  if (data === null) return false;
  const password = decodePassword(data);
  // An unknown user costs the same work as a known one.
  const hash = lookup(user) ?? formatScramHash(fakeVerifier(user, FAKE_KEY));
  const check = lastCheck.then(() => verifyPassword(password, hash));
  lastCheck = check.catch(() => undefined);
  if (!(await check)) throw invalidPassword();
  return true;
}

async function scram(channel: LoginChannel, user: string, lookup: HashLookup): Promise<boolean> {
  writeAuthentication(channel.writer, AUTHENTICATION.sasl, Buffer.from(`${MECHANISM}\0\0`));
  const initial = await readPassword(channel, 'expected SASLInitialResponse message');
  if (initial === null) return false;
  const { mechanism, data } = decodeSaslInitialResponse(initial);
  if (mechanism !== MECHANISM) throw refused('unsupported SASL mechanism');
  if (data === null) throw refused('expected SASLInitialResponse message');
  const first = readClientFirst(decodeUtf8(data));
  const stored = lookup(user);
  const verifier = stored === null ? null : parseScramHash(stored);
  const exchange = new ScramExchange(first, verifier ?? fakeVerifier(user, FAKE_KEY));
  writeAuthentication(channel.writer, AUTHENTICATION.saslContinue, Buffer.from(exchange.challenge));
  const answer = await readPassword(channel, 'expected SASLResponse message');
  if (answer === null) return false;
  const final = exchange.finish(decodeUtf8(answer));
  if (final === null || verifier === null) throw invalidPassword();
  writeAuthentication(channel.writer, AUTHENTICATION.saslFinal, Buffer.from(final));
  return true;
}

/** Sends the request and waits for the answer to it; any other message is refused with `expected`. */
async function readPassword(channel: LoginChannel, expected: string): Promise<Buffer | null> {
  channel.flush();
  const message = await channel.readMessage();
  if (message === null || message.kind === 'terminate') return null;
  if (message.kind !== 'password') throw refused(expected);
  return message.data;
}

function refused(text: string): SqlError {
  return new SqlError('28000', text, { severity: 'FATAL' });
}

function invalidPassword(): SqlError {
  return new SqlError('28P01', 'invalid password', { severity: 'FATAL' });
}
