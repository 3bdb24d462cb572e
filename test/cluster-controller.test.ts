import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { del, put, type Change } from '../src/catalog/changes.ts';
import { emptySnapshot } from '../src/catalog/apply.ts';
import type {
  ConnectionItem,
  Item,
  ReplicaRecord,
  SinkItem,
  SourceItem,
  StatusEventRecord,
} from '../src/catalog/records.ts';
import { HealthError, type HealthTarget, type Upstreams } from '../src/connections/resolved.ts';
import { simulatedUpstreams } from '../src/connections/simulated.ts';
import { Committer } from '../src/engine/committer.ts';
import { planError } from '../src/errors.ts';
import { createLogger } from '../src/log.ts';
import { SecretBytes } from '../src/secrets/secret-bytes.ts';
import { memoryStore } from '../src/store/memory-store.ts';
import { startController, type ClusterController } from '../src/clusters/controller.ts';
import { speakingEvent } from '../src/relations/status-view.ts';

const base = { oid: 1, schemaId: 'u3', ownerId: 'u1', privileges: [], createdAt: 0 };

const connection: ConnectionItem = {
  ...base,
  id: 'u10',
  name: 'pg',
  kind: 'connection',
  dependsOn: ['u9'],
  connectionType: 'postgres',
  options: [
    { name: 'HOST', value: { kind: 'string', value: 'db.example' } },
    { name: 'DATABASE', value: { kind: 'string', value: 'app' } },
    { name: 'USER', value: { kind: 'string', value: 'mz' } },
    { name: 'PASSWORD', value: { kind: 'secret', id: 'u9' } },
  ],
};

const source: SourceItem = {
  ...base,
  id: 'u11',
  name: 'orders',
  kind: 'source',
  clusterId: 'u1',
  dependsOn: ['u10'],
  columns: [],
  detail: {
    type: 'postgres',
    connectionId: 'u10',
    publication: 'p',
    slot: 's',
    textColumns: [],
    excludeColumns: [],
    tables: [],
  },
};

const subsource: SourceItem = {
  ...source,
  id: 'u12',
  name: 'orders_table',
  clusterId: null,
  dependsOn: ['u11'],
  detail: { type: 'subsource', sourceId: 'u11', externalReference: ['app', 'public', 'orders'] },
};

const counter: SourceItem = {
  ...source,
  id: 'u20',
  name: 'counter',
  dependsOn: [],
  detail: { type: 'load-generator', generator: 'COUNTER', options: [], forAllTables: false },
};

const sink: SinkItem = {
  ...base,
  id: 'u30',
  name: 'out',
  kind: 'sink',
  clusterId: 'u1',
  fromId: 'u20',
  dependsOn: ['u20'],
  detail: {
    type: 'kafka',
    connectionId: 'u31',
    options: [{ name: 'TOPIC', value: 't' }],
    key: null,
    keyNotEnforced: false,
    format: null,
    keyFormat: null,
    envelope: null,
    withOptions: [],
  },
};

function replica(id: string): ReplicaRecord {
  return {
    id,
    clusterId: 'u1',
    name: 'r1',
    size: '25cc',
    availabilityZone: null,
    introspectionIntervalMs: null,
    introspectionDebugging: false,
    internal: false,
    billedAs: null,
    createdAt: 0,
  };
}

/** An upstream that answers as told, and remembers with which password it was asked. */
function scriptedUpstreams(): Upstreams & { error: Error | null; passwords: string[]; active: number } {
  const script = {
    ...simulatedUpstreams(),
    mode: 'live' as const,
    error: null as Error | null,
    passwords: [] as string[],
    active: 0,
    check: (target: HealthTarget): Promise<void> => {
      if (target.kind === 'postgres-source')
        script.passwords.push(target.connection.password?.openText() ?? '');
      return script.error === null ? Promise.resolve() : Promise.reject(script.error);
    },
  };
  return script;
}

function newCatalog(): Committer {
  return new Committer(memoryStore(), emptySnapshot(), () => 0);
}

