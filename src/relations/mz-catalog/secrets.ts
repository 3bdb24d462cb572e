/** mz_secrets: every secret, never a value. */
import { aclArray } from '../values.ts';
import { objectRelation, type RelationTable } from '../define.ts';

export const SECRET_RELATIONS: RelationTable = {
  'mz_catalog.mz_secrets': objectRelation(
    ['secret'],
    { id: 'id', oid: 'oid', name: 'name', schemaId: 'schema_id' },
    (_, secret) => [
      [secret.id, secret.oid, secret.schemaId, secret.name, secret.ownerId, aclArray(secret.privileges)],
    ],
  ),
};
