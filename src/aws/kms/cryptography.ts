/**
 * Encrypt, Decrypt and GenerateDataKey. A ciphertext names its key and is bound to its encryption context: format (1
 * byte), length of the key's id (1 byte), the id, nonce (12), ciphertext, tag (16); AES-256-GCM under the key's material.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { accessDenied, TEXT } from '../protocol/errors.ts';
import type { Call, Fields } from '../protocol/operation.ts';
import { disabled, invalidState, kmsError } from './errors.ts';
import { keyArn, keyById, type KmsKey } from './keys.ts';
import { findKey } from './operations.ts';
import { mayUse } from './secret-keys.ts';
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

function seal(call: Call, key: KmsKey, plaintext: Uint8Array, context: Context): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const material = call.room.kmsKeys.open(key).key.open();
  const cipher = createCipheriv('aes-256-gcm', material, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(key, context));
  const id = Buffer.from(key.keyId);
  const sealed = [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat([Buffer.from([FORMAT, id.length]), id, nonce, ...sealed]);
}

function badCiphertext(): Error {
  return kmsError('InvalidCiphertextException', '');
}

function keyOfCiphertext(call: Call, snapshot: Snapshot, blob: Buffer): { key: KmsKey; rest: Buffer } {
  const idLength = blob[1] ?? 0;
  if (blob[0] !== FORMAT || blob.length < 2 + idLength + NONCE_BYTES + TAG_BYTES) throw badCiphertext();
  const key = keyById(snapshot, call.region, blob.subarray(2, 2 + idLength).toString());
  if (key === undefined) throw badCiphertext();
  return { key, rest: blob.subarray(2 + idLength) };
}

function open(call: Call, key: KmsKey, rest: Buffer, context: Context): Buffer {
  const tagAt = rest.length - TAG_BYTES;
  const material = call.room.kmsKeys.open(key).key.open();
  const decipher = createDecipheriv('aes-256-gcm', material, rest.subarray(0, NONCE_BYTES), {
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

function checkUse(
  call: Call,
  key: KmsKey,
  action: Parameters<typeof mayUse>[2],
  dryRun: boolean | undefined,
): void {
  const arn = keyArn(call.room.home, key);
  if (key.state === 'Disabled') throw disabled(arn);
  if (key.state === 'PendingDeletion') throw invalidState(arn, 'pending deletion');
  if (!mayUse(call, key, action)) throw accessDenied(TEXT.kmsAccess);
  if (dryRun === true) {
    throw kmsError(
      'DryRunOperationException',
      'The request would have succeeded, but the DryRun option is set.',
    );
  }
}

function checkAlgorithm(algorithm: string | undefined): void {
  if (algorithm === undefined || algorithm === 'SYMMETRIC_DEFAULT') return;
  throw kmsError('InvalidKeyUsageException', `The algorithm ${algorithm} does not fit the key.`);
}

export function encrypt(call: Call, input: KmsInput<'Encrypt'>): Fields {
  const key = findKey(call, call.room.committer.current(), input.KeyId);
  checkAlgorithm(input.EncryptionAlgorithm);
  checkUse(call, key, 'kms:Encrypt', input.DryRun);
  return {
    CiphertextBlob: seal(call, key, input.Plaintext, input.EncryptionContext).toString('base64'),
    KeyId: keyArn(call.room.home, key),
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  };
}

export function decrypt(call: Call, input: KmsInput<'Decrypt'>): Fields {
  const snapshot = call.room.committer.current();
  const { key, rest } = keyOfCiphertext(call, snapshot, input.CiphertextBlob);
  const wanted = findKey(call, snapshot, input.KeyId ?? key.keyId);
  checkAlgorithm(input.EncryptionAlgorithm);
  if (wanted.keyId !== key.keyId) {
    throw kmsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    );
  }
  checkUse(call, key, 'kms:Decrypt', input.DryRun);
  return {
    Plaintext: open(call, key, rest, input.EncryptionContext).toString('base64'),
    KeyId: keyArn(call.room.home, key),
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  };
}

export function generateDataKey(call: Call, input: KmsInput<'GenerateDataKey'>): Fields {
  if ((input.KeySpec === undefined) === (input.NumberOfBytes === undefined)) {
    throw kmsError('ValidationException', 'Please specify either number of bytes or key spec.');
  }
  const key = findKey(call, call.room.committer.current(), input.KeyId);
  checkUse(call, key, 'kms:GenerateDataKey', input.DryRun);
  const plaintext = randomBytes(input.NumberOfBytes ?? (input.KeySpec === 'AES_128' ? 16 : 32));
  return {
    CiphertextBlob: seal(call, key, plaintext, input.EncryptionContext).toString('base64'),
    Plaintext: plaintext.toString('base64'),
    KeyId: keyArn(call.room.home, key),
  };
}
