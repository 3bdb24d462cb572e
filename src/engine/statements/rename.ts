/** ALTER ... RENAME TO and SWAP WITH. Source: documentation of ALTER ... RENAME, ALTER ... SWAP. */
import { put, type Change } from '../../catalog/changes.ts';
import type { Item, ItemKind, SchemaRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError } from '../../errors.ts';
import type { AlterRename, AlterSwap, ObjectKind } from '../../sql/nodes.ts';
import { auditChange } from '../audit.ts';
import type { IdSource } from '../committer.ts';
import {
  requireClusterOwner,
  requireDatabasePrivilege,
  requireItemOwner,
  requireNoCopies,
  requireNoCopy,
  requireOwner,
} from '../support/access.ts';
import { requireFlag } from '../support/flags.ts';
import { auditName } from '../support/new-item.ts';
import { fullSchemaName } from '../support/names.ts';
import {
  clusterNamed,
  findItem,
  findSchema,
  isSystemItem,
  itemAt,
  itemNamed,
  requireUserCluster,
  schemaNamed,
  written,
  wrongKind,
} from '../support/resolve.ts';
import { checkSchemaName } from './namespace.ts';
import { checkClusterName } from './cluster-config.ts';
import { replicaNamed } from './drop-replicas.ts';
import { skipNotice } from '../support/skip-notice.ts';
import { done, type Handler, type RunScope, type Scope } from './handler.ts';
import { replicasOf } from './replica-changes.ts';

const RENAMED_ITEMS: Partial<Record<ObjectKind, ItemKind>> = {
  table: 'table',
  view: 'view',
  'materialized view': 'materialized-view',
  source: 'source',
  sink: 'sink',
  index: 'index',
  secret: 'secret',
  connection: 'connection',
};

export const alterRename: Handler<AlterRename> = {
  transaction: 'ddl',
  tag: (node) => `ALTER ${node.objectKind.toUpperCase()}`,
  async run(node, scope) {
    const tag = `ALTER ${node.objectKind.toUpperCase()}`;
    if (node.ifExists && !exists(node, scope)) {
      skipNotice(scope, node.objectKind, written(node.name));
      return done(tag);
    }
    const kind = RENAMED_ITEMS[node.objectKind];
    if (kind !== undefined) await renameItem(node, kind, scope);
    else if (node.objectKind === 'cluster') await renameCluster(node, scope);
    else if (node.objectKind === 'cluster replica') await renameReplica(node, scope);
    else if (node.objectKind === 'schema') await renameSchema(node, scope);
    else if (node.objectKind === 'type') throw planError(`cannot rename type: ${written(node.name)}`);
    else throw planError(`renaming a ${node.objectKind} not supported`).with({ code: '0A000' });
    return done(tag);
  },
};

function exists(node: AlterRename | AlterSwap, scope: Scope): boolean {
  const { parts } = node.name;
  switch (node.objectKind) {
    case 'cluster':
      return scope.snapshot.clusterByName.has(parts[0]!);
    case 'schema':
      return findSchema(scope, parts, scope.snapshot) !== undefined;
    case 'cluster replica': {
      const id = scope.snapshot.clusterByName.get(parts[0]!);
      return id !== undefined && replicasOf(scope.snapshot, id).some((r) => r.name === parts[1]);
    }
    default:
      return findItem(scope, node.name) !== undefined;
  }
}

async function renameItem(node: AlterRename, kind: ItemKind, scope: RunScope): Promise<void> {
  if (findItem(scope, node.name) === undefined && isSystemItem(scope, node.name)) {
    throw planError(`system item '${written(node.name)}' cannot be modified`);
  }
  const item = itemNamed(scope, node.name);
  if (item.kind !== kind) throw wrongKind(scope, item, kind);
  requireItemOwner(scope, item);
  await scope.commit((tip, ids) => {
    const before = tip.items.get(item.id);
    if (before === undefined) throw planError(`unknown catalog item '${written(node.name)}'`);
    requireNoCopy(scope, before);
    requireNoCopies(scope, tip, before);
    if (itemAt(tip, before.schemaId, node.to) !== undefined) {
      throw planError(`catalog item '${node.to}' already exists`);
    }
    return { changes: renameItemChanges(scope, tip, ids, before, node.to), result: undefined };
  });
}

