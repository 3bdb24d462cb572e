/** The relations behind SHOW listings of objects. */
import { isUserId, type Id } from '../../catalog/ids.ts';
import type { ReplicaRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { Datum, Row } from '../../types/datum.ts';
import { columnComments, commentText, objectComment } from '../comments.ts';
import { entityRelation, index, objectRelation, type RelationRows, type RelationTable } from '../define.ts';
import { indexedId, keyParts, type IndexObject } from '../indexed.ts';
import {
  clusterOf,
  columnsOf,
  isRelation,
  isSystem,
  objectById,
  RELATION_KINDS,
  type CatalogObject,
  type ObjectKind,
  type ObjectOf,
} from '../objects.ts';
import { sourceType } from '../mz-catalog/sources.ts';
import type { RelationContext } from '../relation.ts';
import { columnTypeText } from '../type-text.ts';
import { textArray } from '../values.ts';
import { isReady } from './statuses.ts';

const SCHEMA_KEYS = { name: 'name', schemaId: 'schema_id' };
const ID_KEYS = { id: 'id', ...SCHEMA_KEYS };

/** schema_id, name, extra columns, comment. */
function listing<K extends ObjectKind>(
  kinds: readonly K[],
  extra: (context: RelationContext, object: ObjectOf<K>) => readonly Datum[] = () => [],
): RelationRows {
  return objectRelation(kinds, SCHEMA_KEYS, (context, object) => {
    const { schemaId, name } = object as unknown as CatalogObject;
    const comment = objectComment(context.snapshot, object as unknown as CatalogObject);
    return [[schemaId, name, ...extra(context, object), comment]];
  });
}

function clusterName(snapshot: Snapshot, id: Id | null): string | null {
  return id === null ? null : (snapshot.clusters.get(id)?.name ?? null);
}

/** id, name, extra columns, cluster, schema_id, cluster_id, comment. */
function clusteredListing<K extends ObjectKind>(
  kinds: readonly K[],
  extra: (object: ObjectOf<K>) => readonly Datum[] = () => [],
): RelationRows {
  return objectRelation(kinds, ID_KEYS, ({ snapshot }, object) => {
    const any = object as unknown as CatalogObject;
    const cluster = clusterOf(snapshot, any);
    const head: readonly Datum[] = [any.id, any.name, ...extra(object), clusterName(snapshot, cluster)];
    return [[...head, any.schemaId, cluster, objectComment(snapshot, any)]];
  });
}

function indexRow({ snapshot }: RelationContext, object: IndexObject): Row {
  const on = objectById(snapshot, indexedId(object));
  const columns = on !== undefined && isRelation(on) ? columnsOf(on) : [];
  const key = keyParts(object, columns).map(({ column, sql }) =>
    column === null ? sql : (columns[column - 1]?.name ?? sql),
  );
  return [
    object.id,
    object.name,
    on?.name ?? '',
    clusterName(snapshot, object.clusterId),
    textArray(key),
    indexedId(object),
    object.schemaId,
    object.clusterId,
    objectComment(snapshot, object),
  ];
}

const indexListing = objectRelation(['index'], ID_KEYS, (context, object) => [indexRow(context, object)]);

function replicaRow({ snapshot }: RelationContext, { id, name, clusterId, size }: ReplicaRecord): Row {
  const comment = commentText(snapshot, 'cluster-replica', id);
  return [clusterName(snapshot, clusterId), name, id, size, isReady(snapshot, id), comment];
}

/** `r1 (100cc), r2 (100cc)` in the order of names, null without replicas. */
function replicaList(snapshot: Snapshot, clusterId: Id): string | null {
  const replicas = (snapshot.replicasOfCluster.get(clusterId) ?? []).flatMap(
    (id) => snapshot.replicas.get(id) ?? [],
  );
  const texts = replicas
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ name, size }) => `${name} (${size})`);
  return texts.length === 0 ? null : texts.join(', ');
}

