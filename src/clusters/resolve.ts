/**
 * From a connection of the catalog to everything that is needed to contact its upstream: options with their defaults,
 * tunnels with their key pairs, and secret values of the versions that the caller chooses.
 */
import type { Id } from '../catalog/ids.ts';
import type { ConnectionItem, ConnectionType } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { OptionSet } from '../connections/option-set.ts';
import type {
  AwsSettings,
  KafkaSettings,
  MysqlSettings,
  PostgresSettings,
  ResolvedConnection,
  SchemaRegistrySettings,
  SshTunnelSettings,
  TextOrSecret,
  TlsSettings,
  Upstreams,
} from '../connections/resolved.ts';
import { parseKeySet } from '../connections/ssh-keys.ts';
import { CONNECTION_TYPES } from '../connections/types/index.ts';
import { securityProtocol } from '../connections/types/kafka.ts';
import { mysqlTlsMode } from '../connections/types/mysql.ts';
import { postgresTlsMode } from '../connections/types/postgres.ts';
import { parseUrl } from '../connections/types/url.ts';
import { planError, SqlError, unsupported } from '../errors.ts';
import { SecretBytes } from '../secrets/secret-bytes.ts';

/**
 * Opens the value of a secret as used by a connection. For the key pairs of a tunnel both ids are the tunnel's. Rejects
 * with a SqlError when the value cannot be had.
 */
export type OpenForConnection = (connectionId: Id, secretId: Id) => Promise<SecretBytes>;

/** Opens one version of a secret. */
export type OpenVersion = (secretId: Id, versionId: string) => Promise<SecretBytes>;

/** The versions that carry AWSCURRENT: what validation and CREATE SOURCE use. */
export function currentValues(snapshot: Snapshot, open: OpenVersion): OpenForConnection {
  return (_connectionId, secretId) => {
    const version = snapshot.currentVersion.get(secretId);
    if (version === undefined) return Promise.reject(planError(`secret ${secretId}: NotFound`));
    return open(secretId, version);
  };
}

/** The versions that an object cached on a replica. Key pairs of tunnels are read anew: ROTATE KEYS reaches them. */
export function cachedValues(
  snapshot: Snapshot,
  objectId: Id,
  replicaId: Id,
  open: OpenVersion,
): OpenForConnection {
  const current = currentValues(snapshot, open);
  return (connectionId, secretId) => {
    if (connectionId === secretId) return current(connectionId, secretId);
    const pin = snapshot.pins.get(`${replicaId}/${objectId}/${connectionId}/${secretId}`);
    if (pin === undefined) {
      return Promise.reject(planError(`secret ${secretId} is not cached on replica ${replicaId}: NotFound`));
    }
    return open(secretId, pin.versionId);
  };
}

/**
 * Looks everything up. The item itself need not be in the snapshot (it may be about to be created or altered). Throws
 * 0A000 for connection types and routes that cannot be contacted from here.
 */
export async function resolveConnection(
  snapshot: Snapshot,
  item: ConnectionItem,
  open: OpenForConnection,
): Promise<ResolvedConnection> {
  const resolver = RESOLVERS[item.connectionType];
  if (resolver === undefined) {
    throw unsupported(`contacting ${CONNECTION_TYPES[item.connectionType].label} connections is`, {
      hint: 'Use WITH (VALIDATE = false).',
    });
  }
  return resolver({ snapshot, item, options: new OptionSet(item.options), open });
}

/**
 * As {@link resolveConnection}; where nothing is contacted, also for types and routes that cannot be: undefined then,
 * once the connection's secrets were opened.
 */
export async function resolveFor(
  mode: Upstreams['mode'],
  snapshot: Snapshot,
  item: ConnectionItem,
  open: OpenForConnection,
): Promise<ResolvedConnection | undefined> {
  try {
    return await resolveConnection(snapshot, item, open);
  } catch (error) {
    const unreachable = error instanceof SqlError && error.code === '0A000';
    if (mode === 'live' || !unreachable) throw error;
    for (const { value } of item.options) if (value.kind === 'secret') await open(item.id, value.id);
    return undefined;
  }
}

/** VALIDATE CONNECTION, and validation at CREATE and ALTER. Throws 58000 with the upstream's cause, or 0A000. */
export async function validateConnection(
  upstreams: Upstreams,
  snapshot: Snapshot,
  item: ConnectionItem,
  open: OpenForConnection,
  signal: AbortSignal,
): Promise<void> {
  const resolved = await resolveFor(upstreams.mode, snapshot, item, open);
  if (resolved !== undefined) await upstreams.validate(resolved, signal);
}

