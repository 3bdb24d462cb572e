/** Columns of users' tables, views and sources with their types, as a scan has them. */
import type { ColumnRecord, Item, TypeItem } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { listOf, mapOf, recordOf, TEXT, typeByOid } from '../types/registry.ts';
import type { ColumnType, SqlType } from '../types/sql-type.ts';
import { parseTypeName } from '../types/type-names.ts';
import { commentsOn } from './comments.ts';
import type { RelationColumn } from './relation.ts';

/** An item with columns of its own. */
export type UserRelation = Extract<Item, { readonly columns: readonly ColumnRecord[] }>;

/** Whether an item is a relation. */
export function isUserRelation(item: Item): item is UserRelation {
  return 'columns' in item;
}

/** A column with the type modifier that RowDescription carries. */
export interface UserColumn extends RelationColumn {
  readonly typmod: number;
  /** SQL text of the DEFAULT expression. */
  readonly defaultSql?: string;
}

/** Columns of a user's relation in order, with comments. */
export function userRelationColumns(snapshot: Snapshot, item: UserRelation): readonly UserColumn[] {
  const comments = new Map([...commentsOn(snapshot, item.kind, item.id)].map((c) => [c.position, c.text]));
  return item.columns.map((column, i) => {
    const comment = comments.get(i + 1);
    return {
      name: column.name,
      ...columnTypeOf(snapshot, column),
      nullable: column.nullable,
      ...(column.defaultSql === undefined ? {} : { defaultSql: column.defaultSql }),
      ...(comment === undefined ? {} : { comment }),
    };
  });
}

/** Type and modifier of a column record. Text for a type that is gone, so that what is stored can still be read. */
export function columnTypeOf(snapshot: Snapshot, column: ColumnRecord): ColumnType {
  const { typeOid, typmod, typeText } = column;
  const builtIn = typeByOid(typeOid);
  if (builtIn !== undefined && builtIn.kind !== 'pseudo') return { type: builtIn, typmod };
  const anonymous = typeText === undefined ? undefined : parseTypeName(typeText)?.type;
  return { type: anonymous ?? userType(snapshot, typeOid) ?? builtIn ?? TEXT, typmod };
}

const userTypes = new WeakMap<TypeItem, SqlType>();

/** The type that a CREATE TYPE item stands for: of its make, with the OID and the name of the item. */
export function userType(snapshot: Snapshot, oid: number): SqlType | undefined {
  const id = snapshot.itemByOid.get(oid);
  const item = id === undefined ? undefined : snapshot.items.get(id);
  if (item?.kind !== 'type') return undefined;
  let type = userTypes.get(item);
  if (type === undefined) {
    type = { ...makeType(snapshot, item), oid, name: item.name, displayName: item.name };
    userTypes.set(item, type);
  }
  return type;
}

function makeType(snapshot: Snapshot, { detail }: TypeItem): SqlType {
  const named = (oid: number, text: string): SqlType =>
    columnTypeOf(snapshot, { name: '', typeOid: oid, typmod: -1, typeText: text, nullable: true }).type;
  switch (detail.type) {
    case 'list':
      return listOf(named(detail.elementOid, detail.elementText));
    case 'map':
      return mapOf(named(detail.valueOid, detail.valueText));
    case 'record':
      return recordOf(
        detail.fields.map((field) => ({ name: field.name, type: columnTypeOf(snapshot, field).type })),
      );
  }
}
