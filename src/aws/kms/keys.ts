/**
 * The registry of KMS keys: records of the catalog, their material sealed under the master key. Secrets name a key by id,
 * ARN or alias; the key ring finds it by that name, for SQL as for the AWS door, as long as it is enabled.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { put, type Change } from '../../catalog/changes.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { seal, unseal, type WrappingKey } from '../../secrets/envelope.ts';
import type { KeyRing } from '../../secrets/key-ring.ts';
import type { SecretBytes } from '../../secrets/secret-bytes.ts';
import { SecretBytes as Bytes } from '../../secrets/secret-bytes.ts';
import { arn, type Home } from '../names.ts';

/** Alias of the key that seals where no other is named. It is the master key. */
export const DEFAULT_ALIAS = 'alias/aws/secretsmanager';
const KEY = 'kmsKey';
const ALIAS = 'kmsAlias';

export interface KmsKey {
  readonly region: string;
  readonly keyId: string;
  readonly createdAt: number;
  readonly description: string;
  readonly state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  readonly deletionAt?: number;
  readonly multiRegion: boolean;
  readonly policy?: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  /** AES-256 key, sealed, in base64. */
  readonly material: string;
}

export interface KmsAlias {
  readonly region: string;
  /** With its prefix: `alias/x`. */
  readonly name: string;
  readonly keyId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Name by which the key ring knows a key: region, and id or alias. */
export function wrappingName(region: string, given: string): string {
  return `kms:${region}:${given}`;
}

/** Region and id of a key ring's name. */
export function partsOfWrappingName(name: string): { region: string; given: string } | undefined {
  const parts = /^kms:([^:]+):(.+)$/s.exec(name);
  return parts === null ? undefined : { region: parts[1]!, given: parts[2]! };
}

export function keyArn(home: Home, key: Pick<KmsKey, 'region' | 'keyId'>): string {
  return arn(home, 'kms', key.region, `key/${key.keyId}`);
}

export function aliasArn(home: Home, alias: Pick<KmsAlias, 'region' | 'name'>): string {
  return arn(home, 'kms', alias.region, alias.name);
}

export function putKey(key: KmsKey): Change {
  return put('aws', { type: KEY, id: `${key.region}/${key.keyId}`, data: key });
}

export function putAlias(alias: KmsAlias): Change {
  return put('aws', { type: ALIAS, id: `${alias.region}/${alias.name}`, data: alias });
}

/** Keys of the `aws` collection under which keys and aliases lie. */
export function keyRecord(region: string, keyId: string): string {
  return `${KEY}/${region}/${keyId}`;
}

export function aliasRecord(region: string, name: string): string {
  return `${ALIAS}/${region}/${name}`;
}

export function keyById(snapshot: Snapshot, region: string, keyId: string): KmsKey | undefined {
  return snapshot.small.aws.get(keyRecord(region, keyId))?.data as KmsKey | undefined;
}

export function aliasNamed(snapshot: Snapshot, region: string, name: string): KmsAlias | undefined {
  return snapshot.small.aws.get(aliasRecord(region, name))?.data as KmsAlias | undefined;
}

/** Keys of a region (or of all), oldest first. */
export function keysOf(snapshot: Snapshot, region?: string): readonly KmsKey[] {
  return recordsOf<KmsKey>(snapshot, KEY, region).sort(
    (a, b) => a.createdAt - b.createdAt || (a.keyId < b.keyId ? -1 : 1),
  );
}

/** Aliases of a region, by name. */
export function aliasesOf(snapshot: Snapshot, region?: string): readonly KmsAlias[] {
  return recordsOf<KmsAlias>(snapshot, ALIAS, region).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function recordsOf<T extends { readonly region: string }>(
  snapshot: Snapshot,
  type: string,
  region?: string,
): T[] {
  const found: T[] = [];
  for (const record of snapshot.small.aws.values()) {
    const data = record.data as T;
    if (record.type === type && (region === undefined || data.region === region)) found.push(data);
  }
  return found;
}

const KMS_ARN = /^arn:aws[a-z-]*:kms:([^:]*):([^:]*):(key\/(.+)|alias\/.+)$/s;

/** What a key id, ARN or alias stands for. */
export type NamedKey =
  { readonly kind: 'default' } | { readonly kind: 'key'; readonly key: KmsKey } | undefined;

/** Finds a key by any of its names. `undefined`: there is none. */
export function resolveKey(snapshot: Snapshot, home: Home, region: string, given: string): NamedKey {
  if (given.startsWith('arn:')) {
    const parts = KMS_ARN.exec(given);
    if (parts === null || parts[1] !== region || parts[2] !== home.accountId) return undefined;
    return resolveKey(snapshot, home, region, parts[4] ?? parts[3]!);
  }
  if (given === DEFAULT_ALIAS) return { kind: 'default' };
  const keyId = given.startsWith('alias/') ? aliasNamed(snapshot, region, given)?.keyId : given;
  const key = keyId === undefined ? undefined : keyById(snapshot, region, keyId);
  return key === undefined ? undefined : { kind: 'key', key };
}

/** Makes a key with fresh material. */
export function makeKey(
  keyRing: KeyRing,
  fields: Pick<KmsKey, 'region' | 'description' | 'createdAt' | 'multiRegion' | 'policy' | 'tags'>,
): KmsKey {
  const keyId = fields.multiRegion ? `mrk-${randomBytes(16).toString('hex')}` : randomUUID();
  const material = seal(new Bytes(randomBytes(32)), owner(fields.region), keyId, keyRing.current);
  return { ...fields, keyId, state: 'Enabled', material: Buffer.from(material).toString('base64') };
}

/** What the sealed material is bound to beside the key's id. */
function owner(region: string): string {
  return `kms/${region}`;
}

/** Opens keys of the registry and keeps what it opened as long as the record is the same. */
export class KeyOpener {
  readonly #keyRing: KeyRing;
  readonly #opened = new WeakMap<KmsKey, WrappingKey>();

  constructor(keyRing: KeyRing) {
    this.#keyRing = keyRing;
  }

  /** The key in the form the key ring uses, whatever its state. */
  open(key: KmsKey): WrappingKey {
    let opened = this.#opened.get(key);
    if (opened === undefined) {
      const sealed = Buffer.from(key.material, 'base64');
      const material: SecretBytes = unseal(sealed, owner(key.region), key.keyId, this.#keyRing.find);
      opened = { id: wrappingName(key.region, key.keyId), key: material };
      this.#opened.set(key, opened);
    }
    return opened;
  }

  /** Answers the key ring: enabled keys only. */
  find(snapshot: Snapshot, home: Home, name: string): WrappingKey | undefined {
    const parts = partsOfWrappingName(name);
    if (parts === undefined) return undefined;
    const named = resolveKey(snapshot, home, parts.region, parts.given);
    if (named?.kind === 'default') return this.#keyRing.current;
    return named?.key.state === 'Enabled' ? this.open(named.key) : undefined;
  }
}
