/** CREATE SINK ... INTO KAFKA. Source: documentation of CREATE SINK: Kafka. */
import type { ColumnRecord, ConnectionItem, Item, SinkItem } from '../../catalog/records.ts';
import { planError, SqlError, unsupported, warning } from '../../errors.ts';
import type {
  CreateSink,
  Format,
  FormatSpec,
  ObjectName,
  OptionValue,
  SinkConnection,
} from '../../sql/nodes.ts';
import { quoteLiteral } from '../../sql/quote.ts';
import { requireSchemaPrivilege, requireUsage } from '../support/access.ts';
import { targetCluster } from '../support/clusters.ts';
import { requireFlag } from '../support/flags.ts';
import { requireRead } from '../support/read-access.ts';
import {
  alreadyExists,
  checkRoom,
  createItem,
  itemBase,
  occupant,
  skipExisting,
} from '../support/new-item.ts';
import { fullItemName, kindWord } from '../support/names.ts';
import { OptionList } from '../support/options.ts';
import {
  creationTarget,
  findItem,
  isSystemItem,
  itemNamed,
  minimalName,
  type Target,
} from '../support/resolve.ts';
import { validateNow } from './connection.ts';
import { done, type Handler, type RunScope, type Scope } from './handler.ts';

type IntoKafka = Extract<SinkConnection, { kind: 'kafka' }>;

const EXPORTABLE = new Set<Item['kind']>(['table', 'source', 'materialized-view']);
const SEE_KEYS = 'See: https://materialize.com/s/sink-key-selection';

/** The relation a sink writes, which must be a table, a source or a materialized view. */
export function exportable(
  name: ObjectName,
  scope: Scope,
): Item & { readonly columns: readonly ColumnRecord[] } {
  if (findItem(scope, name) === undefined && isSystemItem(scope, name)) {
    throw planError('creating a sink directly on a catalog object not yet supported');
  }
  const from = itemNamed(scope, name);
  if (!EXPORTABLE.has(from.kind) || !('columns' in from)) {
    throw planError(`${kindWord(from.kind)} ${minimalName(scope, from)} cannot be exported as a sink`);
  }
  return from;
}

function kafkaConnection(into: IntoKafka, scope: Scope): ConnectionItem {
  const connection = itemNamed(scope, into.connection);
  if (connection.kind !== 'connection' || connection.connectionType !== 'kafka') {
    throw planError(`${fullItemName(scope.snapshot, connection)} is not a kafka connection`);
  }
  requireUsage(scope, connection);
  return connection;
}

/** Printed value of a kept option. */
function printed(name: string, value: OptionValue | null | undefined): string {
  switch (value?.kind) {
    case 'string':
      return quoteLiteral(value.value);
    case 'ident':
      return value.value;
    case 'number':
      return value.text;
    case 'boolean':
      return String(value.value);
    case 'map':
      return `MAP[${value.entries.map(([k, v]) => `${quoteLiteral(k)} => ${printed(name, v)}`).join(', ')}]`;
    case 'expression':
      return value.expression.sql;
    default:
      throw planError(`invalid ${name}: must provide a string value`);
  }
}

function readKafkaOptions(into: IntoKafka): readonly { readonly name: string; readonly value: string }[] {
  const options = new OptionList(into.options);
  if (options.text('TOPIC') === undefined) throw planError('KAFKA CONNECTION must specify TOPIC');
  if (options.has('LEGACY IDS')) throw planError('LEGACY IDs option is not supported');
  for (const name of ['TOPIC PARTITION COUNT', 'TOPIC REPLICATION FACTOR']) {
    if (options.unsigned(name) === 0) throw planError(`${name} must be a positive integer`);
  }
  return options.names().map((name) => ({ name, value: printed(name, options.value(name)) }));
}

function checkWithOptions(node: CreateSink): readonly { readonly name: string; readonly value: string }[] {
  const options = new OptionList(node.options);
  for (const name of options.names()) {
    if (name === 'COMMIT INTERVAL')
      throw planError('COMMIT INTERVAL option is not supported with KAFKA sinks');
    if (name !== 'SNAPSHOT') throw planError(`CREATE SINK...WITH (${name}..) is not allowed`);
  }
  const snapshot = options.flag('SNAPSHOT');
  return snapshot === undefined ? [] : [{ name: 'SNAPSHOT', value: String(snapshot) }];
}

function checkKey(
  node: CreateSink,
  into: IntoKafka,
  from: Item & { columns: readonly ColumnRecord[] },
  scope: RunScope,
): void {
  const key = into.key;
  if (key === null) {
    if (node.envelope === 'upsert') throw planError('upsert sinks must specify a key', { hint: SEE_KEYS });
    return;
  }
  const seen = new Set<string>();
  for (const column of key.columns) {
    if (!from.columns.some((c) => c.name === column)) {
      throw planError(`column referenced in KEY does not exist: ${column}`);
    }
    if (seen.has(column)) throw planError(`duplicate column referenced in KEY: ${column}`);
    seen.add(column);
  }
  if (node.envelope !== 'upsert') return;
  const columns = key.columns.map((c) => `"${c}"`).join(', ');
  const detail = `Materialize could not prove that the specified upsert envelope key (${columns}) was a unique key of the underlying relation "${fullItemName(scope.snapshot, from)}". There are no known valid unique keys for the underlying relation.`;
  if (!key.notEnforced) {
    throw planError('upsert key could not be validated as unique', { detail, hint: SEE_KEYS });
  }
  scope.notice(warning('upsert key not validated to be unique', { detail, hint: SEE_KEYS }));
}

