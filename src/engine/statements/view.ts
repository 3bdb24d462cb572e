/** CREATE VIEW, CREATE MATERIALIZED VIEW. Source: documentation of those statements. */
import type { Id } from '../../catalog/ids.ts';
import type { ColumnRecord, Item, MaterializedViewItem, ViewItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError, SqlError, unsupported } from '../../errors.ts';
import { bindQuery } from '../../query/bind-query.ts';
import type { BoundQuery } from '../../query/plan.ts';
import { storedQuery } from '../../query/stored-query.ts';
import type { CreateMaterializedView, CreateView, Option, Query } from '../../sql/nodes.ts';
import { UNKNOWN, TEXT } from '../../types/registry.ts';
import type { IdSource } from '../committer.ts';
import { requireItemOwner, requireSchemaPrivilege } from '../support/access.ts';
import { targetCluster } from '../support/clusters.ts';
import { requireFlag } from '../support/flags.ts';
import {
  alreadyExists,
  checkRoom,
  createItem,
  itemBase,
  occupant,
  skipExisting,
} from '../support/new-item.ts';
import { fullItemName } from '../support/names.ts';
import { creationTarget, temporaryTarget, type Target } from '../support/resolve.ts';
import { columnRecord } from '../support/types.ts';
import { closeOver, itemDrops } from './drop-changes.ts';
import { done, type Handler, type RunScope, type Scope } from './handler.ts';

/** Most columns of a relation, as PostgreSQL has it. */
const MAX_COLUMNS = 1600;

interface PlannedView {
  readonly bound: BoundQuery;
  readonly columns: readonly ColumnRecord[];
  readonly dependsOn: readonly Id[];
}

function planView(
  kind: 'view' | 'materialized view',
  query: Query,
  names: readonly string[],
  scope: Scope,
): PlannedView {
  if (query.asOf !== null) throw unsupported(`AS OF in a ${kind} is`);
  const bound = bindQuery(query, scope.sql, { parameterTypes: [], noShow: true });
  if (bound.parameters.length > 0) {
    throw new SqlError('42P02', `${kind === 'view' ? 'views' : 'materialized views'} cannot have parameters`);
  }
  if (names.length > bound.columns.length) {
    throw planError(
      `${kind} definition names ${names.length} columns, but the query has ${bound.columns.length} columns`,
    );
  }
  if (bound.columns.length > MAX_COLUMNS) {
    throw planError(
      `attempt to create relation with too many columns, ${bound.columns.length} max: ${MAX_COLUMNS}`,
    );
  }
  const columns = bound.columns.map((column, i) => {
    const type = column.type === UNKNOWN ? TEXT : column.type;
    return columnRecord(names[i] ?? column.name, { type, typmod: column.typmod }, column.nullable);
  });
  checkNames(columns);
  const direct = bound.relations.filter(
    (relation) => relation.viaViews.length === 0 && relation.kind === 'item',
  );
  return { bound, columns, dependsOn: [...new Set(direct.map((relation) => relation.id))] };
}

function checkNames(columns: readonly ColumnRecord[]): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) throw planError(`column "${name}" specified more than once`);
    seen.add(name);
  }
}

/** A lasting item may not be built on what goes with a session. */
function refuseTemporary(snapshot: Snapshot, dependsOn: readonly Id[]): void {
  for (const id of dependsOn) {
    const item = snapshot.items.get(id);
    if (item?.temporary === undefined) continue;
    throw planError(`non-temporary items cannot depend on temporary item '${item.name}'`);
  }
}

/** What a CREATE finds at its name: nothing, something to skip for, or something to replace. */
type Place =
  { readonly kind: 'free' } | { readonly kind: 'skip' } | { readonly kind: 'replace'; readonly item: Item };

function placeOf(
  node: { readonly orReplace: boolean; readonly ifNotExists: boolean },
  kind: 'view' | 'materialized-view',
  target: Target,
  scope: RunScope,
): Place {
  const existing = occupant(scope.snapshot, target, kind);
  if (existing === undefined) return { kind: 'free' };
  if (node.orReplace && existing.kind === kind) {
    requireItemOwner(scope, existing);
    return { kind: 'replace', item: existing };
  }
  if (node.ifNotExists) {
    skipExisting(scope, kind, target.name);
    return { kind: 'skip' };
  }
  throw alreadyExists(scope.snapshot, existing);
}

