/**
 * From the parser's generic options to typed records: which class of value every option takes, and the errors of a value
 * that does not fit (reference: secrets-connections 2.2, 2.3). Names become ids here.
 */
import type { Id } from '../catalog/ids.ts';
import type {
  BrokerRecord,
  ConnectionItem,
  ConnectionOptionRecord,
  ConnectionOptionValue,
  Item,
} from '../catalog/records.ts';
import { planError } from '../errors.ts';
import type { Broker, ObjectName, Option, OptionValue } from '../sql/nodes.ts';

/** What option planning asks about the catalog. */
export interface ItemLookup {
  /** The item a name resolves to. Throws XX000 `unknown catalog item '<name>'`. */
  resolve(name: ObjectName): Item;
  byId(id: Id): Item | undefined;
  /** `materialize.public.s`, as error texts have it. */
  fullName(item: Item): string;
  /** `u1.u3.s`: ids of database and schema, then the name. */
  idPath(item: Item): string;
}

type ValueClass =
  | 'text'
  | 'text or secret'
  | 'secret'
  | 'item'
  | 'privatelink'
  | 'broker'
  | 'brokers'
  | 'text list'
  | 'u16'
  | 'i32';

/** Every connection option with its class, in the order in which options are printed and complained about (6.2). */
const CLASSES = new Map<string, ValueClass>([
  ['ACCESS KEY ID', 'text or secret'],
  ['ASSUME ROLE ARN', 'text'],
  ['ASSUME ROLE SESSION NAME', 'text'],
  ['AVAILABILITY ZONES', 'text list'],
  ['AWS CONNECTION', 'item'],
  ['AWS PRIVATELINK', 'privatelink'],
  ['BROKER', 'broker'],
  ['BROKERS', 'brokers'],
  ['CREDENTIAL', 'text or secret'],
  ['DATABASE', 'text'],
  ['ENDPOINT', 'text'],
  ['HOST', 'text'],
  ['PASSWORD', 'secret'],
  ['PORT', 'u16'],
  ['PROGRESS TOPIC', 'text'],
  ['PROGRESS TOPIC REPLICATION FACTOR', 'i32'],
  ['PUBLIC KEY 1', 'text'],
  ['PUBLIC KEY 2', 'text'],
  ['REGION', 'text'],
  ['SASL MECHANISMS', 'text'],
  ['SASL PASSWORD', 'secret'],
  ['SASL USERNAME', 'text or secret'],
  ['SCOPE', 'text'],
  ['SECRET ACCESS KEY', 'secret'],
  ['SECURITY PROTOCOL', 'text'],
  ['SERVICE NAME', 'text'],
  ['SSH TUNNEL', 'item'],
  ['SSL CERTIFICATE', 'text or secret'],
  ['SSL CERTIFICATE AUTHORITY', 'text or secret'],
  ['SSL KEY', 'secret'],
  ['SSL MODE', 'text'],
  ['SESSION TOKEN', 'text or secret'],
  ['CATALOG TYPE', 'text'],
  ['URL', 'text'],
  ['USER', 'text or secret'],
  ['WAREHOUSE', 'text'],
]);

const ORDER = new Map([...CLASSES.keys()].map((name, index) => [name, index]));

/** Sorts option names into the printing order. */
export function inPrintingOrder<T>(values: readonly T[], name: (value: T) => string): readonly T[] {
  const rank = (value: T): number => ORDER.get(name(value)) ?? ORDER.size;
  return [...values].sort((a, b) => rank(a) - rank(b));
}

/**
 * Reads options in the reference's order: first every name in every option is resolved, then duplicates and values are
 * checked. The result is in the order written.
 */
export function readOptions(
  options: readonly Option[],
  lookup: ItemLookup,
): readonly ConnectionOptionRecord[] {
  for (const option of options) resolveNames(option, lookup);
  const seen = new Set<string>();
  return options.map((option) => {
    if (seen.has(option.name)) throw planError(`${option.name} specified more than once`);
    seen.add(option.name);
    return { name: option.name, value: readValue(option, lookup) };
  });
}

function resolveNames(option: Option, lookup: ItemLookup): void {
  const value = option.value;
  if (value === null) return;
  switch (value.kind) {
    case 'secret':
      requireSecret(value.name, lookup);
      break;
    case 'name':
    case 'privatelink':
      lookup.resolve(value.name);
      break;
    case 'broker':
      resolveBroker(value.broker, lookup);
      break;
    case 'brokers':
      for (const broker of value.brokers) resolveBroker(broker, lookup);
      break;
    default:
  }
}

function resolveBroker(broker: Broker, lookup: ItemLookup): void {
  if (broker.tunnel !== null) lookup.resolve(broker.tunnel.connection);
}

function requireSecret(name: ObjectName, lookup: ItemLookup): Id {
  const item = lookup.resolve(name);
  if (item.kind !== 'secret') throw planError(`${lookup.fullName(item)} is not a secret`);
  return item.id;
}

function readValue(option: Option, lookup: ItemLookup): ConnectionOptionValue {
  const valueClass = CLASSES.get(option.name);
  if (valueClass === undefined) throw planError(`unknown connection option ${option.name}`);
  try {
    return READERS[valueClass](option.value, lookup);
  } catch (error) {
    if (error instanceof InvalidValue) throw planError(`invalid ${option.name}: ${error.message}`);
    throw error;
  }
}

