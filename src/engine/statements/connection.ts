/**
 * CREATE CONNECTION and VALIDATE CONNECTION. Source: documentation of those statements; the order of checks is the
 * running system's: names, options, name clash, privileges, id, SSH keys, validation, commit.
 */
import type { Change } from '../../catalog/changes.ts';
import type { Id } from '../../catalog/ids.ts';
import type { ConnectionItem, ConnectionOptionRecord, ConnectionType, Item } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { currentValues, validateConnection as contact } from '../../clusters/resolve.ts';
import type { ItemLookup } from '../../connections/option-values.ts';
import { planConnectionOptions, referencedIds, withPublicKeys } from '../../connections/plan-options.ts';
import { generateKeySet, serializeKeySet, type SshKeySet } from '../../connections/ssh-keys.ts';
import { CONNECTION_TYPES } from '../../connections/types/index.ts';
import { rejectPublicKeys } from '../../connections/types/ssh-tunnel.ts';
import { limitExceeded, planError } from '../../errors.ts';
import type { CreateConnection, ObjectName, Option, ValidateConnection } from '../../sql/nodes.ts';
import type { IdSource } from '../committer.ts';
import { newVersion } from '../secret-value.ts';
import { requireSchemaPrivilege, requireUsage } from '../support/access.ts';
import { requireFlag } from '../support/flags.ts';
import { interruptSignal } from '../support/interrupt-signal.ts';
import {
  alreadyExists,
  checkRoom,
  createItem,
  itemBase,
  occupant,
  skipExisting,
} from '../support/new-item.ts';
import { fullItemName, idPath, kindWord } from '../support/names.ts';
import { OptionList } from '../support/options.ts';
import { creationTarget, itemNamed, type Target } from '../support/resolve.ts';
import { done, type Handler, type RunScope, type Scope } from './handler.ts';

/** Finds items that options name. */
export function lookupFor(scope: Scope, snapshot: Snapshot = scope.snapshot): ItemLookup {
  return {
    resolve: (name: ObjectName) => itemNamed(scope, name, snapshot),
    byId: (id: Id) => snapshot.items.get(id),
    fullName: (item: Item) => fullItemName(snapshot, item),
    idPath: (item: Item) => idPath(snapshot, item),
  };
}

/** WITH (VALIDATE [= bool]), or what the connection type does by itself. */
export function wantsValidation(scope: Scope, type: ConnectionType, withOptions: readonly Option[]): boolean {
  const given = new OptionList(withOptions).flag('VALIDATE');
  if (given !== undefined) {
    requireFlag(scope, 'enable_connection_validation_syntax');
    return given;
  }
  const byDefault =
    scope.services.systemVariable(scope.snapshot, 'enable_default_connection_validation') === 'on';
  return byDefault && CONNECTION_TYPES[type].validatesByDefault;
}

/** Contacts the upstream with current values; throws 58000 with its cause. */
export async function validateNow(
  scope: RunScope,
  snapshot: Snapshot,
  item: ConnectionItem,
  keys?: SshKeySet,
): Promise<void> {
  const stored = currentValues(snapshot, (secretId, versionId) =>
    scope.services.openSecret(secretId, versionId),
  );
  const open: typeof stored = (connectionId, secretId) =>
    keys !== undefined && secretId === item.id
      ? Promise.resolve(serializeKeySet(keys))
      : stored(connectionId, secretId);
  const { signal, release } = interruptSignal(scope.interrupt);
  try {
    await contact(scope.services.upstreams, snapshot, item, open, signal);
    scope.interrupt.check();
  } catch (error) {
    // A cancel or a timeout speaks for itself, not for the upstream that was waited for.
    scope.interrupt.check();
    throw error;
  } finally {
    release();
  }
}

/** Limits by connection type: system variable and the words of the message. */
const TYPE_LIMITS: Partial<Record<ConnectionType, readonly [variable: string, word: string]>> = {
  kafka: ['max_kafka_connections', 'Kafka Connection'],
  postgres: ['max_postgres_connections', 'PostgreSQL Connection'],
  mysql: ['max_mysql_connections', 'MySQL Connection'],
  'sql-server': ['max_sql_server_connections', 'SQL Server Connection'],
  'aws-privatelink': ['max_aws_privatelink_connections', 'AWS PrivateLink Connection'],
};

