/**
 * One view of everything that has a name in a schema: a user's items and the built-in objects. Relations that list
 * objects are filters and projections of it, with the look-ups (by id, OID, name, schema) that the snapshot's own maps
 * give, so that none of them builds a list of all objects to find one.
 */
import type { Id } from '../catalog/ids.ts';
import type { AclEntry, ColumnRecord, Item, ItemKind } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { ANALYTICS_CONNECTION, type SystemConnectionObject } from './system-connection.ts';
import {
  systemIndexObjects,
  systemRelationObjects,
  type SystemIndexObject,
  type SystemRelationObject,
} from './system-catalog.ts';
import { systemFunctionObjects, type SystemFunctionObject } from './system-functions.ts';
import { systemTypeObjects, type SystemTypeObject } from './system-types.ts';

export type SystemObject =
  SystemRelationObject | SystemIndexObject | SystemTypeObject | SystemFunctionObject | SystemConnectionObject;

export type CatalogObject = Item | SystemObject;

/** Kinds as mz_objects.type prints them. */
export type ObjectKind = CatalogObject['kind'];

/** The members of {@link CatalogObject} of some kinds. */
export type ObjectOf<K extends ObjectKind> = CatalogObject extends infer O
  ? O extends { readonly kind: infer Own }
    ? [Extract<K, Own>] extends [never]
      ? never
      : O
    : never
  : never;

/** Everything with columns of its own. */
export const RELATION_KINDS = ['table', 'source', 'view', 'materialized-view', 'continual-task'] as const;
export type RelationKind = (typeof RELATION_KINDS)[number];
export type RelationObject = ObjectOf<RelationKind>;

/** True for objects that come with the server. */
export function isSystem(object: CatalogObject): object is SystemObject {
  return 'system' in object;
}

/** True for relations: tables, sources, views and their kin. */
export function isRelation(object: CatalogObject): object is RelationObject {
  return (RELATION_KINDS as readonly string[]).includes(object.kind);
}

/** A built-in relation, as opposed to a user's. */
export function isSystemRelation(object: RelationObject): object is SystemRelationObject {
  return 'system' in object;
}

interface SystemDirectory {
  readonly all: readonly SystemObject[];
  readonly byKind: ReadonlyMap<ObjectKind, readonly SystemObject[]>;
  readonly byId: ReadonlyMap<Id, SystemObject>;
  readonly byOid: ReadonlyMap<number, SystemObject>;
  readonly byName: ReadonlyMap<string, readonly SystemObject[]>;
  readonly bySchema: ReadonlyMap<Id, readonly SystemObject[]>;
}