describe('cluster controller', () => {
  let catalog = newCatalog();
  let controller: ClusterController | undefined;
  let upstreams = scriptedUpstreams();
  let now = 1_000_000;
  const opened: string[] = [];

  function begin(mode: Upstreams = upstreams, historyLimit = 1000): void {
    controller = startController({
      catalog,
      upstreams: mode,
      openSecret: (secretId, versionId) => {
        opened.push(`${secretId}/${versionId}`);
        if (versionId === 'lost') return Promise.reject(planError(`secret ${secretId}: NotFound`));
        return Promise.resolve(SecretBytes.fromText(`value of ${versionId}`));
      },
      clock: () => now++,
      intervalMs: 10,
      historyLimit,
      logger: createLogger('silent'),
      random: () => 0.5,
    });
  }

  async function edit(...changes: Change[]): Promise<void> {
    await catalog.commit(() => ({ changes, result: undefined }));
  }

  async function add(...items: Item[]): Promise<void> {
    await edit(...items.map((item) => put('item', item)));
  }

  /** Makes a version of the source's password current. */
  async function alterSecret(versionId: string): Promise<void> {
    const version = { secretId: 'u9', versionId, stages: ['AWSCURRENT'], createdAt: now, kmsKeyId: 'k' };
    const current = catalog.current().currentVersion.get('u9');
    const old =
      current === undefined ? undefined : catalog.current().versionsOfSecret.get('u9')?.get(current);
    await edit(
      ...(old === undefined ? [] : [put('secretVersion', { ...old, stages: ['AWSPREVIOUS'] })]),
      put('secretVersion', {
        ...version,
        sizeBytes: 1,
        valueKind: 'string',
        supersededAt: null,
        sequence: (old?.sequence ?? 0) + 1,
      }),
    );
  }

  /** The pins come and go by the rule of every commit. */
  const addReplica = (id: string): Promise<void> => edit(put('replica', replica(id)));
  const dropReplica = (id: string): Promise<void> => edit(del('replica', id));
  const events = (): readonly StatusEventRecord[] => catalog.current().statusEvents.toArray();

  function history(objectId: string): string[] {
    return events()
      .filter((e) => e.objectId === objectId)
      .map(
        (e) =>
          `${e.status}${e.replicaId === null ? '' : ` ${e.replicaId}`}${e.error === null ? '' : ` ${e.error}`}`,
      );
  }

  const until = (objectId: string, rows: string[]): Promise<void> =>
    expect.poll(() => history(objectId), { timeout: 2000, interval: 5 }).toEqual(rows);

  beforeEach(async () => {
    catalog = newCatalog();
    await alterSecret('v1');
  });

  afterEach(async () => {
    await controller?.stop();
    controller = undefined;
    upstreams = scriptedUpstreams();
    opened.length = 0;
  });

  it('goes through the life cycle of replication factor 0, 1, 0, 1 as the reference has it', async () => {
    begin();
    await add(connection, source, subsource);
    await until('u11', ['paused']);
    expect(events()[0]?.details).toEqual({
      hints: ['There is currently no replica running this source'],
    });
    await addReplica('u1');
    const first = ['paused', 'starting u1', 'running u1'];
    await until('u11', first);
    await until('u12', first);
    await dropReplica('u1');
    await until('u11', [...first, 'paused u1']);
    await until('u12', [...first, 'paused u1']);
    expect(events().at(-1)?.details).toEqual({
      hints: ['The replica running this source has been dropped'],
    });
    await addReplica('u2');
    await until('u11', [...first, 'paused u1', 'starting u2', 'running u2']);
    await edit(del('item', 'u12'), del('item', 'u11'));
    await until('u12', [...first, 'paused u1', 'starting u2', 'running u2', 'dropped']);
    await until('u11', [...first, 'paused u1', 'starting u2', 'running u2', 'dropped']);
    const times = events()
      .filter((e) => e.objectId === 'u11')
      .map((e) => e.occurredAt);
    expect([...new Set(times)].sort((a, b) => a - b)).toEqual(times);
  });

  it('runs a PostgreSQL source on the lowest replica and load generators on all, and moves on', async () => {
    await add(connection, source, counter);
    await addReplica('u1');
    await addReplica('u2');
    begin();
    await until('u11', ['starting u1', 'running u1']);
    await expect
      .poll(() => history('u20').sort())
      .toEqual(['running u1', 'running u2', 'starting u1', 'starting u2']);
    await dropReplica('u1');
    await until('u11', ['starting u1', 'running u1', 'paused u1', 'starting u2', 'running u2']);
    expect(speakingEvent(catalog.current(), 'u11', 'u1')).toMatchObject({
      status: 'running',
      replicaId: 'u2',
    });
  });

  it('checks with the version the replica cached, never with the current one', async () => {
    await add(connection, source);
    await addReplica('u1');
    begin();
    await until('u11', ['starting u1', 'running u1']);
    await alterSecret('v2');
    const asked = upstreams.passwords.length;
    await expect.poll(() => upstreams.passwords.length).toBeGreaterThan(asked + 2);
    expect(new Set(upstreams.passwords)).toEqual(new Set(['value of v1']));
    expect(opened).toEqual(['u9/v1']);
    await dropReplica('u1');
    await addReplica('u2');
    await expect.poll(() => upstreams.passwords.at(-1)).toBe('value of v2');
  });

  it('writes a stall once, a different one again, and recovers through starting', async () => {
    await add(connection, source, subsource);
    await addReplica('u1');
    begin();
    await until('u11', ['starting u1', 'running u1']);
    upstreams.error = new HealthError('postgres', 'connection closed', 'try later');
    const stalls = ['starting u1', 'running u1', 'stalled u1 postgres: connection closed'];
    await until('u11', stalls);
    expect(events().at(-1)?.details).toEqual({
      hints: ['try later'],
      namespaced: { postgres: 'connection closed' },
    });
    const commits = catalog.current().version;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(catalog.current().version).toBe(commits);
    upstreams.error = new HealthError('ssh', 'failed to connect');
    await until('u11', [...stalls, 'stalled u1 ssh: failed to connect']);
    upstreams.error = null;
    await until('u11', [...stalls, 'stalled u1 ssh: failed to connect', 'starting u1', 'running u1']);
    expect(history('u12')).toEqual(['starting u1', 'running u1']);
  });

  it('stalls on a secret version that cannot be opened, simulated or not', async () => {
    await add(connection, source);
    await alterSecret('lost');
    await addReplica('u1');
    begin(simulatedUpstreams());
    await until('u11', ['starting u1', 'stalled u1 internal: secret u9: NotFound']);
  });

  it('resumes after a restart without writing anything twice', async () => {
    await add(connection, source, counter);
    await addReplica('u1');
    begin();
    await until('u11', ['starting u1', 'running u1']);
    await until('u20', ['starting u1', 'running u1']);
    await controller?.stop();
    const rows = events().length;
    const online = catalog.current().small.replicaStatus.size;
    expect(online).toBe(1);
    begin();
    const asked = upstreams.passwords.length;
    await expect.poll(() => upstreams.passwords.length).toBeGreaterThan(asked + 1);
    expect(events().length).toBe(rows);
    expect(catalog.current().small.replicaStatus.size).toBe(online);
  });

  it('writes what a crash kept it from writing', async () => {
    await add(connection, source);
    await addReplica('u1');
    begin();
    await until('u11', ['starting u1', 'running u1']);
    await controller?.stop();
    await dropReplica('u1');
    await edit(del('item', 'u11'));
    begin();
    await until('u11', ['starting u1', 'running u1', 'dropped']);
  });

  it('starts again with a connection that ALTER CONNECTION changed, not with a renamed one', async () => {
    await add(connection, source);
    await addReplica('u1');
    begin();
    await until('u11', ['starting u1', 'running u1']);
    await add({ ...connection, name: 'renamed' });
    const asked = upstreams.passwords.length;
    await expect.poll(() => upstreams.passwords.length).toBeGreaterThan(asked + 1);
    expect(history('u11')).toEqual(['starting u1', 'running u1']);
    const options = [...connection.options, { name: 'PORT', value: { kind: 'number', value: '1' } as const }];
    await add({ ...connection, options });
    await until('u11', ['starting u1', 'running u1', 'starting u1', 'running u1']);
  });

  it('keeps a bounded history', async () => {
    await add(connection, source);
    await addReplica('u1');
    begin(upstreams, 5);
    await until('u11', ['starting u1', 'running u1']);
    for (let i = 0; i < 6; i++) {
      upstreams.error = new HealthError('postgres', `error ${String(i)}`);
      await expect.poll(() => history('u11').at(-1)).toBe(`stalled u1 postgres: error ${String(i)}`);
    }
    expect(history('u11')).toHaveLength(5);
    expect(history('u11')[0]).toBe('stalled u1 postgres: error 1');
  });

  it('says sink where a sink is meant', async () => {
    begin();
    await add(sink);
    await until('u30', ['paused']);
    expect(events()[0]).toMatchObject({
      objectKind: 'sink',
      details: { hints: ['There is currently no replica running this sink'] },
    });
  });

  it('ends its loops when stopped', async () => {
    await add(connection, source);
    await addReplica('u1');
    begin();
    await until('u11', ['starting u1', 'running u1']);
    await controller?.stop();
    const asked = upstreams.passwords.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(upstreams.passwords.length).toBe(asked);
  });
});
