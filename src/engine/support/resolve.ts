/** From names in statements to records, with the error texts of a missing or wrong object. */
import { isUserId, type Id } from '../../catalog/ids.ts';
import type {
  ClusterRecord,
  DatabaseRecord,
  Item,
  ItemKind,
  RoleRecord,
  SchemaRecord,
} from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError, SqlError } from '../../errors.ts';
import { systemRelation } from '../../relations/registry.ts';
import type { ObjectName } from '../../sql/nodes.ts';
import { temporarySchemaOf } from '../session/temporary.ts';
import type { Scope } from '../statements/handler.ts';
import { fullItemName, kindWord } from './names.ts';

/** A name as written, for messages. */
export function written(name: ObjectName): string {
  return name.parts.join('.');
}

export function clusterNamed(snapshot: Snapshot, name: string): ClusterRecord {
  const id = snapshot.clusterByName.get(name);
  const cluster = id === undefined ? undefined : snapshot.clusters.get(id);
  if (cluster === undefined) throw planError(`unknown cluster '${name}'`);
  return cluster;
}

/** System clusters are changed by nobody but the users that own them, and not in their making. */
export function requireUserCluster(scope: Scope, cluster: ClusterRecord): void {
  if (isUserId(cluster.id) || scope.role.name === 'mz_system') return;
  throw planError(`system cluster '${cluster.name}' cannot be modified`);
}

export function roleNamed(snapshot: Snapshot, name: string): RoleRecord {
  const id = snapshot.roleByName.get(name);
  const role = id === undefined ? undefined : snapshot.roles.get(id);
  if (role === undefined) throw planError(`unknown role '${name}'`);
  return role;
}

export function databaseNamed(snapshot: Snapshot, name: string): DatabaseRecord {
  const id = snapshot.databaseByName.get(name);
  const database = id === undefined ? undefined : snapshot.databases.get(id);
  if (database === undefined) throw planError(`unknown database '${name}'`);
  return database;
}

/** A schema by a name of one or two parts; the active database comes first, then the ambient schemas. */
export function schemaNamed(scope: Scope, parts: readonly string[], snapshot = scope.snapshot): SchemaRecord {
  const schema = findSchema(scope, parts, snapshot);
  if (schema === undefined) throw planError(`unknown schema '${parts.join('.')}'`);
  return schema;
}

export function findSchema(
  scope: Scope,
  parts: readonly string[],
  snapshot: Snapshot,
): SchemaRecord | undefined {
  if (parts.length > 2) {
    throw planError(`qualified name did not have between 1 and 3 components: ${parts.join('.')}`);
  }
  const name = parts.at(-1)!;
  const databaseId =
    parts.length === 2 ? databaseNamed(snapshot, parts[0]!).id : scope.session.namespace(snapshot).databaseId;
  const id =
    (databaseId === null ? undefined : snapshot.schemaByName.get(`${databaseId}/${name}`)) ??
    snapshot.schemaByName.get(`/${name}`);
  return id === undefined ? undefined : snapshot.schemas.get(id);
}

/** The item a name stands for, or undefined. Types live in a namespace of their own (`types`). */
export function findItem(
  scope: Scope,
  name: ObjectName,
  snapshot: Snapshot = scope.snapshot,
  types = false,
): Item | undefined {
  if (name.id !== undefined) return snapshot.items.get(name.id);
  const { parts } = name;
  if (parts.length > 3) {
    throw planError(`qualified name did not have between 1 and 3 components: ${parts.join('.')}`);
  }
  const index = types ? snapshot.typesOfSchema : snapshot.itemsOfSchema;
  const item = parts.at(-1)!;
  for (const schemaId of candidateSchemas(scope, parts, snapshot)) {
    const id = index.get(schemaId)?.get(item);
    if (id !== undefined) return snapshot.items.get(id);
  }
  return undefined;
}

/** Schemas a name may be found in, in order. */
function candidateSchemas(scope: Scope, parts: readonly string[], snapshot: Snapshot): readonly Id[] {
  if (parts.length === 1) return scope.session.namespace(snapshot).effectiveSchemas;
  if (parts.length === 2 && parts[0] === 'mz_temp') return [temporarySchemaOf(scope.session.connectionId)];
  const schema = findSchema(scope, parts.slice(0, -1), snapshot);
  return schema === undefined ? [] : [schema.id];
}

