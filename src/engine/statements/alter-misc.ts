/**
 * Forms of ALTER that are refused: behind feature flags that are off by default upstream, or no part of this server. The
 * object is looked up and its owner checked first, so that mistakes are told before the refusal.
 */
import type { Item, ItemKind } from '../../catalog/records.ts';
import { planError, SqlError } from '../../errors.ts';
import type {
  AlterApplyReplacement,
  AlterRetainHistory,
  AlterSetCluster,
  AlterTableAddColumn,
  ObjectName,
} from '../../sql/nodes.ts';
import { requireItemOwner } from '../support/access.ts';
import { requireFlag } from '../support/flags.ts';
import { clusterNamed, findItem, itemOfKind, written } from '../support/resolve.ts';
import { skipNotice } from '../support/skip-notice.ts';
import { done, type Handler, type RunScope } from './handler.ts';

const ITEM_KINDS = {
  source: 'source',
  sink: 'sink',
  table: 'table',
  view: 'view',
  index: 'index',
  'materialized view': 'materialized-view',
} as const satisfies Record<(AlterRetainHistory | AlterSetCluster)['objectKind'], ItemKind>;

/** The item, or null after the notice of IF EXISTS. */
function named(
  scope: RunScope,
  node: { readonly name: ObjectName; readonly ifExists: boolean },
  objectKind: keyof typeof ITEM_KINDS,
): Item | null {
  if (node.ifExists && findItem(scope, node.name) === undefined) {
    skipNotice(scope, objectKind, written(node.name));
    return null;
  }
  return itemOfKind(scope, node.name, ITEM_KINDS[objectKind]);
}

const SET_CLUSTER_ISSUE = 'https://github.com/MaterializeInc/materialize/discussions/29606';

export const alterSetCluster: Handler<AlterSetCluster> = {
  transaction: 'prohibited',
  tag: (node) => `ALTER ${node.objectKind.toUpperCase()}`,
  run(node, scope) {
    requireFlag(scope, 'enable_alter_set_cluster');
    const tag = `ALTER ${node.objectKind.toUpperCase()}`;
    const item = named(scope, node, node.objectKind);
    if (item === null) return done(tag);
    if (!node.cluster.isId) clusterNamed(scope.snapshot, node.cluster.name);
    requireItemOwner(scope, item);
    if (node.objectKind === 'materialized view') {
      throw new SqlError('0A000', 'ALTER SET CLUSTER are not supported');
    }
    throw planError(`${tag} SET CLUSTER not yet supported, see ${SET_CLUSTER_ISSUE} for more details`);
  },
};

export const alterRetainHistory: Handler<AlterRetainHistory> = {
  transaction: 'prohibited',
  tag: (node) => `ALTER ${node.objectKind.toUpperCase()}`,
  run(node, scope) {
    requireFlag(scope, 'enable_logical_compaction_window');
    const item = named(scope, node, node.objectKind);
    if (item === null) return done(`ALTER ${node.objectKind.toUpperCase()}`);
    requireItemOwner(scope, item);
    throw new SqlError('0A000', 'RETAIN HISTORY is not supported');
  },
};

export const alterTableAddColumn: Handler<AlterTableAddColumn> = {
  transaction: 'prohibited',
  tag: 'ALTER TABLE',
  run(node, scope) {
    requireFlag(scope, 'enable_alter_table_add_column');
    const item = named(scope, node, 'table');
    if (item === null) return done('ALTER TABLE');
    requireItemOwner(scope, item);
    throw new SqlError('0A000', 'ALTER TABLE ... ADD COLUMN is not supported');
  },
};

export const alterApplyReplacement: Handler<AlterApplyReplacement> = {
  transaction: 'single',
  tag: 'ALTER MATERIALIZED VIEW',
  run(node, scope) {
    const item = named(scope, node, 'materialized view');
    if (item === null) return done('ALTER MATERIALIZED VIEW');
    requireItemOwner(scope, item);
    throw new SqlError('0A000', 'ALTER MATERIALIZED VIEW ... APPLY REPLACEMENT is not supported');
  },
};
