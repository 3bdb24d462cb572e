/** How a file of this room says where the rows of its relations come from. */
import type { Id } from '../catalog/ids.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import type { Datum, Row } from '../types/datum.ts';
import {
  objectById,
  objectByOid,
  objectsInSchemaOfKinds,
  objectsNamed,
  objectsNamedIn,
  objectsOfKinds,
  type CatalogObject,
  type ObjectKind,
  type ObjectOf,
} from './objects.ts';
import type { RelationContext, RelationIndex, SystemRelation } from './relation.ts';

/** The part of a relation that is code: its rows, and ways to find some of them without reading all. */
export interface RelationRows {
  /** As {@link SystemRelation.rows}. */
  rows(context: RelationContext, width?: number): Iterable<Row>;
  readonly indexes?: readonly RelationIndex[];
}

/** Rows of a family of relations, by `schema.name`. */
export type RelationTable = Readonly<Record<string, RelationRows>>;

/** An index over one or more columns; a NULL key finds nothing, as equality demands. */
export function index(
  columns: readonly string[],
  find: (context: RelationContext, ...keys: readonly never[]) => Iterable<Row>,
): RelationIndex {
  const typed = find as (context: RelationContext, ...keys: readonly Datum[]) => Iterable<Row>;
  return { columns, find: (context, keys) => (keys.includes(null) ? [] : typed(context, ...keys)) };
}

/** The rows of a relation that is there but about machinery the server doesn't simulate, or always empty. */
export const NO_ROWS: RelationRows = { rows: () => [] };

/** A relation whose rows never depend on anything but the server itself. */
export function constantRows(make: () => readonly Row[]): RelationRows {
  let rows: readonly Row[] | undefined;
  return { rows: () => (rows ??= make()) };
}

/** Columns of a relation that hold the handles of the object a row is about. */
export interface ObjectKeys {
  readonly id?: string;
  readonly oid?: string;
  readonly name?: string;
  readonly schemaId?: string;
  /** For relations that name the schema by OID. */
  readonly schemaOid?: string;
}

/** Rows about one object: none when the relation does not show it. */
export type RowsOf<K extends ObjectKind> = (context: RelationContext, object: ObjectOf<K>) => Iterable<Row>;

/** A relation made of objects of some kinds, with an index for each handle it shows. */
export function objectRelation<K extends ObjectKind>(
  kinds: readonly K[],
  keys: ObjectKeys,
  rowsOf: RowsOf<K>,
): RelationRows {
  const wanted: ReadonlySet<string> = new Set(kinds);
  function* among(context: RelationContext, objects: Iterable<CatalogObject>): Iterable<Row> {
    for (const object of objects) {
      if (!wanted.has(object.kind)) continue;
      for (const row of rowsOf(context, object as unknown as ObjectOf<K>)) yield row;
    }
  }
  const one = (context: RelationContext, object: CatalogObject | undefined): Iterable<Row> =>
    object !== undefined && wanted.has(object.kind) ? rowsOf(context, object as unknown as ObjectOf<K>) : [];
  const found: RelationIndex[] = [];
  const { id, oid, name } = keys;
  if (id !== undefined) found.push(index([id], (c, key: Id) => one(c, objectById(c.snapshot, key))));
  if (oid !== undefined) found.push(index([oid], (c, key: number) => one(c, objectByOid(c.snapshot, key))));
  for (const [column, resolve] of schemaHandles(keys)) {
    if (name !== undefined) {
      const find = (c: RelationContext, schema: never, key: string): Iterable<Row> =>
        among(c, objectsNamedIn(c.snapshot, resolve(c, schema), key));
      found.push(index([column, name], find));
    }
    const find = (c: RelationContext, schema: never): Iterable<Row> =>
      among(c, objectsInSchemaOfKinds(c.snapshot, resolve(c, schema), kinds));
    found.push(index([column], find));
  }
  if (name !== undefined)
    found.push(index([name], (c, key: string) => among(c, objectsNamed(c.snapshot, key))));
  return {
    *rows(context) {
      for (const object of objectsOfKinds(context.snapshot, kinds)) {
        for (const row of rowsOf(context, object)) yield row;
      }
    },
    indexes: found,
  };
}

