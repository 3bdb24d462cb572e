import { describe, expect, it } from 'vitest';
import { AclItemDatum, Interval, Jsonb, SqlArray, SqlList, type Datum, type Row } from '../types/datum.ts';
import { Numeric } from '../types/numeric.ts';
import type { SqlType } from '../types/sql-type.ts';
import {
  allSystemRelations,
  relationsWithRows,
  systemRelation,
  systemRelationById,
  systemRelationByOid,
} from './registry.ts';
import type { RelationContext, SystemRelation } from './relation.ts';
import { systemIndexObjects } from './system-catalog.ts';
import { contextFor, sampleSnapshot } from './testing/sample-catalog.ts';

const context: RelationContext = contextFor(sampleSnapshot());

const CHECKS: Readonly<Record<string, (datum: Datum) => boolean>> = {
  bool: (d) => typeof d === 'boolean',
  bytea: (d) => d instanceof Uint8Array,
  char: (d) => typeof d === 'string' && d.length <= 1,
  int2: (d) => Number.isInteger(d) && Math.abs(d as number) < 2 ** 15,
  int4: (d) => Number.isInteger(d) && Math.abs(d as number) < 2 ** 31,
  int8: (d) => typeof d === 'bigint',
  uint4: (d) => Number.isInteger(d) && (d as number) >= 0,
  uint8: (d) => typeof d === 'bigint' && d >= 0n,
  oid: (d) => Number.isInteger(d) && (d as number) >= 0,
  regproc: (d) => Number.isInteger(d) && (d as number) >= 0,
  float4: (d) => typeof d === 'number',
  float8: (d) => typeof d === 'number',
  numeric: (d) => d instanceof Numeric,
  text: (d) => typeof d === 'string',
  name: (d) => typeof d === 'string',
  uuid: (d) => typeof d === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(d),
  timestamptz: (d) => typeof d === 'bigint',
  interval: (d) => d instanceof Interval,
  jsonb: (d) => d instanceof Jsonb,
  mz_timestamp: (d) => typeof d === 'bigint',
  mz_aclitem: (d) => d instanceof AclItemDatum && /^[arwdUCRBNP]+$/.test(d.privileges),
  xid: (d) => Number.isInteger(d) && (d as number) >= 0,
  aclitem: (d) => d instanceof AclItemDatum && /^\d+$/.test(d.grantee),
  oidvector: (d) => d instanceof SqlArray && d.elements.every((e) => Number.isInteger(e)),
  int2vector: (d) => d instanceof SqlArray && d.elements.every((e) => Number.isInteger(e)),
};

/** Whether a datum is held the way datum.ts says its type is. */
function fits(type: SqlType, datum: Datum): boolean {
  const { element } = type;
  if (type.name in CHECKS) return CHECKS[type.name]?.(datum) ?? false;
  if (element === undefined) return false;
  if (type.kind === 'array')
    return datum instanceof SqlArray && datum.elements.every((e) => fits(element, e));
  if (type.kind === 'list') return datum instanceof SqlList && datum.elements.every((e) => fits(element, e));
  return false;
}

function misfits(relation: SystemRelation, row: Row): readonly string[] {
  if (row.length !== relation.columns.length)
    return [`${row.length} values for ${relation.columns.length} columns`];
  return relation.columns.flatMap(({ name, type, nullable }, i) => {
    const datum = row[i] ?? null;
    if (datum === null) return nullable ? [] : [`${name} is NULL`];
    return fits(type, datum) ? [] : [`${name} is no ${type.displayName}: ${String(datum)}`];
  });
}

describe('the registry of system relations', () => {
  it('has every relation of each schema', () => {
    const counts = new Map<string, number>();
    for (const { schema } of allSystemRelations()) counts.set(schema, (counts.get(schema) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({
      mz_catalog: 44,
      mz_internal: 137,
      mz_introspection: 74,
      pg_catalog: 107,
      information_schema: 38,
      mz_tumbler: 5,
    });
    expect(systemIndexObjects()).toHaveLength(75);
  });

  it('finds a relation by name, OID and id', () => {
    for (const relation of allSystemRelations()) {
      expect(systemRelation(relation.schema, relation.name)).toBe(relation);
      expect(systemRelationByOid(relation.oid)).toBe(relation);
      expect(systemRelationById(relation.id)).toBe(relation);
    }
    expect(systemRelation('mz_catalog', 'mz_sekrets')).toBeUndefined();
  });

  it('gives mz_secrets the documented shape', () => {
    const secrets = systemRelation('mz_catalog', 'mz_secrets');
    expect(secrets?.oid).toBe(16727);
    expect(secrets?.columns.map(({ name, type, nullable }) => [name, type.displayName, nullable])).toEqual([
      ['id', 'text', false],
      ['oid', 'oid', false],
      ['schema_id', 'text', false],
      ['name', 'text', false],
      ['owner_id', 'text', false],
      ['privileges', 'mz_aclitem[]', false],
    ]);
  });

  it('has no rows for a relation that does not exist', () => {
    for (const name of relationsWithRows()) {
      const [schema = '', relation = ''] = name.split('.');
      expect(systemRelation(schema, relation), name).toBeDefined();
    }
  });

  it('names only columns that exist in indexes', () => {
    for (const { schema, name, columns, indexes } of allSystemRelations()) {
      const names = new Set(columns.map((column) => column.name));
      for (const index of indexes ?? []) {
        for (const column of index.columns) expect(names, `${schema}.${name}`).toContain(column);
      }
    }
  });
});

describe('rows of system relations', () => {
  for (const relation of allSystemRelations()) {
    const name = `${relation.schema}.${relation.name}`;
    it(`of ${name} are as its columns say`, () => {
      let number = 0;
      for (const row of relation.rows(context)) {
        number += 1;
        if (number > 3000) break;
        expect(misfits(relation, row), `row ${number}`).toEqual([]);
      }
    });
  }
});
