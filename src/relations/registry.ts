/** Every system relation: shapes from the shape tables, rows from the files of each family. */
import type { Id } from '../catalog/ids.ts';
import { bind, NO_ROWS, type RelationTable } from './define.ts';
import { INFORMATION_SCHEMA_RELATIONS } from './information-schema/relations.ts';
import { AUDIT_RELATIONS } from './mz-catalog/audit.ts';
import { CLUSTER_RELATIONS } from './mz-catalog/clusters.ts';
import { CONNECTION_RELATIONS } from './mz-catalog/connections.ts';
import { NAMESPACE_RELATIONS } from './mz-catalog/namespaces.ts';
import { OBJECT_RELATIONS } from './mz-catalog/objects.ts';
import { ROLE_RELATIONS } from './mz-catalog/roles.ts';
import { SECRET_RELATIONS } from './mz-catalog/secrets.ts';
import { SOURCE_RELATIONS } from './mz-catalog/sources.ts';
import { TABLE_RELATIONS } from './mz-catalog/tables.ts';
import { TYPE_RELATIONS } from './mz-catalog/types.ts';
import { CLUSTER_DETAIL_RELATIONS } from './mz-internal/clusters.ts';
import { COMMENT_RELATIONS } from './mz-internal/comments.ts';
import { DEPENDENCY_RELATIONS } from './mz-internal/dependencies.ts';
import { HISTORY_RELATIONS } from './mz-internal/history.ts';
import { NETWORK_POLICY_RELATIONS } from './mz-internal/network-policies.ts';
import { OBJECT_DETAIL_RELATIONS } from './mz-internal/objects.ts';
import { PRIVILEGE_RELATIONS } from './mz-internal/privileges.ts';
import { SESSION_RELATIONS } from './mz-internal/sessions.ts';
import { SHOW_RELATIONS } from './mz-internal/show.ts';
import { STATUS_RELATIONS } from './mz-internal/statuses.ts';
import { TUMBLER_AWS_RELATIONS } from './mz-tumbler/aws-events.ts';
import { TUMBLER_SECRET_RELATIONS } from './mz-tumbler/secrets.ts';
import { PG_ATTRIBUTE_RELATIONS } from './pg-catalog/pg-attribute.ts';
import { PG_CLASS_RELATIONS } from './pg-catalog/pg-class.ts';
import { PG_INDEX_RELATIONS } from './pg-catalog/pg-index.ts';
import { PG_NAMESPACE_RELATIONS } from './pg-catalog/pg-namespace.ts';
import { FUNCTION_RELATIONS } from './pg-catalog/pg-proc.ts';
import { PG_ROLE_RELATIONS } from './pg-catalog/pg-roles.ts';
import { PG_SETTINGS_RELATIONS } from './pg-catalog/pg-settings.ts';
import { PG_TYPE_RELATIONS } from './pg-catalog/pg-type.ts';
import { PG_VIEW_RELATIONS } from './pg-catalog/pg-views.ts';
import { POSTGRES_ONLY_RELATIONS } from './pg-catalog/postgres-only.ts';
import { TIME_ZONE_RELATIONS } from './pg-catalog/time-zones.ts';
import { withPostgresColumns } from './postgres-columns.ts';
import type { SystemRelation } from './relation.ts';
import { systemRelationObjects } from './system-catalog.ts';
import { installSystemCatalog } from './system-facts.ts';

const TABLES: readonly RelationTable[] = [
  AUDIT_RELATIONS,
  CLUSTER_DETAIL_RELATIONS,
  CLUSTER_RELATIONS,
  COMMENT_RELATIONS,
  CONNECTION_RELATIONS,
  DEPENDENCY_RELATIONS,
  FUNCTION_RELATIONS,
  HISTORY_RELATIONS,
  INFORMATION_SCHEMA_RELATIONS,
  NAMESPACE_RELATIONS,
  NETWORK_POLICY_RELATIONS,
  OBJECT_DETAIL_RELATIONS,
  OBJECT_RELATIONS,
  PG_ATTRIBUTE_RELATIONS,
  PG_CLASS_RELATIONS,
  PG_INDEX_RELATIONS,
  PG_NAMESPACE_RELATIONS,
  PG_ROLE_RELATIONS,
  PG_SETTINGS_RELATIONS,
  PG_TYPE_RELATIONS,
  PG_VIEW_RELATIONS,
  POSTGRES_ONLY_RELATIONS,
  PRIVILEGE_RELATIONS,
  ROLE_RELATIONS,
  SECRET_RELATIONS,
  SESSION_RELATIONS,
  SHOW_RELATIONS,
  SOURCE_RELATIONS,
  STATUS_RELATIONS,
  TABLE_RELATIONS,
  TIME_ZONE_RELATIONS,
  TUMBLER_AWS_RELATIONS,
  TUMBLER_SECRET_RELATIONS,
  TYPE_RELATIONS,
];

const rowsByName = new Map(TABLES.flatMap((table) => Object.entries(table)));

/** Relations without an entry in a table are about machinery the server doesn't simulate: they exist and are empty. */
const RELATIONS: readonly SystemRelation[] = systemRelationObjects().map((shape) => {
  const rows = rowsByName.get(`${shape.schema}.${shape.name}`) ?? NO_ROWS;
  return bind(shape, withPostgresColumns(shape, rows));
});

const byName = new Map(RELATIONS.map((relation) => [`${relation.schema}.${relation.name}`, relation]));
const byOid = new Map(RELATIONS.map((relation) => [relation.oid, relation]));
const byId = new Map(RELATIONS.map((relation) => [relation.id, relation]));

installSystemCatalog();

/** The system relation of this name in an ambient schema. */
export function systemRelation(schema: string, name: string): SystemRelation | undefined {
  return byName.get(`${schema}.${name}`);
}

/** The system relation with this OID. */
export function systemRelationByOid(oid: number): SystemRelation | undefined {
  return byOid.get(oid);
}

/** The system relation with this id (`s<n>`). */
export function systemRelationById(id: Id): SystemRelation | undefined {
  return byId.get(id);
}

/** All system relations. */
export function allSystemRelations(): readonly SystemRelation[] {
  return RELATIONS;
}

/** Names (`schema.name`) that have code for their rows: tests hold them against the shapes. */
export function relationsWithRows(): Iterable<string> {
  return rowsByName.keys();
}
