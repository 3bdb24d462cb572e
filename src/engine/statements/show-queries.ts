/**
 * The queries that SHOW listings stand for, over the relations made for them. Source: documentation of SHOW ...; columns
 * and order as the running system has them. A query is made as text and parsed, so that it is bound like any other.
 */
import { PUBLIC_ROLE_ID, type Id } from '../../catalog/ids.ts';
import { effectiveRoles } from '../../catalog/privileges.ts';
import { planError } from '../../errors.ts';
import { isRelation, isSystem } from '../../relations/objects.ts';
import { parseQuery } from '../../sql/parser.ts';
import { quoteIdentAlways, quoteLiteral } from '../../sql/quote.ts';
import type {
  ObjectName,
  Query,
  ShowColumns,
  ShowFilter,
  ShowListing,
  ShowObjects,
} from '../../sql/nodes.ts';
import { findBuiltIn } from '../support/built-in.ts';
import { roleNameOf } from '../support/grantees.ts';
import { ownedBuiltIn, ownedItem } from '../support/owned.ts';
import { RELATION_TYPES } from '../support/privilege-kinds.ts';
import {
  clusterNamed,
  databaseNamed,
  findItem,
  noSchema,
  roleNamed,
  schemaNamed,
  written,
} from '../support/resolve.ts';
import type { Scope } from './handler.ts';

/** What a listing reads: a relation, the columns it shows, conditions on columns it may not show. */
interface Listing {
  readonly relation: string;
  readonly columns: readonly string[];
  readonly conditions: readonly string[];
  /** Columns of the order when it is not that of all columns shown. */
  readonly order?: readonly string[];
}

/** The query of a listing as text, as it also stands in `SELECT ... FROM (SHOW ...)`. */
export function showListingSql(node: ShowObjects | ShowColumns, scope: Scope): string {
  const listing =
    node.kind === 'show columns' ? columnListing(node, scope) : LISTINGS[node.listing](node, scope);
  return queryText(listing, node.filter);
}

/** The query of a listing. */
export function showListingQuery(node: ShowObjects | ShowColumns, scope: Scope): Query {
  return parseQuery(showListingSql(node, scope));
}

function queryText(listing: Listing, filter: ShowFilter | null): string {
  const { relation, columns, conditions, order } = listing;
  const list = columns.map(quoteIdentAlways).join(', ');
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const inner = order === undefined ? list : [list, ...order.map(quoteIdentAlways)].join(', ');
  const by = (order ?? columns).map((column) => `shown.${quoteIdentAlways(column)}`).join(', ');
  return `SELECT ${list} FROM (SELECT ${inner} FROM ${relation}${where}) AS shown${filterText(filter)} ORDER BY ${by}`;
}

function filterText(filter: ShowFilter | null): string {
  if (filter === null) return '';
  return filter.kind === 'like'
    ? ` WHERE "name" LIKE ${quoteLiteral(filter.pattern)}`
    : ` WHERE (${filter.condition.sql}\n)`;
}

function equals(column: string, value: string): string {
  return `${column} = ${quoteLiteral(value)}`;
}

function isIn(column: string, values: readonly string[]): string {
  return values.length === 0 ? 'false' : `${column} IN (${values.map(quoteLiteral).join(', ')})`;
}

/** The schema of FROM, or the first on the search path that exists. */
function schemaId(node: ShowObjects, scope: Scope): Id {
  if (node.from !== null) return schemaNamed(scope, node.from.parts).id;
  const id = scope.session.namespace(scope.snapshot).currentSchemaId;
  if (id === null) throw noSchema();
  return id;
}

function clusterCondition(node: ShowObjects, scope: Scope): readonly string[] {
  if (node.cluster === null) return [];
  return [equals('cluster_id', clusterNamed(scope.snapshot, node.cluster).id)];
}

type Build = (node: ShowObjects, scope: Scope) => Listing;

/** A listing of the objects of one schema. */
function ofSchema(relation: string, columns: readonly string[]): Build {
  return (node, scope) => ({
    relation,
    columns,
    conditions: [equals('schema_id', schemaId(node, scope)), ...clusterCondition(node, scope)],
  });
}

