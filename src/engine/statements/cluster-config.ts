/** Options of CREATE CLUSTER, ALTER CLUSTER and of replicas: read, checked, defaulted. */
import type { ClusterConfig } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { replicaSizes } from '../../clusters/sizes.ts';
import { limitExceeded, notice, planError, SqlError } from '../../errors.ts';
import type { Option } from '../../sql/nodes.ts';
import type { OptionList } from '../support/options.ts';
import { requireFlag } from '../support/flags.ts';
import type { Scope } from './handler.ts';

export type ManagedConfig = Extract<ClusterConfig, { managed: true }>;

/** What a managed cluster is without options: introspection every second, no zones. */
export const DEFAULT_INTROSPECTION_MS = 1000;

/** Options that only a managed cluster takes, in the order errors name them. */
const MANAGED_ONLY = [
  'AVAILABILITY ZONES',
  'REPLICATION FACTOR',
  'INTROSPECTION DEBUGGING',
  'INTROSPECTION INTERVAL',
  'SIZE',
  'DISK',
] as const;

export function isSystemUser(scope: Scope): boolean {
  return scope.role.name === 'mz_system' || scope.role.name === 'mz_support';
}

/** Refusals that do not depend on whether the cluster is managed. */
export function checkCommonOptions(scope: Scope, options: OptionList, features: readonly Option[]): void {
  if (options.has('WORKLOAD CLASS') && !isSystemUser(scope)) {
    throw planError('WORKLOAD CLASS not supported for non-system users');
  }
  if (features.length > 0 && !isSystemUser(scope))
    throw planError('FEATURES not supported for non-system users');
  if (features.length > 0) throw new SqlError('0A000', 'FEATURES of clusters not supported');
}

export function checkUnmanagedOptions(options: OptionList, features: readonly Option[]): void {
  for (const name of MANAGED_ONLY) {
    if (options.has(name)) throw planError(`${name} not supported for unmanaged clusters`);
  }
  if (features.length > 0) throw planError('FEATURES not supported for unmanaged clusters');
  if (scheduleText(options) !== 'MANUAL' && options.has('SCHEDULE')) {
    throw planError('cluster schedules other than MANUAL are not supported for unmanaged clusters');
  }
}

/** Text after SCHEDULE =. */
function scheduleText(options: OptionList): string {
  const value = options.value('SCHEDULE');
  if (value === undefined || value === null || value.kind !== 'schedule') return 'MANUAL';
  return value.schedule === 'manual' ? 'MANUAL' : 'ON REFRESH';
}

/** Applies the managed options that are given to `base`. */
export function managedConfig(scope: Scope, options: OptionList, base: ManagedConfig): ManagedConfig {
  const size = options.text('SIZE') ?? base.size;
  const replicationFactor = options.unsigned('REPLICATION FACTOR') ?? base.replicationFactor;
  const zones = options.texts('AVAILABILITY ZONES');
  if (zones !== undefined) requireFlag(scope, 'enable_managed_cluster_availability_zones');
  const schedule = scheduleText(options);
  if (schedule !== 'MANUAL') {
    requireFlag(scope, 'enable_cluster_schedule_refresh');
    if (options.has('REPLICATION FACTOR')) {
      throw planError('REPLICATION FACTOR cannot be given together with any SCHEDULE other than MANUAL');
    }
    throw new SqlError('0A000', 'SCHEDULE = ON REFRESH not supported');
  }
  const intervalMs = options.interval('INTROSPECTION INTERVAL');
  const introspectionIntervalMs = intervalMs === undefined ? base.introspectionIntervalMs : intervalMs;
  const introspectionDebugging = options.flag('INTROSPECTION DEBUGGING') ?? base.introspectionDebugging;
  if (introspectionDebugging && introspectionIntervalMs === null) {
    throw planError('INTROSPECTION DEBUGGING cannot be specified without INTROSPECTION INTERVAL');
  }
  checkDisk(scope, options, size);
  return {
    managed: true,
    size,
    replicationFactor,
    availabilityZones: zones ?? base.availabilityZones,
    introspectionIntervalMs,
    introspectionDebugging,
    schedule: 'MANUAL',
  };
}

/** DISK means nothing any more: an error for the sizes that always have it, a notice for the others. */
export function checkDisk(scope: Scope, options: OptionList, size: string): void {
  if (options.flag('DISK') === undefined) return;
  if (/cc$/.test(size)) {
    throw planError('DISK option not supported for modern cluster sizes because disk is always enabled');
  }
  scope.notice(notice('the DISK option is deprecated and has no effect', { code: '01P01' }));
}

/** Throws unless the size exists and may be used. */
export function checkSize(scope: Scope, size: string): void {
  const allowed = scope.services.systemVariable(scope.snapshot, 'allowed_cluster_replica_sizes');
  const names =
    allowed === '' || isSystemUser(scope) ? null : new Set(allowed.split(',').map((name) => name.trim()));
  const valid = replicaSizes().filter((s) => names === null || names.has(s.size));
  if (valid.some((s) => s.size === size)) return;
  throw planError(`unknown cluster replica size ${size}`, {
    hint: `Valid cluster replica sizes are: ${valid.map((s) => s.size).join(', ')}`,
  });
}

/** No zones are configured here, so any is unknown. */
export function checkZones(zones: readonly string[]): void {
  if (zones.length === 0) return;
  throw new SqlError('0A000', `unknown cluster replica availability zone ${zones[0]}`, {
    hint: 'No availability zones configured; do not specify AVAILABILITY ZONE',
  });
}

/** Refuses names of system clusters. */
export function checkClusterName(name: string): void {
  if (!/^(mz_|pg_)/.test(name)) return;
  throw planError(`cluster name "${name}" is reserved`, {
    detail: 'The prefixes "mz_" and "pg_" are reserved for system clusters.',
  });
}

/** 53000 when a cluster would get more replicas than allowed. System clusters are not limited. */
export function checkReplicaLimit(
  scope: Scope,
  clusterId: string | null,
  desired: number,
  current: number,
): void {
  if (clusterId !== null && clusterId.startsWith('s')) return;
  const limit = Number(scope.services.systemVariable(scope.snapshot, 'max_replicas_per_cluster'));
  if (desired > limit && desired > current) {
    throw limitExceeded('cluster replica', 'max_replicas_per_cluster', desired, limit, current);
  }
}

/** 53000 when there would be more clusters than allowed. */
export function checkClusterLimit(scope: Scope, tip: Snapshot): void {
  const limit = Number(scope.services.systemVariable(tip, 'max_clusters'));
  const current = tip.clusters.count((cluster) => cluster.id.startsWith('u'));
  if (current >= limit) throw limitExceeded('cluster', 'max_clusters', current + 1, limit, current);
}