function renameItemChanges(scope: Scope, tip: Snapshot, ids: IdSource, before: Item, to: string): Change[] {
  const after: Item = { ...before, name: to };
  const nameOf = (item: Item): unknown => {
    const { database, item: name, schema } = auditName(tip, item);
    return { database, item: name, schema };
  };
  const details = { id: before.id, new_name: nameOf(after), old_name: nameOf(before) };
  return [put('item', after), auditChange(ids, scope, 'alter', before.kind, details)];
}

function clusterRename(scope: Scope, tip: Snapshot, ids: IdSource, from: string, to: string): Change[] {
  const cluster = clusterNamed(tip, from);
  const history = [...tip.small.replicaHistory.values()].filter(
    (h) => h.clusterId === cluster.id && h.droppedAt === null,
  );
  return [
    put('cluster', { ...cluster, name: to }),
    ...history.map((h) => put('replicaHistory', { ...h, clusterName: to })),
    auditChange(ids, scope, 'alter', 'cluster', { id: cluster.id, new_name: to, old_name: from }),
  ];
}

async function renameCluster(node: AlterRename, scope: RunScope): Promise<void> {
  const name = written(node.name);
  const cluster = clusterNamed(scope.snapshot, name);
  requireClusterOwner(scope, cluster);
  requireUserCluster(scope, cluster);
  checkClusterName(node.to);
  await scope.commit((tip, ids) => {
    if (tip.clusterByName.has(node.to)) throw planError('uniqueness violation');
    return { changes: clusterRename(scope, tip, ids, name, node.to), result: undefined };
  });
}

async function renameReplica(node: AlterRename, scope: RunScope): Promise<void> {
  const { cluster, replica } = replicaNamed(scope, node.name);
  const name = `${cluster.name}.${replica.name}`;
  requireOwner(scope, [{ id: replica.id, kind: 'CLUSTER REPLICA', name, ownerId: cluster.ownerId }]);
  if (cluster.config.managed) throw planError(`cannot modify managed cluster ${cluster.name}`);
  await scope.commit((tip, ids) => {
    const before = tip.replicas.get(replica.id);
    if (before === undefined) {
      throw planError(`CLUSTER ${cluster.name} has no CLUSTER REPLICA named "${replica.name}"`);
    }
    if (replicasOf(tip, cluster.id).some((other) => other.name === node.to))
      throw planError('uniqueness violation');
    const history = tip.small.replicaHistory.get(replica.id);
    const details = {
      cluster_id: cluster.id,
      new_name: node.to,
      old_name: before.name,
      replica_id: replica.id,
    };
    return {
      changes: [
        put('replica', { ...before, name: node.to }),
        ...(history === undefined ? [] : [put('replicaHistory', { ...history, replicaName: node.to })]),
        auditChange(ids, scope, 'alter', 'cluster-replica', details),
      ],
      result: undefined,
    };
  });
}

/** A schema that a statement may rename or swap. */
function changeableSchema(scope: Scope, parts: readonly string[]): SchemaRecord {
  if (parts.join('.') === 'mz_temp')
    throw planError('cannot rename schemas in the ambient database: "mz_temp"');
  const schema = schemaNamed(scope, parts);
  if (schema.databaseId === null) throw planError(`renaming the ${schema.name} schema is not supported`);
  const name = fullSchemaName(scope.snapshot, schema);
  requireOwner(scope, [{ id: schema.id, kind: 'SCHEMA', name, ownerId: schema.ownerId }]);
  requireDatabasePrivilege(scope, 'C', schema.databaseId);
  return schema;
}

