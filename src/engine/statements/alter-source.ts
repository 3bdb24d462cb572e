/**
 * ALTER SOURCE ... ADD | DROP SUBSOURCE, SET, RESET, REFRESH REFERENCES. Source: documentation of ALTER SOURCE; texts as
 * the running system has them.
 */
import { put, type Change } from '../../catalog/changes.ts';
import type { Id } from '../../catalog/ids.ts';
import type { ConnectionItem, SourceDetail, SourceItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError, unsupported } from '../../errors.ts';
import type { AlterSource, Option } from '../../sql/nodes.ts';
import { auditChange } from '../audit.ts';
import type { IdSource } from '../committer.ts';
import { requireItemOwner } from '../support/access.ts';
import { requireFlag } from '../support/flags.ts';
import { auditName, checkRoom, createItem, occupant } from '../support/new-item.ts';
import { findItem, isSystemItem, itemOfKind, minimalName, written, type Target } from '../support/resolve.ts';
import { skipNotice } from '../support/skip-notice.ts';
import { done, type Handler, type RunScope, type Scope } from './handler.ts';
import { subsourceItem, timestampInterval } from './source.ts';
import { planAddedTables, type AddedTables } from './source-postgres.ts';

type AddSubsources = Extract<AlterSource['action'], { kind: 'add subsources' }>;
type PostgresDetail = Extract<SourceDetail, { type: 'postgres' }>;

export const alterSource: Handler<AlterSource> = {
  transaction: 'prohibited',
  tag: 'ALTER SOURCE',
  async run(node, scope) {
    if (node.action.kind === 'drop subsources') {
      throw planError('ALTER SOURCE...DROP SUBSOURCE no longer supported; use DROP SOURCE');
    }
    if (findItem(scope, node.name) === undefined) {
      if (isSystemItem(scope, node.name)) {
        throw planError(`system item '${written(node.name)}' cannot be modified`);
      }
      if (node.ifExists) {
        skipNotice(scope, 'source', written(node.name));
        return done('ALTER SOURCE');
      }
    }
    const source = itemOfKind(scope, node.name, 'source');
    requireItemOwner(scope, source);
    switch (node.action.kind) {
      case 'set':
        await setOptions(source, node.action.options, scope);
        break;
      case 'reset':
        await resetOptions(source, node.action.names, scope);
        break;
      case 'add subsources':
        await addSubsources(source, node.action, scope);
        break;
      case 'refresh references':
        throw unsupported('ALTER SOURCE ... REFRESH REFERENCES is');
    }
    return done('ALTER SOURCE');
  },
};

/** RETAIN HISTORY and TIMESTAMP INTERVAL each stand alone. */
function checkAlone(names: readonly string[], scope: Scope): void {
  for (const only of ['RETAIN HISTORY', 'TIMESTAMP INTERVAL']) {
    if (names.includes(only) && names.length > 1) throw planError(`${only} must be only option`);
  }
  if (!names.includes('RETAIN HISTORY')) return;
  requireFlag(scope, 'enable_logical_compaction_window');
  throw unsupported('RETAIN HISTORY is');
}

async function setOptions(source: SourceItem, options: readonly Option[], scope: RunScope): Promise<void> {
  checkAlone(
    options.map((option) => option.name),
    scope,
  );
  const timestampIntervalMs = timestampInterval(options);
  if (timestampIntervalMs === undefined) return;
  await update(source, scope, (before) => ({ ...before, timestampIntervalMs }));
}

async function resetOptions(source: SourceItem, names: readonly string[], scope: RunScope): Promise<void> {
  checkAlone(names, scope);
  await update(source, scope, ({ timestampIntervalMs: _, ...before }) => before);
}

/** The source as it is in the newest catalog. */
function current(tip: Snapshot, source: SourceItem): SourceItem {
  const now = tip.items.get(source.id);
  if (now?.kind !== 'source') throw planError(`unknown catalog item '${source.name}'`);
  return now;
}

/** Commits a change of the definition, with its audit event. */
async function update(
  source: SourceItem,
  scope: RunScope,
  edit: (before: SourceItem) => SourceItem,
): Promise<void> {
  await scope.commit((tip, ids) => {
    const after = edit(current(tip, source));
    return { changes: [put('item', after), altered(scope, tip, ids, after)], result: undefined };
  });
}

function altered(scope: Scope, tip: Snapshot, ids: IdSource, source: SourceItem): Change {
  return auditChange(ids, scope, 'alter', 'source', auditName(tip, source));
}

async function addSubsources(source: SourceItem, action: AddSubsources, scope: RunScope): Promise<void> {
  const { detail } = source;
  if (detail.type === 'subsource' || detail.type === 'progress') {
    throw planError('cannot ALTER this type of source');
  }
  if (detail.type !== 'postgres') {
    throw planError(`source ${minimalName(scope, source)} does not support ALTER SOURCE.`);
  }
  const connection = scope.snapshot.items.get(detail.connectionId) as ConnectionItem;
  const schema = scope.snapshot.schemas.get(source.schemaId);
  if (schema === undefined) throw planError(`unknown schema '${source.schemaId}'`);
  const target: Target = { schema, name: source.name };
  const { publication } = detail;
  const added = await planAddedTables({ connection, publication }, action, target, scope);
  const subsourceIds = added.tables.map(() => scope.services.committer.reserve('item'));
  await scope.commit((tip, ids) => ({
    changes: additions(scope, tip, ids, current(tip, source), added, subsourceIds),
    result: undefined,
  }));
}

/** The new subsources, and the source that reads their tables too. */
function additions(
  scope: Scope,
  tip: Snapshot,
  ids: IdSource,
  source: SourceItem,
  { tables, textColumns, excludeColumns }: AddedTables,
  subsourceIds: readonly Id[],
): Change[] {
  const before = source.detail as PostgresDetail;
  const records = tables.map((table, i) => table.record(subsourceIds[i]!));
  const created = tables.flatMap(({ subsource }, i) => {
    if (occupant(tip, subsource.target, 'source') !== undefined) {
      throw planError(`catalog item '${subsource.target.name}' already exists`);
    }
    checkRoom(scope, tip, subsource.target, 'source', []);
    const item = subsourceItem(scope, tip, ids, source.id, subsourceIds[i]!, subsource);
    return createItem(scope, tip, ids, item, { cluster_id: null, type: 'subsource' });
  });
  for (const { schema, table } of records) {
    if (before.tables.some((known) => known.schema === schema && known.table === table)) {
      throw planError(`another subsource already refers to ${schema}.${table}`);
    }
  }
  const after: SourceItem = {
    ...source,
    detail: {
      ...before,
      tables: [...before.tables, ...records],
      textColumns: [...before.textColumns, ...textColumns],
      excludeColumns: [...before.excludeColumns, ...excludeColumns],
    },
  };
  return [...created, put('item', after), altered(scope, tip, ids, after)];
}
