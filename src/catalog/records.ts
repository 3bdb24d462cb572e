/**
 * The records the catalog is made of. Plain readonly data, JSON-safe (what is stored is what is in memory); times are
 * milliseconds since the Unix epoch. References between objects are ids, never names, so that RENAME touches one record.
 */
import type { Id } from './ids.ts';

export type * from './history-records.ts';

/** One grant: `privileges` are letters in the fixed order of the reference's ACL text format (`arwdUCRBNP`). */
export interface AclEntry {
  readonly grantee: Id;
  readonly grantor: Id;
  readonly privileges: string;
}

export interface DatabaseRecord {
  readonly id: Id;
  readonly oid: number;
  readonly name: string;
  readonly ownerId: Id;
  readonly privileges: readonly AclEntry[];
}

export interface SchemaRecord {
  readonly id: Id;
  readonly oid: number;
  readonly name: string;
  /** null: an ambient (system) schema. */
  readonly databaseId: Id | null;
  readonly ownerId: Id;
  readonly privileges: readonly AclEntry[];
}

export interface RoleRecord {
  readonly id: Id;
  readonly oid: number;
  readonly name: string;
  /** null: never set, as Materialize shows it. */
  readonly superuser: boolean | null;
  readonly login: boolean | null;
  /** `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`; never shown. */
  readonly passwordHash: string | null;
  /** When the password last changed: mz_role_auth.updated_at. Absent while there never was one. */
  readonly passwordChangedAt?: number;
  /** Defaults for session variables: ALTER ROLE ... SET. */
  readonly variables: Readonly<Record<string, string>>;
  /** How the role came to be made when nobody ran CREATE ROLE. */
  readonly autoProvisionSource: 'none' | 'oidc' | 'frontegg' | null;
}

/** `memberId` is a member of `roleId`. */
export interface RoleMembershipRecord {
  readonly roleId: Id;
  readonly memberId: Id;
  readonly grantorId: Id;
}

export interface DefaultPrivilegeRecord {
  /** Creator; `p` means all roles. */
  readonly roleId: Id;
  readonly databaseId: Id | null;
  readonly schemaId: Id | null;
  readonly objectType: 'table' | 'type' | 'secret' | 'connection' | 'schema' | 'database' | 'cluster';
  readonly granteeId: Id;
  readonly privileges: string;
}

/** A managed cluster owns its replicas `r1`..`r<n>`; on an unmanaged one the user does. */
export type ClusterConfig =
  | {
      readonly managed: true;
      readonly size: string;
      readonly replicationFactor: number;
      readonly availabilityZones: readonly string[];
      readonly introspectionIntervalMs: number | null;
      readonly introspectionDebugging: boolean;
      /** Text after SCHEDULE =; `MANUAL` or `ON REFRESH (...)`. */
      readonly schedule: string;
    }
  | { readonly managed: false };

export interface ClusterRecord {
  readonly id: Id;
  readonly name: string;
  readonly ownerId: Id;
  readonly privileges: readonly AclEntry[];
  readonly config: ClusterConfig;
  readonly workloadClass: string | null;
}

export interface ReplicaRecord {
  readonly id: Id;
  readonly clusterId: Id;
  readonly name: string;
  readonly size: string;
  readonly availabilityZone: string | null;
  readonly introspectionIntervalMs: number | null;
  readonly introspectionDebugging: boolean;
  readonly internal: boolean;
  readonly billedAs: string | null;
  readonly createdAt: number;
}

/** A column of a table, view or source. `typeOid` and `typmod` as PostgreSQL has them. */
export interface ColumnRecord {
  readonly name: string;
  readonly typeOid: number;
  readonly typmod: number;
  /** Display form for anonymous list and map types, e.g. `text list`; absent for types with an OID of their own. */
  readonly typeText?: string;
  readonly nullable: boolean;
  /** SQL text of the DEFAULT expression. */
  readonly defaultSql?: string;
}

