/**
 * How a secret value lies in the store. Envelope encryption: the value is sealed with AES-256-GCM under a data key of its
 * own, and the data key is sealed the same way under a wrapping key. The ids of the secret and of the version are
 * authenticated in both, so that bytes moved to another place do not open.
 *
 * Format 1, in order:
 *
 * | bytes | field |
 * | --- | --- |
 * | 1 | format, 1 |
 * | 1 | length of the wrapping key's id, n |
 * | n | id of the wrapping key, UTF-8 |
 * | 12 | nonce of the wrapped data key |
 * | 32 | wrapped data key |
 * | 16 | its tag |
 * | 12 | nonce of the value |
 * | rest - 16 | sealed value |
 * | 16 | its tag |
 *
 * Format 2 holds the data key under several wrapping keys, any of which opens the value: after the format come the number
 * of wrappings (1 byte) and, for each, length of the id, id, nonce, wrapped data key and tag; then the value as above.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SecretBytes } from './secret-bytes.ts';

const FORMAT = 1;
const FORMAT_MANY = 2;
/** Wrappings that one value keeps: the newest ones. */
const MAX_WRAPPINGS = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** A key that wraps data keys. */
export interface WrappingKey {
  /** At most 255 bytes of UTF-8. */
  readonly id: string;
  readonly key: SecretBytes;
}

/** Finds a wrapping key by id, or undefined when it is lost, disabled or not there. */
export type WrappingKeys = (id: string) => WrappingKey | undefined;

/** A sealed value that does not open. Says one flat thing: why is for nobody to learn. */
export class EnvelopeError extends Error {
  /** Id of the wrapping key the value wants, when it is that key which is missing. */
  readonly missingKeyId: string | undefined;
  constructor(message: string, missingKeyId?: string) {
    super(message);
    this.name = 'EnvelopeError';
    this.missingKeyId = missingKeyId;
  }
}

/** What the ids bind a sealed value to. */
function associatedData(secretId: string, versionId: string, part: 'key' | 'value'): Buffer {
  return Buffer.from(JSON.stringify(['tumbler', FORMAT, part, secretId, versionId]));
}

function sealPart(key: Uint8Array, nonce: Uint8Array, data: Uint8Array, associated: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated);
  return Buffer.concat([nonce, cipher.update(data), cipher.final(), cipher.getAuthTag()]);
}

function openPart(key: Uint8Array, part: Uint8Array, associated: Buffer): Buffer {
  const tagAt = part.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, part.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associated);
  decipher.setAuthTag(part.subarray(tagAt));
  return Buffer.concat([decipher.update(part.subarray(NONCE_BYTES, tagAt)), decipher.final()]);
}

/** Seals a value for one version of one secret. */
export function seal(
  value: SecretBytes,
  secretId: string,
  versionId: string,
  wrapping: WrappingKey,
): Uint8Array {
  const id = Buffer.from(wrapping.id);
  if (id.length > 255) throw new EnvelopeError('the id of a wrapping key is at most 255 bytes');
  // One draw for the three: each costs as much as the sealing itself.
  const random = randomBytes(KEY_BYTES + 2 * NONCE_BYTES);
  const dataKey = random.subarray(0, KEY_BYTES);
  const keyNonce = random.subarray(KEY_BYTES, KEY_BYTES + NONCE_BYTES);
  const valueNonce = random.subarray(KEY_BYTES + NONCE_BYTES);
  const sealed = Buffer.concat([
    Buffer.from([FORMAT, id.length]),
    id,
    sealPart(wrapping.key.open(), keyNonce, dataKey, associatedData(secretId, versionId, 'key')),
    sealPart(dataKey, valueNonce, value.open(), associatedData(secretId, versionId, 'value')),
  ]);
  dataKey.fill(0);
  return sealed;
}

/** The data key as one wrapping key sealed it. */
interface Wrapping {
  readonly id: string;
  readonly wrapped: Uint8Array;
}

const WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;