/** The item, or `unknown catalog item '<name>'`. A system relation of that name is told apart by the caller. */
export function itemNamed(
  scope: Scope,
  name: ObjectName,
  snapshot: Snapshot = scope.snapshot,
  types = false,
): Item {
  const item = findItem(scope, name, snapshot, types);
  if (item !== undefined) return item;
  throw planError(`unknown catalog item '${written(name)}'`);
}

/** Whether the name stands for a built-in relation, which no statement may change. */
export function isSystemItem(scope: Scope, name: ObjectName, snapshot: Snapshot = scope.snapshot): boolean {
  const item = name.parts.at(-1)!;
  const names =
    name.parts.length === 1
      ? scope.session.namespace(snapshot).effectiveSchemas.map((id) => snapshot.schemas.get(id)?.name)
      : [name.parts.at(-2)];
  return names.some((schema) => schema !== undefined && systemRelation(schema, item) !== undefined);
}

/** An item of one kind, or `<name> is a <kind> not a <kind>`. */
export function itemOfKind<K extends ItemKind>(
  scope: Scope,
  name: ObjectName,
  kind: K,
  snapshot: Snapshot = scope.snapshot,
): Extract<Item, { kind: K }> {
  const item = itemNamed(scope, name, snapshot, kind === 'type');
  if (item.kind !== kind) throw wrongKind(scope, item, kind);
  return item as Extract<Item, { kind: K }>;
}

export function wrongKind(scope: Scope, item: Item, expected: ItemKind): SqlError {
  return planError(`${minimalName(scope, item)} is a ${kindWord(item.kind)} not a ${kindWord(expected)}`);
}

/** Name with only the parts that are needed in this session: no active database, no schema on the search path. */
export function minimalName(scope: Scope, item: Item): string {
  const schema = scope.snapshot.schemas.get(item.schemaId);
  const space = scope.session.namespace(scope.snapshot);
  if (schema === undefined || space.effectiveSchemas.includes(schema.id)) return item.name;
  if (schema.databaseId === null || schema.databaseId === space.databaseId)
    return `${schema.name}.${item.name}`;
  return fullItemName(scope.snapshot, item);
}

/** Where a new item goes. */
export interface Target {
  readonly schema: SchemaRecord;
  readonly name: string;
}

/** Schema and name for a new item. Throws 3F000 when no schema can be found, and refuses system schemas. */
export function creationTarget(scope: Scope, name: ObjectName): Target {
  const { parts } = name;
  if (parts.length > 3) {
    throw planError(`qualified name did not have between 1 and 3 components: ${parts.join('.')}`);
  }
  const item = parts.at(-1)!;
  if (parts.length > 1) {
    const schema = schemaNamed(scope, parts.slice(0, -1));
    if (schema.databaseId === null) throw planError(`system schema '${schema.name}' cannot be modified`);
    return { schema, name: item };
  }
  const id = scope.session.namespace(scope.snapshot).currentSchemaId;
  const schema = id === null ? undefined : scope.snapshot.schemas.get(id);
  if (schema === undefined || schema.databaseId === null) throw noSchema();
  return { schema, name: item };
}

/** Place of a temporary item: the session's own schema, which needs no record. */
export function temporaryTarget(scope: Scope, name: ObjectName): Target {
  const { parts } = name;
  if (parts.length > 1 && !(parts.length === 2 && parts[0] === 'mz_temp')) {
    throw planError('cannot create temporary item in non-temporary schema');
  }
  const id = temporarySchemaOf(scope.session.connectionId);
  return {
    schema: { id, oid: 0, name: 'mz_temp', databaseId: null, ownerId: scope.role.id, privileges: [] },
    name: parts.at(-1)!,
  };
}

export function noSchema(): SqlError {
  return new SqlError('3F000', 'no valid schema selected', {
    hint: 'Use SET schema = name to select a schema.  Use SHOW SCHEMAS to list available schemas.  Use SHOW search_path to show the schema names that we looked for, but none of them existed.',
  });
}

/** The item that holds a name already, or undefined. */
export function itemAt(snapshot: Snapshot, schemaId: Id, name: string, types = false): Item | undefined {
  const id = (types ? snapshot.typesOfSchema : snapshot.itemsOfSchema).get(schemaId)?.get(name);
  return id === undefined ? undefined : snapshot.items.get(id);
}
