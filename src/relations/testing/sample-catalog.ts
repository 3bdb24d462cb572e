/** A small catalog with one of everything, for the tests of this room. */
import { applyChanges, emptySnapshot } from '../../catalog/apply.ts';
import { put, type Change } from '../../catalog/changes.ts';
import type { AclEntry, Item } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { AMBIENT_SCHEMA_IDS } from '../ambient.ts';
import type { LiveFacts, RelationContext } from '../relation.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function grants(grantor: string, ...entries: readonly (readonly [string, string])[]): readonly AclEntry[] {
  return entries.map(([grantee, privileges]) => ({ grantee, privileges, grantor }));
}

const base = (id: number, name: string, dependsOn: readonly string[] = []) => ({
  id: `u${id}`,
  oid: 20100 + id,
  schemaId: 'u3',
  name,
  ownerId: 'u1',
  privileges: grants('u1', ['u1', 'U']),
  dependsOn,
  createdAt: NOW,
});

const column = (name: string, typeOid: number, nullable = true, defaultSql?: string) => ({
  name,
  typeOid,
  typmod: -1,
  nullable,
  ...(defaultSql === undefined ? {} : { defaultSql }),
});

/** One item of each kind; two secrets, one of them outside the active database. */
export const ITEMS: readonly Item[] = [
  { ...base(1, 'pw'), kind: 'secret' },
  { ...base(2, 'pw', []), oid: 20190, schemaId: 'u9', kind: 'secret' },
  {
    ...base(3, 'bastion'),
    kind: 'connection',
    connectionType: 'ssh-tunnel',
    options: [
      { name: 'HOST', value: { kind: 'string', value: 'bastion' } },
      { name: 'PORT', value: { kind: 'number', value: '22' } },
      { name: 'PUBLIC KEY 1', value: { kind: 'string', value: 'ssh-ed25519 AAAA materialize' } },
      { name: 'PUBLIC KEY 2', value: { kind: 'string', value: 'ssh-ed25519 BBBB materialize' } },
      { name: 'USER', value: { kind: 'string', value: 'tunnel' } },
    ],
  },
  {
    ...base(4, 'pg', ['u1', 'u3']),
    kind: 'connection',
    connectionType: 'postgres',
    options: [
      { name: 'DATABASE', value: { kind: 'ident', value: 'postgres' } },
      { name: 'HOST', value: { kind: 'string', value: "it's" } },
      { name: 'PASSWORD', value: { kind: 'secret', id: 'u1' } },
      { name: 'SSH TUNNEL', value: { kind: 'item', id: 'u3' } },
    ],
  },
  {
    ...base(5, 'kafka', ['u1', 'u3']),
    kind: 'connection',
    connectionType: 'kafka',
    options: [
      {
        name: 'BROKER',
        value: { kind: 'broker', broker: { address: 'kafka:9092', tunnel: { kind: 'ssh', id: 'u3' } } },
      },
      { name: 'SASL PASSWORD', value: { kind: 'secret', id: 'u1' } },
      { name: 'SECURITY PROTOCOL', value: { kind: 'ident', value: 'sasl_plaintext' } },
    ],
  },
  {
    ...base(6, 'src_progress'),
    kind: 'source',
    clusterId: null,
    columns: [column('lsn', 16464)],
    detail: { type: 'progress', sourceId: 'u7' },
  },
  {
    ...base(7, 'src', ['u4', 'u6']),
    kind: 'source',
    clusterId: 'u1',
    columns: [],
    detail: {
      type: 'postgres',
      connectionId: 'u4',
      publication: 'mz_source',
      slot: 'materialize_0123',
      textColumns: ['public.Orders.note'],
      excludeColumns: [],
      tables: [{ database: 'postgres', schema: 'public', table: 'Orders', oid: 1, subsourceId: 'u8' }],
    },
  },
  {
    ...base(8, 'orders', ['u7']),
    kind: 'source',
    clusterId: null,
    columns: [column('id', 23, false), column('note', 25)],
    detail: { type: 'subsource', sourceId: 'u7', externalReference: ['postgres', 'public', 'Orders'] },
  },
  {
    ...base(9, 't'),
    privileges: grants('u1', ['u1', 'arwd'], ['p', 'r']),
    kind: 'table',
    columns: [
      column('a', 23, false),
      column('b', 1043, true, "'x'"),
      { ...column('c', 16384), typeText: 'text list' },
    ],
  },
  {
    ...base(10, 'v', ['u9']),
    kind: 'view',
    columns: [column('a', 23)],
    query: {
      sql: "SELECT t.a FROM t WHERE t.b = 'secret words'",
      references: [{ start: 16, end: 17, id: 'u9', alias: 't' }],
    },
  },
  {
    ...base(11, 'mv', ['u10']),
    kind: 'materialized-view',
    clusterId: 'u2',
    columns: [column('a', 23)],
    query: { sql: 'SELECT a FROM v', references: [{ start: 14, end: 15, id: 'u10' }] },
    withOptions: [],
  },
  {
    ...base(12, 't_idx', ['u9']),
    kind: 'index',
    clusterId: 'u1',
    onId: 'u9',
    keys: [
      { sql: 'a', column: 1 },
      { sql: 'upper(b)', column: null },
    ],
    default: false,
  },
  {
    ...base(13, 'snk', ['u9', 'u5']),
    kind: 'sink',
    clusterId: 'u2',
    fromId: 'u9',
    detail: {
      type: 'kafka',
      connectionId: 'u5',
      options: [{ name: 'TOPIC', value: "'topic'" }],
      key: ['a'],
      keyNotEnforced: true,
      format: 'JSON',
      keyFormat: null,
      envelope: 'DEBEZIUM',
      withOptions: [],
    },
  },
  {
    ...base(14, 'ints'),
    kind: 'type',
    detail: { type: 'list', elementOid: 23, elementText: 'integer' },
    arrayOid: 0,
  },
];

