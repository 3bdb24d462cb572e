/**
 * Option planning of CREATE and ALTER CONNECTION: from parsed options to the records of the catalog, with the reference's
 * checks in the reference's order (secrets-connections 2.3, 2.4, 3.2, 3.3). Privileges, names and validation are the
 * engine's.
 */
import type { ConnectionItem, ConnectionOptionRecord, ConnectionType } from '../catalog/records.ts';
import { planError, SqlError } from '../errors.ts';
import type { AlterConnectionAction, Option } from '../sql/nodes.ts';
import { OptionSet, type ConnectionLookup } from './option-set.ts';
import { inPrintingOrder, readOptions, type ItemLookup } from './option-values.ts';
import { CONNECTION_TYPES } from './types/index.ts';
import { rejectPublicKeys } from './types/ssh-tunnel.ts';

/**
 * Options of CREATE CONNECTION, checked and in printing order. For SSH TUNNEL call `rejectPublicKeys` with the names of the
 * options once the id is drawn, then {@link withPublicKeys}.
 */
export function planConnectionOptions(
  type: ConnectionType,
  options: readonly Option[],
  lookup: ItemLookup,
): readonly ConnectionOptionRecord[] {
  const records = readOptions(options, lookup);
  requireAllowed(
    type,
    records.map((record) => record.name),
  );
  checkOptions(type, records, lookup);
  return sorted(records);
}

/** Ids of the items that options refer to, each once: the connection's dependencies. */
export function referencedIds(options: readonly ConnectionOptionRecord[]): readonly string[] {
  const ids = options.flatMap(({ value }) => {
    if (value.kind === 'secret' || value.kind === 'item') return [value.id];
    const brokers = value.kind === 'brokers' ? value.brokers : value.kind === 'broker' ? [value.broker] : [];
    return brokers.flatMap((broker) => (broker.tunnel === undefined ? [] : [broker.tunnel.id]));
  });
  return [...new Set(ids)];
}

/** Options of an SSH TUNNEL connection with its public keys put in or replaced. */
export function withPublicKeys(
  options: readonly ConnectionOptionRecord[],
  primary: string,
  secondary: string,
): readonly ConnectionOptionRecord[] {
  const keys: readonly ConnectionOptionRecord[] = [
    { name: 'PUBLIC KEY 1', value: { kind: 'string', value: primary } },
    { name: 'PUBLIC KEY 2', value: { kind: 'string', value: secondary } },
  ];
  return sorted([...options.filter((option) => !option.name.startsWith('PUBLIC KEY ')), ...keys]);
}

/** Errors of ROTATE KEYS that come before anything else (3.2 rows 4 to 6). True when the statement is ROTATE KEYS. */
export function isRotateKeys(
  item: ConnectionItem,
  fullName: string,
  actions: readonly AlterConnectionAction[],
  withText: string,
): boolean {
  if (!actions.some((action) => action.kind === 'rotate keys')) return false;
  if (actions.length > 1) {
    throw planError('cannot specify any other actions alongside ALTER CONNECTION...ROTATE KEYS');
  }
  if (withText !== '') {
    throw planError(`ALTER CONNECTION...ROTATE KEYS does not support WITH (${withText})`);
  }
  if (item.connectionType !== 'ssh-tunnel') throw planError(`${fullName} is not an SSH connection`);
  return true;
}

/**
 * Options after SET, DROP and RESET (3.2 rows 8 to 17), in printing order. Everything that the rebuilt connection breaks
 * is 0A000 `invalid ALTER CONNECTION: <error>`.
 */
export function alterConnectionOptions(
  item: ConnectionItem,
  actions: readonly AlterConnectionAction[],
  lookup: ItemLookup,
): readonly ConnectionOptionRecord[] {
  const type = item.connectionType;
  const label = CONNECTION_TYPES[type].label;
  const setOptions = actions.flatMap((action) => (action.kind === 'set' ? [action.option] : []));
  const dropped = new Set(actions.flatMap((action) => (action.kind === 'drop' ? [action.option] : [])));
  const touched = [...setOptions.map((option) => option.name), ...dropped];
  if (touched.some((name) => name.startsWith('PROGRESS TOPIC'))) {
    throw planError(`cannot ALTER ${label} option PROGRESS TOPIC`);
  }
  requireAllowed(type, touched);
  const set = readOptions(setOptions, lookup);
  const setNames = new Set(set.map((record) => record.name));
  const both = inPrintingOrder(
    [...setNames].filter((name) => dropped.has(name)),
    (name) => name,
  );
  if (both.length > 0) throw planError(`cannot both SET and DROP/RESET options ${both.join(', ')}`);
  for (const group of EXCLUSIVE) {
    if (group.some((name) => setNames.has(name)) && group.some((name) => dropped.has(name))) {
      throw planError(
        `cannot both SET and DROP/RESET mutually exclusive ${label} options ${group.join(', ')}`,
      );
    }
    // The stored one makes way for the one that is set.
    if (group.some((name) => setNames.has(name))) for (const name of group) dropped.add(name);
  }
  const kept = item.options.filter((option) => !dropped.has(option.name) && !setNames.has(option.name));
  try {
    rejectPublicKeys(touched);
    checkOptions(type, [...kept, ...set], lookup);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    throw error.with({ code: '0A000', message: `invalid ALTER CONNECTION: ${error.message}` });
  }
  return sorted([...kept, ...set]);
}

/** XX000 when running dependents could not take the change (3.2 row 20). Call it after validation. */
export function requireCompatible(item: ConnectionItem, options: readonly ConnectionOptionRecord[]): void {
  const definition = CONNECTION_TYPES[item.connectionType];
  if (!definition.mayChange(new OptionSet(item.options), new OptionSet(options))) {
    throw planError(`storage error: ${item.id} cannot be altered in the requested way`);
  }
}

/** Options of which one at most may be set: setting one drops the other. */
const EXCLUSIVE: readonly (readonly string[])[] = [['BROKER', 'BROKERS']];

function requireAllowed(type: ConnectionType, names: readonly string[]): void {
  const { allowed, label }: { allowed: readonly string[]; label: string } = CONNECTION_TYPES[type];
  const wrong = inPrintingOrder(
    [...new Set(names)].filter((name) => !allowed.includes(name)),
    (name) => name,
  );
  if (wrong.length > 0) throw planError(`${label} connections do not support ${wrong.join(', ')} values`);
}

function checkOptions(
  type: ConnectionType,
  records: readonly ConnectionOptionRecord[],
  lookup: ItemLookup,
): void {
  const connections: ConnectionLookup = {
    byId: (id) => {
      const item = lookup.byId(id);
      return item?.kind === 'connection' ? item : undefined;
    },
    fullName: (item) => lookup.fullName(item),
  };
  CONNECTION_TYPES[type].check(new OptionSet(records), connections);
}

function sorted(records: readonly ConnectionOptionRecord[]): readonly ConnectionOptionRecord[] {
  return inPrintingOrder(records, (record) => record.name);
}
