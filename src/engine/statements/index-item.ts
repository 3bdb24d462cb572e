/** CREATE INDEX. Source: documentation of CREATE INDEX. */
import type { ColumnRecord, IndexItem, Item } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError, unsupported } from '../../errors.ts';
import { bindColumnsExpression } from '../../query/scalar.ts';
import type { CreateIndex } from '../../sql/nodes.ts';
import { requireItemOwner, requireSchemaPrivilege } from '../support/access.ts';
import { targetCluster } from '../support/clusters.ts';
import {
  alreadyExists,
  checkRoom,
  createItem,
  itemBase,
  occupant,
  skipExisting,
} from '../support/new-item.ts';
import { fullItemName, kindWord } from '../support/names.ts';
import { itemAt, itemNamed, type Target } from '../support/resolve.ts';
import { done, type Handler, type Scope } from './handler.ts';

type Indexable = Item & { readonly columns: readonly ColumnRecord[] };

function relationNamed(node: CreateIndex, scope: Scope): Indexable {
  const item = itemNamed(scope, node.on);
  if (!('columns' in item)) {
    throw planError(
      `${fullItemName(scope.snapshot, item)} cannot be indexed because it is a ${kindWord(item.kind)}`,
    );
  }
  return item;
}

type Key = IndexItem['keys'][number];

function planKeys(node: CreateIndex, relation: Indexable, scope: Scope): readonly Key[] {
  if (node.keys === null) {
    return relation.columns.map((column, i) => ({ sql: column.name, column: i + 1 }));
  }
  return node.keys.map((expression) => {
    const at = relation.columns.findIndex(
      (column) => column.name === expression.sql.replace(/^"(.*)"$/, '$1'),
    );
    if (at >= 0) return { sql: relation.columns[at]!.name, column: at + 1 };
    bindColumnsExpression(expression, relation.columns, scope.sql);
    return { sql: expression.sql, column: null };
  });
}

/** `<rel>_primary_idx`, `<rel>_<col>_<col>_idx`, `_expr_idx`; a number is added until it is free. */
function indexName(snapshot: Snapshot, node: CreateIndex, relation: Indexable, keys: readonly Key[]): string {
  if (node.name !== null) return node.name;
  const middle =
    node.keys === null ? 'primary' : keys.map((key) => (key.column === null ? 'expr' : key.sql)).join('_');
  const base = `${relation.name}_${middle}_idx`;
  let name = base;
  for (let n = 1; itemAt(snapshot, relation.schemaId, name) !== undefined; n += 1) name = `${base}${n}`;
  return name;
}

export const createIndex: Handler<CreateIndex> = {
  transaction: 'single',
  tag: 'CREATE INDEX',
  async run(node, scope) {
    const relation = relationNamed(node, scope);
    const keys = planKeys(node, relation, scope);
    if (node.options.length > 0) throw unsupported(`CREATE INDEX option ${node.options[0]!.name} is`);
    const schema = scope.snapshot.schemas.get(relation.schemaId);
    if (schema === undefined) throw unsupported('indexes on temporary relations are');
    requireItemOwner(scope, relation);
    requireSchemaPrivilege(scope, 'C', schema);
    const cluster = targetCluster(scope, node.cluster);
    const target: Target = { schema, name: indexName(scope.snapshot, node, relation, keys) };
    const existing = occupant(scope.snapshot, target, 'index');
    if (existing !== undefined) {
      if (!node.ifNotExists) throw alreadyExists(scope.snapshot, existing);
      skipExisting(scope, 'index', target.name);
      return done('CREATE INDEX');
    }
    const id = scope.services.committer.reserve('item');
    await scope.commit((tip, ids) => {
      if (!tip.clusters.has(cluster.id)) throw planError(`unknown cluster '${cluster.name}'`);
      checkRoom(scope, tip, target, 'index', [relation.id]);
      const index: IndexItem = {
        kind: 'index',
        ...itemBase(scope, tip, ids, { id, kind: 'index', target, dependsOn: [relation.id] }),
        ownerId: relation.ownerId,
        clusterId: cluster.id,
        onId: relation.id,
        keys,
        default: node.keys === null,
      };
      return { changes: createItem(scope, tip, ids, index, { cluster_id: cluster.id }), result: undefined };
    });
    return done('CREATE INDEX');
  },
};
