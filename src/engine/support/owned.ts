/** Every object that has an owner and privileges in one form, for statements that work on any of them. */
import { isUserId, MZ_SYSTEM_ROLE_ID, type Id } from '../../catalog/ids.ts';
import { put, type Change } from '../../catalog/changes.ts';
import type {
  AclEntry,
  ClusterRecord,
  DatabaseRecord,
  Item,
  ItemKind,
  NetworkPolicyRecord,
  SchemaRecord,
} from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { SystemObject } from '../../relations/objects.ts';
import { describeObject, fullItemName, fullSchemaName, ITEM_KIND_TEXT } from './names.ts';

/** Kinds as mz_audit_events.object_type and mz_comments.object_type print them. */
export type OwnedType = ItemKind | 'database' | 'schema' | 'cluster' | 'network-policy';

export interface OwnedObject {
  readonly id: Id;
  readonly type: OwnedType;
  /** Upper-case words: `MATERIALIZED VIEW`. */
  readonly kind: string;
  /** Full name without quotes: `materialize.public.t`. */
  readonly name: string;
  /** `TABLE "materialize.public.t"` */
  readonly description: string;
  /** As audit events name it: `Iu1`, `Su1.u3`. */
  readonly auditId: string;
  /** Schema of an item, database of a schema: where USAGE is needed to change privileges. */
  readonly container: { readonly kind: 'schema' | 'database'; readonly id: Id } | null;
  readonly ownerId: Id;
  readonly acl: readonly AclEntry[];
  /** The edit that gives it another owner or other privileges. */
  with(fields: { readonly ownerId?: Id; readonly privileges?: readonly AclEntry[] }): Change;
}

export function ownedDatabase(database: DatabaseRecord): OwnedObject {
  return {
    id: database.id,
    type: 'database',
    kind: 'DATABASE',
    name: database.name,
    description: describeObject('DATABASE', database.name),
    auditId: `D${database.id}`,
    container: null,
    ownerId: database.ownerId,
    acl: database.privileges,
    with: (fields) => put('database', { ...database, ...fields }),
  };
}

export function ownedSchema(snapshot: Snapshot, schema: SchemaRecord): OwnedObject {
  const name = fullSchemaName(snapshot, schema);
  const { databaseId } = schema;
  return {
    id: schema.id,
    type: 'schema',
    kind: 'SCHEMA',
    name,
    description: describeObject('SCHEMA', name),
    auditId: databaseId === null ? `S${schema.id}` : `S${databaseId}.${schema.id}`,
    container: databaseId === null ? null : { kind: 'database', id: databaseId },
    ownerId: schema.ownerId,
    acl: schema.privileges,
    with: (fields) => put('schema', { ...schema, ...fields }),
  };
}

export function ownedCluster(cluster: ClusterRecord): OwnedObject {
  return {
    id: cluster.id,
    type: 'cluster',
    kind: 'CLUSTER',
    name: cluster.name,
    description: describeObject('CLUSTER', cluster.name),
    auditId: `C${cluster.id}`,
    container: null,
    ownerId: cluster.ownerId,
    acl: cluster.privileges,
    with: (fields) => put('cluster', { ...cluster, ...fields }),
  };
}

export function ownedPolicy(policy: NetworkPolicyRecord): OwnedObject {
  return {
    id: policy.id,
    type: 'network-policy',
    kind: 'NETWORK POLICY',
    name: policy.name,
    description: describeObject('NETWORK POLICY', policy.name),
    auditId: `NP${policy.id}`,
    container: null,
    ownerId: policy.ownerId,
    acl: policy.privileges,
    with: (fields) => put('networkPolicy', { ...policy, ...fields }),
  };
}

export function ownedItem(snapshot: Snapshot, item: Item): OwnedObject {
  const name = fullItemName(snapshot, item);
  const kind = ITEM_KIND_TEXT[item.kind];
  return {
    id: item.id,
    type: item.kind,
    kind,
    name,
    description: describeObject(kind, name),
    auditId: `I${item.id}`,
    container: { kind: 'schema', id: item.schemaId },
    ownerId: item.ownerId,
    acl: item.privileges,
    with: (fields) => put('item', { ...item, ...fields }),
  };
}

/** A built-in object in the same form, so that checks refuse it as they refuse another's: it is never changed. */
export function ownedBuiltIn(snapshot: Snapshot, object: SystemObject): OwnedObject {
  const name = `${snapshot.schemas.get(object.schemaId)?.name ?? ''}.${object.name}`;
  const kind = object.kind.replaceAll('-', ' ').toUpperCase();
  return {
    id: object.id,
    type: object.kind as OwnedType,
    kind,
    name,
    description: describeObject(kind, name),
    auditId: `I${object.id}`,
    container: { kind: 'schema', id: object.schemaId },
    ownerId: MZ_SYSTEM_ROLE_ID,
    acl: object.privileges,
    with: () => {
      throw new Error('built-in objects do not change');
    },
  };
}

/** All objects of users, and the system ones users can be granted on. */
export function* everyOwned(snapshot: Snapshot): Iterable<OwnedObject> {
  for (const database of snapshot.databases.values()) yield ownedDatabase(database);
  for (const schema of snapshot.schemas.values()) {
    if (isUserId(schema.id)) yield ownedSchema(snapshot, schema);
  }
  for (const cluster of snapshot.clusters.values()) yield ownedCluster(cluster);
  for (const policy of snapshot.small.networkPolicy.values()) yield ownedPolicy(policy);
  for (const item of snapshot.items.values()) yield ownedItem(snapshot, item);
}

/** The object as it is in another snapshot, or undefined when it is gone. Built-in objects are in every one. */
export function ownedNow(snapshot: Snapshot, object: OwnedObject): OwnedObject | undefined {
  switch (object.type) {
    case 'database': {
      const database = snapshot.databases.get(object.id);
      return database === undefined ? undefined : ownedDatabase(database);
    }
    case 'schema': {
      const schema = snapshot.schemas.get(object.id);
      return schema === undefined ? undefined : ownedSchema(snapshot, schema);
    }
    case 'cluster': {
      const cluster = snapshot.clusters.get(object.id);
      return cluster === undefined ? undefined : ownedCluster(cluster);
    }
    case 'network-policy': {
      const policy = snapshot.small.networkPolicy.get(object.id);
      return policy === undefined ? undefined : ownedPolicy(policy);
    }
    default: {
      const item = snapshot.items.get(object.id);
      return item === undefined ? undefined : ownedItem(snapshot, item);
    }
  }
}
