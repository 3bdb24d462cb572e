/** Nodes of roles' memberships, privileges and ownership. */
import type { DropBehavior, ObjectName } from './common.ts';

/** Upper-case privilege as written: SELECT, USAGE, CREATEROLE, ... */
export type PrivilegeName =
  | 'SELECT'
  | 'INSERT'
  | 'UPDATE'
  | 'DELETE'
  | 'USAGE'
  | 'CREATE'
  | 'CREATEROLE'
  | 'CREATEDB'
  | 'CREATECLUSTER'
  | 'CREATENETWORKPOLICY';

/** `ALL [PRIVILEGES]` or a list. */
export type PrivilegeList = 'all' | readonly PrivilegeName[];

/** Kinds privileges are granted on; `table` covers every relation. */
export type GrantableKind =
  'table' | 'type' | 'secret' | 'connection' | 'cluster' | 'database' | 'schema' | 'network policy';

export type GrantTarget =
  | { readonly kind: 'system' }
  | { readonly kind: 'objects'; readonly objectKind: GrantableKind; readonly names: readonly ObjectName[] }
  /** `ALL <plural> [IN SCHEMA ... | IN DATABASE ...]` */
  | { readonly kind: 'all'; readonly objectKind: GrantableKind; readonly in: GrantScope | null };

export type GrantScope =
  | { readonly kind: 'schemas'; readonly names: readonly ObjectName[] }
  | { readonly kind: 'databases'; readonly names: readonly string[] };

/** `GRANT privileges ON target TO roles`; `public` is the role PUBLIC. */
export interface GrantPrivileges {
  readonly kind: 'grant privileges';
  readonly privileges: PrivilegeList;
  readonly target: GrantTarget;
  readonly roles: readonly string[];
}

/** `REVOKE privileges ON target FROM roles` */
export interface RevokePrivileges {
  readonly kind: 'revoke privileges';
  readonly privileges: PrivilegeList;
  readonly target: GrantTarget;
  readonly roles: readonly string[];
}

/** `GRANT roles TO members` */
export interface GrantRole {
  readonly kind: 'grant role';
  readonly roles: readonly string[];
  readonly members: readonly string[];
}

/** `REVOKE roles FROM members` */
export interface RevokeRole {
  readonly kind: 'revoke role';
  readonly roles: readonly string[];
  readonly members: readonly string[];
}

/** `ALTER DEFAULT PRIVILEGES FOR ... [IN ...] GRANT ... | REVOKE ...` */
export interface AlterDefaultPrivileges {
  readonly kind: 'alter default privileges';
  /** FOR ROLE list, or every role. */
  readonly targetRoles: 'all' | readonly string[];
  readonly in: GrantScope | null;
  readonly isGrant: boolean;
  readonly privileges: PrivilegeList;
  readonly objectKind: Exclude<GrantableKind, 'network policy'>;
  readonly grantees: readonly string[];
}

/** `REASSIGN OWNED BY roles TO role` */
export interface ReassignOwned {
  readonly kind: 'reassign owned';
  readonly roles: readonly string[];
  readonly to: string;
}

/** `DROP OWNED BY roles [CASCADE | RESTRICT]` */
export interface DropOwned {
  readonly kind: 'drop owned';
  readonly roles: readonly string[];
  readonly behavior: DropBehavior;
}
