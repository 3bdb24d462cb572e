/** pg_index and pg_indexes. */
import { arrangementText } from '../item-sql/arrangement.ts';
import { SqlArray, type Row } from '../../types/datum.ts';
import { index, objectRelation, type RelationTable } from '../define.ts';
import { indexedId, indexesOn, keyParts, type IndexObject } from '../indexed.ts';
import { columnsOf, isRelation, objectById, objectByOid, type RelationObject } from '../objects.ts';
import type { RelationContext } from '../relation.ts';
import { databaseNameOf, schemaName } from '../visibility.ts';
import { isTemporary } from './pg-class.ts';

/** int2vector counts from 0. */
function int2vector(numbers: readonly number[]): SqlArray {
  return new SqlArray(numbers, numbers.length === 0 ? [] : [numbers.length], numbers.length === 0 ? [] : [0]);
}

/** The relation an index is on, when the active database shows the index at all. */
function shownRelation({ snapshot, session }: RelationContext, object: IndexObject): RelationObject | null {
  if (isTemporary(object)) return null;
  const database = databaseNameOf(snapshot, object.schemaId);
  if (database !== null && database !== session.databaseName) return null;
  const on = objectById(snapshot, indexedId(object));
  return on !== undefined && isRelation(on) ? on : null;
}

function pgIndexRows(context: RelationContext, object: IndexObject): readonly Row[] {
  const on = shownRelation(context, object);
  if (on === null) return [];
  const columns = columnsOf(on);
  const key = keyParts(object, columns);
  const expressions = key.filter(({ column }) => column === null).map(({ sql }) => sql);
  const flags = [false, false, false, false, true, false];
  return [
    [
      object.oid,
      on.oid,
      columns.length,
      // indisunique, indisprimary, indimmediate, indisclustered, indisvalid, indisreplident
      ...flags,
      int2vector(key.map(({ column }) => column ?? 0)),
      int2vector(key.map(() => 0)),
      expressions.length === 0 ? null : `{${expressions.join(', ')}}`,
      null,
    ],
  ];
}

const pgIndex = objectRelation(['index'], { oid: 'indexrelid' }, pgIndexRows);

export const PG_INDEX_RELATIONS: RelationTable = {
  'pg_catalog.pg_index': {
    rows: pgIndex.rows,
    indexes: [
      ...(pgIndex.indexes ?? []),
      index(['indrelid'], function* (context, oid: number): Iterable<Row> {
        const on = objectByOid(context.snapshot, oid);
        if (on === undefined || !isRelation(on)) return;
        for (const object of indexesOn(context.snapshot, on)) yield* pgIndexRows(context, object);
      }),
    ],
  },
  'pg_catalog.pg_indexes': objectRelation(['index'], { name: 'indexname' }, (context, object) => {
    const on = shownRelation(context, object);
    if (on === null) return [];
    const { snapshot, session } = context;
    const database = databaseNameOf(snapshot, object.schemaId) ?? session.databaseName;
    const schema = schemaName(snapshot, object.schemaId);
    // The text is not in Materialize's; mappers of PostgreSQL read it without looking for NULL.
    return [[database, schema, on.name, object.name, null, arrangementText(snapshot, object)]];
  }),
};
