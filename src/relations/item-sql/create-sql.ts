/** CREATE statements of catalog items, printed from their records: nothing of the original text is kept. */
import type {
  ClusterRecord,
  Item,
  MaterializedViewItem,
  SecretItem,
  ViewItem,
} from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { quoteIdentAlways, quoteLiteral } from '../../sql/quote.ts';
import type { SystemIndexObject, SystemRelationObject } from '../system-catalog.ts';
import { createConnection } from './connection.ts';
import { PRETTY_WIDTH, render, type Doc } from '../../sql/doc.ts';
import { ItemPrinter, REDACTED_LITERAL, type SqlForm } from './printer.ts';
import { createIndex, createMaterializedView, createTable, createView } from './relation.ts';
import { createSink } from './sink.ts';
import { createSource } from './source.ts';
import { createType } from './type.ts';

export type { SqlForm } from './printer.ts';

/** The value is never printed: eight stars stand for it, or the mask of redacted text. */
function createSecret(p: ItemPrinter, item: SecretItem): Doc {
  return `CREATE SECRET ${p.fullName(item)} AS ${p.form === 'redacted' ? REDACTED_LITERAL : `'********'`}`;
}

const PRINTERS: {
  readonly [K in Item['kind']]: (p: ItemPrinter, item: Extract<Item, { readonly kind: K }>) => Doc;
} = {
  secret: createSecret,
  connection: createConnection,
  source: createSource,
  sink: createSink,
  table: createTable,
  view: createView,
  'materialized-view': createMaterializedView,
  index: createIndex,
  type: createType,
};

/** The CREATE statement of an item in one of the forms (see {@link SqlForm}), with the names of this snapshot. */
export function createSql(item: Item, snapshot: Snapshot, form: SqlForm): string {
  const print = PRINTERS[item.kind] as (p: ItemPrinter, item: Item) => Doc;
  const doc = print(new ItemPrinter(snapshot, form), item);
  return form === 'pretty' ? render([doc, ';'], PRETTY_WIDTH) : render(doc, Infinity);
}

/** The full name of an item as SHOW CREATE's first column prints it. */
export function fullName(item: Item, snapshot: Snapshot): string {
  return new ItemPrinter(snapshot, 'simple').fullName(item);
}

type QueryItem = ViewItem | MaterializedViewItem;

/** The query of a view as `definition` columns of mz_catalog show it: stable form, with a semicolon. */
export function viewDefinition(item: QueryItem, snapshot: Snapshot): string {
  return `${new ItemPrinter(snapshot, 'stable').query(item.query)};`;
}

/**
 * The query of a view as PostgreSQL's functions and relations show it: SQL that makes the same view again. Names that the
 * statement gave to the columns are part of it, as in PostgreSQL, since tools put `CREATE VIEW name AS` before it.
 */
export function viewQuery(item: QueryItem, snapshot: Snapshot): string {
  const p = new ItemPrinter(snapshot, 'simple');
  const query = p.query(item.query);
  if (item.columnNames === undefined) return `${query};`;
  const names = item.columnNames.map((name) => p.ident(name)).join(', ');
  return `SELECT * FROM (${query}) AS ${p.ident(item.name)} (${names});`;
}

/**
 * SHOW CREATE CLUSTER: one line, options in the order of the reference (clusters 1.10). null for an unmanaged cluster,
 * which has no such text.
 */
export function createClusterSql(cluster: ClusterRecord): string | null {
  const { config, workloadClass } = cluster;
  if (!config.managed) return null;
  const zones = config.availabilityZones.map(quoteLiteral).join(', ');
  const options = [
    ...(zones === '' ? [] : [`AVAILABILITY ZONES = (${zones})`]),
    `INTROSPECTION DEBUGGING = ${config.introspectionDebugging}`,
    `INTROSPECTION INTERVAL = ${intervalLiteral(config.introspectionIntervalMs)}`,
    'MANAGED = true',
    `REPLICATION FACTOR = ${config.replicationFactor}`,
    `SIZE = ${quoteLiteral(config.size)}`,
    `SCHEDULE = ${config.schedule}`,
    ...(workloadClass === null ? [] : [`WORKLOAD CLASS = ${quoteLiteral(workloadClass)}`]),
  ];
  return `CREATE CLUSTER ${quoteIdentAlways(cluster.name)} (${options.join(', ')})`;
}

function intervalLiteral(ms: number | null): string {
  if (ms === null) return 'NULL';
  const seconds = Math.floor(ms / 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  const fraction =
    ms % 1000 === 0
      ? ''
      : `.${String(ms % 1000)
          .padStart(3, '0')
          .replace(/0+$/, '')}`;
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `INTERVAL '${time}${fraction}'`;
}

/** CREATE INDEX of a built-in index. */
export function systemIndexSql(index: SystemIndexObject, snapshot: Snapshot, form: SqlForm): string {
  const p = new ItemPrinter(snapshot, form);
  const key = index.key.map(({ name }) => p.ident(name)).join(', ');
  const cluster = index.clusterId === null ? '' : ` IN CLUSTER ${p.cluster(index.clusterId)}`;
  return `CREATE INDEX ${p.ident(index.name)}${cluster} ON ${p.named(index.on)} (${key})`;
}

/** Definition of a built-in view. Its rows are computed, not queried, and the text says so. */
export const SYSTEM_VIEW_DEFINITION = '/* computed by the server */;';

const SYSTEM_KINDS: Readonly<Record<SystemRelationObject['kind'], string>> = {
  table: 'TABLE',
  source: 'SOURCE',
  view: 'VIEW',
  'materialized-view': 'MATERIALIZED VIEW',
  'continual-task': 'CONTINUAL TASK',
};

/** CREATE statement of a built-in view or task, with {@link SYSTEM_VIEW_DEFINITION} in the place of a query. */
export function systemViewSql(relation: SystemRelationObject, snapshot: Snapshot, form: SqlForm): string {
  const p = new ItemPrinter(snapshot, form);
  const kind = SYSTEM_KINDS[relation.kind];
  const cluster = relation.clusterId === null ? '' : ` IN CLUSTER ${p.cluster(relation.clusterId)}`;
  return `CREATE ${kind} ${p.fullName(relation)}${cluster} AS ${SYSTEM_VIEW_DEFINITION.slice(0, -1)}`;
}