/** A listing of everything of a kind. */
function everything(relation: string, columns: readonly string[]): Build {
  return () => ({ relation, columns, conditions: [] });
}

const NAME_COMMENT = ['name', 'comment'];

const LISTINGS = {
  databases: everything('mz_internal.mz_show_databases', NAME_COMMENT),
  schemas: schemaListing,
  objects: ofSchema('mz_internal.mz_show_all_objects', ['name', 'type', 'comment']),
  tables: tableListing,
  views: ofSchema('mz_internal.mz_show_views', NAME_COMMENT),
  'materialized views': ofSchema('mz_internal.mz_show_materialized_views', ['name', 'cluster', 'comment']),
  sources: ofSchema('mz_internal.mz_show_sources', ['name', 'type', 'cluster', 'comment']),
  subsources: subsourceListing,
  sinks: ofSchema('mz_internal.mz_show_sinks', ['name', 'type', 'cluster', 'comment']),
  indexes: indexListing,
  types: ofSchema('mz_internal.mz_show_types', NAME_COMMENT),
  secrets: ofSchema('mz_internal.mz_show_secrets', NAME_COMMENT),
  connections: ofSchema('mz_internal.mz_show_connections', ['name', 'type', 'comment']),
  clusters: everything('mz_internal.mz_show_clusters', ['name', 'replicas', 'comment']),
  'cluster replicas': everything('mz_internal.mz_show_cluster_replicas', [
    'cluster',
    'replica',
    'size',
    'ready',
    'comment',
  ]),
  roles: everything('mz_internal.mz_show_roles', NAME_COMMENT),
  'network policies': everything('mz_internal.mz_show_network_policies', ['name', 'rules', 'comment']),
  'continual tasks': ofSchema('mz_internal.mz_show_continual_tasks', ['name', 'cluster', 'comment']),
  privileges: privilegeListing,
  'default privileges': defaultPrivilegeListing,
  'role membership': membershipListing,
} as const satisfies Record<ShowListing, Build>;

function schemaListing(node: ShowObjects, scope: Scope): Listing {
  const databaseId =
    node.from === null
      ? scope.session.namespace(scope.snapshot).databaseId
      : databaseNamed(scope.snapshot, written(node.from)).id;
  if (databaseId === null) throw planError('no database specified and no active database');
  return {
    relation: 'mz_internal.mz_show_schemas',
    columns: NAME_COMMENT,
    conditions: [`(database_id IS NULL OR ${equals('database_id', databaseId)})`],
  };
}

/** The object after ON, of one of the types; else `cannot show <plural> on <name> because it is a <kind>`. */
function onObject(node: ShowObjects, scope: Scope, on: ObjectName, types: ReadonlySet<string>): Id {
  const item = findItem(scope, on);
  const builtIn = item === undefined ? findBuiltIn(scope, on) : undefined;
  const object =
    item !== undefined
      ? ownedItem(scope.snapshot, item)
      : builtIn !== undefined
        ? ownedBuiltIn(scope.snapshot, builtIn)
        : undefined;
  if (object === undefined) throw planError(`unknown catalog item '${written(on)}'`);
  if (types.has(object.type)) return object.id;
  throw planError(
    `cannot show ${node.listing} on ${object.name} because it is a ${object.kind.toLowerCase()}`,
  );
}

const SOURCES: ReadonlySet<string> = new Set(['source']);

function tableListing(node: ShowObjects, scope: Scope): Listing {
  const relation = 'mz_internal.mz_show_tables';
  const conditions = [equals('schema_id', schemaId(node, scope))];
  if (node.on !== null) conditions.push(equals('source_id', onObject(node, scope, node.on, SOURCES)));
  return { relation, columns: NAME_COMMENT, conditions };
}

