/** Random steps of a history of secrets and what runs on them: each is done by SQL and told to the model. */
import { ident, qualified, type Cluster, type Connection, type Runner, type Secret } from './pin-model.ts';
import type { World } from './pin-world.ts';

export interface Step {
  readonly act: Act;
  /** Numbers that choose among what is there. */
  readonly choices: readonly [number, number, number];
}

const SIZES = ['25cc', '50cc', '100cc'] as const;
const MAX = { secrets: 8, connections: 8, clusters: 6, objects: 12, replicas: 4 } as const;

async function createSecret(world: World): Promise<void> {
  const { model } = world;
  if (model.secrets.length >= MAX.secrets) return;
  const secret: Secret = {
    name: world.name('secret'),
    schema: world.pick(model.schemas)!,
    versions: [],
    current: '',
    supersededAt: new Map(),
  };
  await world.sql(`CREATE SECRET ${qualified(secret)} AS 'first'`);
  secret.current = await world.currentVersion(secret);
  secret.versions.push(secret.current);
  model.secrets.push(secret);
}

const OPTIONS: Readonly<
  Record<
    Connection['type'],
    { readonly sql: string; readonly fixed: string; readonly secrets: readonly string[] }
  >
> = {
  kafka: {
    sql: 'KAFKA',
    fixed: `BROKER 'broker.example:9092', SASL MECHANISMS 'PLAIN'`,
    secrets: ['SASL USERNAME', 'SASL PASSWORD'],
  },
  registry: {
    sql: 'CONFLUENT SCHEMA REGISTRY',
    fixed: `URL 'http://registry.example:8081', USERNAME 'u'`,
    secrets: ['PASSWORD'],
  },
  postgres: {
    sql: 'POSTGRES',
    fixed: `HOST 'db.example', DATABASE 'd'`,
    secrets: ['USER', 'PASSWORD'],
  },
};

async function createConnection(world: World): Promise<void> {
  const { model } = world;
  if (model.connections.length >= MAX.connections || model.secrets.length === 0) return;
  const type = world.pick(['kafka', 'registry', 'postgres'] as const)!;
  const { sql, fixed, secrets } = OPTIONS[type];
  const connection: Connection = {
    name: world.name('connection'),
    schema: world.pick(model.schemas)!,
    type,
    secrets: new Map(secrets.map((option) => [option, world.pick(model.secrets)!])),
  };
  const options = [...connection.secrets].map(([option, secret]) => `${option} SECRET ${qualified(secret)}`);
  await world.sql(`CREATE CONNECTION ${qualified(connection)} TO ${sql} (${[fixed, ...options].join(', ')})`);
  model.connections.push(connection);
}

async function alterConnection(world: World): Promise<void> {
  const connection = world.pick(world.model.connections);
  const secret = world.pick(world.model.secrets);
  if (connection === undefined || secret === undefined) return;
  const option = world.pick([...connection.secrets.keys()])!;
  await world.sql(
    `ALTER CONNECTION ${qualified(connection)} SET (${option} = SECRET ${qualified(secret)}) WITH (VALIDATE = false)`,
  );
  if (connection.secrets.get(option) === secret) return;
  connection.secrets.set(option, secret);
  world.model.connectionChanged(connection, world.now);
}

async function createCluster(world: World): Promise<void> {
  const { model, now } = world;
  if (model.clusters.length >= MAX.clusters) return;
  const cluster: Cluster = { name: world.name('cluster'), managed: null, replicas: [] };
  const count = world.number(4);
  const size = world.pick(SIZES)!;
  if (world.number(2) === 0) {
    await world.sql(
      `CREATE CLUSTER ${ident(cluster.name)} (SIZE = '${size}', REPLICATION FACTOR = ${count})`,
    );
    model.resize(cluster, size, count, now);
  } else {
    const replicas = Array.from({ length: count }, (_, i) => ({ name: `r${i + 1}`, size }));
    const list = replicas.map((replica) => `${replica.name} (SIZE = '${size}')`).join(', ');
    await world.sql(`CREATE CLUSTER ${ident(cluster.name)} REPLICAS (${list})`);
    cluster.replicas.push(...replicas);
  }
  model.clusters.push(cluster);
}

async function resize(world: World): Promise<void> {
  const cluster = world.pick(world.model.clusters.filter((each) => each.managed !== null));
  if (cluster?.managed == null) return;
  const factor = world.number(MAX.replicas);
  const size = world.number(4) === 0 ? SIZES[factor % SIZES.length]! : cluster.managed.size;
  await world.sql(
    `ALTER CLUSTER ${ident(cluster.name)} SET (SIZE = '${size}', REPLICATION FACTOR = ${factor})`,
  );
  world.model.resize(cluster, size, factor, world.now);
}

