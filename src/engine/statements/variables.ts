/** SET, RESET, SHOW of variables, DISCARD, ALTER SYSTEM. Source: documentation of those statements. */
import { del, put } from '../../catalog/changes.ts';
import { notice, planError, SqlError } from '../../errors.ts';
import { arrayCursor } from '../../query/array-cursor.ts';
import { TEXT } from '../../types/registry.ts';
import type { ResultColumn } from '../../query/result.ts';
import type {
  AlterSystemReset,
  AlterSystemResetAll,
  AlterSystemSet,
  Discard,
  ResetVariable,
  SetVariable,
  ShowVariable,
  Unlisten,
  VariableValue,
} from '../../sql/nodes.ts';
import { policyNamed } from '../network-access.ts';
import { missingObjectNotice } from '../session/missing-objects.ts';
import {
  READ_ONLY_VARIABLES,
  variableDefinition,
  visibleVariables,
  type VariableDefinition,
} from '../variables/definitions.ts';
import { auditChange } from '../audit.ts';
import { done, type Handler, type Scope } from './handler.ts';
import { refuseLockout } from './network-policy.ts';

function valuesOf(value: VariableValue): readonly string[] | null {
  return value.kind === 'default' ? null : value.values.map((v) => v.text);
}

export const setVariable: Handler<SetVariable> = {
  transaction: 'free',
  tag: 'SET',
  run(node, scope) {
    const name = node.name.toLowerCase();
    if (name === 'cluster' && scope.session.transactions.explicit && scope.session.transactions.hasQueried) {
      throw new SqlError('25001', 'SET cluster cannot be called in an active transaction');
    }
    const values = valuesOf(node.value);
    if (name === 'transaction_isolation' && scope.session.transactions.hasQueried) {
      throw new SqlError('25001', 'SET TRANSACTION ISOLATION LEVEL must be called before any query');
    }
    scope.session.setVariable(node.name, values, node.local);
    const missing = missingObjectNotice(scope.session, scope.snapshot, name);
    if (missing !== undefined) scope.notice(missing);
    return done('SET');
  },
};

export const resetVariable: Handler<ResetVariable> = {
  transaction: 'free',
  tag: 'RESET',
  run(node, scope) {
    if (node.name === null) return resetAll(scope);
    const definition = variableDefinition(node.name);
    if (definition !== undefined && READ_ONLY_VARIABLES.includes(definition)) {
      throw new SqlError('55P02', `parameter "${definition.name}" cannot be changed`);
    }
    scope.session.setVariable(node.name, null, false);
    return done('RESET');
  },
};

/** RESET ALL: what this session may set, one after the other, so that ROLLBACK takes it back. */
function resetAll(scope: Scope): ReturnType<typeof done> {
  for (const { name, scope: setBy } of visibleVariables()) {
    if (setBy === 'session') scope.session.setVariable(name, null, false);
  }
  return done('RESET');
}

/** Nothing can listen, so there is nothing to end. */
export const unlisten: Handler<Unlisten> = {
  transaction: 'free',
  tag: 'UNLISTEN',
  run: () => done('UNLISTEN'),
};

const ALL_COLUMNS: readonly ResultColumn[] = ['name', 'setting', 'description'].map((name) => ({
  name,
  type: TEXT,
  typmod: -1,
}));

export const showVariable: Handler<ShowVariable> = {
  transaction: 'free',
  tag: 'SHOW',
  describe(node, scope) {
    if (node.name === null) return { columns: ALL_COLUMNS, parameters: [] };
    const name = node.name.toLowerCase();
    if (name !== 'schema' && scope.session.showVariable(node.name, scope.snapshot) === undefined)
      throw unknown(node.name);
    return { columns: [{ name: node.name.toLowerCase(), type: TEXT, typmod: -1 }], parameters: [] };
  },
  run(node, scope) {
    const tag = (rows: number): string => `SELECT ${rows}`;
    if (node.name === null) {
      const rows = visibleVariables().map((v) => [
        v.name,
        scope.session.showVariable(v.name, scope.snapshot) ?? '',
        v.description,
      ]);
      return { kind: 'rows', columns: ALL_COLUMNS, cursor: arrayCursor(rows), tag };
    }
    const name = node.name.toLowerCase();
    const columns = [{ name, type: TEXT, typmod: -1 }];
    const missing = missingObjectNotice(scope.session, scope.snapshot, name);
    if (missing !== undefined) scope.notice(missing);
    return { kind: 'rows', columns, cursor: arrayCursor([[valueOf(name, scope)]]), tag };
  },
};

