/** Indexes of a relation, a user's or built in. */
import type { IndexItem } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { isSystem, type ObjectOf, type RelationObject } from './objects.ts';
import { systemIndexObjects, type SystemIndexObject, type SystemRelationObject } from './system-catalog.ts';

export type IndexObject = ObjectOf<'index'>;

let onSystemRelation: ReadonlyMap<SystemRelationObject, readonly SystemIndexObject[]> | undefined;

/** Built-in indexes on a built-in relation. */
function systemIndexesOn(relation: SystemRelationObject): readonly SystemIndexObject[] {
  if (onSystemRelation === undefined) {
    const groups = new Map<SystemRelationObject, SystemIndexObject[]>();
    for (const index of systemIndexObjects()) groups.set(index.on, [...(groups.get(index.on) ?? []), index]);
    onSystemRelation = groups;
  }
  return onSystemRelation.get(relation) ?? [];
}

/** Every index on a relation. */
export function* indexesOn(snapshot: Snapshot, relation: RelationObject): Iterable<IndexObject> {
  if (isSystem(relation)) yield* systemIndexesOn(relation);
  for (const id of snapshot.dependents.get(relation.id) ?? []) {
    const item = snapshot.items.get(id);
    if (item?.kind === 'index' && item.onId === relation.id) yield item;
  }
}

/** Whether a relation has any index. */
export function isIndexed(snapshot: Snapshot, relation: RelationObject): boolean {
  // Asked for every row of pg_class: most relations have nothing that depends on them.
  if (!isSystem(relation) && !snapshot.dependents.has(relation.id)) return false;
  for (const _ of indexesOn(snapshot, relation)) return true;
  return false;
}

/** A part of an index key: its column's number (1-based, null for an expression), its text, and whether it may be NULL. */
export interface KeyPart {
  readonly column: number | null;
  readonly sql: string;
  readonly nullable: boolean;
}

/** Parts of an index's key, in order. `relation` is what it is on, when it still exists. */
export function keyParts(
  index: IndexObject,
  columns: readonly { readonly nullable: boolean }[],
): readonly KeyPart[] {
  if (isSystem(index)) {
    return index.key.map(({ name, position, nullable }) => ({ column: position, sql: name, nullable }));
  }
  return (index as IndexItem).keys.map(({ sql, column }) => ({
    column,
    sql,
    nullable: column === null ? true : (columns[column - 1]?.nullable ?? true),
  }));
}

/** Id of the relation an index is on. */
export function indexedId(index: IndexObject): string {
  return isSystem(index) ? index.on.id : index.onId;
}
