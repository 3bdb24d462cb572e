/**
 * The master keys. The first seals, all of them open, so that a new key can come before the old one goes. A key is named
 * by a digest of itself. The store keeps a check value for every key it was ever sealed with, so that a start without
 * one of them, or with other keys, is refused before anything is written.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Store } from '../store/store.ts';
import { seal, unseal, type WrappingKey, type WrappingKeys } from './envelope.ts';
import { SecretBytes } from './secret-bytes.ts';

const KEY_BYTES = 32;
/** One record for each key that sealed: its id, and a sealed text that it opens. */
const CHECK_SPACE = 'keyCheck';
const CHECK_TEXT = 'tumbler key check';

/** The master key is missing, malformed or does not fit the store. The text says which, and what to do. */
export class MasterKeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MasterKeyError';
  }
}

/** Names a key without telling it. */
function keyId(key: Uint8Array): string {
  return `m-${createHmac('sha256', key).update('tumbler key id').digest('hex').slice(0, 16)}`;
}

export class KeyRing {
  readonly #keys: readonly WrappingKey[];
  readonly #digestKey: Buffer;
  /** Keys beside the master keys: the AWS door's KMS keys. */
  #others: WrappingKeys = () => undefined;

  /** `keys`: 32 bytes each, the newest first. */
  constructor(keys: readonly SecretBytes[]) {
    this.#keys = keys.map((key) => ({ id: keyId(key.open()), key }));
    const oldest = keys.at(-1)!;
    this.#digestKey = createHmac('sha256', oldest.open()).update('tumbler value digest').digest();
  }

  /** The key that seals now. */
  get current(): WrappingKey {
    return this.#keys[0]!;
  }

  /** Finds a key by id, master keys first. */
  readonly find: WrappingKeys = (id) => this.#keys.find((key) => key.id === id) ?? this.#others(id);

  /** Lets another keeper of keys answer for ids that are no master keys. */
  setOtherKeys(keys: WrappingKeys): void {
    this.#others = keys;
  }

  /** Digest of a value under a key of its own: equal values of one secret can be told, and nothing else. */
  digest(secretId: string, value: SecretBytes): string {
    return createHmac('sha256', this.#digestKey)
      .update(secretId)
      .update('\0')
      .update(value.open())
      .digest('hex');
  }

  /** Compares digests without telling where they differ. */
  sameDigest(a: string, b: string): boolean {
    return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
  }
}

/** Reads keys: base64 or hex, one a line, newest first; empty lines and `#` comments are skipped. */
export function parseKeys(text: string, source: string): readonly SecretBytes[] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0) throw new MasterKeyError(`${source} holds no master key`);
  return lines.map((line) => {
    const bytes = /^[0-9a-fA-F]{64}$/.test(line)
      ? Buffer.from(line, 'hex')
      : Buffer.from(/^[A-Za-z0-9+/]{43}=$/.test(line) ? line : '', 'base64');
    if (bytes.length !== KEY_BYTES) {
      throw new MasterKeyError(`${source}: a master key is ${KEY_BYTES} bytes in base64 or hex`);
    }
    return new SecretBytes(bytes);
  });
}

/** Where the master key comes from. */
export interface MasterKeySource {
  /** TUMBLER_MASTER_KEY. */
  readonly value: string | null;
  readonly file: string | null;
  /** null: in memory, where a key may be made up. */
  readonly dataDir: string | null;
}

/**
 * Opens the key ring for a store. A key that is new to the store gets its check value; a store that was sealed with keys
 * that are not given is refused and left as it is. Throws {@link MasterKeyError}.
 */
export async function openKeyRing(store: Store, source: MasterKeySource): Promise<KeyRing> {
  const checks = new Map<string, Uint8Array>();
  for await (const { key, value } of store.load(CHECK_SPACE)) checks.set(key, value);
  const ring = new KeyRing(readKeys(source, checks.size === 0));
  for (const [id, check] of checks) checkKey(ring, id, check);
  const { current } = ring;
  if (!checks.has(current.id)) {
    const sealed = seal(SecretBytes.fromText(CHECK_TEXT), CHECK_SPACE, current.id, current);
    await store.commit([{ space: CHECK_SPACE, key: current.id, value: sealed }]);
  }
  return ring;
}

function checkKey(ring: KeyRing, id: string, check: Uint8Array): void {
  if (ring.find(id) === undefined) {
    throw new MasterKeyError(
      `the store holds values sealed with master key ${id}, which was not given; give that key, or add it as a further line of the key file; nothing was changed`,
    );
  }
  try {
    unseal(check, CHECK_SPACE, id, ring.find);
  } catch {
    throw new MasterKeyError(
      `the check value of master key ${id} is damaged, and the store may be as well; nothing was changed`,
    );
  }
}

function readKeys(source: MasterKeySource, fresh: boolean): readonly SecretBytes[] {
  if (source.value !== null) return parseKeys(source.value.replaceAll(',', '\n'), 'TUMBLER_MASTER_KEY');
  if (source.file !== null) return parseKeys(readKeyFile(source.file), source.file);
  if (source.dataDir === null) return [new SecretBytes(randomBytes(KEY_BYTES))];
  const path = join(source.dataDir, 'master-key');
  const existing = readIfThere(path);
  if (existing !== null) return parseKeys(existing, path);
  if (!fresh) {
    throw new MasterKeyError(
      `the store has data but its master key ${path} is missing; put the file back, or give the key by --master-key-file or TUMBLER_MASTER_KEY; nothing was changed`,
    );
  }
  return [generateKeyFile(path)];
}

function readKeyFile(path: string): string {
  const text = readIfThere(path);
  if (text === null) throw new MasterKeyError(`the master key file ${path} cannot be read`);
  return text;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new MasterKeyError(`the master key file ${path} cannot be read: ${(error as Error).message}`);
  }
}

/**
 * Makes a key and has it on disk, readable by the owner alone, before anything is sealed with it. The file appears whole
 * or not at all.
 */
function generateKeyFile(path: string): SecretBytes {
  const key = randomBytes(KEY_BYTES);
  const unfinished = `${path}.new`;
  rmSync(unfinished, { force: true });
  const file = openSync(unfinished, 'wx', 0o600);
  try {
    writeSync(file, `${key.toString('base64')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
  syncFolder(dirname(path));
  return new SecretBytes(key);
}

/** A new name in a folder survives a power cut only when the folder is synced. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
