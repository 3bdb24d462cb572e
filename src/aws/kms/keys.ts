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

/** Alias and id of the key that seals where no other is named. It is the master key. */
export const DEFAULT_ALIAS = 'alias/aws/secretsmanager';
export const DEFAULT_KEY_ID = 'aws-secretsmanager';
const DAY_MS = 86_400_000;
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
  /** AES-256 key that seals from now on; sealed itself, in base64. */
  readonly material: string;
  /** What it was before each rotation, oldest first: it opens what it sealed. */
  readonly earlier?: readonly EarlierMaterial[];
  /** Rotation by itself; absent: none. */
  readonly rotation?: KeyRotation;
}

export interface EarlierMaterial {
  readonly material: string;
  /** When the next one took its place, and at whose wish. */
  readonly rotatedAt: number;
  readonly by: 'AUTOMATIC' | 'ON_DEMAND';
}

export interface KeyRotation {
  readonly periodDays: number;
  readonly since: number;
}

export interface KmsAlias {
  readonly region: string;
  /** With its prefix: `alias/x`. */
  readonly name: string;
  readonly keyId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Name by which the key ring knows a key: region, and id or alias. It means the newest material. */
export function wrappingName(region: string, given: string): string {
  return given.startsWith('alias/') ? `kms:${region}:${given}` : `kms:${region}:${given}#newest`;
}

/** Name of one material of a key, by its number from 0. */
function materialName(key: KmsKey, number: number): string {
  return `kms:${key.region}:${numbered(key.keyId, number)}`;
}

function numbered(keyId: string, material: number): string {
  return material === 0 ? keyId : `${keyId}#${material}`;
}

/** A key ring's name taken apart. */
interface WrappingNameParts {
  readonly region: string;
  /** Id or alias. */
  readonly given: string;
  /** Number of the material; undefined: the newest. */
  readonly material: number | undefined;
}

export function partsOfWrappingName(name: string): WrappingNameParts | undefined {
  const parts = /^kms:([^:]+):([^#]+)(?:#(\d+|newest))?$/s.exec(name);
  if (parts === null) return undefined;
  const [, region = '', given = '', material] = parts;
  const newest = material === 'newest' || given.startsWith('alias/');
  return { region, given, material: newest ? undefined : Number(material ?? 0) };
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
  if (given === DEFAULT_ALIAS || given === DEFAULT_KEY_ID) return { kind: 'default' };
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
  return { ...fields, keyId, state: 'Enabled', material: freshMaterial(keyRing, fields.region, keyId) };
}

/** Fresh key material, sealed. `id`: the key's, with the material's number. */
function freshMaterial(keyRing: KeyRing, region: string, id: string): string {
  const sealed = seal(new Bytes(randomBytes(32)), owner(region), id, keyRing.current);
  return Buffer.from(sealed).toString('base64');
}

/** The key with fresh material; what it has sealed stays readable. */
export function rotatedKey(keyRing: KeyRing, key: KmsKey, now: number, by: EarlierMaterial['by']): KmsKey {
  const earlier = [...(key.earlier ?? []), { material: key.material, rotatedAt: now, by }];
  const material = freshMaterial(keyRing, key.region, numbered(key.keyId, earlier.length));
  return { ...key, material, earlier };
}

/** When a key rotates by itself the next time; undefined: never. */
export function nextRotation({ rotation, earlier }: KmsKey): number | undefined {
  if (rotation === undefined) return undefined;
  const last = earlier?.findLast(({ by }) => by === 'AUTOMATIC')?.rotatedAt ?? 0;
  return Math.max(rotation.since, last) + rotation.periodDays * DAY_MS;
}

/** What the sealed material is bound to beside the key's id. */
function owner(region: string): string {
  return `kms/${region}`;
}

/** Opens keys of the registry and keeps what it opened as long as the record is the same. */
export class KeyOpener {
  readonly #keyRing: KeyRing;
  /** By key and number of the material. */
  readonly #opened = new WeakMap<KmsKey, Map<number, WrappingKey>>();

  constructor(keyRing: KeyRing) {
    this.#keyRing = keyRing;
  }

  /** The key in the form the key ring uses, whatever its state. Undefined: it has no material of that number. */
  open(key: KmsKey, number = key.earlier?.length ?? 0): WrappingKey | undefined {
    const newest = key.earlier?.length ?? 0;
    const material = number === newest ? key.material : key.earlier?.[number]?.material;
    if (material === undefined) return undefined;
    let ofKey = this.#opened.get(key);
    if (ofKey === undefined) this.#opened.set(key, (ofKey = new Map()));
    let opened = ofKey.get(number);
    if (opened === undefined) {
      const sealed = Buffer.from(material, 'base64');
      const id = numbered(key.keyId, number);
      const bytes: SecretBytes = unseal(sealed, owner(key.region), id, this.#keyRing.find);
      opened = { id: materialName(key, number), key: bytes };
      ofKey.set(number, opened);
    }
    return opened;
  }

  /** Answers the key ring: enabled keys only. */
  find(snapshot: Snapshot, home: Home, name: string): WrappingKey | undefined {
    const parts = partsOfWrappingName(name);
    if (parts === undefined) return undefined;
    const named = resolveKey(snapshot, home, parts.region, parts.given);
    if (named?.kind === 'default') return this.#keyRing.current;
    return named?.key.state === 'Enabled' ? this.open(named.key, parts.material) : undefined;
  }
}
