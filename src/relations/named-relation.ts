/** Finds a relation by the names that a row of a PostgreSQL view shows. */
import { AMBIENT_SCHEMA_IDS } from './ambient.ts';
import { isRelation, objectsNamedIn, type RelationObject } from './objects.ts';
import type { RelationContext } from './relation.ts';

/** The relation `schema.name` of the active database or of the built-in schemas. */
export function namedRelation(
  { snapshot, session }: RelationContext,
  schema: string,
  name: string,
): RelationObject | undefined {
  const schemaId =
    AMBIENT_SCHEMA_IDS[schema] ?? snapshot.schemaByName.get(`${session.databaseId ?? ''}/${schema}`);
  if (schemaId === undefined) return undefined;
  for (const object of objectsNamedIn(snapshot, schemaId, name)) {
    if (isRelation(object)) return object;
  }
  return undefined;
}
