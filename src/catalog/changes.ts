/**
 * A change is one typed edit of the catalog: put or delete one record of one collection. A commit is an ordered list of
 * them, durable as one. There is no other way to edit the catalog, so what is stored, replayed and tested is the same.
 */
import type { Id } from './ids.ts';
import type {
  AuditEventRecord,
  ClusterRecord,
  CommentRecord,
  DatabaseRecord,
  DefaultPrivilegeRecord,
  EnvironmentRecord,
  Item,
  NetworkPolicyRecord,
  PinRecord,
  ReplicaHistoryRecord,
  ReplicaRecord,
  ReplicaStatusRecord,
  RoleMembershipRecord,
  RoleRecord,
  SchemaRecord,
  SecretVersionRecord,
  StatusEventRecord,
  TableRowRecord,
} from './records.ts';
import type { AclEntry } from './records.ts';

/** Every collection of the catalog and the record it holds. The key of a record is made by {@link keyOf}. */
export interface Collections {
  environment: EnvironmentRecord;
  /** Highest number drawn so far, by id space; written in batches ahead of use. */
  counter: { readonly space: string; readonly next: number };
  database: DatabaseRecord;
  schema: SchemaRecord;
  role: RoleRecord;
  roleMembership: RoleMembershipRecord;
  defaultPrivilege: DefaultPrivilegeRecord;
  /** Privileges on SYSTEM: one record holding the whole list. */
  systemPrivileges: { readonly entries: readonly AclEntry[] };
  systemVariable: { readonly name: string; readonly value: string };
  networkPolicy: NetworkPolicyRecord;
  cluster: ClusterRecord;
  replica: ReplicaRecord;
  replicaHistory: ReplicaHistoryRecord;
  replicaStatus: ReplicaStatusRecord;
  item: Item;
  comment: CommentRecord;
  secretVersion: SecretVersionRecord;
  pin: PinRecord;
  statusEvent: StatusEventRecord;
  auditEvent: AuditEventRecord;
  tableRow: TableRowRecord;
  /** KMS keys, idempotency tokens and whatever else the AWS door keeps beside secrets; `data` is its own affair. */
  aws: { readonly type: string; readonly id: string; readonly data: unknown };
}

export type Collection = keyof Collections;

export type Change =
  | {
      [C in Collection]: { readonly kind: 'put'; readonly collection: C; readonly record: Collections[C] };
    }[Collection]
  | { readonly kind: 'delete'; readonly collection: Collection; readonly key: string }
  /** A sealed value; never held in memory, read back from the store when it is needed. */
  | { readonly kind: 'putBlob'; readonly space: 'sealed'; readonly key: string; readonly bytes: Uint8Array }
  | { readonly kind: 'deleteBlob'; readonly space: 'sealed'; readonly key: string };

const KEYS: { readonly [C in Collection]: (record: Collections[C]) => string } = {
  environment: () => '',
  counter: (r) => r.space,
  database: (r) => r.id,
  schema: (r) => r.id,
  role: (r) => r.id,
  roleMembership: (r) => `${r.roleId}/${r.memberId}`,
  defaultPrivilege: (r) =>
    [r.roleId, r.databaseId ?? '', r.schemaId ?? '', r.objectType, r.granteeId].join('/'),
  systemPrivileges: () => '',
  systemVariable: (r) => r.name,
  networkPolicy: (r) => r.id,
  cluster: (r) => r.id,
  replica: (r) => r.id,
  replicaHistory: (r) => r.replicaId,
  replicaStatus: (r) => numberKey(r.id),
  item: (r) => r.id,
  comment: (r) => `${r.objectKind}/${r.objectId}/${r.columnPosition ?? ''}`,
  secretVersion: (r) => versionKey(r.secretId, r.versionId),
  pin: (r) => `${r.replicaId}/${r.objectId}/${r.connectionId}/${r.secretId}`,
  statusEvent: (r) => numberKey(r.id),
  auditEvent: (r) => numberKey(r.id),
  tableRow: (r) => `${r.tableId}/${numberKey(r.rowId)}`,
  aws: (r) => `${r.type}/${r.id}`,
};

/** The key under which a record is kept, unique within its collection. */
export function keyOf<C extends Collection>(collection: C, record: Collections[C]): string {
  return KEYS[collection](record);
}

/** Key of a version's metadata and of its sealed bytes. */
export function versionKey(secretId: Id, versionId: string): string {
  return `${secretId}/${versionId}`;
}

/** Sorts as text in numeric order, so that stores iterate histories oldest first. */
export function numberKey(n: number): string {
  return n.toString().padStart(16, '0');
}

/** A put, with the collection and record checked against each other. */
export function put<C extends Collection>(collection: C, record: Collections[C]): Change {
  return { kind: 'put', collection, record } as Change;
}

/** A delete by key. */
export function del(collection: Collection, key: string): Change {
  return { kind: 'delete', collection, key };
}
