/**
 * A connection with everything it refers to looked up: what a validation or a health check runs on. Values of secrets
 * are the ones the caller chose, current or cached by a replica, so that this room never asks which.
 */
import type { SecretBytes } from '../secrets/secret-bytes.ts';

/** Text given in the open, or a secret's value. */
export type TextOrSecret = string | SecretBytes;

export interface TlsSettings {
  /** `disable` | `require` | `verify-ca` | `verify-full`. */
  readonly mode: 'disable' | 'require' | 'verify-ca' | 'verify-full';
  readonly certificate?: TextOrSecret;
  readonly key?: SecretBytes;
  readonly certificateAuthority?: TextOrSecret;
}

/** A bastion and the key pairs to offer it, primary first. */
export interface SshTunnelSettings {
  /** Full name of the connection, for error texts and for sharing. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly keys: readonly SshKeyPair[];
}

export interface SshKeyPair {
  /** `ssh-ed25519 <base64> materialize`. */
  readonly publicKey: string;
  /** OpenSSH PEM, unencrypted. */
  readonly privateKey: SecretBytes;
}

export interface PostgresSettings {
  readonly type: 'postgres';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: TextOrSecret;
  readonly password?: SecretBytes;
  readonly tls: TlsSettings;
  readonly tunnel?: SshTunnelSettings;
}

export interface KafkaSettings {
  readonly type: 'kafka';
  readonly brokers: readonly {
    readonly host: string;
    readonly port: number;
    readonly tunnel?: SshTunnelSettings;
  }[];
  readonly securityProtocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
  readonly sasl?: {
    readonly mechanism: string;
    readonly username: TextOrSecret;
    readonly password: SecretBytes;
  };
  readonly tls?: TlsSettings;
  /** Default tunnel for brokers found through metadata. */
  readonly tunnel?: SshTunnelSettings;
}

export interface MysqlSettings {
  readonly type: 'mysql';
  readonly host: string;
  readonly port: number;
  readonly user: TextOrSecret;
  readonly password?: SecretBytes;
  readonly tls: TlsSettings;
  readonly tunnel?: SshTunnelSettings;
}

export interface SchemaRegistrySettings {
  readonly type: 'confluent-schema-registry';
  /** Scheme http or https, and no path. */
  readonly url: URL;
  readonly port: number;
  readonly login?: { readonly user: TextOrSecret; readonly password?: SecretBytes };
  /** Of use for https only. */
  readonly tls: TlsSettings;
  readonly tunnel?: SshTunnelSettings;
}

export interface AwsSettings {
  readonly type: 'aws';
  /** Takes the place of every service's own. */
  readonly endpoint?: URL;
  readonly region: string;
  /** None when a role is to be assumed. */
  readonly keys?: {
    readonly accessKeyId: TextOrSecret;
    readonly secretAccessKey: SecretBytes;
    readonly sessionToken?: TextOrSecret;
  };
}

export interface AwsPrivatelinkSettings {
  readonly type: 'aws-privatelink';
}

export interface SshSettings {
  readonly type: 'ssh-tunnel';
  readonly tunnel: SshTunnelSettings;
}

/** Connection types that can be contacted. */
export type ResolvedConnection =
  | PostgresSettings
  | KafkaSettings
  | MysqlSettings
  | SchemaRegistrySettings
  | AwsSettings
  | AwsPrivatelinkSettings
  | SshSettings;

/** A column of an upstream table, with PostgreSQL's type OID and modifier. */
export interface UpstreamColumn {
  readonly name: string;
  readonly typeOid: number;
  readonly typmod: number;
  /** format_type's text, for messages about types that cannot be read. */
  readonly typeName: string;
  readonly nullable: boolean;
}

export interface UpstreamTable {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  readonly oid: number;
  readonly columns: readonly UpstreamColumn[];
  /** pg_class.relreplident: `f` is FULL. */
  readonly replicaIdentity: string;
  /** What the connection's user may do with the table; CREATE SOURCE refuses tables it cannot read. */
  readonly privileges: {
    readonly schemaUsage: boolean;
    readonly select: boolean;
    /** Row-level security applies to this user, who would see some rows only. */
    readonly rowSecurity: boolean;
  };
}

/** What the engine and the clusters ask of the outside world; `live` contacts it, `simulated` always succeeds. */
export interface Upstreams {
  readonly mode: 'live' | 'simulated';
  /** VALIDATE CONNECTION and validation at CREATE/ALTER. Throws SqlError 58000. */
  validate(connection: ResolvedConnection, signal: AbortSignal): Promise<void>;
  /** Tables of a publication with their columns. Throws SqlError. In simulated mode: no tables. */
  publicationTables(
    connection: PostgresSettings,
    publication: string,
    signal: AbortSignal,
  ): Promise<readonly UpstreamTable[]>;
  /**
   * One health check with the given (cached) credentials: connects through the tunnel, authenticates, asks the server
   * something cheap (and, for PostgreSQL, that the publication exists). Resolves when healthy; rejects with a
   * {@link HealthError} otherwise.
   */
  check(target: HealthTarget, signal: AbortSignal): Promise<void>;
  /** Closes tunnels and pooled clients. */
  close(): Promise<void>;
}

export type HealthTarget =
  | { readonly kind: 'postgres-source'; readonly connection: PostgresSettings; readonly publication: string }
  | {
      readonly kind: 'kafka-sink';
      readonly connection: KafkaSettings;
      readonly topic: string;
      /** Where the sink publishes its schemas, which it does once, when it starts. */
      readonly registry?: SchemaRegistrySettings;
    };

/** Why a check failed, in the namespace that mz_source_statuses prints in front of the message. */
export class HealthError extends Error {
  readonly namespace: 'postgres' | 'kafka' | 'mysql' | 'sql-server' | 'ssh' | 'internal';
  readonly hint: string | undefined;
  constructor(namespace: HealthError['namespace'], message: string, hint?: string) {
    super(message);
    this.name = 'HealthError';
    this.namespace = namespace;
    this.hint = hint;
  }
}
