import { describe, expect, it } from 'vitest';
import type { ColumnRecord, Item } from '../catalog/records.ts';
import { listOf, TEXT, typeByOid } from '../types/registry.ts';
import { ITEMS, sampleSnapshot } from './testing/sample-catalog.ts';
import { columnTypeOf, isUserRelation, userRelationColumns, userType } from './user-relation.ts';

const snapshot = sampleSnapshot();

function column(typeOid: number, rest: Partial<ColumnRecord> = {}): ColumnRecord {
  return { name: 'c', typeOid, typmod: -1, nullable: true, ...rest };
}

function tableNamed(name: string): Extract<Item, { readonly kind: 'table' }> {
  const item = ITEMS.find((candidate) => candidate.name === name);
  if (item?.kind !== 'table') throw new Error(`no table ${name}`);
  return item;
}

describe('columns of users’ relations', () => {
  it('have types, modifiers, defaults and comments', () => {
    const columns = userRelationColumns(snapshot, tableNamed('t'));
    expect(columns.map(({ name, type, nullable }) => [name, type.displayName, nullable])).toEqual([
      ['a', 'integer', false],
      ['b', 'character varying', true],
      ['c', 'text list', true],
    ]);
    expect(columns[1]).toMatchObject({ defaultSql: "'x'", comment: 'second' });
    expect(columns[2]?.type).toBe(listOf(TEXT));
  });

  it('keep a modifier', () => {
    expect(columnTypeOf(snapshot, column(1043, { typmod: 14 }))).toEqual({
      type: typeByOid(1043),
      typmod: 14,
    });
  });

  it('may have a type made with CREATE TYPE, under its own OID and name', () => {
    const item = ITEMS.find(({ name }) => name === 'ints');
    const { type } = columnTypeOf(snapshot, column(item?.oid ?? 0));
    expect(type).toMatchObject({ kind: 'list', oid: item?.oid, name: 'ints', displayName: 'ints' });
    expect(type.element).toBe(typeByOid(23));
    expect(userType(snapshot, item?.oid ?? 0)).toBe(type);
  });

  it('read as text when their type is gone', () => {
    expect(columnTypeOf(snapshot, column(29_999)).type).toBe(TEXT);
  });

  it('belong to tables, views and sources only', () => {
    const kinds = new Set(ITEMS.filter(isUserRelation).map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['materialized-view', 'source', 'table', 'view']);
  });
});
