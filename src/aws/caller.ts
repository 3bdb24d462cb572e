/** Who asks: the role that an access key stands for. */
import { MZ_SYSTEM_ROLE_ID, type Id } from '../catalog/ids.ts';
import type { Snapshot } from '../catalog/snapshot.ts';

export interface Caller {
  readonly accessKeyId: string;
  /** Name in ARNs of principals: the role's, or the access key's where keys are not checked. */
  readonly userName: string;
  readonly principalArn: string;
  /** The server's own, or another that the operator gave the access key to. */
  readonly accountId: string;
  /** Role by name; undefined: nobody is refused anything, and new secrets belong to {@link DEFAULT_OWNER}. */
  readonly role: string | undefined;
}

/** Owner of what is made where keys are not checked. */
export const DEFAULT_OWNER = 'materialize';

/** The server itself: rotation functions and schedules. */
export function serviceCaller(accountId: string): Caller {
  return {
    accessKeyId: '',
    userName: 'secretsmanager.amazonaws.com',
    principalArn: `arn:aws:iam::${accountId}:role/aws-service-role/secretsmanager.amazonaws.com`,
    accountId,
    role: undefined,
  };
}

/** Role that owns what a caller makes; undefined when its role is gone. */
export function ownerFor(snapshot: Snapshot, caller: Caller): Id | undefined {
  if (caller.role !== undefined) return snapshot.roleByName.get(caller.role);
  return snapshot.roleByName.get(DEFAULT_OWNER) ?? MZ_SYSTEM_ROLE_ID;
}
