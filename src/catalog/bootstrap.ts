/**
 * The catalog of a fresh environment: what a new Materialize starts with. Source: its documentation of namespaces, roles
 * and built-in clusters; ids, OIDs and the order of audit events as a fresh server shows them.
 */
import { randomUUID } from 'node:crypto';
import { put, type Change } from './changes.ts';
import { MZ_SUPPORT_ROLE_ID, MZ_SYSTEM_ROLE_ID, PUBLIC_ROLE_ID, type Id } from './ids.ts';
import type { AclEntry, AuditEventRecord, ClusterRecord, RoleRecord, SchemaRecord } from './records.ts';

/** Size of every built-in cluster, as in Materialize's local image. */
export const DEFAULT_CLUSTER_SIZE = '25cc';

const MATERIALIZE = 'u1';
const MZ_ANALYTICS = 's3';
const MZ_MONITOR = 'g1';

/** Ambient schemas: id, name, OID. */
const SYSTEM_SCHEMAS: readonly (readonly [Id, string, number])[] = [
  ['s1', 'mz_catalog', 16656],
  ['s2', 'pg_catalog', 16657],
  ['s4', 'mz_internal', 16658],
  ['s5', 'information_schema', 16659],
  ['s6', 'mz_unsafe', 16660],
  ['s7', 'mz_catalog_unstable', 16972],
  ['s8', 'mz_introspection', 16973],
  ['s9', 'mz_tumbler', 19990],
];

/** Built-in roles: id, name, OID. */
const SYSTEM_ROLES: readonly (readonly [Id, string, number])[] = [
  [MZ_SYSTEM_ROLE_ID, 'mz_system', 16661],
  [MZ_SUPPORT_ROLE_ID, 'mz_support', 16662],
  [MZ_ANALYTICS, 'mz_analytics', 16984],
  [MZ_MONITOR, 'mz_monitor', 16663],
  ['g2', 'mz_monitor_redacted', 16664],
];

function acl(
  ...entries: readonly (readonly [grantee: Id, privileges: string, grantor?: Id])[]
): readonly AclEntry[] {
  return entries.map(([grantee, privileges, grantor]) => ({
    grantee,
    grantor: grantor ?? MZ_SYSTEM_ROLE_ID,
    privileges,
  }));
}

/** Privileges of the database, the schema and the cluster that users start with. */
const STARTER_ACL = acl(
  [PUBLIC_ROLE_ID, 'U'],
  [MZ_SUPPORT_ROLE_ID, 'U'],
  [MZ_SYSTEM_ROLE_ID, 'UC'],
  [MATERIALIZE, 'UC'],
);

function role(id: Id, name: string, oid: number, superuser: boolean | null): RoleRecord {
  return {
    id,
    oid,
    name,
    superuser,
    login: id.startsWith('g') ? false : true,
    passwordHash: null,
    variables: {},
    autoProvisionSource: null,
  };
}

function schema(id: Id, name: string, oid: number): SchemaRecord {
  const privileges = acl([PUBLIC_ROLE_ID, 'U'], [MZ_SUPPORT_ROLE_ID, 'U'], [MZ_SYSTEM_ROLE_ID, 'UC']);
  return { id, oid, name, databaseId: null, ownerId: MZ_SYSTEM_ROLE_ID, privileges };
}

interface BuiltinCluster {
  readonly id: Id;
  readonly name: string;
  readonly ownerId: Id;
  readonly privileges: readonly AclEntry[];
  readonly replicas: number;
}

