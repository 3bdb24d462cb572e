/**
 * DROP of every kind of object: names looked up, ownership and dependents checked, everything that goes removed in one
 * commit. Source: documentation of DROP ...; texts as the running system has them.
 */
import type { Change } from '../../catalog/changes.ts';
import type { Id } from '../../catalog/ids.ts';
import type { DatabaseRecord, Item, ItemKind, SchemaRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { notice, planError } from '../../errors.ts';
import type { DropObjects, ObjectKind, ObjectName } from '../../sql/nodes.ts';
import type { IdSource } from '../committer.ts';
import {
  requireClusterOwner,
  requireDatabasePrivilege,
  requireItemOwner,
  requireOwner,
  requireSchemaPrivilege,
} from '../support/access.ts';
import { fullItemName, fullSchemaName, ITEM_KIND_TEXT, kindWord } from '../support/names.ts';
import {
  clusterNamed,
  databaseNamed,
  findItem,
  findSchema,
  isSystemItem,
  minimalName,
  requireUserCluster,
  written,
  wrongKind,
} from '../support/resolve.ts';
import { skipNotice } from '../support/skip-notice.ts';
import { closeOver, itemDrops } from './drop-changes.ts';
import { dropReplicas } from './drop-replicas.ts';
import { dropRoles } from './drop-roles.ts';
import { clusterDrops, databaseDrops, networkPolicyDrops, schemaDrops } from './drop-containers.ts';
import { done, type Handler, type RunScope } from './handler.ts';

export const CASCADE_HINT = 'Use DROP ... CASCADE to drop the dependent objects too.';

/** Statement kinds that name items, with the kind of item they mean. */
const ITEM_KINDS: Partial<Record<ObjectKind, ItemKind>> = {
  table: 'table',
  view: 'view',
  'materialized view': 'materialized-view',
  source: 'source',
  sink: 'sink',
  index: 'index',
  type: 'type',
  secret: 'secret',
  connection: 'connection',
};

export const dropObjects: Handler<DropObjects> = {
  transaction: 'single',
  tag: (node) => `DROP ${node.objectKind.toUpperCase()}`,
  async run(node, scope) {
    const kind = ITEM_KINDS[node.objectKind];
    if (kind !== undefined) await dropItems(node, kind, scope);
    else if (node.objectKind === 'cluster') await dropClusters(node, scope);
    else if (node.objectKind === 'cluster replica') await dropReplicas(node, scope);
    else if (node.objectKind === 'database') await dropDatabase(node, scope);
    else if (node.objectKind === 'schema') await dropSchemas(node, scope);
    else if (node.objectKind === 'role') await dropRoles(node, scope);
    else if (node.objectKind === 'network policy') await dropPolicies(node, scope);
    else throw planError(`DROP ${node.objectKind.toUpperCase()} not supported`).with({ code: '0A000' });
    return done(`DROP ${node.objectKind.toUpperCase()}`);
  },
};

function namedItems(node: DropObjects, kind: ItemKind, scope: RunScope): Item[] {
  const items: Item[] = [];
  for (const name of node.names) {
    const item = findItem(scope, name, scope.snapshot, kind === 'type');
    if (item === undefined) {
      if (isSystemItem(scope, name)) {
        throw planError(
          `cannot drop ${kindWord(kind)} ${written(name)} because it is required by the database system`,
        );
      }
      if (!node.ifExists) throw planError(`unknown catalog item '${written(name)}'`);
      skipNotice(scope, node.objectKind, written(name));
      continue;
    }
    checkKind(scope, item, kind);
    items.push(item);
  }
  return items;
}

function checkKind(scope: RunScope, item: Item, kind: ItemKind): void {
  if (item.kind === kind) return;
  if (kind === 'view' && item.kind === 'materialized-view') {
    throw planError(`${fullItemName(scope.snapshot, item)} is not a view`, {
      hint: 'Use DROP MATERIALIZED VIEW to remove a materialized view.',
    });
  }
  if (kind === 'materialized-view' && item.kind === 'view') {
    throw planError(`${fullItemName(scope.snapshot, item)} is not a materialized view`, {
      hint: 'Use DROP VIEW to remove a view.',
    });
  }
  throw wrongKind(scope, item, kind);
}

/** The first dependent that stands in the way of dropping one item alone; indexes and a source's own parts do not. */
function blockingDependent(snapshot: Snapshot, item: Item): Item | undefined {
  for (const id of snapshot.dependents.get(item.id) ?? []) {
    const dependent = snapshot.items.get(id);
    if (dependent === undefined || dependent.kind === 'index' || isPartOf(dependent, item.id)) continue;
    return dependent;
  }
  return undefined;
}

/** Subsources and progress relations belong to their source and go with it. */
function isPartOf(item: Item, sourceId: Id): boolean {
  return (
    item.kind === 'source' &&
    (item.detail.type === 'subsource' || item.detail.type === 'progress') &&
    item.detail.sourceId === sourceId
  );
}

function checkRestrict(scope: RunScope, item: Item): void {
  const blocking = blockingDependent(scope.snapshot, item);
  if (blocking === undefined) return;
  throw planError(
    `cannot drop ${kindWord(item.kind)} "${minimalName(scope, item)}": still depended upon by ${kindWord(blocking.kind)} "${minimalName(scope, blocking)}"`,
    { hint: CASCADE_HINT },
  );
}

async function dropItems(node: DropObjects, kind: ItemKind, scope: RunScope): Promise<void> {
  const items = namedItems(node, kind, scope);
  for (const item of items) {
    requireItemOwner(scope, item);
    const schema = scope.snapshot.schemas.get(item.schemaId);
    if (schema !== undefined) requireSchemaPrivilege(scope, 'U', schema);
  }
  if (node.behavior !== 'cascade') {
    for (const item of items) {
      checkRestrict(scope, item);
      checkOwnParts(scope, item);
    }
  }
  const named = items.map((item) => item.id);
  await commitDrops(scope, named, (tip, ids) => itemDrops(scope, tip, ids, closeOver(tip, named)));
}

/** A subsource is dropped with its source, or by ALTER SOURCE; things built on a source's parts block it too. */
function checkOwnParts(scope: RunScope, item: Item): void {
  if (item.kind !== 'source') return;
  for (const id of scope.snapshot.dependents.get(item.id) ?? []) {
    const part = scope.snapshot.items.get(id);
    if (part !== undefined && isPartOf(part, item.id)) checkRestrict(scope, part);
  }
}

/** Commits the drops and tells what else went. `named` are the ids the statement named itself. */
async function commitDrops(
  scope: RunScope,
  named: readonly Id[],
  build: (
    tip: Snapshot,
    ids: IdSource,
  ) => { readonly changes: readonly Change[]; readonly dropped: readonly Id[] },
): Promise<void> {
  const before = scope.snapshot;
  const dropped = await scope.commit((tip, ids) => {
    const { changes, dropped } = build(tip, ids);
    return { changes, result: dropped };
  });
  cascadeNotice(scope, before, dropped, named);
}

/** `drop cascades to <n> other objects`, one line for each in the detail. */
function cascadeNotice(
  scope: RunScope,
  before: Snapshot,
  dropped: readonly Id[],
  named: readonly Id[],
): void {
  const others = dropped
    .filter((id) => !named.includes(id))
    .map((id) => before.items.get(id))
    .filter((item): item is Item => item !== undefined)
    .filter((item) => !named.some((id) => isPartOf(item, id)));
  if (others.length === 0) return;
  const detail = others
    .map((item) => `drop cascades to ${ITEM_KIND_TEXT[item.kind]} "${fullItemName(before, item)}"`)
    .join('\n');
  scope.notice(notice(`drop cascades to ${others.length} other objects`, { detail }));
}

async function dropClusters(node: DropObjects, scope: RunScope): Promise<void> {
  const named: Id[] = [];
  for (const name of node.names) {
    const text = written(name);
    if (!scope.snapshot.clusterByName.has(text)) {
      if (!node.ifExists) throw planError(`unknown cluster '${text}'`);
      skipNotice(scope, 'cluster', text);
      continue;
    }
    const cluster = clusterNamed(scope.snapshot, text);
    requireClusterOwner(scope, cluster);
    requireUserCluster(scope, cluster);
    const inhabitants = scope.snapshot.itemsOfCluster.get(cluster.id);
    if (node.behavior !== 'cascade' && inhabitants !== undefined && inhabitants.size > 0) {
      throw planError(`cannot drop cluster "${text}" because other objects depend on it`, {
        hint: CASCADE_HINT,
      });
    }
    named.push(cluster.id);
  }
  const active = scope.session.variables.text('cluster');
  await commitDrops(scope, [], (tip, ids) => clusterDrops(scope, tip, ids, named));
  if (named.some((id) => scope.snapshot.clusters.get(id)?.name === active)) {
    scope.notice(
      notice(`active cluster "${active}" has been dropped`, {
        code: 'MZ003',
        hint: 'Choose a new active cluster by executing SET CLUSTER = <name>.',
      }),
    );
  }
}

function requireDatabaseOwner(scope: RunScope, database: DatabaseRecord): void {
  requireOwner(scope, [
    { id: database.id, kind: 'DATABASE', name: database.name, ownerId: database.ownerId },
  ]);
}

/** CASCADE is the default for databases. */
async function dropDatabase(node: DropObjects, scope: RunScope): Promise<void> {
  const name = written(node.names[0]!);
  if (!scope.snapshot.databaseByName.has(name)) {
    if (!node.ifExists) throw planError(`unknown database '${name}'`);
    return skipNotice(scope, 'database', name);
  }
  const database = databaseNamed(scope.snapshot, name);
  requireDatabaseOwner(scope, database);
  const hasSchemas = scope.snapshot.schemas.some((schema) => schema.databaseId === database.id);
  if (node.behavior === 'restrict' && hasSchemas) {
    throw planError(`database '${name}' cannot be dropped with RESTRICT while it contains schemas`);
  }
  await commitDrops(scope, [], (tip, ids) => databaseDrops(scope, tip, ids, database.id));
  if (scope.session.variables.text('database') === name) {
    scope.notice(
      notice(`active database "${name}" has been dropped`, {
        code: 'MZ002',
        hint: 'Choose a new active database by executing SET DATABASE = <name>.',
      }),
    );
  }
}

function namedSchema(node: DropObjects, name: ObjectName, scope: RunScope): SchemaRecord | undefined {
  const text = written(name);
  if (text === 'mz_temp') throw planError('cannot drop schema mz_temp because it is a temporary schema');
  const schema = findSchema(scope, name.parts, scope.snapshot);
  if (schema === undefined) {
    if (!node.ifExists) throw planError(`unknown schema '${text}'`);
    skipNotice(scope, 'schema', text);
    return undefined;
  }
  if (schema.databaseId === null) {
    throw planError(`cannot drop schema ${schema.name} because it is required by the database system`);
  }
  return schema;
}

async function dropSchemas(node: DropObjects, scope: RunScope): Promise<void> {
  const schemas = node.names
    .map((name) => namedSchema(node, name, scope))
    .filter((schema): schema is SchemaRecord => schema !== undefined);
  for (const schema of schemas) {
    const name = fullSchemaName(scope.snapshot, schema);
    requireOwner(scope, [{ id: schema.id, kind: 'SCHEMA', name, ownerId: schema.ownerId }]);
    if (schema.databaseId !== null) requireDatabasePrivilege(scope, 'U', schema.databaseId);
    const { snapshot } = scope;
    const size =
      (snapshot.itemsOfSchema.get(schema.id)?.size ?? 0) + (snapshot.typesOfSchema.get(schema.id)?.size ?? 0);
    if (node.behavior !== 'cascade' && size > 0) {
      throw planError(`schema '${name}' cannot be dropped without CASCADE while it contains objects`);
    }
  }
  const named = schemas.map((schema) => schema.id);
  await commitDrops(scope, [], (tip, ids) => schemaDrops(scope, tip, ids, named));
}

async function dropPolicies(node: DropObjects, scope: RunScope): Promise<void> {
  const policies = scope.snapshot.small.networkPolicy;
  const named: Id[] = [];
  for (const name of node.names) {
    const text = written(name);
    const policy = policies.find((p) => p.name === text);
    if (policy === undefined) {
      if (!node.ifExists) throw planError(`unknown network policy '${text}'`);
      skipNotice(scope, 'network policy', text);
      continue;
    }
    requireOwner(scope, [{ id: policy.id, kind: 'NETWORK POLICY', name: text, ownerId: policy.ownerId }]);
    if (scope.services.systemVariable(scope.snapshot, 'network_policy') === text) {
      throw planError('network policy is currently in use', {
        hint: "Use ALTER SYSTEM SET 'network_policy' to change the default network policy.",
      });
    }
    named.push(policy.id);
  }
  await commitDrops(scope, [], (tip, ids) => networkPolicyDrops(scope, tip, ids, named));
}