/** SQL text with the places where it names other items, so that it can be printed with their names of today. */
export interface StoredQuery {
  readonly sql: string;
  /** In ascending order; `start`/`end` are UTF-16 offsets into `sql` of the (qualified) name. */
  readonly references: readonly {
    readonly start: number;
    readonly end: number;
    readonly id: Id;
    /** Set where the query has no alias for the relation: printed as `name AS alias`, so that columns still resolve. */
    readonly alias?: string;
  }[];
}

interface ItemBase {
  readonly id: Id;
  readonly oid: number;
  readonly schemaId: Id;
  readonly name: string;
  readonly ownerId: Id;
  readonly privileges: readonly AclEntry[];
  /** Ids of the items this one needs, direct references only: rows of mz_object_dependencies, and what DROP checks. */
  readonly dependsOn: readonly Id[];
  readonly createdAt: number;
  /** Connection id of the session that owns a temporary item. Temporary items are never stored. */
  readonly temporary?: number;
}

export interface SecretItem extends ItemBase {
  readonly kind: 'secret';
  /** Facts that only the AWS door speaks of; absent for a secret that door never touched. */
  readonly aws?: AwsSecretRecord;
}

/** Attributes of a secret in the AWS door (reference: aws-secrets-manager). The aws room owns the meaning. */
export interface AwsSecretRecord {
  /** Six random characters of the ARN. */
  readonly arnSuffix: string;
  /** As the user gave it; absent for the default key. */
  readonly kmsKeyId?: string;
  /** Name by which the key ring finds the key that wraps new versions; absent for the master key. */
  readonly wrappingKeyId?: string;
  /** Partner identifier of a managed external secret. */
  readonly type?: string;
  /** True once a tag was ever there: an empty list is shown then. */
  readonly tagged?: boolean;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly createdDate: number;
  readonly lastChangedDate: number;
  readonly lastAccessedDate?: number;
  /** Set while a deletion is scheduled: when it was asked for, and when it takes effect. */
  readonly deletedDate?: number;
  readonly deletionAt?: number;
  readonly owningService?: string;
  readonly resourcePolicy?: string;
  readonly rotation?: AwsRotationRecord;
  /** Regions a primary was asked to replicate to, whatever came of it. */
  readonly replication?: readonly AwsReplicaRecord[];
  /** Set for a replica: the secret it copies, which it also depends on. */
  readonly replicaOf?: Id;
  readonly primaryRegion?: string;
}

/** Rotation of a secret: configuration, and the attempt under way. */
export interface AwsRotationRecord {
  readonly enabled: boolean;
  readonly lambdaArn?: string;
  readonly rules?: {
    readonly automaticallyAfterDays?: number;
    readonly duration?: string;
    readonly scheduleExpression?: string;
  };
  readonly externalMetadata?: readonly { readonly key: string; readonly value: string }[];
  readonly externalRoleArn?: string;
  readonly configuredAt: number;
  readonly lastRotatedDate?: number;
  /** An attempt that is not finished: its token carries AWSPENDING, with or without a value. */
  readonly attempt?: AwsRotationAttempt;
}

export interface AwsRotationAttempt {
  readonly token: string;
  /** Whether a value was stored under the token; until then the label exists here alone. */
  readonly hasValue: boolean;
  /** `test`: only the testSecret step, on a copy of the current value. */
  readonly kind: 'rotate' | 'test';
  readonly startedAt: number;
  /** Times the whole process failed. */
  readonly failures: number;
  /** When it is tried again; absent once it is given up. */
  readonly retryAt?: number;
}

/** One region that a secret is replicated to. */
export interface AwsReplicaRecord {
  readonly region: string;
  readonly kmsKeyId?: string;
  readonly status: 'InSync' | 'Failed' | 'InProgress';
  readonly statusMessage: string;
}

export type ConnectionType =
  | 'kafka'
  | 'confluent-schema-registry'
  | 'postgres'
  | 'mysql'
  | 'sql-server'
  | 'aws'
  | 'aws-privatelink'
  | 'ssh-tunnel'
  | 'iceberg-catalog';

