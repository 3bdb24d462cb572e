/** From the target of COMMENT ON to what the comment is kept under. Source: documentation of COMMENT ON. */
import type { Id } from '../../catalog/ids.ts';
import type { ColumnRecord, Item, ItemKind } from '../../catalog/records.ts';
import { isRelation, isSystem, type CatalogObject } from '../../relations/objects.ts';
import { planError, SqlError } from '../../errors.ts';
import type { CommentOn, ObjectKind, ObjectName } from '../../sql/nodes.ts';
import { replicaNamed } from '../statements/drop-replicas.ts';
import type { Scope } from '../statements/handler.ts';
import { findBuiltIn } from './built-in.ts';
import { kindWord } from './names.ts';
import {
  ownedBuiltIn,
  ownedCluster,
  ownedDatabase,
  ownedItem,
  ownedPolicy,
  ownedSchema,
  type OwnedObject,
} from './owned.ts';
import { clusterNamed, databaseNamed, findItem, roleNamed, schemaNamed, written } from './resolve.ts';

export interface CommentTarget {
  /** mz_comments.object_type. */
  readonly objectKind: string;
  readonly objectId: Id;
  readonly columnPosition: number | null;
  /** As audit events name it: `Secret(User(5))`. */
  readonly auditId: string;
  readonly name: string;
  /** What must be owned; null for a role. */
  readonly owned: Pick<OwnedObject, 'id' | 'kind' | 'name' | 'ownerId'> | null;
}

/** `u5` as `User(5)`. */
function spelled(id: Id): string {
  const kinds: Readonly<Record<string, string>> = { u: 'User', s: 'System', g: 'Predefined' };
  return `${kinds[id[0]!] ?? id[0]!}(${id.slice(1)})`;
}

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

/** `materialized-view` as `MaterializedView`. */
function camelCase(kind: string): string {
  return kind
    .split('-')
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('');
}

/** Looks the target up. Throws when it is unknown, of another kind, or cannot have comments. */
export function commentTarget(scope: Scope, node: CommentOn): CommentTarget {
  if (node.target === 'column') return columnTarget(scope, node.name);
  const kind = ITEM_KINDS[node.target];
  if (kind !== undefined) return itemTarget(scope, kind, node.name);
  const { snapshot } = scope;
  const text = written(node.name);
  switch (node.target) {
    case 'cluster':
      return ofOwned(ownedCluster(clusterNamed(snapshot, text)));
    case 'cluster replica':
      return replicaTarget(scope, node.name);
    case 'database':
      return ofOwned(ownedDatabase(databaseNamed(snapshot, text)));
    case 'schema':
      return schemaTarget(scope, node.name);
    case 'role': {
      const { id, name } = roleNamed(snapshot, text);
      return target('role', id, `Role(${spelled(id)})`, name, null);
    }
    case 'network policy': {
      const policy = snapshot.small.networkPolicy.find((p) => p.name === text);
      if (policy === undefined) throw planError(`unknown network policy '${text}'`);
      return ofOwned(ownedPolicy(policy));
    }
    case 'function':
    case 'continual task':
      throw builtInOnly(scope, node.target, node.name);
    default:
      throw new SqlError('0A000', `COMMENT ON ${node.target.toUpperCase()} is not supported`);
  }
}

function target(
  objectKind: string,
  objectId: Id,
  auditId: string,
  name: string,
  owned: CommentTarget['owned'],
): CommentTarget {
  return { objectKind, objectId, columnPosition: null, auditId, name, owned };
}

function ofOwned(owned: OwnedObject): CommentTarget {
  return target(owned.type, owned.id, `${camelCase(owned.type)}(${spelled(owned.id)})`, owned.name, owned);
}

/** Functions and continual tasks all come with the server, and what comes with it takes no comments. */
function builtInOnly(scope: Scope, kind: string, name: ObjectName): SqlError {
  const found = findBuiltIn(scope, name, (object) => object.kind === kind.replace(' ', '-'));
  if (found === undefined) return planError(`unknown catalog item '${written(name)}'`);
  return planError(`system item '${written(name)}' cannot be modified`);
}

