/** The one connection that comes with the server; clients tell it from their own by its id. */
import type { Id } from '../catalog/ids.ts';
import type { AclEntry } from '../catalog/records.ts';
import { AMBIENT_SCHEMA_IDS } from './ambient.ts';
import { systemId } from './system-catalog.ts';

export interface SystemConnectionObject {
  readonly system: true;
  readonly kind: 'connection';
  readonly id: Id;
  readonly oid: number;
  readonly schemaId: Id;
  readonly schema: string;
  readonly name: string;
  readonly ownerId: Id;
  readonly clusterId: null;
  readonly privileges: readonly AclEntry[];
  readonly connectionType: 'aws';
  readonly createSql: string;
  readonly redactedSql: string;
}

const OID = 16985;
const OWNER: Id = 's3';

/** `mz_internal.mz_analytics` (reference: secrets-connections 7.2). */
export const ANALYTICS_CONNECTION: SystemConnectionObject = {
  system: true,
  kind: 'connection',
  id: systemId(OID),
  oid: OID,
  schemaId: AMBIENT_SCHEMA_IDS['mz_internal'] ?? '',
  schema: 'mz_internal',
  name: 'mz_analytics',
  ownerId: OWNER,
  clusterId: null,
  privileges: [
    { grantee: 's1', grantor: OWNER, privileges: 'U' },
    { grantee: OWNER, grantor: OWNER, privileges: 'U' },
  ],
  connectionType: 'aws',
  createSql: `CREATE CONNECTION "mz_internal"."mz_analytics" TO AWS (ASSUME ROLE ARN = '')`,
  redactedSql: `CREATE CONNECTION mz_internal.mz_analytics TO AWS (ASSUME ROLE ARN = '')`,
};
