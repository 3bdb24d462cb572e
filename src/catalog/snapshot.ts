/**
 * One immutable version of the whole catalog. Every statement reads exactly one. Applying changes gives a new snapshot
 * that shares all it can with the old one (persistent maps), so a commit costs what it changes, not what exists.
 */
import type { List } from 'immutable';
import type { Id } from './ids.ts';
import type { Collections } from './changes.ts';
import type {
  AuditEventRecord,
  ClusterRecord,
  CommentRecord,
  DatabaseRecord,
  Item,
  ItemKind,
  PinRecord,
  ReplicaRecord,
  RoleRecord,
  SchemaRecord,
  SecretVersionRecord,
  StatusEventRecord,
  TableRowRecord,
} from './records.ts';
import type { PersistentMap } from './persistent-map.ts';
import type { PersistentSet } from './persistent-set.ts';

/** Records of the small collections, by key. */
export type SmallCollection =
  | 'environment'
  | 'counter'
  | 'roleMembership'
  | 'defaultPrivilege'
  | 'systemPrivileges'
  | 'systemVariable'
  | 'networkPolicy'
  | 'replicaHistory'
  | 'replicaStatus'
  | 'comment'
  | 'aws';

export interface Snapshot {
  /** Grows by one with every commit. */
  readonly version: number;
  /** Grows only when names, columns, types, owners or privileges change: what prepared plans depend on. */
  readonly schemaVersion: number;

  readonly databases: PersistentMap<Id, DatabaseRecord>;
  readonly schemas: PersistentMap<Id, SchemaRecord>;
  readonly roles: PersistentMap<Id, RoleRecord>;
  readonly clusters: PersistentMap<Id, ClusterRecord>;
  readonly replicas: PersistentMap<Id, ReplicaRecord>;
  readonly items: PersistentMap<Id, Item>;
  readonly small: { readonly [C in SmallCollection]: PersistentMap<string, Collections[C]> };

  // Indexes, kept by `applyChanges`.
  readonly databaseByName: PersistentMap<string, Id>;
  /** Key: `<databaseId or ''>/<name>`. */
  readonly schemaByName: PersistentMap<string, Id>;
  readonly roleByName: PersistentMap<string, Id>;
  readonly clusterByName: PersistentMap<string, Id>;
  /** Replica ids of a cluster, ascending by number. */
  readonly replicasOfCluster: PersistentMap<Id, readonly Id[]>;
  /** Item ids by schema, then by name; types have a namespace of their own (`typesOfSchema`). */
  readonly itemsOfSchema: PersistentMap<Id, PersistentMap<string, Id>>;
  readonly typesOfSchema: PersistentMap<Id, PersistentMap<string, Id>>;
  readonly itemByOid: PersistentMap<number, Id>;
  /** Item ids by kind: a listing of the few sources need not walk over the many secrets. */
  readonly itemsOfKind: PersistentMap<ItemKind, PersistentSet<Id>>;
  /** Number of items by kind, for object-count limits. */
  readonly itemCounts: PersistentMap<ItemKind, number>;
  /** Items that directly depend on an item. */
  readonly dependents: PersistentMap<Id, PersistentSet<Id>>;
  /** Items placed on a cluster (sources, sinks, materialized views, indexes). */
  readonly itemsOfCluster: PersistentMap<Id, PersistentSet<Id>>;
  /** Versions of a secret by version id, in order of creation. */
  readonly versionsOfSecret: PersistentMap<Id, PersistentMap<string, SecretVersionRecord>>;
  /** Version id by staging label, by secret. */
  readonly stagesOfSecret: PersistentMap<Id, PersistentMap<string, string>>;
  /** Highest sequence number among a secret's versions. */
  readonly lastSequence: PersistentMap<Id, number>;
  /** Version id that carries AWSCURRENT. */
  readonly currentVersion: PersistentMap<Id, string>;
  readonly pins: PersistentMap<string, PinRecord>;
  /** Pin keys by secret, by object and by replica. */
  readonly pinsOfSecret: PersistentMap<Id, PersistentSet<string>>;
  readonly pinsOfObject: PersistentMap<Id, PersistentSet<string>>;
  readonly pinsOfReplica: PersistentMap<Id, PersistentSet<string>>;
  readonly auditEvents: List<AuditEventRecord>;
  readonly statusEvents: List<StatusEventRecord>;
  /** Newest status event of each (object, replica): key `<objectId>/<replicaId or ''>`. */
  readonly latestStatus: PersistentMap<string, StatusEventRecord>;
  /** Rows of a user table by row id, ascending. */
  readonly rowsOfTable: PersistentMap<Id, PersistentMap<number, TableRowRecord>>;
  /** Comments by `<objectKind>/<objectId>`. */
  readonly commentsOfObject: PersistentMap<string, readonly CommentRecord[]>;
}