const CLUSTERS: readonly BuiltinCluster[] = [
  { id: 'u1', name: 'quickstart', ownerId: MZ_SYSTEM_ROLE_ID, privileges: STARTER_ACL, replicas: 1 },
  {
    id: 's1',
    name: 'mz_system',
    ownerId: MZ_SYSTEM_ROLE_ID,
    privileges: acl([MZ_SUPPORT_ROLE_ID, 'U'], [MZ_SYSTEM_ROLE_ID, 'UC']),
    replicas: 1,
  },
  {
    id: 's2',
    name: 'mz_catalog_server',
    ownerId: MZ_SYSTEM_ROLE_ID,
    privileges: acl([PUBLIC_ROLE_ID, 'U'], [MZ_SUPPORT_ROLE_ID, 'UC'], [MZ_SYSTEM_ROLE_ID, 'UC']),
    replicas: 1,
  },
  {
    id: 's3',
    name: 'mz_probe',
    ownerId: MZ_SYSTEM_ROLE_ID,
    privileges: acl([MZ_SUPPORT_ROLE_ID, 'U'], [MZ_MONITOR, 'U'], [MZ_SYSTEM_ROLE_ID, 'UC']),
    replicas: 1,
  },
  {
    id: 's4',
    name: 'mz_support',
    ownerId: MZ_SUPPORT_ROLE_ID,
    privileges: acl(
      [MZ_SUPPORT_ROLE_ID, 'UC', MZ_SUPPORT_ROLE_ID],
      [MZ_SYSTEM_ROLE_ID, 'UC', MZ_SUPPORT_ROLE_ID],
    ),
    replicas: 0,
  },
  {
    id: 's5',
    name: 'mz_analytics',
    ownerId: MZ_ANALYTICS,
    privileges: acl([MZ_ANALYTICS, 'UC', MZ_ANALYTICS], [MZ_SYSTEM_ROLE_ID, 'UC', MZ_ANALYTICS]),
    replicas: 0,
  },
];

function clusterRecord(cluster: BuiltinCluster): ClusterRecord {
  return {
    id: cluster.id,
    name: cluster.name,
    ownerId: cluster.ownerId,
    privileges: cluster.privileges,
    workloadClass: null,
    config: {
      managed: true,
      size: DEFAULT_CLUSTER_SIZE,
      replicationFactor: cluster.replicas,
      availabilityZones: [],
      introspectionIntervalMs: 1000,
      introspectionDebugging: false,
      schedule: 'MANUAL',
    },
  };
}

/** `r1` of a built-in cluster: replica u1 for quickstart, s1 to s3 for the system clusters. */
function replicaChanges(cluster: BuiltinCluster, now: number): Change[] {
  if (cluster.replicas === 0) return [];
  const replicaId = cluster.id;
  const changes: Change[] = [
    put('replica', {
      id: replicaId,
      clusterId: cluster.id,
      name: 'r1',
      size: DEFAULT_CLUSTER_SIZE,
      availabilityZone: null,
      introspectionIntervalMs: 1000,
      introspectionDebugging: false,
      internal: false,
      billedAs: null,
      createdAt: now,
    }),
  ];
  if (cluster.id.startsWith('u')) {
    changes.push(
      put('replicaHistory', {
        replicaId,
        size: DEFAULT_CLUSTER_SIZE,
        clusterId: cluster.id,
        clusterName: cluster.name,
        replicaName: 'r1',
        createdAt: now,
        droppedAt: null,
      }),
    );
  }
  return changes;
}

type Event = Pick<AuditEventRecord, 'eventType' | 'objectType' | 'details'>;

function granted(objectType: string, objectId: string, grantee: Id, privileges: string): Event {
  const details = { grantee_id: grantee, grantor_id: MZ_SYSTEM_ROLE_ID, object_id: objectId, privileges };
  return { eventType: 'grant', objectType, details };
}

function defaultGranted(objectType: string, grantee: Id): Event {
  const details = {
    database_id: null,
    grantee_id: grantee,
    privileges: 'U',
    role_id: PUBLIC_ROLE_ID,
    schema_id: null,
  };
  return { eventType: 'grant', objectType, details };
}

function created(objectType: string, details: unknown): Event {
  return { eventType: 'create', objectType, details };
}

function replicaCreated(cluster: BuiltinCluster): Event {
  return created('cluster-replica', {
    billed_as: null,
    cluster_id: cluster.id,
    cluster_name: cluster.name,
    internal: false,
    logical_size: DEFAULT_CLUSTER_SIZE,
    reason: 'system',
    replica_id: cluster.id,
    replica_name: 'r1',
  });
}