function replicaTarget(scope: Scope, name: ObjectName): CommentTarget {
  const { cluster, replica } = replicaNamed(scope, name);
  const full = `${cluster.name}.${replica.name}`;
  const auditId = `ClusterReplica((${spelled(cluster.id)}, ${spelled(replica.id)}))`;
  const owned = { id: replica.id, kind: 'CLUSTER REPLICA', name: full, ownerId: cluster.ownerId };
  return target('cluster-replica', replica.id, auditId, full, owned);
}

function schemaTarget(scope: Scope, name: ObjectName): CommentTarget {
  if (written(name) === 'mz_temp') {
    throw planError('cannot comment on schema mz_temp because it is a temporary schema');
  }
  const schema = schemaNamed(scope, name.parts);
  const database = schema.databaseId === null ? 'Ambient' : `Id(${spelled(schema.databaseId)})`;
  const owned = ownedSchema(scope.snapshot, schema);
  return target('schema', schema.id, `Schema((${database}, Id(${spelled(schema.id)})))`, owned.name, owned);
}

/** An item by name whatever its kind; types are looked for among types first. */
function findObject(scope: Scope, name: ObjectName, types: boolean): CatalogObject {
  const found =
    findItem(scope, name, scope.snapshot, types) ??
    findItem(scope, name, scope.snapshot, !types) ??
    findBuiltIn(scope, name, (object) => (object.kind === 'type') === types);
  if (found === undefined) throw planError(`unknown catalog item '${written(name)}'`);
  return found;
}

function owner(scope: Scope, object: CatalogObject): OwnedObject {
  return isSystem(object) ? ownedBuiltIn(scope.snapshot, object) : ownedItem(scope.snapshot, object);
}

function itemTarget(scope: Scope, kind: ItemKind, name: ObjectName): CommentTarget {
  const object = findObject(scope, name, kind === 'type');
  const owned = owner(scope, object);
  if (object.kind !== kind) {
    throw planError(`${owned.kind} ${owned.name} is not a ${kindWord(kind).toUpperCase()}`);
  }
  return ofOwned(owned);
}

/** The last part of the name is the column. */
function columnTarget(scope: Scope, name: ObjectName): CommentTarget {
  const relationName: ObjectName = { ...name, parts: name.parts.slice(0, -1) };
  const column = name.parts.at(-1)!;
  if (relationName.parts.length === 0) {
    throw planError('need to specify an object and a column');
  }
  const object = findObject(scope, relationName, false);
  const owned = owner(scope, object);
  const columns = columnsOf(object);
  if (columns === null) {
    throw planError(`${owned.kind.toLowerCase()} "${owned.name}" does not have columns`);
  }
  const at = columns.findIndex((c) => c.name === column);
  if (at < 0) throw unknownColumn(`${object.name}.${column}`, column, columns);
  return { ...ofOwned(owned), columnPosition: at + 1 };
}

type Named = Pick<ColumnRecord, 'name'>;

function columnsOf(object: CatalogObject): readonly Named[] | null {
  if (isRelation(object)) return object.columns;
  const item = object as Item;
  return item.kind === 'type' && !isSystem(object) && item.detail.type === 'record'
    ? item.detail.fields
    : null;
}

function unknownColumn(full: string, column: string, columns: readonly Named[]): SqlError {
  const similar = columns
    .filter((c) => c.name.toLowerCase() === column.toLowerCase())
    .map((c) => `"${c.name}"`);
  const hint =
    similar.length === 0
      ? undefined
      : similar.length === 1
        ? `The similarly named column ${similar[0]} does exist. Make sure to surround case sensitive names in double quotes.`
        : `There are similarly named columns that do exist: ${similar.join(', ')}. Make sure to surround case sensitive names in double quotes.`;
  return planError(`column "${full}" does not exist`, { hint });
}
