/**
 * A whole server in one process: builds the rooms, opens the doors, and closes them in order. `start` is what the command
 * line and test suites both call.
 */
import { startController, type ClusterController } from './clusters/controller.ts';
import type { OpenAwsRoom } from './aws/create-room.ts';
import { configuredAuthentication, openConfiguredRoom } from './aws/door.ts';
import type { AwsAuthentication } from './aws/dispatch.ts';
import type { AwsRoom } from './aws/room.ts';
import { openCatalog } from './catalog/open.ts';
import { put } from './catalog/changes.ts';
import type { Config } from './config.ts';
import { liveUpstreams } from './connections/live.ts';
import { simulatedUpstreams } from './connections/simulated.ts';
import { ActivityLog } from './engine/activity.ts';
import { Committer } from './engine/committer.ts';
import { Engine, Sessions } from './engine/engine.ts';
import { liveFacts, type AwsEventSource } from './engine/facts.ts';
import { runInit } from './engine/init.ts';
import { openVersion } from './engine/secret-value.ts';
import type { Services } from './engine/services.ts';
import { systemVariableReader } from './engine/variables/system-variables.ts';
import type { Logger } from './log.ts';
import { createPgServer, type ListenerOptions, type PgServer } from './pgwire/server.ts';
import { openKeyRing } from './secrets/key-ring.ts';
import { hashPassword } from './secrets/scram.ts';
import { loadParser } from './sql/parser.ts';
import { openLmdbStore } from './store/lmdb-store.ts';
import { memoryStore } from './store/memory-store.ts';
import type { Store } from './store/store.ts';
import type { HttpDoors } from './http.ts';

/** A running server. */
export interface TumblerServer {
  /** Port of the PostgreSQL door. */
  readonly sqlPort: number;
  /** Port of the PostgreSQL door for mz_system and mz_support; null when closed. */
  readonly internalSqlPort: number | null;
  /** Port of the AWS door, health checks and metrics; null when closed. */
  readonly httpPort: number | null;
  /** For PostgreSQL drivers: user and database `materialize`. */
  readonly connectionString: string;
  /** Endpoint for AWS SDKs; null when the HTTP door is closed. */
  readonly awsEndpoint: string | null;
  /** Waits until sources and sinks have the status that the commits so far call for. */
  settled(): Promise<void>;
  /** Lets running statements finish, closes the doors and the store. */
  stop(): Promise<void>;
}

/** What {@link startServer} may be given beside the settings. */
export interface StartOptions {
  readonly logger: Logger;
  /** Milliseconds since the Unix epoch; tests move it. */
  readonly clock?: () => number;
}

/** Starts a server. Throws before anything listens when the store, the master key or a setting is wrong. */
export async function startServer(config: Config, options: StartOptions): Promise<TumblerServer> {
  const clock = options.clock ?? Date.now;
  const [store] = await Promise.all([openStore(config), loadParser()]);
  const opened: { close(): Promise<void> }[] = [store];
  try {
    return await openDoors(config, { ...options, clock }, store, opened);
  } catch (error) {
    for (const part of opened.reverse()) await part.close().catch(() => undefined);
    throw error;
  }
}

function openStore(config: Config): Promise<Store> {
  return config.dataDir === null ? Promise.resolve(memoryStore()) : openLmdbStore(config.dataDir);
}

async function openDoors(
  config: Config,
  { logger, clock }: Required<StartOptions>,
  store: Store,
  opened: { close(): Promise<void> }[],
): Promise<TumblerServer> {
  const aws: AwsEventSource = { events: () => [] };
  // A wrong credentials file is found before anything listens.
  const awsAuthentication = configuredAuthentication(config);
  const ports: { http: number | null } = { http: null };
  const { engine, services, fresh } = await buildEngine(config, { logger, clock, store, aws, ports });
  opened.push(services.upstreams);
  // Open whether or not its door is: SQL reads secrets that are sealed with KMS keys, and rotations run on time.
  const awsRoom = await openConfiguredRoom(config, services);
  aws.events = () => awsRoom.events();
  opened.push(awsRoom);
  await store.loaded();
  if (fresh && config.init !== null) await runInit(engine, config.init);
  const controller = startController({
    catalog: services.committer,
    upstreams: services.upstreams,
    openSecret: services.openSecret,
    clock,
    intervalMs: config.healthIntervalMs,
    logger,
  });
  opened.push({ close: () => controller.stop() });
  const pg = createPgServer({ factory: engine, listeners: listenersOf(config), logger });
  const { addresses } = await pg.start();
  opened.push({ close: () => pg.stop(0) });
  // Loaded after the PostgreSQL door is open: the first answer need not wait for an HTTP server.
  const http =
    config.httpListen === null
      ? null
      : await openHttp(config, { services, pg, aws: awsRoom.room, awsAuthentication });
  ports.http = http?.port ?? null;
  return running({ config, addresses, http, controller, pg, services, store, awsRoom });
}

