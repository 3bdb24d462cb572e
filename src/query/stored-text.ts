/** The text of a stored query with the names that its relations have today. */
import type { Id } from '../catalog/ids.ts';
import type { StoredQuery } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { systemRelationById } from '../relations/registry.ts';
import { quoteIdent, quoteName } from '../sql/quote.ts';

/**
 * The query as it would be written now: every relation by its full name of today, with the alias it needs so that columns
 * still resolve.
 */
export function currentText(stored: StoredQuery, snapshot: Snapshot): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, id, alias } of stored.references) {
    parts.push(stored.sql.slice(at, start), nameOf(snapshot, id) ?? stored.sql.slice(start, end));
    if (alias !== undefined) parts.push(` AS ${quoteIdent(alias)}`);
    at = end;
  }
  parts.push(stored.sql.slice(at));
  return parts.join('');
}

/** `database.schema.name`, quoted; undefined when there is no such relation any more. */
function nameOf(snapshot: Snapshot, id: Id): string | undefined {
  const item = snapshot.items.get(id);
  if (item === undefined) {
    const relation = systemRelationById(id);
    return relation === undefined ? undefined : quoteName([relation.schema, relation.name]);
  }
  const schema = snapshot.schemas.get(item.schemaId);
  if (item.temporary !== undefined) return quoteName(['mz_temp', item.name]);
  const database = schema?.databaseId == null ? undefined : snapshot.databases.get(schema.databaseId)?.name;
  return quoteName([...(database === undefined ? [] : [database]), schema?.name ?? '', item.name]);
}
