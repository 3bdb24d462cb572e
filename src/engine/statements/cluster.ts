/** CREATE CLUSTER, ALTER CLUSTER SET | RESET, CREATE CLUSTER REPLICA. Source: documentation of those statements. */
import { put, type Change } from '../../catalog/changes.ts';
import { newObjectAcl } from '../../catalog/privileges.ts';
import type { ClusterRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { notice, planError } from '../../errors.ts';
import type {
  AlterCluster,
  CreateCluster,
  CreateClusterReplica,
  ReplicaDefinition,
} from '../../sql/nodes.ts';
import { auditChange } from '../audit.ts';
import type { IdSource } from '../committer.ts';
import { requireClusterOwner, requireSystemPrivilege } from '../support/access.ts';
import { OptionList } from '../support/options.ts';
import { clusterNamed, requireUserCluster } from '../support/resolve.ts';
import { alterManaged, becomeManaged } from './cluster-alter.ts';
import {
  checkClusterLimit,
  checkClusterName,
  checkCommonOptions,
  checkDisk,
  checkReplicaLimit,
  checkSize,
  checkUnmanagedOptions,
  checkZones,
  DEFAULT_INTROSPECTION_MS,
  isSystemUser,
  managedConfig,
  type ManagedConfig,
} from './cluster-config.ts';
import { done, type Handler, type RunScope, type Scope } from './handler.ts';
import { createReplica, managedReplica, replicasOf, type ReplicaSpec } from './replica-changes.ts';

interface ClusterPlan {
  readonly config: ClusterRecord['config'];
  readonly replicas: readonly ReplicaSpec[];
}

function planCluster(node: CreateCluster, scope: Scope): ClusterPlan {
  const options = new OptionList(node.options);
  const managed = options.flag('MANAGED') ?? !options.has('REPLICAS');
  checkCommonOptions(scope, options, node.features);
  if (!managed) {
    checkUnmanagedOptions(options, node.features);
    const replicas = options.value('REPLICAS');
    if (replicas?.kind !== 'replicas') throw planError('REPLICAS must be specified for unmanaged clusters');
    return { config: { managed: false }, replicas: replicas.replicas.map((r) => planReplica(r, scope)) };
  }
  if (options.has('REPLICAS')) throw planError('REPLICAS not supported for managed clusters');
  if (!options.has('SIZE')) throw planError('SIZE must be specified for managed clusters');
  const config = managedConfig(scope, options, defaultConfig(scope));
  const count = Math.min(config.replicationFactor, 10_000);
  return { config, replicas: Array.from({ length: count }, (_, i) => managedReplica(config, i + 1)) };
}

/** A managed cluster before its options. */
export function defaultConfig(scope: Scope): ManagedConfig {
  return {
    managed: true,
    size: '',
    replicationFactor: Number(scope.session.variables.text('default_cluster_replication_factor')),
    availabilityZones: [],
    introspectionIntervalMs: DEFAULT_INTROSPECTION_MS,
    introspectionDebugging: false,
    schedule: 'MANUAL',
  };
}

/** Options of one replica of an unmanaged cluster. */
function planReplica(definition: ReplicaDefinition, scope: Scope): ReplicaSpec {
  const options = new OptionList(definition.options);
  const unorchestrated = options.names().find((name) => / ADDRESSES$|^WORKERS$/.test(name));
  if (unorchestrated !== undefined) {
    throw planError('unorchestrated cluster replicas is not supported', {
      detail:
        'The requested feature (unsafe_enable_unorchestrated_cluster_replicas) is unsafe and is meant only for internal development and testing of Materialize.',
    });
  }
  const size = options.text('SIZE');
  if (size === undefined) throw planError('SIZE option must be specified');
  const internal = options.flag('INTERNAL') ?? false;
  const billedAs = options.text('BILLED AS') ?? null;
  if ((internal || billedAs !== null) && !isSystemUser(scope)) {
    throw planError('cannot specify INTERNAL or BILLED AS as non-internal user');
  }
  if (billedAs !== null && !internal) throw planError('must specify INTERNAL when specifying BILLED AS');
  const interval = options.interval('INTROSPECTION INTERVAL');
  const introspectionIntervalMs = interval === undefined ? DEFAULT_INTROSPECTION_MS : interval;
  const introspectionDebugging = options.flag('INTROSPECTION DEBUGGING') ?? false;
  if (introspectionDebugging && introspectionIntervalMs === null) {
    throw planError('INTROSPECTION DEBUGGING cannot be specified without INTROSPECTION INTERVAL');
  }
  checkDisk(scope, options, size);
  return {
    name: definition.name,
    size,
    availabilityZone: options.text('AVAILABILITY ZONE') ?? null,
    introspectionIntervalMs,
    introspectionDebugging,
    internal,
    billedAs,
  };
}

function checkReplicas(scope: Scope, cluster: string, plan: ClusterPlan): void {
  const { config } = plan;
  if (config.managed) {
    checkReplicaLimit(scope, null, config.replicationFactor, 0);
    checkSize(scope, config.size);
    checkZones(config.availabilityZones);
    return;
  }
  const seen = new Set<string>();
  for (const replica of plan.replicas) {
    if (seen.has(replica.name)) {
      throw planError(`cannot create multiple replicas named '${replica.name}' on cluster '${cluster}'`);
    }
    seen.add(replica.name);
    checkSize(scope, replica.size);
    checkZones(replica.availabilityZone === null ? [] : [replica.availabilityZone]);
  }
  checkReplicaLimit(scope, null, plan.replicas.length, 0);
}

export const createCluster: Handler<CreateCluster> = {
  transaction: 'single',
  tag: 'CREATE CLUSTER',
  async run(node, scope) {
    const plan = planCluster(node, scope);
    requireSystemPrivilege(scope, 'N');
    const { committer } = scope.services;
    // Drawn before the checks that follow, as upstream: a CREATE that fails them burns an id.
    const id = await committer.reserve('cluster');
    checkClusterName(node.name);
    checkReplicas(scope, node.name, plan);
    await scope.commit((tip, ids) => {
      if (tip.clusterByName.has(node.name)) throw planError(`cluster '${node.name}' already exists`);
      checkClusterLimit(scope, tip);
      const cluster: ClusterRecord = {
        id,
        name: node.name,
        ownerId: scope.role.id,
        privileges: newObjectAcl(tip, { objectType: 'cluster', ownerId: scope.role.id, privileges: 'UC' }),
        config: plan.config,
        workloadClass: null,
      };
      return {
        changes: [
          put('cluster', cluster),
          auditChange(ids, scope, 'create', 'cluster', { id, name: node.name }),
          ...plan.replicas.flatMap((spec) => createReplica(scope, ids, cluster, spec)),
        ],
        result: undefined,
      };
    });
    return done('CREATE CLUSTER');
  },
};

export const createClusterReplica: Handler<CreateClusterReplica> = {
  transaction: 'single',
  tag: 'CREATE CLUSTER REPLICA',
  async run(node, scope) {
    const before = clusterNamed(scope.snapshot, node.cluster);
    const spec = planReplica({ name: node.name, options: node.options }, scope);
    if (before.config.managed && !spec.internal)
      throw planError(`cannot modify managed cluster ${node.cluster}`);
    requireClusterOwner(scope, before);
    checkReplicaName(node, before, spec);
    checkSize(scope, spec.size);
    checkZones(spec.availabilityZone === null ? [] : [spec.availabilityZone]);
    await scope.commit((tip, ids) => {
      const cluster = tip.clusters.get(before.id) ?? clusterNamed(tip, node.cluster);
      const existing = replicasOf(tip, cluster.id);
      if (existing.some((replica) => replica.name === spec.name)) {
        throw planError(`cannot create multiple replicas named '${spec.name}' on cluster '${cluster.name}'`);
      }
      const counted = existing.filter((replica) => !replica.internal).length;
      if (!spec.internal) checkReplicaLimit(scope, cluster.id, counted + 1, counted);
      return { changes: createReplica(scope, ids, cluster, spec), result: undefined };
    });
    return done('CREATE CLUSTER REPLICA');
  },
};

function checkReplicaName(node: CreateClusterReplica, cluster: ClusterRecord, spec: ReplicaSpec): void {
  if (/^(mz_|pg_)/.test(node.name)) {
    throw planError(`replica name "${node.name}" is reserved`, {
      detail: 'The prefixes "mz_" and "pg_" are reserved for system clusters.',
    });
  }
  if (cluster.config.managed && spec.internal && /^r\d+$/.test(node.name)) {
    throw planError(`${node.name} is reserved for replicas of managed clusters`);
  }
}

export const alterCluster: Handler<AlterCluster> = {
  transaction: 'prohibited',
  tag: 'ALTER CLUSTER',
  async run(node, scope) {
    if (!scope.snapshot.clusterByName.has(node.name)) {
      if (!node.ifExists) throw planError(`unknown cluster '${node.name}'`);
      scope.notice(notice(`CLUSTER "${node.name}" does not exist, skipping`, { code: '42704' }));
      return done('ALTER CLUSTER');
    }
    const cluster = clusterNamed(scope.snapshot, node.name);
    const next = planAlter(node, scope, cluster);
    requireClusterOwner(scope, cluster);
    requireUserCluster(scope, cluster);
    if (next.managed) {
      checkReplicaLimit(
        scope,
        cluster.id,
        next.replicationFactor,
        replicasOf(scope.snapshot, cluster.id).length,
      );
      checkSize(scope, next.size);
      checkZones(next.availabilityZones);
    }
    await scope.commit((tip, ids) => ({
      changes: alterChanges(node, scope, tip, ids, cluster.id),
      result: undefined,
    }));
    return done('ALTER CLUSTER');
  },
};

/** The edits against the newest catalog; none when nothing changes. */
function alterChanges(
  node: AlterCluster,
  scope: RunScope,
  tip: Snapshot,
  ids: IdSource,
  id: string,
): Change[] {
  const cluster = tip.clusters.get(id);
  if (cluster === undefined) throw planError(`unknown cluster '${node.name}'`);
  const config = planAlter(node, scope, cluster);
  const replicaChanges =
    cluster.config.managed && config.managed ? alterManaged(scope, tip, ids, cluster, config) : [];
  const changed = JSON.stringify(config) !== JSON.stringify(cluster.config);
  if (!changed && replicaChanges.length === 0) return [];
  return [
    put('cluster', { ...cluster, config }),
    ...replicaChanges,
    auditChange(ids, scope, 'alter', 'cluster', { id: cluster.id, name: cluster.name }),
  ];
}

/** The configuration an ALTER asks for. */
function planAlter(node: AlterCluster, scope: Scope, cluster: ClusterRecord): ClusterRecord['config'] {
  if (node.action.kind === 'reset') return planReset(node.action.names, scope, cluster);
  const options = new OptionList(node.action.options);
  checkCommonOptions(scope, options, []);
  const wait = node.action.wait;
  if (wait !== null && !cluster.config.managed)
    throw planError('ALTER... WITH not supported for unmanaged clusters');
  if (wait !== null) refuseWait(scope);
  const managed = options.flag('MANAGED') ?? cluster.config.managed;
  if (managed && options.has('REPLICAS')) throw planError('REPLICAS not supported for managed clusters');
  if (!managed) {
    checkUnmanagedOptions(options, []);
    if (options.has('REPLICAS')) throw planError('Cannot alter replicas in unmanaged cluster');
    return { managed: false };
  }
  if (cluster.config.managed) return managedConfig(scope, options, cluster.config);
  return becomeManaged(options, replicasOf(scope.snapshot, cluster.id));
}

function refuseWait(scope: Scope): void {
  const flag = 'enable_zero_downtime_cluster_reconfiguration';
  if (scope.services.systemVariable(scope.snapshot, flag) === 'on') {
    throw planError('ALTER CLUSTER ... WITH (WAIT ...) not supported').with({ code: '0A000' });
  }
  throw planError('Enable zero-downtime reconfiguration for alter cluster is not available', {
    detail: `The requested feature (${flag}) is in private preview.`,
    hint: 'Contact support to discuss enabling the feature in your Materialize region.',
  });
}

function planReset(names: readonly string[], scope: Scope, cluster: ClusterRecord): ClusterRecord['config'] {
  if (names.includes('WORKLOAD CLASS') && !isSystemUser(scope)) {
    throw planError('WORKLOAD CLASS not supported for non-system users');
  }
  if (!cluster.config.managed) return resetUnmanaged(names, scope, cluster);
  const initial = defaultConfig(scope);
  let config = cluster.config;
  for (const name of names) {
    switch (name) {
      case 'SIZE':
        throw planError('SIZE has no default value');
      case 'REPLICATION FACTOR':
        config = { ...config, replicationFactor: initial.replicationFactor };
        break;
      case 'AVAILABILITY ZONES':
        config = { ...config, availabilityZones: [] };
        break;
      case 'INTROSPECTION DEBUGGING':
        config = { ...config, introspectionDebugging: false };
        break;
      case 'INTROSPECTION INTERVAL':
        config = { ...config, introspectionIntervalMs: DEFAULT_INTROSPECTION_MS };
        break;
    }
  }
  return config;
}

function resetUnmanaged(
  names: readonly string[],
  scope: Scope,
  cluster: ClusterRecord,
): ClusterRecord['config'] {
  for (const name of names) {
    if (name === 'MANAGED') {
      return becomeManaged(new OptionList([]), replicasOf(scope.snapshot, cluster.id));
    }
    // The spelling of the second word is upstream's.
    const shown = name === 'INTROSPECTION DEBUGGING' ? 'INTROSPECTION DEGUBBING' : name;
    if (
      [
        'SIZE',
        'REPLICATION FACTOR',
        'AVAILABILITY ZONES',
        'INTROSPECTION DEBUGGING',
        'INTROSPECTION INTERVAL',
      ].includes(name)
    ) {
      throw planError(`Cannot change ${shown} of unmanaged clusters`);
    }
  }
  return cluster.config;
}
