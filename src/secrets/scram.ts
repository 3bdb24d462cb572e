import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { saslPrep } from './saslprep.ts';

/**
 * SCRAM-SHA-256 password hashes (RFC 5802, RFC 7677), in the text form that PostgreSQL and Materialize keep:
 * `SCRAM-SHA-256$<iterations>:<base64 salt>$<base64 StoredKey>:<base64 ServerKey>`. The hash cannot log in by itself:
 * it lets the server check a proof, not make one.
 */
export interface ScramVerifier {
  readonly iterations: number;
  readonly salt: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

/** Default of the system variable `scram_iterations`. */
export const DEFAULT_SCRAM_ITERATIONS = 600_000;

const SALT_BYTES = 32;
const KEY_BYTES = 32;
/** Bounds the work that a stored or given hash can demand. */
const MAX_ITERATIONS = 100_000_000;
const HASH_TEXT =
  /^SCRAM-SHA-256\$(\d{1,9}):([A-Za-z0-9+/]+={0,2})\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)$/;

const derive = promisify(pbkdf2);

/** Hashes a password, under a random salt unless one is given. The work is done off the event loop. */
export async function hashPassword(
  password: string,
  iterations = DEFAULT_SCRAM_ITERATIONS,
  salt: Buffer = randomBytes(SALT_BYTES),
): Promise<string> {
  if (!Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS) {
    throw new RangeError('scram iterations out of range');
  }
  return formatScramHash(await deriveVerifier(password, salt, iterations));
}

/** True when the password belongs to the hash. Compares in constant time; false for a hash that cannot be read. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const expected = parseScramHash(hash);
  if (expected === null) return false;
  const given = await deriveVerifier(password, expected.salt, expected.iterations);
  return timingSafeEqual(given.storedKey, expected.storedKey);
}

/** Reads the text form; null when it is something else. */
export function parseScramHash(hash: string): ScramVerifier | null {
  const match = HASH_TEXT.exec(hash);
  if (match === null) return null;
  const [, iterations, salt, storedKey, serverKey] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
  ];
  const count = Number(iterations);
  if (count < 1 || count > MAX_ITERATIONS) return null;
  return {
    iterations: count,
    salt: Buffer.from(salt, 'base64'),
    storedKey: Buffer.from(storedKey, 'base64'),
    serverKey: Buffer.from(serverKey, 'base64'),
  };
}

/** The text form of a verifier. */
export function formatScramHash(verifier: ScramVerifier): string {
  const { iterations, salt, storedKey, serverKey } = verifier;
  const text = [salt, storedKey, serverKey].map((bytes) => bytes.toString('base64'));
  return `SCRAM-SHA-256$${iterations}:${text[0]}$${text[1]}:${text[2]}`;
}

/**
 * A verifier for a user who does not exist or has no password: no proof fits it, and the same user always meets the
 * same salt, so that the exchange does not tell whether the user exists.
 */
export function fakeVerifier(
  user: string,
  key: Uint8Array,
  iterations = DEFAULT_SCRAM_ITERATIONS,
): ScramVerifier {
  const part = (label: string): Buffer => hmac(key, `${label}\0${user}`);
  return { iterations, salt: part('salt'), storedKey: part('stored key'), serverKey: part('server key') };
}

/** Checks a client's proof (RFC 5802 section 3) in constant time. */
export function proofMatches(verifier: ScramVerifier, authMessage: string, proof: Uint8Array): boolean {
  if (proof.length !== KEY_BYTES) return false;
  const signature = hmac(verifier.storedKey, authMessage);
  const clientKey = Buffer.alloc(KEY_BYTES);
  for (let i = 0; i < KEY_BYTES; i++) clientKey[i] = (signature[i] as number) ^ (proof[i] as number);
  return timingSafeEqual(sha256(clientKey), verifier.storedKey);
}

/** ServerSignature: how the server shows that it, too, knows the password's hash. */
export function serverSignature(verifier: ScramVerifier, authMessage: string): Buffer {
  return hmac(verifier.serverKey, authMessage);
}

async function deriveVerifier(password: string, salt: Buffer, iterations: number): Promise<ScramVerifier> {
  const salted = await derive(saslPrep(password), salt, iterations, KEY_BYTES, 'sha256');
  return {
    iterations,
    salt,
    storedKey: sha256(hmac(salted, 'Client Key')),
    serverKey: hmac(salted, 'Server Key'),
  };
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
