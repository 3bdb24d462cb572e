/** Roles named in GRANT, REVOKE and their kin. */
import { isUserId, PUBLIC_ROLE_ID, type Id } from '../../catalog/ids.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError } from '../../errors.ts';
import { roleNamed } from './resolve.ts';

/** Ids of the roles; `public` is the role PUBLIC. Throws `unknown role`. */
export function granteeIds(snapshot: Snapshot, names: readonly string[]): readonly Id[] {
  const ids = names.map((name) => (name === 'public' ? PUBLIC_ROLE_ID : roleNamed(snapshot, name).id));
  return [...new Set(ids)];
}

export function roleNameOf(snapshot: Snapshot, id: Id): string {
  return id === PUBLIC_ROLE_ID ? 'PUBLIC' : (snapshot.roles.get(id)?.name ?? id);
}

/** Privileges are granted to users' roles and PUBLIC only. */
export function checkGrantees(snapshot: Snapshot, ids: readonly Id[]): void {
  for (const id of ids) {
    if (isUserId(id) || id === PUBLIC_ROLE_ID) continue;
    throw planError(`role name "${roleNameOf(snapshot, id)}" is reserved`, {
      detail: 'The role prefixes "mz_" and "pg_" are reserved for system roles.',
    });
  }
}

/** Throws when one of the roles comes with the server; `action` is what the statement would do to its objects. */
export function checkNotBuiltIn(snapshot: Snapshot, ids: readonly Id[], action: 'drop' | 'reassign'): void {
  const builtIn = ids.filter((id) => !isUserId(id));
  if (builtIn.length === 0) return;
  const names = builtIn.map((id) => `"${roleNameOf(snapshot, id)}"`).join(', ');
  throw planError(
    `cannot ${action} objects owned by role ${names} because they are required by the database system`,
  );
}

/** Throws when a role was dropped since it was looked up. */
export function checkStillThere(tip: Snapshot, ids: readonly Id[]): void {
  for (const id of ids) {
    if (id !== PUBLIC_ROLE_ID && !tip.roles.has(id)) throw planError(`role ${id} was concurrently dropped`);
  }
}