/** The reason inside `invalid <OPTION>: <reason>`. */
class InvalidValue extends Error {}

type Reader = (value: OptionValue | null, lookup: ItemLookup) => ConnectionOptionValue;

const READERS: { readonly [C in ValueClass]: Reader } = {
  text: (value) => readText(value, 'must provide a string value'),
  'text or secret': (value, lookup) =>
    value?.kind === 'secret'
      ? { kind: 'secret', id: requireSecret(value.name, lookup) }
      : readText(value, 'must provide a string or secret value'),
  secret: (value, lookup) => {
    if (value?.kind !== 'secret') throw new InvalidValue('must provide a secret value');
    return { kind: 'secret', id: requireSecret(value.name, lookup) };
  },
  item: (value, lookup) => {
    if (value === null) throw new InvalidValue('must provide an object');
    if (value.kind !== 'name') throw new InvalidValue('cannot use value as object reference');
    return { kind: 'item', id: requireConnection(value.name, lookup).id };
  },
  privatelink: (value, lookup) => {
    if (value === null) throw new InvalidValue('must provide an object');
    if (value.kind !== 'privatelink') throw new InvalidValue('cannot use value as object reference');
    const id = requireConnection(value.name, lookup).id;
    return { kind: 'item', id, ...(value.port === null ? {} : { port: value.port }) };
  },
  broker: (value, lookup) => {
    if (value === null) throw new InvalidValue('must provide a kafka broker');
    if (value.kind !== 'broker') throw new InvalidValue('cannot use value as a kafka broker');
    return { kind: 'broker', broker: readBroker(value.broker, lookup) };
  },
  brokers: (value, lookup) => {
    if (value === null) throw new InvalidValue('must provide a kafka broker');
    if (value.kind !== 'brokers') throw new InvalidValue('cannot use value as a kafka broker');
    return { kind: 'brokers', brokers: value.brokers.map((broker) => readBroker(broker, lookup)) };
  },
  'text list': (value) => {
    if (value === null) throw new InvalidValue('must provide an array value');
    if (value.kind !== 'list') throw new InvalidValue('cannot use value as array');
    return { kind: 'list', values: value.items.map(readElement) };
  },
  u16: (value) => readInteger(value, 0, 65_535),
  i32: (value) => readInteger(value, -2_147_483_648, 2_147_483_647),
};

function readText(value: OptionValue | null, absent: string): ConnectionOptionValue {
  if (value === null) throw new InvalidValue(absent);
  if (value.kind === 'string' || value.kind === 'ident') return { kind: value.kind, value: value.value };
  if (value.kind === 'secret')
    throw new InvalidValue('incompatible value types: cannot convert secrets to text');
  if (value.kind === 'name')
    throw new InvalidValue('incompatible value types: cannot convert object references to text');
  throw new InvalidValue('cannot use value as string');
}

function readElement(value: OptionValue): ConnectionOptionValue {
  if (value.kind !== 'string' && value.kind !== 'ident') throw new InvalidValue('cannot use value in array');
  return { kind: value.kind, value: value.value };
}

function readInteger(value: OptionValue | null, min: number, max: number): ConnectionOptionValue {
  if (value === null) throw new InvalidValue('must provide an integer value');
  if (value.kind !== 'number') throw new InvalidValue('cannot use value as number');
  const digits = min < 0 ? /^-?\d+$/ : /^\d+$/;
  if (!digits.test(value.text))
    throw new InvalidValue('invalid numeric value: invalid digit found in string');
  const number = Number(value.text);
  if (number > max) throw new InvalidValue('invalid numeric value: number too large to fit in target type');
  if (number < min) throw new InvalidValue('invalid numeric value: number too small to fit in target type');
  return { kind: 'number', value: value.text };
}

/** The item must be a connection of any type; which one is checked per option later. */
function requireConnection(name: ObjectName, lookup: ItemLookup): ConnectionItem {
  const item = lookup.resolve(name);
  if (item.kind !== 'connection') throw planError(`connection "${lookup.idPath(item)}" does not exist`);
  return item;
}

function readBroker(broker: Broker, lookup: ItemLookup): BrokerRecord {
  if (broker.tunnel === null) return { address: broker.address };
  const id = requireConnection(broker.tunnel.connection, lookup).id;
  if (broker.tunnel.kind === 'ssh') return { address: broker.address, tunnel: { kind: 'ssh', id } };
  let port: number | undefined;
  let availabilityZone: string | undefined;
  for (const option of broker.tunnel.options) {
    if (option.name === 'PORT' && port === undefined) {
      port = Number((readInteger(option.value, 0, 65_535) as { value: string }).value);
    } else if (option.name === 'AVAILABILITY ZONE' && availabilityZone === undefined) {
      availabilityZone = (readText(option.value, 'must provide a string value') as { value: string }).value;
    } else {
      throw planError(`${option.name} specified more than once`);
    }
  }
  return {
    address: broker.address,
    tunnel: {
      kind: 'privatelink',
      id,
      ...(port === undefined ? {} : { port }),
      ...(availabilityZone === undefined ? {} : { availabilityZone }),
    },
  };
}
