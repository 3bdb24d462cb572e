/** Types as statements name them: built-in ones, lists and maps, and users' own. */
import type { Id } from '../../catalog/ids.ts';
import type { ColumnRecord, TypeItem } from '../../catalog/records.ts';
import { planError, unsupported } from '../../errors.ts';
import type { TypeRef } from '../../sql/nodes.ts';
import type { ColumnType } from '../../types/sql-type.ts';
import { parseTypeName } from '../../types/type-names.ts';
import { formatType } from '../../types/typmod.ts';
import type { Scope } from '../statements/handler.ts';
import { requireUsage } from './access.ts';
import { findItem } from './resolve.ts';

/** A type and, where it is a user's own, the item that it depends on. */
export interface ResolvedType extends ColumnType {
  readonly itemId: Id | null;
}

/** Looks a type up. Throws `type "<t>" does not exist`. */
export function resolveType(scope: Scope, ref: TypeRef): ResolvedType {
  const builtIn = parseTypeName(ref.sql);
  if (builtIn !== undefined) {
    if (builtIn.type.kind === 'pseudo') throw planError(`type "${ref.sql}" does not exist`);
    return { ...builtIn, itemId: null };
  }
  const parts = ref.sql.split('.').map((part) => part.trim().replace(/^"(.*)"$/, '$1'));
  const item = findItem(scope, { parts, span: ref.span }, scope.snapshot, true);
  if (item?.kind !== 'type') throw planError(`type "${parts.join('.')}" does not exist`);
  requireUsage(scope, item);
  return { ...underlying(item), itemId: item.id };
}

/** What values of a user's type are made of. */
function underlying(item: TypeItem): ColumnType {
  switch (item.detail.type) {
    case 'list':
      return named(`${item.detail.elementText} list`);
    case 'map':
      return named(`map[text=>${item.detail.valueText}]`);
    case 'record':
      throw unsupported('columns of a composite type are');
  }
}

function named(text: string): ColumnType {
  const type = parseTypeName(text);
  if (type === undefined) throw planError(`type "${text}" does not exist`);
  return type;
}

/** A column as the catalog keeps it. Anonymous lists and maps share an OID, so their text says which they are. */
export function columnRecord(name: string, { type, typmod }: ColumnType, nullable: boolean): ColumnRecord {
  const anonymous = type.kind === 'list' || type.kind === 'map';
  return {
    name,
    typeOid: type.oid,
    typmod,
    nullable,
    ...(anonymous ? { typeText: formatType(type, typmod) } : {}),
  };
}
