/** The edits that remove items with everything that hangs on them. */
import { del, put, versionKey, type Change } from '../../catalog/changes.ts';
import type { Id } from '../../catalog/ids.ts';
import type { Item, SourceDetail } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { auditChange } from '../audit.ts';
import type { IdSource } from '../committer.ts';
import { kindWord } from '../support/names.ts';
import type { Scope } from './handler.ts';

type PostgresDetail = Extract<SourceDetail, { type: 'postgres' }>;

/** The items and everything that depends on them, dependents first. */
export function closeOver(snapshot: Snapshot, roots: readonly Id[]): Item[] {
  const seen = new Set<Id>();
  const ordered: Item[] = [];
  const visit = (id: Id): void => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const dependent of snapshot.dependents.get(id) ?? []) visit(dependent);
    const item = snapshot.items.get(id);
    if (item !== undefined) ordered.push(item);
  };
  for (const root of roots) visit(root);
  return ordered;
}

/** Removes items: records, comments, versions of secrets, rows of tables; writes audit events. */
export function itemDrops(
  scope: Scope,
  tip: Snapshot,
  ids: IdSource,
  items: readonly Item[],
): { changes: Change[]; dropped: Id[] } {
  const changes: Change[] = [];
  for (const item of items) {
    changes.push(del('item', item.id), ...attachments(tip, item));
    changes.push(auditDrop(scope, tip, ids, item));
  }
  changes.push(...detachments(tip, items));
  return { changes, dropped: items.map((item) => item.id) };
}

/** Sources that lose subsources forget their tables, and the options that name columns of those. */
function detachments(tip: Snapshot, dropped: readonly Item[]): Change[] {
  const gone = new Set(dropped.map((item) => item.id));
  const parents = new Set(
    dropped.flatMap((item) =>
      item.kind === 'source' && item.detail.type === 'subsource' ? [item.detail.sourceId] : [],
    ),
  );
  return [...parents].flatMap((id) => {
    const source = tip.items.get(id);
    if (gone.has(id) || source?.kind !== 'source' || source.detail.type !== 'postgres') return [];
    return [put('item', { ...source, detail: withoutTables(source.detail, gone) })];
  });
}

function withoutTables(detail: PostgresDetail, gone: ReadonlySet<Id>): PostgresDetail {
  const lost = detail.tables.filter((table) => gone.has(table.subsourceId));
  const isLost = (column: string): boolean => {
    const path = `.${column.slice(0, column.lastIndexOf('.'))}`;
    return lost.some(({ database, schema, table }) => `.${database}.${schema}.${table}`.endsWith(path));
  };
  return {
    ...detail,
    tables: detail.tables.filter((table) => !gone.has(table.subsourceId)),
    textColumns: detail.textColumns.filter((column) => !isLost(column)),
    excludeColumns: detail.excludeColumns.filter((column) => !isLost(column)),
  };
}

function auditDrop(scope: Scope, tip: Snapshot, ids: IdSource, item: Item): Change {
  const schema = tip.schemas.get(item.schemaId);
  const database = schema?.databaseId === undefined ? undefined : tip.databases.get(schema.databaseId ?? '');
  return auditChange(ids, scope, 'drop', kindWord(item.kind).replaceAll(' ', '-'), {
    database: database?.name ?? '',
    id: item.id,
    item: item.name,
    schema: schema?.name ?? 'mz_temp',
  });
}

/** What is kept under the item's id beside the item itself. */
function attachments(tip: Snapshot, item: Item): Change[] {
  const changes: Change[] = [];
  const objectKind = kindWord(item.kind).replaceAll(' ', '-');
  for (const comment of tip.commentsOfObject.get(`${objectKind}/${item.id}`) ?? []) {
    changes.push(del('comment', `${objectKind}/${item.id}/${comment.columnPosition ?? ''}`));
  }
  // An SSH tunnel's key pairs are versions under the connection's own id.
  if (item.kind === 'secret' || item.kind === 'connection') {
    for (const versionId of tip.versionsOfSecret.get(item.id)?.keys() ?? []) {
      const key = versionKey(item.id, versionId);
      changes.push(del('secretVersion', key), { kind: 'deleteBlob', space: 'sealed', key });
    }
  }
  if (item.kind === 'table') {
    for (const row of tip.rowsOfTable.get(item.id)?.values() ?? []) {
      changes.push(del('tableRow', `${item.id}/${row.rowId.toString().padStart(16, '0')}`));
    }
    changes.push(del('counter', `row/${item.id}`));
  }
  return changes;
}
