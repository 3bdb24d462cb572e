/** How long each step towards an upstream system may take, in milliseconds. */
export interface UpstreamTimeouts {
  /** TCP connect and SSH handshake with a bastion. Materialize's `ssh_connect_timeout`. */
  readonly sshConnectMs: number;
  /** Interval of SSH keep-alives; after three unanswered ones the tunnel is dead. `ssh_keepalives_idle`. */
  readonly sshKeepaliveMs: number;
  /** TCP connect to a database or broker. */
  readonly connectMs: number;
  /** TLS, authentication and all questions of one check or validation. */
  readonly sessionMs: number;
  /** Connect, authenticate and fetch a Kafka cluster's metadata. `kafka_fetch_metadata_timeout`. */
  readonly kafkaMetadataMs: number;
}

/** Time limits, and where connections may lead. */
export interface UpstreamLimits extends UpstreamTimeouts {
  /** Addresses of the public internet only: `storage_enforce_external_addresses`. */
  readonly externalOnly: boolean;
}

/** The reference's defaults (secrets-connections 4.3, 5.4). */
export const DEFAULT_TIMEOUTS: UpstreamTimeouts = {
  sshConnectMs: 30_000,
  sshKeepaliveMs: 10_000,
  connectMs: 30_000,
  sessionMs: 30_000,
  kafkaMetadataMs: 10_000,
};