const PLACES: readonly Change[] = [
  put('environment', {
    environmentId: 'local-az1-00000000-0000-0000-0000-000000000000-0',
    organizationId: '00000000-0000-0000-0000-000000000000',
    createdAt: NOW,
  }),
  ...(
    [
      ['s1', 16661, 'mz_system', true],
      ['s2', 16662, 'mz_support', true],
      ['s3', 16984, 'mz_analytics', null],
      ['g1', 16663, 'mz_monitor', null],
      ['g2', 16664, 'mz_monitor_redacted', null],
      ['u1', 20000, 'materialize', true],
      ['u2', 20001, 'joe', null],
      ['u3', 20002, 'team', null],
    ] as const
  ).map(([id, oid, name, superuser]) =>
    put('role', {
      id,
      oid,
      name,
      superuser,
      login: name === 'joe' ? true : null,
      passwordHash: name === 'joe' ? 'SCRAM-SHA-256$4096:AA==$BB==:CC==' : null,
      variables: name === 'joe' ? { cluster: 'quickstart' } : {},
      autoProvisionSource: null,
    }),
  ),
  put('roleMembership', { roleId: 'u3', memberId: 'u2', grantorId: 's1' }),
  ...Object.entries(AMBIENT_SCHEMA_IDS).map(([name, id], i) =>
    put('schema', {
      id,
      oid: 16656 + i,
      name,
      databaseId: null,
      ownerId: 's1',
      privileges: grants('s1', ['p', 'U']),
    }),
  ),
  put('database', {
    id: 'u1',
    oid: 20010,
    name: 'materialize',
    ownerId: 's1',
    privileges: grants('s1', ['p', 'U']),
  }),
  put('database', { id: 'u2', oid: 20011, name: 'other', ownerId: 'u1', privileges: [] }),
  put('schema', {
    id: 'u3',
    oid: 20012,
    name: 'public',
    databaseId: 'u1',
    ownerId: 's1',
    privileges: grants('s1', ['u1', 'UC']),
  }),
  put('schema', { id: 'u9', oid: 20013, name: 'public', databaseId: 'u2', ownerId: 'u1', privileges: [] }),
  put('systemPrivileges', { entries: grants('s1', ['s1', 'RBNP'], ['u1', 'RBNP']) }),
  put('defaultPrivilege', {
    roleId: 'p',
    databaseId: null,
    schemaId: null,
    objectType: 'type',
    granteeId: 'p',
    privileges: 'U',
  }),
  put('networkPolicy', {
    id: 'u1',
    oid: 17048,
    name: 'default',
    ownerId: 's1',
    privileges: grants('s1', ['s1', 'U']),
    rules: [{ name: 'open_ingress', action: 'allow', direction: 'ingress', address: '0.0.0.0/0' }],
  }),
];

const CLUSTERS: readonly Change[] = [
  put('cluster', {
    id: 'u1',
    name: 'quickstart',
    ownerId: 's1',
    privileges: grants('s1', ['p', 'U'], ['u1', 'UC']),
    config: {
      managed: true,
      size: '100cc',
      replicationFactor: 2,
      availabilityZones: [],
      introspectionIntervalMs: 1000,
      introspectionDebugging: false,
      schedule: 'MANUAL',
    },
    workloadClass: null,
  }),
  put('cluster', {
    id: 's2',
    name: 'mz_catalog_server',
    ownerId: 's1',
    privileges: [],
    config: { managed: false },
    workloadClass: null,
  }),
  put('cluster', {
    id: 'u2',
    name: 'By hand',
    ownerId: 'u1',
    privileges: [],
    config: { managed: false },
    workloadClass: 'w',
  }),
  ...(
    [
      ['u1', 'u1', 'r1', null],
      ['u2', 'u1', 'r2', null],
      ['u3', 'u2', 'mine', 'az1'],
    ] as const
  ).flatMap(([id, clusterId, name, availabilityZone]): readonly Change[] => [
    put('replica', {
      id,
      clusterId,
      name,
      size: '100cc',
      availabilityZone,
      introspectionIntervalMs: 1000,
      introspectionDebugging: false,
      internal: false,
      billedAs: null,
      createdAt: NOW,
    }),
    put('replicaHistory', {
      replicaId: id,
      size: '100cc',
      clusterId,
      clusterName: 'c',
      replicaName: name,
      createdAt: NOW,
      droppedAt: null,
    }),
    put('replicaStatus', {
      id: Number(id.slice(1)),
      replicaId: id,
      processId: 0,
      status: 'online',
      reason: null,
      occurredAt: NOW,
    }),
  ]),
];

