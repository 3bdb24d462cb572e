/** Relations named in FROM: CTEs, tables, sources, system relations, and views, which are replaced by their query. */
import type { Alias, RangeVar } from '@pgsql/types';
import type { Item, MaterializedViewItem, ViewItem } from '../../catalog/records.ts';
import { planError } from '../../errors.ts';
import type { SystemRelation } from '../../relations/relation.ts';
import { isUserRelation, userRelationColumns, type UserRelation } from '../../relations/user-relation.ts';
import { parseQuery } from '../../sql/parser.ts';
import type { Query } from '../../sql/nodes.ts';
import { relationId } from '../../sql/extensions.ts';
import { BOOL, OID, RECORD } from '../../types/registry.ts';
import type { Expr } from '../expr.ts';
import type { FrameNode, Relation, RelationColumnInfo } from '../plan/nodes.ts';
import { currentText } from '../stored-text.ts';
import { constant, TRUE, variable } from './build.ts';
import { coerce } from './coerce.ts';
import { relationItem, renamed, subqueryItem, type FromItem, type SourceColumn } from './from.ts';
import { Level, QueryArguments, type CteEntry, type ScopeColumn } from './level.ts';
import { findRelation, fullName, schemaNames } from './resolve.ts';
import { bindSelect } from './select.ts';

export function bindRangeVar(level: Level, node: RangeVar): FromItem {
  const cte = findCte(level, node);
  if (cte !== undefined) return cteItem(level, cte, node.alias);
  const { binding } = level;
  const found = findRelation(binding.session, node);
  const name = node.relname ?? '';
  const id = found.kind === 'system' ? found.relation.id : found.item.id;
  if (binding.source !== null && binding.viaViews.length === 0 && node.location !== undefined) {
    binding.names.push({ location: node.location, id, alias: node.alias === undefined ? name : null });
  }
  if (found.kind === 'system') {
    binding.addUse(id, 'system');
    return scanItem(level, systemScan(found.relation), node.alias, name);
  }
  const { item } = found;
  if (!isUserRelation(item)) throw notARelation(level, item);
  binding.addUse(id, 'item');
  if (item.kind === 'view' || item.kind === 'materialized-view')
    return viewItem(level, item, node.alias, name);
  return scanItem(level, userScan(level, item), node.alias, name);
}

const KIND_WORDS: Readonly<Record<Item['kind'], string>> = {
  secret: 'a secret',
  connection: 'a connection',
  source: 'a source',
  sink: 'a sink',
  table: 'a table',
  view: 'a view',
  'materialized-view': 'a materialized view',
  index: 'an index',
  type: 'a type',
};

function notARelation(level: Level, item: Item): Error {
  const name = fullName(level.binding.session, item);
  return planError(`catalog item '${name}' is ${KIND_WORDS[item.kind]} and so cannot be depended upon`);
}

function findCte(level: Level, node: RangeVar): CteEntry | undefined {
  if (relationId(node) !== null || (node.schemaname ?? '') !== '') return undefined;
  for (let at = level.ctes; at !== null; at = at.outer) {
    if (at.entry.name === node.relname) return at.entry;
  }
  return undefined;
}

function cteItem(level: Level, cte: CteEntry, alias: Alias | undefined): FromItem {
  level.useCte(cte);
  if (cte.isSelf === true) level.readsItself = true;
  const slot = level.newSlot();
  const name = alias?.aliasname ?? cte.name;
  const item = relationItem(level, slot, renamed(cte.columns, alias, name), name, null);
  const node: FrameNode = { kind: 'cte', slot, cte: cte.id, filter: null, alias: name };
  return { node, items: [item], slots: [slot], needs: new Set() };
}

const systemScans = new WeakMap<SystemRelation, Relation>();

/** A system relation as a plan reads it; one object each, so that what is made for it can be remembered. */
function systemScan(relation: SystemRelation): Relation {
  let known = systemScans.get(relation);
  if (known === undefined) {
    known = {
      id: relation.id,
      oid: relation.oid,
      schema: relation.schema,
      name: relation.name,
      columns: relation.columns.map(({ name, type, nullable }) => ({ name, type, typmod: -1, nullable })),
      from: { kind: 'system', relation },
    };
    systemScans.set(relation, known);
  }
  return known;
}

