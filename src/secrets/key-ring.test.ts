import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import { seal, unseal } from './envelope.ts';
import { MasterKeyError, openKeyRing, parseKeys, type MasterKeySource } from './key-ring.ts';
import { SecretBytes } from './secret-bytes.ts';

const base64 = (fill: number): string => Buffer.alloc(32, fill).toString('base64');
const given = (value: string): MasterKeySource => ({ value, file: null, dataDir: null });

async function everything(store: Store): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (const space of ['keyCheck', 'sealed', 'environment']) {
    for await (const { key, value } of store.load(space))
      found.push([space, key, Buffer.from(value).toString('hex')]);
  }
  return found;
}

describe('parseKeys', () => {
  it('reads base64 and hex, several lines, comments and Windows line ends', () => {
    const text = `# newest first\r\n${base64(1)}\r\n\r\n${Buffer.alloc(32, 2).toString('hex')}\n`;
    expect(parseKeys(text, 'x').map((key) => key.open()[0])).toEqual([1, 2]);
  });
  it.each([
    '',
    '# only a comment',
    'hunter2',
    base64(1).slice(4),
    `${base64(1)}=`,
    Buffer.alloc(33, 1).toString('base64'),
    `${base64(1).slice(0, 42)}!=`,
  ])('refuses %j without repeating it', (text) => {
    expect(() => parseKeys(text, 'the file')).toThrow(MasterKeyError);
    expect(() => parseKeys(text, 'the file')).toThrow(/^the file/);
    if (text !== '') expect(() => parseKeys(text, 'the file')).not.toThrow(text);
  });
});

describe('the key ring of a store', () => {
  it('opens what it sealed, after a restart with the same key', async () => {
    const store = memoryStore();
    const first = await openKeyRing(store, given(base64(1)));
    const sealed = seal(SecretBytes.fromText('v'), 'u1', 'v1', first.current);
    const second = await openKeyRing(store, given(base64(1)));
    expect(unseal(sealed, 'u1', 'v1', second.find).openText()).toBe('v');
    expect(second.current.id).toBe(first.current.id);
  });

  it('refuses another key, and changes nothing', async () => {
    const store = memoryStore();
    await openKeyRing(store, given(base64(1)));
    const before = await everything(store);
    await expect(openKeyRing(store, given(base64(2)))).rejects.toThrow(MasterKeyError);
    await expect(openKeyRing(store, given(base64(2)))).rejects.toThrow(/which was not given/);
    expect(await everything(store)).toEqual(before);
  });

  it('seals with a new key while the old one still opens, and then needs both', async () => {
    const store = memoryStore();
    const old = await openKeyRing(store, given(base64(1)));
    const sealedOld = seal(SecretBytes.fromText('old'), 'u1', 'v1', old.current);
    const both = await openKeyRing(store, given(`${base64(2)},${base64(1)}`));
    const sealedNew = seal(SecretBytes.fromText('new'), 'u1', 'v2', both.current);
    expect(both.current.id).not.toBe(old.current.id);
    expect(unseal(sealedOld, 'u1', 'v1', both.find).openText()).toBe('old');
    const swapped = await openKeyRing(store, given(`${base64(1)}\n${base64(2)}`));
    expect(unseal(sealedNew, 'u1', 'v2', swapped.find).openText()).toBe('new');
    for (const one of [1, 2]) {
      await expect(openKeyRing(store, given(base64(one)))).rejects.toThrow(/which was not given/);
    }
  });

  it('tells a damaged check value', async () => {
    const store = memoryStore();
    const ring = await openKeyRing(store, given(base64(1)));
    await store.commit([{ space: 'keyCheck', key: ring.current.id, value: Buffer.from('nonsense') }]);
    await expect(openKeyRing(store, given(base64(1)))).rejects.toThrow(/is damaged/);
  });

  it('asks another keeper for keys that are no master keys', async () => {
    const ring = await openKeyRing(memoryStore(), given(base64(1)));
    const mine = { id: 'kms-1', key: new SecretBytes(Buffer.alloc(32, 5)) };
    expect(ring.find('kms-1')).toBeUndefined();
    ring.setOtherKeys((id) => (id === 'kms-1' ? mine : undefined));
    expect(ring.find('kms-1')).toBe(mine);
  });

  it('makes digests that depend on key, secret and value, and on nothing else', async () => {
    const ring = await openKeyRing(memoryStore(), given(base64(1)));
    const other = await openKeyRing(memoryStore(), given(base64(2)));
    const later = await openKeyRing(memoryStore(), given(`${base64(3)},${base64(1)}`));
    const digest = ring.digest('u1', SecretBytes.fromText('v'));
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(ring.sameDigest(digest, later.digest('u1', SecretBytes.fromText('v')))).toBe(true);
    for (const different of [
      other.digest('u1', SecretBytes.fromText('v')),
      ring.digest('u2', SecretBytes.fromText('v')),
      ring.digest('u1', SecretBytes.fromText('w')),
    ]) {
      expect(ring.sameDigest(digest, different)).toBe(false);
    }
  });
});

describe('the key file', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tumbler-keys-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const inFolder = (): MasterKeySource => ({ value: null, file: null, dataDir: folder });

  it('is made once, for the owner alone', async () => {
    const store = memoryStore();
    const first = await openKeyRing(store, inFolder());
    expect(readdirSync(folder)).toEqual(['master-key']);
    expect(statSync(join(folder, 'master-key')).mode & 0o777).toBe(0o600);
    const text = readFileSync(join(folder, 'master-key'), 'utf8');
    expect((await openKeyRing(store, inFolder())).current.id).toBe(first.current.id);
    expect(readFileSync(join(folder, 'master-key'), 'utf8')).toBe(text);
  });

  it('is not made anew for a store that was sealed with a lost one', async () => {
    const store = memoryStore();
    await openKeyRing(store, inFolder());
    rmSync(join(folder, 'master-key'));
    await expect(openKeyRing(store, inFolder())).rejects.toThrow(/its master key .*master-key is missing/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('may be given by path, and by value before it', async () => {
    const path = join(folder, 'given');
    writeFileSync(path, `${base64(4)}\n`);
    const byFile = await openKeyRing(memoryStore(), { value: null, file: path, dataDir: folder });
    const byValue = await openKeyRing(memoryStore(), {
      value: base64(4),
      file: join(folder, 'none'),
      dataDir: null,
    });
    expect(byFile.current.id).toBe(byValue.current.id);
    await expect(
      openKeyRing(memoryStore(), { value: null, file: join(folder, 'none'), dataDir: null }),
    ).rejects.toThrow(/cannot be read/);
  });
});
