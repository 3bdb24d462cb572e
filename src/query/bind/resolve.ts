/** Names of relations to what they stand for, by the search path of the session. */
import type { RangeVar } from '@pgsql/types';
import type { Id } from '../../catalog/ids.ts';
import type { Item, SchemaRecord } from '../../catalog/records.ts';
import { planError } from '../../errors.ts';
import type { SystemRelation } from '../../relations/relation.ts';
import { systemRelation, systemRelationById } from '../../relations/registry.ts';
import { relationId } from '../../sql/extensions.ts';
import type { SessionContext } from '../session-context.ts';

export type FoundRelation =
  | { readonly kind: 'system'; readonly relation: SystemRelation }
  | { readonly kind: 'item'; readonly item: Item };

/** Where relations of mz_internal may have gone. */
const INTERNAL_SCHEMAS = ['mz_internal', 'mz_catalog_unstable', 'mz_introspection'];

/** Schemas that a name of one to three parts may be found in, in order. Throws for unknown databases. */
export function schemaIdsFor(session: SessionContext, parts: readonly string[]): readonly Id[] {
  if (parts.length > 3) {
    throw planError(`qualified name did not have between 1 and 3 components: ${parts.join('.')}`);
  }
  const schema = parts.at(-2);
  if (schema === undefined) return session.effectiveSchemas;
  if (parts.length === 2 && schema === 'mz_temp') {
    return session.temporarySchemaId === null ? [] : [session.temporarySchemaId];
  }
  const { snapshot } = session;
  const database = parts.at(-3);
  const databaseId =
    database === undefined ? session.session.databaseId : snapshot.databaseByName.get(database);
  if (databaseId === undefined) throw planError(`unknown database '${database ?? ''}'`);
  const ids: Id[] = [];
  const names = schema === 'mz_internal' ? INTERNAL_SCHEMAS : [schema];
  for (const name of names) {
    const own = databaseId === null ? undefined : snapshot.schemaByName.get(`${databaseId}/${name}`);
    const id = own ?? snapshot.schemaByName.get(`/${name}`);
    if (id !== undefined) ids.push(id);
  }
  return ids;
}

/** Parts of a relation's name as written. */
export function relationParts(relation: RangeVar): readonly string[] {
  return [relation.catalogname, relation.schemaname, relation.relname].filter(
    (part): part is string => part !== undefined && part !== '',
  );
}

/** The relation that a name means. Throws `unknown catalog item 'x'`. */
export function findRelation(session: SessionContext, name: RangeVar): FoundRelation {
  const id = relationId(name);
  if (id !== null) return relationOfId(session, id);
  const parts = relationParts(name);
  const found = lookUp(session, parts);
  if (found !== undefined) return found;
  throw planError(`unknown catalog item '${parts.join('.')}'`);
}

function relationOfId(session: SessionContext, id: string): FoundRelation {
  const item = session.snapshot.items.get(id);
  if (item !== undefined) return { kind: 'item', item };
  const relation = systemRelationById(id);
  if (relation !== undefined) return { kind: 'system', relation };
  if (!/^[ustp]\d+$/.test(id)) throw planError(`couldn't parse id ${id}`);
  throw planError(`invalid id ${id}`);
}

function lookUp(session: SessionContext, parts: readonly string[]): FoundRelation | undefined {
  const { snapshot } = session;
  const name = parts.at(-1) ?? '';
  for (const schemaId of schemaIdsFor(session, parts)) {
    const id = snapshot.itemsOfSchema.get(schemaId)?.get(name);
    const item = id === undefined ? undefined : snapshot.items.get(id);
    if (item !== undefined) return { kind: 'item', item };
    const schema = snapshot.schemas.get(schemaId);
    if (schema === undefined || schema.databaseId !== null) continue;
    const relation = systemRelation(schema.name, name);
    if (relation !== undefined) return { kind: 'system', relation };
  }
  return undefined;
}

/** Schema and database names of a schema. */
export function schemaNames(
  session: SessionContext,
  schema: SchemaRecord | undefined,
): { readonly schema: string; readonly database: string | null } {
  const database = schema?.databaseId == null ? undefined : session.snapshot.databases.get(schema.databaseId);
  return { schema: schema?.name ?? '', database: database?.name ?? null };
}

/** `database.schema.name` of an item. */
export function fullName(session: SessionContext, item: Item): string {
  const { schema, database } = schemaNames(session, session.snapshot.schemas.get(item.schemaId));
  return [...(database === null ? [] : [database]), schema, item.name].join('.');
}

/** Functions are found on the path, or in the schema that was named. */
export function functionSchemaMatches(
  session: SessionContext,
  schema: string | undefined,
  defined: string,
): boolean {
  if (schema !== undefined) return schema === defined;
  if (defined === 'pg_catalog' || defined === 'mz_catalog') return true;
  const id = session.snapshot.schemaByName.get(`/${defined}`);
  return id !== undefined && session.effectiveSchemas.includes(id);
}