/** A table or source as a plan reads it. */
export function userScan(level: Level, item: UserRelation): Relation {
  const { snapshot } = level.binding.session;
  return {
    id: item.id,
    oid: item.oid,
    schema: snapshot.schemas.get(item.schemaId)?.name ?? '',
    name: item.name,
    columns: userRelationColumns(snapshot, item).map(
      ({ name, type, typmod, nullable }): RelationColumnInfo => ({ name, type, typmod, nullable }),
    ),
    from: item.kind === 'source' ? { kind: 'source' } : { kind: 'table' },
  };
}

function qualifierOf(level: Level, relation: Relation): { schema: string; database: string | null } {
  const { session } = level.binding;
  const item = session.snapshot.items.get(relation.id);
  if (item === undefined) return { schema: relation.schema, database: null };
  return schemaNames(session, session.snapshot.schemas.get(item.schemaId));
}

/** A scan with its names; tableoid is there for the asking. */
export function scanItem(level: Level, relation: Relation, alias: Alias | undefined, name: string): FromItem {
  const slot = level.newSlot();
  const called = alias?.aliasname ?? name;
  const columns = renamed<SourceColumn>(relation.columns, alias, called);
  const qualifier = alias === undefined ? qualifierOf(level, relation) : null;
  const item = relationItem(level, slot, columns, called, qualifier);
  const hidden = hiddenColumns(relation, columns, slot);
  const node: FrameNode = {
    kind: 'scan',
    slot,
    relation,
    alias: called,
    hidden: [],
    filter: null,
    lookup: null,
  };
  const scope = hidden === null ? item : { ...item, columns: [...item.columns, hidden] };
  return { node, items: [scope], slots: [slot], needs: new Set() };
}

/** tableoid: the OID of the relation; NULL in rows that an outer join filled in. */
function hiddenColumns(
  relation: Relation,
  columns: readonly SourceColumn[],
  slot: number,
): ScopeColumn | null {
  if (columns.some((column) => column.name === 'tableoid')) return null;
  const row: Expr = { kind: 'wholeRow', slot, width: columns.length, type: RECORD, typmod: -1 };
  const isMissing: Expr = {
    kind: 'distinct',
    left: row,
    right: constant(null, RECORD),
    equal: TRUE,
    negated: true,
    type: BOOL,
    typmod: -1,
  };
  return {
    name: 'tableoid',
    expr: {
      kind: 'case',
      whens: [{ when: isMissing, then: constant(null, OID) }],
      otherwise: constant(relation.oid, OID),
      type: OID,
      typmod: -1,
    },
    hidden: true,
  };
}

const parsedViews = new WeakMap<object, { readonly text: string; readonly query: Query }>();

/** The query of a view with the names of today, parsed once as long as the text stays. */
function viewQuery(level: Level, view: ViewItem | MaterializedViewItem): Query {
  const text = currentText(view.query, level.binding.session.snapshot);
  const known = parsedViews.get(view);
  if (known?.text === text) return known.query;
  const query = parseQuery(text);
  parsedViews.set(view, { text, query });
  return query;
}

function viewItem(
  level: Level,
  view: ViewItem | MaterializedViewItem,
  alias: Alias | undefined,
  name: string,
): FromItem {
  const { binding } = level;
  const declared = userRelationColumns(binding.session.snapshot, view);
  const query = viewQuery(level, view);
  // A view sees nothing of the query that reads it.
  const inner = new Level(binding, new QueryArguments(null), null);
  const result = binding.insideView(view.id, () => bindSelect(inner, query.ast, { settle: true }));
  const converted = convertTo(level, result, declared);
  const qualifier = schemaNames(binding.session, binding.session.snapshot.schemas.get(view.schemaId));
  return subqueryItem(level, { plan: converted, columns: declared, args: [], alias, name, qualifier });
}

/** Rows of a view in the types it was made with, should a function have come to answer another. */
function convertTo(
  level: Level,
  { plan, columns }: ReturnType<typeof bindSelect>,
  declared: readonly SourceColumn[],
): ReturnType<typeof bindSelect>['plan'] {
  if (columns.length === declared.length && columns.every((column, i) => column.type === declared[i]?.type)) {
    return plan;
  }
  const targets = declared.map(({ type, typmod, name }, i) => {
    const column = columns[i];
    if (column === undefined) throw planError(`column "${name}" does not exist`);
    return coerce(
      level.binding,
      variable(0, i, column.type, column.typmod, name),
      type,
      typmod,
      'explicit',
      'view',
    );
  });
  return { kind: 'convert', input: plan, targets };
}
