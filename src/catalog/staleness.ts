/**
 * What still runs on which version of a secret: pure functions over one snapshot. A pin is stale when its version is not
 * the one AWSCURRENT points at.
 */
import { quoteLiteral, quoteName } from '../sql/quote.ts';
import type { Id } from './ids.ts';
import type {
  ConnectionItem,
  ConnectionOptionValue,
  Item,
  PinRecord,
  SecretVersionRecord,
} from './records.ts';
import type { Snapshot } from './snapshot.ts';

/** A pin that is not current, with what a person needs to find and refresh it. */
export interface StalePin {
  readonly pin: PinRecord;
  /** Version that AWSCURRENT points at, null when there is none. */
  readonly currentVersion: string | null;
  /** Milliseconds since the Unix epoch: when the cached version stopped being current; null if it never was. */
  readonly staleSince: number | null;
}

/** Whether a pin holds the current version of its secret. */
export function isCurrentPin(snapshot: Snapshot, pin: PinRecord): boolean {
  return snapshot.currentVersion.get(pin.secretId) === pin.versionId;
}

/** The pin as a stale one, or null when it is current. */
export function stalePin(snapshot: Snapshot, pin: PinRecord): StalePin | null {
  if (isCurrentPin(snapshot, pin)) return null;
  const version: SecretVersionRecord | undefined = snapshot.versionsOfSecret
    .get(pin.secretId)
    ?.get(pin.versionId);
  return {
    pin,
    currentVersion: snapshot.currentVersion.get(pin.secretId) ?? null,
    staleSince: version?.supersededAt ?? null,
  };
}

/** Every stale pin. */
export function* stalePins(snapshot: Snapshot): Iterable<StalePin> {
  for (const pin of snapshot.pins.values()) {
    const stale = stalePin(snapshot, pin);
    if (stale !== null) yield stale;
  }
}

/** Stale pins of one secret. */
export function* stalePinsOfSecret(snapshot: Snapshot, secretId: Id): Iterable<StalePin> {
  for (const key of snapshot.pinsOfSecret.get(secretId) ?? []) {
    const pin = snapshot.pins.get(key);
    const stale = pin === undefined ? null : stalePin(snapshot, pin);
    if (stale !== null) yield stale;
  }
}

/** A stale pin in names, as mz_tumbler.stale_secrets and the notice of ALTER SECRET tell it. */
export interface StaleRow {
  readonly cluster: string;
  readonly replica: string;
  readonly objectType: 'source' | 'sink';
  /** Qualified, quoted where needed. */
  readonly object: string;
  readonly secret: string;
  readonly cachedVersion: string;
  readonly currentVersion: string | null;
  readonly cachedAt: number;
  readonly staleSince: number | null;
  /** SQL to paste; see {@link remedyFor}. */
  readonly remedy: string;
}

/** A stale pin with names for ids. */
export function staleRow(snapshot: Snapshot, { pin, currentVersion, staleSince }: StalePin): StaleRow {
  return {
    cluster: snapshot.clusters.get(pin.clusterId)?.name ?? pin.clusterId,
    replica: snapshot.replicas.get(pin.replicaId)?.name ?? pin.replicaId,
    objectType: snapshot.items.get(pin.objectId)?.kind === 'sink' ? 'sink' : 'source',
    object: qualifiedName(snapshot, pin.objectId),
    secret: qualifiedName(snapshot, pin.secretId),
    cachedVersion: pin.versionId,
    currentVersion,
    cachedAt: pin.cachedAt,
    staleSince,
    remedy: remedyFor(snapshot, pin),
  };
}

/** Every stale pin in names. */
export function* staleRows(snapshot: Snapshot): Iterable<StaleRow> {
  for (const stale of stalePins(snapshot)) yield staleRow(snapshot, stale);
}

/** Stale pins of one secret in names. */
export function staleRowsOf(snapshot: Snapshot, secretId: Id): readonly StaleRow[] {
  return [...stalePinsOfSecret(snapshot, secretId)].map((stale) => staleRow(snapshot, stale));
}

function qualifiedName(snapshot: Snapshot, id: Id): string {
  const item = snapshot.items.get(id);
  if (item === undefined) return id;
  const schema = snapshot.schemas.get(item.schemaId);
  const databaseId = schema?.databaseId ?? null;
  const database = databaseId === null ? undefined : snapshot.databases.get(databaseId)?.name;
  return quoteName([database, schema?.name, item.name].filter((part) => part !== undefined));
}

/**
 * SQL that makes a replica read current values. A managed cluster gives up all its replicas and takes them again, since
 * its cached values live until the last of them is gone; on an unmanaged one the replica is made anew, with its size and
 * zone.
 */
