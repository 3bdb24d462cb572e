/** Which roles a role acts as, for relations that show only what concerns the session. */
import { PUBLIC_ROLE_ID, type Id } from '../catalog/ids.ts';
import { effectiveRoles } from '../catalog/privileges.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import type { RelationContext } from './relation.ts';

/** Whether the session's role is a superuser. */
export function isSuperuser({ snapshot, session }: RelationContext): boolean {
  return snapshot.roles.get(session.roleId)?.superuser === true;
}

/** Says of a role whether the session acts as it; PUBLIC counts, and a superuser acts as everybody. */
export function heldBySession(context: RelationContext): (roleId: Id) => boolean {
  if (isSuperuser(context)) return () => true;
  const held = effectiveRoles(context.snapshot, context.session.roleId);
  return (roleId) => held.has(roleId);
}

/** Name of a role; PUBLIC for the role that stands for everybody. */
export function roleName(snapshot: Snapshot, roleId: Id): string | null {
  return roleId === PUBLIC_ROLE_ID ? 'PUBLIC' : (snapshot.roles.get(roleId)?.name ?? null);
}
