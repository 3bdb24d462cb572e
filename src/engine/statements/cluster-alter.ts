/** What an ALTER CLUSTER does to replicas, and the way from unmanaged to managed. */
import type { Change } from '../../catalog/changes.ts';
import type { ClusterRecord, ReplicaRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError } from '../../errors.ts';
import type { IdSource } from '../committer.ts';
import type { OptionList } from '../support/options.ts';
import { DEFAULT_INTROSPECTION_MS, type ManagedConfig } from './cluster-config.ts';
import type { Scope } from './handler.ts';
import { createReplica, dropReplica, managedReplica, replicasOf } from './replica-changes.ts';

/** A change of these means new processes: every replica is dropped and made again. */
function needsNewReplicas(before: ManagedConfig, after: ManagedConfig): boolean {
  return (
    before.size !== after.size ||
    before.introspectionDebugging !== after.introspectionDebugging ||
    before.introspectionIntervalMs !== after.introspectionIntervalMs ||
    before.availabilityZones.join('\0') !== after.availabilityZones.join('\0')
  );
}

/** Replica edits of a managed cluster whose configuration changes: the highest numbers go first, missing names come. */
export function alterManaged(
  scope: Scope,
  tip: Snapshot,
  ids: IdSource,
  cluster: ClusterRecord,
  after: ManagedConfig,
): Change[] {
  const before = cluster.config as ManagedConfig;
  const owned = replicasOf(tip, cluster.id).filter((replica) => !replica.internal);
  const recreate = needsNewReplicas(before, after);
  const keep = new Map<string, ReplicaRecord>();
  const changes: Change[] = [];
  const byNumber = [...owned].sort((a, b) => numberOf(b) - numberOf(a));
  for (const replica of byNumber) {
    if (recreate || numberOf(replica) > after.replicationFactor) {
      changes.push(...dropReplica(scope, tip, ids, cluster, replica));
    } else {
      keep.set(replica.name, replica);
    }
  }
  for (let n = 1; n <= after.replicationFactor; n += 1) {
    if (!keep.has(`r${n}`)) changes.push(...createReplica(scope, ids, cluster, managedReplica(after, n)));
  }
  return changes;
}

function numberOf(replica: ReplicaRecord): number {
  return Number(replica.name.slice(1));
}

/** Turns an unmanaged cluster into a managed one around the replicas it has; nothing is restarted. */
export function becomeManaged(options: OptionList, replicas: readonly ReplicaRecord[]): ManagedConfig {
  const owned = replicas.filter((replica) => !replica.internal);
  const given = options.text('SIZE');
  const factor = options.unsigned('REPLICATION FACTOR');
  if (owned.length === 0 && given === undefined) throw planError('Missing SIZE for empty cluster');
  if (factor !== undefined && factor !== owned.length) {
    throw planError(`REPLICATION FACTOR ${factor} does not match number of replicas (${owned.length})`);
  }
  const sizes = [...new Set(owned.map((replica) => replica.size))];
  if (sizes.length > 1) {
    throw planError(
      `Cannot convert unmanaged cluster to managed, non-unique replica sizes: ${sizes.join(', ')}`,
    );
  }
  const size = sizes[0] ?? given!;
  if (given !== undefined && given !== size) {
    throw planError(`Cluster replicas of size ${size} do not match expected SIZE ${given}`);
  }
  const expected = new Set(owned.map((_, i) => `r${i + 1}`));
  const invalid = owned.map((replica) => replica.name).filter((name) => !expected.has(name));
  if (invalid.length > 0) {
    throw planError(
      `Cannot convert unmanaged cluster to managed, invalid replica names: ${invalid.join(', ')}`,
    );
  }
  const first = owned[0];
  const interval = options.interval('INTROSPECTION INTERVAL');
  return {
    managed: true,
    size,
    replicationFactor: owned.length,
    availabilityZones: [],
    introspectionIntervalMs:
      interval !== undefined
        ? interval
        : first === undefined
          ? DEFAULT_INTROSPECTION_MS
          : first.introspectionIntervalMs,
    introspectionDebugging: options.flag('INTROSPECTION DEBUGGING') ?? first?.introspectionDebugging ?? false,
    schedule: 'MANUAL',
  };
}
