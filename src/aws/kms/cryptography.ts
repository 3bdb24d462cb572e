/**
 * Operations that encrypt. A ciphertext names its key and material and is bound to its encryption context: format (1
 * byte), length of the key's id (1 byte), the id with the material's number, nonce (12), ciphertext, tag (16);
 * AES-256-GCM under that material.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { WrappingKey } from '../../secrets/envelope.ts';
import type { Call, Fields } from '../protocol/operation.ts';
import { findKey } from './access.ts';
import { disabled, invalidState, kmsError } from './errors.ts';
import { keyArn, keyById, type KmsKey } from './keys.ts';
import type { KmsInput } from './shapes.ts';

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

type Context = Readonly<Record<string, string>> | undefined;

/** The context in one canonical form: order of its keys does not matter. */
function associatedData(key: KmsKey, context: Context): Buffer {
  const pairs = Object.entries(context ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify(['tumbler kms', FORMAT, key.region, key.keyId, pairs]));
}

function badCiphertext(): Error {
  return kmsError('InvalidCiphertextException', '');
}

/** One material of a key. Throws InvalidCiphertext when it has none of that number. */
function materialOf(call: Call, key: KmsKey, number?: number): WrappingKey {
  const material = call.room.kmsKeys.open(key, number);
  if (material === undefined) throw badCiphertext();
  return material;
}

function seal(call: Call, key: KmsKey, plaintext: Uint8Array, context: Context): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const number = key.earlier?.length ?? 0;
  const material = materialOf(call, key, number).key.open();
  const cipher = createCipheriv('aes-256-gcm', material, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(key, context));
  const id = Buffer.from(number === 0 ? key.keyId : `${key.keyId}#${number}`);
  const sealed = [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat([Buffer.from([FORMAT, id.length]), id, nonce, ...sealed]);
}

interface Ciphertext {
  readonly key: KmsKey;
  readonly material: number;
  /** Nonce, ciphertext and tag. */
  readonly rest: Buffer;
}

function dissect(call: Call, snapshot: Snapshot, blob: Buffer): Ciphertext {
  const idLength = blob[1] ?? 0;
  if (blob[0] !== FORMAT || blob.length < 2 + idLength + NONCE_BYTES + TAG_BYTES) throw badCiphertext();
  const [keyId = '', material = '0'] = blob
    .subarray(2, 2 + idLength)
    .toString()
    .split('#');
  const key = keyById(snapshot, call.region, keyId);
  if (key === undefined) throw badCiphertext();
  return { key, material: Number(material), rest: blob.subarray(2 + idLength) };
}

function open(call: Call, { key, material, rest }: Ciphertext, context: Context): Buffer {
  const tagAt = rest.length - TAG_BYTES;
  const bytes = materialOf(call, key, material).key.open();
  const decipher = createDecipheriv('aes-256-gcm', bytes, rest.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associatedData(key, context));
  decipher.setAuthTag(rest.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(rest.subarray(NONCE_BYTES, tagAt)), decipher.final()]);
  } catch {
    throw badCiphertext();
  }
}

function checkUsable(call: Call, key: KmsKey): void {
  const arn = keyArn(call.room.home, key);
  if (key.state === 'Disabled') throw disabled(arn);
  if (key.state === 'PendingDeletion') throw invalidState(arn, 'pending deletion');
}

function checkDryRun(dryRun: boolean | undefined): void {
  if (dryRun !== true) return;
  throw kmsError(
    'DryRunOperationException',
    'The request would have succeeded, but the DryRun option is set.',
  );
}

function checkAlgorithm(algorithm: string | undefined): void {
  if (algorithm === undefined || algorithm === 'SYMMETRIC_DEFAULT') return;
  throw kmsError('InvalidKeyUsageException', `The algorithm ${algorithm} does not fit the key.`);
}

/** The key to encrypt with, ready to be used. */
function keyToUse(call: Call, keyId: string, action = call.action): KmsKey {
  const key = findKey(call, call.room.committer.current(), keyId, {}, action);
  checkUsable(call, key);
  return key;
}

