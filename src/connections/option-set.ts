/** The options of one connection, for the checks of its type and for resolving it. */
import type { Id } from '../catalog/ids.ts';
import type {
  BrokerRecord,
  ConnectionItem,
  ConnectionOptionRecord,
  ConnectionOptionValue,
  ConnectionType,
} from '../catalog/records.ts';
import { planError } from '../errors.ts';

/** What a type's checks ask about connections that an option refers to. */
export interface ConnectionLookup {
  byId(id: Id): ConnectionItem | undefined;
  fullName(item: ConnectionItem): string;
}

/** Options by name. */
export class OptionSet {
  readonly #values: ReadonlyMap<string, ConnectionOptionValue>;

  constructor(options: readonly ConnectionOptionRecord[]) {
    this.#values = new Map(options.map((option) => [option.name, option.value]));
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  get(name: string): ConnectionOptionValue | undefined {
    return this.#values.get(name);
  }

  /** Text given in the open; undefined when absent or given as a secret. */
  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return value?.kind === 'string' || value?.kind === 'ident' ? value.value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.#values.get(name);
    return value?.kind === 'number' ? Number(value.value) : undefined;
  }

  /** Id of the item an option refers to. */
  item(name: string): Id | undefined {
    const value = this.#values.get(name);
    return value?.kind === 'item' ? value.id : undefined;
  }

  /** Brokers of BROKER or BROKERS. */
  brokers(): readonly BrokerRecord[] {
    const one = this.#values.get('BROKER');
    const many = this.#values.get('BROKERS');
    if (one?.kind === 'broker') return [one.broker];
    return many?.kind === 'brokers' ? many.brokers : [];
  }
}

const TUNNEL_KINDS: Partial<Record<ConnectionType, string>> = {
  'ssh-tunnel': 'an SSH',
  'aws-privatelink': 'an AWS PRIVATELINK',
  aws: 'an AWS',
};

/** XX000 `<item> is not an SSH connection` unless the connection is of the type. */
export function requireType(lookup: ConnectionLookup, id: Id, type: ConnectionType): ConnectionItem {
  const item = lookup.byId(id);
  if (item?.connectionType !== type) {
    throw planError(`${item?.name ?? id} is not ${TUNNEL_KINDS[type] ?? `a ${type}`} connection`);
  }
  return item;
}

/** XX000 `<OPTION> option is required`. */
export function requireOption(options: OptionSet, name: string): void {
  if (!options.has(name)) throw planError(`${name} option is required`);
}

/** An error about the connection as a whole. */
export function invalidConnection(reason: string): Error {
  return planError(`invalid CONNECTION: ${reason}`);
}

/**
 * Rules of SSH TUNNEL and AWS PRIVATELINK that the databases and the schema registry share. `label` is the type's name in
 * the error about a port, which only Kafka may give.
 */
export function checkTunnels(options: OptionSet, lookup: ConnectionLookup, label: string): void {
  const ssh = options.item('SSH TUNNEL');
  const privatelink = options.get('AWS PRIVATELINK');
  if (privatelink?.kind === 'item' && privatelink.port !== undefined) {
    throw invalidConnection(`${label} does not support PORT for AWS PRIVATELINK`);
  }
  if (ssh !== undefined && privatelink !== undefined) {
    throw planError('cannot specify both SSH TUNNEL and AWS PRIVATELINK');
  }
  if (ssh !== undefined) requireType(lookup, ssh, 'ssh-tunnel');
  if (privatelink?.kind === 'item') requireType(lookup, privatelink.id, 'aws-privatelink');
}

/** True when the connection goes through the same tunnel connection, or through none, in both. */
export function sameTunnel(before: OptionSet, after: OptionSet): boolean {
  return ['SSH TUNNEL', 'AWS PRIVATELINK'].every((name) => before.item(name) === after.item(name));
}
