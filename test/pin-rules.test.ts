/**
 * The pin rule against a model of a few lines: what every replica cached, and when it had to read it anew. Histories are
 * random, go through the real committer and store, and are interrupted by restarts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { del, put, type Change } from '../src/catalog/changes.ts';
import { openCatalog } from '../src/catalog/open.ts';
import type { ConnectionItem, SinkItem, SourceItem } from '../src/catalog/records.ts';
import type { Snapshot } from '../src/catalog/snapshot.ts';
import { staleRows } from '../src/catalog/staleness.ts';
import { refreshPins } from '../src/clusters/pins.ts';
import { Committer } from '../src/engine/committer.ts';
import { newVersion } from '../src/engine/secret-value.ts';
import { KeyRing } from '../src/secrets/key-ring.ts';
import { SecretBytes } from '../src/secrets/secret-bytes.ts';
import { changed, CURRENT, moveLabels, versionsOf } from '../src/secrets/versions.ts';
import { openLmdbStore } from '../src/store/lmdb-store.ts';
import { memoryStore } from '../src/store/memory-store.ts';
import type { Store } from '../src/store/store.ts';

const SECRETS = ['S0', 'S1', 'S2'] as const;
const CONNECTIONS = ['K0', 'K1', 'T0'] as const;
const CLUSTERS = ['u1', 'c2'] as const;

type Step =
  | { readonly do: 'alterSecret'; readonly secret: number; readonly label: boolean }
  | { readonly do: 'moveCurrent'; readonly secret: number; readonly version: number }
  | {
      readonly do: 'setConnection';
      readonly connection: number;
      readonly secrets: readonly number[];
      readonly via: boolean;
    }
  | {
      readonly do: 'createObject';
      readonly object: number;
      readonly cluster: number;
      readonly connection: number;
      readonly csr: number | null;
    }
  | { readonly do: 'moveObject'; readonly object: number; readonly cluster: number }
  | { readonly do: 'dropObject'; readonly object: number }
  | { readonly do: 'createReplica'; readonly replica: number; readonly cluster: number }
  | { readonly do: 'dropReplica'; readonly replica: number }
  | { readonly do: 'renameReplica'; readonly replica: number }
  | { readonly do: 'recreateReplica'; readonly replica: number }
  | { readonly do: 'restart' };

const nat = fc.nat;
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('alterSecret' as const), secret: nat(2), label: fc.boolean() }),
  fc.record({ do: fc.constant('moveCurrent' as const), secret: nat(2), version: nat(9) }),
  fc.record({
    do: fc.constant('setConnection' as const),
    connection: nat(2),
    secrets: fc.uniqueArray(nat(2), { maxLength: 2 }),
    via: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('createObject' as const),
    object: nat(3),
    cluster: nat(1),
    connection: nat(1),
    csr: fc.option(nat(1)),
  }),
  fc.record({ do: fc.constant('moveObject' as const), object: nat(3), cluster: nat(1) }),
  fc.record({ do: fc.constant('dropObject' as const), object: nat(3) }),
  fc.record({ do: fc.constant('createReplica' as const), replica: nat(3), cluster: nat(1) }),
  fc.record({ do: fc.constant('dropReplica' as const), replica: nat(3) }),
  fc.record({ do: fc.constant('renameReplica' as const), replica: nat(3) }),
  fc.record({ do: fc.constant('recreateReplica' as const), replica: nat(3) }),
  fc.constant({ do: 'restart' as const }),
);

/** What the model knows: who uses what, and what each running copy of an object has read. */
interface Model {
  readonly current: Map<string, string>;
  readonly versions: Map<string, string[]>;
  readonly connections: Map<string, { secrets: readonly string[]; via: boolean }>;
  readonly objects: Map<string, { cluster: string; connections: readonly string[] }>;
  readonly replicas: Map<string, string>;
  /** `replica/object` to what it read: `connection/secret` to version. */
  readonly read: Map<string, Map<string, string>>;
}

