/** What every CREATE of an item shares: id, place, owner, privileges, the name check, and the audit event. */
import { put, type Change } from '../../catalog/changes.ts';
import type { Id } from '../../catalog/ids.ts';
import { newObjectAcl } from '../../catalog/privileges.ts';
import type { AclEntry, Item, ItemKind, SchemaRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { notice, planError, type SqlError } from '../../errors.ts';
import { auditChange } from '../audit.ts';
import type { IdSource } from '../committer.ts';
import type { RunScope, Scope } from '../statements/handler.ts';
import { checkKindLimit, checkObjectLimit } from './limits.ts';
import { fullItemName, kindWord } from './names.ts';
import { itemAt, type Target } from './resolve.ts';

/** Privileges an owner has on an item of a kind. */
const OWNER_PRIVILEGES = {
  secret: 'U',
  connection: 'U',
  type: 'U',
  table: 'arwd',
  view: 'r',
  'materialized-view': 'r',
  source: 'r',
  sink: '',
  index: '',
} satisfies Record<ItemKind, string>;

/** Kinds that default privileges speak of. */
const DEFAULT_PRIVILEGE_KIND = {
  secret: 'secret',
  connection: 'connection',
  type: 'type',
  table: 'table',
  view: 'table',
  'materialized-view': 'table',
  source: 'table',
  sink: null,
  index: null,
} as const satisfies Record<ItemKind, string | null>;

/** Privileges of a new item: all for its owner, plus what default privileges add. */
export function itemAcl(
  tip: Snapshot,
  kind: ItemKind,
  ownerId: Id,
  schema: SchemaRecord,
): readonly AclEntry[] {
  const objectType = DEFAULT_PRIVILEGE_KIND[kind];
  if (objectType === null) return [];
  return newObjectAcl(tip, {
    objectType,
    ownerId,
    privileges: OWNER_PRIVILEGES[kind],
    schemaId: schema.id,
    databaseId: schema.databaseId,
  });
}

/** `<kind> "<full name>" already exists`, where the kind is that of the item that is in the way. */
export function alreadyExists(snapshot: Snapshot, existing: Item): SqlError {
  return planError(`${kindWord(existing.kind)} "${fullItemName(snapshot, existing)}" already exists`);
}

/** The item that holds the target's name now, or undefined. */
export function occupant(snapshot: Snapshot, target: Target, kind: ItemKind): Item | undefined {
  return itemAt(snapshot, target.schema.id, target.name, kind === 'type');
}

/** The notice of IF NOT EXISTS. */
export function skipExisting(scope: RunScope, kind: ItemKind, name: string): void {
  const code = kind === 'table' ? '42P07' : '42710';
  scope.notice(notice(`${kindWord(kind)} "${name}" already exists, skipping`, { code }));
}

/** The fields common to new items. `id` is drawn by the caller, before anything that can fail. */
export function itemBase(
  scope: Scope,
  tip: Snapshot,
  ids: IdSource,
  options: {
    readonly id: Id;
    readonly kind: ItemKind;
    readonly target: Target;
    readonly dependsOn: readonly Id[];
  },
): Omit<Extract<Item, { kind: 'secret' }>, 'kind' | 'aws'> {
  const { id, kind, target, dependsOn } = options;
  return {
    id,
    oid: ids.nextNumber('oid'),
    schemaId: target.schema.id,
    name: target.name,
    ownerId: scope.role.id,
    privileges: itemAcl(tip, kind, scope.role.id, target.schema),
    dependsOn: [...new Set(dependsOn)],
    createdAt: scope.services.clock(),
  };
}

/** Throws when the name is taken or a limit is met, and when something the item depends on is gone. */
export function checkRoom(
  scope: Scope,
  tip: Snapshot,
  target: Target,
  kind: ItemKind,
  dependsOn: readonly Id[],
): void {
  const existing = occupant(tip, target, kind);
  if (existing !== undefined) throw alreadyExists(tip, existing);
  if (!tip.schemas.has(target.schema.id) && !target.schema.id.startsWith('t'))
    throw planError(`unknown schema '${target.schema.name}'`);
  for (const id of dependsOn) {
    if (id.startsWith('u') && !tip.items.has(id)) {
      throw planError(`dependency was removed: ${id}`).with({ code: '0A000' });
    }
  }
  checkKindLimit(scope, tip, kind);
  checkObjectLimit(scope, tip, target.schema.id);
}

/** Keys of an audit event about an item. */
export function auditName(
  tip: Snapshot,
  item: Item,
): { database: string; id: Id; item: string; schema: string } {
  const schema = tip.schemas.get(item.schemaId);
  const database = tip.databases.get(schema?.databaseId ?? '');
  return { database: database?.name ?? '', id: item.id, item: item.name, schema: schema?.name ?? 'mz_temp' };
}

/** The put of a new item and its audit event; `more` are further keys of the event. */
export function createItem(
  scope: Scope,
  tip: Snapshot,
  ids: IdSource,
  item: Item,
  more: Readonly<Record<string, unknown>> = {},
): Change[] {
  if (item.temporary !== undefined) return [put('item', item)];
  const details = sorted({ ...auditName(tip, item), ...more });
  return [put('item', item), auditChange(ids, scope, 'create', item.kind, details)];
}

function sorted(details: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(details).sort(([a], [b]) => (a < b ? -1 : 1)));
}
