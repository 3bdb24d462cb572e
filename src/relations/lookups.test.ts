import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges } from '../catalog/apply.ts';
import { put } from '../catalog/changes.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { SqlArray, type Datum, type Row } from '../types/datum.ts';
import { allSystemRelations, systemRelation } from './registry.ts';
import type { RelationContext, RelationIndex, SystemRelation } from './relation.ts';
import { contextFor, ITEMS, sampleSnapshot } from './testing/sample-catalog.ts';

/** A text that tells datums apart, whatever they are. */
function fingerprint(datum: Datum): string {
  return JSON.stringify(datum, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    return value instanceof Map ? [...(value as ReadonlyMap<string, unknown>)] : value;
  });
}

const rowText = (row: Row): string => row.map(fingerprint).join('|');

/** Rows whose columns of the index equal the keys, as the caller of an index filters them. */
function matching(
  relation: SystemRelation,
  index: RelationIndex,
  rows: Iterable<Row>,
  keys: readonly Datum[],
) {
  const positions = index.columns.map((name) => relation.columns.findIndex((column) => column.name === name));
  return [...rows]
    .filter((row) => positions.every((at, i) => row[at] === keys[i]))
    .map(rowText)
    .sort();
}

function keysOf(relation: SystemRelation, index: RelationIndex, row: Row): readonly Datum[] {
  return index.columns.map(
    (name) => row[relation.columns.findIndex((column) => column.name === name)] ?? null,
  );
}

/** Every so many rows of a large relation; all of a small one. */
function sampleRows(rows: readonly Row[]): readonly Row[] {
  const step = Math.ceil(rows.length / 40);
  return rows.filter((_, i) => i % step === 0 || i >= rows.length - 20);
}

const UNKNOWN_KEYS: readonly Datum[] = ['u999999', '', 'no such name', 4_000_000_000, 0, -1n, false];

