/**
 * Opaque tokens of paged answers. A token says where the page before ended and is bound to its query, so that one made
 * up, or taken from another query, is refused.
 */
import type { KeyRing } from '../secrets/key-ring.ts';
import { SecretBytes } from '../secrets/secret-bytes.ts';
import { invalidNextToken } from './protocol/errors.ts';

function check(keyRing: KeyRing, query: string, position: string): string {
  return keyRing
    .digest('aws page token', SecretBytes.fromText(JSON.stringify([query, position])))
    .slice(0, 32);
}

/** `query` is everything but the page that a request asks for. */
export function pageToken(keyRing: KeyRing, query: unknown, position: string): string {
  const digest = check(keyRing, JSON.stringify(query), position);
  return Buffer.from(JSON.stringify([position, digest])).toString('base64url');
}

/** Position that a token stands for. Throws InvalidNextTokenException. */
export function readPageToken(keyRing: KeyRing, query: unknown, token: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    throw invalidNextToken();
  }
  if (!Array.isArray(parsed) || parsed.length !== 2) throw invalidNextToken();
  const [position, digest] = parsed as readonly unknown[];
  if (typeof position !== 'string' || typeof digest !== 'string') throw invalidNextToken();
  if (!keyRing.sameDigest(check(keyRing, JSON.stringify(query), position), digest)) throw invalidNextToken();
  return position;
}
