import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  fakeVerifier,
  formatScramHash,
  hashPassword,
  parseScramHash,
  proofMatches,
  verifyPassword,
} from './scram.ts';
import { saslPrep } from './saslprep.ts';

describe('hashPassword', () => {
  it('makes a hash that only its password fits', async () => {
    const hash = await hashPassword('correct horse', 4096);
    expect(hash).toMatch(/^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{43}=\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/);
    expect(await verifyPassword('correct horse', hash)).toBe(true);
    expect(await verifyPassword('correct horsf', hash)).toBe(false);
    expect(await hashPassword('correct horse', 4096)).not.toBe(hash);
  });

  it('reads a hash that PostgreSQL documents the parts of', async () => {
    // Computed here from the definition in RFC 5802, independently of the code under test.
    const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
    const salted = pbkdf2Sync('pencil', salt, 4096, 32, 'sha256');
    const clientKey = createHmac('sha256', salted).update('Client Key').digest();
    const stored = createHash('sha256').update(clientKey).digest('base64');
    const server = createHmac('sha256', salted).update('Server Key').digest('base64');
    const hash = `SCRAM-SHA-256$4096:${salt.toString('base64')}$${stored}:${server}`;
    expect(await verifyPassword('pencil', hash)).toBe(true);
    expect(await hashPassword('pencil', 4096, salt)).toBe(hash);
    expect(formatScramHash(parseScramHash(hash) ?? fakeVerifier('', salt))).toBe(hash);
  });

  it('refuses iteration counts out of range', async () => {
    await expect(hashPassword('x', 0)).rejects.toThrow(RangeError);
    await expect(hashPassword('x', 1.5)).rejects.toThrow(RangeError);
  });
});

describe('parseScramHash', () => {
  it.each(['', 'md5abc', 'SCRAM-SHA-256$0:AA==$x:y', 'SCRAM-SHA-256$4096:AAAA$short=:short='])(
    'does not read %j',
    (text) => {
      expect(parseScramHash(text)).toBeNull();
    },
  );
  it('makes verifyPassword answer false', async () => {
    expect(await verifyPassword('x', 'nonsense')).toBe(false);
  });
});

describe('fakeVerifier', () => {
  const key = Buffer.from('key');
  it('is the same for a user and another for another', () => {
    expect(fakeVerifier('a', key)).toEqual(fakeVerifier('a', key));
    expect(fakeVerifier('a', key).salt).not.toEqual(fakeVerifier('b', key).salt);
    expect(fakeVerifier('a', key).salt).toHaveLength(32);
  });
  it('takes no proof', () => {
    expect(proofMatches(fakeVerifier('a', key), 'message', Buffer.alloc(32))).toBe(false);
    expect(proofMatches(fakeVerifier('a', key), 'message', Buffer.alloc(7))).toBe(false);
  });
});

describe('saslPrep', () => {
  // RFC 4013 section 3, and what libpq does where the profile forbids the text.
  it.each([
    ['I\u00ADX', 'IX'],
    ['user', 'user'],
    ['\u00AA', 'a'],
    ['\u2168', 'IX'],
    ['a\u00A0b', 'a b'],
    ['\u0007ä', '\u0007ä'],
    ['\u06271', '\u06271'],
  ])('%j becomes %j', (given, expected) => {
    expect(saslPrep(given)).toBe(expected);
  });
});