function valueOf(name: string, scope: Scope): string | null {
  if (name === 'schema') {
    const id = scope.session.namespace(scope.snapshot).currentSchemaId;
    return id === null ? null : (scope.snapshot.schemas.get(id)?.name ?? null);
  }
  const value = scope.session.showVariable(name, scope.snapshot);
  if (value === undefined) throw unknown(name);
  return value;
}

function unknown(name: string): SqlError {
  return new SqlError('42704', `unrecognized configuration parameter "${name}"`);
}

export const discard: Handler<Discard> = {
  transaction: (node) => (node.target === 'all' ? 'prohibited' : 'free'),
  tag: (node) => (node.target === 'all' ? 'DISCARD ALL' : 'DISCARD TEMP'),
  async run(node, scope) {
    switch (node.target) {
      case 'all':
        await scope.session.discardAll();
        return done('DISCARD ALL');
      case 'temp':
        await scope.session.discardTemporary();
        return done('DISCARD TEMP');
      case 'plans':
      case 'sequences':
        throw planError(`DISCARD ${node.target.toUpperCase()} not yet supported`);
    }
  },
};

/** ALTER SYSTEM: mz_system may change everything, other superusers what is theirs. */
function checkMayAlterSystem(scope: Scope, definition: VariableDefinition | undefined, name: string): void {
  if (scope.role.name === 'mz_system') return;
  const forSuperusers = definition?.scope === 'superuser' || definition?.systemDefault === 'superuser';
  if (forSuperusers) {
    if (scope.session.isSuperuser(scope.role)) return;
    const action = `toggle the '${name}' system configuration parameter`;
    throw new SqlError('42501', `permission denied to ${action}`, {
      detail: `You must be a superuser to ${action}`,
    });
  }
  throw new SqlError('42501', 'permission denied to alter system', {
    detail: "You must be the 'mz_system' role",
  });
}

function systemDefinition(name: string): VariableDefinition {
  const definition = variableDefinition(name);
  if (definition === undefined) throw unknown(name);
  const settable =
    definition.scope === 'system' ||
    definition.scope === 'superuser' ||
    definition.systemDefault !== undefined;
  if (!settable) throw new SqlError('55P02', `parameter "${definition.name}" cannot be changed`);
  return definition;
}

export const alterSystemSet: Handler<AlterSystemSet> = {
  transaction: 'single',
  tag: 'ALTER SYSTEM',
  async run(node, scope) {
    checkMayAlterSystem(scope, variableDefinition(node.name), node.name.toLowerCase());
    const definition = systemDefinition(node.name);
    const values = valuesOf(node.value);
    const value = values === null ? null : definition.type.parse(definition.name, values);
    if (definition.name === 'network_policy' && value !== null) checkNetworkPolicy(scope, value);
    await putSystemVariable(scope, definition.name, value);
    return done('ALTER SYSTEM');
  },
};

function checkNetworkPolicy(scope: Scope, name: string): void {
  const policy = policyNamed(scope.snapshot, name);
  if (policy !== undefined) return refuseLockout(scope, policy.rules);
  throw new SqlError(
    '22023',
    `parameter "network_policy" cannot have value "${name}": no network policy with such name exists`,
  );
}

async function putSystemVariable(scope: Scope, name: string, value: string | null): Promise<void> {
  const key = name.toLowerCase();
  await scope.commit((_tip, ids) => ({
    changes: [
      value === null ? del('systemVariable', key) : put('systemVariable', { name: key, value }),
      auditChange(ids, scope, 'alter', 'system', { name: key, value }),
    ],
    result: undefined,
  }));
  scope.notice(
    notice(`variable "${key}" was updated for the system, this will have no effect on the current session`),
  );
}

export const alterSystemReset: Handler<AlterSystemReset> = {
  transaction: 'single',
  tag: 'ALTER SYSTEM',
  async run(node, scope) {
    checkMayAlterSystem(scope, variableDefinition(node.name), node.name.toLowerCase());
    await putSystemVariable(scope, systemDefinition(node.name).name, null);
    return done('ALTER SYSTEM');
  },
};

export const alterSystemResetAll: Handler<AlterSystemResetAll> = {
  transaction: 'single',
  tag: 'ALTER SYSTEM',
  async run(_node, scope) {
    checkMayAlterSystem(scope, undefined, '');
    await scope.commit((tip, ids) => ({
      changes: [
        ...[...tip.small.systemVariable.keys()].map((key) => del('systemVariable', key)),
        auditChange(ids, scope, 'alter', 'system', null),
      ],
      result: undefined,
    }));
    scope.notice(
      notice('variables were updated for the system, this will have no effect on the current session'),
    );
    return done('ALTER SYSTEM');
  },
};