/** `connection/secret` pairs an object reads: K0 and K1 may go through the tunnel T0. */
function usesOf(model: Model, object: string): ReadonlySet<string> {
  const uses = new Set<string>();
  for (const connection of model.objects.get(object)?.connections ?? []) {
    const { secrets, via } = model.connections.get(connection)!;
    for (const secret of secrets) uses.add(`${connection}/${secret}`);
    if (via) for (const secret of model.connections.get('T0')!.secrets) uses.add(`T0/${secret}`);
  }
  return uses;
}

/** Every copy that should run does, with what it had read; one that reads something new reads it as it is now. */
function settle(model: Model, readAnew: (object: string) => boolean = () => false): void {
  const running = new Set<string>();
  for (const [replica, cluster] of model.replicas) {
    for (const [object, placed] of model.objects) {
      if (placed.cluster !== cluster) continue;
      const copy = `${replica}/${object}`;
      running.add(copy);
      const had = readAnew(object) ? undefined : model.read.get(copy);
      const uses = [...usesOf(model, object)];
      model.read.set(
        copy,
        new Map(uses.map((use) => [use, had?.get(use) ?? model.current.get(use.split('/')[1]!)!])),
      );
    }
  }
  for (const copy of model.read.keys()) if (!running.has(copy)) model.read.delete(copy);
}

function modelPins(model: Model): readonly string[] {
  return [...model.read]
    .flatMap(([copy, read]) => [...read].map(([use, version]) => `${copy}/${use}=${version}`))
    .sort();
}

function realPins(snapshot: Snapshot): readonly string[] {
  return [...snapshot.pins.entries()].map(([key, pin]) => `${key}=${pin.versionId}`).sort();
}

/** The system under test and its model, step by step. */
class Bench {
  readonly #open: () => Promise<Store>;
  readonly #ring = new KeyRing([new SecretBytes(Buffer.alloc(32, 1))]);
  #store!: Store;
  #committer!: Committer;
  #now = 1000;
  #made = 0;
  readonly model: Model = {
    current: new Map(),
    versions: new Map(),
    connections: new Map(CONNECTIONS.map((c) => [c, { secrets: [], via: false }])),
    objects: new Map(),
    replicas: new Map([['u1', 'u1']]),
    read: new Map(),
  };

  constructor(open: () => Promise<Store>) {
    this.#open = open;
  }

  get snapshot(): Snapshot {
    return this.#committer.current();
  }

  async start(): Promise<void> {
    await this.restart();
    for (const [i, secret] of SECRETS.entries()) {
      const base = {
        id: secret,
        oid: 30_000 + i,
        schemaId: 'u3',
        name: secret,
        ownerId: 'u1',
        privileges: [],
        dependsOn: [],
        createdAt: 0,
      };
      await this.#commit(() => [put('item', { kind: 'secret', ...base })]);
      await this.#alterSecret(secret, [CURRENT]);
    }
    for (const name of CONNECTIONS) await this.#commit(() => [this.#connection(name)]);
    const cluster = {
      id: 'c2',
      name: 'second "one"',
      ownerId: 'u1',
      privileges: [],
      config: { managed: false },
      workloadClass: null,
    } as const;
    await this.#commit(() => [put('cluster', cluster)]);
  }

  async restart(): Promise<void> {
    await this.close();
    this.#store = await this.#open();
    const { snapshot } = await openCatalog(this.#store, 0);
    this.#committer = new Committer(this.#store, snapshot, () => (this.#now += 1));
  }

  async close(): Promise<void> {
    await this.#store?.close();
  }

  async #commit(changes: (tip: Snapshot) => readonly Change[]): Promise<void> {
    await this.#committer.commit((tip) => ({ changes: changes(tip), result: null }));
  }