type SchemaHandle = readonly [column: string, resolve: (context: RelationContext, key: never) => Id];

function schemaHandles(keys: ObjectKeys): readonly SchemaHandle[] {
  const handles: SchemaHandle[] = [];
  if (keys.schemaId !== undefined) handles.push([keys.schemaId, (_, key: Id) => key]);
  if (keys.schemaOid !== undefined) handles.push([keys.schemaOid, (c, oid: number) => schemaIdByOid(c, oid)]);
  return handles;
}

/** Schemas are few: a walk is cheaper than an index to keep. */
function schemaIdByOid(context: RelationContext, oid: number): Id {
  for (const schema of context.snapshot.schemas.values()) {
    if (schema.oid === oid) return schema.id;
  }
  return '';
}

/** A relation over records that the snapshot keeps by some unique handles. */
export interface EntitySpec<T> {
  all(snapshot: Snapshot): Iterable<T>;
  /** Unique handles, by the column that shows them. */
  readonly keys: Readonly<Record<string, (snapshot: Snapshot, key: Datum) => T | undefined>>;
  /** null: the relation does not show this one. */
  row(context: RelationContext, entity: T): Row | null;
}

/** A relation with one row for each record of a kind. */
export function entityRelation<T>(spec: EntitySpec<T>): RelationRows {
  const one = (context: RelationContext, entity: T | undefined): Iterable<Row> => {
    const row = entity === undefined ? null : spec.row(context, entity);
    return row === null ? [] : [row];
  };
  return {
    *rows(context) {
      for (const entity of spec.all(context.snapshot)) yield* one(context, entity);
    },
    indexes: Object.entries(spec.keys).map(([column, get]) =>
      index([column], (context, key: Datum) => one(context, get(context.snapshot, key))),
    ),
  };
}

/**
 * A relation with some rows of another, without its last `dropped` columns; `columns` of the other keep their name and
 * their indexes.
 */
export function derivedRelation(
  base: RelationRows,
  columns: Readonly<Record<string, string>>,
  dropped: number,
  isShown: (context: RelationContext, row: Row) => boolean,
): RelationRows {
  function* projected(context: RelationContext, rows: Iterable<Row>, width: number): Iterable<Row> {
    for (const row of rows) {
      if (!isShown(context, row)) continue;
      yield width <= row.length - dropped ? row : row.slice(0, -dropped);
    }
  }
  const indexes = (base.indexes ?? []).flatMap((inner): RelationIndex[] => {
    const renamed = inner.columns.map((column) => columns[column]);
    if (renamed.includes(undefined)) return [];
    return [
      {
        columns: renamed as readonly string[],
        find: (context, keys, width = Infinity) => projected(context, inner.find(context, keys), width),
      },
    ];
  });
  return { rows: (context, width = Infinity) => projected(context, base.rows(context), width), indexes };
}

/** Columns that keep their name in a {@link derivedRelation}. */
export function sameColumns(...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, name]));
}

/** Puts rows and shape together. */
export function bind(shape: Omit<SystemRelation, 'rows' | 'indexes'>, rows: RelationRows): SystemRelation {
  return {
    schema: shape.schema,
    name: shape.name,
    oid: shape.oid,
    id: shape.id,
    kind: shape.kind,
    get columns() {
      return shape.columns;
    },
    selectGrantedTo: shape.selectGrantedTo,
    ...(shape.comment === undefined ? {} : { comment: shape.comment }),
    rows: (context, width) => rows.rows(context, width),
    ...(rows.indexes === undefined ? {} : { indexes: rows.indexes }),
  };
}