/** Takes the bytes apart. Throws {@link EnvelopeError} on bytes that are no envelope. */
function dissect(sealed: Uint8Array): { readonly wrappings: readonly Wrapping[]; readonly valueAt: number } {
  const many = sealed[0] === FORMAT_MANY;
  if (!many && sealed[0] !== FORMAT) throw new EnvelopeError('not a sealed value');
  const count = many ? (sealed[1] ?? 0) : 1;
  let at = many ? 2 : 1;
  const wrappings: Wrapping[] = [];
  for (let i = 0; i < count; i += 1) {
    const idEnd = at + 1 + (sealed[at] ?? 0);
    const end = idEnd + WRAPPED_BYTES;
    wrappings.push({
      id: Buffer.from(sealed.subarray(at + 1, idEnd)).toString(),
      wrapped: sealed.subarray(idEnd, end),
    });
    at = end;
  }
  if (count === 0 || sealed.length < at + NONCE_BYTES + TAG_BYTES)
    throw new EnvelopeError('not a sealed value');
  return { wrappings, valueAt: at };
}

/** Id of the (first) key that a sealed value is wrapped with. Throws {@link EnvelopeError} on bytes that are no envelope. */
export function wrappingKeyId(sealed: Uint8Array): string {
  return dissect(sealed).wrappings[0]!.id;
}

/** Opens a sealed value. Throws {@link EnvelopeError} when the key is missing or anything was tampered with. */
export function unseal(
  sealed: Uint8Array,
  secretId: string,
  versionId: string,
  keys: WrappingKeys,
): SecretBytes {
  const dataKey = openDataKey(sealed, secretId, versionId, keys);
  const { valueAt } = dissect(sealed);
  try {
    return new SecretBytes(
      openPart(dataKey, sealed.subarray(valueAt), associatedData(secretId, versionId, 'value')),
    );
  } catch {
    throw new EnvelopeError('the sealed value does not open');
  } finally {
    dataKey.fill(0);
  }
}

function openDataKey(sealed: Uint8Array, secretId: string, versionId: string, keys: WrappingKeys): Buffer {
  const { wrappings } = dissect(sealed);
  for (const { id, wrapped } of wrappings) {
    const wrapping = keys(id);
    if (wrapping === undefined) continue;
    try {
      return openPart(wrapping.key.open(), wrapped, associatedData(secretId, versionId, 'key'));
    } catch {
      throw new EnvelopeError('the sealed value does not open');
    }
  }
  throw new EnvelopeError('the wrapping key is not available', wrappings[0]!.id);
}

function wrapDataKey(
  dataKey: Uint8Array,
  secretId: string,
  versionId: string,
  wrapping: WrappingKey,
): Wrapping {
  const nonce = randomBytes(NONCE_BYTES);
  const wrapped = sealPart(wrapping.key.open(), nonce, dataKey, associatedData(secretId, versionId, 'key'));
  return { id: wrapping.id, wrapped };
}

function writeWrapping({ id, wrapped }: Wrapping): Buffer {
  const bytes = Buffer.from(id);
  if (bytes.length > 255) throw new EnvelopeError('the id of a wrapping key is at most 255 bytes');
  return Buffer.concat([Buffer.from([bytes.length]), bytes, wrapped]);
}

/** The same value under another wrapping key: the data key is wrapped anew, the sealed value stays as it is. */
export function rewrap(
  sealed: Uint8Array,
  secretId: string,
  versionId: string,
  keys: WrappingKeys,
  wrapping: WrappingKey,
): Uint8Array {
  const dataKey = openDataKey(sealed, secretId, versionId, keys);
  const fresh = wrapDataKey(dataKey, secretId, versionId, wrapping);
  dataKey.fill(0);
  const value = sealed.subarray(dissect(sealed).valueAt);
  return Buffer.concat([Buffer.from([FORMAT]), writeWrapping(fresh), value]);
}

/** The same value, which a further wrapping key opens as well. Of many wrappings the oldest goes. */
export function addWrapping(
  sealed: Uint8Array,
  secretId: string,
  versionId: string,
  keys: WrappingKeys,
  wrapping: WrappingKey,
): Uint8Array {
  const dataKey = openDataKey(sealed, secretId, versionId, keys);
  const fresh = wrapDataKey(dataKey, secretId, versionId, wrapping);
  dataKey.fill(0);
  const { wrappings, valueAt } = dissect(sealed);
  const kept = wrappings.filter(({ id }) => id !== wrapping.id).slice(1 - MAX_WRAPPINGS);
  const all = [...kept, fresh];
  return Buffer.concat([
    Buffer.from([FORMAT_MANY, all.length]),
    ...all.map(writeWrapping),
    sealed.subarray(valueAt),
  ]);
}
