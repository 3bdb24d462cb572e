import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SecretBytes } from '../secrets/secret-bytes.ts';
import {
  fingerprint,
  generateKeyPair,
  generateKeySet,
  parseKeySet,
  publicKeyOf,
  rotateKeySet,
  serializeKeySet,
} from './ssh-keys.ts';

function hasSshKeygen(): boolean {
  try {
    execFileSync('ssh-keygen', ['-?'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== 'ENOENT';
  }
}

describe('SSH key pairs', () => {
  it('have the public text of the reference', () => {
    expect(generateKeyPair().publicKey).toMatch(
      /^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43} materialize$/,
    );
  });

  it('derive the public half from the private one', () => {
    const pair = generateKeyPair();
    expect(publicKeyOf(pair.privateKey.openText())).toBe(pair.publicKey);
  });

  it.skipIf(!hasSshKeygen())('are read by ssh-keygen, with the same public key and fingerprint', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tumbler-keys-'));
    try {
      for (let i = 0; i < 5; i++) {
        const pair = generateKeyPair();
        const file = join(folder, `key${String(i)}`);
        writeFileSync(file, pair.privateKey.open(), { mode: 0o600 });
        expect(execFileSync('ssh-keygen', ['-y', '-f', file]).toString().trim()).toBe(pair.publicKey);
        expect(execFileSync('ssh-keygen', ['-l', '-f', file]).toString()).toContain(
          fingerprint(pair.publicKey),
        );
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('come back from the sealed payload, in the layout of the reference', () => {
    const keys = generateKeySet();
    const payload = serializeKeySet(keys);
    const json = JSON.parse(payload.openText()) as Record<string, Record<string, number[]>>;
    expect(Object.keys(json)).toEqual(['primary', 'secondary']);
    expect(Buffer.from(json['primary']?.['public_key'] ?? []).toString()).toBe(keys.primary.publicKey);
    const back = parseKeySet(payload);
    expect(back.primary.publicKey).toBe(keys.primary.publicKey);
    expect(back.secondary.privateKey.openText()).toBe(keys.secondary.privateKey.openText());
  });

  it('rotate: the secondary becomes primary and the new secondary is new', () => {
    const before = generateKeySet();
    const after = rotateKeySet(before);
    expect(after.primary).toBe(before.secondary);
    expect(
      new Set([before.primary, before.secondary, after.secondary].map((p) => fingerprint(p.publicKey))).size,
    ).toBe(3);
  });

  it('say what is wrong with a payload without showing it', () => {
    for (const text of ['hunter2', '{"primary":{"private_key":"hunter2"}}', 'null', '{"primary":{}}']) {
      let message = '';
      try {
        parseKeySet(SecretBytes.fromText(text));
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toMatch(/^SSH key payload/);
      expect(message).not.toContain('hunter2');
    }
  });
});