/** The value of a connection option as given, with names resolved to ids. */
export type ConnectionOptionValue =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ident'; readonly value: string }
  | { readonly kind: 'number'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'secret'; readonly id: Id }
  | { readonly kind: 'item'; readonly id: Id; readonly port?: number }
  | { readonly kind: 'list'; readonly values: readonly ConnectionOptionValue[] }
  | { readonly kind: 'broker'; readonly broker: BrokerRecord }
  | { readonly kind: 'brokers'; readonly brokers: readonly BrokerRecord[] };

export interface BrokerRecord {
  readonly address: string;
  readonly tunnel?:
    | { readonly kind: 'ssh'; readonly id: Id }
    | {
        readonly kind: 'privatelink';
        readonly id: Id;
        readonly port?: number;
        readonly availabilityZone?: string;
      };
}

export interface ConnectionOptionRecord {
  /** Upper-case option name: `SSL MODE`, `PUBLIC KEY 1`. */
  readonly name: string;
  readonly value: ConnectionOptionValue;
}

/**
 * A connection. Its CREATE text is printed from `options`, never stored. The key pairs of an SSH tunnel are a payload
 * of the secret store under the connection's own id; only public keys are options.
 */
export interface ConnectionItem extends ItemBase {
  readonly kind: 'connection';
  readonly connectionType: ConnectionType;
  /** In the fixed printing order of the reference (secrets-connections 6.2). */
  readonly options: readonly ConnectionOptionRecord[];
}

/** What a source reads. */
export type SourceDetail =
  | {
      readonly type: 'postgres';
      readonly connectionId: Id;
      readonly publication: string;
      readonly slot: string;
      readonly textColumns: readonly string[];
      readonly excludeColumns: readonly string[];
      /** The FOR clause as resolved; printed as FOR TABLES with every table. */
      readonly tables: readonly UpstreamTableRecord[];
    }
  | {
      readonly type: 'load-generator';
      readonly generator: 'COUNTER' | 'AUCTION' | 'MARKETING' | 'TPCH' | 'CLOCK' | 'DATUMS' | 'KEY VALUE';
      readonly options: readonly { readonly name: string; readonly value: string }[];
      readonly forAllTables: boolean;
    }
  | { readonly type: 'subsource'; readonly sourceId: Id; readonly externalReference: readonly string[] }
  | { readonly type: 'progress'; readonly sourceId: Id };

/** A table of an upstream database and the subsource it feeds. */
export interface UpstreamTableRecord {
  readonly database: string;
  readonly schema: string;
  readonly table: string;
  readonly oid: number;
  readonly subsourceId: Id;
}

export interface SourceItem extends ItemBase {
  readonly kind: 'source';
  readonly detail: SourceDetail;
  /** null for subsources and progress relations, which live on their source's cluster. */
  readonly clusterId: Id | null;
  readonly columns: readonly ColumnRecord[];
  readonly timestampIntervalMs?: number;
}

export interface SinkItem extends ItemBase {
  readonly kind: 'sink';
  readonly clusterId: Id;
  readonly fromId: Id;
  readonly detail: {
    readonly type: 'kafka';
    readonly connectionId: Id;
    /** TOPIC and the other options, in the order written. */
    readonly options: readonly { readonly name: string; readonly value: string }[];
    /** Printed text of KEY (...), FORMAT and ENVELOPE clauses. */
    readonly key: readonly string[] | null;
    readonly keyNotEnforced: boolean;
    readonly format: string | null;
    readonly keyFormat: string | null;
    readonly envelope: string | null;
    readonly csrConnectionId?: Id;
    readonly withOptions: readonly { readonly name: string; readonly value: string }[];
  };
}

export interface TableItem extends ItemBase {
  readonly kind: 'table';
  readonly columns: readonly ColumnRecord[];
  /** Set for CREATE TABLE ... FROM SOURCE. */
  readonly sourceId?: Id;
  readonly externalReference?: readonly string[];
}

export interface ViewItem extends ItemBase {
  readonly kind: 'view';
  readonly columns: readonly ColumnRecord[];
  /** Names that CREATE VIEW gave in parentheses; absent when the query's own names are used. */
  readonly columnNames?: readonly string[];
  readonly query: StoredQuery;
}

