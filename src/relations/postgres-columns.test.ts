/** The columns and relations beyond Materialize's, which clients of PostgreSQL read. */
import { describe, expect, it } from 'vitest';
import type { AclItemDatum, SqlArray } from '../types/datum.ts';
import { type Datum } from '../types/datum.ts';
import { CATALOG_SHAPES } from './data/catalog-shapes.ts';
import { POSTGRES_COLUMNS } from './data/postgres-shapes.ts';
import { parseColumns } from './data/shape.ts';
import { allSystemRelations, systemRelation } from './registry.ts';
import { contextFor, sampleSnapshot } from './testing/sample-catalog.ts';

const context = contextFor(sampleSnapshot());

type Named = Readonly<Record<string, Datum>>;

/** Rows of a relation of pg_catalog, or of another schema, by column name. */
function rowsOf(name: string, schema = 'pg_catalog'): readonly Named[] {
  const relation = systemRelation(schema, name);
  if (relation === undefined) throw new Error(`no relation ${schema}.${name}`);
  const names = relation.columns.map((column) => column.name);
  return [...relation.rows(context)].map((row) =>
    Object.fromEntries(names.map((column, i) => [column, row[i] ?? null])),
  );
}

const one = (name: string, wanted: Named, schema?: string): Named | undefined =>
  rowsOf(name, schema).find((row) =>
    Object.entries(wanted).every(([column, value]) => row[column] === value),
  );

describe('columns that clients of PostgreSQL read', () => {
  it('stand behind the columns that a relation has anyway', () => {
    expect(POSTGRES_COLUMNS.length).toBeGreaterThan(15);
    for (const [relation, added] of POSTGRES_COLUMNS) {
      const [schema = '', name = ''] = relation.split('.');
      const shape = CATALOG_SHAPES.find((row) => row[0] === schema && row[1] === name);
      const own = parseColumns(shape?.[6] ?? '').map((column) => column.name);
      const all = systemRelation(schema, name)?.columns.map((column) => column.name) ?? [];
      expect(all.slice(0, own.length), relation).toEqual(own);
      expect(all.slice(own.length), relation).toEqual(parseColumns(added).map((column) => column.name));
      expect(new Set(all).size, relation).toBe(all.length);
    }
  });

  it('share no OID among relations', () => {
    const oids = allSystemRelations().map(({ oid }) => oid);
    expect(new Set(oids).size).toBe(oids.length);
  });

  it('describe types', () => {
    expect(one('pg_type', { typname: 'int4' })).toMatchObject({
      typlen: 4,
      typbyval: true,
      typalign: 'i',
      typstorage: 'p',
      typispreferred: false,
      typisdefined: true,
    });
    expect(one('pg_type', { typname: '_text' })).toMatchObject({
      typlen: -1,
      typbyval: false,
      typstorage: 'x',
    });
    const functions = new Set(rowsOf('pg_proc').map((row) => row['oid']));
    const text = one('pg_type', { typname: 'text' });
    for (const column of ['typinput', 'typoutput', 'typreceive', 'typsend']) {
      expect(functions, column).toContain(text?.[column]);
    }
  });

  it('describe functions', () => {
    expect(one('pg_proc', { proname: 'generate_series', pronargs: 2 })).toMatchObject({
      proretset: true,
      prokind: 'f',
      proisagg: false,
      prorows: 1000,
    });
    expect(one('pg_proc', { proname: 'rank' })).toMatchObject({ proiswindow: true, prokind: 'w' });
    const concat = one('pg_proc', { proname: 'concat_ws' });
    expect(concat?.['provariadic']).toBe(2276);
    expect((concat?.['proargtypes'] as SqlArray).elements).toHaveLength(2);
    expect((concat?.['proargtypes'] as SqlArray).lowerBounds).toEqual([0]);
  });

  it('describe operators', () => {
    const less = one('pg_operator', { oid: 97 });
    expect(less).toMatchObject({ oprname: '<', oprkind: 'b', oprcom: 521, oprnegate: 525, oprcode: 66 });
    expect(one('pg_operator', { oid: 96 })).toMatchObject({ oprcanhash: true, oprcanmerge: true });
  });

  it('give the method of every index', () => {
    const methods = new Set(rowsOf('pg_am').map((row) => row['oid']));
    const indexes = rowsOf('pg_class').filter((row) => row['relkind'] === 'i');
    expect(indexes.length).toBeGreaterThan(10);
    for (const { relname, relam } of indexes) expect(methods, String(relname)).toContain(relam);
  });

  it('give grants by role OID', () => {
    const acl = one('pg_class', { relname: 'mz_secrets' })?.['relacl'] as SqlArray;
    expect(acl.elements.every((entry) => /^\d+$/.test((entry as AclItemDatum).grantee))).toBe(true);
    expect(acl.elements.some((entry) => (entry as AclItemDatum).privileges.includes('r'))).toBe(true);
  });

  it('name the type of every column of information_schema as pg_type does', () => {
    const types = new Set(rowsOf('pg_type').map((row) => row['typname']));
    const columns = rowsOf('columns', 'information_schema');
    expect(columns.length).toBeGreaterThan(1000);
    for (const { table_name, column_name, udt_name } of columns) {
      if (udt_name !== null)
        expect(types, `${String(table_name)}.${String(column_name)}`).toContain(udt_name);
    }
    expect(
      one('columns', { table_name: 'mz_secrets', column_name: 'oid' }, 'information_schema'),
    ).toMatchObject({
      udt_name: 'oid',
      udt_schema: 'pg_catalog',
      is_identity: 'NO',
      is_updatable: 'NO',
    });
  });

  it('list the casts that there are', () => {
    expect(one('pg_cast', { castsource: 23, casttarget: 20 })).toMatchObject({
      castcontext: 'i',
      castmethod: 'f',
    });
    expect(one('pg_cast', { castsource: 20, casttarget: 23 })).toMatchObject({ castcontext: 'a' });
  });

  it('list tables in the statistics views without inventing counts', () => {
    const row = one('pg_statio_user_tables', { relname: 't' });
    expect(row).toMatchObject({ heap_blks_read: null });
    expect(one('pg_statio_user_tables', { relname: 'mz_secrets' })).toBeUndefined();
  });

  it('find by index what a walk finds', () => {
    for (const name of ['pg_proc', 'pg_class', 'pg_type']) {
      const relation = systemRelation('pg_catalog', name);
      const byOid = relation?.indexes?.find(({ columns }) => columns.join() === 'oid');
      const walked = [...(relation?.rows(context) ?? [])];
      for (const row of walked.filter((_, i) => i % 97 === 0)) {
        expect([...(byOid?.find(context, [row[0] ?? null]) ?? [])], name).toEqual([row]);
      }
    }
  });
});