async function setManaged(world: World): Promise<void> {
  const cluster = world.pick(world.model.clusters);
  if (cluster === undefined) return;
  if (cluster.managed !== null) {
    await world.sql(`ALTER CLUSTER ${ident(cluster.name)} SET (MANAGED = false)`);
    cluster.managed = null;
    return;
  }
  const names = cluster.replicas.map((replica) => replica.name).sort();
  const sizes = new Set(cluster.replicas.map((replica) => replica.size));
  const fits = names.every((name, i) => name === `r${i + 1}`) && sizes.size === 1;
  if (!fits) return;
  await world.sql(`ALTER CLUSTER ${ident(cluster.name)} SET (MANAGED = true)`);
  cluster.managed = { size: [...sizes][0]!, factor: names.length };
}

async function createReplica(world: World): Promise<void> {
  const cluster = world.pick(world.model.clusters.filter((each) => each.managed === null));
  if (cluster === undefined || cluster.replicas.length >= MAX.replicas) return;
  const replica = { name: world.name('replica'), size: world.pick(SIZES)! };
  await world.sql(
    `CREATE CLUSTER REPLICA ${ident(cluster.name)}.${ident(replica.name)} (SIZE = '${replica.size}')`,
  );
  world.model.addReplica(cluster, replica, world.now);
}

async function dropReplica(world: World): Promise<void> {
  const cluster = world.pick(world.model.clusters.filter((each) => each.managed === null));
  const replica = cluster === undefined ? undefined : world.pick(cluster.replicas);
  if (cluster === undefined || replica === undefined) return;
  await world.sql(`DROP CLUSTER REPLICA ${ident(cluster.name)}.${ident(replica.name)}`);
  world.model.dropReplica(cluster, replica);
}

async function createObject(world: World): Promise<void> {
  const { model } = world;
  const cluster = world.pick(model.clusters);
  const main = world.pick(model.connections.filter((each) => each.type !== 'registry'));
  if (model.objects.length >= MAX.objects || cluster === undefined || main === undefined) return;
  const registry = world.pick(model.connections.filter((each) => each.type === 'registry'));
  const type = main.type === 'postgres' ? 'source' : 'sink';
  const connections = type === 'sink' && registry !== undefined ? [main, registry] : [main];
  const object: Runner = { name: world.name(type), schema: model.schemas[0]!, type, cluster, connections };
  await world.sql(type === 'source' ? sourceSql(object, main) : sinkSql(object, main, connections[1]));
  model.addObject(object, world.now);
}

function sourceSql(object: Runner, connection: Connection): string {
  const table = qualified({ ...object, name: `${object.name} t` });
  return `CREATE SOURCE ${qualified(object)} IN CLUSTER ${ident(object.cluster.name)}
    FROM POSTGRES CONNECTION ${qualified(connection)} (PUBLICATION 'p') FOR TABLES (t AS ${table})`;
}

function sinkSql(object: Runner, connection: Connection, registry: Connection | undefined): string {
  const format =
    registry === undefined
      ? 'JSON'
      : `AVRO USING CONFLUENT SCHEMA REGISTRY CONNECTION ${qualified(registry)}`;
  return `CREATE SINK ${qualified(object)} IN CLUSTER ${ident(object.cluster.name)} FROM public.feed
    INTO KAFKA CONNECTION ${qualified(connection)} (TOPIC 't') FORMAT ${format} ENVELOPE DEBEZIUM`;
}

async function rename(world: World): Promise<void> {
  const { model } = world;
  const item = world.pick([
    ...model.secrets.map((item) => ['SECRET', item] as const),
    ...model.connections.map((item) => ['CONNECTION', item] as const),
    ...model.objects.map((item) => [item.type.toUpperCase(), item] as const),
    ...model.clusters.map((item) => ['CLUSTER', item] as const),
    ...model.schemas.map((item) => ['SCHEMA', item] as const),
  ]);
  if (item === undefined) return;
  const [kind, named] = item;
  const to = world.name('renamed');
  const from = 'schema' in named ? qualified(named) : ident(named.name);
  await world.sql(`ALTER ${kind} ${from} RENAME TO ${ident(to)}`);
  named.name = to;
}

async function renameReplica(world: World): Promise<void> {
  const cluster = world.pick(world.model.clusters.filter((each) => each.managed === null));
  const replica = cluster === undefined ? undefined : world.pick(cluster.replicas);
  if (cluster === undefined || replica === undefined) return;
  const to = world.name('replica');
  await world.sql(
    `ALTER CLUSTER REPLICA ${ident(cluster.name)}.${ident(replica.name)} RENAME TO ${ident(to)}`,
  );
  replica.name = to;
}

async function swap(world: World): Promise<void> {
  const { model } = world;
  const clusters = world.number(2) === 0;
  const [a, b] = [
    world.pick<{ name: string }>(clusters ? model.clusters : model.schemas),
    world.pick<{ name: string }>(clusters ? model.clusters : model.schemas),
  ];
  if (a === undefined || b === undefined || a === b) return;
  await world.sql(`ALTER ${clusters ? 'CLUSTER' : 'SCHEMA'} ${ident(a.name)} SWAP WITH ${ident(b.name)}`);
  [a.name, b.name] = [b.name, a.name];
}