function checkTypeLimit(scope: Scope, tip: Snapshot, type: ConnectionType): void {
  const entry = TYPE_LIMITS[type];
  if (entry === undefined) return;
  const [variable, word] = entry;
  const limit = Number(scope.services.systemVariable(tip, variable));
  let current = 0;
  // Connections are few beside secrets; a count by type would be one more index to keep.
  if ((tip.itemCounts.get('connection') ?? 0) >= limit) {
    current = tip.items.count((item) => item.kind === 'connection' && item.connectionType === type);
  }
  if (current >= limit) throw limitExceeded(word, variable, current + 1, limit, current);
}

/** The connection as it will be, without what only a commit can give it. */
function draftItem(
  scope: Scope,
  id: Id,
  target: Target,
  type: ConnectionType,
  options: readonly ConnectionOptionRecord[],
): ConnectionItem {
  return {
    kind: 'connection',
    id,
    oid: 0,
    schemaId: target.schema.id,
    name: target.name,
    ownerId: scope.role.id,
    privileges: [],
    dependsOn: referencedIds(options),
    createdAt: scope.services.clock(),
    connectionType: type,
    options,
  };
}

export const createConnection: Handler<CreateConnection> = {
  transaction: 'single',
  tag: 'CREATE CONNECTION',
  async run(node, scope) {
    const planned = planConnectionOptions(node.type, node.options, lookupFor(scope));
    const target = creationTarget(scope, node.name);
    const validate = wantsValidation(scope, node.type, node.withOptions);
    const existing = occupant(scope.snapshot, target, 'connection');
    if (existing !== undefined && !node.ifNotExists) throw alreadyExists(scope.snapshot, existing);
    for (const id of referencedIds(planned)) {
      const item = scope.snapshot.items.get(id);
      if (item !== undefined) requireUsage(scope, item);
    }
    requireSchemaPrivilege(scope, 'C', target.schema);
    const id = scope.services.committer.reserve('item');
    const keys = node.type === 'ssh-tunnel' ? newKeys(node) : undefined;
    const options = keys === undefined ? planned : withKeys(planned, keys);
    const draft = draftItem(scope, id, target, node.type, options);
    if (validate) await validateNow(scope, scope.snapshot, draft, keys);
    const created = await scope.commit((tip, ids) => {
      if (node.ifNotExists && occupant(tip, target, 'connection') !== undefined) {
        return { changes: [], result: false };
      }
      return { changes: creation(scope, tip, ids, { draft, target, keys }), result: true };
    });
    if (!created) skipExisting(scope, 'connection', target.name);
    return done('CREATE CONNECTION');
  },
};

function newKeys(node: CreateConnection): SshKeySet {
  rejectPublicKeys(node.options.map((option) => option.name));
  return generateKeySet();
}

export function withKeys(
  options: readonly ConnectionOptionRecord[],
  keys: SshKeySet,
): readonly ConnectionOptionRecord[] {
  return withPublicKeys(options, keys.primary.publicKey, keys.secondary.publicKey);
}

function creation(
  scope: Scope,
  tip: Snapshot,
  ids: IdSource,
  made: { readonly draft: ConnectionItem; readonly target: Target; readonly keys: SshKeySet | undefined },
): Change[] {
  const { draft, target, keys } = made;
  checkRoom(scope, tip, target, 'connection', draft.dependsOn);
  checkTypeLimit(scope, tip, draft.connectionType);
  const base = itemBase(scope, tip, ids, {
    id: draft.id,
    kind: 'connection',
    target,
    dependsOn: draft.dependsOn,
  });
  const item: ConnectionItem = { ...draft, ...base };
  const payload =
    keys === undefined
      ? []
      : newVersion(scope.services, tip, {
          secretId: item.id,
          value: serializeKeySet(keys),
          valueKind: 'string',
        }).changes;
  return [...createItem(scope, tip, ids, item), ...payload];
}

export const validateConnection: Handler<ValidateConnection> = {
  transaction: 'single',
  tag: 'VALIDATE CONNECTION',
  async run(node, scope) {
    requireFlag(scope, 'enable_connection_validation_syntax');
    const item = itemNamed(scope, node.name);
    if (item.kind !== 'connection') {
      throw planError(`cannot validate ${kindWord(item.kind)} '${fullItemName(scope.snapshot, item)}'`);
    }
    requireUsage(scope, item);
    await validateNow(scope, scope.snapshot, item);
    if (!scope.services.committer.current().items.has(item.id)) {
      throw planError(`dependency was removed: ${item.id}`).with({ code: '0A000' });
    }
    return done('VALIDATE CONNECTION');
  },
};
