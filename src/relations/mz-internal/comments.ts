/** mz_comments, and pg_description with it. */
import type { Id } from '../../catalog/ids.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { Row } from '../../types/datum.ts';
import { commentsOnObject, type ObjectComment } from '../comments.ts';
import { derivedRelation, index, objectRelation, sameColumns, type RelationTable } from '../define.ts';
import {
  objectById,
  RELATION_KINDS,
  type CatalogObject,
  type RelationKind,
  type RelationObject,
} from '../objects.ts';
import { systemRelationObjects } from '../system-catalog.ts';
import { databaseNameOf, inCurrentDatabase } from '../visibility.ts';
import { isTemporary } from '../pg-catalog/pg-class.ts';

/** Kinds of things with a comment that are no item; with the kinds of items, what mz_comments.object_type may say. */
const OTHER_KINDS = ['database', 'schema', 'role', 'cluster', 'cluster-replica', 'network-policy'] as const;

function commentRow(id: Id, objectKind: string, { position, text }: ObjectComment): Row {
  return [id, objectKind, position, text];
}

function* objectRows(snapshot: Snapshot, object: CatalogObject): Iterable<Row> {
  for (const comment of commentsOnObject(snapshot, object)) yield commentRow(object.id, object.kind, comment);
}

/** Ids of items and of databases, roles and so on overlap (`u1`): one id may find comments on several things. */
function* rowsById(snapshot: Snapshot, id: Id): Iterable<Row> {
  const object = objectById(snapshot, id);
  if (object !== undefined) yield* objectRows(snapshot, object);
  for (const kind of OTHER_KINDS) {
    for (const { columnPosition, comment } of snapshot.commentsOfObject.get(`${kind}/${id}`) ?? []) {
      yield [id, kind, columnPosition, comment];
    }
  }
}

/** OIDs of the catalogs in which PostgreSQL lists a kind of object: what classoid says. */
export const CLASS_OIDS = { relation: 16795, type: 16801, namespace: 16794 } as const;

function* descriptionRows(snapshot: Snapshot, object: RelationObject | CatalogObject): Iterable<Row> {
  if (isTemporary(object)) return;
  const classOid = object.kind === 'type' ? CLASS_OIDS.type : CLASS_OIDS.relation;
  for (const { position, text } of commentsOnObject(snapshot, object)) {
    yield [object.oid, classOid, position ?? 0, text, databaseNameOf(snapshot, object.schemaId), null];
  }
}

const DESCRIBED = [...RELATION_KINDS, 'index', 'type'] as const satisfies readonly (
  RelationKind | 'index' | 'type'
)[];

const pgDescriptionAllDatabases = objectRelation(DESCRIBED, { oid: 'objoid' }, ({ snapshot }, object) =>
  descriptionRows(snapshot, object),
);

export const COMMENT_RELATIONS: RelationTable = {
  'mz_internal.mz_comments': {
    *rows({ snapshot }) {
      for (const relation of systemRelationObjects()) yield* objectRows(snapshot, relation);
      for (const { objectId, objectKind, columnPosition, comment } of snapshot.small.comment.values()) {
        yield [objectId, objectKind, columnPosition, comment];
      }
    },
    indexes: [index(['id'], ({ snapshot }, id: Id) => rowsById(snapshot, id))],
  },
  'mz_internal.pg_description_all_databases': pgDescriptionAllDatabases,
  'pg_catalog.pg_description': derivedRelation(
    pgDescriptionAllDatabases,
    sameColumns('objoid'),
    2,
    (context, row) => inCurrentDatabase(context, row.at(-2) as string | null),
  ),
};