async function drop(world: World): Promise<void> {
  const { model } = world;
  switch (world.number(6)) {
    case 0: {
      const secret = world.pick(model.secrets);
      if (secret === undefined) return;
      await world.sql(`DROP SECRET ${qualified(secret)} CASCADE`);
      return model.dropSecret(secret);
    }
    case 1: {
      const connection = world.pick(model.connections);
      if (connection === undefined) return;
      await world.sql(`DROP CONNECTION ${qualified(connection)} CASCADE`);
      return model.dropConnection(connection);
    }
    case 2: {
      const cluster = world.pick(model.clusters);
      if (cluster === undefined) return;
      await world.sql(`DROP CLUSTER ${ident(cluster.name)} CASCADE`);
      return model.dropCluster(cluster);
    }
    default: {
      const object = world.pick(model.objects);
      if (object === undefined) return;
      await world.sql(`DROP ${object.type.toUpperCase()} ${qualified(object)}`);
      return model.dropObject(object);
    }
  }
}

async function alterSecret(world: World): Promise<void> {
  const secret = world.pick(world.model.secrets);
  if (secret !== undefined) await world.alterSecret(secret);
}

/** Statements that fail move nothing. */
async function fail(world: World): Promise<void> {
  const secret = world.pick(world.model.secrets);
  const cluster = world.pick(world.model.clusters);
  if (secret === undefined || cluster === undefined) return;
  const refused = [
    `ALTER SECRET ${qualified(secret)} AS NULL`,
    `CREATE SECRET ${qualified(secret)} AS 'again'`,
    `ALTER CLUSTER ${ident(cluster.name)} SET (SIZE = 'enormous')`,
    `CREATE CLUSTER ${ident(cluster.name)} (SIZE = '25cc')`,
  ];
  for (const text of refused) {
    const error = await world.sql(text).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    if (error === undefined) throw new Error(`not refused: ${text}`);
  }
}

async function restart(world: World): Promise<void> {
  await world.close();
  await world.subject.restart();
  await world.connect();
}

/** Days pass and more versions come than are kept: those that something runs on stay. */
async function burst(world: World): Promise<void> {
  const secret = world.pick(world.model.secrets);
  if (secret === undefined || world.subject.setClock === undefined) return;
  for (let i = 0; i < 105; i++) {
    await world.sql(`SET tumbler_stale_notice = off`);
    await world.sql(`ALTER SECRET ${qualified(secret)} AS 'burst ${i}'`);
    world.model.makeCurrent(secret, await world.currentVersion(secret), world.now);
  }
  world.now += 3 * 86_400_000;
  world.subject.setClock(world.now);
  await world.sql('SET tumbler_stale_notice = on');
  await world.alterSecret(secret);
  const kept = new Set((await world.sql('SELECT version_id FROM mz_tumbler.secret_versions')).flat());
  for (const version of world.model.pinnedVersions())
    if (!kept.has(version)) throw new Error(`version ${version} is pinned and gone`);
  if (secret.versions.every((version) => kept.has(version)))
    throw new Error('no version went: nothing was tried');
}

/** AWSCURRENT goes back to an earlier version, by way of the AWS door. */
async function moveLabel(world: World): Promise<void> {
  const endpoint = world.subject.awsEndpoint;
  const secret = world.pick(world.model.secrets.filter((each) => /^\w+$/.test(each.name + each.schema.name)));
  if (secret === undefined || endpoint === null) return;
  const target = world.pick(secret.versions.slice(-4))!;
  if (target === secret.current) return;
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.UpdateSecretVersionStage',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host;x-amz-date, Signature=0',
    },
    body: JSON.stringify({
      SecretId: `materialize/${secret.schema.name}/${secret.name}`,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: target,
      RemoveFromVersionId: secret.current,
    }),
  });
  if (!answer.ok) throw new Error(`UpdateSecretVersionStage: ${answer.status} ${await answer.text()}`);
  world.model.makeCurrent(secret, target, world.now);
}

const ACTS = {
  createSecret,
  alterSecret,
  createConnection,
  alterConnection,
  createCluster,
  resize,
  setManaged,
  createReplica,
  dropReplica,
  createObject,
  rename,
  renameReplica,
  swap,
  drop,
  fail,
  restart,
  burst,
  moveLabel,
  remedy: (world: World) => world.pasteRemedies(1),
} satisfies Record<string, (world: World) => Promise<void>>;

export type Act = keyof typeof ACTS;

/** How often each step comes, relative to the others. */
export const WEIGHTS: Readonly<Record<Act, number>> = {
  createSecret: 8,
  alterSecret: 20,
  createConnection: 10,
  alterConnection: 8,
  createCluster: 6,
  resize: 8,
  setManaged: 3,
  createReplica: 8,
  dropReplica: 3,
  createObject: 20,
  rename: 6,
  renameReplica: 2,
  swap: 4,
  drop: 4,
  fail: 1,
  restart: 2,
  burst: 0.4,
  moveLabel: 6,
  remedy: 8,
};

/** Does one step; one that has nothing to work on does nothing. */
export async function take(world: World, { act, choices }: Step): Promise<void> {
  world.turn(choices);
  await ACTS[act](world);
}
