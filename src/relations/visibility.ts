/** Names and handles of what objects live in: schemas, databases, owners, as rows show them. */
import type { Id } from '../catalog/ids.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { ambientSchemaName } from './ambient.ts';
import type { RelationContext } from './relation.ts';

/** OID of a schema, 0 when there is none of this id. */
export function schemaOid(snapshot: Snapshot, schemaId: Id): number {
  return snapshot.schemas.get(schemaId)?.oid ?? 0;
}

/** Ids of the schemas of temporary items, one for each connection; they have no record. */
const TEMPORARY_SCHEMA = /^t\d+$/;

/** Name of a schema; ambient and temporary ones are known without their record. */
export function schemaName(snapshot: Snapshot, schemaId: Id): string {
  const known = snapshot.schemas.get(schemaId)?.name ?? ambientSchemaName(schemaId);
  return known ?? (TEMPORARY_SCHEMA.test(schemaId) ? 'mz_temp' : schemaId);
}

/** Database a schema is in, or null for the ambient ones. */
export function databaseIdOf(snapshot: Snapshot, schemaId: Id): Id | null {
  return snapshot.schemas.get(schemaId)?.databaseId ?? null;
}

/** Name of the database a schema is in, or null for the ambient ones. */
export function databaseNameOf(snapshot: Snapshot, schemaId: Id): string | null {
  const id = databaseIdOf(snapshot, schemaId);
  return id === null ? null : (snapshot.databases.get(id)?.name ?? null);
}

/** OID of a role, 0 when there is none of this id. */
export function roleOid(snapshot: Snapshot, roleId: Id): number {
  return snapshot.roles.get(roleId)?.oid ?? 0;
}

/** True for objects of the active database and of the ambient schemas: what pg_catalog and information_schema show. */
export function inCurrentDatabase(context: RelationContext, databaseName: string | null): boolean {
  return databaseName === null || databaseName === context.session.databaseName;
}
