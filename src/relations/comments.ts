/** COMMENT ON texts: a user's from the snapshot, those of built-in relations and their columns from the shapes. */
import type { Id } from '../catalog/ids.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { isRelation, isSystem, type CatalogObject, type RelationObject } from './objects.ts';

/** A comment on an object (`position` null) or on one of its columns, counted from 1. */
export interface ObjectComment {
  readonly position: number | null;
  readonly text: string;
}

/** Comments on anything that has an id, by mz_comments.object_type. */
export function* commentsOn(snapshot: Snapshot, objectKind: string, id: Id): Iterable<ObjectComment> {
  for (const { columnPosition, comment } of snapshot.commentsOfObject.get(`${objectKind}/${id}`) ?? []) {
    yield { position: columnPosition, text: comment };
  }
}

/** The comment on the thing itself as SHOW prints it: empty when there is none. */
export function commentText(snapshot: Snapshot, objectKind: string, id: Id): string {
  for (const { position, text } of commentsOn(snapshot, objectKind, id)) {
    if (position === null) return text;
  }
  return '';
}

/** Every comment on an object and on its columns. */
export function* commentsOnObject(snapshot: Snapshot, object: CatalogObject): Iterable<ObjectComment> {
  if (isSystem(object)) {
    if (isRelation(object)) yield* systemComments(object);
    return;
  }
  yield* commentsOn(snapshot, object.kind, object.id);
}

function* systemComments(
  relation: Extract<RelationObject, { readonly system: true }>,
): Iterable<ObjectComment> {
  if (relation.comment !== undefined) yield { position: null, text: relation.comment };
  let position = 0;
  for (const { comment } of relation.columns) {
    position += 1;
    if (comment !== undefined) yield { position, text: comment };
  }
}

/** The comment on an object, empty when there is none. */
export function objectComment(snapshot: Snapshot, object: CatalogObject): string {
  for (const { position, text } of commentsOnObject(snapshot, object)) {
    if (position === null) return text;
  }
  return '';
}

/** Comments on the columns of a relation, by position. */
export function columnComments(snapshot: Snapshot, relation: RelationObject): ReadonlyMap<number, string> {
  const comments = new Map<number, string>();
  for (const { position, text } of commentsOnObject(snapshot, relation)) {
    if (position !== null) comments.set(position, text);
  }
  return comments;
}
