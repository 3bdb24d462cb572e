/** Names of types as the catalog prints them. */
import type { Snapshot } from '../catalog/snapshot.ts';
import { typeByOid } from '../types/registry.ts';
import type { ObjectColumn } from './objects.ts';

/** The type of a column as SHOW COLUMNS prints it, without modifiers: `integer`, `text list`, or a user type's name. */
export function columnTypeText(
  snapshot: Snapshot,
  column: Pick<ObjectColumn, 'typeOid' | 'typeText'>,
): string {
  return column.typeText ?? typeNameByOid(snapshot, column.typeOid);
}

/** Display name of the type with this OID, built in or made by a user; `???` as format_type says when there is none. */
export function typeNameByOid(snapshot: Snapshot, oid: number): string {
  const builtIn = typeByOid(oid);
  if (builtIn !== undefined) return builtIn.displayName;
  const id = snapshot.itemByOid.get(oid);
  return (id === undefined ? undefined : snapshot.items.get(id)?.name) ?? '???';
}
