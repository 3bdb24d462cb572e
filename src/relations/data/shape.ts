/** Raw form of the shape tables in this folder, and the reader that turns a row of one into columns. */
import type { RelationColumn, SystemRelation } from '../relation.ts';
import { columnType } from '../column-types.ts';

/**
 * Schema, name, kind, OID, roles with SELECT (comma-separated), remark, and one line for each column:
 * `<name> <type>[?][: <comment>]`, where `?` says that NULL may occur.
 */
export type ShapeRow = readonly [
  schema: string,
  name: string,
  kind: SystemRelation['kind'],
  oid: number,
  grantees: string,
  remark: string,
  columns: string,
];

/** Schema, name, OID, indexed relation as `schema.name`, key columns (comma-separated). */
export type IndexShapeRow = readonly [schema: string, name: string, oid: number, on: string, key: string];

const COLUMN_LINE = /^(\S+) ([^:?]+)(\?)?(?:: (.*))?$/;

/** Parses the columns of a shape row; none for an empty text. A malformed line is a defect of the table. */
export function parseColumns(text: string): readonly RelationColumn[] {
  if (text === '') return [];
  return text.split('\n').map((line) => {
    const [, name, type, nullable, comment] = COLUMN_LINE.exec(line) ?? [];
    if (name === undefined || type === undefined) throw new Error(`malformed column: ${line}`);
    const column = { name, type: columnType(type), nullable: nullable !== undefined };
    return comment === undefined ? column : { ...column, comment };
  });
}