  async #alterSecret(secret: string, stages: readonly string[]): Promise<void> {
    const versionId = `v${(this.#made += 1)}`;
    const value = SecretBytes.fromText(versionId);
    const sealer = { keyRing: this.#ring, clock: () => this.#now };
    await this.#commit(
      (tip) =>
        newVersion(sealer, tip, { secretId: secret, value, valueKind: 'string', versionId, stages }).changes,
    );
    this.model.versions.set(secret, [...(this.model.versions.get(secret) ?? []), versionId]);
    if (stages.includes(CURRENT)) this.model.current.set(secret, versionId);
  }

  #connection(name: string): Change {
    const { secrets, via } = this.model.connections.get(name)!;
    const tunnel = name === 'T0';
    const record: ConnectionItem = {
      kind: 'connection',
      id: name,
      oid: 31_000 + CONNECTIONS.indexOf(name as 'K0'),
      schemaId: 'u3',
      name,
      ownerId: 'u1',
      privileges: [],
      createdAt: 0,
      connectionType: tunnel ? 'aws' : 'kafka',
      dependsOn: [...secrets, ...(via ? ['T0'] : [])],
      options: [
        {
          name: 'LIST',
          value: { kind: 'list', values: secrets.slice(0, 1).map((id) => ({ kind: 'secret' as const, id })) },
        },
        ...secrets.slice(1).map((id) => ({ name: 'PASSWORD', value: { kind: 'secret' as const, id } })),
        ...(via ? [{ name: 'AWS CONNECTION', value: { kind: 'item' as const, id: 'T0' } }] : []),
      ],
    };
    return put('item', record);
  }

  #object(name: string): Change {
    const { cluster, connections } = this.model.objects.get(name)!;
    const n = Number(name.slice(1));
    const base = {
      id: name,
      oid: 32_000 + n,
      schemaId: 'u3',
      name,
      ownerId: 'u1',
      privileges: [],
      createdAt: 0,
      clusterId: cluster,
    };
    const [connectionId, csr] = connections as [string, string | undefined];
    if (n % 2 === 0) {
      const detail = {
        type: 'postgres',
        connectionId,
        publication: 'p',
        slot: 's',
        textColumns: [],
        excludeColumns: [],
        tables: [],
      } as const;
      return put('item', {
        ...base,
        kind: 'source',
        dependsOn: [connectionId],
        columns: [],
        detail,
      } satisfies SourceItem);
    }
    const detail = {
      type: 'kafka',
      connectionId,
      options: [],
      key: null,
      keyNotEnforced: false,
      format: null,
      keyFormat: null,
      envelope: null,
      withOptions: [],
      ...(csr === undefined ? {} : { csrConnectionId: csr }),
    } as const;
    return put('item', {
      ...base,
      kind: 'sink',
      fromId: 'x',
      dependsOn: [...connections],
      detail,
    } satisfies SinkItem);
  }

  #replica(name: string, cluster: string, label = name): Change {
    return put('replica', {
      id: name,
      clusterId: cluster,
      name: label,
      size: '25cc',
      availabilityZone: null,
      introspectionIntervalMs: null,
      introspectionDebugging: false,
      internal: false,
      billedAs: null,
      createdAt: 0,
    });
  }

  /** Runs a step on both sides; one that makes no sense now does nothing. */
  async run(given: Step): Promise<void> {
    const { model } = this;
    const object = 'object' in given ? `o${given.object}` : '';
    const replica = 'replica' in given ? `r${given.replica}` : '';
    switch (given.do) {
      case 'restart':
        return this.restart();
      case 'alterSecret':
        return this.#alterSecret(SECRETS[given.secret]!, given.label ? [CURRENT] : ['AWSPENDING']);
      case 'moveCurrent': {
        const secret = SECRETS[given.secret]!;
        const versions = model.versions.get(secret)!;
        const target = versions[given.version % versions.length]!;
        await this.#commit((tip) => {
          const before = versionsOf(tip, secret);
          return changed(before, moveLabels(before, target, [CURRENT], 0));
        });
        model.current.set(secret, target);
        return;
      }
      case 'setConnection': {
        const name = CONNECTIONS[given.connection]!;
        const secrets = given.secrets.map((n) => SECRETS[n]!);
        const via = given.via && name !== 'T0';
        model.connections.set(name, { secrets, via });
        const reads = (o: string): boolean =>
          model.objects
            .get(o)!
            .connections.some((c) => c === name || (name === 'T0' && model.connections.get(c)!.via));
        const affected = [...model.objects.keys()].filter(reads);
        await this.#commit((tip) => [this.#connection(name), ...refreshPins(tip, affected, this.#now)]);
        return settle(model, (o) => affected.includes(o));
      }
      case 'createObject': {
        if (model.objects.has(object)) return;
        const connections = [`K${given.connection}`];
        if (given.csr !== null && given.csr !== given.connection && given.object % 2 === 1)
          connections.push(`K${given.csr}`);
        model.objects.set(object, { cluster: CLUSTERS[given.cluster]!, connections });
        await this.#commit(() => [this.#object(object)]);
        return settle(model);
      }
      case 'moveObject': {
        const placed = model.objects.get(object);
        if (placed === undefined) return;
        model.objects.set(object, { ...placed, cluster: CLUSTERS[given.cluster]! });
        await this.#commit(() => [this.#object(object)]);
        return settle(model);
      }
      case 'dropObject':
        if (!model.objects.delete(object)) return;
        await this.#commit(() => [del('item', object)]);
        return settle(model);
      case 'createReplica':
        if (model.replicas.has(replica)) return;
        model.replicas.set(replica, CLUSTERS[given.cluster]!);
        await this.#commit(() => [this.#replica(replica, CLUSTERS[given.cluster]!)]);
        return settle(model);
      case 'dropReplica':
        if (!model.replicas.delete(replica)) return;
        await this.#commit(() => [del('replica', replica)]);
        return settle(model);
      case 'renameReplica':
        if (!model.replicas.has(replica)) return;
        await this.#commit(() => [this.#replica(replica, model.replicas.get(replica)!, 'other')]);
        return;
      case 'recreateReplica': {
        const cluster = model.replicas.get(replica);
        if (cluster === undefined) return;
        model.replicas.delete(replica);
        settle(model);
        model.replicas.set(replica, cluster);
        await this.#commit(() => [del('replica', replica)]);
        await this.#commit(() => [this.#replica(replica, cluster)]);
        return settle(model);
      }
    }
  }
}