function schemaRename(
  scope: Scope,
  tip: Snapshot,
  ids: IdSource,
  schema: SchemaRecord,
  to: string,
): Change[] {
  const database = tip.databases.get(schema.databaseId ?? '')?.name ?? null;
  const details = { database_name: database, id: schema.id, new_name: to, old_name: schema.name };
  return [put('schema', { ...schema, name: to }), auditChange(ids, scope, 'alter', 'schema', details)];
}

async function renameSchema(node: AlterRename, scope: RunScope): Promise<void> {
  const schema = changeableSchema(scope, node.name.parts);
  checkSchemaName(node.to);
  await scope.commit((tip, ids) => {
    const before = tip.schemas.get(schema.id);
    if (before === undefined) throw planError(`unknown schema '${written(node.name)}'`);
    if (tip.schemaByName.has(`${before.databaseId ?? ''}/${node.to}`)) {
      throw planError(`schema '${node.to}' already exists`);
    }
    return { changes: schemaRename(scope, tip, ids, before, node.to), result: undefined };
  });
}

export const alterSwap: Handler<AlterSwap> = {
  transaction: 'ddl',
  tag: (node) => `ALTER ${node.objectKind.toUpperCase()}`,
  async run(node, scope) {
    const tag = `ALTER ${node.objectKind.toUpperCase()}`;
    requireFlag(scope, 'enable_alter_swap');
    if (node.objectKind !== 'schema' && node.objectKind !== 'cluster') {
      throw planError(`ALTER ${node.objectKind.toUpperCase()} .. SWAP WITH ... not yet supported`);
    }
    if (node.ifExists && !exists(node, scope)) {
      skipNotice(scope, node.objectKind, written(node.name));
      return done(tag);
    }
    if (node.objectKind === 'schema') await swapSchemas(node, scope);
    else await swapClusters(node, scope);
    return done(tag);
  },
};

async function swapClusters(node: AlterSwap, scope: RunScope): Promise<void> {
  const a = clusterNamed(scope.snapshot, written(node.name));
  const b = clusterNamed(scope.snapshot, node.with);
  for (const cluster of [a, b]) {
    requireClusterOwner(scope, cluster);
    requireUserCluster(scope, cluster);
  }
  await scope.commit((tip, ids) => {
    const first = clusterNamed(tip, a.name);
    const second = clusterNamed(tip, b.name);
    const temporary = `mz_swap_${first.id}`;
    const event = (id: string, from: string, to: string): Change =>
      auditChange(ids, scope, 'alter', 'cluster', { id, new_name: to, old_name: from });
    return {
      changes: [
        ...clusterRename(scope, tip, ids, first.name, second.name).slice(0, -1),
        ...clusterRename(scope, tip, ids, second.name, first.name).slice(0, -1),
        // Upstream swaps by way of a third name, and its audit log says so.
        event(first.id, first.name, temporary),
        event(second.id, second.name, first.name),
        event(first.id, temporary, second.name),
      ],
      result: undefined,
    };
  });
}

async function swapSchemas(node: AlterSwap, scope: RunScope): Promise<void> {
  const { parts } = node.name;
  const temporary = [written(node.name), node.with].includes('mz_temp');
  if (temporary) throw planError('cannot swap schemas that are in the ambient database');
  const a = swappable(scope, parts);
  const b = swappable(scope, [...parts.slice(0, -1), node.with]);
  await scope.commit((tip, ids) => {
    const first = tip.schemas.get(a.id);
    const second = tip.schemas.get(b.id);
    if (first === undefined || second === undefined)
      throw planError(`unknown schema '${written(node.name)}'`);
    return {
      changes: [
        ...schemaRename(scope, tip, ids, first, second.name),
        ...schemaRename(scope, tip, ids, second, first.name),
      ],
      result: undefined,
    };
  });
}

function swappable(scope: Scope, parts: readonly string[]): SchemaRecord {
  if (schemaNamed(scope, parts).databaseId === null) {
    throw planError('cannot swap schemas that are in the ambient database');
  }
  return changeableSchema(scope, parts);
}
