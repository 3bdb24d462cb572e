/** Where new secrets go and whose they are; database `aws` and its schemas are made when first needed. */
import { put, type Change } from '../catalog/changes.ts';
import { MZ_SYSTEM_ROLE_ID, PUBLIC_ROLE_ID, type Id } from '../catalog/ids.ts';
import { grant, newObjectAcl } from '../catalog/privileges.ts';
import type { DatabaseRecord, SchemaRecord, SecretItem } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import type { IdSource } from '../engine/committer.ts';
import { checkCreate } from './access.ts';
import { ownerFor } from './caller.ts';
import { AWS_DATABASE, type Location } from './names.ts';
import type { Call } from './protocol/operation.ts';
import { newAwsRecord } from './secret-facts.ts';

/** A secret without value, owned by the caller's role. */
export function newSecretItem(
  call: Call,
  tip: Snapshot,
  ids: IdSource,
  schema: SchemaRecord,
  name: string,
): SecretItem {
  const ownerId = ownerFor(tip, call.caller) ?? MZ_SYSTEM_ROLE_ID;
  const { databaseId } = schema;
  return {
    kind: 'secret',
    id: ids.next('item'),
    oid: ids.nextNumber('oid'),
    schemaId: schema.id,
    name,
    ownerId,
    privileges: newObjectAcl(tip, {
      objectType: 'secret',
      ownerId,
      privileges: 'U',
      schemaId: schema.id,
      databaseId,
    }),
    dependsOn: [],
    createdAt: call.now,
    aws: newAwsRecord(call.now),
  };
}

/** The schema a secret goes to; database `aws` and its schemas are made when first needed. */
export function schemaFor(
  call: Call,
  tip: Snapshot,
  ids: IdSource,
  location: Location,
  resource: string,
): { readonly schema: SchemaRecord; readonly changes: readonly Change[] } {
  const existing = location.schemaId === undefined ? undefined : tip.schemas.get(location.schemaId);
  if (existing !== undefined) {
    checkCreate(call, tip, existing, resource);
    return { schema: existing, changes: [] };
  }
  const databaseId = tip.databaseByName.get(AWS_DATABASE);
  const database = databaseId === undefined ? undefined : tip.databases.get(databaseId);
  const home = database ?? awsDatabase(tip, ids);
  const schema: SchemaRecord = {
    id: ids.next('schema'),
    oid: ids.nextNumber('oid'),
    name: location.schema,
    databaseId: home.id,
    ownerId: home.ownerId,
    // Every role may make secrets here, as every key of an account's administrator may; REVOKE narrows it.
    privileges: grant(ownerAcl(home.ownerId), PUBLIC_ROLE_ID, home.ownerId, 'UC'),
  };
  const made = database === undefined ? [put('database', home)] : [];
  return { schema, changes: [...made, put('schema', schema)] };
}

function ownerAcl(ownerId: Id): ReturnType<typeof grant> {
  return grant([], ownerId, ownerId, 'UC');
}

function awsDatabase(tip: Snapshot, ids: IdSource): DatabaseRecord {
  const ownerId = tip.roleByName.get('materialize') ?? MZ_SYSTEM_ROLE_ID;
  return {
    id: ids.next('database'),
    oid: ids.nextNumber('oid'),
    name: AWS_DATABASE,
    ownerId,
    privileges: grant(ownerAcl(ownerId), PUBLIC_ROLE_ID, ownerId, 'U'),
  };
}
