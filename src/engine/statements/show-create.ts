/** SHOW CREATE. Source: documentation of SHOW CREATE ...; layout of the texts as the running system prints them. */
import type { Item, ItemKind } from '../../catalog/records.ts';
import { planError } from '../../errors.ts';
import { arrayCursor } from '../../query/array-cursor.ts';
import type { ResultColumn } from '../../query/result.ts';
import { createClusterSql, createSql, fullName } from '../../relations/item-sql/create-sql.ts';
import type { ShowCreate } from '../../sql/nodes.ts';
import { TEXT } from '../../types/registry.ts';
import { requireSchemaPrivilege } from '../support/access.ts';
import { findBuiltIn } from '../support/built-in.ts';
import { fullItemName } from '../support/names.ts';
import { clusterNamed, findItem, written } from '../support/resolve.ts';
import type { Handler, Scope } from './handler.ts';

const COLUMNS: readonly ResultColumn[] = ['name', 'create_sql'].map((name) => ({
  name,
  type: TEXT,
  typmod: -1,
}));

const ITEM_KINDS = {
  view: 'view',
  'materialized view': 'materialized-view',
  source: 'source',
  table: 'table',
  sink: 'sink',
  index: 'index',
  connection: 'connection',
  type: 'type',
} as const satisfies Record<Exclude<ShowCreate['objectKind'], 'cluster'>, ItemKind>;

export const showCreate: Handler<ShowCreate> = {
  transaction: 'free',
  tag: 'SELECT',
  describe(node, scope) {
    // Planned for its errors: a name that is not there is refused before the statement runs.
    describeRow(node, scope);
    return { columns: COLUMNS, parameters: [] };
  },
  run(node, scope) {
    const { row, item } = describeRow(node, scope);
    const schema = item === null ? undefined : scope.snapshot.schemas.get(item.schemaId);
    if (schema !== undefined) requireSchemaPrivilege(scope, 'U', schema);
    return {
      kind: 'rows',
      columns: COLUMNS,
      cursor: arrayCursor([row]),
      tag: (rows) => `SELECT ${rows}`,
    };
  },
};

interface Shown {
  readonly row: readonly [name: string, sql: string];
  /** null for a cluster, which needs no privilege. */
  readonly item: Item | null;
}

function describeRow(node: ShowCreate, scope: Scope): Shown {
  if (node.objectKind === 'cluster') return { row: clusterRow(node, scope), item: null };
  const item = namedItem(node, ITEM_KINDS[node.objectKind], scope);
  const { snapshot } = scope;
  const sql = createSql(item, snapshot, node.redacted ? 'redacted' : 'pretty');
  return { row: [fullName(item, snapshot), sql], item };
}

function clusterRow(node: ShowCreate, scope: Scope): readonly [string, string] {
  if (node.redacted) throw planError('SHOW REDACTED CREATE CLUSTER is not supported');
  const cluster = clusterNamed(scope.snapshot, written(node.name));
  const sql = createClusterSql(cluster);
  if (sql === null) throw planError('SHOW CREATE for unmanaged clusters not yet supported');
  return [cluster.name, sql];
}

function namedItem(node: ShowCreate, kind: ItemKind, scope: Scope): Item {
  const { snapshot } = scope;
  const types = kind === 'type';
  const item = findItem(scope, node.name, snapshot, types) ?? findItem(scope, node.name, snapshot, !types);
  if (item === undefined) {
    const builtIn = findBuiltIn(scope, node.name, (object) => (object.kind === 'type') === types);
    if (builtIn === undefined) throw planError(`unknown catalog item '${written(node.name)}'`);
    const schema = snapshot.schemas.get(builtIn.schemaId)?.name ?? '';
    throw planError(`cannot show create for system object ${schema}.${builtIn.name}`);
  }
  if (item.kind === kind) return item;
  throw planError(`${fullItemName(snapshot, item)} is not a ${node.objectKind}`);
}
