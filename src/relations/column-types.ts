/** The types that columns of system relations have, by the names the shape tables use. */
import { allTypes, listOf } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';

let byDisplayName: ReadonlyMap<string, SqlType> | undefined;

/** The type of a shape table's column, e.g. `integer`, `mz_aclitem[]`, `text list`. Throws on a name that is not known. */
export function columnType(name: string): SqlType {
  byDisplayName ??= new Map(allTypes().map((type) => [type.displayName, type]));
  const element = name.endsWith(' list') ? byDisplayName.get(name.slice(0, -' list'.length)) : undefined;
  const type = element === undefined ? byDisplayName.get(name) : listOf(element);
  if (type === undefined) throw new Error(`unknown column type: ${name}`);
  return type;
}
