/**
 * Ed25519 key pairs of SSH TUNNEL connections: made, written in OpenSSH's formats, and kept in pairs of two.
 *
 * A connection has a primary and a secondary pair. Both live in one payload of the secret store under the connection's
 * own id (reference: secrets-connections 5.1-5.3); only the public halves are ever shown.
 */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { SecretBytes } from '../secrets/secret-bytes.ts';
import type { SshKeyPair } from './resolved.ts';

/** The two pairs of a connection. */
export interface SshKeySet {
  readonly primary: SshKeyPair;
  readonly secondary: SshKeyPair;
}

const KEY_TYPE = 'ssh-ed25519';
const COMMENT = 'materialize';
const MAGIC = Buffer.from('openssh-key-v1\0', 'latin1');
const PEM_BEGIN = '-----BEGIN OPENSSH PRIVATE KEY-----';
const PEM_END = '-----END OPENSSH PRIVATE KEY-----';
/** OpenSSH's own line width. */
const PEM_WIDTH = 70;
/** Block size of the `none` cipher: the private section is padded to a multiple of it. */
const CIPHER_BLOCK = 8;

/** A fresh pair from a random seed. */
export function generateKeyPair(): SshKeyPair {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const publicBytes = Buffer.from(jwk.x ?? '', 'base64url');
  const seed = Buffer.from(jwk.d ?? '', 'base64url');
  return {
    publicKey: publicKeyText(publicBytes),
    privateKey: SecretBytes.fromText(privateKeyPem(seed, publicBytes)),
  };
}

/** Two different fresh pairs: what CREATE CONNECTION ... TO SSH TUNNEL makes. */
export function generateKeySet(): SshKeySet {
  return { primary: generateKeyPair(), secondary: generateKeyPair() };
}

/** ROTATE KEYS: the secondary becomes primary, a new pair becomes secondary, the old primary is gone. */
export function rotateKeySet(keys: SshKeySet): SshKeySet {
  return { primary: keys.secondary, secondary: generateKeyPair() };
}

/** The payload as it is sealed: JSON, each key an array of byte values of its text. */
export function serializeKeySet(keys: SshKeySet): SecretBytes {
  const pair = (p: SshKeyPair): unknown => ({
    public_key: [...Buffer.from(p.publicKey, 'utf8')],
    private_key: [...p.privateKey.open()],
  });
  return SecretBytes.fromText(
    JSON.stringify({ primary: pair(keys.primary), secondary: pair(keys.secondary) }),
  );
}

/**
 * The key pairs of a payload. Only private keys are read; the public halves are derived from them.
 * Throws an Error whose text names the defect and never the content.
 */
export function parseKeySet(payload: SecretBytes): SshKeySet {
  let json: unknown;
  try {
    json = JSON.parse(payload.openText());
  } catch {
    throw new Error('SSH key payload is not valid JSON');
  }
  return { primary: parsePair(json, 'primary'), secondary: parsePair(json, 'secondary') };
}

/** `SHA256:<base64>`, as ssh-keygen -l prints it. Two pairs are the same when these are. */
export function fingerprint(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** The public text of a private key in OpenSSH's PEM. Throws when the text is not such a key. */
export function publicKeyOf(pem: string): string {
  const body = pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
  const bytes = Buffer.from(body.join(''), 'base64');
  if (!pem.startsWith(PEM_BEGIN) || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new Error('SSH key payload does not hold an OpenSSH private key');
  }
  const [cipher, rest1] = takeString(bytes.subarray(MAGIC.length));
  const [, rest2] = takeString(rest1);
  const [, rest3] = takeString(rest2);
  if (cipher.toString('latin1') !== 'none') throw new Error('SSH private key is encrypted');
  const [blob] = takeString(rest3.subarray(4));
  const [type, keyField] = takeString(blob);
  if (type.toString('latin1') !== KEY_TYPE) throw new Error('SSH private key is not an Ed25519 key');
  return publicKeyText(takeString(keyField)[0]);
}

function parsePair(json: unknown, which: 'primary' | 'secondary'): SshKeyPair {
  const pair = (json as Record<string, unknown> | null)?.[which];
  const bytes = (pair as Record<string, unknown> | undefined)?.['private_key'];
  if (!Array.isArray(bytes) || !bytes.every((b) => Number.isInteger(b) && b >= 0 && b <= 255)) {
    throw new Error(`SSH key payload has no ${which} private key`);
  }
  const privateKey = new SecretBytes(Uint8Array.from(bytes as number[]));
  return { publicKey: publicKeyOf(privateKey.openText()), privateKey };
}

function publicKeyText(publicBytes: Uint8Array): string {
  return `${KEY_TYPE} ${publicBlob(publicBytes).toString('base64')} ${COMMENT}`;
}

function publicBlob(publicBytes: Uint8Array): Buffer {
  return Buffer.concat([sshString(KEY_TYPE), sshString(publicBytes)]);
}

/** PROTOCOL.key of OpenSSH: magic, cipher, KDF, KDF options, count, public key, private section (padded 1, 2, 3 ...). */
function privateKeyPem(seed: Uint8Array, publicBytes: Uint8Array): string {
  const check = randomBytes(4);
  const fields = Buffer.concat([
    check,
    check,
    sshString(KEY_TYPE),
    sshString(publicBytes),
    sshString(Buffer.concat([seed, publicBytes])),
    sshString(COMMENT),
  ]);
  const padding = (CIPHER_BLOCK - (fields.length % CIPHER_BLOCK)) % CIPHER_BLOCK;
  const section = Buffer.concat([fields, Buffer.from(Array.from({ length: padding }, (_, i) => i + 1))]);
  const one = Buffer.from([0, 0, 0, 1]);
  const none = [sshString('none'), sshString('none'), sshString('')];
  const file = Buffer.concat([MAGIC, ...none, one, sshString(publicBlob(publicBytes)), sshString(section)]);
  const lines = file.toString('base64').match(new RegExp(`.{1,${String(PEM_WIDTH)}}`, 'g')) ?? [];
  return [PEM_BEGIN, ...lines, PEM_END, ''].join('\n');
}

/** RFC 4251 string: length in four bytes, then the bytes. */
function sshString(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function takeString(bytes: Buffer): [Buffer, Buffer] {
  if (bytes.length < 4) throw new Error('SSH private key is cut short');
  const end = 4 + bytes.readUInt32BE(0);
  if (bytes.length < end) throw new Error('SSH private key is cut short');
  return [bytes.subarray(4, end), bytes.subarray(end)];
}