/** Edits that make room for OR REPLACE: the old item goes, unless something depends on it. */
function replacing(
  scope: Scope,
  tip: Snapshot,
  ids: IdSource,
  place: Place,
): ReturnType<typeof itemDrops>['changes'] {
  if (place.kind !== 'replace') return [];
  const all = closeOver(tip, [place.item.id]);
  const blocking = all.find((item) => item.id !== place.item.id && item.kind !== 'index');
  if (blocking !== undefined) {
    throw planError(
      `cannot drop ${place.item.kind.replace('-', ' ')} "${fullItemName(tip, place.item)}": still depended upon by ${blocking.kind.replace('-', ' ')} "${fullItemName(tip, blocking)}"`,
    );
  }
  return itemDrops(scope, tip, ids, all).changes;
}

export const createView: Handler<CreateView> = {
  transaction: 'single',
  tag: 'CREATE VIEW',
  async run(node, scope) {
    const target = node.temporary ? temporaryTarget(scope, node.name) : creationTarget(scope, node.name);
    const { bound, columns, dependsOn } = planView('view', node.query, node.columns, scope);
    if (!node.temporary) refuseTemporary(scope.snapshot, dependsOn);
    requireSchemaPrivilege(scope, 'C', target.schema);
    const place = placeOf(node, 'view', target, scope);
    if (place.kind === 'skip') return done('CREATE VIEW');
    const id = scope.services.committer.reserve('item');
    await scope.commit((tip, ids) => {
      const drops = replacing(scope, tip, ids, place);
      if (place.kind === 'free') checkRoom(scope, tip, target, 'view', dependsOn);
      const view: ViewItem = {
        kind: 'view',
        ...itemBase(scope, tip, ids, { id, kind: 'view', target, dependsOn }),
        columns,
        ...(node.columns.length === 0 ? {} : { columnNames: node.columns }),
        query: storedQuery(node.query, bound),
        ...(node.temporary ? { temporary: scope.session.connectionId } : {}),
      };
      return { changes: [...drops, ...createItem(scope, tip, ids, view)], result: undefined };
    });
    if (node.temporary) scope.session.transactions.noteTemporaryItem();
    return done('CREATE VIEW');
  },
};

function planOptions(
  options: readonly Option[],
  columns: readonly ColumnRecord[],
  scope: Scope,
): readonly string[] {
  return options.map((option) => {
    if (option.name === 'RETAIN HISTORY') requireFlag(scope, 'enable_logical_compaction_window');
    if (option.name === 'REFRESH') {
      if (option.value?.kind === 'refresh' && option.value.refresh.kind === 'on commit')
        return 'REFRESH = ON COMMIT';
      requireFlag(scope, 'enable_refresh_every_mvs');
    }
    if (option.name === 'ASSERT NOT NULL' && option.value?.kind === 'ident') {
      const column = option.value.value;
      if (!columns.some((c) => c.name === column)) {
        throw planError(`column "${column}" in ASSERT NOT NULL option not found`);
      }
    }
    throw unsupported(`${option.name} of materialized views is`);
  });
}

export const createMaterializedView: Handler<CreateMaterializedView> = {
  transaction: 'single',
  tag: 'CREATE MATERIALIZED VIEW',
  async run(node, scope) {
    if (node.replacementFor !== null) throw unsupported('CREATE REPLACEMENT MATERIALIZED VIEW is');
    const target = creationTarget(scope, node.name);
    const { bound, columns, dependsOn } = planView('materialized view', node.query, node.columns, scope);
    refuseTemporary(scope.snapshot, dependsOn);
    const withOptions = planOptions(node.options, columns, scope);
    requireSchemaPrivilege(scope, 'C', target.schema);
    const cluster = targetCluster(scope, node.cluster);
    const place = placeOf(node, 'materialized-view', target, scope);
    if (place.kind === 'skip') return done('CREATE MATERIALIZED VIEW');
    const id = scope.services.committer.reserve('item');
    await scope.commit((tip, ids) => {
      if (!tip.clusters.has(cluster.id)) throw planError(`unknown cluster '${cluster.name}'`);
      const drops = replacing(scope, tip, ids, place);
      if (place.kind === 'free') checkRoom(scope, tip, target, 'materialized-view', dependsOn);
      const view: MaterializedViewItem = {
        kind: 'materialized-view',
        ...itemBase(scope, tip, ids, { id, kind: 'materialized-view', target, dependsOn }),
        clusterId: cluster.id,
        columns,
        ...(node.columns.length === 0 ? {} : { columnNames: node.columns }),
        query: storedQuery(node.query, bound),
        withOptions,
      };
      const event = { cluster_id: cluster.id };
      return { changes: [...drops, ...createItem(scope, tip, ids, view, event)], result: undefined };
    });
    return done('CREATE MATERIALIZED VIEW');
  },
};
