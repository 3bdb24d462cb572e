/** Every system relation: shapes from the shape tables, rows from the files of each family. */
import type { Id } from '../catalog/ids.ts';
import { bind, NO_ROWS, type RelationTable } from './define.ts';
import { CLUSTER_RELATIONS } from './mz-catalog/clusters.ts';
import { NAMESPACE_RELATIONS } from './mz-catalog/namespaces.ts';
import { OBJECT_RELATIONS } from './mz-catalog/objects.ts';
import { ROLE_RELATIONS } from './mz-catalog/roles.ts';
import { SECRET_RELATIONS } from './mz-catalog/secrets.ts';
import { PG_ATTRIBUTE_RELATIONS } from './pg-catalog/pg-attribute.ts';
import { PG_CLASS_RELATIONS } from './pg-catalog/pg-class.ts';
import { PG_NAMESPACE_RELATIONS } from './pg-catalog/pg-namespace.ts';
import { PG_ROLE_RELATIONS } from './pg-catalog/pg-roles.ts';
import { PG_TYPE_RELATIONS } from './pg-catalog/pg-type.ts';
import type { SystemRelation } from './relation.ts';
import { systemRelationObjects } from './system-catalog.ts';

const TABLES: readonly RelationTable[] = [
  CLUSTER_RELATIONS,
  NAMESPACE_RELATIONS,
  OBJECT_RELATIONS,
  PG_ATTRIBUTE_RELATIONS,
  PG_CLASS_RELATIONS,
  PG_NAMESPACE_RELATIONS,
  PG_ROLE_RELATIONS,
  PG_TYPE_RELATIONS,
  ROLE_RELATIONS,
  SECRET_RELATIONS,
];

const rowsByName = new Map(TABLES.flatMap((table) => Object.entries(table)));

/** Relations without an entry in a table are about machinery the server doesn't simulate: they exist and are empty. */
const RELATIONS: readonly SystemRelation[] = systemRelationObjects().map((shape) =>
  bind(shape, rowsByName.get(`${shape.schema}.${shape.name}`) ?? NO_ROWS),
);

const byName = new Map(RELATIONS.map((relation) => [`${relation.schema}.${relation.name}`, relation]));
const byOid = new Map(RELATIONS.map((relation) => [relation.oid, relation]));
const byId = new Map(RELATIONS.map((relation) => [relation.id, relation]));

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
