/** Indexes as PostgreSQL's clients see them. */
import type { Snapshot } from '../../catalog/snapshot.ts';
import { indexedId, keyParts, type IndexObject } from '../indexed.ts';
import { columnsOf, isRelation, objectById } from '../objects.ts';
import { ItemPrinter } from './printer.ts';

/** `CREATE INDEX <name> ON <relation> USING arrangement (<keys>)`: what pg_get_indexdef and pg_indexes show. */
export function arrangementText(snapshot: Snapshot, object: IndexObject): string {
  const p = new ItemPrinter(snapshot, 'simple');
  const on = objectById(snapshot, indexedId(object));
  const columns = on !== undefined && isRelation(on) ? columnsOf(on) : [];
  const keys = keyParts(object, columns).map(({ column, sql }) => {
    const name = column === null ? undefined : columns[column - 1]?.name;
    return name === undefined ? sql : p.ident(name);
  });
  const relation = on === undefined ? indexedId(object) : p.fullName(on);
  return `CREATE INDEX ${p.ident(object.name)} ON ${relation} USING arrangement (${keys.join(', ')})`;
}
