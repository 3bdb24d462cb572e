/**
 * CREATE SECRET and ALTER SECRET ... AS. Source: documentation of CREATE SECRET, ALTER SECRET; order of checks and
 * effects as the running system has them. The AWS door's writes join at `secret-value.ts`.
 */
import { put } from '../../catalog/changes.ts';
import { newObjectAcl } from '../../catalog/privileges.ts';
import type { SecretItem } from '../../catalog/records.ts';
import { notice, planError } from '../../errors.ts';
import { bindScalar } from '../../query/scalar.ts';
import { SecretBytes } from '../../secrets/secret-bytes.ts';
import { withoutQuotations } from '../../sql/guard-error.ts';
import type { AlterSecret, CreateSecret, Expression } from '../../sql/nodes.ts';
import { BYTEA } from '../../types/registry.ts';
import { formatType } from '../../types/typmod.ts';
import { auditChange } from '../audit.ts';
import { newVersion } from '../secret-value.ts';
import { staleNotice } from '../stale-notice.ts';
import {
  requireItemOwner,
  requireNoCopy,
  requireNotScheduled,
  requireSchemaPrivilege,
} from '../support/access.ts';
import { checkKindLimit, checkObjectLimit } from '../support/limits.ts';
import { creationTarget, findItem, itemAt, itemOfKind, written } from '../support/resolve.ts';
import { done, type Handler, type Scope } from './handler.ts';

/** 512 KiB, inclusive. */
export const MAX_SECRET_BYTES = 524_288;

/** Plans the value expression; evaluates it when called. Errors never carry the value. */
function planValue(expression: Expression, scope: Scope): () => SecretBytes {
  const bound = quietly(() => bindScalar(expression, scope.sql, { name: 'AS', target: BYTEA }));
  if (bound.type !== BYTEA)
    throw planError(`AS must have type bytea, not type ${formatType(bound.type, -1)}`);
  return () => {
    const value = quietly(() => bound.evaluate());
    if (value === null) throw planError('secret value can not be null');
    const bytes = value as Uint8Array;
    checkValue(bytes);
    return new SecretBytes(bytes);
  };
}

/** Runs what may meet a piece of the value in an error. */
function quietly<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw withoutQuotations(error);
  }
}

function checkValue(bytes: Uint8Array): void {
  if (bytes.length > MAX_SECRET_BYTES) throw planError('secrets can not be bigger than 512KiB');
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw planError('secret value must be valid UTF-8');
  }
}

export const createSecret: Handler<CreateSecret> = {
  transaction: 'single',
  tag: 'CREATE SECRET',
  async run(node, scope) {
    const target = creationTarget(scope, node.name);
    const evaluate = planValue(node.value, scope);
    requireSchemaPrivilege(scope, 'C', target.schema);
    // Drawn before the value is looked at: every CREATE SECRET that gets here uses an id, whatever comes of it.
    const id = await scope.services.committer.reserve('item');
    const value = evaluate();
    const created = await scope.commit((tip, ids) => {
      const existing = itemAt(tip, target.schema.id, target.name);
      if (existing !== undefined) {
        if (node.ifNotExists) return { changes: [], result: false };
        throw planError(`catalog item '${target.name}' already exists`);
      }
      checkKindLimit(scope, tip, 'secret');
      checkObjectLimit(scope, tip, target.schema.id);
      const now = scope.services.clock();
      const item: SecretItem = {
        kind: 'secret',
        id,
        oid: ids.nextNumber('oid'),
        schemaId: target.schema.id,
        name: target.name,
        ownerId: scope.role.id,
        privileges: newObjectAcl(tip, {
          objectType: 'secret',
          ownerId: scope.role.id,
          privileges: 'U',
          schemaId: target.schema.id,
          databaseId: target.schema.databaseId,
        }),
        dependsOn: [],
        createdAt: now,
      };
      const database = tip.databases.get(target.schema.databaseId ?? '')?.name ?? '';
      return {
        changes: [
          put('item', item),
          ...newVersion(scope.services, tip, { secretId: id, value, valueKind: 'string' }).changes,
          auditChange(ids, scope, 'create', 'secret', {
            database,
            id,
            item: target.name,
            schema: target.schema.name,
          }),
        ],
        result: true,
      };
    });
    if (!created) scope.notice(notice(`secret "${target.name}" already exists, skipping`, { code: '42710' }));
    return done('CREATE SECRET');
  },
};

export const alterSecret: Handler<AlterSecret> = {
  transaction: 'prohibited',
  tag: 'ALTER SECRET',
  async run(node, scope) {
    if (node.ifExists && findItem(scope, node.name) === undefined) {
      scope.notice(notice(`SECRET "${written(node.name)}" does not exist, skipping`, { code: '42704' }));
      return done('ALTER SECRET');
    }
    const secret = itemOfKind(scope, node.name, 'secret');
    const evaluate = planValue(node.value, scope);
    requireItemOwner(scope, secret);
    requireNoCopy(scope, secret);
    requireNotScheduled(scope, secret);
    const value = evaluate();
    await scope.commit((tip) => {
      const newest = tip.items.get(secret.id);
      if (newest === undefined) throw planError(`unknown catalog item '${written(node.name)}'`);
      requireNoCopy(scope, newest);
      requireNotScheduled(scope, newest);
      const version = newVersion(scope.services, tip, { secretId: secret.id, value, valueKind: 'string' });
      return { changes: version.changes, result: undefined };
    });
    const stale = staleNotice(scope, scope.services.committer.current(), secret.id);
    if (stale !== undefined) scope.notice(stale);
    return done('ALTER SECRET');
  },
};