export function remedyFor(snapshot: Snapshot, pin: Pick<PinRecord, 'clusterId' | 'replicaId'>): string {
  const cluster = snapshot.clusters.get(pin.clusterId);
  const replica = snapshot.replicas.get(pin.replicaId);
  const name = quoteName([cluster?.name ?? pin.clusterId]);
  if (cluster?.config.managed === true) {
    const set = (factor: number): string => `ALTER CLUSTER ${name} SET (REPLICATION FACTOR = ${factor});`;
    return `${set(0)} ${set(cluster.config.replicationFactor)}`;
  }
  const full = `${name}.${quoteName([replica?.name ?? pin.replicaId])}`;
  const zone = replica?.availabilityZone ?? null;
  const options = [
    `SIZE = ${quoteLiteral(replica?.size ?? '')}`,
    ...(zone === null ? [] : [`AVAILABILITY ZONE = ${quoteLiteral(zone)}`]),
  ];
  return `DROP CLUSTER REPLICA ${full}; CREATE CLUSTER REPLICA ${full} (${options.join(', ')});`;
}

/** One way in which a secret is used: connection, and what runs on it (null: nothing does). */
export interface SecretUse {
  readonly secretId: Id;
  readonly connectionId: Id;
  readonly objectId: Id | null;
  readonly clusterId: Id | null;
}

/**
 * Payloads that a connection itself reads: its secrets, and its own id when it is an SSH tunnel, whose key pairs are kept
 * like a secret's value. Those of tunnels and AWS connections it goes through are in {@link payloadsOf}.
 */
export function ownPayloads(connection: ConnectionItem): ReadonlySet<Id> {
  const ids = new Set<Id>();
  if (connection.connectionType === 'ssh-tunnel') ids.add(connection.id);
  for (const { value } of connection.options) collectSecrets(value, ids);
  return ids;
}

function collectSecrets(value: ConnectionOptionValue, into: Set<Id>): void {
  if (value.kind === 'secret') into.add(value.id);
  else if (value.kind === 'list') for (const element of value.values) collectSecrets(element, into);
}

/** Payloads that a connection reads, directly and through the connections it depends on. */
export function payloadsOf(snapshot: Snapshot, connection: ConnectionItem): ReadonlySet<Id> {
  const ids = new Set<Id>();
  const seen = new Set<Id>();
  const visit = (item: ConnectionItem): void => {
    if (seen.has(item.id)) return;
    seen.add(item.id);
    for (const id of ownPayloads(item)) ids.add(id);
    for (const id of item.dependsOn) {
      const needed = snapshot.items.get(id);
      if (needed?.kind === 'connection') visit(needed);
    }
  };
  visit(connection);
  return ids;
}

/** Uses of one secret (or tunnel) by every connection that reads it, directly or through another. */
export function* usesOfSecret(snapshot: Snapshot, secretId: Id): Iterable<SecretUse> {
  const seen = new Set<Id>();
  const pending: Id[] = [secretId];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const item = snapshot.items.get(id);
    if (item?.kind === 'connection' && payloadsOf(snapshot, item).has(secretId)) {
      yield* usesOfConnection(snapshot, secretId, id);
    }
    for (const dependent of snapshot.dependents.get(id) ?? []) {
      if (snapshot.items.get(dependent)?.kind === 'connection') pending.push(dependent);
    }
  }
}

/** A connection with nothing on it is one use without an object. */
function* usesOfConnection(snapshot: Snapshot, secretId: Id, connectionId: Id): Iterable<SecretUse> {
  let used = false;
  for (const id of snapshot.dependents.get(connectionId) ?? []) {
    const item = snapshot.items.get(id);
    if (item === undefined || (item.kind !== 'source' && item.kind !== 'sink')) continue;
    if (!connectionsOf(item).has(connectionId)) continue;
    used = true;
    yield { secretId, connectionId, objectId: id, clusterId: item.clusterId };
  }
  if (!used) yield { secretId, connectionId, objectId: null, clusterId: null };
}

/** Connections that a source or sink uses itself; none for subsources, which read through their source. */
export function connectionsOf(item: Extract<Item, { readonly kind: 'source' | 'sink' }>): ReadonlySet<Id> {
  if (item.kind === 'source') {
    return new Set(item.detail.type === 'postgres' ? [item.detail.connectionId] : []);
  }
  const { connectionId, csrConnectionId } = item.detail;
  return new Set(csrConnectionId === undefined ? [connectionId] : [connectionId, csrConnectionId]);
}

/** Every use of every secret and tunnel. */
export function* secretUsage(snapshot: Snapshot): Iterable<SecretUse> {
  for (const id of snapshot.itemsOfKind.get('connection') ?? []) {
    const item = snapshot.items.get(id);
    if (item?.kind !== 'connection') continue;
    for (const secretId of payloadsOf(snapshot, item)) yield* usesOfConnection(snapshot, secretId, item.id);
  }
}