describe('indexes of system relations', () => {
  for (const relation of allSystemRelations()) {
    for (const index of relation.indexes ?? []) {
      const title = `${relation.schema}.${relation.name} (${index.columns.join(', ')})`;
      it(`${title} finds what a scan finds`, () => {
        for (const context of [contextFor(sampleSnapshot()), contextFor(sampleSnapshot(), 'u2')]) {
          const rows = [...relation.rows(context)];
          for (const row of sampleRows(rows)) {
            const keys = keysOf(relation, index, row);
            if (keys.includes(null)) continue;
            const expected = matching(relation, index, rows, keys);
            expect(matching(relation, index, index.find(context, keys), keys)).toEqual(expected);
          }
          for (const key of UNKNOWN_KEYS) {
            const keys = index.columns.map(() => key);
            const expected = matching(relation, index, rows, keys);
            expect(matching(relation, index, index.find(context, keys), keys)).toEqual(expected);
          }
          expect([
            ...index.find(
              context,
              index.columns.map(() => null),
            ),
          ]).toEqual([]);
        }
      });
    }
  }

  it('and scans give the same columns whether or not the later ones are wanted', () => {
    const context = contextFor(sampleSnapshot());
    const firsts = (rows: Iterable<Row>, width: number): string[] =>
      [...rows].map((row) => rowText(row.slice(0, width)));
    for (const relation of allSystemRelations()) {
      const all = [...relation.rows(context)];
      const count = relation.columns.length;
      for (const width of new Set([0, 1, Math.ceil(count / 2), count - 1, count])) {
        expect(firsts(relation.rows(context, width), width)).toEqual(firsts(all, width));
        for (const index of relation.indexes ?? []) {
          const keys = keysOf(relation, index, all.at(-1) ?? []);
          const found = [...index.find(context, keys)];
          expect(firsts(index.find(context, keys, width), width)).toEqual(firsts(found, width));
        }
      }
    }
  });

  it('agree with scans on catalogs of any items', () => {
    const names = fc.constantFrom('pw', 't', 'a', 'b');
    const schemas = fc.constantFrom('u3', 'u9');
    const catalogs = fc.array(fc.tuple(fc.nat(ITEMS.length - 1), names, schemas), { maxLength: 12 });
    const targets = ['mz_secrets', 'mz_objects', 'mz_columns', 'mz_connections'].map((name) =>
      systemRelation('mz_catalog', name),
    );
    fc.assert(
      fc.property(catalogs, (choices) => {
        const context = contextFor(withCopies(choices));
        for (const relation of targets) {
          if (relation === undefined) throw new Error('relation is missing');
          const rows = [...relation.rows(context)];
          const own = rows.filter((row) => String(row[0]).startsWith('u'));
          for (const index of relation.indexes ?? []) {
            for (const row of own) {
              const keys = keysOf(relation, index, row);
              const expected = matching(relation, index, rows, keys);
              expect(matching(relation, index, index.find(context, keys), keys)).toEqual(expected);
            }
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});

/** The sample with copies of some of its items under other names; a name that is taken is skipped. */
function withCopies(choices: readonly (readonly [number, string, string])[]): Snapshot {
  let snapshot = sampleSnapshot();
  choices.forEach(([which, name, schemaId], i) => {
    const item = ITEMS[which];
    if (item === undefined) return;
    const taken = item.kind === 'type' ? snapshot.typesOfSchema : snapshot.itemsOfSchema;
    if (taken.get(schemaId)?.has(name) === true) return;
    snapshot = applyChanges(snapshot, [
      put('item', { ...item, id: `u${500 + i}`, oid: 30_000 + i, name, schemaId }),
    ]);
  });
  return snapshot;
}

describe('a catalog of 20,000 secrets', () => {
  const secrets = Array.from({ length: 20_000 }, (_, i) =>
    put('item', {
      kind: 'secret',
      id: `u${1000 + i}`,
      oid: 40_000 + i,
      schemaId: 'u3',
      name: `secret_${i}`,
      ownerId: 'u1',
      privileges: [],
      dependsOn: [],
      createdAt: 0,
    }),
  );
  const snapshot = applyChanges(sampleSnapshot(), secrets, true);
  const context: RelationContext = contextFor(snapshot);

  it.each([
    ['mz_catalog', 'mz_secrets', ['name'], ['secret_777']],
    ['mz_catalog', 'mz_secrets', ['id'], ['u1777']],
    ['mz_catalog', 'mz_secrets', ['oid'], [40_777]],
    ['mz_catalog', 'mz_objects', ['name'], ['secret_777']],
    ['mz_internal', 'mz_show_secrets', ['schema_id', 'name'], ['u3', 'secret_777']],
  ] as const)('is found in %s.%s by %j without a walk', (schema, name, columns, keys) => {
    const index = systemRelation(schema, name)?.indexes?.find((i) => i.columns.join() === columns.join());
    const started = performance.now();
    const lookUps = 200;
    for (let i = 0; i < lookUps; i++) expect([...(index?.find(context, keys) ?? [])]).toHaveLength(1);
    // A walk over the secrets takes more than a millisecond each time; a look-up some microseconds.
    expect(performance.now() - started).toBeLessThan(lookUps * 0.5);
  });
});

describe('what rows refer to', () => {
  const context = contextFor(sampleSnapshot());
  const rowsOf = (schema: string, name: string): readonly Row[] => [
    ...(systemRelation(schema, name)?.rows(context) ?? []),
  ];
  const columnOf = (schema: string, name: string, column: string): readonly Datum[] => {
    const at =
      systemRelation(schema, name)?.columns.findIndex((candidate) => candidate.name === column) ?? -1;
    if (at < 0) throw new Error(`no column ${column} in ${name}`);
    return rowsOf(schema, name).map((row) => row[at] ?? null);
  };

  it.each([
    ['mz_catalog.mz_columns.id', 'mz_catalog.mz_relations.id'],
    ['mz_catalog.mz_columns.type_oid', 'mz_catalog.mz_types.oid'],
    ['mz_catalog.mz_relations.id', 'mz_catalog.mz_objects.id'],
    ['mz_catalog.mz_secrets.id', 'mz_catalog.mz_objects.id'],
    ['mz_catalog.mz_objects.schema_id', 'mz_catalog.mz_schemas.id'],
    ['mz_catalog.mz_objects.owner_id', 'mz_catalog.mz_roles.id'],
    ['mz_catalog.mz_indexes.on_id', 'mz_catalog.mz_relations.id'],
    ['mz_catalog.mz_index_columns.index_id', 'mz_catalog.mz_indexes.id'],
    ['mz_catalog.mz_array_types.element_id', 'mz_catalog.mz_types.id'],
    ['mz_catalog.mz_list_types.element_id', 'mz_catalog.mz_types.id'],
    ['mz_catalog.mz_functions.return_type_id', 'mz_catalog.mz_types.id'],
    ['mz_internal.mz_object_dependencies.referenced_object_id', 'mz_catalog.mz_objects.id'],
    ['mz_internal.mz_show_columns.id', 'mz_catalog.mz_relations.id'],
    ['pg_catalog.pg_attribute.attrelid', 'pg_catalog.pg_class.oid'],
    ['pg_catalog.pg_attribute.atttypid', 'pg_catalog.pg_type.oid'],
    ['pg_catalog.pg_attrdef.adrelid', 'pg_catalog.pg_class.oid'],
    ['pg_catalog.pg_class.relnamespace', 'pg_catalog.pg_namespace.oid'],
    ['pg_catalog.pg_class.relowner', 'pg_catalog.pg_roles.oid'],
    ['pg_catalog.pg_type.typnamespace', 'pg_catalog.pg_namespace.oid'],
    ['pg_catalog.pg_type.typelem', 'pg_catalog.pg_type.oid'],
    ['pg_catalog.pg_type.typarray', 'pg_catalog.pg_type.oid'],
    ['pg_catalog.pg_index.indrelid', 'pg_catalog.pg_class.oid'],
    ['pg_catalog.pg_index.indexrelid', 'pg_catalog.pg_class.oid'],
    ['pg_catalog.pg_description.classoid', 'pg_catalog.pg_class.oid'],
    ['pg_catalog.pg_proc.pronamespace', 'pg_catalog.pg_namespace.oid'],
    ['pg_catalog.pg_proc.prorettype', 'pg_catalog.pg_type.oid'],
    ['mz_tumbler.replica_secrets.secret_id', 'mz_catalog.mz_secrets.id'],
    ['mz_tumbler.replica_secrets.object_id', 'mz_catalog.mz_objects.id'],
    ['mz_tumbler.replica_secrets.replica_id', 'mz_catalog.mz_cluster_replicas.id'],
  ])('%s is in %s', (from, to) => {
    const [column, target] = [from, to].map((path) => {
      const [schema = '', name = '', of = ''] = path.split('.');
      return columnOf(schema, name, of);
    });
    const known = new Set(target);
    const dangling = new Set((column ?? []).filter((key) => key !== null && key !== 0 && !known.has(key)));
    expect([...dangling]).toEqual([]);
  });

  it.each([
    'mz_catalog.mz_objects.id',
    'mz_catalog.mz_objects.oid',
    'pg_catalog.pg_class.oid',
    'pg_catalog.pg_type.oid',
  ])('%s is unique', (path) => {
    const [schema = '', name = '', column = ''] = path.split('.');
    const keys = columnOf(schema, name, column);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('shows other databases in mz_catalog and not in pg_catalog', () => {
    const schemas = columnOf('mz_catalog', 'mz_schemas', 'name').filter((name) => name === 'public');
    expect(schemas).toHaveLength(2);
    expect(
      columnOf('pg_catalog', 'pg_namespace', 'nspname').filter((name) => name === 'public'),
    ).toHaveLength(1);
    expect(columnOf('mz_catalog', 'mz_secrets', 'name')).toEqual(['pw', 'pw']);
  });

  it('has no secrets and connections in pg_class', () => {
    const names = new Set(columnOf('pg_catalog', 'pg_class', 'relname'));
    expect(names).toContain('t');
    expect(names).not.toContain('pw');
    expect(names).not.toContain('pg');
  });

  it('shows the verifier of a password only where superusers alone may read', () => {
    const verifier = 'SCRAM-SHA-256$4096:AA==';
    const showing = (roleId: string): readonly string[] =>
      allSystemRelations()
        .filter((relation) =>
          [...relation.rows(contextFor(context.snapshot, roleId))].map(rowText).join().includes(verifier),
        )
        .map(({ name }) => name)
        .sort();
    const unreadable = ['mz_role_auth', 'pg_authid', 'pg_authid_core', 'pg_shadow'];
    for (const name of unreadable) {
      const relation = allSystemRelations().find((candidate) => candidate.name === name);
      expect(relation?.selectGrantedTo, name).toEqual([]);
    }
    expect(showing('u2')).toEqual(unreadable);
    expect(showing('u1')).toEqual([...unreadable, 'pg_user'].sort());
  });

  it('lists the keys of an index', () => {
    const keys = rowsOf('mz_internal', 'mz_show_indexes').find((row) => row[1] === 't_idx')?.[4];
    expect(keys).toEqual(new SqlArray(['a', 'upper(b)']));
    const [ours] = rowsOf('pg_catalog', 'pg_index').filter((row) => row[0] === 20112);
    expect(ours?.slice(9, 12)).toEqual([
      new SqlArray([1, 0], [2], [0]),
      new SqlArray([0, 0], [2], [0]),
      '{upper(b)}',
    ]);
  });
});
