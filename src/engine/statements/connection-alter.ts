/** ALTER CONNECTION: SET, DROP, RESET, ROTATE KEYS. Source: documentation of ALTER CONNECTION. */
import { put, type Change } from '../../catalog/changes.ts';
import type { Id } from '../../catalog/ids.ts';
import type { ConnectionItem, ConnectionOptionRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { refreshPins } from '../../clusters/pins.ts';
import {
  alterConnectionOptions,
  isRotateKeys,
  referencedIds,
  requireCompatible,
} from '../../connections/plan-options.ts';
import { parseKeySet, rotateKeySet, serializeKeySet } from '../../connections/ssh-keys.ts';
import { notice, planError } from '../../errors.ts';
import type { AlterConnection } from '../../sql/nodes.ts';
import { auditChange } from '../audit.ts';
import { newVersion } from '../secret-value.ts';
import { requireItemOwner, requireUsage } from '../support/access.ts';
import { auditName } from '../support/new-item.ts';
import { fullItemName, idPath } from '../support/names.ts';
import { findItem, itemNamed, written } from '../support/resolve.ts';
import { lookupFor, validateNow, wantsValidation, withKeys } from './connection.ts';
import { done, type Handler, type RunScope } from './handler.ts';

export const alterConnection: Handler<AlterConnection> = {
  transaction: 'prohibited',
  tag: 'ALTER CONNECTION',
  async run(node, scope) {
    if (node.ifExists && findItem(scope, node.name) === undefined) {
      // The word is upstream's.
      scope.notice(notice(`SINK "${written(node.name)}" does not exist, skipping`, { code: '42704' }));
      return done('ALTER CONNECTION');
    }
    const item = itemNamed(scope, node.name);
    if (item.kind !== 'connection') {
      throw planError(`connection "${idPath(scope.snapshot, item)}" does not exist`);
    }
    const name = fullItemName(scope.snapshot, item);
    if (isRotateKeys(item, name, node.actions, node.withText)) await rotateKeys(item, scope);
    else await alterOptions(node, item, scope);
    return done('ALTER CONNECTION');
  },
};

async function alterOptions(node: AlterConnection, item: ConnectionItem, scope: RunScope): Promise<void> {
  const validate = wantsValidation(scope, item.connectionType, node.withOptions);
  const options = alterConnectionOptions(item, node.actions, lookupFor(scope));
  requireItemOwner(scope, item);
  const added = referencedIds(options).filter((id) => !item.dependsOn.includes(id));
  for (const id of added) {
    const referenced = scope.snapshot.items.get(id);
    if (referenced !== undefined) requireUsage(scope, referenced);
  }
  if (validate) await validateNow(scope, scope.snapshot, withOptions(item, options));
  await scope.commit((tip, ids) => {
    const before = stillThere(tip, item.id);
    const after = withOptions(before, alterConnectionOptions(before, node.actions, lookupFor(scope, tip)));
    for (const id of after.dependsOn) {
      if (!tip.items.has(id)) throw planError(`dependency was removed: ${id}`).with({ code: '0A000' });
    }
    requireCompatible(before, after.options);
    const event = auditChange(ids, scope, 'alter', 'connection', auditName(tip, after));
    const refreshed = sameOptions(before, after)
      ? []
      : refreshDependents(tip, before.id, scope.services.clock());
    return { changes: [put('item', after), event, ...refreshed], result: undefined };
  });
}

function stillThere(tip: Snapshot, id: Id): ConnectionItem {
  const item = tip.items.get(id);
  if (item?.kind !== 'connection') throw planError(`dependency was removed: ${id}`).with({ code: '0A000' });
  return item;
}

function withOptions(item: ConnectionItem, options: readonly ConnectionOptionRecord[]): ConnectionItem {
  return { ...item, options, dependsOn: referencedIds(options) };
}

function sameOptions(a: ConnectionItem, b: ConnectionItem): boolean {
  return JSON.stringify(a.options) === JSON.stringify(b.options);
}

/**
 * Running sources and sinks whose expanded connection differs are re-created at once, and so read their secrets anew:
 * those on this connection and on connections that go through it.
 */
function refreshDependents(tip: Snapshot, connectionId: Id, now: number): Change[] {
  const objects = new Set<Id>();
  const pending = [connectionId];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    for (const dependent of tip.dependents.get(id) ?? []) {
      if (tip.items.get(dependent)?.kind === 'connection') pending.push(dependent);
      else objects.add(dependent);
    }
  }
  return refreshPins(tip, objects, now);
}

/** New primary is the old secondary; a fresh pair becomes the secondary. Running tunnels are not restarted by it. */
async function rotateKeys(item: ConnectionItem, scope: RunScope): Promise<void> {
  requireItemOwner(scope, item);
  const { services } = scope;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const versionId = services.committer.current().currentVersion.get(item.id);
    if (versionId === undefined) throw planError(`reading secret ${item.id}: NotFound`);
    const rotated = rotateKeySet(parseKeySet(await services.openSecret(item.id, versionId)));
    const landed = await scope.commit((tip, ids) => {
      const before = stillThere(tip, item.id);
      // Somebody rotated meanwhile: their secondary must become the primary, so begin again.
      if (tip.currentVersion.get(item.id) !== versionId) return { changes: [], result: false };
      const after: ConnectionItem = { ...before, options: withKeys(before.options, rotated) };
      const payload = newVersion(services, tip, {
        secretId: item.id,
        value: serializeKeySet(rotated),
        valueKind: 'string',
      });
      const event = auditChange(ids, scope, 'alter', 'connection', auditName(tip, after));
      return { changes: [put('item', after), ...payload.changes, event], result: true };
    });
    if (landed) return;
  }
  throw planError('another session keeps rotating the keys of this connection');
}

/** Concurrent rotations of one connection are rare; more than a few in a row is somebody's mistake. */
const MAX_ATTEMPTS = 10;