export interface MaterializedViewItem extends ItemBase {
  readonly kind: 'materialized-view';
  readonly clusterId: Id;
  readonly columns: readonly ColumnRecord[];
  /** Names that the statement gave in parentheses; absent when the query's own names are used. */
  readonly columnNames?: readonly string[];
  readonly query: StoredQuery;
  /** Printed text of WITH (...) options, e.g. refresh or assert-not-null. */
  readonly withOptions: readonly string[];
}

export interface IndexItem extends ItemBase {
  readonly kind: 'index';
  readonly clusterId: Id;
  readonly onId: Id;
  /** Each key as printed SQL; `column` is its 1-based attribute number when it is a plain column. */
  readonly keys: readonly { readonly sql: string; readonly column: number | null }[];
  readonly default: boolean;
}

/** CREATE TYPE ... AS LIST | MAP | (record). */
export interface TypeItem extends ItemBase {
  readonly kind: 'type';
  readonly detail:
    | { readonly type: 'list'; readonly elementOid: number; readonly elementText: string }
    | { readonly type: 'map'; readonly keyOid: number; readonly valueOid: number; readonly valueText: string }
    | { readonly type: 'record'; readonly fields: readonly ColumnRecord[] };
  readonly arrayOid: number;
}

export type Item =
  | SecretItem
  | ConnectionItem
  | SourceItem
  | SinkItem
  | TableItem
  | ViewItem
  | MaterializedViewItem
  | IndexItem
  | TypeItem;

export type ItemKind = Item['kind'];

/** COMMENT ON. `objectKind` is mz_comments.object_type; `columnPosition` is 1-based for columns, else null. */
export interface CommentRecord {
  readonly objectKind: string;
  readonly objectId: Id;
  readonly columnPosition: number | null;
  readonly comment: string;
}

/** Metadata of one sealed value. The ciphertext is a blob of the store under the same key. */
export interface SecretVersionRecord {
  /** Item id of the secret, or of the SSH tunnel connection whose key pairs this is. */
  readonly secretId: Id;
  /** UUID, or a client request token of the AWS door. */
  readonly versionId: string;
  readonly stages: readonly string[];
  readonly createdAt: number;
  readonly kmsKeyId: string;
  /** Names by which the key ring finds each key that opens the version; absent: the master key alone. */
  readonly wrappingKeyIds?: readonly string[];
  readonly sizeBytes: number;
  /** AWS door: SecretString or SecretBinary. SQL writes text. */
  readonly valueKind: 'string' | 'binary';
  /** When AWSCURRENT last moved away from this version; null while it is current or if it never was. */
  readonly supersededAt: number | null;
  /** Order of creation within the secret, from 1. */
  readonly sequence: number;
  readonly lastAccessedAt?: number;
  /** Keyed digest of the value, for the AWS door's idempotency check; reveals nothing without the master key. */
  readonly valueDigest?: string;
}

/** The durable fact that an object on a replica cached a version of a secret when it started there. */
export interface PinRecord {
  readonly clusterId: Id;
  readonly replicaId: Id;
  /** Source or sink. */
  readonly objectId: Id;
  /** Connection through which the object uses the secret. */
  readonly connectionId: Id;
  readonly secretId: Id;
  readonly versionId: string;
  readonly cachedAt: number;
}

/** One row of a user table: values in PostgreSQL's text form, column order of the table. */
export interface TableRowRecord {
  readonly tableId: Id;
  readonly rowId: number;
  /** A row of a temporary table; never stored. */
  readonly temporary?: boolean;
  readonly values: readonly (string | null)[];
}

export interface NetworkPolicyRecord {
  readonly id: Id;
  readonly oid: number;
  readonly name: string;
  readonly ownerId: Id;
  readonly privileges: readonly AclEntry[];
  readonly rules: readonly {
    readonly name: string;
    readonly action: string;
    readonly direction: string;
    readonly address: string;
  }[];
}

/** Facts about the environment that never change after the first start. */
export interface EnvironmentRecord {
  readonly environmentId: string;
  readonly organizationId: string;
  readonly createdAt: number;
}