interface Context {
  readonly snapshot: Snapshot;
  readonly item: ConnectionItem;
  readonly options: OptionSet;
  readonly open: OpenForConnection;
}

type Resolver = (context: Context) => Promise<ResolvedConnection>;

const RESOLVERS: Partial<Record<ConnectionType, Resolver>> = {
  postgres: resolvePostgres,
  kafka: resolveKafka,
  mysql: resolveMysql,
  'confluent-schema-registry': resolveSchemaRegistry,
  aws: resolveAws,
  'aws-privatelink': () => Promise.resolve({ type: 'aws-privatelink' }),
  'ssh-tunnel': async (context) => ({
    type: 'ssh-tunnel',
    tunnel: await resolveTunnelItem(context.snapshot, context.item, context.open),
  }),
};

async function resolvePostgres(context: Context): Promise<PostgresSettings> {
  const { options } = context;
  refusePrivatelink(context);
  const password = await secret(context, 'PASSWORD');
  const tunnel = await defaultTunnel(context);
  return {
    type: 'postgres',
    host: options.text('HOST') ?? '',
    port: options.number('PORT') ?? 5432,
    database: options.text('DATABASE') ?? '',
    user: (await textOrSecret(context, 'USER')) ?? '',
    ...(password === undefined ? {} : { password }),
    tls: await tlsSettings(context, postgresTlsMode(options.text('SSL MODE')) ?? 'disable'),
    ...(tunnel === undefined ? {} : { tunnel }),
  };
}

async function resolveMysql(context: Context): Promise<MysqlSettings> {
  const { options } = context;
  refusePrivatelink(context);
  if (options.has('AWS CONNECTION')) throw unsupported('AWS IAM authentication for MySQL is');
  const password = await secret(context, 'PASSWORD');
  const tunnel = await defaultTunnel(context);
  return {
    type: 'mysql',
    host: options.text('HOST') ?? '',
    port: options.number('PORT') ?? 3306,
    user: (await textOrSecret(context, 'USER')) ?? '',
    ...(password === undefined ? {} : { password }),
    tls: await tlsSettings(context, mysqlTlsMode(options.text('SSL MODE')) ?? 'disable'),
    ...(tunnel === undefined ? {} : { tunnel }),
  };
}

async function resolveSchemaRegistry(context: Context): Promise<SchemaRegistrySettings> {
  const { options } = context;
  refusePrivatelink(context);
  const text = options.text('URL') ?? '';
  const url = new URL(text);
  const tunnel = await defaultTunnel(context);
  const login = await registryLogin(context, url);
  return {
    type: 'confluent-schema-registry',
    url,
    port: registryPort(text, tunnel === undefined ? url.protocol : 'http:'),
    ...(login === undefined ? {} : { login }),
    tls: await tlsSettings(context, 'verify-full'),
    ...(tunnel === undefined ? {} : { tunnel }),
  };
}

/** The user of the options, else of the URL. A password without a user goes nowhere, as in Materialize. */
async function registryLogin(context: Context, url: URL): Promise<SchemaRegistrySettings['login']> {
  const user = await textOrSecret(context, 'USER');
  if (user !== undefined) {
    const password = await secret(context, 'PASSWORD');
    return { user, ...(password === undefined ? {} : { password }) };
  }
  if (url.username === '') return undefined;
  return { user: decoded(url.username), password: SecretBytes.fromText(decoded(url.password)) };
}

/** Text without percent signs; as it is when they do not encode anything. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The port that the text names, also where it is the scheme's own; else the scheme's. */
function registryPort(text: string, protocol: string): number {
  const named = /:(\d+)\/*$/.exec(text)?.[1];
  return Number(named ?? (protocol === 'https:' ? 443 : 80));
}

/** Where a connection names no region; Materialize takes that of its own environment. */
const AWS_REGION = 'us-east-1';

async function resolveAws(context: Context): Promise<AwsSettings> {
  const { options } = context;
  const endpoint = options.text('ENDPOINT') ?? '';
  const accessKeyId = await textOrSecret(context, 'ACCESS KEY ID');
  const secretAccessKey = await secret(context, 'SECRET ACCESS KEY');
  const sessionToken = await textOrSecret(context, 'SESSION TOKEN');
  return {
    type: 'aws',
    region: options.text('REGION') ?? AWS_REGION,
    ...(endpoint === '' ? {} : { endpoint: parseUrl(endpoint, 'parsing AWS endpoint') }),
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { keys: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } }),
  };
}

