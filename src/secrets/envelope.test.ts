import { execFileSync, spawnSync } from 'node:child_process';
import { createDecipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EnvelopeError, rewrap, seal, unseal, wrappingKeyId, type WrappingKey } from './envelope.ts';
import { SecretBytes } from './secret-bytes.ts';

const key = (id: string, fill: number): WrappingKey => ({ id, key: new SecretBytes(Buffer.alloc(32, fill)) });
const master = key('m-1', 7);
const other = key('m-2', 9);
const keys = (id: string): WrappingKey | undefined => [master, other].find((k) => k.id === id);
const secret = SecretBytes.fromText('correct horse battery staple');
const text = (value: SecretBytes): string => value.openText();

/**
 * Made by the program in {@link PYTHON}, from the description of format 1 alone: key `m-1` of 32 bytes of 7, data key
 * 0..31, nonces of 12 bytes of 1 and of 2, secret `u1`, version `v1`, value `hunter2`.
 */
const VECTOR =
  '01036d2d3101010101010101010101010176e08bb494baea09d9ddd62a7c3a7e3eb8ea06e70c822d04402859797aa928a41bd3801d618daff4f6aadc8e474770ad020202020202020202020202f35d77cfdcab03eb750276cbeb15d831d2534cb001a3c2';

/** The format, read by another implementation of AES-GCM (OpenSSL through Python's cryptography, where it is there). */
const PYTHON = `
import sys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
key = bytes([7]) * 32
data_key = bytes(range(32))
aad = lambda part: ('["tumbler",1,"%s","u1","v1"]' % part).encode()
wrapped = bytes([1]) * 12 + AESGCM(key).encrypt(bytes([1]) * 12, data_key, aad('key'))
value = bytes([2]) * 12 + AESGCM(data_key).encrypt(bytes([2]) * 12, b'hunter2', aad('value'))
sys.stdout.write((bytes([1, 3]) + b'm-1' + wrapped + value).hex())
`;

describe('a sealed value', () => {
  it('opens with its key, secret and version, and is fresh every time', () => {
    const sealed = seal(secret, 'u1', 'v1', master);
    expect(text(unseal(sealed, 'u1', 'v1', keys))).toBe('correct horse battery staple');
    expect(wrappingKeyId(sealed)).toBe('m-1');
    expect(Buffer.from(seal(secret, 'u1', 'v1', master)).equals(sealed)).toBe(false);
    expect(Buffer.from(sealed).includes('horse')).toBe(false);
    expect(sealed.length).toBe(2 + 3 + 60 + 28 + secret.length);
  });

  it.each([
    ['another secret', 'u2', 'v1'],
    ['another version', 'u1', 'v2'],
    ['ids cut elsewhere', 'u1v', '1'],
  ])('does not open as a value of %s', (_what, secretId, versionId) => {
    const sealed = seal(secret, 'u1', 'v1', master);
    expect(() => unseal(sealed, secretId, versionId, keys)).toThrow(EnvelopeError);
  });

  it('does not open once any bit of it is changed, or a byte is missing or added', () => {
    const sealed = seal(SecretBytes.fromText('x'), 'u1', 'v1', master);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Uint8Array.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => unseal(changed, 'u1', 'v1', keys), `bit ${bit}`).toThrow(EnvelopeError);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => unseal(sealed.subarray(0, length), 'u1', 'v1', keys)).toThrow(EnvelopeError);
    }
    expect(() => unseal(Buffer.concat([sealed, Buffer.of(0)]), 'u1', 'v1', keys)).toThrow(EnvelopeError);
  });

  it('names the key that is missing, and nothing else', () => {
    const sealed = seal(secret, 'u1', 'v1', master);
    const error = ((): unknown => {
      try {
        return unseal(sealed, 'u1', 'v1', () => undefined);
      } catch (e) {
        return e;
      }
    })();
    expect(error).toMatchObject({ missingKeyId: 'm-1', message: 'the wrapping key is not available' });
    expect(() => unseal(sealed, 'u1', 'v1', () => ({ ...other, id: 'm-1' }))).toThrow('does not open');
  });

  it('can be wrapped anew without touching the value', () => {
    const sealed = seal(secret, 'u1', 'v1', master);
    const moved = rewrap(sealed, 'u1', 'v1', keys, other);
    expect(wrappingKeyId(moved)).toBe('m-2');
    expect(
      Buffer.from(moved.subarray(-28 - secret.length)).equals(sealed.subarray(-28 - secret.length)),
    ).toBe(true);
    expect(text(unseal(moved, 'u1', 'v1', (id) => (id === 'm-2' ? other : undefined)))).toBe(text(secret));
  });

  it('gives back any bytes, for any ids', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.string(),
        fc.string(),
        (bytes, secretId, versionId) => {
          const sealed = seal(new SecretBytes(bytes), secretId, versionId, master);
          expect(Buffer.from(unseal(sealed, secretId, versionId, keys).open()).equals(bytes)).toBe(true);
        },
      ),
    );
  });

  it('takes the largest value', () => {
    const large = new SecretBytes(Buffer.alloc(512 * 1024, 'v'));
    expect(unseal(seal(large, 'u1', 'v1', master), 'u1', 'v1', keys).length).toBe(large.length);
  });

  it('refuses a key id that does not fit', () => {
    expect(() => seal(secret, 'u1', 'v1', key('k'.repeat(256), 1))).toThrow(EnvelopeError);
    expect(
      text(unseal(seal(secret, 'u1', 'v1', key('k'.repeat(255), 1)), 'u1', 'v1', (id) => key(id, 1))),
    ).toBe(text(secret));
  });
});

describe('format 1', () => {
  it('is what it always was', () => {
    expect(text(unseal(Buffer.from(VECTOR, 'hex'), 'u1', 'v1', keys))).toBe('hunter2');
  });

  it('can be read from its description', () => {
    const sealed = Buffer.from(seal(secret, 'u1', 'v1', master));
    const open = (k: Uint8Array, part: Buffer, name: string): Buffer => {
      const cipher = createDecipheriv('aes-256-gcm', k, part.subarray(0, 12));
      cipher.setAAD(Buffer.from(`["tumbler",1,"${name}","u1","v1"]`));
      cipher.setAuthTag(part.subarray(-16));
      return Buffer.concat([cipher.update(part.subarray(12, -16)), cipher.final()]);
    };
    const dataKey = open(Buffer.alloc(32, 7), sealed.subarray(5, 65), 'key');
    expect(open(dataKey, sealed.subarray(65), 'value').toString()).toBe(text(secret));
  });

  const python = spawnSync('python3', ['-c', 'import cryptography']).status === 0;
  it.skipIf(!python)('is what another implementation makes of its description', () => {
    expect(execFileSync('python3', ['-c', PYTHON], { encoding: 'utf8' })).toBe(VECTOR);
  });
});
