/** Records that only ever grow: what happened, and in which state things were. */
import type { Id } from './ids.ts';

/** mz_audit_events. `details` is what the jsonb column shows. */
export interface AuditEventRecord {
  readonly id: number;
  readonly eventType: 'create' | 'drop' | 'alter' | 'grant' | 'revoke' | 'comment';
  readonly objectType: string;
  readonly details: unknown;
  readonly user: string | null;
  readonly occurredAt: number;
}

export type ObjectStatus = 'starting' | 'running' | 'paused' | 'stalled' | 'ceased' | 'dropped';

/** A row of mz_source_status_history or mz_sink_status_history. */
export interface StatusEventRecord {
  readonly id: number;
  readonly objectKind: 'source' | 'sink';
  readonly objectId: Id;
  readonly replicaId: Id | null;
  readonly status: ObjectStatus;
  readonly error: string | null;
  readonly details: unknown;
  readonly occurredAt: number;
}

/** A row of mz_cluster_replica_status_history. */
export interface ReplicaStatusRecord {
  readonly id: number;
  readonly replicaId: Id;
  readonly processId: number;
  readonly status: 'online' | 'offline';
  readonly reason: string | null;
  readonly occurredAt: number;
}

/** Life of a replica, kept after it is dropped: mz_cluster_replica_history. */
export interface ReplicaHistoryRecord {
  readonly replicaId: Id;
  readonly size: string;
  readonly clusterId: Id;
  readonly clusterName: string;
  readonly replicaName: string;
  readonly createdAt: number;
  readonly droppedAt: number | null;
}
