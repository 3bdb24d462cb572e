/** Every object that has an owner and privileges, in one list, for statements that go over all of them. */
import { isUserId, type Id } from '../../catalog/ids.ts';
import { put, type Change } from '../../catalog/changes.ts';
import type { AclEntry } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { describeObject, fullItemName, fullSchemaName, ITEM_KIND_TEXT } from './names.ts';

export interface OwnedObject {
  readonly id: Id;
  readonly kind: string;
  /** `TABLE "materialize.public.t"` */
  readonly description: string;
  readonly ownerId: Id;
  readonly acl: readonly AclEntry[];
  /** The edit that gives it another owner or other privileges. */
  with(fields: { readonly ownerId?: Id; readonly privileges?: readonly AclEntry[] }): Change;
}

/** All objects of users, and the system ones users can be granted on. */
export function* everyOwned(snapshot: Snapshot): Iterable<OwnedObject> {
  for (const database of snapshot.databases.values()) {
    yield {
      id: database.id,
      kind: 'DATABASE',
      description: describeObject('DATABASE', database.name),
      ownerId: database.ownerId,
      acl: database.privileges,
      with: (fields) => put('database', { ...database, ...fields }),
    };
  }
  for (const schema of snapshot.schemas.values()) {
    if (!isUserId(schema.id)) continue;
    yield {
      id: schema.id,
      kind: 'SCHEMA',
      description: describeObject('SCHEMA', fullSchemaName(snapshot, schema)),
      ownerId: schema.ownerId,
      acl: schema.privileges,
      with: (fields) => put('schema', { ...schema, ...fields }),
    };
  }
  for (const cluster of snapshot.clusters.values()) {
    yield {
      id: cluster.id,
      kind: 'CLUSTER',
      description: describeObject('CLUSTER', cluster.name),
      ownerId: cluster.ownerId,
      acl: cluster.privileges,
      with: (fields) => put('cluster', { ...cluster, ...fields }),
    };
  }
  for (const item of snapshot.items.values()) {
    yield {
      id: item.id,
      kind: ITEM_KIND_TEXT[item.kind],
      description: describeObject(ITEM_KIND_TEXT[item.kind], fullItemName(snapshot, item)),
      ownerId: item.ownerId,
      acl: item.privileges,
      with: (fields) => put('item', { ...item, ...fields }),
    };
  }
}
