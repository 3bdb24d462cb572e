/** CREATE SOURCE. Source: documentation of CREATE SOURCE; one file per kind of upstream beside this one. */
import type { Change } from '../../catalog/changes.ts';
import type { Id } from '../../catalog/ids.ts';
import type { ClusterRecord, SourceItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError, unsupported } from '../../errors.ts';
import type { CreateSource, Option } from '../../sql/nodes.ts';
import { UINT8 } from '../../types/registry.ts';
import type { IdSource } from '../committer.ts';
import { requireSchemaPrivilege } from '../support/access.ts';
import { targetCluster } from '../support/clusters.ts';
import {
  alreadyExists,
  checkRoom,
  createItem,
  itemBase,
  occupant,
  skipExisting,
} from '../support/new-item.ts';
import { OptionList } from '../support/options.ts';
import { creationTarget, type Target } from '../support/resolve.ts';
import { done, type Handler, type RunScope, type Scope } from './handler.ts';
import type { PlannedSource, PlannedSubsource } from './planned-source.ts';
import { planLoadGenerator } from './source-load-generator.ts';
import { planPostgres } from './source-postgres.ts';

const TICK_MS = 1000;

/** TIMESTAMP INTERVAL of an option list in milliseconds, the one value there is; undefined when not given. */
export function timestampInterval(given: readonly Option[]): number | undefined {
  const options = new OptionList(given);
  if (options.has('RETAIN HISTORY')) {
    throw planError('RETAIN HISTORY is not available', {
      detail: 'The requested feature (enable_logical_compaction_window) is in private preview.',
      hint: 'Contact support to discuss enabling the feature in your Materialize region.',
    });
  }
  const ms = options.interval('TIMESTAMP INTERVAL');
  if (ms === undefined) return undefined;
  if (ms !== TICK_MS) {
    throw planError(`invalid timestamp interval of ${ms ?? 0}ms, must be in the range [1000ms, 1000ms]`);
  }
  return ms;
}

async function planSource(node: CreateSource, target: Target, scope: RunScope): Promise<PlannedSource> {
  switch (node.from.kind) {
    case 'postgres':
      return planPostgres(node, node.from, target, scope);
    case 'load-generator':
      return planLoadGenerator(node, node.from, target, scope);
    case 'kafka':
    case 'mysql':
    case 'sql-server':
    case 'webhook':
      throw unsupported(`${node.from.kind} sources are`);
  }
}

function progressTarget(node: CreateSource, target: Target, scope: Scope): Target {
  if (node.progress !== null) return creationTarget(scope, node.progress);
  return { schema: target.schema, name: `${target.name}_progress` };
}

export const createSource: Handler<CreateSource> = {
  transaction: 'ddl',
  tag: 'CREATE SOURCE',
  async run(node, scope) {
    const target = creationTarget(scope, node.name);
    const intervalMs = timestampInterval(node.options);
    const existing = occupant(scope.snapshot, target, 'source');
    if (existing !== undefined) {
      if (!node.ifNotExists) throw alreadyExists(scope.snapshot, existing);
      skipExisting(scope, 'source', target.name);
      return done('CREATE SOURCE');
    }
    if (node.primaryKey !== null) throw unsupported('PRIMARY KEY NOT ENFORCED is');
    requireSchemaPrivilege(scope, 'C', target.schema);
    const cluster = targetCluster(scope, node.cluster);
    const planned = await planSource(node, target, scope);
    const progress = progressTarget(node, target, scope);
    const { committer } = scope.services;
    // In the order upstream draws them: progress, source, subsources.
    const progressId = committer.reserve('item');
    const id = committer.reserve('item');
    const subsourceIds = planned.subsources.map(() => committer.reserve('item'));
    await scope.commit((tip, ids) => ({
      changes: creation(scope, tip, ids, {
        id,
        progressId,
        subsourceIds,
        target,
        progress,
        cluster,
        planned,
        intervalMs,
      }),
      result: undefined,
    }));
    return done('CREATE SOURCE');
  },
};

interface Creation {
  readonly id: Id;
  readonly progressId: Id;
  readonly subsourceIds: readonly Id[];
  readonly target: Target;
  readonly progress: Target;
  readonly cluster: ClusterRecord;
  readonly planned: PlannedSource;
  readonly intervalMs: number | undefined;
}

function creation(scope: Scope, tip: Snapshot, ids: IdSource, made: Creation): Change[] {
  const { id, target, planned, cluster } = made;
  if (!tip.clusters.has(cluster.id)) throw planError(`unknown cluster '${cluster.name}'`);
  checkRoom(scope, tip, target, 'source', planned.dependsOn);
  const source: SourceItem = {
    kind: 'source',
    ...itemBase(scope, tip, ids, { id, kind: 'source', target, dependsOn: planned.dependsOn }),
    detail: planned.detail(made.subsourceIds),
    clusterId: cluster.id,
    columns: planned.columns,
    ...(made.intervalMs === undefined ? {} : { timestampIntervalMs: made.intervalMs }),
  };
  return [
    ...part(scope, tip, ids, progressItem(scope, tip, ids, made), made.progress),
    ...createItem(scope, tip, ids, source, { cluster_id: cluster.id, type: planned.detail([]).type }),
    ...planned.subsources.flatMap((subsource, i) =>
      part(
        scope,
        tip,
        ids,
        subsourceItem(scope, tip, ids, id, made.subsourceIds[i]!, subsource),
        subsource.target,
      ),
    ),
  ];
}

function part(scope: Scope, tip: Snapshot, ids: IdSource, item: SourceItem, target: Target): Change[] {
  checkRoom(scope, tip, target, 'source', []);
  return createItem(scope, tip, ids, item, { cluster_id: null, type: item.detail.type });
}

function progressItem(scope: Scope, tip: Snapshot, ids: IdSource, made: Creation): SourceItem {
  const options = {
    id: made.progressId,
    kind: 'source',
    target: made.progress,
    dependsOn: [made.id],
  } as const;
  return {
    kind: 'source',
    ...itemBase(scope, tip, ids, options),
    detail: { type: 'progress', sourceId: made.id },
    clusterId: null,
    columns: [{ name: made.planned.progressColumn, typeOid: UINT8.oid, typmod: -1, nullable: true }],
  };
}

export function subsourceItem(
  scope: Scope,
  tip: Snapshot,
  ids: IdSource,
  sourceId: Id,
  id: Id,
  subsource: PlannedSubsource,
): SourceItem {
  return {
    kind: 'source',
    ...itemBase(scope, tip, ids, { id, kind: 'source', target: subsource.target, dependsOn: [sourceId] }),
    detail: { type: 'subsource', sourceId, externalReference: subsource.externalReference },
    clusterId: null,
    columns: subsource.columns,
  };
}