interface PlannedFormat {
  readonly format: string;
  readonly keyFormat: string | null;
  readonly registry: ConnectionItem | null;
}

function planFormat(format: Format | null, columns: number, scope: Scope): PlannedFormat {
  if (format === null) throw planError('sink without format not yet supported');
  const registries: ConnectionItem[] = [];
  const print = (spec: FormatSpec): string => printFormat(spec, columns, scope, registries);
  const planned =
    format.kind === 'bare'
      ? { format: print(format.format), keyFormat: null }
      : { keyFormat: print(format.key), format: print(format.value) };
  return { ...planned, registry: registries[0] ?? null };
}

function printFormat(spec: FormatSpec, columns: number, scope: Scope, registries: ConnectionItem[]): string {
  switch (spec.kind) {
    case 'json':
      if (spec.array) throw unsupported('FORMAT JSON ARRAY of sinks is');
      return 'JSON';
    case 'text':
    case 'bytes':
      if (columns > 1) throw planError('BYTES or TEXT format with multiple columns not yet supported');
      return spec.kind.toUpperCase();
    case 'avro registry': {
      const registry = itemNamed(scope, spec.registry.connection);
      if (registry.kind !== 'connection' || registry.connectionType !== 'confluent-schema-registry') {
        throw planError(`${fullItemName(scope.snapshot, registry)} is not a schema registry connection`);
      }
      requireUsage(scope, registry);
      registries.push(registry);
      return 'AVRO USING CONFLUENT SCHEMA REGISTRY';
    }
    default:
      throw unsupported(`FORMAT ${spec.kind.toUpperCase()} of sinks is`);
  }
}

export const createSink: Handler<CreateSink> = {
  transaction: 'single',
  tag: 'CREATE SINK',
  async run(node, scope) {
    if (node.name === null) throw planError('unspecified name for sink');
    const target = creationTarget(scope, node.name);
    if (node.into.kind !== 'kafka') throw unsupported('Iceberg sinks are');
    if (node.mode !== null) throw planError('MODE is not supported for Kafka sinks, use ENVELOPE instead');
    if (node.envelope === null) throw planError('ENVELOPE clause is required');
    const from = exportable(node.from, scope);
    const existing = occupant(scope.snapshot, target, 'sink');
    if (existing !== undefined) {
      if (!node.ifNotExists) throw alreadyExists(scope.snapshot, existing);
      skipExisting(scope, 'sink', target.name);
      return done('CREATE SINK');
    }
    await create(node, node.into, { from, target }, scope);
    return done('CREATE SINK');
  },
};

async function create(
  node: CreateSink,
  into: IntoKafka,
  {
    from,
    target,
  }: { readonly from: Item & { readonly columns: readonly ColumnRecord[] }; readonly target: Target },
  scope: RunScope,
): Promise<void> {
  if (into.headers !== null) requireFlag(scope, 'enable_kafka_sink_headers');
  const connection = kafkaConnection(into, scope);
  const options = readKafkaOptions(into);
  const withOptions = checkWithOptions(node);
  const format = planFormat(node.format, from.columns.length, scope);
  checkKey(node, into, from, scope);
  requireSchemaPrivilege(scope, 'C', target.schema);
  requireRead(scope, from);
  const cluster = targetCluster(scope, node.cluster);
  await checkBroker(scope, connection);
  const dependsOn = [from.id, connection.id, ...(format.registry === null ? [] : [format.registry.id])];
  const id = scope.services.committer.reserve('item');
  await scope.commit((tip, ids) => {
    if (!tip.clusters.has(cluster.id)) throw planError(`unknown cluster '${cluster.name}'`);
    checkRoom(scope, tip, target, 'sink', dependsOn);
    const sink: SinkItem = {
      kind: 'sink',
      ...itemBase(scope, tip, ids, { id, kind: 'sink', target, dependsOn }),
      clusterId: cluster.id,
      fromId: from.id,
      detail: {
        type: 'kafka',
        connectionId: connection.id,
        options,
        key: into.key?.columns ?? null,
        keyNotEnforced: into.key?.notEnforced ?? false,
        format: format.format,
        keyFormat: format.keyFormat,
        envelope: node.envelope,
        ...(format.registry === null ? {} : { csrConnectionId: format.registry.id }),
        withOptions,
      },
    };
    return {
      changes: createItem(scope, tip, ids, sink, { cluster_id: cluster.id, type: 'kafka' }),
      result: undefined,
    };
  });
}

/** The broker must answer now, with the secrets of now. */
async function checkBroker(scope: RunScope, connection: ConnectionItem): Promise<void> {
  try {
    await validateNow(scope, scope.snapshot, connection);
  } catch (error) {
    if (!(error instanceof SqlError) || error.code !== '58000') throw error;
    throw planError('KAFKA sink validation: admin client errored', { detail: error.message });
  }
}