/** A ciphertext of a key that the caller may open it with. `keyId`: the key it must be of. */
function ciphertextToOpen(
  call: Call,
  blob: Buffer,
  keyId: string | undefined,
  action = call.action,
): Ciphertext {
  const snapshot = call.room.committer.current();
  const ciphertext = dissect(call, snapshot, blob);
  const wanted = findKey(call, snapshot, keyId ?? ciphertext.key.keyId, {}, action);
  if (wanted.keyId !== ciphertext.key.keyId) {
    throw kmsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    );
  }
  checkUsable(call, wanted);
  return ciphertext;
}

export function encrypt(call: Call, input: KmsInput<'Encrypt'>): Fields {
  checkAlgorithm(input.EncryptionAlgorithm);
  const key = keyToUse(call, input.KeyId);
  checkDryRun(input.DryRun);
  return {
    CiphertextBlob: seal(call, key, input.Plaintext, input.EncryptionContext).toString('base64'),
    KeyId: keyArn(call.room.home, key),
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  };
}

export function decrypt(call: Call, input: KmsInput<'Decrypt'>): Fields {
  checkAlgorithm(input.EncryptionAlgorithm);
  const ciphertext = ciphertextToOpen(call, input.CiphertextBlob, input.KeyId);
  checkDryRun(input.DryRun);
  return {
    Plaintext: open(call, ciphertext, input.EncryptionContext).toString('base64'),
    KeyId: keyArn(call.room.home, ciphertext.key),
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  };
}

export function reEncrypt(call: Call, input: KmsInput<'ReEncrypt'>): Fields {
  checkAlgorithm(input.SourceEncryptionAlgorithm);
  checkAlgorithm(input.DestinationEncryptionAlgorithm);
  const source = ciphertextToOpen(call, input.CiphertextBlob, input.SourceKeyId, 'ReEncryptFrom');
  const destination = keyToUse(call, input.DestinationKeyId, 'ReEncryptTo');
  checkDryRun(input.DryRun);
  const plaintext = open(call, source, input.SourceEncryptionContext);
  const sealed = seal(call, destination, plaintext, input.DestinationEncryptionContext);
  plaintext.fill(0);
  return {
    CiphertextBlob: sealed.toString('base64'),
    SourceKeyId: keyArn(call.room.home, source.key),
    KeyId: keyArn(call.room.home, destination),
    SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  };
}

interface DataKey {
  readonly plaintext: Buffer;
  /** Members of the answer but for the plaintext. */
  readonly sealed: Fields;
}

function newDataKey(call: Call, input: KmsInput<'GenerateDataKey'>): DataKey {
  if ((input.KeySpec === undefined) === (input.NumberOfBytes === undefined)) {
    throw kmsError('ValidationException', 'Please specify either number of bytes or key spec.');
  }
  const key = keyToUse(call, input.KeyId);
  checkDryRun(input.DryRun);
  const plaintext = randomBytes(input.NumberOfBytes ?? (input.KeySpec === 'AES_128' ? 16 : 32));
  const sealed = seal(call, key, plaintext, input.EncryptionContext).toString('base64');
  return { plaintext, sealed: { CiphertextBlob: sealed, KeyId: keyArn(call.room.home, key) } };
}

export function generateDataKey(call: Call, input: KmsInput<'GenerateDataKey'>): Fields {
  const { plaintext, sealed } = newDataKey(call, input);
  return { ...sealed, Plaintext: plaintext.toString('base64') };
}

export function generateDataKeyWithoutPlaintext(
  call: Call,
  input: KmsInput<'GenerateDataKeyWithoutPlaintext'>,
): Fields {
  return newDataKey(call, input).sealed;
}

export function generateRandom(_call: Call, input: KmsInput<'GenerateRandom'>): Fields {
  if (input.NumberOfBytes === undefined) {
    throw kmsError('ValidationException', 'NumberOfBytes is required.');
  }
  return { Plaintext: randomBytes(input.NumberOfBytes).toString('base64') };
}