function groupBy<T, K>(values: readonly T[], keyOf: (value: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

let directory: SystemDirectory | undefined;

/** Every built-in object by each of its handles; made once, at the first look-up. */
function systemDirectory(): SystemDirectory {
  if (directory !== undefined) return directory;
  const all: readonly SystemObject[] = [
    ...systemRelationObjects(),
    ...systemIndexObjects(),
    ...systemTypeObjects(),
    ...systemFunctionObjects(),
    ANALYTICS_CONNECTION,
  ];
  directory = {
    all,
    byKind: groupBy(all, (object) => object.kind),
    byId: new Map(all.map((object) => [object.id, object])),
    byOid: new Map(all.map((object) => [object.oid, object])),
    byName: groupBy(all, (object) => object.name),
    bySchema: groupBy(all, (object) => object.schemaId),
  };
  return directory;
}

/** The built-in object with this id. */
export function systemObjectById(id: Id): SystemObject | undefined {
  return systemDirectory().byId.get(id);
}

/** The built-in object with this OID. */
export function systemObjectByOid(oid: number): SystemObject | undefined {
  return systemDirectory().byOid.get(oid);
}

/** Built-in objects of this name, in every schema. */
export function systemObjectsNamed(name: string): readonly SystemObject[] {
  return systemDirectory().byName.get(name) ?? [];
}

/** The object with this id. */
export function objectById(snapshot: Snapshot, id: Id): CatalogObject | undefined {
  return snapshot.items.get(id) ?? systemDirectory().byId.get(id);
}

/** The object with this OID. */
export function objectByOid(snapshot: Snapshot, oid: number): CatalogObject | undefined {
  const id = snapshot.itemByOid.get(oid);
  return id === undefined ? systemDirectory().byOid.get(oid) : snapshot.items.get(id);
}

/** Objects of this name in one schema: at most one item and one type, or several overloads of a function. */
export function* objectsNamedIn(snapshot: Snapshot, schemaId: Id, name: string): Iterable<CatalogObject> {
  for (const object of systemDirectory().byName.get(name) ?? []) {
    if (object.schemaId === schemaId) yield object;
  }
  yield* itemsNamedIn(snapshot, schemaId, name);
}

function* itemsNamedIn(snapshot: Snapshot, schemaId: Id, name: string): Iterable<Item> {
  for (const index of [snapshot.itemsOfSchema, snapshot.typesOfSchema]) {
    const id = index.get(schemaId)?.get(name);
    const item = id === undefined ? undefined : snapshot.items.get(id);
    if (item !== undefined) yield item;
  }
}

/** Objects of this name in any schema. Costs one look-up for each schema. */
export function* objectsNamed(snapshot: Snapshot, name: string): Iterable<CatalogObject> {
  yield* systemDirectory().byName.get(name) ?? [];
  for (const names of [snapshot.itemsOfSchema, snapshot.typesOfSchema]) {
    for (const ids of names.values()) {
      const id = ids.get(name);
      const item = id === undefined ? undefined : snapshot.items.get(id);
      if (item !== undefined) yield item;
    }
  }
}

/** Everything in one schema. */
export function* objectsInSchema(snapshot: Snapshot, schemaId: Id): Iterable<CatalogObject> {
  yield* systemDirectory().bySchema.get(schemaId) ?? [];
  for (const names of [snapshot.itemsOfSchema, snapshot.typesOfSchema]) {
    for (const id of names.get(schemaId)?.values() ?? []) {
      const item = snapshot.items.get(id);
      if (item !== undefined) yield item;
    }
  }
}

/** Everything in one schema that may be of these kinds: through the schema or through the kinds, whichever has fewer. */
export function objectsInSchemaOfKinds(
  snapshot: Snapshot,
  schemaId: Id,
  kinds: readonly ObjectKind[],
): Iterable<CatalogObject> {
  const inSchema = snapshot.itemsOfSchema.get(schemaId)?.size ?? 0;
  const ofKinds = kinds.reduce(
    (sum, kind) => sum + (snapshot.itemsOfKind.get(kind as ItemKind)?.size ?? 0),
    0,
  );
  if (ofKinds >= inSchema) return objectsInSchema(snapshot, schemaId);
  return inSchemaOnly(objectsOfKinds(snapshot, kinds), schemaId);
}

function* inSchemaOnly(objects: Iterable<CatalogObject>, schemaId: Id): Iterable<CatalogObject> {
  for (const object of objects) if (object.schemaId === schemaId) yield object;
}

/** Items of one kind. */
export function* itemsOfKind<K extends ItemKind>(
  snapshot: Snapshot,
  kind: K,
): Iterable<Extract<Item, { readonly kind: K }>> {
  for (const id of snapshot.itemsOfKind.get(kind) ?? []) {
    const item = snapshot.items.get(id);
    if (item?.kind === kind) yield item as Extract<Item, { readonly kind: K }>;
  }
}

/** Everything of the given kinds, built-in objects first. */
export function* objectsOfKinds<K extends ObjectKind>(
  snapshot: Snapshot,
  kinds: readonly K[],
): Iterable<ObjectOf<K>> {
  for (const kind of kinds) {
    yield* (systemDirectory().byKind.get(kind) ?? []) as unknown as readonly ObjectOf<K>[];
  }
  for (const kind of kinds) {
    for (const item of itemsOfKind(snapshot, kind as ItemKind)) yield item as unknown as ObjectOf<K>;
  }
}

/** Cluster an object runs on; subsources run where their source does, progress relations nowhere. */
export function clusterOf(snapshot: Snapshot, object: CatalogObject): Id | null {
  if (isSystem(object)) return object.clusterId;
  switch (object.kind) {
    case 'sink':
    case 'index':
    case 'materialized-view':
      return object.clusterId;
    case 'source':
      if (object.detail.type === 'subsource') {
        const parent = snapshot.items.get(object.detail.sourceId);
        return parent?.kind === 'source' ? parent.clusterId : null;
      }
      return object.clusterId;
    default:
      return null;
  }
}

/** Grants on an object, or null for kinds that carry none (indexes, sinks, functions). */
export function privilegesOf(object: CatalogObject): readonly AclEntry[] | null {
  return object.kind === 'index' || object.kind === 'sink' || object.kind === 'function'
    ? null
    : object.privileges;
}

/** A column of a user's or a built-in relation. */
export interface ObjectColumn {
  readonly name: string;
  readonly typeOid: number;
  readonly typmod: number;
  /** As SHOW COLUMNS prints it; undefined when the name of the type with `typeOid` is it. */
  readonly typeText: string | undefined;
  readonly nullable: boolean;
  readonly defaultSql: string | null;
}

/** Columns of a relation in order. */
export function columnsOf(object: RelationObject): readonly ObjectColumn[] {
  return isSystemRelation(object) ? object.columns.map(systemColumn) : object.columns.map(userColumn);
}

function systemColumn(column: SystemRelationObject['columns'][number]): ObjectColumn {
  const { name, type, nullable } = column;
  return { name, typeOid: type.oid, typmod: -1, typeText: type.displayName, nullable, defaultSql: null };
}

function userColumn(column: ColumnRecord): ObjectColumn {
  const { name, typeOid, typmod, typeText, nullable, defaultSql } = column;
  return { name, typeOid, typmod, typeText, nullable, defaultSql: defaultSql ?? null };
}
