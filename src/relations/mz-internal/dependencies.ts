/** What needs what: mz_object_dependencies and the relations derived from it. */
import type { Id } from '../../catalog/ids.ts';
import type { Item } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { Row } from '../../types/datum.ts';
import { index, type RelationRows, type RelationTable } from '../define.ts';
import { isRelation, itemsOfKind, objectById, objectByOid } from '../objects.ts';
import type { RelationContext } from '../relation.ts';
import { databaseIdOf } from '../visibility.ts';

/** Kinds whose items need others; secrets, by far the most, need nothing. */
const DEPENDENT_KINDS = [
  'connection',
  'source',
  'sink',
  'table',
  'view',
  'materialized-view',
  'index',
  'type',
] as const satisfies readonly Item['kind'][];

function* dependentItems(snapshot: Snapshot): Iterable<Item> {
  for (const kind of DEPENDENT_KINDS) yield* itemsOfKind(snapshot, kind);
}

function directRows(item: Item | undefined): readonly Row[] {
  return item === undefined ? [] : item.dependsOn.map((id): Row => [item.id, id]);
}

function* dependentRows(snapshot: Snapshot, id: Id): Iterable<Row> {
  for (const dependent of snapshot.dependents.get(id) ?? []) yield [dependent, id];
}

/** Everything an item needs, directly or not. */
function* closure(snapshot: Snapshot, item: Item): Iterable<Id> {
  const seen = new Set<Id>();
  const pending = [...item.dependsOn];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    yield id;
    pending.push(...(snapshot.items.get(id)?.dependsOn ?? []));
  }
}

function transitiveRows(snapshot: Snapshot, item: Item | undefined): readonly Row[] {
  return item === undefined ? [] : [...closure(snapshot, item)].map((id): Row => [item.id, id]);
}

/** Collections that an index, a materialized view or a sink reads: views are looked through. */
function collectionsRead(snapshot: Snapshot, item: Item): readonly Id[] {
  const found = new Set<Id>();
  const visit = (ids: readonly Id[]): void => {
    for (const id of ids) {
      const object = objectById(snapshot, id);
      if (object === undefined || !isRelation(object)) continue;
      const view = snapshot.items.get(id);
      if (view?.kind === 'view') visit(view.dependsOn);
      else found.add(id);
    }
  };
  visit(item.dependsOn);
  return [...found];
}

function readsRelation(kinds: ReadonlySet<Item['kind']>): RelationRows {
  const rowsOf = (snapshot: Snapshot, item: Item | undefined): readonly Row[] =>
    item === undefined || !kinds.has(item.kind)
      ? []
      : collectionsRead(snapshot, item).map((id): Row => [item.id, id]);
  return {
    *rows({ snapshot }) {
      for (const kind of kinds) {
        for (const item of itemsOfKind(snapshot, kind)) yield* rowsOf(snapshot, item);
      }
    },
    indexes: [index(['object_id'], ({ snapshot }, id: Id) => rowsOf(snapshot, snapshot.items.get(id)))],
  };
}

/** pg_class is where PostgreSQL lists everything that this relation speaks of. */
const PG_CLASS_OID = 16795;

/** Edges between relations and indexes of the active database. */
function* pgDependRows(context: RelationContext, item: Item): Iterable<Row> {
  const { snapshot, session } = context;
  if (!isRelation(item) && item.kind !== 'index') return;
  if (databaseIdOf(snapshot, item.schemaId) !== session.databaseId) return;
  for (const id of item.dependsOn) {
    const needed = objectById(snapshot, id);
    if (needed === undefined || !isRelation(needed)) continue;
    yield [PG_CLASS_OID, item.oid, 0, PG_CLASS_OID, needed.oid, 0, 'n'];
  }
}

export const DEPENDENCY_RELATIONS: RelationTable = {
  'mz_internal.mz_object_dependencies': {
    *rows({ snapshot }) {
      for (const item of dependentItems(snapshot)) yield* directRows(item);
    },
    indexes: [
      index(['object_id'], ({ snapshot }, id: Id) => directRows(snapshot.items.get(id))),
      index(['referenced_object_id'], ({ snapshot }, id: Id) => dependentRows(snapshot, id)),
    ],
  },
  'mz_internal.mz_object_transitive_dependencies': {
    *rows({ snapshot }) {
      for (const item of dependentItems(snapshot)) yield* transitiveRows(snapshot, item);
    },
    indexes: [
      index(['object_id'], ({ snapshot }, id: Id) => transitiveRows(snapshot, snapshot.items.get(id))),
    ],
  },
  'mz_internal.mz_compute_dependencies': readsRelation(new Set(['index', 'materialized-view'])),
  'mz_internal.mz_materialization_dependencies': readsRelation(
    new Set(['index', 'materialized-view', 'sink']),
  ),
  'pg_catalog.pg_depend': {
    *rows(context) {
      for (const item of dependentItems(context.snapshot)) yield* pgDependRows(context, item);
    },
    indexes: [
      index(['objid'], (context, oid: number) => {
        const object = objectByOid(context.snapshot, oid);
        const item = object === undefined ? undefined : context.snapshot.items.get(object.id);
        return item === undefined ? [] : pgDependRows(context, item);
      }),
    ],
  },
};
