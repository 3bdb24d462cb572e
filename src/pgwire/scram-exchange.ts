import { randomBytes, timingSafeEqual } from 'node:crypto';
import { SqlError, protocolViolation } from '../errors.ts';
import { proofMatches, serverSignature, type ScramVerifier } from '../secrets/scram.ts';

const NONCE_BYTES = 24;
const MAX_NONCE = 256;
const MAX_PROOF = 1024;

/** What the client's first message said. */
export interface ClientFirst {
  /** The GS2 header, which the final message has to repeat. */
  readonly header: string;
  /** client-first-message-bare. */
  readonly bare: string;
  readonly nonce: string;
}

/**
 * Reads client-first-message (RFC 5802 section 7). The name in it is not used: the start-up packet names the user.
 * Throws FATAL 08P01 for channel binding, which is not offered, and for a message that cannot be read.
 */
export function readClientFirst(text: string): ClientFirst {
  const match = /^((?:(n|y)|(p)=[^,]*),(a=[^,]*)?,)((m=)?.*)$/s.exec(text);
  if (match === null) throw malformed();
  const [, header = '', , binding, identity, bare = '', extension] = match;
  if (binding !== undefined) throw protocolViolation('channel binding not supported', 'FATAL');
  if (identity !== undefined || extension !== undefined) {
    const what = extension === undefined ? 'authorization identity' : 'a mandatory SCRAM extension';
    throw new SqlError('0A000', `client uses ${what}, but it is not supported`, { severity: 'FATAL' });
  }
  const nonce = /^n=[^,]*,r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?$/s.exec(bare)?.[1];
  if (nonce === undefined) throw malformed();
  if (nonce.length > MAX_NONCE) throw new SqlError('28000', 'nonce too long', { severity: 'FATAL' });
  return { header, bare, nonce };
}

/** One exchange after the client's first message. */
export class ScramExchange {
  readonly #first: ClientFirst;
  readonly #verifier: ScramVerifier;
  readonly #nonce: string;
  readonly #serverFirst: string;

  /** `serverNonce` is for tests with known vectors; it is random otherwise. */
  constructor(
    first: ClientFirst,
    verifier: ScramVerifier,
    serverNonce = randomBytes(NONCE_BYTES).toString('base64'),
  ) {
    this.#first = first;
    this.#verifier = verifier;
    this.#nonce = first.nonce + serverNonce;
    this.#serverFirst = `r=${this.#nonce},s=${verifier.salt.toString('base64')},i=${verifier.iterations}`;
  }

  /** server-first-message. */
  get challenge(): string {
    return this.#serverFirst;
  }

  /**
   * Checks client-final-message. Answers server-final-message, or null when the proof is wrong. Throws FATAL 08P01 for
   * a message that cannot be read and 28000 for one with a proof of absurd length.
   */
  finish(text: string): string | null {
    const match = /^(c=([^,]*),r=([^,]*)(?:,[a-zA-Z]=[^,]*)*),p=([^,]*)$/s.exec(text);
    if (match === null) throw malformed();
    const [, withoutProof = '', binding = '', nonce = '', proof = ''] = match;
    if (proof.length > MAX_PROOF) throw new SqlError('28000', 'proof too long', { severity: 'FATAL' });
    if (binding !== Buffer.from(this.#first.header).toString('base64')) throw malformed();
    if (!sameText(nonce, this.#nonce)) throw malformed();
    const authMessage = `${this.#first.bare},${this.#serverFirst},${withoutProof}`;
    if (!proofMatches(this.#verifier, authMessage, Buffer.from(proof, 'base64'))) return null;
    return `v=${serverSignature(this.#verifier, authMessage).toString('base64')}`;
  }
}

function malformed(): SqlError {
  return protocolViolation('malformed SCRAM message', 'FATAL');
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