function checkAgainstModel(bench: Bench): void {
  const { snapshot, model } = bench;
  expect(realPins(snapshot)).toEqual(modelPins(model));
  const stale = modelPins(model).filter((pin) => {
    const [use, version] = pin.split('=') as [string, string];
    return model.current.get(use.split('/')[3]!) !== version;
  });
  expect([...staleRows(snapshot)].length).toBe(stale.length);
}

async function follow(bench: Bench, steps: readonly Step[]): Promise<void> {
  try {
    await bench.start();
    for (const given of steps) {
      await bench.run(given);
      checkAgainstModel(bench);
    }
    await bench.restart();
    checkAgainstModel(bench);
  } finally {
    await bench.close();
  }
}

describe('pins', () => {
  it('are what a model says every replica read, after every step of any history', async () => {
    const history = fc.array(step, { minLength: 5, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const store = memoryStore();
        await follow(new Bench(async () => store), steps);
      }),
      { numRuns: 300 },
    );
  });

  it('outlive restarts on disk', async () => {
    const history = fc.array(step, { minLength: 20, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const folder = mkdtempSync(join(tmpdir(), 'tumbler-pins-'));
        try {
          await follow(new Bench(() => openLmdbStore(folder)), steps);
        } finally {
          rmSync(folder, { recursive: true });
        }
      }),
      { numRuns: 15 },
    );
  });
});
