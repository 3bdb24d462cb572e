/** How objects are called in messages. */
import type { Item, ItemKind, SchemaRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';

/** Upper-case kind words: `CONNECTION`. */
export const ITEM_KIND_TEXT = {
  secret: 'SECRET',
  connection: 'CONNECTION',
  source: 'SOURCE',
  sink: 'SINK',
  table: 'TABLE',
  view: 'VIEW',
  'materialized-view': 'MATERIALIZED VIEW',
  index: 'INDEX',
  type: 'TYPE',
} satisfies Record<ItemKind, string>;

/** Lower-case kind words: `materialized view`. */
export function kindWord(kind: ItemKind): string {
  return ITEM_KIND_TEXT[kind].toLowerCase();
}

export function fullSchemaName(snapshot: Snapshot, schema: SchemaRecord): string {
  const database = schema.databaseId === null ? undefined : snapshot.databases.get(schema.databaseId);
  return database === undefined ? schema.name : `${database.name}.${schema.name}`;
}

/** `materialize.public.s`, unquoted as messages have it. */
export function fullItemName(snapshot: Snapshot, item: Item): string {
  const schema = snapshot.schemas.get(item.schemaId);
  if (schema === undefined) return `mz_temp.${item.name}`;
  return `${fullSchemaName(snapshot, schema)}.${item.name}`;
}

/** `TABLE "materialize.public.t"`; SYSTEM has no name. */
export function describeObject(kind: string, fullName: string): string {
  return `${kind} "${fullName}"`;
}

/** `u1.u3.t`: ids of database and schema, then the name; some messages print names so. */
export function idPath(snapshot: Snapshot, item: Item): string {
  const databaseId = snapshot.schemas.get(item.schemaId)?.databaseId;
  return [
    ...(databaseId === null || databaseId === undefined ? [] : [databaseId]),
    item.schemaId,
    item.name,
  ].join('.');
}
