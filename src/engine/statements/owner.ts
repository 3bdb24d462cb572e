/** ALTER ... OWNER TO of every kind of object. Source: documentation of ALTER ... OWNER TO. */
import type { Change } from '../../catalog/changes.ts';
import type { ItemKind, RoleRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError, SqlError, warning } from '../../errors.ts';
import type { AlterOwner, ObjectKind } from '../../sql/nodes.ts';
import type { IdSource } from '../committer.ts';
import {
  requireDatabasePrivilege,
  requireMembership,
  requireOwner,
  requireSchemaPrivilege,
} from '../support/access.ts';
import { findBuiltIn } from '../support/built-in.ts';
import { fullItemName } from '../support/names.ts';
import { itemOwnerChanges, ownerChanges, replicaOwnerEvents } from '../support/new-owner.ts';
import {
  ownedCluster,
  ownedDatabase,
  ownedItem,
  ownedNow,
  ownedPolicy,
  ownedSchema,
  type OwnedObject,
} from '../support/owned.ts';
import {
  clusterNamed,
  databaseNamed,
  findItem,
  findSchema,
  itemNamed,
  requireUserCluster,
  roleNamed,
  schemaNamed,
  written,
  wrongKind,
} from '../support/resolve.ts';
import { checkRoleName } from '../support/roles.ts';
import { skipNotice } from '../support/skip-notice.ts';
import { done, type Handler, type RunScope, type Scope } from './handler.ts';

/** Kinds of statements that name items, with the kind of item they mean. */
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

export const alterOwner: Handler<AlterOwner> = {
  transaction: 'single',
  tag: (node) => `ALTER ${node.objectKind.toUpperCase()}`,
  async run(node, scope) {
    const tag = done(`ALTER ${node.objectKind.toUpperCase()}`);
    if (node.objectKind === 'cluster replica') {
      throw planError('altering the owner of a cluster replica is not supported');
    }
    const object = target(node, scope);
    const role = roleNamed(scope.snapshot, node.to);
    if (object === null) {
      skipNotice(scope, node.objectKind, written(node.name));
      return tag;
    }
    if (object.type === 'index') {
      const hint = "Change the ownership of the index's relation, instead.";
      scope.notice(warning(`cannot change owner of "${node.name.parts.at(-1)}"`, { hint }));
      return tag;
    }
    checkAccess(scope, object, role);
    await scope.commit((tip, ids) => ({
      changes: changes(scope, tip, ids, object, role),
      result: undefined,
    }));
    return tag;
  },
};

/** The object, or null when it is missing and IF EXISTS was said. */
function target(node: AlterOwner, scope: Scope): OwnedObject | null {
  const { snapshot } = scope;
  const text = written(node.name);
  const kind = ITEM_KINDS[node.objectKind];
  if (kind !== undefined) return itemTarget(node, kind, scope);
  switch (node.objectKind) {
    case 'cluster':
      if (node.ifExists && !snapshot.clusterByName.has(text)) return null;
      return ownedCluster(clusterNamed(snapshot, text));
    case 'database':
      if (node.ifExists && !snapshot.databaseByName.has(text)) return null;
      return ownedDatabase(databaseNamed(snapshot, text));
    case 'schema':
      return schemaTarget(node, scope);
    case 'network policy': {
      const policy = snapshot.small.networkPolicy.find((p) => p.name === text);
      if (policy !== undefined) return ownedPolicy(policy);
      if (node.ifExists) return null;
      throw planError(`unknown network policy '${text}'`);
    }
    default:
      throw new SqlError('0A000', `ALTER ${node.objectKind.toUpperCase()} ... OWNER TO is not supported`);
  }
}

function schemaTarget(node: AlterOwner, scope: Scope): OwnedObject | null {
  if (written(node.name) === 'mz_temp') {
    throw planError('cannot alter schema mz_temp because it is a temporary schema');
  }
  if (node.ifExists && findSchema(scope, node.name.parts, scope.snapshot) === undefined) return null;
  const schema = schemaNamed(scope, node.name.parts);
  if (schema.databaseId === null) {
    throw planError(`cannot alter schema ${schema.name} because it is required by the database system`);
  }
  return ownedSchema(scope.snapshot, schema);
}

function itemTarget(node: AlterOwner, kind: ItemKind, scope: Scope): OwnedObject | null {
  const types = kind === 'type';
  const item = findItem(scope, node.name, scope.snapshot, types);
  if (item === undefined) {
    const builtIn = findBuiltIn(scope, node.name, (object) => (object.kind === 'type') === types);
    if (builtIn !== undefined) {
      const name = `${scope.snapshot.schemas.get(builtIn.schemaId)?.name ?? ''}.${builtIn.name}`;
      throw planError(`cannot alter item ${name} because it is required by the database system`);
    }
    if (node.ifExists) return null;
    return ownedItem(scope.snapshot, itemNamed(scope, node.name, scope.snapshot, types));
  }
  if (item.kind === kind) return ownedItem(scope.snapshot, item);
  const mixedUp =
    kind === 'view' && item.kind === 'materialized-view'
      ? ['a view', 'Use ALTER MATERIALIZED VIEW to rename a materialized view.']
      : kind === 'materialized-view' && item.kind === 'view'
        ? ['a materialized view', 'Use ALTER VIEW to rename a view.']
        : undefined;
  if (mixedUp === undefined) throw wrongKind(scope, item, kind);
  throw planError(`${fullItemName(scope.snapshot, item)} is not ${mixedUp[0]}`, { hint: mixedUp[1] });
}

/** Membership in the new owner, ownership, CREATE where the object is; then what nobody may do. */
function checkAccess(scope: Scope, object: OwnedObject, role: RoleRecord): void {
  requireMembership(scope, [role.id]);
  requireOwner(scope, [object]);
  if (object.container?.kind === 'database') requireDatabasePrivilege(scope, 'C', object.container.id);
  if (object.container?.kind === 'schema') {
    const schema = scope.snapshot.schemas.get(object.container.id);
    if (schema !== undefined) requireSchemaPrivilege(scope, 'C', schema);
  }
  checkRoleName(role.name);
  const cluster = object.type === 'cluster' ? scope.snapshot.clusters.get(object.id) : undefined;
  if (cluster !== undefined && !cluster.id.startsWith('u')) {
    requireUserCluster(scope, cluster);
    throw planError(`system cluster '${cluster.name}' cannot be modified`);
  }
}

function changes(
  scope: RunScope,
  tip: Snapshot,
  ids: IdSource,
  object: OwnedObject,
  { id: to, name }: RoleRecord,
): Change[] {
  if (!tip.roles.has(to)) throw planError(`unknown role '${name}'`);
  const now = ownedNow(tip, object);
  if (now === undefined) throw planError(`unknown catalog item '${object.name}'`);
  const item = tip.items.get(now.id);
  if (now.container?.kind === 'schema' && item !== undefined) {
    return itemOwnerChanges(scope, tip, ids, item, to);
  }
  const cluster = now.type === 'cluster' ? tip.clusters.get(now.id) : undefined;
  const replicas = cluster === undefined ? [] : replicaOwnerEvents(scope, tip, ids, cluster, to);
  return [...ownerChanges(scope, ids, now, to), ...replicas];
}
