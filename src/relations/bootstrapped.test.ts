import { describe, expect, it } from 'vitest';
import { applyChanges, emptySnapshot } from '../catalog/apply.ts';
import { bootstrapChanges } from '../catalog/bootstrap.ts';
import { AMBIENT_SCHEMA_IDS, ambientSchemaName, CATALOG_SERVER_CLUSTER_ID } from './ambient.ts';
import { allSystemRelations, systemRelation } from './registry.ts';
import { contextFor } from './testing/sample-catalog.ts';

const snapshot = applyChanges(emptySnapshot(), bootstrapChanges(Date.UTC(2026, 0, 1)));
const context = contextFor(snapshot);

/** Values of one column of a relation. */
function column(schema: string, name: string, of: string): readonly unknown[] {
  const relation = systemRelation(schema, name);
  if (relation === undefined) throw new Error(`no relation ${name}`);
  const at = relation.columns.findIndex((candidate) => candidate.name === of);
  return [...relation.rows(context)].map((row) => row[at]);
}

describe('a fresh environment', () => {
  it('has the ambient schemas and the catalog cluster where this room takes them to be', () => {
    for (const [name, id] of Object.entries(AMBIENT_SCHEMA_IDS)) {
      expect(snapshot.schemas.get(id)).toMatchObject({ name, databaseId: null });
      expect(ambientSchemaName(id)).toBe(name);
    }
    expect(snapshot.clusters.get(CATALOG_SERVER_CLUSTER_ID)?.name).toBe('mz_catalog_server');
  });

  it('can be read in every relation', () => {
    for (const relation of allSystemRelations()) {
      for (const row of relation.rows(context)) expect(row).toHaveLength(relation.columns.length);
    }
  });

  it('is as documented: 25 audit events, one user cluster, no secrets, one built-in connection', () => {
    expect(column('mz_catalog', 'mz_audit_events', 'id')).toHaveLength(25);
    expect(column('mz_catalog', 'mz_secrets', 'id')).toEqual([]);
    expect(column('mz_catalog', 'mz_connections', 'name')).toEqual(['mz_analytics']);
    expect(column('mz_internal', 'mz_show_databases', 'name')).toEqual(['materialize']);
    expect(column('mz_internal', 'mz_show_roles', 'name')).toEqual(['materialize']);
    const clusters = column('mz_catalog', 'mz_clusters', 'name');
    expect(clusters.toSorted()).toEqual([
      'mz_analytics',
      'mz_catalog_server',
      'mz_probe',
      'mz_support',
      'mz_system',
      'quickstart',
    ]);
  });

  it('gives no built-in object the OID of a schema, role or network policy', () => {
    const oids = [
      ...column('mz_catalog', 'mz_objects', 'oid'),
      ...column('mz_catalog', 'mz_schemas', 'oid'),
      ...column('mz_catalog', 'mz_roles', 'oid'),
      ...column('mz_catalog', 'mz_databases', 'oid'),
      ...column('mz_internal', 'mz_network_policies', 'oid'),
    ];
    expect(oids.filter((oid, i) => oids.indexOf(oid) !== i)).toEqual([]);
  });
});
