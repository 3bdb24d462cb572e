/** Taking a secret out of the catalog for good: at the end of its recovery window, or at once when forced. */
import { del, put, versionKey, type Change } from '../catalog/changes.ts';
import type { SecretItem } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import type { IdSource } from '../engine/committer.ts';
import { fullItemName, ITEM_KIND_TEXT } from '../engine/support/names.ts';
import type { Caller } from './caller.ts';

/** What still uses a secret, as `CONNECTION materialize.public.c`: it cannot go as long as there is any. */
export function blockers(snapshot: Snapshot, item: SecretItem): readonly string[] {
  const users: string[] = [];
  for (const id of snapshot.dependents.get(item.id) ?? []) {
    const user = snapshot.items.get(id);
    if (user !== undefined) users.push(`${ITEM_KIND_TEXT[user.kind]} ${fullItemName(snapshot, user)}`);
  }
  return users.sort();
}

/** Who removes, and when. */
interface Remover {
  readonly caller: Pick<Caller, 'role'>;
  readonly now: number;
}

/** The edits that remove a secret, its description and its versions. */
export function removal(by: Remover, tip: Snapshot, ids: IdSource, item: SecretItem): readonly Change[] {
  const schema = tip.schemas.get(item.schemaId);
  const database = tip.databases.get(schema?.databaseId ?? '');
  return [
    del('item', item.id),
    ...(tip.commentsOfObject.get(`secret/${item.id}`) ?? []).map((comment) =>
      del('comment', `secret/${item.id}/${comment.columnPosition ?? ''}`),
    ),
    ...versionRemovals(tip, item),
    put('auditEvent', {
      id: ids.nextNumber('auditEvent'),
      eventType: 'drop',
      objectType: 'secret',
      details: { database: database?.name ?? '', id: item.id, item: item.name, schema: schema?.name ?? '' },
      user: by.caller.role ?? null,
      occurredAt: by.now,
    }),
  ];
}

/** The edits that remove every version of a secret. */
export function versionRemovals(tip: Snapshot, item: SecretItem): readonly Change[] {
  return [...(tip.versionsOfSecret.get(item.id)?.keys() ?? [])].flatMap((versionId): Change[] => {
    const key = versionKey(item.id, versionId);
    return [del('secretVersion', key), { kind: 'deleteBlob', space: 'sealed', key }];
  });
}