async function openHttp(
  config: Config,
  parts: {
    readonly services: Services;
    readonly pg: PgServer;
    readonly aws: AwsRoom;
    readonly awsAuthentication: AwsAuthentication;
  },
): Promise<HttpDoors> {
  const { openHttpDoors } = await import('./http.ts');
  return openHttpDoors(config, parts);
}

interface EngineParts {
  readonly logger: Logger;
  readonly clock: () => number;
  readonly store: Store;
  readonly aws: AwsEventSource;
  readonly ports: { readonly http: number | null };
}

async function buildEngine(
  config: Config,
  { logger, clock, store, aws, ports }: EngineParts,
): Promise<{ engine: Engine; services: Services; fresh: boolean }> {
  const keyRing = await openKeyRing(store, {
    value: config.masterKey,
    file: config.masterKeyFile,
    dataDir: config.dataDir,
  });
  const { snapshot, fresh } = await openCatalog(store, clock());
  const committer = new Committer(store, snapshot, clock);
  const sessions = new Sessions();
  const activity = new ActivityLog();
  const systemDefaults = systemDefaultsOf(config);
  const systemVariable = systemVariableReader(systemDefaults);
  const services: Services = {
    committer,
    store,
    keyRing,
    upstreams:
      config.upstreams === 'simulated'
        ? simulatedUpstreams()
        : liveUpstreams(
            { sshConnectMs: config.sshConnectTimeoutMs },
            () => systemVariable(committer.current(), 'storage_enforce_external_addresses') === 'on',
          ),
    activity,
    facts: liveFacts({ sessions, activity, clock, aws }),
    logger,
    clock,
    aws: { accountId: config.awsAccountId, region: config.awsRegion },
    httpAuthority: () => `127.0.0.1:${ports.http ?? 0}`,
    systemDefaults,
    openSecret: (secretId, versionId) => openVersion(store, keyRing, secretId, versionId),
    systemVariable,
    cancelBackend: (connectionId) => sessions.interrupt(connectionId),
  };
  await setSystemPassword(config, services);
  const engine = new Engine(services, sessions, { provisionRoles: config.authentication === 'none' });
  return { engine, services, fresh };
}

function systemDefaultsOf(config: Config): ReadonlyMap<string, string> {
  const defaults = new Map(config.systemParameters);
  if (config.authentication !== 'none') defaults.set('enable_password_auth', 'on');
  return defaults;
}

/** mz_system is the one user that exists before any role can be made. */
async function setSystemPassword(config: Config, services: Services): Promise<void> {
  if (config.systemPassword === null) return;
  const passwordHash = await hashPassword(config.systemPassword);
  await services.committer.commit((tip) => {
    const role = tip.roles.get(tip.roleByName.get('mz_system') ?? '');
    return { changes: role === undefined ? [] : [put('role', { ...role, passwordHash })], result: undefined };
  });
}

function listenersOf(config: Config): readonly ListenerOptions[] {
  const tls = config.tls ?? undefined;
  const external: ListenerOptions = {
    ...config.sqlListen,
    internal: false,
    authentication: config.authentication,
    tls,
  };
  if (config.internalSqlListen === null) return [external];
  return [external, { ...config.internalSqlListen, internal: true, authentication: 'none' }];
}

function running(parts: {
  readonly config: Config;
  readonly addresses: readonly { readonly port: number; readonly internal: boolean }[];
  readonly http: HttpDoors | null;
  readonly controller: ClusterController;
  readonly pg: PgServer;
  readonly services: Services;
  readonly store: Store;
  readonly awsRoom: OpenAwsRoom;
}): TumblerServer {
  const { config, addresses, http, controller, pg, services, store, awsRoom } = parts;
  const sqlPort = addresses.find((address) => !address.internal)!.port;
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await pg.stop(config.shutdownGraceMs);
    await http?.close();
    await awsRoom.close();
    await controller.stop();
    await services.upstreams.close();
    await store.close();
  };
  return {
    sqlPort,
    internalSqlPort: addresses.find((address) => address.internal)?.port ?? null,
    httpPort: http?.port ?? null,
    connectionString: `postgres://materialize@${hostForClients(config.sqlListen.host)}:${sqlPort}/materialize`,
    awsEndpoint: http === null ? null : `http://${hostForClients(config.httpListen!.host)}:${http.port}`,
    settled: () => controller.settled(),
    stop: () => (stopped ??= stop()),
  };
}

/** An address that listens everywhere is reached on loopback. */
function hostForClients(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  return host.includes(':') ? (host === '::' ? '[::1]' : `[${host}]`) : host;
}