function subsourceListing(node: ShowObjects, scope: Scope): Listing {
  const conditions = [isIn('type', ['subsource', 'progress'])];
  if (node.on === null) conditions.push(equals('schema_id', schemaId(node, scope)));
  else {
    const source = equals('referenced_object_id', onObject(node, scope, node.on, SOURCES));
    conditions.push(`id IN (SELECT object_id FROM mz_internal.mz_object_dependencies WHERE ${source})`);
  }
  return { relation: 'mz_catalog.mz_sources', columns: ['name', 'type'], conditions };
}

/** IN CLUSTER alone lists the indexes of every schema. */
function indexListing(node: ShowObjects, scope: Scope): Listing {
  const conditions = [...clusterCondition(node, scope)];
  if (node.on !== null) conditions.push(equals('on_id', onObject(node, scope, node.on, RELATION_TYPES)));
  else if (node.from !== null || node.cluster === null) {
    conditions.push(equals('schema_id', schemaId(node, scope)));
  }
  return {
    relation: 'mz_internal.mz_show_indexes',
    columns: ['name', 'on', 'cluster', 'key', 'comment'],
    conditions,
  };
}

/** Object types as the privilege relations print them, by the plural of the statement. */
const PRIVILEGE_TYPES: Readonly<Record<string, readonly string[]>> = {
  tables: ['table', 'view', 'materialized-view', 'source', 'continual-task'],
  types: ['type'],
  secrets: ['secret'],
  connections: ['connection'],
  schemas: ['schema'],
  databases: ['database'],
  clusters: ['cluster'],
  system: ['system'],
};

function kindCondition(node: ShowObjects): readonly string[] {
  if (node.privilegeKind === null) return [];
  return [isIn('object_type', PRIVILEGE_TYPES[node.privilegeKind] ?? [])];
}

/** Names of the role after FOR, of the roles it belongs to, and PUBLIC. */
function heldRoles(role: string, scope: Scope): readonly string[] {
  const { id } = roleNamed(scope.snapshot, role);
  return [...effectiveRoles(scope.snapshot, id)].map((held) => roleNameOf(scope.snapshot, held));
}

function privilegeListing(node: ShowObjects, scope: Scope): Listing {
  return {
    relation: 'mz_internal.mz_show_all_privileges',
    columns: ['grantor', 'grantee', 'database', 'schema', 'name', 'object_type', 'privilege_type'],
    conditions: [
      ...kindCondition(node),
      ...(node.role === null ? [] : [isIn('grantee', heldRoles(node.role, scope))]),
    ],
  };
}

function defaultPrivilegeListing(node: ShowObjects, scope: Scope): Listing {
  const type = node.privilegeKind?.replace(/s$/, '');
  return {
    relation: 'mz_internal.mz_show_default_privileges',
    columns: ['object_owner', 'database', 'schema', 'object_type', 'grantee', 'privilege_type'],
    conditions: [
      ...(type === undefined ? [] : [equals('object_type', type)]),
      ...(node.role === null ? [] : [isIn('grantee', heldRoles(node.role, scope))]),
    ],
  };
}

function membershipListing(node: ShowObjects, scope: Scope): Listing {
  const members =
    node.role === null
      ? null
      : heldRoles(node.role, scope).filter((name) => name !== roleNameOf(scope.snapshot, PUBLIC_ROLE_ID));
  return {
    relation: 'mz_internal.mz_show_role_members',
    columns: ['role', 'member', 'grantor'],
    conditions: members === null ? [] : [isIn('member', members)],
  };
}

/** Columns in the order of the relation. */
function columnListing(node: ShowColumns, scope: Scope): Listing {
  const found = findItem(scope, node.relation) ?? findBuiltIn(scope, node.relation);
  if (found === undefined) throw planError(`unknown catalog item '${written(node.relation)}'`);
  if (!isRelation(found)) {
    const { name, kind } = isSystem(found)
      ? ownedBuiltIn(scope.snapshot, found)
      : ownedItem(scope.snapshot, found);
    throw planError(`${name} is a ${kind.toLowerCase()} and so does not have columns`);
  }
  return {
    relation: 'mz_internal.mz_show_columns',
    columns: ['name', 'nullable', 'type', 'comment'],
    conditions: [equals('id', found.id)],
    order: ['position'],
  };
}
