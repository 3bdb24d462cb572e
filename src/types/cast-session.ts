/**
 * What reading, printing and casting values may ask of the session: its clock and zone, and the catalog's names.
 * The query room implements it over a SessionContext.
 */
import { SqlError } from '../errors.ts';

/** The reg* types: OIDs that read and print as names. */
export type RegKind =
  | 'regclass'
  | 'regtype'
  | 'regproc'
  | 'regprocedure'
  | 'regoper'
  | 'regoperator'
  | 'regnamespace'
  | 'regrole'
  | 'regcollation'
  | 'regconfig'
  | 'regdictionary';

export interface CastSession {
  /** Zone for timestamptz text: `UTC`, an IANA name, or a fixed offset. */
  readonly timeZone: string;
  /** Microseconds since 2000-01-01 UTC: what `now`, `today` and `tomorrow` mean. */
  readonly now: bigint;
  /** OID of a name as written (quotes and schema included). Throws SqlError when there is no such object. */
  resolveReg(kind: RegKind, name: string): number;
  /** Name of an OID, qualified when the search path would not find it; undefined when there is none. */
  regName(kind: RegKind, oid: number): string | undefined;
  /** Name of a role by id (`u1`, for mz_aclitem); undefined when there is none. */
  roleNameById(id: string): string | undefined;
  /** Id (`u1`) and OID of a role by its OID or its id; undefined when there is none. */
  roleByOid(oid: number): { readonly id: string; readonly name: string } | undefined;
  roleOidById(id: string): number | undefined;
  /** The role's id for `name=privileges/name` input; undefined when there is none. */
  roleIdByName(name: string): string | undefined;
}

/** A session with UTC, the wall clock and no catalog: for literals that need neither. */
export const NO_SESSION: CastSession = {
  timeZone: 'UTC',
  get now() {
    return (BigInt(Date.now()) - 946684800000n) * 1000n;
  },
  resolveReg(kind, name) {
    throw new SqlError('XX000', `${kind} "${name}" cannot be resolved without a session`);
  },
  regName: () => undefined,
  roleNameById: () => undefined,
  roleByOid: () => undefined,
  roleOidById: () => undefined,
  roleIdByName: () => undefined,
};
