/** ALTER SINK ... SET FROM. Source: documentation of ALTER SINK; texts as the running system has them. */
import { put } from '../../catalog/changes.ts';
import type { SinkItem } from '../../catalog/records.ts';
import { planError, SqlError } from '../../errors.ts';
import type { AlterSink, ObjectName } from '../../sql/nodes.ts';
import { auditChange } from '../audit.ts';
import { requireClusterPrivilege, requireItemOwner, requireUsage } from '../support/access.ts';
import { auditName } from '../support/new-item.ts';
import { requireRead } from '../support/read-access.ts';
import { findItem, itemOfKind, written } from '../support/resolve.ts';
import { skipNotice } from '../support/skip-notice.ts';
import { done, type Handler, type RunScope } from './handler.ts';
import { exportable } from './sink.ts';

export const alterSink: Handler<AlterSink> = {
  transaction: 'prohibited',
  tag: 'ALTER SINK',
  async run(node, scope) {
    if (node.ifExists && findItem(scope, node.name) === undefined) {
      skipNotice(scope, 'sink', written(node.name));
      return done('ALTER SINK');
    }
    const sink = itemOfKind(scope, node.name, 'sink');
    if (node.action.kind === 'set') throw planError('ALTER SINK SET options not yet supported');
    if (node.action.kind === 'reset') throw planError('ALTER SINK RESET option not yet supported');
    await setFrom(sink, node.action.from, scope);
    return done('ALTER SINK');
  },
};

async function setFrom(sink: SinkItem, name: ObjectName, scope: RunScope): Promise<void> {
  const from = exportable(name, scope);
  for (const column of sink.detail.key ?? []) {
    if (!from.columns.some((c) => c.name === column)) {
      throw planError(`column referenced in KEY does not exist: ${column}`);
    }
  }
  const connection = scope.snapshot.items.get(sink.detail.connectionId);
  if (connection !== undefined) requireUsage(scope, connection);
  requireItemOwner(scope, sink);
  requireRead(scope, from);
  const cluster = scope.snapshot.clusters.get(sink.clusterId);
  if (cluster !== undefined) requireClusterPrivilege(scope, 'C', cluster);
  await scope.commit((tip, ids) => {
    const before = tip.items.get(sink.id);
    if (before?.kind !== 'sink' || before.fromId !== sink.fromId) {
      throw new SqlError('0A000', 'sink was altered concurrently');
    }
    if (!tip.items.has(from.id)) throw planError(`unknown catalog item '${written(name)}'`);
    const others = before.dependsOn.filter((id) => id !== before.fromId && id !== from.id);
    const after: SinkItem = { ...before, fromId: from.id, dependsOn: [from.id, ...others] };
    const event = auditChange(ids, scope, 'alter', 'sink', auditName(tip, after));
    return { changes: [put('item', after), event], result: undefined };
  });
}
