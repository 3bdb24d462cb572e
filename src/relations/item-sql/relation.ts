/** CREATE TABLE, CREATE VIEW, CREATE MATERIALIZED VIEW and CREATE INDEX. */
import type { IndexItem, MaterializedViewItem, TableItem, ViewItem } from '../../catalog/records.ts';
import { bracketed, clauses, type Doc } from '../../sql/doc.ts';
import type { ItemPrinter } from './printer.ts';

export function createTable(p: ItemPrinter, item: TableItem): Doc {
  const temporary = item.temporary === undefined ? '' : 'TEMPORARY ';
  const columns = item.columns.map((column) => p.column(column));
  const head = bracketed(`CREATE ${temporary}TABLE ${p.fullName(item)} (`, columns, ')');
  if (item.sourceId === undefined) return head;
  const reference =
    item.externalReference === undefined ? '' : ` (REFERENCE = ${p.path(item.externalReference)})`;
  return clauses([head, `FROM SOURCE ${p.reference(item.sourceId)}${reference}`]);
}

/** Column names that the statement gave, not those the query has. */
function namedColumns(p: ItemPrinter, names: readonly string[] | undefined): string {
  return names === undefined ? '' : ` (${names.map((name) => p.ident(name)).join(', ')})`;
}

export function createView(p: ItemPrinter, item: ViewItem): Doc {
  const temporary = item.temporary === undefined ? '' : 'TEMPORARY ';
  const head = `CREATE ${temporary}VIEW ${p.fullName(item)}${namedColumns(p, item.columnNames)}`;
  return clauses([head, `AS ${p.query(item.query)}`]);
}

export function createMaterializedView(p: ItemPrinter, item: MaterializedViewItem): Doc {
  const refresh = item.withOptions.some((option) => /^refresh\b/i.test(option))
    ? []
    : ['REFRESH = ON COMMIT'];
  const options = [...item.withOptions, ...refresh].join(', ');
  return clauses([
    `CREATE MATERIALIZED VIEW ${p.fullName(item)}${namedColumns(p, item.columnNames)}`,
    `IN CLUSTER ${p.cluster(item.clusterId)}`,
    `WITH (${options})`,
    `AS ${p.query(item.query)}`,
  ]);
}

/** An index is named without its schema, which is always that of its relation. */
export function createIndex(p: ItemPrinter, item: IndexItem): Doc {
  const key = item.keys.map((part) => keyText(p, item, part));
  return clauses([
    `CREATE INDEX ${p.ident(item.name)}`,
    `IN CLUSTER ${p.cluster(item.clusterId)}`,
    bracketed(`ON ${p.reference(item.onId)} (`, key, ')'),
  ]);
}

function keyText(p: ItemPrinter, item: IndexItem, key: IndexItem['keys'][number]): string {
  const relation = p.snapshot.items.get(item.onId);
  const columns = relation !== undefined && 'columns' in relation ? relation.columns : [];
  const column = key.column === null ? undefined : columns[key.column - 1];
  return column === undefined ? p.expression(key.sql) : p.ident(column.name);
}
