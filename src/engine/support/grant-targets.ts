/** From the target of GRANT or REVOKE to the objects it stands for. Source: documentation of GRANT PRIVILEGE. */
import { isUserId, type Id } from '../../catalog/ids.ts';
import type { Item } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError } from '../../errors.ts';
import type { GrantableKind, GrantScope, ObjectName } from '../../sql/nodes.ts';
import type { Scope } from '../statements/handler.ts';
import { findBuiltIn } from './built-in.ts';
import {
  ownedBuiltIn,
  ownedCluster,
  ownedDatabase,
  ownedItem,
  ownedPolicy,
  ownedSchema,
  type OwnedObject,
} from './owned.ts';
import { RELATION_TYPES } from './privilege-kinds.ts';
import { clusterNamed, databaseNamed, findItem, schemaNamed, written } from './resolve.ts';

/** The object of one name. Throws when it is unknown, of another kind, or temporary. */
export function grantTarget(scope: Scope, kind: GrantableKind, name: ObjectName): OwnedObject {
  const { snapshot } = scope;
  switch (kind) {
    case 'cluster':
      return ownedCluster(clusterNamed(snapshot, written(name)));
    case 'database':
      return ownedDatabase(databaseNamed(snapshot, written(name)));
    case 'schema':
      return schemaTarget(scope, name);
    case 'network policy': {
      const text = written(name);
      const policy = snapshot.small.networkPolicy.find((p) => p.name === text);
      if (policy === undefined) throw planError(`unknown network policy '${text}'`);
      return ownedPolicy(policy);
    }
    default:
      return itemTarget(scope, kind, name);
  }
}

function schemaTarget(scope: Scope, name: ObjectName): OwnedObject {
  if (written(name) === 'mz_temp') {
    throw planError('cannot grant or revoke privileges on schema mz_temp because it is a temporary schema');
  }
  return ownedSchema(scope.snapshot, schemaNamed(scope, name.parts));
}

type ItemTarget = 'table' | 'type' | 'secret' | 'connection';

function itemTarget(scope: Scope, kind: ItemTarget, name: ObjectName): OwnedObject {
  const target = anyItem(scope, kind, name);
  const fits = kind === 'table' ? RELATION_TYPES.has(target.type) : target.type === kind;
  if (!fits) throw planError(`${target.kind} ${target.name} is not a ${kind.toUpperCase()}`);
  return target;
}

/** The item or built-in object of this name; a type's name is looked for among types first. */
function anyItem(scope: Scope, kind: ItemTarget, name: ObjectName): OwnedObject {
  const types = kind === 'type';
  const item = findItem(scope, name, scope.snapshot, types) ?? findItem(scope, name, scope.snapshot, !types);
  if (item !== undefined) return ownedItem(scope.snapshot, item);
  const builtIn = findBuiltIn(scope, name, (object) => (object.kind === 'type') === types);
  if (builtIn !== undefined) return ownedBuiltIn(scope.snapshot, builtIn);
  throw planError(`unknown catalog item '${written(name)}'`);
}

/** Everything of a kind that users made, within schemas or databases when those are named. */
export function allTargets(scope: Scope, kind: GrantableKind, within: GrantScope | null): OwnedObject[] {
  const { snapshot } = scope;
  if (kind === 'cluster') return [...userOwned(snapshot.clusters.values(), ownedCluster)];
  if (kind === 'database') return [...userOwned(snapshot.databases.values(), ownedDatabase)];
  const schemaIds = within === null ? null : new Set(schemasWithin(scope, within));
  if (kind === 'schema') {
    const schemas = [...snapshot.schemas.values()].filter((s) => schemaIds === null || schemaIds.has(s.id));
    return [...userOwned(schemas, (schema) => ownedSchema(snapshot, schema))];
  }
  return [...snapshot.items.values()]
    .filter((item) => item.temporary === undefined && isOfKind(item, kind))
    .filter((item) => schemaIds === null || schemaIds.has(item.schemaId))
    .map((item) => ownedItem(snapshot, item));
}

function isOfKind(item: Item, kind: GrantableKind): boolean {
  return kind === 'table' ? RELATION_TYPES.has(item.kind) : item.kind === kind;
}

function* userOwned<R extends { readonly id: Id }>(
  records: Iterable<R>,
  toOwned: (record: R) => OwnedObject,
): Iterable<OwnedObject> {
  for (const record of records) if (isUserId(record.id)) yield toOwned(record);
}

function schemasWithin(scope: Scope, within: GrantScope): readonly Id[] {
  if (within.kind === 'schemas') return within.names.map((name) => schemaNamed(scope, name.parts).id);
  const databases = within.names.map((name) => databaseNamed(scope.snapshot, name).id);
  return schemasOf(scope.snapshot, databases);
}

function schemasOf(snapshot: Snapshot, databaseIds: readonly Id[]): readonly Id[] {
  return [...snapshot.schemas.values()]
    .filter((schema) => schema.databaseId !== null && databaseIds.includes(schema.databaseId))
    .map((schema) => schema.id);
}
