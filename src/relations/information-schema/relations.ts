/** information_schema: what the active database and the built-in schemas hold, in the words of the SQL standard. */
import type { Datum, Row } from '../../types/datum.ts';
import { BPCHAR, NUMERIC, VARCHAR, typeByOid } from '../../types/registry.ts';
import { typmodLength, typmodNumeric } from '../../types/typmod.ts';
import { explode } from '../acl.ts';
import { objectRelation, type RelationRows, type RelationTable } from '../define.ts';
import { heldBySession, roleName } from '../membership.ts';
import {
  columnsOf,
  RELATION_KINDS,
  type ObjectColumn,
  type ObjectOf,
  type RelationKind,
  type RelationObject,
} from '../objects.ts';
import { definitionOf, isShown } from '../pg-catalog/pg-views.ts';
import type { RelationContext } from '../relation.ts';
import { columnTypeText } from '../type-text.ts';
import { databaseNameOf, schemaName } from '../visibility.ts';

const TABLE_TYPES = {
  table: 'BASE TABLE',
  view: 'VIEW',
  'materialized-view': 'MATERIALIZED VIEW',
  source: 'SOURCE',
  'continual-task': 'CONTINUAL TASK',
} as const satisfies Record<RelationKind, string>;

/** Catalog, schema and name: built-in schemas count as part of the active database. */
function fullName(context: RelationContext, relation: RelationObject): readonly [string, string, string] {
  const { snapshot, session } = context;
  const database = databaseNameOf(snapshot, relation.schemaId) ?? session.databaseName;
  return [database, schemaName(snapshot, relation.schemaId), relation.name];
}

/** Precision of number types, and 0 as the scale of whole ones. */
const NUMBERS: Readonly<Record<string, readonly [precision: number, scale: number | null]>> = {
  int2: [16, 0],
  int4: [32, 0],
  int8: [64, 0],
  float4: [24, null],
  float8: [53, null],
};

/**
 * data_type, then character_maximum_length, numeric_precision and numeric_scale. As in PostgreSQL, not as in
 * Materialize: arrays are `ARRAY`, with the element in udt_name, and modifiers show, since mappers make columns of them.
 */
function columnType(
  { snapshot }: RelationContext,
  column: ObjectColumn,
): { readonly typeText: string; readonly lengths: readonly [Datum, Datum, Datum] } {
  const type = typeByOid(column.typeOid);
  const typeText = type?.kind === 'array' ? 'ARRAY' : columnTypeText(snapshot, column);
  if (type === VARCHAR || type === BPCHAR) {
    return { typeText, lengths: [typmodLength(column.typmod) ?? null, null, null] };
  }
  if (type === NUMERIC) {
    const size = typmodNumeric(column.typmod);
    return { typeText, lengths: [null, size?.precision ?? null, size?.scale ?? null] };
  }
  const [precision, scale] = NUMBERS[type?.name ?? ''] ?? [null, null];
  return { typeText, lengths: [null, precision, scale] };
}

function columnRows(context: RelationContext, relation: RelationObject): readonly Row[] {
  if (!isShown(context, relation)) return [];
  const name = fullName(context, relation);
  return columnsOf(relation).map((column, i): Row => {
    const nullable = column.nullable ? 'YES' : 'NO';
    const { typeText, lengths } = columnType(context, column);
    return [...name, column.name, BigInt(i + 1), column.defaultSql, nullable, typeText, ...lengths];
  });
}

/** Rows of table_privileges for the grants that `wanted` lets through. */
function* privilegeRows(
  context: RelationContext,
  relation: RelationObject,
  wanted: (grantor: string, grantee: string) => boolean,
): Iterable<Row> {
  const { snapshot } = context;
  const database = databaseNameOf(snapshot, relation.schemaId);
  const schema = schemaName(snapshot, relation.schemaId);
  for (const { grantor, grantee, privilege } of explode(relation.privileges)) {
    if (!wanted(grantor, grantee)) continue;
    const who: readonly Datum[] = [roleName(snapshot, grantor), roleName(snapshot, grantee)];
    const hierarchy = privilege === 'SELECT' ? 'YES' : 'NO';
    yield [...who, database, schema, relation.name, privilege, 'NO', hierarchy];
  }
}

/** Roles that the session holds, as enabled_roles lists them. */
function enabledRoles(context: RelationContext): ReadonlySet<string> {
  const { snapshot } = context;
  return new Set([...snapshot.roles.keys()].filter(heldBySession(context)));
}

function tableGrants(
  wantedBy: (context: RelationContext) => (grantor: string, grantee: string) => boolean,
): RelationRows {
  return {
    *rows(context) {
      const wanted = wantedBy(context);
      const all = objectRelation(RELATION_KINDS, {}, (inner, relation) =>
        privilegeRows(inner, relation, wanted),
      );
      yield* all.rows(context);
    },
    indexes:
      objectRelation(RELATION_KINDS, { name: 'table_name' }, (context, relation) =>
        privilegeRows(context, relation, wantedBy(context)),
      ).indexes ?? [],
  };
}

export const INFORMATION_SCHEMA_RELATIONS: RelationTable = {
  'information_schema.tables': objectRelation(RELATION_KINDS, { name: 'table_name' }, (context, relation) =>
    isShown(context, relation) ? [[...fullName(context, relation), TABLE_TYPES[relation.kind]]] : [],
  ),
  'information_schema.columns': objectRelation(RELATION_KINDS, { name: 'table_name' }, columnRows),
  'information_schema.views': objectRelation(
    ['view'],
    { name: 'table_name' },
    (context, view: ObjectOf<'view'>) =>
      isShown(context, view) ? [[...fullName(context, view), definitionOf(context, view)]] : [],
  ),
  'information_schema.schemata': {
    *rows({ snapshot, session }) {
      for (const { name, databaseId } of snapshot.schemas.values()) {
        if (databaseId === null || databaseId === session.databaseId) yield [session.databaseName, name];
      }
    },
  },
  'information_schema.routines': objectRelation(['function'], { name: 'routine_name' }, ({ session }, fn) => [
    [session.databaseName, fn.schema, fn.name, 'FUNCTION', null],
  ]),
  'information_schema.table_privileges': tableGrants((context) => {
    const held = heldBySession(context);
    return (_, grantee) => held(grantee);
  }),
  'information_schema.role_table_grants': tableGrants((context) => {
    const enabled = enabledRoles(context);
    const held = heldBySession(context);
    return (grantor, grantee) => held(grantee) && (enabled.has(grantor) || enabled.has(grantee));
  }),
  'information_schema.enabled_roles': {
    *rows(context) {
      for (const id of enabledRoles(context)) yield [roleName(context.snapshot, id)];
    },
  },
  'information_schema.applicable_roles': {
    *rows(context) {
      const { snapshot } = context;
      const held = heldBySession(context);
      for (const { roleId, memberId } of snapshot.small.roleMembership.values()) {
        if (held(memberId)) yield [roleName(snapshot, memberId), roleName(snapshot, roleId), 'NO'];
      }
    },
  },
  'information_schema.character_sets': {
    rows: ({ session }) => [
      [null, null, 'UTF8', 'UCS', 'UTF8', session.databaseName, 'pg_catalog', 'en_US.utf8'],
    ],
  },
};