/** Port of a broker address that names none. */
const KAFKA_PORT = 9092;

async function resolveKafka(context: Context): Promise<KafkaSettings> {
  const { options, snapshot, open } = context;
  refusePrivatelink(context);
  if (options.has('AWS CONNECTION')) throw unsupported('AWS IAM authentication for Kafka is');
  const tunnel = await defaultTunnel(context);
  const brokers: KafkaSettings['brokers'][number][] = [];
  for (const broker of options.brokers()) {
    if (broker.tunnel?.kind === 'privatelink')
      throw unsupported('contacting brokers through AWS PRIVATELINK is');
    const own = broker.tunnel === undefined ? tunnel : await resolveTunnel(snapshot, broker.tunnel.id, open);
    brokers.push({ ...splitAddress(broker.address), ...(own === undefined ? {} : { tunnel: own }) });
  }
  const protocol = securityProtocol(options);
  const username = await textOrSecret(context, 'SASL USERNAME');
  const password = await secret(context, 'SASL PASSWORD');
  const usesSasl = protocol.startsWith('SASL') && username !== undefined && password !== undefined;
  return {
    type: 'kafka',
    brokers,
    securityProtocol: protocol,
    ...(usesSasl ? { sasl: { mechanism: options.text('SASL MECHANISMS') ?? '', username, password } } : {}),
    ...(protocol.endsWith('SSL') ? { tls: await tlsSettings(context, 'verify-full') } : {}),
    ...(tunnel === undefined ? {} : { tunnel }),
  };
}

/** `host:port`, `[v6]:port` or a bare host. */
function splitAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[(?<v6>[^\]]*)\]|(?<name>[^:]*))(?::(?<port>\d+))?$/.exec(address);
  const host = match?.groups?.['v6'] ?? match?.groups?.['name'] ?? address;
  return { host, port: Number(match?.groups?.['port'] ?? KAFKA_PORT) };
}

async function tlsSettings(context: Context, mode: TlsSettings['mode']): Promise<TlsSettings> {
  const certificate = await textOrSecret(context, 'SSL CERTIFICATE');
  const key = await secret(context, 'SSL KEY');
  const authority = await textOrSecret(context, 'SSL CERTIFICATE AUTHORITY');
  return {
    mode,
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(authority === undefined ? {} : { certificateAuthority: authority }),
  };
}

function refusePrivatelink({ options }: Context): void {
  if (options.has('AWS PRIVATELINK')) {
    throw unsupported('contacting upstreams through AWS PRIVATELINK is', {
      hint: 'Use WITH (VALIDATE = false).',
    });
  }
}

async function defaultTunnel({ snapshot, options, open }: Context): Promise<SshTunnelSettings | undefined> {
  const id = options.item('SSH TUNNEL');
  return id === undefined ? undefined : resolveTunnel(snapshot, id, open);
}

function resolveTunnel(snapshot: Snapshot, id: Id, open: OpenForConnection): Promise<SshTunnelSettings> {
  const item = snapshot.items.get(id);
  if (item?.kind !== 'connection' || item.connectionType !== 'ssh-tunnel') {
    return Promise.reject(planError(`SSH TUNNEL connection ${id} does not exist`));
  }
  return resolveTunnelItem(snapshot, item, open);
}

async function resolveTunnelItem(
  snapshot: Snapshot,
  item: ConnectionItem,
  open: OpenForConnection,
): Promise<SshTunnelSettings> {
  const options = new OptionSet(item.options);
  const keys = parseKeySet(await open(item.id, item.id));
  return {
    name: fullName(snapshot, item),
    host: options.text('HOST') ?? '',
    port: options.number('PORT') ?? 22,
    user: options.text('USER') ?? '',
    keys: [keys.primary, keys.secondary],
  };
}

function fullName(snapshot: Snapshot, item: ConnectionItem): string {
  const schema = snapshot.schemas.get(item.schemaId);
  const database = snapshot.databases.get(schema?.databaseId ?? '');
  return [database?.name, schema?.name, item.name].filter((part) => part !== undefined).join('.');
}

async function secret(context: Context, name: string): Promise<SecretBytes | undefined> {
  const value = context.options.get(name);
  return value?.kind === 'secret' ? context.open(context.item.id, value.id) : undefined;
}

async function textOrSecret(context: Context, name: string): Promise<TextOrSecret | undefined> {
  return (await secret(context, name)) ?? context.options.text(name);
}