/** The 25 events a fresh server starts with; nobody's doing, so `user` is NULL. */
function auditEvents(): readonly Event[] {
  const quickstart = CLUSTERS[0]!;
  const system = CLUSTERS.slice(1);
  return [
    created('role', { id: MATERIALIZE, name: 'materialize' }),
    defaultGranted('type', PUBLIC_ROLE_ID),
    defaultGranted('cluster', MZ_SUPPORT_ROLE_ID),
    defaultGranted('database', MZ_SUPPORT_ROLE_ID),
    defaultGranted('schema', MZ_SUPPORT_ROLE_ID),
    created('database', { id: 'u1', name: 'materialize' }),
    granted('database', 'Du1', PUBLIC_ROLE_ID, 'U'),
    granted('database', 'Du1', MATERIALIZE, 'UC'),
    created('schema', { database_name: 'materialize', id: '3', name: 'public' }),
    granted('schema', 'Su1.u3', MATERIALIZE, 'UC'),
    created('network-policy', { id: 'u1', name: 'default' }),
    created('cluster', { id: 'u1', name: 'quickstart' }),
    granted('cluster', 'Cu1', PUBLIC_ROLE_ID, 'U'),
    granted('cluster', 'Cu1', MATERIALIZE, 'UC'),
    replicaCreated(quickstart),
    granted('system', 'SYSTEM', MZ_SYSTEM_ROLE_ID, 'RBNP'),
    granted('system', 'SYSTEM', MATERIALIZE, 'RBNP'),
    ...system.map((cluster) => created('cluster', { id: cluster.id, name: cluster.name })),
    ...system.filter((cluster) => cluster.replicas > 0).map(replicaCreated),
  ];
}

/** Every edit of a fresh environment. `now`: milliseconds since the Unix epoch. */
export function bootstrapChanges(now: number): Change[] {
  const organizationId = randomUUID();
  const events = auditEvents();
  const defaultPrivilege = (objectType: 'type' | 'cluster' | 'database' | 'schema', granteeId: Id): Change =>
    put('defaultPrivilege', {
      roleId: PUBLIC_ROLE_ID,
      databaseId: null,
      schemaId: null,
      objectType,
      granteeId,
      privileges: 'U',
    });
  return [
    put('environment', {
      environmentId: `local-az1-${organizationId}-0`,
      organizationId,
      createdAt: now,
    }),
    ...SYSTEM_ROLES.map(([id, name, oid]) =>
      put('role', role(id, name, oid, id === MZ_SYSTEM_ROLE_ID ? true : null)),
    ),
    put('role', role(MATERIALIZE, 'materialize', 20_000, null)),
    defaultPrivilege('type', PUBLIC_ROLE_ID),
    defaultPrivilege('cluster', MZ_SUPPORT_ROLE_ID),
    defaultPrivilege('database', MZ_SUPPORT_ROLE_ID),
    defaultPrivilege('schema', MZ_SUPPORT_ROLE_ID),
    ...SYSTEM_SCHEMAS.map(([id, name, oid]) => put('schema', schema(id, name, oid))),
    put('database', {
      id: 'u1',
      oid: 20_001,
      name: 'materialize',
      ownerId: MZ_SYSTEM_ROLE_ID,
      privileges: STARTER_ACL,
    }),
    put('schema', {
      id: 'u3',
      oid: 20_002,
      name: 'public',
      databaseId: 'u1',
      ownerId: MZ_SYSTEM_ROLE_ID,
      privileges: STARTER_ACL,
    }),
    put('networkPolicy', {
      id: 'u1',
      oid: 17048,
      name: 'default',
      ownerId: MZ_SYSTEM_ROLE_ID,
      privileges: acl([MZ_SYSTEM_ROLE_ID, 'U']),
      rules: [{ name: 'open_ingress', action: 'allow', direction: 'ingress', address: '0.0.0.0/0' }],
    }),
    put('systemPrivileges', { entries: acl([MZ_SYSTEM_ROLE_ID, 'RBNP'], [MATERIALIZE, 'RBNP']) }),
    ...CLUSTERS.flatMap((cluster) => [
      put('cluster', clusterRecord(cluster)),
      ...replicaChanges(cluster, now),
    ]),
    ...events.map((event, i) => put('auditEvent', { ...event, id: i + 1, user: null, occurredAt: now })),
    ...COUNTERS_AFTER.map(([space, next]) => put('counter', { space, next })),
    put('counter', { space: 'auditEvent', next: events.length + 1 }),
  ];
}

/** First ids that users' objects get. */
const COUNTERS_AFTER: readonly (readonly [string, number])[] = [
  ['item', 1],
  ['database', 2],
  ['schema', 9],
  ['role', 2],
  ['cluster', 2],
  ['replica', 2],
  ['systemReplica', 4],
  ['networkPolicy', 2],
  ['oid', 20_003],
  ['statusEvent', 1],
];
