/**
 * The built-in objects: relations, their indexes, types and functions, in the same form as a user's items, so that every
 * relation that lists objects treats both alike. They never change while the server runs: read once, kept for good.
 */
import type { Id } from '../catalog/ids.ts';
import { MZ_SYSTEM_ROLE_ID } from '../catalog/ids.ts';
import type { AclEntry } from '../catalog/records.ts';
import { AMBIENT_SCHEMA_IDS, CATALOG_SERVER_CLUSTER_ID, relationPrivileges } from './ambient.ts';
import { CATALOG_INDEXES } from './data/catalog-indexes.ts';
import { CATALOG_SHAPES } from './data/catalog-shapes.ts';
import { POSTGRES_COLUMNS, POSTGRES_SHAPES } from './data/postgres-shapes.ts';
import { parseColumns, type ShapeRow } from './data/shape.ts';
import { TUMBLER_SHAPES } from './data/tumbler-shapes.ts';
import type { RelationColumn, SystemRelation } from './relation.ts';

interface SystemObjectBase {
  /** Tells built-in objects from a user's items. */
  readonly system: true;
  /** `s<oid>`: OIDs of built-in objects are unique across kinds, as PostgreSQL keeps them. */
  readonly id: Id;
  readonly oid: number;
  readonly schemaId: Id;
  readonly schema: string;
  readonly name: string;
  readonly ownerId: Id;
  readonly clusterId: Id | null;
  readonly privileges: readonly AclEntry[];
}

export interface SystemRelationObject extends SystemObjectBase {
  readonly kind: SystemRelation['kind'];
  readonly columns: readonly RelationColumn[];
  readonly selectGrantedTo: readonly string[];
  readonly comment?: string;
}

/** An index that the catalog lists on a built-in relation. */
export interface SystemIndexObject extends SystemObjectBase {
  readonly kind: 'index';
  readonly on: SystemRelationObject;
  readonly key: readonly { readonly name: string; readonly position: number; readonly nullable: boolean }[];
}

/** Id of the built-in object with this OID. */
export function systemId(oid: number): Id {
  return `s${oid}`;
}

/** Columns behind a relation's own, by `schema.name`. */
const ADDED_COLUMNS: ReadonlyMap<string, string> = new Map(POSTGRES_COLUMNS);

/**
 * Columns that have PostgreSQL's type, not the one of the shapes. Sequelize reads array_agg(attname), and expects that the
 * driver leaves arrays of name as text.
 */
const RETYPED: ReadonlyMap<string, readonly [from: string, to: string]> = new Map([
  ['pg_catalog.pg_attribute', ['attname text', 'attname name']],
]);

class LazyRelation implements SystemRelationObject {
  readonly system = true;
  readonly kind: SystemRelation['kind'];
  readonly id: Id;
  readonly oid: number;
  readonly schemaId: Id;
  readonly schema: string;
  readonly name: string;
  readonly ownerId = MZ_SYSTEM_ROLE_ID;
  readonly clusterId: Id | null;
  readonly selectGrantedTo: readonly string[];
  readonly comment?: string;
  readonly #columnText: string;
  #columns: readonly RelationColumn[] | undefined;
  #privileges: readonly AclEntry[] | undefined;

  constructor([schema, name, kind, oid, grantees, remark, columns]: ShapeRow) {
    this.kind = kind;
    this.id = systemId(oid);
    this.oid = oid;
    this.schemaId = AMBIENT_SCHEMA_IDS[schema] ?? '';
    this.schema = schema;
    this.name = name;
    this.clusterId =
      kind === 'materialized-view' || kind === 'continual-task' ? CATALOG_SERVER_CLUSTER_ID : null;
    this.selectGrantedTo = grantees === '' ? [] : grantees.split(',');
    if (remark !== '') this.comment = remark;
    const [from, to] = RETYPED.get(`${schema}.${name}`) ?? ['', ''];
    const own = from === '' ? columns : columns.replace(from, to);
    this.#columnText = [own, ADDED_COLUMNS.get(`${schema}.${name}`)].filter(Boolean).join('\n');
  }

  /** Parsed at first use: most of the 1,500 columns are never asked for in one run. */
  get columns(): readonly RelationColumn[] {
    return (this.#columns ??= parseColumns(this.#columnText));
  }

  get privileges(): readonly AclEntry[] {
    return (this.#privileges ??= relationPrivileges(this.selectGrantedTo, this.kind === 'table'));
  }
}

const RELATIONS: readonly SystemRelationObject[] = [
  ...CATALOG_SHAPES,
  ...POSTGRES_SHAPES,
  ...TUMBLER_SHAPES,
].map((row) => new LazyRelation(row));
const BY_NAME = new Map(RELATIONS.map((relation) => [`${relation.schema}.${relation.name}`, relation]));

/** Every built-in relation. */
export function systemRelationObjects(): readonly SystemRelationObject[] {
  return RELATIONS;
}

/** A built-in relation by `schema.name`. */
export function systemRelationObject(qualifiedName: string): SystemRelationObject | undefined {
  return BY_NAME.get(qualifiedName);
}

let indexes: readonly SystemIndexObject[] | undefined;

/** Every built-in index. */
export function systemIndexObjects(): readonly SystemIndexObject[] {
  return (indexes ??= CATALOG_INDEXES.map(([schema, name, oid, on, key]) => {
    const relation = BY_NAME.get(on);
    if (relation === undefined) throw new Error(`index ${name} on unknown relation ${on}`);
    return {
      system: true,
      kind: 'index',
      id: systemId(oid),
      oid,
      schemaId: AMBIENT_SCHEMA_IDS[schema] ?? '',
      schema,
      name,
      ownerId: MZ_SYSTEM_ROLE_ID,
      clusterId: CATALOG_SERVER_CLUSTER_ID,
      privileges: [],
      on: relation,
      key: key.split(',').map((column) => keyPart(relation, column)),
    };
  }));
}

function keyPart(relation: SystemRelationObject, name: string): SystemIndexObject['key'][number] {
  const index = relation.columns.findIndex((column) => column.name === name);
  const column = relation.columns[index];
  if (column === undefined) throw new Error(`no column ${name} in ${relation.schema}.${relation.name}`);
  return { name, position: index + 1, nullable: column.nullable };
}
