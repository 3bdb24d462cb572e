/** `u<n>` for a user's object, `s<n>` for a built-in one; roles also `g<n>` (predefined) and `p` (PUBLIC). */
export type Id = string;

/** Counters of the catalog. Each kind of object draws its ids from its own; ids are never reused. */
export type IdSpace =
  | 'item'
  | 'database'
  | 'schema'
  | 'role'
  | 'cluster'
  | 'replica'
  | 'networkPolicy'
  | 'oid'
  | 'auditEvent'
  | 'statusEvent';

/** Item counter, role counter and so on start here in a fresh environment (reference: session-wire-rbac 3.1). */
export const PUBLIC_ROLE_ID: Id = 'p';
export const MZ_SYSTEM_ROLE_ID: Id = 's1';
export const MZ_SUPPORT_ROLE_ID: Id = 's2';

/** True for ids of objects made by users. */
export function isUserId(id: Id): boolean {
  return id.charCodeAt(0) === 117; // 'u'
}