export const SHOW_RELATIONS: RelationTable = {
  'mz_internal.mz_show_all_objects': listing(
    [...RELATION_KINDS, 'index', 'sink', 'connection', 'secret', 'type', 'function'],
    (_, object) => [object.kind],
  ),
  'mz_internal.mz_show_secrets': listing(['secret']),
  'mz_internal.mz_show_views': listing(['view']),
  'mz_internal.mz_show_types': listing(['type']),
  'mz_internal.mz_show_connections': listing(['connection'], (_, connection) => [connection.connectionType]),
  'mz_internal.mz_show_tables': objectRelation(['table'], SCHEMA_KEYS, ({ snapshot }, table) => [
    [
      table.schemaId,
      table.name,
      objectComment(snapshot, table),
      isSystem(table) ? null : (table.sourceId ?? null),
    ],
  ]),
  'mz_internal.mz_show_sources': clusteredListing(['source'], (source) => [sourceType(source)]),
  'mz_internal.mz_show_sinks': clusteredListing(['sink'], (sink) => [sink.detail.type]),
  'mz_internal.mz_show_materialized_views': clusteredListing(['materialized-view']),
  'mz_internal.mz_show_continual_tasks': clusteredListing(['continual-task']),
  'mz_internal.mz_show_indexes': indexListing,
  'mz_internal.mz_show_columns': objectRelation(RELATION_KINDS, { id: 'id' }, ({ snapshot }, relation) => {
    const comments = columnComments(snapshot, relation);
    return columnsOf(relation).map((column, i): Row => {
      const type = columnTypeText(snapshot, column);
      return [relation.id, column.name, column.nullable, type, BigInt(i + 1), comments.get(i + 1) ?? ''];
    });
  }),
  'mz_internal.mz_show_databases': entityRelation({
    all: (snapshot) => snapshot.databases.values(),
    keys: {
      name: (snapshot, name) => snapshot.databases.get(snapshot.databaseByName.get(name as string) ?? ''),
    },
    row: ({ snapshot }, { id, name }) => [name, commentText(snapshot, 'database', id)],
  }),
  'mz_internal.mz_show_schemas': entityRelation({
    all: (snapshot) => snapshot.schemas.values(),
    keys: {},
    row: ({ snapshot }, { id, name, databaseId }) => [databaseId, name, commentText(snapshot, 'schema', id)],
  }),
  'mz_internal.mz_show_roles': entityRelation({
    all: (snapshot) => snapshot.roles.values(),
    keys: { name: (snapshot, name) => snapshot.roles.get(snapshot.roleByName.get(name as string) ?? '') },
    row: ({ snapshot }, { id, name }) => (isUserId(id) ? [name, commentText(snapshot, 'role', id)] : null),
  }),
  'mz_internal.mz_show_clusters': entityRelation({
    all: (snapshot) => snapshot.clusters.values(),
    keys: {
      name: (snapshot, name) => snapshot.clusters.get(snapshot.clusterByName.get(name as string) ?? ''),
    },
    row: ({ snapshot }, { id, name }) => [
      name,
      replicaList(snapshot, id),
      commentText(snapshot, 'cluster', id),
    ],
  }),
  'mz_internal.mz_show_cluster_replicas': {
    *rows(context) {
      for (const replica of context.snapshot.replicas.values()) yield replicaRow(context, replica);
    },
    indexes: [
      index(['cluster'], function* (context, name: string): Iterable<Row> {
        const { snapshot } = context;
        for (const id of snapshot.replicasOfCluster.get(snapshot.clusterByName.get(name) ?? '') ?? []) {
          const replica = snapshot.replicas.get(id);
          if (replica !== undefined) yield replicaRow(context, replica);
        }
      }),
    ],
  },
  'mz_internal.mz_show_network_policies': entityRelation({
    all: (snapshot) => snapshot.small.networkPolicy.values(),
    keys: {},
    row: ({ snapshot }, { id, name, rules }) => {
      const names = rules.map((rule) => rule.name).join(',');
      return [name, rules.length === 0 ? null : names, commentText(snapshot, 'network-policy', id)];
    },
  }),
};