const version = (secretId: string, versionId: string, sequence: number, current: boolean): Change =>
  put('secretVersion', {
    secretId,
    versionId,
    stages: current ? ['AWSCURRENT'] : ['AWSPREVIOUS'],
    createdAt: NOW + sequence,
    kmsKeyId: 'alias/aws/secretsmanager',
    sizeBytes: 8,
    valueKind: 'string',
    supersededAt: current ? null : NOW + 1000,
    sequence,
  });

const pin = (
  clusterId: string,
  replicaId: string,
  objectId: string,
  connectionId: string,
  versionId: string,
): Change =>
  put('pin', { clusterId, replicaId, objectId, connectionId, secretId: 'u1', versionId, cachedAt: NOW });

const HISTORY: readonly Change[] = [
  version('u1', 'v1', 1, false),
  version('u1', 'v2', 2, true),
  version('u2', 'w1', 1, true),
  version('u3', 'k1', 1, true),
  pin('u1', 'u1', 'u7', 'u4', 'v1'),
  pin('u1', 'u2', 'u7', 'u4', 'v2'),
  pin('u2', 'u3', 'u13', 'u5', 'v1'),
  put('comment', { objectKind: 'secret', objectId: 'u1', columnPosition: null, comment: 'the password' }),
  put('comment', { objectKind: 'table', objectId: 'u9', columnPosition: 2, comment: 'second' }),
  put('comment', { objectKind: 'cluster', objectId: 'u1', columnPosition: null, comment: 'first cluster' }),
  put('auditEvent', {
    id: 1,
    eventType: 'create',
    objectType: 'secret',
    details: { id: 'u1', database: 'materialize', schema: 'public', item: 'pw' },
    user: 'materialize',
    occurredAt: NOW,
  }),
  put('auditEvent', {
    id: 2,
    eventType: 'create',
    objectType: 'cluster-replica',
    details: { cluster_id: 'u2', cluster_name: 'By hand', replica_id: 'u3', replica_name: 'mine' },
    user: null,
    occurredAt: NOW,
  }),
  put('statusEvent', {
    id: 1,
    objectKind: 'source',
    objectId: 'u7',
    replicaId: 'u1',
    status: 'running',
    error: null,
    details: null,
    occurredAt: NOW,
  }),
  put('statusEvent', {
    id: 2,
    objectKind: 'sink',
    objectId: 'u13',
    replicaId: 'u3',
    status: 'stalled',
    error: 'kafka: Invalid username or password',
    details: { namespaced: { kafka: 'Invalid username or password' } },
    occurredAt: NOW,
  }),
];

/** The sample as one snapshot. */
export function sampleSnapshot(): Snapshot {
  const items = ITEMS.map((item) => put('item', item));
  return applyChanges(emptySnapshot(), [...PLACES, ...CLUSTERS, ...items, ...HISTORY]);
}

const facts: LiveFacts = {
  sessions: () => [
    {
      id: '7a3d0a3e-0000-4000-8000-000000000001',
      connectionId: 7,
      roleId: 'u1',
      clientIp: '127.0.0.1',
      connectedAt: NOW,
      applicationName: 'psql',
      databaseName: 'materialize',
    },
  ],
  now: () => NOW,
  startedAt: NOW,
  activity: () => [
    {
      executionId: '7a3d0a3e-0000-4000-8000-000000000002',
      sessionId: '7a3d0a3e-0000-4000-8000-000000000001',
      statementType: 'create_secret',
      redactedSql: "CREATE SECRET pw AS '<REDACTED>'",
      applicationName: 'psql',
      clusterName: 'quickstart',
      databaseName: 'materialize',
      searchPath: ['public'],
      authenticatedUser: 'materialize',
      beganAt: NOW - 10,
      finishedAt: NOW - 5,
      finishedStatus: 'success',
      errorMessage: null,
      rowsReturned: null,
      transactionId: 3,
    },
  ],
  settings: () => [],
  replicaSizes: () => [
    {
      size: '100cc',
      processes: 1,
      workers: 2,
      cpuNanoCores: 2e9,
      memoryBytes: 15525 * 2 ** 20,
      diskBytes: 31050 * 2 ** 20,
      creditsPerHour: '1',
    },
  ],
  awsEvents: () => [
    { id: 'e1', time: NOW, record: { eventName: 'GetSecretValue', readOnly: true, size: 1.5 } },
  ],
};

/** A context over a snapshot for a role in database `materialize`. */
export function contextFor(snapshot: Snapshot, roleId = 'u1'): RelationContext {
  return {
    snapshot,
    facts,
    session: { connectionId: 7, roleId, databaseId: 'u1', databaseName: 'materialize' },
  };
}
