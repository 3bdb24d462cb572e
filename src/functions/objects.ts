/** Catalog objects by name and OID for functions: items of users and built-in objects in one shape. */
import type { Id } from '../catalog/ids.ts';
import type { AclEntry, Item } from '../catalog/records.ts';
import { planError, type SqlError } from '../errors.ts';
import type { SessionContext } from '../query/session-context.ts';
import { quoteIdentifier } from './quote.ts';
import { parseIdentifiers } from './strings.ts';
import { systemCatalog, type SystemObjectFact } from './system-catalog.ts';

/** What every function needs to know of an object. */
export interface ObjectFact {
  readonly id: Id;
  readonly oid: number;
  readonly schemaId: Id;
  readonly name: string;
  readonly kind: string;
  readonly ownerId: Id;
  readonly privileges: readonly AclEntry[];
}

export function objectByOid(session: SessionContext, oid: number): ObjectFact | undefined {
  const id = session.snapshot.itemByOid.get(oid);
  return id === undefined ? systemCatalog().objectByOid(oid) : session.snapshot.items.get(id);
}

export function objectById(session: SessionContext, id: Id): ObjectFact | undefined {
  return session.snapshot.items.get(id) ?? systemCatalog().objectById(id);
}

/** A user's item by OID. */
export function itemByOid(session: SessionContext, oid: number): Item | undefined {
  const id = session.snapshot.itemByOid.get(oid);
  return id === undefined ? undefined : session.snapshot.items.get(id);
}

/** A built-in object by OID. */
export function systemObjectByOid(oid: number): SystemObjectFact | undefined {
  return systemCatalog().objectByOid(oid);
}

/** The object of a name in one schema; types live in a namespace of their own. */
export function objectInSchema(
  session: SessionContext,
  schemaId: Id,
  name: string,
  space: 'item' | 'type' = 'item',
): ObjectFact | undefined {
  const { snapshot } = session;
  const names = (space === 'item' ? snapshot.itemsOfSchema : snapshot.typesOfSchema).get(schemaId);
  const id = names?.get(name);
  if (id !== undefined) return snapshot.items.get(id);
  return space === 'item' ? systemCatalog().relationByName(schemaId, name) : undefined;
}

/** Id of a schema written as `schema` or `database.schema`; ambient schemas are found from every database. */
export function schemaIdByName(session: SessionContext, schema: string, database?: string): Id | undefined {
  const { snapshot } = session;
  const databaseId =
    database === undefined ? session.session.databaseId : snapshot.databaseByName.get(database);
  const own =
    databaseId === null || databaseId === undefined
      ? undefined
      : snapshot.schemaByName.get(`${databaseId}/${schema}`);
  return own ?? (database === undefined ? snapshot.schemaByName.get(`/${schema}`) : undefined);
}

/** The parts of a written name, at most `database.schema.name`. */
export function nameParts(text: string, most = 3): readonly string[] {
  const parts = parseIdentifiers(text);
  if (parts.length > most) throw planError(`improper relation name (too many dotted names): ${text}`);
  return parts;
}

/** Finds `[[database.]schema.]name` as a query would; undefined when there is none. */
export function findObject(
  session: SessionContext,
  text: string,
  space: 'item' | 'type' = 'item',
): ObjectFact | undefined {
  const parts = nameParts(text);
  const name = parts.at(-1) ?? '';
  const schema = parts.at(-2);
  if (schema !== undefined) {
    const schemaId = schemaIdByName(session, schema, parts.at(-3));
    return schemaId === undefined ? undefined : objectInSchema(session, schemaId, name, space);
  }
  for (const schemaId of session.effectiveSchemas) {
    const found = objectInSchema(session, schemaId, name, space);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function notFound(kind: string, name: string): SqlError {
  return planError(`${kind} "${name}" does not exist`);
}

/** True when the bare name finds this object: its schema is on the path and nothing in front hides it. */
export function isVisible(session: SessionContext, object: ObjectFact): boolean {
  const space = object.kind === 'type' ? 'type' : 'item';
  if (!session.effectiveSchemas.includes(object.schemaId)) return false;
  for (const schemaId of session.effectiveSchemas) {
    if (schemaId === object.schemaId) return true;
    if (objectInSchema(session, schemaId, object.name, space) !== undefined) return false;
  }
  return false;
}

/** The shortest quoted name that finds the object from this session. */
export function minimalName(session: SessionContext, object: ObjectFact): string {
  return minimalParts(session, object).map(quoteIdentifier).join('.');
}

/** As {@link minimalName}, as parts without quotes. */
export function minimalParts(session: SessionContext, object: ObjectFact): readonly string[] {
  if (isVisible(session, object)) return [object.name];
  const schema = session.snapshot.schemas.get(object.schemaId);
  if (schema === undefined) return [object.name];
  const inReach = schema.databaseId === null || schema.databaseId === session.session.databaseId;
  const database = inReach ? undefined : session.snapshot.databases.get(schema.databaseId ?? '')?.name;
  return [...(database === undefined ? [] : [database]), schema.name, object.name];
}
